"""Is what a page claims cited as it must be: for pages of many structures, and hostile ones?"""

from __future__ import annotations

import io
import json
import unicodedata
from typing import TYPE_CHECKING

import attrs
import pytest

from preserve.capturers.claims import choose, outer_claims
from preserve.capturers.html import HtmlCapturer
from preserve.formats.schemas import unstructure
from preserve.model.inspection import Claim, Content
from preserve.model.summary import Document, Summary
from preserve.package.summary import contradictions
from preserve.reports.citations import RENDERERS, cite
from tests.reports.citations.pages import PAGES, Page

if TYPE_CHECKING:
    from collections.abc import Mapping

EVIL = "\x1b]8;;http://evil\x07\x00\u202e\u2066\r\nTY  - X\n@misc{x,\u0085\ud800"


def read(html: str, url: str, facts: Mapping[str, str]) -> tuple[Claim, ...]:
    """Return the claims of a page, those of its address and response among them."""
    data = html.encode("utf-8", "surrogatepass")
    content = Content(
        url=url, media_type="text/html", charset="utf-8", size_bytes=len(data), stream=io.BytesIO(data)
    )
    return (*HtmlCapturer().inspect(content).claims, *outer_claims(url, facts))


def summarised(summary: Summary, claims: tuple[Claim, ...], url: str) -> Summary:
    """Return a summary with the claims of a page."""
    chosen = {name: claims[index] for name, index in choose(claims).items()}
    title = chosen["title"].value if "title" in chosen else url
    return attrs.evolve(
        summary,
        url=url,
        shown_url=url,
        title=title,
        claims=claims,
        chosen=chosen,
        contradictions=contradictions(claims, chosen.values()),
    )


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_pages(summary: Summary, page: Page) -> None:
    """Author, publication, days, credits and disagreements are cited as the page has them."""
    found = cite(summarised(summary, read(page.html, page.url, page.facts), page.url))
    wanted = {
        "title": page.title,
        "authors": page.authors,
        "publication": page.publication,
        "issued": page.issued,
        "republished": page.republished,
        "site": page.site,
        "posted": page.posted,
        "credits": page.credits,
        "language": page.language,
    }
    seen = {
        **{key: getattr(found, key) for key in wanted},
        "authors": tuple(n.literal for n in found.authors),
    }
    assert wanted == seen
    said = " ".join(found.disputed)
    assert [] == [words for words in page.disputed if words not in said]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_the_owner_is_never_the_author(page: Page, summary: Summary) -> None:
    """Where the text tells of a print elsewhere, the keeper of the site stands in no format as an author."""
    found = cite(summarised(summary, read(page.html, page.url, page.facts), page.url))
    if found.republished:
        assert "Ottilie Brandreth" not in {name.literal for name in found.authors}
        authors = [line for line in RENDERERS["ris"](found).splitlines() if line.startswith("AU")]
        assert not any("Brandreth" in line for line in authors)


def test_there_are_pages_enough() -> None:
    """More than a dozen structures, in seven languages."""
    assert len(PAGES) > 12
    assert len({page.language[:2] for page in PAGES if page.language}) >= 7


def hostile_claims() -> list[Claim]:
    """Return claims of every name whose texts try to break out, or are huge."""
    names = ("title", "byline", "publisher", "site", "printed", "published", "credit", "licence", "section")
    return [
        Claim(name=name, value=value, source=source, place=EVIL, normal=value)
        for name in names
        for value in (EVIL, "x" * 1_000_000, f"By {EVIL} and {EVIL}", "{" * 500, ", " * 5000)
        for source in ("text", "json-ld")
    ]


@pytest.mark.parametrize("start", range(10))
@pytest.mark.parametrize("name", sorted(RENDERERS))
def test_hostile_claims_are_bounded_and_printable(summary: Summary, name: str, start: int) -> None:
    """In no format does a claim control a terminal, hide its order, break a line or run on."""
    listed = hostile_claims()
    claims = tuple(listed[start:] + listed[:start])
    document = Document(
        url=EVIL, name=EVIL, media_type=EVIL, size_bytes=1, digest=EVIL, title=EVIL, author=EVIL * 1000
    )
    hostile = summarised(summary, claims, EVIL)
    hostile = attrs.evolve(hostile, title=hostile.title, documents=(document,) * 200, tagmanifest=EVIL)
    text = RENDERERS[name](cite(hostile))
    unsafe = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert set() == {
        letter for letter in text if letter not in "\r\n" and unicodedata.category(letter) in unsafe
    }
    text.encode()
    assert len(text) < 500_000


def test_json_of_a_hostile_citation_is_clean(summary: Summary) -> None:
    """The value itself is clean, so that --json is too."""
    found = cite(summarised(summary, tuple(hostile_claims()), "https://example.org/"))
    said = json.dumps({**vars_of(found), "package": ""}, ensure_ascii=False)
    assert not {"\x1b", "\x07", "\u202e", "\ud800"} & set(said)


def vars_of(value: object) -> dict[str, object]:
    """Return the fields of a value as JSON has them."""
    fields = unstructure(value)
    assert isinstance(fields, dict)
    return dict(fields)


@pytest.mark.parametrize(
    "island",
    [
        '{"@type": "Article", "headline": 5, "author": 7, "publisher": [[[]]], "datePublished": {"a": 1}}',
        '{"@type": ["Article", 5, null], "author": {"name": {"name": "x"}}, "headline": null}',
        '{"@type": {"a": "Article"}, "headline": "x"}',
        '{"@type": "Article", "author": "\\ud800\\u202e\\u001b[31m", "headline": "\\u0000"}',
        '{"@type": "Article", "datePublished": "99999999999-99-99", "image": [1, {"creditText": 3}]}',
        "[" * 100_000,
        '{"@graph": ' * 500 + "1" + "}" * 500,
        '{"@type": "Article", "headline": ' + "9" * 100_000 + "}",
        '{"@type": "Article", "headline": "' + "x" * 900_000 + '"}',
        '{"@type": "Article", "author": ["a"' + ', "b"' * 100_000 + "]}",
    ],
    ids=range(10),
)
def test_hostile_islands_are_read_within_bounds(summary: Summary, island: str) -> None:
    """Wrong types, surrogates, nesting and length in JSON-LD make few short claims, which can be written."""
    html = f'<script type="application/ld+json">{island}</script><h1>T</h1><p>By Jane Roe</p>'
    claims = read(html, "https://example.org/", {})
    assert len(claims) <= 500
    assert all(len(claim.value) <= 1000 and len(claim.normal) <= 2100 for claim in claims)
    json.dumps([claim.value for claim in claims], ensure_ascii=False).encode()
    assert ["Jane Roe"] == [name.literal for name in cite(summarised(summary, claims, "u")).authors]


def test_hostile_elements_are_read_within_bounds(summary: Summary) -> None:
    """A hundred thousand meta elements and a huge caption leave room for the claims of the text."""
    html = (
        '<meta name="author" content="A B">' * 100_000
        + f'<meta name="description" content="{"x" * 3_000_000}">'
        + f'<link rel="canonical" href="/{"y" * 1_000_000}"><h1>T</h1><p>By Jane Roe</p>'
        + f'<figcaption class="credit">{"z" * 1_000_000}</figcaption>'
    )
    claims = read(html, "https://example.org/", {})
    assert len(claims) <= 500
    assert all(len(claim.value) <= 1000 and len(claim.normal) <= 2100 for claim in claims)
    assert ["Jane Roe"] == [name.literal for name in cite(summarised(summary, claims, "u")).authors]


def test_keys_are_plain(summary: Summary) -> None:
    """Keys are ASCII letters and digits whatever the names; where nothing is left the package gives them."""
    claims = (Claim(name="byline", value="Zoë Ünal-Öst", source="text"),)
    named = attrs.evolve(summary, title="Ökonomie & Æther", chosen={"byline": claims[0]}, claims=claims)
    assert "unalostokonomie" == cite(named).key
    bare = attrs.evolve(summary, title="中文", chosen={}, claims=())
    assert "capture20261122t101500z" == cite(bare).key
