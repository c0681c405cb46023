"""What do a page's metadata say about it?"""

from __future__ import annotations

import json
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from preserve.capturers.bylines import read_byline
from preserve.capturers.credits import credit_claims
from preserve.capturers.dates import iso_instant
from preserve.capturers.references import fold
from preserve.model.inspection import Claim, Json
from preserve.model.url import join

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["metadata_claims", "web_days"]

_VALUE_MOST = 1000
_JSON_MOST = 1 << 20
_NODES_MOST = 2000
_EACH_MOST = 5  # elements of one kind that are asked: headings, times
_CLAIMS_MOST = 400  # so that claims of the text find room below html_page's limit
_ADDRESS_MOST = 2000
_DATED = frozenset({"published", "modified"})

# Property or name of a <meta>, lower-case: what it claims, and its source.
_METAS: dict[str, tuple[tuple[str, ...], str]] = {
    "og:title": (("title",), "og"),
    "og:site_name": (("publisher", "site"), "og"),
    "og:description": (("description",), "og"),
    "og:locale": (("language",), "og"),
    "og:url": (("canonical",), "og"),
    "og:updated_time": (("modified",), "og"),
    "article:author": (("byline", "owner"), "og"),
    "article:publisher": (("publisher",), "og"),
    "article:section": (("section",), "og"),
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
    "citation_journal_title": (("publisher",), "meta"),
    "application-name": (("site",), "meta"),
    "section": (("section",), "meta"),
    "parsely-section": (("section",), "meta"),
    "dc.rights": (("licence",), "meta"),
    "dcterms.rights": (("licence",), "meta"),
    "dcterms.license": (("licence",), "meta"),
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
    "citation_date": (("published",), "meta"),
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
    "articlesection": "section",
    "inlanguage": "language",
    "license": "licence",
    "dateline": "dateline",
    "credittext": "credit",
    "copyrightholder": "credit",
}
# Keys of a schema.org CreativeWork.
_JSON_KEYS: dict[str, tuple[str, ...]] = {
    "headline": ("title",),
    "author": ("byline", "owner"),
    "creator": ("byline",),
    "publisher": ("publisher",),
    "datePublished": ("published",),
    "dateModified": ("modified",),
    "inLanguage": ("language",),
    "description": ("description",),
    "articleSection": ("section",),
    "license": ("licence",),
    "dateline": ("dateline",),
}
# Keys of the ImageObject that a work shows.
_JSON_IMAGE_KEYS = ("creditText", "creator", "copyrightHolder")
_WORKS = ("Article", "Posting", "Report", "CreativeWork", "WebPage", "Review", "Book", "Chapter", "Recipe")


def metadata_claims(tree: LexborHTMLParser, base: str) -> Iterator[Claim]:
    """
    Yield what JSON-LD, Open Graph, ``meta``, ``link``, ``time``, microdata, title and headings claim.

    And the credits of pictures. At most 400 claims, each value at most 1000 characters.
    """
    return islice(_all_claims(tree, base), _CLAIMS_MOST)


def _all_claims(tree: LexborHTMLParser, base: str) -> Iterator[Claim]:
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
    yield from credit_claims(tree)


def web_days(claims: list[Claim]) -> set[str]:
    """Return the days on which a page was put on the web, by what its metadata claim."""
    return {claim.normal[:10] for claim in claims if claim.name in _DATED and claim.normal}


def _claim(name: str, value: str, source: str, place: str, normal: str = "") -> Iterator[Claim]:
    folded = fold(value, _VALUE_MOST)
    if folded:
        known = normal or _normal(name, folded)
        yield Claim(name=name, value=folded, source=source, place=place, normal=known)


def _normal(name: str, value: str) -> str:
    """Return an instant for a date, and for a byline the names alone when the value says more."""
    if name in _DATED:
        return iso_instant(value)
    if name == "byline":
        found = read_byline(value) or read_byline(f"By {value}")
        return found.name if found and found.name != value else ""
    return ""


def _meta(node: LexborNode, base: str) -> Iterator[Claim]:
    attributes = node.attributes
    value = attributes.get("content") or ""
    for key in ("property", "name", "http-equiv"):
        stated = (attributes.get(key) or "").strip().lower()
        if stated in _METAS:
            names, source = _METAS[stated]
            for name in names:
                normal = _address(base, value) if name == "canonical" else ""
                yield from _claim(name, value, source, stated, normal)
            return


def _links(tree: LexborHTMLParser, base: str) -> Iterator[Claim]:
    for node in tree.css('link[rel~="canonical" i][href]')[:_EACH_MOST]:
        written = node.attributes.get("href") or ""
        yield from _claim("canonical", written, "link", "link@rel=canonical", _address(base, written))
    for node in tree.css('link[rel~="license" i][href], a[rel~="license" i][href]')[:_EACH_MOST]:
        written = node.attributes.get("href") or ""
        words = _text(node) or written
        yield from _claim("licence", words, "link", f"{node.tag}@rel=license", _address(base, written))
    for node in tree.css('a[rel~="author" i]')[:_EACH_MOST]:
        yield from _claim("byline", _text(node), "link", "a@rel=author")


def _address(base: str, written: str) -> str:
    """Return an address resolved; nothing for one that is none or longer than any server answers."""
    return (join(base, written) or "") if len(written) <= _ADDRESS_MOST else ""


def _times(tree: LexborHTMLParser) -> Iterator[Claim]:
    for node in tree.css("time[datetime]")[:_EACH_MOST]:
        name = "modified" if "modif" in (node.attributes.get("itemprop") or "").lower() else "published"
        stated = node.attributes.get("datetime") or ""
        yield from _claim(name, _text(node) or stated, "time", "time@datetime", iso_instant(stated))


def _items(tree: LexborHTMLParser) -> Iterator[Claim]:
    """Yield what microdata claim (HTML Standard, section 5): the property's content, name or text."""
    for node in tree.css("[itemprop]")[:_NODES_MOST]:
        attributes = node.attributes
        for prop in (attributes.get("itemprop") or "").lower().split()[:_EACH_MOST]:
            if prop in _ITEMPROPS and node.tag != "time":
                yield from _claim(_ITEMPROPS[prop], _stated(node), "microdata", f"@itemprop={prop}")


def _stated(node: LexborNode) -> str:
    """Return a property's value: that of the ``name`` within it, its own, its text or where it leads."""
    inner = node.css_first("[itemprop=name]")
    for one in (node, inner) if inner else (node,):
        if one.attributes.get("content"):
            return one.attributes["content"] or ""
    return _text(inner or node) or node.attributes.get("href") or ""


def _json_ld(text: str, place: str) -> Iterator[Claim]:
    """Yield the claims of one JSON-LD island; one that is not JSON makes none."""
    if len(text) > _JSON_MOST:
        return
    try:
        document: Json = json.loads(text.strip().removesuffix(";"), strict=False)
    except (ValueError, RecursionError):
        return
    works: list[tuple[dict[str, Json], str]] = []
    named: dict[str, dict[str, Json]] = {}
    waiting: deque[tuple[Json, str]] = deque([(document, place)])
    seen = 0
    while waiting and seen < _NODES_MOST:
        seen += 1
        value, path = waiting.popleft()
        if isinstance(value, list):
            waiting.extend((entry, f"{path}[{index}]") for index, entry in enumerate(value[:_NODES_MOST]))
        elif isinstance(value, dict):
            if _is_work(value):
                works.append((value, path))
            known = value.get("@id")
            if isinstance(known, str) and isinstance(value.get("name"), str):
                named[known] = value
            waiting.extend((value[key], f"{path}.{key}") for key in ("@graph", "mainEntity") if key in value)
    for work, path in works:
        yield from _work(work, path, named)


def _is_work(value: dict[str, Json]) -> bool:
    types = value.get("@type")
    stated = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and name.endswith(_WORKS) for name in stated[:_EACH_MOST])


def _work(value: dict[str, Json], path: str, named: Mapping[str, dict[str, Json]]) -> Iterator[Claim]:
    for key, names in _JSON_KEYS.items():
        for stated in _names(value.get(key), named):
            for name in names:
                yield from _claim(name, stated, "json-ld", f"{path}.{key}")
    images = value.get("image")
    for image in (images if isinstance(images, list) else [images])[:_EACH_MOST]:
        if isinstance(image, dict):
            for key in _JSON_IMAGE_KEYS:
                for stated in _names(image.get(key), named):
                    yield from _claim("credit", stated, "json-ld", f"{path}.image.{key}")


def _names(value: Json, named: Mapping[str, dict[str, Json]]) -> Iterator[str]:
    """Yield the text of a value: itself, its ``name``, that of the node it points to, or its address."""
    entries = value[:_EACH_MOST] if isinstance(value, list) else [value]
    for entry in entries:
        if isinstance(entry, dict):
            known = entry.get("@id")
            known_entry = named.get(known, {}) if isinstance(known, str) else {}
            stated = entry.get("name") or known_entry.get("name") or entry.get("url")
        else:
            stated = entry
        if isinstance(stated, str):
            yield stated.encode("utf-8", "replace").decode()


def _text(node: LexborNode) -> str:
    return fold(node.text(separator=" "), _VALUE_MOST)
