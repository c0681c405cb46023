"""Tests of ``preserve.capturers.claims``."""

from __future__ import annotations

from preserve.capturers.claims import ORDER, choose
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
    """Each name that the model lists stands in the table."""
    named = (
        "title",
        "byline",
        "owner",
        "published",
        "modified",
        "printed",
        "publisher",
        "language",
        "canonical",
    )
    assert {*named, "description"} == set(ORDER)
