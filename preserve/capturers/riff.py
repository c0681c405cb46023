"""What is in a WAV, AVI or AIFF file? RIFF (Microsoft and IBM, 1991); AIFF 1.3 (Apple, 1989)."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Literal

from preserve.capturers.media import Media

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["walk_aiff", "walk_riff"]

_CHUNKS_MOST = 10_000
_BODY_MOST = 65_536
_LITTLE: Literal["little"] = "little"
_CODECS = {1: "pcm", 2: "adpcm", 3: "float", 6: "alaw", 7: "mulaw", 80: "mp2", 85: "mp3", 255: "aac"}
_INFO = {b"INAM": "title", b"IART": "creator", b"ICOP": "copyright", b"ICRD": "date", b"ICMT": "caption"}
_AIFF_TEXTS = {b"NAME": "title", b"AUTH": "creator", b"(c) ": "copyright", b"ANNO": "caption"}
_EXPONENT_BIAS = 16_383 + 63


def walk_riff(stream: BinaryIO, size: int) -> Media:
    """Return what the chunks of a WAV or AVI say; it is whole when as long as it says."""
    stream.seek(0)
    head = stream.read(12)
    media = Media(format="AVI" if head[8:12] == b"AVI " else "WAV")
    rate = 0
    for name, start, length in _chunks(stream, 12, size, _LITTLE):
        body = _body(stream, start, length)
        if name == b"fmt " and len(body) >= 16:  # noqa: PLR2004 - WAVEFORMAT
            number = [
                int.from_bytes(body[at : at + by], _LITTLE) for at, by in ((0, 2), (2, 2), (4, 4), (8, 4))
            ]
            rate = number[3]
            codec = _CODECS.get(number[0], f"{number[0]:#06x}")
            media.tracks.append(
                {"kind": "audio", "codec": codec, "channels": number[1], "sample_rate": number[2]}
            )
        elif name == b"data":
            media.lasts(length, rate)
        elif name == b"LIST" and body[:4] == b"INFO":
            media.stated.add("info", _texts(body))
        elif name == b"LIST" and body[:4] == b"hdrl":
            _headers(media, body)
    media.ends(8 + int.from_bytes(head[4:8], _LITTLE), size)
    return media


def _headers(media: Media, body: bytes) -> None:
    """Take in the headers of an AVI: the whole file's, and those of its streams."""
    for name, start, length in _chunks(BytesIO(body), 4, len(body), _LITTLE):
        held = body[start : start + length]
        if name == b"avih" and len(held) >= 40:  # noqa: PLR2004 - AVIMAINHEADER
            each, frames = (int.from_bytes(held[at : at + 4], _LITTLE) for at in (0, 16))
            media.lasts(each * frames, 1_000_000)
        elif name == b"LIST" and held[:4] == b"strl" and held[4:8] == b"strh":
            kind = {b"vids": "video", b"auds": "audio", b"txts": "text"}.get(held[12:16], "other")
            codec = held[16:20].decode("latin-1").strip("\0 ")
            media.tracks.append({"kind": kind, "codec": codec if codec.isprintable() else ""})


def _texts(body: bytes) -> Iterator[tuple[str, str]]:
    for name, start, length in _chunks(BytesIO(body), 4, len(body), _LITTLE):
        if name in _INFO:
            yield _INFO[name], body[start : start + length].partition(b"\0")[0].decode("latin-1")


def walk_aiff(stream: BinaryIO, size: int) -> Media:
    """Return what the chunks of an AIFF say; it is whole when as long as it says."""
    media = Media(format="AIFF")
    stream.seek(0)
    stated = 8 + int.from_bytes(stream.read(8)[4:], "big")
    for name, start, length in _chunks(stream, 12, size, "big"):
        body = _body(stream, start, length)
        if name == b"COMM" and len(body) >= 18:  # noqa: PLR2004 - a common chunk
            # The rate is a float of 80 bits: 15 of exponent, 64 of mantissa.
            exponent = min(int.from_bytes(body[8:10], "big"), _EXPONENT_BIAS)
            rate = int.from_bytes(body[10:18], "big") * 2.0 ** (exponent - _EXPONENT_BIAS)
            media.lasts(int.from_bytes(body[2:6], "big"), rate)
            codec = body[18:22].decode("latin-1") if length > 18 else "pcm"  # noqa: PLR2004 - AIFF-C says more
            channels = int.from_bytes(body[:2], "big")
            media.tracks.append(
                {"kind": "audio", "codec": codec, "channels": channels, "sample_rate": int(rate)}
            )
        elif name in _AIFF_TEXTS:
            media.stated.add("aiff", ((_AIFF_TEXTS[name], body.decode("latin-1")),))
    media.ends(stated, size)
    return media


def _body(stream: BinaryIO, start: int, length: int) -> bytes:
    stream.seek(start)
    return stream.read(min(length, _BODY_MOST))


def _chunks(
    stream: BinaryIO, at: int, end: int, order: Literal["little", "big"]
) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, begin and length of the chunks of a stretch."""
    for _ in range(_CHUNKS_MOST):
        stream.seek(at)
        head = stream.read(8)
        if at + 8 > end or len(head) < 8:  # noqa: PLR2004 - a name and a length
            return
        length = int.from_bytes(head[4:], order)
        yield head[:4], at + 8, length
        at += 8 + length + length % 2
