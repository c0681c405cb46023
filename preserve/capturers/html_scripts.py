"""Which references stand in a page's scripts and in the data beside them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.capturers.islands import documents_in_code, urls_in_data
from preserve.capturers.line_numbers import LineNumbers
from preserve.capturers.linked_data import read_linked_data
from preserve.model.documents import group_by_name
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from preserve.capturers.references import LinkList

__all__ = ["add_data", "add_script"]

_CODE = frozenset({"", "module", "text/javascript", "application/javascript", "application/x-javascript"})
_LINKED_DATA = "application/ld+json"


def add_script(
    links: LinkList, type_: str, text: str, *, element: str, line: int | None, attribute: str = "text"
) -> None:
    """
    Add the references of a script that has its text within the page.

    JSON-LD speaks of the page and is believed; any other data, and the PDFs that code names, are guesses.
    """
    kind = type_.partition(";")[0].strip().lower()
    if kind == _LINKED_DATA:
        for said in read_linked_data(text):
            group = group_by_name(said.written) if said.kind is Kind.DOCUMENT else ""
            links.add(said.written, said.kind, element=element, attribute=said.path, line=line, group=group)
    elif kind.endswith(("/json", "+json")):
        add_data(links, text, element=element, attribute="json", line=line)
    elif kind in _CODE:
        lines = None if line is None else LineNumbers(text, line)
        for found in documents_in_code(text):
            links.add(
                found.url,
                found.kind,
                element=element,
                attribute=attribute,
                line=None if lines is None else lines.at(found.offset),
                speculative=True,
                group=group_by_name(found.url),
            )


def add_data(
    links: LinkList, text: str, *, element: str, attribute: str, line: int | None, lines: bool = True
) -> None:
    """Add the addresses that stand in JSON, as guesses; ``lines``: its line ends are the page's."""
    numbers = LineNumbers(text, line) if lines and line is not None else None
    for found in urls_in_data(text):
        if links.overflowed:
            return
        group = group_by_name(found.url) if found.kind is Kind.DOCUMENT else ""
        links.add(
            found.url,
            found.kind,
            element=element,
            attribute=attribute,
            line=line if numbers is None else numbers.at(found.offset),
            speculative=True,
            group=group,
        )
