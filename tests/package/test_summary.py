"""Is everything that reports need gathered from the manifests, disagreements included?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preserve.model.capture import Verdict
from preserve.model.inspection import Claim
from preserve.model.reference import Kind, Reference, Role, State
from preserve.package.summary import contradictions, summarise

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve.package.reader import Package

    Build = Callable[..., Package]


def _claim(name: str, value: str, source: str = "text", normal: str = "") -> Claim:
    return Claim(name=name, value=value, source=source, normal=normal)


def _missing(state: State, **changes: Any) -> Reference:
    fields: dict[str, Any] = {
        "source": "urn:uuid:page",
        "source_url": "https://example.org/post",
        "url": "https://example.org/x",
        "written": "x",
        "kind": Kind.IMAGE,
        "role": Role.REQUISITE,
        "state": state,
        "reason": "It was so.",
    }
    return Reference(**(fields | changes))


def test_documents_and_images(build: Build, item: Any, page_item: Any) -> None:
    """Documents come with name and pages, images with their extent; styles and redirects are counted only."""
    package = build(
        page_item,
        item(
            url="https://example.org/a.jpg", body=b"J", sniffed="image/jpeg", facts={"width": 3, "height": 2}
        ),
        item(
            url="https://example.org/f/The%20report.pdf",
            body=b"%PDF",
            sniffed="application/pdf",
            kind=Kind.DOCUMENT,
            role=Role.DOCUMENT,
            facts={"pages": 9},
        ),
        item(url="https://example.org/s.css", body=b"a", sniffed="text/css", kind=Kind.STYLE),
        item(url="https://example.org/r", body=b"", sniffed="text/html", role=Role.REDIRECT, status=302),
    )
    summary = summarise(package)
    assert [("The report.pdf", 9, 4)] == [(one.name, one.pages, one.size_bytes) for one in summary.documents]
    assert [("https://example.org/a.jpg", 3, 2)] == [
        (one.url, one.width, one.height) for one in summary.images
    ]
    assert (4, 1, 6) == (summary.resources, summary.redirects, summary.records)
    assert ("https://example.org/post", Verdict.COMPLETE) == (summary.shown_url, summary.verdict)


def test_one_file_is_one_document(build: Build, item: Any, page_item: Any) -> None:
    """A file that two addresses led to is listed once; another version of it, twice."""
    same = {
        "url": "https://example.org/f/a.pdf",
        "sniffed": "application/pdf",
        "kind": Kind.DOCUMENT,
        "role": Role.DOCUMENT,
    }
    bodies = (b"%PDF", b"%PDF", b"%PDF-2")
    package = build(page_item, *(item(**same, body=body) for body in bodies))
    assert [4, 6] == [one.size_bytes for one in summarise(package).documents]


def test_facts_of_another_kind_are_left_out(build: Build, item: Any, page_item: Any) -> None:
    """Facts that are no numbers are treated as unknown."""
    facts = {"width": "wide", "height": True}
    package = build(page_item, item(url="https://e.org/a", body=b"J", sniffed="image/png", facts=facts))
    assert [(None, None)] == [(one.width, one.height) for one in summarise(package).images]


def test_gaps_and_absences(build: Build, page_item: Any) -> None:
    """Missing requisites are gaps, a 404 is absent; navigation and speculation are neither."""
    package = build(
        page_item,
        open_references=[
            _missing(State.FAILED),
            _missing(State.ABSENT),
            _missing(State.INLINE),
            _missing(State.FAILED, speculative=True),
            _missing(State.NOT_FOLLOWED, role=Role.NAVIGATION),
        ],
    )
    summary = summarise(package)
    assert [State.FAILED] == [one.state for one in summary.gaps]
    assert [State.ABSENT] == [one.state for one in summary.absent]
    assert Verdict.PARTIAL is summary.verdict


def test_the_title_is_the_claim_chosen(build: Build, page_item: Any) -> None:
    """The title is the claim chosen for display; without one it is the URL."""
    assert "https://example.org/post" == summarise(build(page_item)).title
    titled = build(page_item, name="20271122T101500Z", claims=[_claim("title", "A post", "og")])
    assert "A post" == summarise(titled).title


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ([], []),
        ([_claim("byline", "Anna Weaver"), _claim("owner", "anna  weaver")], []),
        ([_claim("byline", "By Anna Weaver"), _claim("byline", "Anna Weaver", "meta")], []),
        (
            [
                _claim("byline", "Anna Weaver"),
                _claim("owner", "Ivan Blogger"),
                _claim("owner", "Ivan Blogger", "og"),
            ],
            [("authorship", ["Anna Weaver", "Ivan Blogger"])],
        ),
        (
            [_claim("byline", "Anna Weaver"), _claim("byline", "Ivan Blogger")],
            [("byline", ["Anna Weaver", "Ivan Blogger"])],
        ),
        (
            [
                _claim("published", "3 May 2019", normal="2019-05-03"),
                _claim("published", "x", normal="2019-05-03T10:00:00Z"),
            ],
            [],
        ),
        (
            [_claim("published", "3 May 2019", normal="2019-05-03"), _claim("published", "2024")],
            [("published", ["3 May 2019", "2024"])],
        ),
        ([_claim("description", "a"), _claim("description", "b")], []),
    ],
)
def test_contradictions(claims: list[Claim], expected: list[tuple[str, list[str]]]) -> None:
    """A byline against an owner, and two dates, disagree; case, wording and precision do not matter."""
    found = contradictions(tuple(claims))
    assert expected == [(one.about, [claim.value for claim in one.claims]) for one in found]


def test_what_is_chosen_comes_first() -> None:
    """Of a disagreement the claims chosen for display are named first, each value once."""
    republisher, author = _claim("byline", "Ivan", "json-ld"), _claim("byline", "Anna")
    owner = _claim("owner", "Ivan")
    (found,) = contradictions((republisher, author, owner), (author, owner))
    assert (author, owner) == found.claims


def test_a_chatty_page_is_cut() -> None:
    """A page with a thousand authors is cut to those that a reader can take in."""
    (found,) = contradictions(tuple(_claim("byline", f"Author <{number}>") for number in range(1000)))
    assert 20 == len(found.claims)
