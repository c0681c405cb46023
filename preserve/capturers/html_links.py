"""Where in a page do URLs stand, and what is each for? The tables are in ``html_tables``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from selectolax.lexbor import LexborHTMLParser

from preserve.capturers.css import preprocess, scan
from preserve.capturers.documents import is_document_url
from preserve.capturers.html_anchors import Anchors
from preserve.capturers.html_scripts import add_data, add_script
from preserve.capturers.html_tables import (
    BACKGROUND,
    CONNECTIONS,
    DULL,
    LAZY,
    LAZY_KINDS,
    METAS,
    OBJECTS,
    PAINTED,
    PARAMS,
    PRELOADED,
    RELS,
    SHOWS,
    SURE_LAZY,
    URLS,
)
from preserve.capturers.islands import is_picture
from preserve.capturers.line_numbers import LineNumbers
from preserve.capturers.linked_data import content_kind
from preserve.capturers.places import OneLine, Places
from preserve.capturers.references import LinkList, fold
from preserve.capturers.refresh import kind_of, written_in
from preserve.capturers.srcset import CANDIDATES_MOST, parse_srcset
from preserve.model.documents import group_by_name, group_by_type
from preserve.model.inspection import Problem
from preserve.model.reference import Kind
from preserve.model.url import join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from selectolax.lexbor import LexborNode

__all__ = ["base_url", "collect"]

Attributes: TypeAlias = dict[str, str]
Handler: TypeAlias = "Callable[[str, str, Attributes], None]"

# Elements that are looked at though they have no attribute, and those that hold a document of their own.
_SPEAKING = frozenset({"button", "style", "script", "template"})
_HOLDING = frozenset({"template", "iframe"})
_LIKE_URL = re.compile(r"(?:https?:)?/?/?[^\s{}<>\"'|\\^`]+\Z", re.IGNORECASE)
_IMAGE_NAME = re.compile(r"/|\.(?:jpe?g|png|gif|webp|avif|svg|bmp)\b", re.IGNORECASE)
_TILE_ICON = re.compile(r"icon-uri=([^;]+)", re.IGNORECASE)
_NESTED_MOST = 3
_DATA_MOST = 1 << 20


def base_url(tree: LexborHTMLParser, url: str) -> str:
    """Return what the page's references are resolved against. HTML Standard 4.2.3."""
    for node in tree.css("base[href]"):
        made = join(url, node.attributes.get("href") or "")
        # Section 4.2.3: an address without a host cannot be a base.
        return url if made is None or made.startswith(("data:", "javascript:")) else made
    return url


def collect(tree: LexborHTMLParser, links: LinkList, places: Places) -> list[Problem]:
    """Add every link of a page, in the order of the tree; return what was cut."""
    walk = _Walk(links, places)
    walk.walk(tree)
    if not walk.cut:
        return []
    message = (
        f"{walk.cut} lists of pictures have more than {CANDIDATES_MOST} entries; the rest is not listed."
    )
    return [Problem(code="html.srcset-cut", message=message)]


class _Walk:
    """One pass over a tree: each element is looked up in the tables."""

    def __init__(self, links: LinkList, places: Places, deep: int = 0) -> None:
        self._links = links
        self._places = places
        self._deep = deep
        self._anchors = Anchors(links, places)
        self.cut = 0
        self._special: Mapping[str, Callable[[LexborNode, str, Attributes], None]] = {
            "a": self._anchors.anchor,
            "applet": self._applet,
            "area": self._anchors.anchor,
            "embed": self._object,
            "input": self._input,
            "link": self._link,
            "meta": self._meta,
            "object": self._object,
            "param": self._param,
            "script": self._script,
            "source": self._source,
            "style": self._style,
        }
        self._named = _Handlers(
            {
                **dict.fromkeys(DULL),
                **dict.fromkeys(LAZY, self._lazy),
                **dict.fromkeys(("style", *PAINTED), self._painted),
                "background": self._background,
                "itemprop": self._item,
                "srcset": self._srcset,
            },
            data=self._data,
            event=self._event,
        )

    def walk(self, tree: LexborHTMLParser) -> None:
        """Add the links of a tree."""
        named = self._named
        for node, tag, attributes in self._elements(tree):
            special = self._special.get(tag)
            if special is not None:
                special(node, tag, attributes)
            elif tag in URLS or "role" in attributes:
                self._element(node, tag, attributes)
            for name in attributes:
                handle = named[name]
                if handle is not None and attributes[name]:
                    handle(tag, name, attributes)
            if tag in _HOLDING and self._deep < _NESTED_MOST:
                self._nested(node, tag, attributes)

    def _elements(self, tree: LexborHTMLParser) -> Iterator[tuple[LexborNode, str, Attributes]]:
        """Yield the elements of a tree that may have a link, as long as one fits."""
        links, entered = self._links, self._places.entered
        for node in tree.root.traverse() if tree.root is not None else ():
            tag = node.tag
            if not tag or tag[0] == "-":
                continue
            if (
                tag == "feImage"
            ):  # the parser's spelling of foreign elements, of which no other has an address
                tag = "feimage"
            if links.overflowed:
                return
            entered[tag] += 1
            known = node.attributes
            if all(known.values()):
                if known or tag in _SPEAKING:
                    yield node, tag, known  # type: ignore[misc]  # no value is None
            else:
                # Absent values are None to the parser and empty to the standard.
                yield node, tag, {name: value or "" for name, value in known.items()}

    def _nested(self, node: LexborNode, tag: str, attributes: Attributes) -> None:
        """Walk a document within the document: its place is the line of the attribute, or its own."""
        if tag == "iframe":
            written = attributes.get("srcdoc", "")
            if not written:
                return
            places: Places = OneLine(self._places.line("iframe", written))
            guessing = self._links.guessing
        else:
            written = _inner(node.html or "")
            places = self._places
            # Scripts take a template's content, or never do; a shadow root is shown without them.
            guessing = self._links.guessing or "shadowrootmode" not in attributes
        before, self._links.guessing = self._links.guessing, guessing
        inner = _Walk(self._links, places, self._deep + 1)
        inner.walk(LexborHTMLParser(written))
        self._links.guessing = before
        self.cut += inner.cut

    def _element(self, node: LexborNode, tag: str, attributes: Attributes) -> None:
        """Add what the tables know of an element, and what a button is said to do."""
        if tag == "button" or attributes.get("role", "").lower() == "button":
            self._anchors.button(node, tag, attributes)
        for name, kind in URLS.get(tag, ()):
            if name in attributes:
                self._url(tag, name, attributes, kind)

    def _url(self, tag: str, name: str, attributes: Attributes, kind: Kind, *, guess: bool = False) -> None:
        value = attributes.get(name, "")
        if not value.strip() or value.startswith("#"):
            return
        label = attributes.get("alt") or attributes.get("title") or attributes.get("aria-label")
        self._links.add(
            value,
            kind,
            element=tag,
            attribute=name,
            line=self._places.line(tag, value),
            text=fold(label),
            speculative=guess,
            group=group_by_name(value) if kind is Kind.DOCUMENT else "",
        )

    def _srcset(self, tag: str, name: str, attributes: Attributes, *, guess: bool = False) -> None:
        value = attributes.get(name, "")
        candidates, more = parse_srcset(value)
        self.cut += more
        line = self._places.line(tag, value) if candidates else None
        label = fold(attributes.get("alt"))
        for url in candidates:
            self._links.add(
                url, Kind.IMAGE, element=tag, attribute=name, line=line, text=label, speculative=guess
            )

    def _lazy(self, tag: str, name: str, attributes: Attributes) -> None:
        value = attributes[name].strip()
        guess = tag not in SHOWS or name not in SURE_LAZY
        if LAZY[name]:
            if _IMAGE_NAME.search(value):
                self._srcset(tag, name, attributes, guess=guess)
        elif value[:4].lower() == "url(":
            self._inline(tag, value, name)
        elif _LIKE_URL.match(value) and _IMAGE_NAME.search(value):
            self._url(tag, name, attributes, LAZY_KINDS.get(tag, Kind.IMAGE), guess=guess)
        elif value[:1] in {"{", "["}:
            self._data(tag, name, {name: value})

    def _data(self, tag: str, name: str, attributes: Attributes) -> None:
        """Add what a ``data-`` attribute of any name holds: a picture's or document's address, or JSON."""
        value = attributes[name]
        if value[:1] in {"{", "["}:
            if "/" in value and len(value) <= _DATA_MOST:
                line = self._places.line(tag, value)
                add_data(self._links, value, element=tag, attribute=name, line=line, lines=False)
        elif "." in value and "/" in value and _LIKE_URL.match(value):
            document = is_document_url(value)
            if document or is_picture(value):
                self._links.add(
                    value,
                    Kind.DOCUMENT if document else Kind.IMAGE,
                    element=tag,
                    attribute=name,
                    line=self._places.line(tag, value),
                    speculative=True,
                    group=group_by_name(value) if document else "",
                )

    def _event(self, tag: str, name: str, attributes: Attributes) -> None:
        value = attributes[name]
        if ".pdf" in value.lower():
            line = self._places.line(tag, value)
            add_script(self._links, "", value, element=tag, attribute=name, line=line)

    def _painted(self, tag: str, name: str, attributes: Attributes) -> None:
        if "(" in attributes[name]:
            self._inline(tag, attributes[name], name)

    def _background(self, tag: str, name: str, attributes: Attributes) -> None:
        if tag in BACKGROUND:
            self._url(tag, name, attributes, Kind.IMAGE)

    def _item(self, tag: str, name: str, attributes: Attributes) -> None:
        """Add what microdata says by ``content`` on elements that have no address of their own."""
        if tag in {"meta", "link"} or "content" not in attributes:
            return
        kind = next((METAS[prop] for prop in attributes[name].lower().split() if prop in METAS), None)
        if kind is not None:
            self._url(tag, "content", attributes, kind)

    def _source(self, node: LexborNode, tag: str, attributes: Attributes) -> None:
        parent = node.parent.tag if node.parent else ""
        self._url(tag, "src", attributes, Kind.MEDIA if parent in {"video", "audio"} else Kind.IMAGE)

    def _input(self, _node: LexborNode, tag: str, attributes: Attributes) -> None:
        if attributes.get("type", "").lower() == "image":
            self._url(tag, "src", attributes, Kind.IMAGE)
        self._url(tag, "formaction", attributes, Kind.LINK)

    def _object(self, _node: LexborNode, tag: str, attributes: Attributes) -> None:
        name = "data" if tag == "object" else "src"
        value, stated = attributes.get(name, ""), attributes.get("type", "").strip().lower()
        kind = next((kind for start, kind in OBJECTS if stated.startswith(start)), Kind.DATA)
        group = group_by_type(stated) or group_by_name(value)
        # Any other kind of document that stands in the page is a part of it, whatever is wanted of links.
        if group == "pdf":
            kind = Kind.DOCUMENT
        self._url(tag, name, attributes, kind)
        if tag == "object":
            for written in attributes.get("archive", "").split()[:CANDIDATES_MOST]:
                self._one(tag, "archive", written, Kind.DATA, attributes)

    def _applet(self, _node: LexborNode, tag: str, attributes: Attributes) -> None:
        """Add the archives and the class of an applet, which stand beside its code base. HTML 4, 13.4."""
        for written in attributes.get("archive", "").split(",")[:CANDIDATES_MOST]:
            self._one(tag, "archive", written.strip(), Kind.DATA, attributes)
        code = attributes.get("code", "").strip()
        if code and "archive" not in attributes:
            self._one(tag, "code", code, Kind.DATA, attributes)

    def _one(self, tag: str, name: str, written: str, kind: Kind, attributes: Attributes) -> None:
        if not written:
            return
        base = attributes.get("codebase", "").strip()
        against = join(self._links.base, base.rstrip("/") + "/") if base else None
        self._links.add(
            written,
            kind,
            element=tag,
            attribute=name,
            line=self._places.line(tag, written),
            against=against,
        )

    def _param(self, _node: LexborNode, tag: str, attributes: Attributes) -> None:
        kind = PARAMS.get(attributes.get("name", "").lower())
        value = attributes.get("value", "")
        if kind is not None and _LIKE_URL.match(value) and ("/" in value or "." in value):
            self._url(tag, "value", attributes, kind)

    def _link(self, _node: LexborNode, tag: str, attributes: Attributes) -> None:
        rels = attributes.get("rel", "").lower().split()
        if CONNECTIONS.intersection(rels):
            return
        kind = next((kind for rel, kind in RELS.items() if rel in rels), None)
        if kind is None and {"preload", "prefetch"}.intersection(rels):
            kind = PRELOADED.get(
                attributes.get("as", "").lower(), Kind.DATA if "preload" in rels else Kind.LINK
            )
        if kind is None:
            props = attributes.get("itemprop", "").lower().split()
            kind = next((METAS[name] for name in props if name in METAS), Kind.LINK)
        if kind is Kind.ALTERNATE and group_by_type(attributes.get("type", "")) == "pdf":
            kind = Kind.DOCUMENT
        labels = attributes if kind is not Kind.STYLE else {**attributes, "alt": attributes.get("media", "")}
        self._url(tag, "href", labels, kind)
        self._srcset(tag, "imagesrcset", attributes)

    def _meta(self, node: LexborNode, tag: str, attributes: Attributes) -> None:
        names = [attributes.get(name, "").strip().lower() for name in ("property", "name", "itemprop")]
        kind = next((METAS[name] for name in names if name in METAS), None)
        value = attributes.get("content", "")
        if "contenturl" in names:
            kind = content_kind(value)
        if kind is not None:
            self._url(tag, "content", attributes, kind)
        elif "msapplication-task" in names:
            found = _TILE_ICON.search(value)
            if found:
                line = self._places.line(tag, found[1])
                self._links.add(found[1], Kind.ICON, element=tag, attribute="content", line=line)
        elif attributes.get("http-equiv", "").strip().lower() == "refresh":
            url = written_in(value)
            if url:
                # In noscript it is for readers without scripts, not for the page.
                aside = node.parent is not None and node.parent.tag == "noscript"
                kind = Kind.LINK if aside else kind_of(value, self._links.base)
                line = self._places.line(tag, url)
                self._links.add(url, kind, element=tag, attribute="refresh", line=line)

    def _script(self, node: LexborNode, tag: str, attributes: Attributes) -> None:
        addressed = False
        for name, kind in URLS[tag]:
            if name in attributes:
                self._url(tag, name, attributes, kind)
                addressed = True
        if not addressed:
            text = node.text() or ""
            if text:
                line = self._places.line(tag, "")
                add_script(self._links, attributes.get("type", ""), text, element=tag, line=line)

    def _style(self, node: LexborNode, tag: str, _attributes: Attributes) -> None:
        text = preprocess(node.text() or "")
        line = self._places.line(tag, "")
        lines = None if line is None else LineNumbers(text, line)
        for found in scan(text):
            self._links.add(
                found.url,
                found.kind,
                element=tag,
                attribute=found.construct,
                line=None if lines is None else lines.at(found.offset),
                text=found.media,
            )

    def _inline(self, tag: str, style: str, attribute: str) -> None:
        line = self._places.line(tag, style)
        for found in scan(preprocess(style)):
            self._links.add(found.url, found.kind, element=tag, attribute=attribute, line=line)


class _Handlers(dict[str, "Handler | None"]):
    """What looks at an attribute, by its name; None for one that is not looked at."""

    def __init__(self, known: Mapping[str, Handler | None], *, data: Handler, event: Handler) -> None:
        super().__init__(known)
        self._data = data
        self._event = event

    def __missing__(self, name: str) -> Handler | None:
        """Return what looks at a name that is in no table, and remember it."""
        handler = self._data if name[:5] == "data-" else self._event if name[:2] == "on" else None
        self[name] = handler
        return handler


def _inner(template: str) -> str:
    """Return what stands between the tags of a serialised ``<template>``."""
    return template.partition(">")[2].removesuffix("</template>")
