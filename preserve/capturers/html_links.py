"""
Where in a page do URLs stand, and what is each for?

The attributes are tables, in the order of the HTML Standard's index of attributes. What scripts read
(``data-…``) is a convention of lazy loaders: on elements that show a picture it counts as a reference,
elsewhere as a guess (``speculative``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from preserve.capturers.css import preprocess, scan
from preserve.capturers.html_anchors import Anchors
from preserve.capturers.references import LinkList, fold
from preserve.capturers.refresh import kind_of, written_in
from preserve.capturers.srcset import parse_srcset
from preserve.model.reference import Kind
from preserve.model.url import join

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from selectolax.lexbor import LexborNode

    from preserve.capturers.places import Places

__all__ = ["base_url", "collect"]

Attributes = dict[str, str]

_URLS: dict[str, tuple[tuple[str, Kind], ...]] = {
    "audio": (("src", Kind.MEDIA),),
    "bgsound": (("src", Kind.MEDIA),),
    "blockquote": (("cite", Kind.LINK),),
    "embed": (("src", Kind.DATA),),
    "feimage": (("href", Kind.IMAGE), ("xlink:href", Kind.IMAGE)),
    "form": (("action", Kind.LINK),),
    "frame": (("src", Kind.FRAME),),
    "iframe": (("src", Kind.FRAME),),
    "image": (("href", Kind.IMAGE), ("xlink:href", Kind.IMAGE)),
    "img": (("src", Kind.IMAGE), ("lowsrc", Kind.IMAGE)),
    "object": (("data", Kind.DATA),),
    "q": (("cite", Kind.LINK),),
    "script": (("src", Kind.SCRIPT), ("href", Kind.SCRIPT), ("xlink:href", Kind.SCRIPT)),
    "track": (("src", Kind.DATA),),
    "use": (("href", Kind.IMAGE), ("xlink:href", Kind.IMAGE)),
    "video": (("src", Kind.MEDIA), ("poster", Kind.IMAGE)),
}
_BACKGROUND = frozenset({"body", "table", "thead", "tbody", "tfoot", "tr", "td", "th"})

# Lazy loaders' attributes: name, and whether it holds a srcset.
_LAZY = {
    "data-src": False,
    "data-srcset": True,
    "data-original": False,
    "data-original-src": False,
    "data-lazy": False,
    "data-lazy-src": False,
    "data-lazy-srcset": True,
    "data-original-set": True,
    "data-bg": False,
    "data-bg-src": False,
    "data-background": False,
    "data-background-image": False,
    "data-bgset": True,
    "data-poster": False,
    "data-hi-res-src": False,
    "data-full-src": False,
    "data-large-file": False,
    "data-orig-file": False,
    "data-pin-media": False,
    "data-image": False,
    "data-image-src": False,
    "data-flickity-lazyload": False,
}
_SURE_LAZY = frozenset(
    name for name in _LAZY if "pin" not in name and "image" not in name and "file" not in name
)
_LAZY_KINDS = {
    "audio": Kind.MEDIA,
    "embed": Kind.DATA,
    "iframe": Kind.FRAME,
    "script": Kind.SCRIPT,
    "video": Kind.MEDIA,
}
_SHOWS = frozenset({"img", "source", "iframe", "video", "audio", "input"})
_LIKE_URL = re.compile(r"(?:https?:)?/?/?[^\s{}<>\"'|\\^`]+\Z", re.IGNORECASE)
_IMAGE_NAME = re.compile(r"/|\.(?:jpe?g|png|gif|webp|avif|svg|bmp)\b", re.IGNORECASE)

# HTML Standard 4.6.6, and the link types that registries and vendors added; the first that is listed decides.
_RELS = {
    "stylesheet": Kind.STYLE,
    "icon": Kind.ICON,
    "apple-touch-icon": Kind.ICON,
    "apple-touch-icon-precomposed": Kind.ICON,
    "mask-icon": Kind.ICON,
    "fluid-icon": Kind.ICON,
    "apple-touch-startup-image": Kind.IMAGE,
    "image_src": Kind.IMAGE,
    "modulepreload": Kind.SCRIPT,
    "manifest": Kind.DATA,
    "canonical": Kind.ALTERNATE,
    "alternate": Kind.ALTERNATE,
    "amphtml": Kind.ALTERNATE,
    "shortlink": Kind.ALTERNATE,
    "next": Kind.LINK,
    "prev": Kind.LINK,
}
_PRELOADED = {
    "image": Kind.IMAGE,
    "style": Kind.STYLE,
    "script": Kind.SCRIPT,
    "font": Kind.FONT,
    "audio": Kind.MEDIA,
    "video": Kind.MEDIA,
    "document": Kind.FRAME,
}
_CONNECTIONS = frozenset({"dns-prefetch", "preconnect"})

_METAS = {
    "og:image": Kind.IMAGE,
    "og:image:url": Kind.IMAGE,
    "og:image:secure_url": Kind.IMAGE,
    "twitter:image": Kind.IMAGE,
    "twitter:image:src": Kind.IMAGE,
    "msapplication-tileimage": Kind.ICON,
    "image": Kind.IMAGE,
    "thumbnailurl": Kind.IMAGE,
    "thumbnail": Kind.IMAGE,
    "og:video": Kind.LINK,
    "og:audio": Kind.LINK,
}
_OBJECTS = (("image/", Kind.IMAGE), ("text/html", Kind.FRAME), ("video/", Kind.MEDIA), ("audio/", Kind.MEDIA))

_NESTED_MOST = 3


def base_url(tree: LexborHTMLParser, url: str) -> str:
    """Return what the page's references are resolved against. HTML Standard 4.2.3."""
    for node in tree.css("base[href]"):
        return join(url, node.attributes.get("href") or "") or url
    return url


def collect(tree: LexborHTMLParser, links: LinkList, places: Places) -> None:
    """Add every link of a page, in the order of the tree."""
    _Walk(links, places).walk(tree, 0)


class _Walk:
    """One pass over a tree: each element is looked up in the tables."""

    def __init__(self, links: LinkList, places: Places) -> None:
        self._links = links
        self._places = places
        self._anchors = Anchors(links, places)
        self._special: Mapping[str, Callable[[LexborNode, Attributes], None]] = {
            "a": self._anchors.anchor,
            "area": self._anchors.anchor,
            "embed": self._object,
            "input": self._input,
            "link": self._link,
            "meta": self._meta,
            "object": self._object,
            "source": self._source,
            "style": self._style,
        }

    def walk(self, tree: LexborHTMLParser, deep: int) -> None:
        if tree.root is None:
            return
        for node in tree.root.traverse():
            tag = node.tag or ""
            if tag[:1] == "-":
                continue
            if self._links.overflowed:
                break
            self._places.enter(tag)
            attributes = {name: value or "" for name, value in node.attributes.items()}
            if attributes or tag in {"button", "style"}:
                self._element(node, tag, attributes)
            nested = node.html if tag == "template" else attributes.get("srcdoc")
            if nested and deep < _NESTED_MOST and tag in {"template", "iframe"}:
                self.walk(LexborHTMLParser(_inner(nested) if tag == "template" else nested), deep + 1)

    def _element(self, node: LexborNode, tag: str, attributes: Attributes) -> None:
        special = self._special.get(tag)
        if special:
            special(node, attributes)
        else:
            if tag == "button" or attributes.get("role", "").lower() == "button":
                self._anchors.button(node, tag, attributes)
            for name, kind in _URLS.get(tag, ()):
                self._url(tag, name, attributes, kind)
        if tag in {"img", "source"}:
            self._srcset(tag, "srcset", attributes)
        if tag in _BACKGROUND:
            self._url(tag, "background", attributes, Kind.IMAGE)
        if "style" in attributes:
            self._inline(tag, attributes["style"])
        for name in attributes:
            if name in _LAZY:
                self._lazy(tag, name, attributes)

    def _url(self, tag: str, name: str, attributes: Attributes, kind: Kind, *, guess: bool = False) -> None:
        value = attributes.get(name, "")
        if not value.strip() or value.startswith("#"):
            return
        self._links.add(
            value,
            kind,
            element=tag,
            attribute=name,
            line=self._places.line(tag, value),
            text=fold(attributes.get("alt") or attributes.get("title") or attributes.get("aria-label")),
            speculative=guess,
        )

    def _srcset(self, tag: str, name: str, attributes: Attributes, *, guess: bool = False) -> None:
        value = attributes.get(name, "")
        candidates = parse_srcset(value)
        line = self._places.line(tag, value) if candidates else None
        for url in candidates:
            self._links.add(
                url,
                Kind.IMAGE,
                element=tag,
                attribute=name,
                line=line,
                text=fold(attributes.get("alt")),
                speculative=guess,
            )

    def _lazy(self, tag: str, name: str, attributes: Attributes) -> None:
        value = attributes[name].strip()
        guess = tag not in _SHOWS or name not in _SURE_LAZY
        if _LAZY[name]:
            if _IMAGE_NAME.search(value):
                self._srcset(tag, name, attributes, guess=guess)
        elif value.lower().startswith("url("):
            self._inline(tag, value, name)
        elif _LIKE_URL.match(value) and _IMAGE_NAME.search(value):
            self._url(tag, name, attributes, _LAZY_KINDS.get(tag, Kind.IMAGE), guess=guess)

    def _source(self, node: LexborNode, attributes: Attributes) -> None:
        parent = node.parent.tag if node.parent else ""
        self._url("source", "src", attributes, Kind.MEDIA if parent in {"video", "audio"} else Kind.IMAGE)

    def _input(self, _node: LexborNode, attributes: Attributes) -> None:
        if attributes.get("type", "").lower() == "image":
            self._url("input", "src", attributes, Kind.IMAGE)

    def _object(self, node: LexborNode, attributes: Attributes) -> None:
        tag = node.tag or ""
        name = "data" if tag == "object" else "src"
        stated = attributes.get("type", "").strip().lower()
        kind = next((kind for start, kind in _OBJECTS if stated.startswith(start)), Kind.DATA)
        if self._anchors.is_document(attributes.get(name, ""), stated):
            kind = Kind.DOCUMENT
        self._url(tag, name, attributes, kind)

    def _link(self, _node: LexborNode, attributes: Attributes) -> None:
        rels = attributes.get("rel", "").lower().split()
        if _CONNECTIONS.intersection(rels):
            return
        kind = next((kind for rel, kind in _RELS.items() if rel in rels), None)
        if kind is None and {"preload", "prefetch"}.intersection(rels):
            kind = _PRELOADED.get(
                attributes.get("as", "").lower(), Kind.DATA if "preload" in rels else Kind.LINK
            )
        if kind is None:
            kind = Kind.IMAGE if attributes.get("itemprop", "").lower() == "image" else Kind.LINK
        self._url("link", "href", attributes, kind)
        self._srcset("link", "imagesrcset", attributes)

    def _meta(self, node: LexborNode, attributes: Attributes) -> None:
        names = (attributes.get(name, "").strip().lower() for name in ("property", "name", "itemprop"))
        kind = next((_METAS[name] for name in names if name in _METAS), None)
        if kind is not None:
            self._url("meta", "content", attributes, kind)
        elif attributes.get("http-equiv", "").strip().lower() == "refresh":
            value = attributes.get("content", "")
            url = written_in(value)
            if url:
                # In noscript it is for readers without scripts, not for the page.
                aside = node.parent is not None and node.parent.tag == "noscript"
                kind = Kind.LINK if aside else kind_of(value, self._links.base)
                self._links.add(
                    url, kind, element="meta", attribute="refresh", line=self._places.line("meta", url)
                )

    def _style(self, node: LexborNode, _attributes: Attributes) -> None:
        text = preprocess(node.text() or "")
        first = self._places.line("style", "")
        for found in scan(text):
            line = None if first is None else first + text.count("\n", 0, found.offset)
            self._links.add(
                found.url, found.kind, element="style", attribute=found.construct, line=line, text=found.media
            )

    def _inline(self, tag: str, style: str, attribute: str = "style") -> None:
        if "(" not in style:
            return
        line = self._places.line(tag, style)
        for found in scan(preprocess(style)):
            self._links.add(found.url, found.kind, element=tag, attribute=attribute, line=line)


def _inner(template: str) -> str:
    """Return what stands between the tags of a serialised ``<template>``."""
    return template.partition(">")[2].removesuffix("</template>")
