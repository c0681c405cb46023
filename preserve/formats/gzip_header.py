"""
Where does the header of a gzip member end?

RFC 1952, section 2.3: ten octets, and the optional fields that their flags announce.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from preserve.model.problem import Problem

if TYPE_CHECKING:
    from preserve.formats.window import Window

__all__ = ["FLAGS", "HEADER", "Header", "lex_header"]

HEADER = bytes.fromhex("1f8b0800 00000000 00 ff")
"""The header that we write: package specification, section 6."""

_MOST_BYTES = 128 * 1024
"""RFC 1952 sets no limit to a file name or comment; past this it is no header to us."""
_FTEXT, _FHCRC, _FEXTRA, _FNAME, _FCOMMENT = 0x01, 0x02, 0x04, 0x08, 0x10
FLAGS = {_FTEXT: "FTEXT", _FHCRC: "FHCRC", _FEXTRA: "FEXTRA", _FNAME: "FNAME", _FCOMMENT: "FCOMMENT"}
"""The flags that announce optional fields, and their names in RFC 1952."""
_RESERVED = 0xE0


class Header(NamedTuple):
    """What was found out about a header."""

    stop: int
    """Where the deflate data begins."""
    flags: int
    problem: Problem | None


def lex_header(window: Window, offset: int, *, trust: bool, most: int = _MOST_BYTES) -> Header:
    """
    Find the end of the header at ``offset``; ``stop == offset`` when there is none.

    Args:
        window: The stream.
        offset: Where the header should stand.
        trust: False to take the ten octets there for a header without optional fields, whatever they are.
        most: How many octets to search for the end of optional fields.

    Source: RFC 1952, section 2.3; a reserved flag must be refused (2.3.1.2).
    """
    fixed = window.at(offset, len(HEADER))
    if len(fixed) < len(HEADER) and HEADER.startswith(fixed[:3]):
        return _no_header(offset, "gzip.truncated", f"{len(fixed)} of {len(HEADER)} octets are there")
    if not trust and len(fixed) == len(HEADER):
        what = f"The gzip header at offset {offset} is damaged: it reads {fixed.hex()}."
        return Header(offset + len(HEADER), 0, Problem(code="gzip.bad-header", message=what))
    if not fixed.startswith(HEADER[:3]) or fixed[3] & _RESERVED:
        why = f"expected 1f8b08 and flags up to 1f, saw {fixed[:4].hex()}"
        return _no_header(offset, "gzip.bad-header", why)
    if fixed[3]:
        return _optional_fields(window.at(offset, most), offset, most=most)
    return Header(offset + len(HEADER), 0, None)


def _optional_fields(data: bytes, offset: int, *, most: int) -> Header:
    """Find the end of a header with optional fields in its octets; at most ``most`` are there."""
    flags = data[3]
    stop = _skip_fields(data, flags)
    if stop is None:
        code = "gzip.bad-header" if len(data) == most else "gzip.truncated"
        return _no_header(offset, code, f"its optional fields (flags {flags:02x}) do not end")
    crc16 = int.from_bytes(data[stop - 2 : stop], "little")
    if flags & _FHCRC and zlib.crc32(data[: stop - 2]) & 0xFFFF != crc16:
        return _no_header(offset, "gzip.bad-header", "its own CRC16 differs")
    return Header(offset + stop, flags, None)


def _no_header(offset: int, code: str, why: str) -> Header:
    message = f"No whole gzip header stands at offset {offset}: {why}."
    return Header(offset, 0, Problem(code=code, message=message))


def _skip_fields(data: bytes, flags: int) -> int | None:
    """Return where the optional fields of a header end, in the order of RFC 1952, 2.3; None if nowhere."""
    at = len(HEADER)
    if flags & _FEXTRA:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for bit in (_FNAME, _FCOMMENT):
        if flags & bit:
            end = data.find(b"\0", at)
            if end < 0:
                return None
            at = end + 1
    if flags & _FHCRC:
        at += 2
    return at if at <= len(data) else None
