"""What do a page's metadata say about it?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from preserve.capturers.dates import iso_instant
from preserve.capturers.references import fold
from preserve.model.inspection import Claim, Json
from preserve.model.url import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["metadata_claims", "web_days"]

_VALUE_MOST = 1000
_JSON_MOST = 1 << 20
_NODES_MOST = 2000
_EACH_MOST = 5  # elements of one kind that are asked: headings, times
_DATED = frozenset({"published", "modified"})

# Property or name of a <meta>, lower-case: what it claims, and its source.
_METAS: dict[str, tuple[tuple[str, ...], str]] = {
    "og:title": (("title",), "og"),
    "og:site_name": (("publisher",), "og"),
    "og:description": (("description",), "og"),
    "og:locale": (("language",), "og"),
    "og:url": (("canonical",), "og"),
    "og:updated_time": (("modified",), "og"),
    "article:author": (("byline", "owner"), "og"),
    "article:publisher": (("publisher",), "og"),
    "article:published_time": (("published",), "og"),
    "article:modified_time": (("modified",), "og"),
    "twitter:title": (("title",), "meta"),
    "twitter:description": (("description",), "meta"),
    "author": (("byline", "owner"), "meta"),
    "byl": (("byline",), "meta"),
    "parsely-author": (("byline",), "meta"),
    "sailthru.author": (("byline",), "meta"),
    "citation_author": (("byline",), "meta"),
    "dc.creator": (("byline",), "meta"),
    "dcterms.creator": (("byline",), "meta"),
    "dc.title": (("title",), "meta"),
    "citation_title": (("title",), "meta"),
    "dc.publisher": (("publisher",), "meta"),
    "publisher": (("publisher",), "meta"),
    "copyright": (("owner",), "meta"),
    "date": (("published",), "meta"),
    "dc.date": (("published",), "meta"),
    "dc.date.issued": (("published",), "meta"),
    "dcterms.created": (("published",), "meta"),
    "dcterms.issued": (("published",), "meta"),
    "pubdate": (("published",), "meta"),
    "publishdate": (("published",), "meta"),
    "publish-date": (("published",), "meta"),
    "parsely-pub-date": (("published",), "meta"),
    "citation_publication_date": (("published",), "meta"),
    "dcterms.modified": (("modified",), "meta"),
    "last-modified": (("modified",), "meta"),
    "revised": (("modified",), "meta"),
    "description": (("description",), "meta"),
    "dc.language": (("language",), "meta"),
    "content-language": (("language",), "meta"),
}
_ITEMPROPS = {
    "headline": "title",
    "author": "byline",
    "datepublished": "published",
    "datemodified": "modified",
    "publisher": "publisher",
}
# Keys of a schema.org CreativeWork.
_JSON_KEYS: dict[str, tuple[str, ...]] = {
    "headline": ("title",),
    "author": ("byline", "owner"),
    "creator": ("byline",),
    "publisher": ("publisher", "owner"),
    "datePublished": ("published",),
    "dateModified": ("modified",),
    "inLanguage": ("language",),
    "description": ("description",),
}
_WORKS = ("Article", "Posting", "Report", "CreativeWork", "WebPage", "Review", "Book", "Chapter", "Recipe")


def metadata_claims(tree: LexborHTMLParser, base: str) -> Iterator[Claim]:
    """Yield what JSON-LD, Open Graph, ``meta``, ``link``, ``time``, microdata, title and headings claim."""
    for index, node in enumerate(tree.css('script[type="application/ld+json" i]')):
        yield from _json_ld(node.text() or "", f"script[{index}]")
    for node in tree.css("meta"):
        yield from _meta(node, base)
    yield from _links(tree, base)
    yield from _times(tree)
    yield from _items(tree)
    for tag in ("title", "h1"):
        for node in tree.css(tag)[:_EACH_MOST]:
            yield from _claim("title", _text(node), "html", tag)
    for node in tree.css("html[lang]")[:1]:
        yield from _claim("language", node.attributes.get("lang") or "", "html", "html@lang")


def web_days(claims: list[Claim]) -> set[str]:
    """Return the days on which a page was put on the web, by what its metadata claim."""
    return {claim.normal[:10] for claim in claims if claim.name in _DATED and claim.normal}


def _claim(name: str, value: str, source: str, place: str, normal: str = "") -> Iterator[Claim]:
    folded = fold(value, _VALUE_MOST)
    if folded:
        known = normal or (iso_instant(folded) if name in _DATED else "")
        yield Claim(name=name, value=folded, source=source, place=place, normal=known)


def _meta(node: LexborNode, base: str) -> Iterator[Claim]:
    attributes = node.attributes
    value = attributes.get("content") or ""
    for key in ("property", "name", "http-equiv"):
        stated = (attributes.get(key) or "").strip().lower()
        if stated in _METAS:
            names, source = _METAS[stated]
            for name in names:
                normal = (join(base, value) or "") if name == "canonical" else ""
                yield from _claim(name, value, source, stated, normal)
            return


def _links(tree: LexborHTMLParser, base: str) -> Iterator[Claim]:
    for node in tree.css('link[rel~="canonical" i][href]')[:_EACH_MOST]:
        written = node.attributes.get("href") or ""
        yield from _claim("canonical", written, "link", "link@rel=canonical", join(base, written) or "")
    for node in tree.css('a[rel~="author" i]')[:_EACH_MOST]:
        yield from _claim("byline", _text(node), "link", "a@rel=author")


def _times(tree: LexborHTMLParser) -> Iterator[Claim]:
    for node in tree.css("time[datetime]")[:_EACH_MOST]:
        name = "modified" if "modif" in (node.attributes.get("itemprop") or "").lower() else "published"
        stated = node.attributes.get("datetime") or ""
        yield from _claim(name, _text(node) or stated, "time", "time@datetime", iso_instant(stated))


def _items(tree: LexborHTMLParser) -> Iterator[Claim]:
    for node in tree.css("[itemprop]")[:_NODES_MOST]:
        prop = (node.attributes.get("itemprop") or "").strip().lower()
        if prop in _ITEMPROPS and node.tag != "time":
            inner = node.css_first("[itemprop=name]")
            value = node.attributes.get("content") or _text(inner or node)
            yield from _claim(_ITEMPROPS[prop], value, "html", f"@itemprop={prop}")


def _json_ld(text: str, place: str) -> Iterator[Claim]:
    """Yield the claims of one JSON-LD island; one that is not JSON makes none."""
    if len(text) > _JSON_MOST:
        return
    try:
        document: Json = json.loads(text.strip().removesuffix(";"), strict=False)
    except (ValueError, RecursionError):
        return
    waiting: list[tuple[Json, str]] = [(document, place)]
    seen = 0
    while waiting and seen < _NODES_MOST:
        seen += 1
        value, path = waiting.pop(0)
        if isinstance(value, list):
            waiting.extend((entry, f"{path}[{index}]") for index, entry in enumerate(value))
        elif isinstance(value, dict):
            if _is_work(value):
                yield from _work(value, path)
            waiting.extend((value[key], f"{path}.{key}") for key in ("@graph", "mainEntity") if key in value)


def _is_work(value: dict[str, Json]) -> bool:
    types = value.get("@type")
    stated = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and name.endswith(_WORKS) for name in stated)


def _work(value: dict[str, Json], path: str) -> Iterator[Claim]:
    for key, names in _JSON_KEYS.items():
        for stated in _names(value.get(key)):
            for name in names:
                yield from _claim(name, stated, "json-ld", f"{path}.{key}")


def _names(value: Json) -> Iterator[str]:
    """Yield the text of a value: itself, its ``name``, or those of each entry."""
    entries = value[:_EACH_MOST] if isinstance(value, list) else [value]
    for entry in entries:
        named = entry.get("name") if isinstance(entry, dict) else entry
        if isinstance(named, str):
            yield named


def _text(node: LexborNode) -> str:
    return fold(node.text(separator=" "), _VALUE_MOST)
