"""Tests of ``preserve.capturers.dates``."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers.dates import find_date, iso_instant


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("March 14, 1998", "1998-03-14"),
        ("Mar. 14, 1998", "1998-03-14"),
        ("14 March 1998", "1998-03-14"),
        ("1998/03/14", "1998-03-14"),
        ("14th of March, 1998", "1998-03-14"),
        ("14. März 1998", "1998-03-14"),
        ("1er mars 1998", "1998-03-01"),
        ("14 de marzo de 1998", "1998-03-14"),
        ("14 марта 1998", "1998-03-14"),
        ("14.3.1998", "1998-03-14"),
        ("14. 03. 1998", "1998-03-14"),
        ("1998-03-14", "1998-03-14"),
        ("1998年3月14日", "1998-03-14"),
        ("03/14/1998", "1998-03-14"),
        ("14/03/1998", "1998-03-14"),
        ("03/03/1998", "1998-03-03"),
        ("03/04/1998", ""),
        ("March 1998", "1998-03"),
    ],
)
def test_days_are_read_in_many_tongues(text: str, normal: str) -> None:
    """A date is normalised where it is certain, and is known but not normalised where it is not."""
    found = find_date(f"xx {text}, yy")
    assert found is not None
    assert [text, normal] == [f"xx {text}, yy"[found.start : found.end], found.normal]


@pytest.mark.parametrize("text", ["", "1998", "31 February 1998", "99/99/1998", "March 14"])
def test_no_date(text: str) -> None:
    """What names no day of a year, or one that does not exist, is no date."""
    found = find_date(text)
    assert found is None or found.normal == "1998-02"


def test_the_day_of_the_week_belongs_to_the_date() -> None:
    """A date begins at its day of the week; the first date of a text is found."""
    found = find_date("On Saturday, 14 March 1987 and on 15 March 1987")
    assert found is not None
    assert [3, "1987-03-14"] == [found.start, found.normal]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-11-02T09:30:00.000Z", "2021-11-02T09:30:00.000Z"),
        ("2021-11-02", "2021-11-02"),
        ("2021-13-45", ""),
        ("Nov 2, 2021", "2021-11-02"),
        ("yesterday", ""),
    ],
)
def test_instants(text: str, expected: str) -> None:
    """An instant in ISO form stays as it is when its day exists."""
    assert iso_instant(text) == expected


@given(
    st.dates(dt.date(1400, 1, 1), dt.date(2199, 12, 31)),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d.%m.%Y"]),
)
@settings(max_examples=200, deadline=None)
def test_every_day_is_read_back(day: dt.date, form: str) -> None:
    """Every day from 1400 to 2199 is found as it was written."""
    found = find_date(day.strftime(form))
    assert found is not None
    assert found.normal == day.isoformat()


@given(st.text("0123456789/-. March年月日", max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(text: str) -> None:
    """Whatever the text, a date found in it is a real one."""
    found = find_date(text)
    if found and len(found.normal) == len("1998-03-14"):
        dt.date.fromisoformat(found.normal)
    iso_instant(text)
