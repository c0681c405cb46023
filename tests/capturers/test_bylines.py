"""Tests of ``preserve.capturers.bylines``."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers.bylines import read_byline, read_dated, text_claims
from preserve.capturers.html_lines import Line


def _claims(*texts: str, web_days: frozenset[str] = frozenset()) -> list[tuple[str, str, str]]:
    lines = [Line(text, "p", aside=False, size=len(text)) for text in texts]
    return [(claim.name, claim.value, claim.normal) for claim in text_claims(lines, web_days)]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("By Jane Roe", "Jane Roe", "Jane Roe"),
        ("BY JANE ROE", "JANE ROE", "JANE ROE"),
        ("By Jane Roe, Staff Writer", "Jane Roe", "Jane Roe, Staff Writer"),
        ("By Jane Roe (Reuters)", "Jane Roe", "Jane Roe (Reuters)"),
        ("By Jane Roe of The Chronicle", "Jane Roe", "Jane Roe of The Chronicle"),
        (
            "By Jane Roe | The Evening Chronicle | March 14, 1998",
            "Jane Roe",
            "Jane Roe | The Evening Chronicle",
        ),
        ("By Jane Roe March 14, 1998", "Jane Roe", "Jane Roe"),
        ("By Reuters", "Reuters", "Reuters"),
        ("By J. R. Roe-Öst", "J. R. Roe-Öst", "J. R. Roe-Öst"),
        ("Story by Jane Roe and John Doe", "Jane Roe and John Doe", "Jane Roe and John Doe"),
        (
            "By Jane Roe, John Doe and Ann Poe",
            "Jane Roe, John Doe and Ann Poe",
            "Jane Roe, John Doe and Ann Poe",
        ),
        (
            "By Jane Roe, Staff Writer, The Evening Chronicle",
            "Jane Roe",
            "Jane Roe, Staff Writer, The Evening Chronicle",
        ),
        ("Text: Jane Roe", "Jane Roe", "Jane Roe"),
        ("Von Anna Müller", "Anna Müller", "Anna Müller"),
        ("Par Jean de la Tour", "Jean de la Tour", "Jean de la Tour"),
        ("Jane Roe, Staff Writer", "Jane Roe", "Jane Roe, Staff Writer"),
        ("JANE ROE, The Evening Chronicle, March 14, 1998", "JANE ROE", "JANE ROE, The Evening Chronicle"),
    ],
)
def test_bylines(text: str, name: str, value: str) -> None:
    """Openers in several languages, posts and newspapers make a line a byline."""
    found = read_byline(text)
    assert found is not None
    assert [name, value] == [found.name, found.value]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "By Monday, the troops had left.",
        "By December 1998, Russia was",
        "By the time he left",
        "By King Charles, who was angry at the world.",
        "By " + "Jane Roe " * 30,
        "by jane roe",
        "Photo by Jane Roe",
        "Von allen Seiten kamen sie",
        "Von Hand",
        "Paris, The City of Light",
        "Jane Roe",
        "Ottilie Brandreth · Nov 2, 2021 · 4 min read",
    ],
)
def test_no_bylines(text: str) -> None:
    """Sentences, credits of photos and lone names are none."""
    assert read_byline(text) is None


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Published in print: 14 March 1998", "1998-03-14"),
        ("The Evening Chronicle, Saturday, March 14, 1998", "1998-03-14"),
        ("This article first appeared in The Daily X on 3 May 2001, on page A1.", "2001-05-03"),
        ("Originally published March 1998", "1998-03"),
        ("Erstmals erschienen am 14. März 1998", "1998-03-14"),
    ],
)
def test_lines_that_state_a_print(text: str, normal: str) -> None:
    """A word of printing, or a newspaper's name with a date alone, states the day of print."""
    dated = read_dated(text, near=False)
    assert dated is not None
    assert [normal, True] == [dated.normal, dated.printed]


@pytest.mark.parametrize(
    "text", ["March 14, 1998", "Moscow, March 14, 1998", "She was born on March 14, 1998 in Rome."]
)
def test_lines_that_state_none(text: str) -> None:
    """A date that nothing introduces states no publication."""
    assert read_dated(text, near=False) is None


def test_date_near_a_byline_is_of_print_when_the_page_is_of_another_day() -> None:
    """What metadata confirm (a day off allowed) is the page's own date, another is that of the print."""
    lines = ("By Jane Roe", "March 14, 1998")
    byline = ("byline", "Jane Roe", "Jane Roe")
    assert _claims(*lines, web_days=frozenset({"2021-11-02"})) == [
        byline,
        ("printed", "March 14, 1998", "1998-03-14"),
    ]
    assert _claims(*lines, web_days=frozenset({"1998-03-13"})) == [
        byline,
        ("published", "March 14, 1998", "1998-03-14"),
    ]
    assert _claims(*lines) == [byline, ("published", "March 14, 1998", "1998-03-14")]


def test_a_date_that_is_not_certain_is_a_claim_without_normal_form() -> None:
    """A newspaper's date whose day and month cannot be told apart is kept as it is written."""
    assert _claims("The Evening Chronicle, 03/04/1998") == [
        ("printed", "The Evening Chronicle, 03/04/1998", ""),
        ("publisher", "The Evening Chronicle, 03/04/1998", "The Evening Chronicle"),
    ]


def test_lines_beside_the_article_are_not_read() -> None:
    """What stands in captions, navigation and comments makes no claim."""
    assert list(text_claims([Line("By Jane Roe", "p", aside=True, size=11)], frozenset())) == []


@given(
    st.lists(st.text("By JaneRo,.|19348 March-\u0661", max_size=50), max_size=8),
    st.sets(st.text("0123456789-", max_size=10)),
)
@settings(max_examples=200, deadline=None)
def test_any_lines_are_read(texts: list[str], days: set[str]) -> None:
    """Whatever the lines, the claims are of the five kinds."""
    assert {name for name, _, _ in _claims(*texts, web_days=frozenset(days))} <= {
        "byline",
        "printed",
        "published",
        "publisher",
        "dateline",
    }
