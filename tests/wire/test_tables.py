"""Does the page about the wire say what the tests hold, all of it?"""

from __future__ import annotations

import pytest

from tests.wire.hostile import HOSTILE
from tests.wire.odd import ODD
from tests.wire.remake_docs import PAGE, filled


def test_the_page_has_the_tables() -> None:
    """docs/wire.md has the tables as the tests have them; else run ``python -m tests.wire.remake_docs``."""
    text = PAGE.read_text(encoding="utf-8")
    assert filled(text) == text


@pytest.mark.parametrize("row", [*ODD.values(), *HOSTILE.values()], ids=[*ODD, *HOSTILE])
def test_rows_are_sentences(row: object) -> None:
    """Each row says in sentences what the server does and what the record becomes."""
    does, becomes = getattr(row, "does", ""), getattr(row, "becomes", "")
    assert (True, True) == (does.endswith("."), becomes.endswith("."))


def test_no_name_has_two_rows() -> None:
    """A name is that of one row."""
    assert set() == set(ODD) & set(HOSTILE)
