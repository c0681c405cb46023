"""
Is a PNG whole, and what does it say of itself? PNG 3, sections 5 and 11.

Every chunk's CRC is compared, and nothing is inflated but metadata: what is cut or changed anywhere is
seen, but for a file from which whole IDAT chunks were taken out.
"""

from __future__ import annotations

import struct
import zlib

from preserve.capturers.picture import Picture

__all__ = ["inflate", "walk_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">II2x3x")
# Section 11.2.1: colour type and bits of a sample; in Pillow's words.
_MODES = {0: "L", 2: "RGB", 3: "P", 4: "LA", 6: "RGBA"}
_DEEP = 16
_IHDR_BYTES = 13
_METADATA_MOST = 4 << 20
_CHUNKS_MOST = 200_000


def walk_png(data: bytes) -> Picture:
    """Return what the chunks of a PNG say."""
    picture = Picture()
    if data[:8] != _SIGNATURE:
        picture.damaged("it does not begin as a PNG does")
        return picture
    view = memoryview(data)
    at, drawn, end = 8, False, 8
    for _ in range(_CHUNKS_MOST):
        length = int.from_bytes(view[at : at + 4], "big")
        end = at + 12 + length
        if at + 12 > len(data) or end > len(data):
            picture.cut("it has no IEND chunk at its end")
            return picture
        name = data[at + 4 : at + 8]
        if zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
            picture.damaged(f"the CRC of the chunk at octet {at} does not hold")
            return picture
        if at == 8 and name != b"IHDR":  # noqa: PLR2004 - behind the signature
            picture.damaged("its first chunk is not IHDR")
            return picture
        if name == b"IEND":
            break
        drawn |= name == b"IDAT"
        if name not in {b"IDAT", b"fdAT"}:
            _chunk(picture, name, data[at + 8 : end - 4])
        at = end
    else:
        picture.damaged(f"it has more than {_CHUNKS_MOST} chunks")
    picture.surplus_bytes = len(data) - end
    if not drawn or not picture.width or not picture.height:
        picture.damaged("it has no picture in it")
    return picture


def _chunk(picture: Picture, name: bytes, body: bytes) -> None:
    if name == b"IHDR" and len(body) == _IHDR_BYTES:
        picture.width, picture.height = _HEADER.unpack(body)
        depth, colour = body[8], body[9]
        picture.mode = "1" if (depth, colour) == (1, 0) else _MODES.get(colour)
        if depth == _DEEP and not colour:
            picture.mode = "I;16"
    elif name == b"acTL":
        picture.frames = max(1, int.from_bytes(body[:4], "big"))
    elif name == b"eXIf":
        picture.exif = body
    elif name == b"iCCP":
        picture.icc = inflate(body.partition(b"\0")[2][1:], _METADATA_MOST)
    elif name == b"iTXt" and body.startswith(b"XML:com.adobe.xmp\0"):
        rest = body[18:]
        text = rest[2:].split(b"\0", 2)[-1]
        picture.xmp = inflate(text, _METADATA_MOST) if rest[:1] == b"\1" else text


def inflate(data: bytes, most: int) -> bytes:
    """Return what a zlib stream holds, at most so much; empty if it is none."""
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error:
        return b""
