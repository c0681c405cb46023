"""What does an XMP packet say? ISO 16684-1, section 7: RDF in XML; its simple properties are read."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from xml.etree.ElementTree import Element

__all__ = ["read_xmp", "state_xmp"]

_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/pdf/1.3/": "pdf",
    "http://www.aiim.org/pdfa/ns/id/": "pdfaid",
    "http://www.aiim.org/pdfua/ns/id/": "pdfuaid",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
}
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_BYTES_MOST = 4 << 20
_VALUES_MOST = 1_000
_NAMES = {
    "dc:title": "title",
    "dc:creator": "creator",
    "dc:description": "caption",
    "dc:rights": "copyright",
    "dc:subject": "keywords",
    "photoshop:Headline": "headline",
    "photoshop:Credit": "credit",
    "photoshop:Source": "source",
    "photoshop:DateCreated": "date",
    "photoshop:City": "place",
    "photoshop:State": "place",
    "photoshop:Country": "place",
    "xmp:CreateDate": "created",
    "xmp:ModifyDate": "modified",
    "xmp:CreatorTool": "software",
    "xmpRights:WebStatement": "rights-page",
    "xmpRights:UsageTerms": "terms",
}


def read_xmp(packet: bytes) -> Mapping[str, list[str]]:
    """
    Return the values of every simple property, list or alternative in the namespaces we know.

    Keys are ``prefix:Name``, with the prefixes that ISO 16684-1 prefers. A packet that is no XML gives
    what stood before the fault; it is metadata, and never a reason to doubt the file.
    """
    found: dict[str, list[str]] = {}
    path: list[Element] = []
    try:
        for event, element in iterparse(
            BytesIO(packet[:_BYTES_MOST].rstrip(b"\0 \r\n\t")), events=("start", "end")
        ):
            if event == "start":
                path.append(element)
                if element.tag == f"{_RDF}Description" and _is_top(path):
                    _take(found, element.attrib.items())
                continue
            path.pop()
            if path and path[-1].tag == f"{_RDF}Description" and _is_top(path):
                _take(found, ((str(element.tag), text) for text in _texts(element)))
                element.clear()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        pass
    return found


def state_xmp(found: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield what a packet's properties state, by our names for it."""
    for name, ours in _NAMES.items():
        for value in found.get(name, ()):
            yield ours, value


def _is_top(path: list[Element]) -> bool:
    """Tell whether the description at the end of a path is one of the packet, not of a structure in it."""
    return len(path) < 2 or path[-2].tag == f"{_RDF}RDF"  # noqa: PLR2004 - it and its parent


def _texts(element: Element) -> Iterator[str]:
    items = element.findall(f"{_RDF}*/{_RDF}li")
    yield from (item.text or "" for item in items)
    if not items:
        yield element.text or ""


def _take(found: dict[str, list[str]], values: Iterable[tuple[str, str]]) -> None:
    for tag, text in values:
        namespace, _, name = tag[1:].partition("}")
        prefix = _PREFIXES.get(namespace)
        value = " ".join(text.split())
        if prefix and value:
            kept = found.setdefault(f"{prefix}:{name}", [])
            if len(kept) < _VALUES_MOST:
                kept.append(value)
