"""Which anchors and buttons of a page lead to documents, and which merely lead on?"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from preserve.capturers.documents import (
    WIDGET_WORDS,
    Likely,
    group_in,
    is_widget,
    likely_document,
    wording,
)
from preserve.capturers.islands import documents_in_code, is_picture
from preserve.capturers.references import LinkList, fold
from preserve.capturers.sizes import find_size
from preserve.model.documents import extension_of
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from preserve.capturers.places import Places

__all__ = ["Anchors"]

_HOOKS = ("class", "id", "data-hook", "data-testid", "data-type", "data-block-type")
_ADDRESSES = (
    "data-href",
    "data-url",
    "data-file-url",
    "data-download-url",
    "data-file",
    "data-link",
    "data-pdf",
)
_LABELS = ("aria-label", "title", "download")
_ICONS = frozenset({"i", "img", "svg", "use", "span"})
_ICON_HOOKS = ("class", "src", "alt", "href", "xlink:href", "title", "aria-label")
_INNER_MOST = 12  # elements of a link among which its icon is looked for
_PINGS_MOST = 8
_UP = 4  # how far above an anchor the box of its file widget is looked for
_WIDGET_TEXT_MOST = 240  # the text of a file widget: a name, a word, a size
_BUTTON_TEXT_MOST = 1000
_SPACES = 20  # how much of a text may be white space before it counts as longer than it is
_TEXTS_MOST = 8 << 20  # characters of text in all that are looked at: elements may stand in each other
_PLAIN = ("/", "http")  # most addresses: told before it is asked whether one is something else
_SCHEMES_WITHOUT_OCTETS = ("javascript:", "about:", "#")
_MESSAGES = ("mailto:", "tel:", "sms:")
_PAGES = frozenset({"html", "htm", "xhtml", "php", "asp", "aspx", "jsp"})
_OUTER = frozenset({"body", "html", "main", "article"})


class Anchors:
    """
    Anchors and buttons of one tree, judged with the widget they stand in.

    Site builders make a file widget either as an anchor or as a ``role=button`` that asks for its
    address when clicked: that one becomes a link with ``url`` None.
    """

    def __init__(self, links: LinkList, places: Places) -> None:
        self._links = links
        self._places = places
        self._boxes = places.tags_with(WIDGET_WORDS)
        self._widgets: dict[int, str] = {}
        self._told: set[int] = set()
        self._texts = 0

    def anchor(self, node: LexborNode, tag: str, attributes: dict[str, str]) -> None:
        """Add the link of an ``a`` or ``area``; one without address only when it is a download widget."""
        name = "href" if "href" in attributes else "xlink:href"
        written = attributes.get(name)
        plain = written is not None and written.startswith(_PLAIN)
        nowhere = not plain and (written is None or _leads_nowhere(written))
        if written is None or nowhere:
            self.button(node, tag, attributes)
            if written is None or written.strip()[:1] in {"", "#"}:
                return
            self._code(written, tag, name)
        if "ping" in attributes:
            self._ping(tag, attributes)
        text = self._text(node)
        label = text or fold(attributes.get("aria-label") or attributes.get("title") or attributes.get("alt"))
        line = self._places.line(tag, written)
        if nowhere or (not plain and written[:7].lower().startswith(_MESSAGES)):
            self._links.add(written, Kind.LINK, element=tag, attribute=name, line=line, text=label)
            return
        words, in_widget = self._words(node, tag, attributes, text)
        likely = self._likely(node, written, attributes, words, in_widget=in_widget)
        if likely is Likely.NO:
            picture = is_picture(written)
            kind = Kind.IMAGE if picture else Kind.LINK
            self._links.add(
                written, kind, element=tag, attribute=name, line=line, text=label, speculative=picture
            )
            return
        self._links.add(
            written,
            Kind.DOCUMENT,
            element=tag,
            attribute=name,
            line=line,
            text=label,
            stated_bytes=find_size(words),
            speculative=likely is Likely.PERHAPS,
            group=group_in(url=written, type_=attributes.get("type", ""), words=words),
        )

    def button(self, node: LexborNode, tag: str, attributes: dict[str, str]) -> None:
        """Add the link of a download widget that has no address, or has it in a ``data-`` attribute."""
        text = self._text(node, _BUTTON_TEXT_MOST + 1)
        if len(text) > _BUTTON_TEXT_MOST:
            return
        words, in_widget = self._words(node, tag, attributes, text)
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
            text=fold(text) or fold(attributes.get("aria-label")),
            stated_bytes=size,
            resolvable=bool(name),
            group=group_in(url=written, type_="", words=words),
        )

    def _likely(
        self, node: LexborNode, written: str, attributes: dict[str, str], words: str, *, in_widget: bool
    ) -> Likely:
        download = "download" in attributes or (
            "rel" in attributes and "enclosure" in attributes["rel"].lower().split()
        )
        if download and (is_picture(written) or extension_of(written) in _PAGES):
            return Likely.NO
        likely = likely_document(
            url=written,
            type_=attributes.get("type", ""),
            download=download,
            words=words,
            in_widget=in_widget,
        )
        if likely is Likely.YES or not _has_document_icon(node) or is_picture(written):
            return likely
        return Likely.YES

    def _code(self, written: str, tag: str, name: str) -> None:
        """Add the documents that a ``javascript:`` address names."""
        for found in documents_in_code(written):
            line = self._places.line(tag, written)
            self._links.add(
                found.url, found.kind, element=tag, attribute=name, line=line, speculative=True, group="pdf"
            )

    def _ping(self, tag: str, attributes: dict[str, str]) -> None:
        for written in attributes.get("ping", "").split()[:_PINGS_MOST]:
            line = self._places.line(tag, written)
            self._links.add(written, Kind.LINK, element=tag, attribute="ping", line=line)

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

    def _words(self, node: LexborNode, tag: str, attributes: dict[str, str], text: str) -> tuple[str, bool]:
        """Return all the words that speak of a link, and whether its markup is a file widget's."""
        said = [text, *[attributes[name] for name in _LABELS if name in attributes]]
        in_widget = False
        if self._boxes:
            in_widget = tag in self._boxes and is_widget(_hooks(attributes))
            box = self._box_around(node)
            if box:
                in_widget = True
                said.append(box)
        return (text if len(said) == 1 else fold(" ".join(said), _WIDGET_TEXT_MOST * 2)), in_widget

    def _box_around(self, node: LexborNode) -> str:
        """Return the text of the nearest file widget's box that a link stands in; empty if in none."""
        above = node.parent
        for _ in range(_UP):
            if above is None or above.tag in _OUTER:
                break
            box = self._box(above) if above.tag in self._boxes else ""
            if box:
                return box
            above = above.parent
        return ""

    def _box(self, node: LexborNode) -> str:
        """Return the text of a file widget's box: marked as one, short, and with one link at most."""
        known = self._widgets.get(node.mem_id)
        if known is None:
            known = ""
            if is_widget(_hooks(node.attributes)):
                known = self._text(node, _WIDGET_TEXT_MOST + 1)
                if known and (len(known) > _WIDGET_TEXT_MOST or len(node.css("a[href]")) > 1):
                    known = ""
            self._widgets[node.mem_id] = known
        return known

    def _text(self, node: LexborNode, most: int = 200) -> str:
        """Return the text of an element, folded; empty once enough text has been looked at."""
        if self._texts > _TEXTS_MOST:
            return ""
        text = node.text(separator=" ")
        self._texts += len(text)
        return fold(text[: most * _SPACES], most)


def _hooks(attributes: dict[str, str] | dict[str, str | None]) -> str:
    return " ".join([attributes[name] or "" for name in _HOOKS if name in attributes])


def _has_document_icon(node: LexborNode) -> bool:
    """Return whether a link shows the sign of a PDF: an icon that is named so."""
    first = node.first_child
    if first is None or (first.is_text_node and first.next is None):
        return False
    for icon in islice(node.traverse(), 1, _INNER_MOST):
        if icon.tag in _ICONS:
            attributes = icon.attributes
            hooks = " ".join([attributes[name] or "" for name in _ICON_HOOKS if name in attributes]).lower()
            if "pdf" in hooks and is_widget(hooks) and not (icon.text() or "").strip():
                return True
    return False


def _leads_nowhere(written: str) -> bool:
    bare = written.strip().lower()
    return not bare or bare.startswith(_SCHEMES_WITHOUT_OCTETS)
