"""
What do the headers of a ZIP say, field by field, however odd they are?

APPNOTE 6.3.10, sections 4.3.7 and 4.3.12 to 4.3.16. Nothing is judged here but whether a header is there.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["LOCAL_SIGNATURE", "SIGNATURES", "End", "Head", "find_ends", "read_central", "read_local"]

LOCAL_SIGNATURE = b"PK\3\4"
_CENTRAL_SIGNATURE = b"PK\1\2"
_END_SIGNATURE = b"PK\5\6"
_END64_SIGNATURE = b"PK\6\6"
_LOCATOR_SIGNATURE = b"PK\6\7"
SIGNATURES = (LOCAL_SIGNATURE, _CENTRAL_SIGNATURE, _END64_SIGNATURE, _LOCATOR_SIGNATURE, _END_SIGNATURE)
"""With which every header begins."""
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_END = struct.Struct("<4sHHHHIIH")
_COMMENT_MOST = 0xFFFF
_U16 = 0xFFFF
_U32 = 0xFFFFFFFF
_ZIP64_FIELD = 1


@attrs.frozen(kw_only=True)
class Head:
    """A local header, or a header of the central directory."""

    at: int
    """Its first octet in the file."""
    raw: bytes
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    """Octets of the data as they stand in the file."""
    size: int
    """Octets of the data once unpacked."""
    offset: int = 0
    """Of the local header, as the directory says."""
    attributes: int = 0
    """External ones, of the directory."""
    comment: bytes = b""

    @property
    def end(self) -> int:
        """The offset after its last octet."""
        return self.at + len(self.raw)


@attrs.frozen(kw_only=True)
class End:
    """The end of the central directory, with its ZIP64 form if there is one."""

    at: int
    """First octet of all that belongs to it: where the directory must end."""
    stop: int
    """The offset after its last octet, the comment included."""
    raw: bytes
    count: int
    length: int
    """Octets of the directory."""
    offset: int
    """Of the directory."""
    comment: bytes

    @property
    def base(self) -> int:
        """Where offset 0 is in the file, for the directory ends where this begins."""
        return self.at - self.length - self.offset


def read_local(stream: BinaryIO, at: int, stop: int) -> Head | None:
    """Return the local header at an offset; None if none stands there whole."""
    fixed = _read(stream, at, _LOCAL.size, stop)
    if not fixed.startswith(LOCAL_SIGNATURE) or len(fixed) < _LOCAL.size:
        return None
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(fixed)
    rest = _read(stream, at + _LOCAL.size, name_length + extra_length, stop)
    if len(rest) < name_length + extra_length:
        return None
    size, packed = _wide(rest[name_length:], (size, packed))
    return Head(
        at=at,
        raw=fixed + rest,
        name=rest[:name_length],
        flags=flags,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
    )


def read_central(stream: BinaryIO, at: int, stop: int) -> Head | None:
    """Return the header of the central directory at an offset; None if none stands there whole."""
    fixed = _read(stream, at, _CENTRAL.size, stop)
    if not fixed.startswith(_CENTRAL_SIGNATURE) or len(fixed) < _CENTRAL.size:
        return None
    numbers = _CENTRAL.unpack(fixed)
    flags, method, crc, packed, size = numbers[3], numbers[4], *numbers[7:10]
    name_length, extra_length, comment_length = numbers[10:13]
    rest = _read(stream, at + _CENTRAL.size, name_length + extra_length + comment_length, stop)
    if len(rest) < name_length + extra_length + comment_length:
        return None
    extra = rest[name_length : name_length + extra_length]
    size, packed, offset = _wide(extra, (size, packed, numbers[16]))
    return Head(
        at=at,
        raw=fixed + rest,
        name=rest[:name_length],
        flags=flags,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
        offset=offset,
        attributes=numbers[15],
        comment=rest[name_length + extra_length :],
    )


def find_ends(stream: BinaryIO, size: int) -> Iterator[End]:
    """
    Yield the end records that stand whole in the last octets of a file, the last one first.

    No more is read than the longest comment allows. Source: APPNOTE 4.3.14 to 4.3.16.
    """
    begin = max(0, size - _END.size - _COMMENT_MOST)
    tail = _read(stream, begin, size - begin, size)
    at = len(tail)
    while (at := tail.rfind(_END_SIGNATURE, 0, at + len(_END_SIGNATURE) - 1)) >= 0:
        if len(tail) - at < _END.size:
            continue
        _, _, _, _, count, length, offset, comment = _END.unpack_from(tail, at)
        if at + _END.size + comment > len(tail):
            continue
        raw = tail[at : at + _END.size + comment]
        plain = End(
            at=begin + at,
            stop=begin + at + len(raw),
            raw=raw,
            count=count,
            length=length,
            offset=offset,
            comment=raw[_END.size :],
        )
        yield _widened(stream, plain)


def _widened(stream: BinaryIO, end: End) -> End:
    """Return an end record with the numbers of its ZIP64 form, where that stands just before it."""
    if end.count < _U16 and end.length < _U32 and end.offset < _U32:
        return end
    at = end.at - _LOCATOR.size - _END64.size
    wide = _read(stream, at, _END64.size + _LOCATOR.size, end.at) if at >= 0 else b""
    if not wide.startswith(_END64_SIGNATURE) or not wide[_END64.size :].startswith(_LOCATOR_SIGNATURE):
        return end
    numbers = _END64.unpack_from(wide)
    return attrs.evolve(
        end, at=at, raw=wide + end.raw, count=numbers[7], length=numbers[8], offset=numbers[9]
    )


def _wide(extra: bytes, numbers: Sequence[int]) -> list[int]:
    """Return numbers with those that are 0xFFFFFFFF taken from the ZIP64 extra field. APPNOTE 4.5.3."""
    field = b""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _ZIP64_FIELD:
            field = extra[at + 4 : at + 4 + length]
            break
        at += 4 + length
    found = []
    for number in numbers:
        if number == _U32 and len(field) >= 8:  # noqa: PLR2004 - octets of a 64-bit number
            found.append(int.from_bytes(field[:8], "little"))
            field = field[8:]
        else:
            found.append(number)
    return found


def _read(stream: BinaryIO, at: int, length: int, stop: int) -> bytes:
    """Return octets of a file, no further than an offset, fewer where the file ends."""
    wanted = min(length, stop - at)
    if wanted <= 0:
        return b""  # a header may state an offset that no file can have
    stream.seek(at)
    data = b""
    while len(data) < wanted and (piece := stream.read(wanted - len(data))):
        data += piece
    return data
