"""Tests of ``preserve.demo.page`` and ``routes``: the structure that makes such pages hard to keep."""

from __future__ import annotations

import json
import re
from email.message import Message
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from selectolax.lexbor import LexborHTMLParser

from preserve.demo import EXPECTED_GUESSES, EXPECTED_STATES, ORIGINALS, PICTURES, expected, site
from preserve.demo.head import FEED_PATH, MANIFEST_PATH
from preserve.demo.page import (
    DOCUMENT_LINK,
    MISSING_PICTURE,
    POST_PATH,
    TIDES_PATH,
    file_size_words,
    shorten,
)
from preserve.demo.pictures import original
from preserve.demo.routes import DOCUMENT_FILE
from preserve.model.digest import Digest
from preserve.model.reference import State

if TYPE_CHECKING:
    from collections.abc import Iterator

ORIGIN = "http://127.0.0.1"


def post() -> str:
    """Return the post's HTML."""
    return site(ORIGIN)[POST_PATH].body.decode()


def candidates(srcset: str) -> list[str]:
    """Return the addresses of a srcset; those of this page have commas in them, but none at the end."""
    return [candidate.split()[0] for candidate in srcset.split(", ")]


def test_reporter_in_the_body_owner_in_the_head() -> None:
    """The reporter and the print date stand in the text alone; the metadata name the keeper of the blog."""
    tree, facts = LexborHTMLParser(post()), expected()
    head, body = tree.css_first("head"), tree.css_first("body")
    assert head is not None
    assert body is not None
    assert facts.byline not in (head.html or "")
    assert facts.printed not in (head.html or "")
    assert f"By {facts.byline}" in body.text()
    assert f"{facts.newspaper}, {facts.printed}" in body.text()
    island = tree.css_first('script[type="application/ld+json"]')
    assert island is not None
    assert facts.owner == json.loads(island.text())["author"]["name"]
    for selector in ('meta[property="article:author"]', 'meta[name="author"]'):
        author = tree.css_first(selector)
        assert author is not None
        assert facts.owner == author.attributes["content"]
    assert [facts.owner] == [node.text() for node in tree.css('a[rel="author"]')]


def test_article_of_some_length() -> None:
    """The article has five to eight hundred words."""
    article = LexborHTMLParser(post()).css_first("article")
    assert article is not None
    assert 500 <= len(article.text().split()) <= 800


def addresses(path: str) -> set[str]:
    """Return what a file of the site refers to, as addresses of the site; other schemes are left out."""
    answer = site(ORIGIN)[path]
    source = answer.body.decode()
    if answer.media_type == "text/css":
        written = {"".join(found) for found in re.findall(r'url\("?([^")]+)"?\)|"(\.\./[^"]+)"', source)}
    elif answer.media_type == "application/manifest+json":
        stated = json.loads(source)
        written = {stated["start_url"], *(icon["src"] for icon in stated["icons"])}
    else:
        written = set(_written(LexborHTMLParser(source)))
    found = {urljoin(ORIGIN + path, one) for one in written if not one.startswith("#")}
    return {one.removeprefix(ORIGIN) for one in found if one.startswith(ORIGIN)}


def _written(tree: LexborHTMLParser) -> Iterator[str]:
    for name in ("src", "href", "data-src", "data-bg"):
        for node in tree.css(f"[{name}]"):
            yield (node.attributes[name] or "").partition("#")[0] or "#"
    for name in ("srcset", "data-srcset", "imagesrcset"):
        for node in tree.css(f"[{name}]"):
            yield from candidates(node.attributes[name] or "")
    for node in tree.css(
        'meta[property="og:image"], meta[name="twitter:image"], meta[name^="msapplication"]'
    ):
        yield node.attributes["content"] or ""
    for text in (*(node.text() for node in tree.css("style")), *_inline(tree)):
        yield from re.findall(r"""url\(["']?([^"')]+)["']?\)""", text)
    for node in tree.css("noscript"):
        yield from re.findall(r'src="([^"]+)"', node.html or "")


def _inline(tree: LexborHTMLParser) -> Iterator[str]:
    return (node.attributes["style"] or "" for node in tree.css("[style]"))


def test_every_address_has_an_answer() -> None:
    """What page, frame, style sheets and manifest refer to is exactly what the expected states list."""
    sources = (POST_PATH, TIDES_PATH, MANIFEST_PATH, "/css/site.css", "/css/theme.css")
    found = {POST_PATH, "/robots.txt"}.union(*map(addresses, sources))
    assert set(EXPECTED_STATES) == found
    answers = site(ORIGIN)
    assert [MISSING_PICTURE] == [path for path in found if path not in answers]


def test_guesses_have_answers_and_stand_nowhere_else() -> None:
    """What only data for scripts name is served, and no element or style sheet asks for it."""
    assert set() == set(EXPECTED_GUESSES) & set(EXPECTED_STATES)
    assert {picture.path for picture in ORIGINALS} | {DOCUMENT_LINK} == set(EXPECTED_GUESSES)
    answers = site(ORIGIN)
    assert [] == [path for path in EXPECTED_GUESSES if path not in answers]


def test_originals_stand_in_the_data_for_scripts() -> None:
    """The state for scripts names each picture as it was put in, and the file; one picture pins its own."""
    tree = LexborHTMLParser(post())
    island = tree.css_first('script[type="application/json"]')
    assert island is not None
    state = json.loads(island.text())
    assert sorted(picture.path for picture in ORIGINALS) == sorted(one["uri"] for one in state["media"])
    assert [DOCUMENT_LINK] == [one["url"] for one in state["files"]]
    pinned = [node.attributes["data-pin-media"] for node in tree.css("[data-pin-media]")]
    assert [original("hall").path] == pinned


def test_every_kind_of_reference() -> None:
    """There are alternates, a manifest, icons of all kinds, a frame, a sound, a drawing, inline styles."""
    tree = LexborHTMLParser(post())
    for selector in (
        'link[rel="canonical"]',
        'link[rel="alternate"][type="application/rss+xml"]',
        'link[rel="alternate"][media="print"]',
        'link[rel="manifest"]',
        'link[rel="mask-icon"]',
        'link[rel="preload"][imagesrcset]',
        'link[rel="shortcut icon"]',
        'meta[name="twitter:image"]',
        'meta[name="msapplication-TileImage"]',
        "iframe[src]",
        "audio[src]",
        "use[href]",
        "noscript",
        "[data-bg]",
        "head style",
        'div[style*="url("]',
    ):
        assert tree.css(selector), selector


def test_every_picture_is_referred_to() -> None:
    """No picture is drawn that nothing refers to."""
    assert {picture.path for picture in PICTURES} <= set(EXPECTED_STATES)


def test_states_are_those_of_a_complete_capture() -> None:
    """Everything is captured but navigation and the one lost picture."""
    others = {path: state for path, state in EXPECTED_STATES.items() if state is not State.CAPTURED}
    assert State.ABSENT is others.pop(MISSING_PICTURE)
    assert {State.NOT_FOLLOWED} == set(others.values())


def test_widget_states_the_true_size() -> None:
    """The file widget shows a cut name and the document's real size in decimal kilobytes."""
    widget = LexborHTMLParser(post()).css_first("a.file")
    assert widget is not None
    words = " ".join(widget.text().split())
    size = len(site(ORIGIN)[DOCUMENT_FILE].body)
    assert f"{shorten(expected().document_name)} Download • {(size + 500) // 1000}KB" == words
    assert "… .pdf" in words


def test_sizes_round_to_the_nearest_kilobyte() -> None:
    """717KB is said of 716 500 to 717 499 bytes."""
    assert ["716KB", "717KB", "717KB", "718KB"] == [
        file_size_words(size) for size in (716_499, 716_500, 717_499, 717_500)
    ]


def test_document_behind_a_redirect() -> None:
    """The widget's address leads by a 302 to the PDF, which is named by Content-Disposition."""
    answers, facts = site(ORIGIN), expected()
    hop = answers[f"{DOCUMENT_LINK}?index=true"]
    assert 302 == hop.status
    target = dict(hop.headers)["Location"]
    document = answers[target]
    assert "application/pdf" == document.media_type
    assert facts.document_digest == Digest.of(document.body)
    assert facts.document_bytes == len(document.body)
    disposition = Message()
    disposition["Content-Disposition"] = dict(document.headers)["Content-Disposition"]
    assert "attachment" == disposition.get_content_disposition()
    star = dict(document.headers)["Content-Disposition"].partition("filename*=UTF-8''")[2]
    assert facts.document_name == unquote(star)


def test_every_way_of_naming_a_picture() -> None:
    """There are srcset widths and densities, picture sources, lazy pictures and both kinds of placeholder."""
    html = post()
    tree = LexborHTMLParser(html)
    assert tree.css("picture source[type]")
    assert tree.css("picture source[media]")
    assert " 1440w" in html
    assert " 2x" in html
    lazy = tree.css('img[loading="lazy"]')
    assert len(lazy) >= 4
    placeholders = [node.attributes["src"] or "" for node in tree.css("img[data-src]")]
    assert ["data", "/media/8a41d0_map~mv2.png/v1/fill/w_48,h_32,q_85,blur_2/map.png"] == [
        written.partition(":")[0] for written in placeholders
    ]
    assert expected().photos == tuple(
        (node.id or "").removeprefix("photo-") for node in tree.css("figure:has(figcaption)")
    )


def test_small_print() -> None:
    """It says 35 views and 0 comments, boxes a list, and gives an address to write to."""
    tree = LexborHTMLParser(post())
    counts = tree.css_first(".counts")
    assert counts is not None
    assert "35 views 0 comments" == unescape(counts.text())
    assert 5 == len(tree.css(".boxed li"))
    assert 1 == len(tree.css('a[href^="mailto:"]'))


def test_site_is_a_function_of_its_origin() -> None:
    """Asked again the site is the same; under another port the absolute addresses of page and feed differ."""
    one, other = site("http://127.0.0.1:1"), site("http://127.0.0.1:2")
    assert one is site("http://127.0.0.1:1")
    assert [POST_PATH, FEED_PATH] == [path for path in one if one[path] != other[path]]
    assert one[POST_PATH].body.replace(b"127.0.0.1:1", b"127.0.0.1:2") == other[POST_PATH].body
