"""Tests of ``preserve/checks/declared.py``."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from preserve.checks.declared import parsed, rows, split_lines
from preserve.errors import WaczSyntaxError


def _refuse(_: object) -> object:
    raise WaczSyntaxError("It is not what it must be.")


def test_bad_line_does_not_end_the_reading() -> None:
    """A line that cannot be read is a row with a problem, and the next line is read."""
    found = list(rows(split_lines(io.BytesIO(b"1\nx\n3\n")), int))
    assert [1, None, 3] == [row.value for row in found]
    assert [False, True, False] == [bool(row.problem) for row in found]
    assert [1, 2, 3] == [row.number for row in found]


def test_last_line_must_end() -> None:
    """A last line without a line feed is a row with a problem."""
    assert ["", "It does not end with a line feed."] == [
        row.problem for row in rows(split_lines(io.BytesIO(b"1\n2")), int)
    ]


def test_long_line_is_passed_over() -> None:
    """A line above the limit comes as an empty one, and the line after it is read."""
    stream = io.BytesIO(b"x" * 500_000 + b"\n2\n")
    assert [(b"", "It is longer than 10 bytes."), (b"2", "")] == list(split_lines(stream, 10))


def test_parser_complaint_is_returned() -> None:
    """What a parser of ours says of hostile input is returned, not raised."""
    assert (None, "It is not what it must be.") == parsed(_refuse, b"")
    assert (7, "") == parsed(int, "7")


@given(data=st.binary(max_size=400), most=st.integers(1, 30))
def test_no_octets_are_lost_or_grow(data: bytes, most: int) -> None:
    """Whatever the octets, lines come in order and none is longer than the limit."""
    found = list(split_lines(io.BytesIO(data), most))
    assert all(len(raw) <= most for raw, _ in found)
    wanted = data.split(b"\n")
    assert len(wanted) - (not wanted[-1]) == len(found)
    assert all(raw in (line, b"") for (raw, _), line in zip(found, wanted, strict=False))
