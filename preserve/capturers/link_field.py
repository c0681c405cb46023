"""
What does a response refer to by its field Link?

RFC 8288, section 3. Browsers fetch what is preloaded so, and style sheets; servers name the canonical page
of a PDF in it, and the same page elsewhere. A link about another context (``anchor``) is none of the page's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from preserve.capturers.html_tables import CONNECTIONS, PRELOADED, RELS
from preserve.capturers.references import LinkList
from preserve.capturers.srcset import parse_srcset
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preserve.model.reference import Link

__all__ = ["LINK_FACT", "field_links", "kind_of_rel"]

LINK_FACT = "link"
"""The fact that holds the fields as sent."""

_ATTRIBUTE = "link"
_LINK = re.compile(r"<([^<>]*+)>([^,\"<]*+(?:\"(?:[^\"\\]|\\.)*+\"?[^,\"<]*+)*+)", re.DOTALL)
_PARAMETER = re.compile(r";\s*+([\w!#$%&'*+.^`|~-]++)\s*+(?:=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"?|([^\s;\"]*+)))?")
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


def field_links(values: object, url: str) -> list[Link]:
    """
    Return the links that Link fields make, in order.

    Args:
        values: The fact: a list of field values; anything else holds no links.
        url: The response's, against which addresses are resolved; ``base`` has no say in it.
    """
    links = LinkList(url)
    for value in values if isinstance(values, list) else ():
        for written, given in _parsed(str(value)):
            rels = given.get("rel", "").lower().split()
            kind = kind_of_rel(rels, given.get("as", ""))
            if not rels or "anchor" in given or kind is None:
                continue
            candidates, _ = parse_srcset(given.get("imagesrcset", ""))
            for each in (written, *candidates):
                if each:
                    text = given.get("title", "")[:200]
                    links.add(each, kind, element="", attribute=_ATTRIBUTE, text=text)
    return links.links


def kind_of_rel(rels: list[str], loaded_as: str) -> Kind | None:
    """
    Return what a link of these relations is; None for one that only opens a connection. HTML, 4.6.7.

    Args:
        rels: Lower-case.
        loaded_as: The parameter ``as``, for what is loaded in advance.
    """
    if CONNECTIONS.intersection(rels):
        return None
    kind = next((kind for rel, kind in RELS.items() if rel in rels), None)
    if kind is None and {"preload", "prefetch"}.intersection(rels):
        kind = PRELOADED.get(loaded_as.lower(), Kind.DATA if "preload" in rels else Kind.LINK)
    return kind or Kind.LINK


def _parsed(value: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield each target with its parameters; of a parameter given twice the first counts (section 3.3)."""
    at = 0
    while found := _LINK.search(value, at):
        at = found.end()
        given: dict[str, str] = {}
        for name, quoted, token in _PARAMETER.findall(found[2]):
            given.setdefault(name.lower(), _QUOTED_PAIR.sub(r"\1", quoted) or token)
        yield found[1].strip(), given
