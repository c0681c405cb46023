"""Tests of ``preserve.capturers.claims``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from preserve.capturers.claims import ORDER, choose, outer_claims
from preserve.model import inspection
from preserve.model.inspection import Claim


def _claim(name: str, value: str, source: str, place: str = "", normal: str = "") -> Claim:
    return Claim(name=name, value=value, source=source, place=place, normal=normal)


def test_the_body_is_believed_before_metadata() -> None:
    """A byline in the text is chosen before those of metadata, whatever their order."""
    claims = [
        _claim("byline", "Owner", "json-ld"),
        _claim("byline", "Owner", "meta"),
        _claim("byline", "Jane Roe", "text"),
    ]
    assert choose(claims) == {"byline": 2}


def test_the_owner_of_the_site_comes_last_among_bylines_of_the_text() -> None:
    """Of two bylines in the text the one that is not the owner's is chosen."""
    claims = [
        _claim("owner", "Otto  Owner", "json-ld"),
        _claim("byline", "otto owner", "text"),
        _claim("byline", "Jane Roe, Staff Writer", "text", normal="Jane Roe"),
    ]
    assert choose(claims) == {"owner": 0, "byline": 2}
    assert choose(claims[:2]) == {"owner": 0, "byline": 1}


def test_titles_by_source_then_place() -> None:
    """A heading is chosen before the title element, and the first of equals wins."""
    claims = [
        _claim("title", "T", "html", "title"),
        _claim("title", "H", "html", "h1"),
        _claim("title", "H2", "html", "h1"),
    ]
    assert choose(claims) == {"title": 1}


def test_empty_values_and_unknown_names() -> None:
    """A claim without value is never chosen; one of a name or source that no table has still is."""
    claims = [
        _claim("title", " ", "json-ld"),
        _claim("title", "T", "elsewhere"),
        _claim("mood", "gay", "text"),
    ]
    assert choose(claims) == {"title": 1, "mood": 2}


def test_every_claim_of_the_model_has_an_order() -> None:
    """Each name that the model lists stands in the table, and each source of the table in the model."""
    described = Path(inspection.__file__).read_text(encoding="utf-8").partition("class Claim")[2]
    names, sources = (set(re.findall(r"``([a-z-]+)``", part)) for part in described.split("value: str")[:2])
    assert names == set(ORDER)
    assert {source for order in ORDER.values() for source, _ in order} <= sources


def test_an_address_is_nobodys_name() -> None:
    """A byline that is an address is chosen only where there is no other."""
    claims = [
        _claim("byline", "https://social.example/ottilie", "json-ld"),
        _claim("byline", "Jane Roe", "meta"),
    ]
    assert {"byline": 1} == choose(claims)
    assert {"byline": 0} == choose(claims[:1])


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://e.org/2021/11/02/post", ("2021/11/02", "2021-11-02")),
        ("https://e.org/blog/2021/11/post", ("2021/11", "2021-11")),
        ("https://e.org/2021/1/2/post.html", ("2021/1/2", "2021-01-02")),
        ("https://e.org/news-2021-11-02.html", ("2021-11-02", "2021-11-02")),
        ("https://e.org/a/20211102/b", ("20211102", "2021-11-02")),
        ("https://e.org/2021/02/31/post", None),
        ("https://e.org/2021/13/post", None),
        ("https://e.org/item/12021110299", None),
        ("https://e.org/post?d=2021-11-02", None),
    ],
)
def test_the_address_of_a_page_claims_a_day(url: str, found: tuple[str, str] | None) -> None:
    """A day or month in the path is a claim of when the page was published."""
    claims = [(claim.value, claim.normal) for claim in outer_claims(url, {})]
    assert ([found] if found else []) == claims


def test_the_fields_of_a_response_make_claims() -> None:
    """Last-Modified and Content-Language are claims with their instant and place; other types make none."""
    facts = {"last_modified": "Tue, 02 Nov 2021 09:30:00 GMT", "content_language": "en-GB"}
    assert [
        _claim("modified", facts["last_modified"], "http", "Last-Modified", "2021-11-02T09:30:00Z"),
        _claim("language", "en-GB", "http", "Content-Language"),
    ] == list(outer_claims("https://e.org/", facts))
    assert [""] == [claim.normal for claim in outer_claims("https://e.org/", {"last_modified": "lately"})]
    assert [] == list(outer_claims("https://e.org/", {"last_modified": 5, "content_language": None}))
