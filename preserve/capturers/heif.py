"""
Is an AVIF or HEIC picture whole, and what does it say of itself? ISO/IEC 23008-12.

Whole: the boxes follow each other to the end of the file, and every stretch that the item locations
(ISO/IEC 14496-12, 8.11.3) name lies within it.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from preserve.capturers.boxes import boxes, children, full
from preserve.capturers.picture import Picture, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["walk_heif"]

_ITEMS_MOST = 10_000
_ALPHA = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"
_EXTENTS = tuple[int, int]


def walk_heif(data: bytes) -> Picture:
    """Return what the boxes of a picture say."""
    picture = Picture()
    last = 0
    for box in boxes(BytesIO(data), 0, len(data)):
        last = box.end
        if box.name == b"meta":
            _meta(picture, data, full(data[box.start : box.end])[1])
        elif box.name == b"moov":
            picture.frames = max(picture.frames, _samples(data[box.start : box.end]))
    if last != len(data):
        picture.cut(compare(last, len(data)) or f"its boxes end at octet {last} of {len(data)}")
    elif picture.width is None:
        picture.damaged("it says of no picture how large it is")
    return picture


def _meta(picture: Picture, data: bytes, meta: bytes) -> None:
    found = dict(children(meta))
    kinds = dict(_items(found.get(b"iinf", b"")))
    _properties(picture, dict(children(found.get(b"iprp", b""))).get(b"ipco", b""))
    for item, method, extents in _locations(found.get(b"iloc", b"")):
        if method > 1:
            continue
        held = data if method == 0 else found.get(b"idat", b"")
        if any(start + length > len(held) for start, length in extents):
            picture.cut("a stretch of it that its item locations name is not there")
            continue
        if kinds.get(item) == b"Exif":
            body = b"".join(held[start : start + length] for start, length in extents)
            picture.exif = body[4 + int.from_bytes(body[:4], "big") :]
        elif kinds.get(item) == b"mime":
            body = b"".join(held[start : start + length] for start, length in extents)
            picture.xmp = body if b"xmpmeta" in body else b""


def _properties(picture: Picture, container: bytes) -> None:
    """Take in the properties that items may have. ISO/IEC 23008-12, section 6.5."""
    sizes, alpha = [], False
    for name, body in children(container):
        if name == b"ispe":
            sizes.append((int.from_bytes(body[4:8], "big"), int.from_bytes(body[8:12], "big")))
        elif name == b"auxC":
            alpha |= _ALPHA in body
        elif name == b"colr" and body[:4] in {b"prof", b"rICC"}:
            picture.icc = body[4:]
    if sizes:  # tiles and thumbnails are smaller than what they make up or stand for
        picture.width, picture.height = max(sizes, key=lambda size: size[0] * size[1])
        picture.mode = "RGBA" if alpha else "RGB"


def _items(iinf: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield id and type of every item. ISO/IEC 14496-12, 8.11.6."""
    version, rest = full(iinf)
    for name, body in children(rest[4 if version else 2 :]):
        if name == b"infe":
            version, rest = full(body)
            width = 4 if version == 3 else 2  # noqa: PLR2004 - the version with long ids
            yield int.from_bytes(rest[:width], "big"), rest[width + 2 : width + 6]


def _locations(iloc: bytes) -> Iterator[tuple[int, int, list[_EXTENTS]]]:
    """Yield id, construction method and extents of every item. ISO/IEC 14496-12, 8.11.3."""
    version, rest = full(iloc)
    reader = _Reader(rest)
    widths = reader.number(2)
    offset, length, base, index = (widths >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 4 if version == 2 else 2  # noqa: PLR2004 - the version with long ids
    left = _ITEMS_MOST
    for _ in range(min(reader.number(wide), _ITEMS_MOST)):
        item = reader.number(wide)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)
        start = reader.number(base)
        extents = []
        count = min(reader.number(2), left)
        left -= count
        for _ in range(count):
            if version:
                reader.number(index)
            extents.append((start + reader.number(offset), reader.number(length)))
            if reader.at > len(rest):
                return
        yield item, method, extents


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def number(self, width: int) -> int:
        """Return the next number of so many octets."""
        self.at += width
        return int.from_bytes(self._data[self.at - width : self.at], "big")


def _samples(moov: bytes) -> int:
    """Return how many samples the longest track of a sequence has."""
    most = 0
    for name, track in children(moov):
        path = track if name == b"trak" else b""
        for step in (b"mdia", b"minf", b"stbl", b"stsz"):
            path = dict(children(path)).get(step, b"")
        most = max(most, int.from_bytes(full(path)[1][4:8], "big"))
    return most
