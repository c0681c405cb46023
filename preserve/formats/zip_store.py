"""
How are files put into a ZIP that is the same octet by octet every time?

docs/format/package-1.md, section 14; field by field after APPNOTE 6.3.10, section 4.3. Every entry
is stored, so its size is known beforehand; its CRC-32 is not, and is written into the local header
after the data has passed (the output must be seekable; no data descriptors).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ZipEntry", "ZipWritten", "central_header", "end_record", "local_header", "write_zip"]

ZipEntry: TypeAlias = tuple[str, int, Callable[[], BinaryIO]]
"""Name with ``/``, size in octets, and what opens the file; every stream is closed after use."""

_U16 = 0xFFFF
_U32 = 0xFFFFFFFF
_PLAIN, _ZIP64 = 20, 45
_UNIX = 3 << 8
_DATE = 33  # 1980-01-01
_ATTRIBUTES = 0x81A40000  # a regular file, 0644
_CRC_AT = 14
_PIECE_BYTES = 1 << 18
_NAME = re.compile(r"[\x21-\x7e]+")

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_END = struct.Struct("<4sHHHHIIH")


@attrs.frozen(kw_only=True)
class ZipWritten:
    """An entry as it stands in a file: what its headers say."""

    name: bytes
    size: int
    crc: int
    offset: int


def write_zip(out: BinaryIO, entries: Iterable[ZipEntry]) -> None:
    """
    Write a ZIP file of stored entries, sorted by name.

    Args:
        out: Seekable; where it stands is the first octet of the ZIP. Left at its end, open.
        entries: In any order. Each is read once, front to back.

    Raises:
        ValueError: If a name is not relative printable ASCII or stands twice, or a stream is not as
            long as its entry says.
    """
    base = out.tell()
    offset = 0
    written: list[ZipWritten] = []
    for name, size, opened in _in_order(entries):
        crc = _write_entry(out, name, size, opened, base + offset)
        written.append(ZipWritten(name=name, size=size, crc=crc, offset=offset))
        offset += len(local_header(name, size, crc)) + size
    length = sum(out.write(central_header(entry)) for entry in written)
    out.write(end_record(len(written), length, offset))


def _in_order(entries: Iterable[ZipEntry]) -> Iterator[tuple[bytes, int, Callable[[], BinaryIO]]]:
    before = ""
    for name, size, opened in sorted(entries, key=lambda entry: entry[0]):
        parts = name.split("/")
        if _NAME.fullmatch(name) is None or "\\" in name or {"", ".", ".."} & set(parts) or len(name) > _U16:
            raise ValueError(f"{name!r:.200} cannot be the name of a ZIP entry")
        if name == before:
            raise ValueError(f"{name!r} stands twice")
        before = name
        yield name.encode("ascii"), size, opened


def _write_entry(out: BinaryIO, name: bytes, size: int, opened: Callable[[], BinaryIO], at: int) -> int:
    """Write local header and data; return the CRC-32."""
    out.write(local_header(name, size, 0))
    crc, left = 0, size
    with opened() as stream:
        while data := stream.read(_PIECE_BYTES):
            left -= len(data)
            if left < 0:
                break
            crc = zlib.crc32(data, crc)
            out.write(data)
    if left:
        more = "longer" if left < 0 else "shorter"
        raise ValueError(f"{name.decode()} is {more} than the {size} bytes it should have")
    end = out.tell()
    out.seek(at + _CRC_AT)
    out.write(struct.pack("<I", crc))
    out.seek(end)
    return crc


def local_header(name: bytes, size: int, crc: int) -> bytes:
    """Return the local file header of a stored entry. APPNOTE 4.3.7."""
    # 4.5.3: in a local header the ZIP64 field must hold both sizes.
    extra = struct.pack("<HHQQ", 1, 16, size, size) if size >= _U32 else b""
    version = _ZIP64 if extra else _PLAIN
    shown = min(size, _U32)
    return (
        _LOCAL.pack(b"PK\3\4", version, 0, 0, 0, _DATE, crc, shown, shown, len(name), len(extra))
        + name
        + extra
    )


def central_header(entry: ZipWritten) -> bytes:
    """Return a central directory header. APPNOTE 4.3.12; of the ZIP64 field only what is needed."""
    wide = [entry.size, entry.size] if entry.size >= _U32 else []
    wide += [entry.offset] if entry.offset >= _U32 else []
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    version = _ZIP64 if extra else _PLAIN
    size, offset = min(entry.size, _U32), min(entry.offset, _U32)
    numbers = (len(entry.name), len(extra), 0, 0, 0, _ATTRIBUTES, offset)
    return (
        _CENTRAL.pack(b"PK\1\2", _UNIX | version, version, 0, 0, 0, _DATE, entry.crc, size, size, *numbers)
        + entry.name
        + extra
    )


def end_record(count: int, length: int, offset: int) -> bytes:
    """Return the end of the central directory, in ZIP64 form too where needed. APPNOTE 4.3.14 to 4.3.16."""
    end = _END.pack(
        b"PK\5\6", 0, 0, min(count, _U16), min(count, _U16), min(length, _U32), min(offset, _U32), 0
    )
    if count < _U16 and length < _U32 and offset < _U32:
        return end
    end64 = _END64.pack(
        b"PK\6\6", _END64.size - 12, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, length, offset
    )
    return end64 + _LOCATOR.pack(b"PK\6\7", 0, offset + length, 1) + end
