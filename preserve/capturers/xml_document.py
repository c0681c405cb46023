"""What is an XML document, and if it is a feed, what does it list? XML 1.0; RSS 2.0; RFC 4287."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.inspection import Content, Inspection, Json, Problem

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from preserve.capturers.references import LinkList
    from preserve.capturers.stated import Stated

__all__ = ["XmlCapturer"]

_FORMATS = {"rss": "RSS", "feed": "Atom", "RDF": "RDF", "urlset": "sitemap", "sitemapindex": "sitemap"}
_ENTRIES = frozenset({"item", "entry", "url", "sitemap"})
_CHANNELS = frozenset({"channel", "feed"})
_STATED = {
    "title": "title",
    "description": "caption",
    "subtitle": "caption",
    "managingEditor": "creator",
    "copyright": "copyright",
    "rights": "copyright",
    "language": "language",
    "generator": "software",
    "pubDate": "date",
    "lastBuildDate": "modified",
    "updated": "modified",
}
_ADDRESSED = frozenset({"link", "loc", "enclosure", "content", "url", "comments"})


class XmlCapturer:
    """Reads XML that is neither a page nor a drawing, feeds above all, to its end."""

    name = "xml"
    media_types = frozenset(
        {
            "application/atom+xml",
            "application/gpx+xml",
            "application/mathml+xml",
            "application/opensearchdescription+xml",
            "application/rdf+xml",
            "application/rss+xml",
            "application/ttml+xml",
            "application/vnd.google-earth.kml+xml",
            "application/xml",
            "application/xslt+xml",
            "text/xml",
        }
    )

    def inspect(self, content: Content) -> Inspection:
        """Return the facts, links and problems of a document; entities are never expanded."""
        from preserve.capturers.references import LinkList, link_counts  # noqa: PLC0415 - as below
        from preserve.capturers.stated import Stated  # noqa: PLC0415 - as below
        from preserve.capturers.xml_events import (  # noqa: PLC0415 - a parser is imported when XML comes
            XML_FAULTS,
            elements,
            reason,
        )

        reading = _Reading(LinkList(content.url), Stated())
        problems = []
        whole: bool | None = True
        try:
            for path, element in elements(content.stream):
                reading.take(path, element)
                if reading.links.overflowed:  # which is a problem of its own
                    whole = None
                    break
        except XML_FAULTS as exc:
            whole = False
            message = f"The document was not read to its end: {reason(exc)}."
            problems.append(Problem(code="xml.unreadable", message=message))
        facts = reading.facts() | {"whole": whole, "links": link_counts(reading.links.links)}
        return Inspection(
            facts=facts, links=tuple(reading.links.links), problems=(*problems, *reading.links.problems)
        )


class _Reading:
    def __init__(self, links: LinkList, stated: Stated) -> None:
        self.links = links
        self._stated = stated
        self._root = ""
        self._elements = 0
        self._entries = 0

    def take(self, path: list[Element], element: Element) -> None:
        """Take in one element."""
        from preserve.capturers.xml_events import local  # noqa: PLC0415 - imported by now

        self._root = self._root or str(path[0].tag)
        self._elements += 1
        name = local(element)
        above = local(path[-2]) if len(path) > 1 else ""
        self._entries += name in _ENTRIES and above != "image"
        if above in _CHANNELS and name in _STATED:
            self._stated.add("feed", ((_STATED[name], element.text or ""),))
        if name in _ADDRESSED and local(path[0]) in _FORMATS:
            self._link(name, element)

    def _link(self, name: str, element: Element) -> None:
        from preserve.model.reference import Kind  # noqa: PLC0415 - only where a feed is seen

        for attribute in ("href", "url", ""):
            written = element.get(attribute, "") if attribute else (element.text or "").strip()
            if written:
                self.links.add(written, Kind.LINK, element=name, attribute=attribute or "text")
                return

    def facts(self) -> dict[str, Json]:
        """Return what was read so far."""
        namespace, _, name = self._root.rpartition("}")
        return {
            "format": _FORMATS.get(name, "XML"),
            "root": name,
            "namespace": namespace.removeprefix("{"),
            "elements": self._elements,
            "entries": self._entries if name in _FORMATS else None,
            "stated": self._stated.facts(),
        }
