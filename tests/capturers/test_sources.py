"""Tests of ``preserve.capturers.sources``."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers.sources import is_paper, read_dateline, read_source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Reprinted with permission from The Thornby Courier, 3 May 2001.", "The Thornby Courier"),
        ("Republished here from “The Thornby Courier”.", "The Thornby Courier"),
        ("This article first appeared in the Evening Chronicle on 3 May 2001", "The Evening Chronicle"),
        ("Originally published by The Daily X, page 4", "The Daily X"),
        ("Zuerst erschienen in der Thornbyer Rundschau vom 14. März 1998", "Thornbyer Rundschau"),
        ("Article paru dans Le Courrier du Marais le 14 mars 1998", "Le Courrier du Marais"),
        ("Publicado originalmente en El Correo de la Marisma", "El Correo de la Marisma"),
        ("Pubblicato originariamente su La Gazzetta del Molo", "La Gazzetta del Molo"),
        ("By Jane Roe, Special to The Thornby Courier", "The Thornby Courier"),
        ("Reprinted from memory.", None),
        ("It was first published in March 1998.", None),
        ("He appeared in court.", None),
        ("The report was taken from him.", None),
        ("x" * 400 + " reprinted from The Thornby Courier", None),
    ],
)
def test_sources(text: str, source: str | None) -> None:
    """The newspaper after words of republication is named in several languages; a month is none."""
    assert source == read_source(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("PELLWICK — On winter evenings", "PELLWICK"),
        ("LONDON, May 3 (Reuters) - Shares", "LONDON, May 3 (Reuters)"),
        ("NEW YORK (AP) -- The", "NEW YORK (AP)"),
        ("ST. PETERSBURG, Russia \u2013 A legion", "ST. PETERSBURG, Russia"),
        ("ZÜRICH — Am", "ZÜRICH"),
        ("On winter evenings — as if", None),
        ("BREAKING NEWS", None),
        ("", None),
    ],
)
def test_datelines(text: str, place: str | None) -> None:
    """A place in capitals and a dash open a report; day and agency are kept as written."""
    assert place == read_dateline(text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("The Moscow Times", True),
        ("Pellwick Evening Mercury", True),
        ("The Post", True),
        ("Die Zeit-Rundschau", True),
        ("Thornbyer Rundschau", True),
        ("Latest News", False),
        ("Daily News", False),
        ("Share Post", False),
        ("The Latest News", False),
        ("Subscribe to The Times", False),
        ("Times", False),
        ("The times are changing", False),
        ("3 Times", False),
        ("The Moscow Times, a newspaper that was printed in Moscow, is gone", False),
    ],
)
def test_lines_that_are_a_newspaper(text: str, is_one: bool) -> None:  # noqa: FBT001 - a row of the table
    """A newspaper's name alone is known; what navigation says is not taken for one."""
    assert is_one is is_paper(text)


@given(st.text("reprintd fom ThBy,.\u2014-' ()0AÄ\u0301\u00df", max_size=330))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str) -> None:
    """Whatever the text, the answers are parts of it, the first letter's case aside."""
    found = read_source(text)
    assert found is None or found[1:] in text
    assert (read_dateline(text) or "") in text
    assert is_paper(text) in {True, False}
