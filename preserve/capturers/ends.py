"""Is the end of a picture there, in formats whose structure does not show all that is missing?"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

from preserve.capturers.boxes import boxes
from preserve.capturers.picture import compare

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["missing_end"]

_ENTRY_BYTES = 16
_ENTRIES_MOST = 256


def missing_end(media_type: str, data: bytes) -> str:
    """Return in words what a picture lacks at its end; empty if nothing, or if its type does not say."""
    check = _ENDS.get(media_type)
    return check(data) if check else ""


def _bmp(data: bytes) -> str:
    """BITMAPFILEHEADER: octets 2 to 5 are the file's size; some writers leave 0 there."""
    return compare(int.from_bytes(data[2:6], "little"), len(data))


def _boxes(data: bytes) -> str:
    """ISO/IEC 15444-1, annex I: boxes follow each other to the end of the file."""
    if data[:4] == b"\xff\x4f\xff\x51":  # a bare codestream, which ends with EOC (annex A)
        return "" if data.endswith(b"\xff\xd9") else "it has no EOC marker at its end"
    last = 0
    for box in boxes(BytesIO(data), 0, len(data)):
        last = box.end
    return compare(last, len(data)) or ("" if last == len(data) else f"its boxes end at octet {last}")


def _icon(data: bytes) -> str:
    """ICONDIR: each entry of 16 octets ends with length and offset of its picture."""
    count = min(int.from_bytes(data[4:6], "little"), _ENTRIES_MOST)
    entries = [data[at : at + _ENTRY_BYTES] for at in range(6, 6 + _ENTRY_BYTES * count, _ENTRY_BYTES)]
    ends = [sum(struct.unpack("<II", entry[8:])) for entry in entries if len(entry) == _ENTRY_BYTES]
    if len(ends) != len(entries) or not ends:
        return "its list of pictures is not all there"
    return compare(max(ends), len(data))


_ENDS: dict[str, Callable[[bytes], str]] = {
    "image/bmp": _bmp,
    "image/jp2": _boxes,
    "image/jxl": lambda data: "" if data[:1] == b"\xff" else _boxes(data),
    "image/x-icon": _icon,
}
