"""Tests of ``preserve.capturers.hints``, and of the hints that patterns are told by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers import html_lines, sources
from preserve.capturers.hints import may_have

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize("text", ["side", "SIDE", "\u017fide", "s\u0131de", "S\u0130DE", "a\u00e9 side"])
def test_every_spelling_counts(text: str) -> None:
    """A letter that a pattern takes for one of a word, as the long s, is taken for it here too."""
    assert re.search("side", text, re.IGNORECASE) is not None
    assert may_have(text, ("none", "side"))
    assert not may_have(text, ("none", "sides"))


@pytest.mark.parametrize(
    ("pattern", "hints"),
    [
        (sources._FROM, sources._FROM_HINTS),  # noqa: SLF001 - the table itself
        (html_lines._ASIDE_NAME, html_lines._ASIDE_WORDS),  # noqa: SLF001 - the same
    ],
)
@given(st.data())
@settings(deadline=None)
def test_what_a_pattern_finds_has_a_hint(
    pattern: re.Pattern[str], hints: Sequence[str], data: st.DataObject
) -> None:
    """Whatever the pattern finds, in any case, is told by one of its hints."""
    assert may_have(data.draw(st.from_regex(pattern)), hints)
