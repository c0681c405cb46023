"""Tests of ``preserve.capturers.charset``."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers import charset
from preserve.capturers.charset import codec_of, decode_css, decode_html


def test_every_codec_exists() -> None:
    """Each encoding of the table names a codec that Python has."""
    assert all(codecs.lookup(codec) for _, codec in charset._LABELS.values())  # noqa: SLF001 - the table itself


@pytest.mark.parametrize(
    ("data", "header", "expected"),
    [
        (b"\xef\xbb\xbf\xc3\xa9", "windows-1252", ("é", "utf-8", "bom")),
        (b"\xff\xfe\xe9\0", None, ("é", "utf-16le", "bom")),
        (b"\xe9", "ISO-8859-1", ("é", "windows-1252", "http")),
        (b"\x80", "latin1", ("€", "windows-1252", "http")),
        (b'<meta charset="windows-1251">\xe9', None, ("й", "windows-1251", "meta")),
        (b'<META http-equiv=x content="text/html; charset=koi8-r">\xca', None, ("й", "koi8-r", "meta")),
        (b'<!-- <meta charset="koi8-r"> -->\xc3\xa9', None, ("é", "utf-8", "valid")),
        (b'<meta charset="utf-16">\xc3\xa9', None, ("é", "utf-8", "meta")),
        (b"\xc3\xa9", "no such thing", ("é", "utf-8", "valid")),
        (b"\xe9", None, ("é", "windows-1252", "default")),
        (b"", None, ("", "utf-8", "valid")),
    ],
)
def test_encoding_is_found_as_browsers_do(
    data: bytes, header: str | None, expected: tuple[str, str, str]
) -> None:
    """Byte order mark, then header, then ``<meta>``, then UTF-8 if valid, then windows-1252."""
    decoded = decode_html(data, header)
    assert expected == (decoded.text[-1:], decoded.charset, decoded.source)


def test_style_sheets_state_their_own() -> None:
    """``@charset`` counts in a style sheet, and UTF-8 is the default."""
    assert [decode_css(b'@charset "koi8-r";\xca', None).charset, decode_css(b"\xff", None).charset] == [
        "koi8-r",
        "utf-8",
    ]


def test_what_is_not_valid_is_counted() -> None:
    """Octets that are none of the encoding are replaced and counted."""
    assert decode_html(b"a\xffb\xff", "utf-8").replaced == 2


def test_labels_are_those_of_the_standard() -> None:
    """A label in any case with space around it is known, an unknown one is not."""
    assert [("shift_jis", "cp932"), None, None] == [codec_of(" SJIS "), codec_of("zlib"), codec_of(None)]


@given(st.binary(max_size=300), st.none() | st.sampled_from(sorted(charset._LABELS)))  # noqa: SLF001 - the table itself
@settings(max_examples=200, deadline=None)
def test_decoding_never_fails(data: bytes, header: str | None) -> None:
    """Any octets under any label become text that can be written as UTF-8."""
    decode_html(data, header).text.encode()
    decode_css(data, header).text.encode()
