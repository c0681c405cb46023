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


def test_a_warcinfo_block_is_read_back() -> None:
    """The fields of a warcinfo block come back from ``lex_fields``."""
    fields = (("software", "preserve 1"), ("robots", "ignore"))
    assert b"software: preserve 1\r\nrobots: ignore\r\n" == warcinfo_block(fields)
    assert (fields, ()) == lex_fields(warcinfo_block(fields))
