"""
What is a small page with references, and what should become of each of them?

A case is a page and, where need be, other files beside it. All else is answered by its name: see
``site.py``. ``expected`` has a line for each reference, in the order of ``references.jsonl``::

    element@attribute:line  written -> address  kind/role  state  ?

``-> address`` stands where the address is not just what was written, resolved; ``?`` marks a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preserve.model.reference import Reference

__all__ = ["Answer", "Case", "lines"]

_SHOWN = 60


@attrs.frozen
class Answer:
    """What the server says for a path."""

    body: bytes
    media_type: str
    status: int = 200


@attrs.frozen(kw_only=True)
class Case:
    """One page."""

    name: str
    html: str | bytes
    expected: str
    """Lines as above; the seed and robots.txt are left out."""
    media_type: str = "text/html; charset=utf-8"
    files: Mapping[str, str | Answer] = attrs.field(factory=dict)
    """Other files by their path: text of the type that their extension says, or a whole answer."""
    documents: str = ""
    """What --documents gets."""
    complete: bool = True
    """Whether the capture is complete."""
    unfetched: tuple[str, ...] = ()
    """Paths that Chromium asks for and we list only: prefetched pages."""


def lines(references: Iterable[Reference], origin: str, name: str) -> list[str]:
    """Return references as the lines of a case; addresses in its folder are relative to that."""
    return [_line(reference, origin, f"/{name}/") for reference in references if reference.source is not None]


def _line(reference: Reference, origin: str, folder: str) -> str:
    def near(url: str) -> str:
        return url.removeprefix(origin).removeprefix(folder)

    source = near(reference.source_url or "")
    within = "" if source == "page" else f"{source} "
    place = f"{reference.element}@{reference.attribute}:{reference.line or '-'}"
    written = " ".join(reference.written.split())[:_SHOWN]
    url = near(reference.url) if reference.url is not None else "(none)"
    arrow = "" if url == written else f" -> {url}"
    guess = " ?" if reference.speculative else ""
    kind = f"{reference.kind}/{reference.role}"
    return f"{within}{place} {written}{arrow} {kind} {reference.state}{guess}"
