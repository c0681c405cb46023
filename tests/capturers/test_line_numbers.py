"""Tests of ``preserve.capturers.line_numbers``."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from preserve.capturers.line_numbers import LineNumbers


@given(st.text("a\n", max_size=30), st.lists(st.integers(0, 30), max_size=8), st.integers(1, 9))
def test_a_line_is_the_number_of_line_ends_before(text: str, offsets: list[int], first: int) -> None:
    """In whatever order offsets are asked for, each has the line that counting from the start gives."""
    within = [min(offset, len(text)) for offset in offsets]
    lines = LineNumbers(text, first)
    assert [first + text.count("\n", 0, offset) for offset in within] == [
        lines.at(offset) for offset in within
    ]
