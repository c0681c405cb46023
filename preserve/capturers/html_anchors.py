"""Which anchors and buttons of a page lead to documents, and which merely lead on?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.capturers.documents import WIDGET, Likely, likely_document, wording
from preserve.capturers.references import LinkList, fold
from preserve.capturers.sizes import find_size
from preserve.model.reference import Kind
from preserve.model.url import join

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from preserve.capturers.places import Places

__all__ = ["Anchors"]

_HOOKS = ("class", "id", "data-hook", "data-testid", "data-type", "data-block-type")
_ADDRESSES = ("data-href", "data-url", "data-file-url", "data-download-url", "data-file", "data-link")
_LABELS = ("aria-label", "title", "download")
_UP = 4  # how far above an anchor the box of its file widget is looked for
_WIDGET_TEXT_MOST = 240  # the text of a file widget: a name, a word, a size
_SCHEMES_WITHOUT_OCTETS = ("javascript:", "about:", "#")


class Anchors:
    """
    Anchors and buttons, judged with the widget they stand in.

    Site builders make a file widget either as an anchor or as a ``role=button`` that asks for its
    address when clicked: that one becomes a link with ``url`` None.
    """

    def __init__(self, links: LinkList, places: Places) -> None:
        self._links = links
        self._places = places
        self._widgets: dict[int, str] = {}
        self._told: set[int] = set()

    def is_document(self, url: str, type_: str) -> bool:
        """Return whether an ``object`` or ``embed`` shows a document."""
        return likely_document(url=url, type_=type_, download=False, words="", in_widget=False) is Likely.YES

    def anchor(self, node: LexborNode, attributes: dict[str, str]) -> None:
        """Add the link of an ``a`` or ``area``; one without address only when it is a download widget."""
        tag = node.tag or "a"
        name = "href" if "href" in attributes else "xlink:href"
        written = attributes.get(name)
        if written is None or _leads_nowhere(written):
            self.button(node, tag, attributes)
            if written is None or written.strip()[:1] in {"", "#"}:
                return
        text = _text(node)
        words, in_widget = self._words(node, attributes, text)
        likely = likely_document(
            url=join(self._links.base, written) or written,
            type_=attributes.get("type", ""),
            download="download" in attributes,
            words=words,
            in_widget=in_widget,
        )
        if _leads_nowhere(written) or written.lower().startswith(("mailto:", "tel:")):
            likely = Likely.NO
        document = likely is not Likely.NO
        self._links.add(
            written,
            Kind.DOCUMENT if document else Kind.LINK,
            element=tag,
            attribute=name,
            line=self._places.line(tag, written),
            text=text
            or fold(attributes.get("aria-label") or attributes.get("title") or attributes.get("alt")),
            stated_bytes=find_size(words) if document else None,
            speculative=likely is Likely.PERHAPS,
        )

    def button(self, node: LexborNode, tag: str, attributes: dict[str, str]) -> None:
        """Add the link of a download widget that has no address, or has it in a ``data-`` attribute."""
        text = _text(node)
        words, in_widget = self._words(node, attributes, text)
        size = find_size(words)
        if size is None or wording(words, in_widget=in_widget) is not Likely.YES or self._is_told(node):
            return
        self._told.add(node.mem_id)
        name = next((name for name in _ADDRESSES if "/" in attributes.get(name, "")), "")
        written = attributes.get(name, "") if name else attributes.get("href", "")
        self._links.add(
            written,
            Kind.DOCUMENT,
            element=tag,
            attribute=name or ("href" if "href" in attributes else "role"),
            line=self._places.line(tag, attributes.get(name) or attributes.get("role", "")),
            text=text or fold(attributes.get("aria-label")),
            stated_bytes=size,
            resolvable=bool(name),
        )

    def _is_told(self, node: LexborNode) -> bool:
        """Return whether a real anchor is in or around a button, or a button that was told."""
        if any(not _leads_nowhere(inner.attributes.get("href") or "#") for inner in node.css("a[href]")):
            return True
        above = node.parent
        for _ in range(_UP * 2):
            if above is None:
                break
            if above.mem_id in self._told:
                return True
            if above.tag == "a" and not _leads_nowhere(above.attributes.get("href") or "#"):
                return True
            above = above.parent
        return False

    def _words(self, node: LexborNode, attributes: dict[str, str], text: str) -> tuple[str, bool]:
        """Return all the words that speak of a link, and whether its markup is a file widget's."""
        said = [text, *(attributes.get(name, "") for name in _LABELS)]
        in_widget = any(WIDGET.search(attributes.get(name, "")) for name in _HOOKS)
        above = node.parent
        for _ in range(_UP):
            if above is None or above.tag in {"body", "html", "main", "article"}:
                break
            box = self._box(above)
            if box:
                in_widget = True
                said.append(box)
                break
            above = above.parent
        return fold(" ".join(said), _WIDGET_TEXT_MOST * 2), in_widget

    def _box(self, node: LexborNode) -> str:
        """Return the text of a file widget's box: marked as one, short, and with one link at most."""
        if node.mem_id not in self._widgets:
            text = ""
            attributes = node.attributes
            if any(WIDGET.search(attributes.get(name) or "") for name in _HOOKS):
                text = _text(node, _WIDGET_TEXT_MOST + 1)
                if len(text) > _WIDGET_TEXT_MOST or len(node.css("a[href]")) > 1:
                    text = ""
            self._widgets[node.mem_id] = text
        return self._widgets[node.mem_id]


def _leads_nowhere(written: str) -> bool:
    bare = written.strip().lower()
    return not bare or bare.startswith(_SCHEMES_WITHOUT_OCTETS)


def _text(node: LexborNode, most: int = 200) -> str:
    return fold(node.text(separator=" "), most)
