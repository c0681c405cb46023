"""How is a page read: decoded, parsed, its links and claims gathered?"""

from __future__ import annotations

import re

import attrs
from selectolax.lexbor import LexborHTMLParser

from preserve.capturers.bylines import text_claims
from preserve.capturers.charset import Decoded, decode_html, decode_xml
from preserve.capturers.html_claims import metadata_claims, web_days
from preserve.capturers.html_lines import read_lines
from preserve.capturers.html_links import base_url, collect
from preserve.capturers.nesting import DEEP_MOST, SHALLOW, end_of_reading
from preserve.capturers.places import ATTRIBUTES_MOST, Places
from preserve.capturers.references import LinkList, fold, link_counts
from preserve.capturers.shells import shell_fact
from preserve.capturers.xhtml import as_html
from preserve.formats.robots_tag import ROBOTS_FACT, parse_meta
from preserve.model.inspection import Claim, Content, Inspection, Json, Problem

__all__ = ["Page", "read_page", "read_references"]

_READ_MOST = 24 << 20  # lexbor takes about 20 times this: half a GiB
_DOCTYPE = re.compile(r"(?:\s|<!--.*?-->|<\?.*?\?>)*+<!doctype\s+([^>]{1,200})", re.IGNORECASE | re.DOTALL)
_CLAIMS_MOST = 500
_METAS_MOST = 200


@attrs.frozen
class Page:
    """A page that was read."""

    decoded: Decoded
    tree: LexborHTMLParser
    links: LinkList
    problems: list[Problem]


def read_page(content: Content) -> Inspection:
    """
    Return the links, claims, facts and problems of a page.

    Facts: ``charset`` and ``charset_source``, ``doctype`` (as written; empty: quirks mode), ``lang``,
    ``generator``, ``robots`` (what ``meta`` elements say to robots, if any does), ``shell`` (what is left
    to scripts), ``text_chars`` (of the text a reader sees) and ``links`` (how many of each kind).
    """
    page = read_references(content)
    claims, characters = _claims(page.tree, page.links.base)
    links = page.links.links
    return Inspection(
        facts=_facts(page.decoded, page.tree) | {"text_chars": characters, "links": link_counts(links)},
        links=tuple(links),
        claims=tuple(claims[:_CLAIMS_MOST]),
        problems=(*page.problems, *page.links.problems),
    )


def read_references(content: Content) -> Page:
    """Return a page decoded and parsed, with its links; what stands in no reference is not looked at."""
    data = content.stream.read(_READ_MOST + 1)
    problems = []
    if len(data) > _READ_MOST:
        message = f"Only the first {_READ_MOST} bytes of the page were read: links after them are not known."
        problems.append(Problem(code="html.cut", message=message))
        data = data[:_READ_MOST]
    xml = content.media_type == "application/xhtml+xml"
    decoded = (decode_xml if xml else decode_html)(data, content.charset)
    if decoded.replaced:
        message = f"{decoded.replaced} places of the page are not valid {decoded.charset}."
        problems.append(Problem(code="html.undecodable", message=message))
    source = _lines(as_html(decoded.text) if xml else decoded.text)
    places = Places(source)
    for end, code, sentence in (
        (
            end_of_reading(source, places.count(SHALLOW)),
            "html.nested",
            f"Elements stand more than {DEEP_MOST} deep in each other",
        ),
        (
            places.end_of_reading(),
            "html.attributes",
            f"An element has more than {ATTRIBUTES_MOST} attributes",
        ),
    ):
        if end is not None:
            problems.append(Problem(code=code, message=f"{sentence}; the page was read up to there."))
            source = source[:end]
    tree = LexborHTMLParser(source)
    links = LinkList(base_url(tree, content.url), decoded.codec)
    problems += collect(tree, links, places)
    return Page(decoded, tree, links, problems)


def _lines(source: str) -> str:
    """Return a source with every line end made LF. HTML Standard 13.2.3.5."""
    return source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source


def _claims(tree: LexborHTMLParser, base: str) -> tuple[list[Claim], int]:
    claims = list(metadata_claims(tree, base))
    if tree.body is None:
        return claims, 0
    lines = list(read_lines(tree.body))
    claims += text_claims(lines, web_days(claims))
    return claims, sum(line.size for line in lines)


def _facts(decoded: Decoded, tree: LexborHTMLParser) -> dict[str, Json]:
    doctype = _DOCTYPE.match(decoded.text)
    root = tree.css_first("html")
    generator = tree.css_first('meta[name="generator" i]')
    return {
        "charset": decoded.charset,
        "charset_source": decoded.source,
        "doctype": fold(doctype[1]) if doctype else "",
        "lang": fold(root.attributes.get("lang")) if root else "",
        "generator": fold(generator.attributes.get("content")) if generator else "",
        **_robots(tree),
        **shell_fact(tree),
    }


def _robots(tree: LexborHTMLParser) -> dict[str, Json]:
    """Return what ``meta`` elements say to robots, as a fact; nothing when none does."""
    metas = tree.css("meta[name][content]")[:_METAS_MOST]
    tags = [
        parse_meta(node.attributes.get("name") or "", node.attributes.get("content") or "") for node in metas
    ]
    said: list[Json] = [tag.as_fact() for tag in tags if tag is not None]
    return {ROBOTS_FACT: said} if said else {}
