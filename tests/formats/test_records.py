"""Tests of preserve.formats.records."""

from __future__ import annotations

import io

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.errors import RecordsSyntaxError
from preserve.formats.records import HEADER, RecordLine, escape_uri, format_line, parse_line, read

LINE = RecordLine(
    file="example-org-0011223344556677-20261122101500-00000.warc.gz",
    offset=0,
    length=412,
    sha256="9f" * 32,
    type="response",
    date="2026-11-22T10:15:00.123Z",
    id="urn:uuid:1e7b8d2e-0000-4000-8000-000000000000",
    uri="https://example.org/",
)
TEXT = format_line(LINE)


def test_line_is_eight_columns() -> None:
    """A line is its eight values in the order of the header, TAB between them, LF at the end."""
    expected = (
        "example-org-0011223344556677-20261122101500-00000.warc.gz\t0\t412\t" + "9f" * 32 + "\tresponse\t"
        "2026-11-22T10:15:00.123Z\turn:uuid:1e7b8d2e-0000-4000-8000-000000000000\thttps://example.org/\n"
    )
    assert expected == TEXT
    assert len(TEXT.split("\t")) == len(HEADER.split("\t"))


def test_record_without_uri_has_a_hyphen() -> None:
    """A record without target URI is written with ``-`` and read as None."""
    line = attrs.evolve(LINE, uri=None)
    assert format_line(line).endswith("\t-\n")
    assert line == parse_line(format_line(line))


def test_next_record_begins_where_this_one_ends() -> None:
    """``end`` is offset and length together."""
    assert attrs.evolve(LINE, offset=10).end == 422


@pytest.mark.parametrize(
    ("uri", "written"),
    [
        ("https://example.org/ä", "https://example.org/ä"),
        ("https://example.org/%C3%A4%2f", "https://example.org/%C3%A4%2f"),
        ("a b\tc\nd\re\x7f\x00", "a%20b%09c%0Ad%0De%7F%00"),
        ("100%zz%4", "100%zz%4"),
    ],
)
def test_octets_that_would_break_the_line_are_escaped(uri: str, written: str) -> None:
    """White space and controls become ``%XX``; nothing else changes."""
    assert written == escape_uri(uri)
    assert written == escape_uri(written)


@given(
    st.builds(
        RecordLine,
        file=st.text(st.characters(min_codepoint=0x21, exclude_characters="/\\\x7f"), min_size=1),
        offset=st.integers(0, 2**62),
        length=st.integers(1, 2**62),
        sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
        type=st.sampled_from(["warcinfo", "response", "metadata"]),
        date=st.just("2026-11-22T10:15:00Z"),
        id=st.uuids().map(lambda found: f"urn:uuid:{found}"),
        uri=st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=2).map(escape_uri),
    )
)
@settings(max_examples=100, deadline=None)
def test_line_is_read_as_it_was_written(line: RecordLine) -> None:
    """Every record line comes back equal."""
    data = (HEADER + format_line(line)).encode("utf-8", "surrogatepass")
    if any("\ud800" <= char <= "\udfff" for char in line.file):
        return
    assert [line] == list(read(io.BytesIO(data)))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (0, ""),
        (0, "a/b"),
        (0, "a\\b"),
        (0, "a b"),
        (1, "-1"),
        (1, "01"),
        (1, "1e3"),
        (1, "٣"),
        (1, ""),
        (1, "9" * 5000),
        (2, "0"),
        (2, "+1"),
        (3, "9F" * 32),
        (3, "9f" * 31),
        (4, ""),
        (4, "a b"),
        (5, "2026-11-22"),
        (5, "2026-11-22T10:15:00"),
        (5, "2026-13-22T10:15:00Z"),
        (6, ""),
        (7, ""),
        (7, "a b"),
        (7, "a\x00"),
    ],
)
def test_value_that_breaks_its_column_is_refused(column: int, value: str) -> None:
    """A value that a column cannot hold is refused, with the name of the column."""
    values = TEXT.removesuffix("\n").split("\t")
    values[column] = value
    with pytest.raises(RecordsSyntaxError) as caught:
        parse_line("\t".join(values))
    assert caught.value.facts["column"] == HEADER.split()[column]


@pytest.mark.parametrize("text", ["", "\n", TEXT.replace("\t", " "), TEXT.replace("\n", "\tx\n")])
def test_line_of_other_than_eight_columns_is_refused(text: str) -> None:
    """Seven columns are refused, and nine."""
    with pytest.raises(RecordsSyntaxError, match="Expected 8 columns"):
        parse_line(text)


def test_value_that_cannot_be_written_is_an_error() -> None:
    """A writer that hands in a type with white space is told, and nothing is written."""
    with pytest.raises(ValueError, match="type must be a word"):
        format_line(attrs.evolve(LINE, type="res ponse"))


@pytest.mark.parametrize("data", [b"", b"\n", TEXT.encode(), HEADER.upper().encode()])
def test_file_without_its_header_is_refused(data: bytes) -> None:
    """The first line must be the header, octet by octet."""
    with pytest.raises(RecordsSyntaxError, match="line 1") as refused:
        list(read(io.BytesIO(data)))
    assert 1 == refused.value.facts["line"]


def test_header_alone_is_a_file_without_records() -> None:
    """A file of the header yields nothing."""
    assert [] == list(read(io.BytesIO(HEADER.encode())))


def test_broken_line_is_named() -> None:
    """The number of the broken line is in the message and a fact; lines before it are yielded."""
    lines = read(io.BytesIO((HEADER + TEXT + TEXT.replace("412", "x")).encode()))
    assert LINE == next(lines)
    with pytest.raises(RecordsSyntaxError, match=r"records\.tsv line 3: length must be") as caught:
        next(lines)
    assert caught.value.facts["line"] == 3


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_octets_raise_anything_else(data: bytes) -> None:
    """Whatever follows the header, the reader yields lines or raises its own error."""
    try:
        list(read(io.BytesIO(HEADER.encode() + data)))
    except RecordsSyntaxError as exc:
        line = exc.facts["line"]
    else:
        line = 2
    assert isinstance(line, int)
