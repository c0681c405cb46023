"""Is a GIF whole, and what does it say of itself? GIF89a, by its blocks."""

from __future__ import annotations

from preserve.capturers.picture import Picture

__all__ = ["walk_gif"]

_EXTENSION, _IMAGE, _TRAILER, _APPLICATION = 0x21, 0x2C, 0x3B, 0xFF
_XMP = b"\x0bXMP DataXMP"
_XMP_TRAILER_BYTES = 258  # a run of octets that lets readers of blocks step over the packet


def walk_gif(data: bytes) -> Picture:
    """Return what the blocks of a GIF say, to its trailer."""
    picture = Picture(frames=0)
    if len(data) < 13 or data[:4] != b"GIF8":  # noqa: PLR2004 - header and logical screen descriptor
        picture.cut("its header is not all there")
        return picture
    picture.width, picture.height = (int.from_bytes(data[at : at + 2], "little") for at in (6, 8))
    picture.mode = "P"
    at = 13 + _table(data[10])
    while at < len(data):
        kind = data[at]
        if kind == _TRAILER:
            picture.surplus_bytes = len(data) - at - 1
            if not picture.frames:
                picture.damaged("it has no picture in it")
            return picture
        if kind == _EXTENSION and data[at + 1 : at + 2] == b"\xff" and data.startswith(_XMP, at + 2):
            end = data.find(b"\0\0", at + 14)
            picture.xmp = data[at + 14 : max(at + 14, end + 1 - _XMP_TRAILER_BYTES)]
        if kind == _EXTENSION:
            at = _blocks(data, at + 2)
        elif kind == _IMAGE and at + 9 < len(data):
            picture.frames += 1
            at = _blocks(data, at + 11 + _table(data[at + 9]))
        elif kind == _IMAGE:
            break
        else:
            picture.damaged(f"what stands at octet {at} is no block")
            return picture
    picture.cut("it has no trailer (3B) at its end")
    return picture


def _table(packed: int) -> int:
    """Return the length of a colour table, by the field that announces it."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _blocks(data: bytes, at: int) -> int:
    """Return where a chain of data sub-blocks ends."""
    size = len(data)
    while at < size:
        length = data[at]
        at += 1 + length
        if not length:
            break
    return at
