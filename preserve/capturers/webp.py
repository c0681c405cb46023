"""Is a WebP whole, and what does it say of itself? RFC 9649, section 2."""

from __future__ import annotations

from preserve.capturers.picture import Picture, compare

__all__ = ["walk_webp"]

_CHUNKS_MOST = 100_000
_ALPHA, _EXTENDED_BYTES, _FRAME_BYTES = 0x10, 10, 16


def walk_webp(data: bytes) -> Picture:
    """Return what the chunks of a WebP say."""
    picture = Picture()
    end = 8 + int.from_bytes(data[4:8], "little")
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        picture.damaged("it does not begin as a WebP does")
        return picture
    if missing := compare(end, len(data)):
        picture.cut(missing)
    picture.surplus_bytes = max(0, len(data) - end)
    frames, drawn = _chunks(picture, data, 12, min(end, len(data)))
    picture.frames = frames or 1
    if not (drawn or frames) or not picture.width:
        picture.damaged("it has no picture in it")
    return picture


def _chunks(picture: Picture, data: bytes, at: int, end: int) -> tuple[int, bool]:
    """Take in the chunks of a stretch; return how many frames it has, and whether it draws."""
    frames, drawn = 0, False
    for _ in range(_CHUNKS_MOST):
        if at + 8 > end:
            break
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        start, at = at + 8, at + 8 + size + size % 2
        if start + size > end:
            picture.cut(
                f"its chunk at octet {start - 8} says it has {size} bytes, and {end - start} are there"
            )
        if name == b"ANMF":
            frames += 1
            if not _chunks(Picture(), data, start + _FRAME_BYTES, min(at, end))[1]:
                picture.damaged(f"the frame at octet {start} has no picture in it")
        drawn |= name in {b"VP8 ", b"VP8L"}
        _chunk(picture, name, data[start : min(start + size, end)])
    return frames, drawn


def _chunk(picture: Picture, name: bytes, body: bytes) -> None:
    if name == b"VP8X" and len(body) >= _EXTENDED_BYTES:
        picture.width, picture.height = (1 + int.from_bytes(body[at : at + 3], "little") for at in (4, 7))
        picture.mode = "RGBA" if body[0] & _ALPHA else "RGB"
    elif name == b"VP8L" and picture.width is None and len(body) >= 5:  # noqa: PLR2004 - 2F and 32 bits
        bits = int.from_bytes(body[1:5], "little")
        picture.width, picture.height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        picture.mode = "RGBA" if bits >> 28 & 1 else "RGB"
    elif name == b"VP8 " and picture.width is None and body[3:6] == b"\x9d\x01\x2a":  # RFC 6386, 9.1
        picture.width, picture.height = (
            int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8)
        )
        picture.mode = "RGB"
    elif name == b"EXIF":
        picture.exif = body.removeprefix(b"Exif\0\0")
    elif name == b"XMP ":
        picture.xmp = body
    elif name == b"ICCP":
        picture.icc = body
