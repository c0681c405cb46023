"""Is the header of a record written strictly and read leniently?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.errors import WarcSyntaxError
from preserve.formats.warc import FIELD_ORDER, RecordHeader, format_header, lex_fields, parse_header
from preserve.formats.warc.header import header_oddities, lex_header, warcinfo_block

FAST = settings(max_examples=200, deadline=None)
SPECIFICATION = Path(__file__).parents[2] / "docs" / "format" / "package-1.md"

names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)
values = st.text(
    st.characters(exclude_categories=["Cc", "Cs"]).filter(lambda letter: letter != "\x7f"), max_size=60
).map(lambda text: text.strip(" \t"))


def header(*fields: tuple[str, str]) -> RecordHeader:
    """Return a header of these fields."""
    return RecordHeader(version=b"1.1", fields=fields)


def test_a_header_is_written_as_the_standard_says() -> None:
    """Version line, fields in the order given, an empty line, CRLF everywhere."""
    written = format_header([("WARC-Type", "response"), ("Content-Length", "0")])
    assert b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n" == written


def test_the_order_of_fields_is_that_of_the_specification() -> None:
    """FIELD_ORDER lists the names that the package specification lists, in its order."""
    section = SPECIFICATION.read_text().split("Fields are written in this order")[1].split(".")[0]
    assert re.findall(r"`([A-Za-z-]+)`", section) == list(FIELD_ORDER)


@FAST
@given(st.lists(st.tuples(names, values), max_size=8))
def test_what_is_written_is_read(fields: list[tuple[str, str]]) -> None:
    """Names and values are read back as they were given, in any script."""
    assert tuple(fields) == parse_header(format_header(fields)).fields


@pytest.mark.parametrize(
    "field",
    [
        ("A", "b\r\nC: d"),
        ("A", "b\nc"),
        ("A", "b\rc"),
        ("A", "b\0c"),
        ("A", " b"),
        ("A", "b\t"),
        ("A b", "c"),
        ("", "c"),
        ("A:", "c"),
        ("A", "\ud800"),
    ],
)
def test_what_could_not_be_read_back_is_refused(field: tuple[str, str]) -> None:
    """A field that would end its line, or be read otherwise, is a ValueError."""
    with pytest.raises(ValueError, match=r".+"):
        format_header([field])


@FAST
@given(st.binary(max_size=300))
def test_any_octets_can_be_lexed(octets: bytes) -> None:
    """Reading a header raises nothing but WarcSyntaxError, and lexing one nothing at all."""
    for data in (octets, b"WARC/1.1\r\n" + octets):
        lexed, faults = lex_header(data)
        if lexed is not None:
            header_oddities(lexed, data)
        try:
            assert lexed == parse_header(data)
        except WarcSyntaxError:
            assert faults


LENIENT = {
    "LF alone": b"WARC/1.0\nWARC-Type: warcinfo\nA: b\n\n",
    "no empty line": b"WARC/1.0\r\nWARC-Type: warcinfo\r\nA: b",
    "folded": b"WARC/1.0\r\nWARC-Type:\r\n warcinfo\r\nA: b\r\n\r\n",
    "no space, or two": b"WARC/1.0\r\nWARC-Type:warcinfo\r\nA:  b \r\n\r\n",
    "space before the colon": b"WARC/1.0\r\nWARC-Type : warcinfo\r\nA: b\r\n\r\n",
}


@pytest.mark.parametrize("data", LENIENT.values(), ids=LENIENT)
def test_what_the_field_writes_is_read(data: bytes) -> None:
    """Line ends, folding and space that differ from ours are read."""
    expected = RecordHeader(version=b"1.0", fields=(("WARC-Type", "warcinfo"), ("A", "b")))
    assert expected == parse_header(data)


def test_a_value_that_is_not_utf8_is_read_as_latin1() -> None:
    """Old records with Latin-1 in a URL keep every letter."""
    assert "http://é/" == parse_header(b"WARC/1.0\r\nWARC-Target-URI: http://\xe9/\r\n\r\n").target_uri


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"WARC/x\r\n\r\n", b"WARC/1.1\r\nno colon\r\n\r\n"]
)
def test_what_is_no_header_is_an_error(data: bytes) -> None:
    """A version line or a field that cannot be read is a WarcSyntaxError that shows it."""
    with pytest.raises(WarcSyntaxError, match=r"seen|line"):
        parse_header(data)


def test_fields_are_found_by_name() -> None:
    """Names match in any case, ids and URIs come without angle brackets, what is absent is empty."""
    full = header(
        ("warc-type", "request"),
        ("WARC-Record-ID", "<urn:uuid:1>"),
        ("WARC-Target-URI", "<http://a/>"),
        ("WARC-Concurrent-To", "<a>"),
        ("WARC-Concurrent-To", "<b>"),
        ("WARC-Date", "2026-11-22T10:15:00Z"),
        ("Content-Type", "text/plain"),
    )
    assert ("request", "urn:uuid:1", "http://a/") == (full.type, full.record_id, full.target_uri)
    assert ["<a>", "<b>"] == full.get_all("WARC-CONCURRENT-TO")
    assert ("2026-11-22T10:15:00Z", "text/plain") == (full.date, full.content_type)
    empty = header()
    assert ("", "", None, "", None) == (
        empty.type,
        empty.record_id,
        empty.target_uri,
        empty.date,
        empty.content_type,
    )


@pytest.mark.parametrize("values", [(), ("",), ("x",), ("-1",), ("1", "2"), ("1_0",), ("٣",), ("9" * 5000,)])
def test_a_length_that_frames_nothing_is_an_error(values: tuple[str, ...]) -> None:
    """Content-Length must be there, decimal, of sane size and of one mind."""
    with pytest.raises(WarcSyntaxError, match="Content-Length"):
        _ = header(*(("Content-Length", value) for value in values)).content_length


def test_a_length_given_twice_alike_is_taken() -> None:
    """Two equal Content-Length fields say the same."""
    assert 12 == header(("Content-Length", "12"), ("content-length", "12")).content_length


def test_oddities_are_told() -> None:
    """Absent mandatory fields and odd forms are sentences, each about one thing."""
    data = (
        b"WARC/1.0\nWARC-Type: resource\r\nWARC-Target-URI: <http://a b>\r\n"
        b"WARC-Filename: a\r\nWARC-Filename: b\r\nX-Mine:\r\n folded\r\nContent-Length: 0\r\n\r\n"
    )
    absent, odd = header_oddities(parse_header(data), data)
    assert ["WARC-Record-ID", "WARC-Date"] == [sentence.split()[4].strip(",") for sentence in absent]
    assert 5 == len(odd)


def test_what_is_left_of_a_header_is_kept() -> None:
    """Fields without a version line are a header still; where neither is there, there is none."""
    found, faults = lex_header(b"HTTP/1.1 200 OK\r\nWARC-Type: resource\r\n\r\n")
    assert RecordHeader(version=b"", fields=(("WARC-Type", "resource"),)) == found
    assert ["A WARC record begins with a line such as WARC/1.1; seen: 'HTTP/1.1 200 OK\\r'."] == [*faults]
    assert RecordHeader(version=b"1.1", fields=()) == lex_header(b"WARC/1.1\r\n\r\n")[0]
    assert None is lex_header(b"nothing\r\n\r\n")[0]


@pytest.mark.parametrize(("bad", "more"), [(1, None), (8, None), (9, "1 more lines"), (11, "3 more lines")])
def test_of_many_bad_lines_some_are_told(bad: int, more: str | None) -> None:
    """Eight lines without a field name have a sentence each, all further ones together have one."""
    _, faults = lex_header(b"WARC/1.1\r\n" + b"no field\r\n" * bad + b"\r\n")
    each = "A line of the header has no field name: 'no field'."
    expected = [each] * min(bad, 8) + ([f"{more} of the header have no field name."] if more else [])
    assert expected == [*faults]


def test_a_line_needs_a_name_and_a_colon() -> None:
    """A word alone is no field, nor is a colon without a name before it."""
    assert ((("a", ""),), (b"word", b": value", b"two words: x")) == lex_fields(
        b"word\r\n: value\r\na:\r\ntwo words: x\r\n"
    )


@pytest.mark.parametrize("value", ["<urn:x", "urn:x>", "urn:x"])
def test_brackets_go_in_pairs(value: str) -> None:
    """One bracket alone belongs to the value."""
    assert value == header(("WARC-Record-ID", value)).record_id
    assert value == header(("WARC-Target-URI", value)).target_uri
    assert "urn:x" == header(("WARC-Record-ID", "<urn:x>")).record_id


def test_a_length_that_is_not_there_is_said() -> None:
    """The error names the record, or says that it has no id, and what stands there for a length."""
    with pytest.raises(WarcSyntaxError, match=r"The record without id needs .*; seen: 'none'\."):
        _ = header(("WARC-Type", "resource")).content_length
    with pytest.raises(WarcSyntaxError, match=r"The record urn:x needs .*; seen: '1, 2'\."):
        _ = header(
            ("WARC-Record-ID", "<urn:x>"), ("Content-Length", "1"), ("Content-Length", "2")
        ).content_length


def test_a_warcinfo_block_is_read_back() -> None:
    """The fields of a warcinfo block come back from ``lex_fields``."""
    fields = (("software", "preserve 1"), ("robots", "ignore"))
    assert b"software: preserve 1\r\nrobots: ignore\r\n" == warcinfo_block(fields)
    assert (fields, ()) == lex_fields(warcinfo_block(fields))
