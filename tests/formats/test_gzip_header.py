"""Tests of preserve.formats.gzip_header."""

from __future__ import annotations

import io
import itertools
import struct
import zlib

import pytest

from preserve.formats.gzip_header import FLAGS, HEADER, lex_header
from preserve.formats.window import Window

FIELDS = {0x04: b"\x03\x00abc", 0x08: b"name\0", 0x10: b"note\0"}


def _header(flags: int, *, wrong: int = 0) -> bytes:
    """Return a header with the fields that its flags announce, in the order of RFC 1952."""
    octets = HEADER[:3] + bytes([flags]) + HEADER[4:]
    octets += b"".join(field for flag, field in FIELDS.items() if flags & flag)
    return octets + (struct.pack("<H", zlib.crc32(octets) & 0xFFFF ^ wrong) if flags & 2 else b"")


def _lexed(octets: bytes, offset: int = 0, **how: int) -> tuple[int, int, str | None]:
    """Return where a header ends, its flags, and the code of its problem."""
    trust = bool(how.pop("trust", 1))
    found = lex_header(Window(io.BytesIO(octets)), offset, trust=trust, **how)
    if found.problem is not None:
        assert str(offset) in found.problem.message
    return found.stop, found.flags, None if found.problem is None else found.problem.code


@pytest.mark.parametrize("flags", range(0x20))
@pytest.mark.parametrize("offset", [0, 7])
def test_header_ends_after_its_fields(flags: int, offset: int) -> None:
    """Whatever fields the flags announce, the data begins behind them; cut anywhere, there is no header."""
    header = _header(flags)
    octets = b"x" * offset + header
    assert (offset + len(header), flags, None) == _lexed(octets + b"data", offset)
    assert (offset + len(header), flags, None) == _lexed(octets, offset)
    for end in range(offset, len(octets)):
        assert (offset, 0, "gzip.truncated") == _lexed(octets[:end], offset)


def test_flags_have_their_names() -> None:
    """The five flags of RFC 1952, section 2.3.1, are known by their names."""
    assert {1: "FTEXT", 2: "FHCRC", 4: "FEXTRA", 8: "FNAME", 16: "FCOMMENT"} == FLAGS


@pytest.mark.parametrize("flags", [0x20, 0x40, 0x80, 0xE0, 0x28])
def test_reserved_flag_is_refused(flags: int) -> None:
    """A flag that the RFC reserves makes it no header to us."""
    assert (0, 0, "gzip.bad-header") == _lexed(HEADER[:3] + bytes([flags]) + HEADER[4:] + bytes(99))


@pytest.mark.parametrize(("place", "octet"), [*itertools.product(range(3), [0, 0xFF])])
def test_another_beginning_is_no_header(place: int, octet: int) -> None:
    """Without its first three octets there is no header, unless the ten octets are to be taken for one."""
    octets = HEADER[:place] + bytes([octet]) + HEADER[place + 1 :]
    assert (0, 0, "gzip.bad-header") == _lexed(octets + b"data")
    assert (10, 0, "gzip.bad-header") == _lexed(octets + b"data", trust=0)
    assert (10, 0, "gzip.bad-header") == _lexed(octets, trust=0)
    short = (0, 0, "gzip.bad-header" if place < 3 else "gzip.truncated")
    assert short == _lexed(octets[:9]) == _lexed(octets[:9], trust=0)


@pytest.mark.parametrize("wrong", [1, 0x8000])
@pytest.mark.parametrize("flags", [0x02, 0x1F])
def test_wrong_crc16_is_refused(flags: int, wrong: int) -> None:
    """A header whose own CRC16 differs is none."""
    assert (0, 0, "gzip.bad-header") == _lexed(_header(flags, wrong=wrong) + b"data")


@pytest.mark.parametrize("flag", [0x08, 0x10])
@pytest.mark.parametrize("most", [None, 500])
def test_field_without_end_is_refused(flag: int, most: int | None) -> None:
    """A name or comment that has no end within 128 KiB, or within what is looked at, is no header."""
    how = {} if most is None else {"most": most}
    most = most or 128 * 1024
    begin = HEADER[:3] + bytes([flag]) + HEADER[4:]
    fits = begin + b"n" * (most - 11) + b"\0"
    assert (most, flag, None) == _lexed(fits + b"data", **how)
    assert (0, 0, "gzip.bad-header") == _lexed(begin + b"n" * (most - 10) + b"\0", **how)
    assert (0, 0, "gzip.truncated") == _lexed(begin + b"n" * (most - 11), **how)
