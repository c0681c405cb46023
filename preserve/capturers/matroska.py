"""What is in a WebM or Matroska file? RFC 8794 (EBML); RFC 9559."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

from preserve.capturers.media import Media

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from preserve.model.inspection import Json

__all__ = ["walk_matroska"]

_EBML, _SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_DOCTYPE, _SCALE, _DURATION, _TRACK = 0x4282, 0x2AD7B1, 0x4489, 0xAE
_KIND, _CODEC, _LANGUAGE, _VIDEO, _AUDIO = 0x83, 0x86, 0x22B59C, 0xE0, 0xE1
_WIDTH, _HEIGHT, _RATE, _CHANNELS = 0xB0, 0xBA, 0xB5, 0x9F
_STATED = {0x7BA9: "title", 0x4D80: "software", 0x5741: "software"}
_KINDS = {1: "video", 2: "audio", 17: "text"}
_ELEMENTS_MOST = 20_000
_PART_MOST = 4 << 20
_SCALE_DEFAULT = 1_000_000
_TRACKS_MOST = 100
_WIDEST = 8


def walk_matroska(stream: BinaryIO, size: int) -> Media:
    """Return what the elements of a file say; whether it is whole not where its length is open."""
    media = Media(format="Matroska")
    for name, start, end, known in _elements(stream, 0, size):
        if name == _EBML:
            held = dict(_children(stream, start, end))
            media.format = "WebM" if held.get(_DOCTYPE, b"").rstrip(b"\0") == b"webm" else "Matroska"
        elif name == _SEGMENT:
            if known:
                media.ends(end, size)
            _segment(media, stream, start, min(end, size))
            break
    else:
        media.cut("it has no segment")
    return media


def _segment(media: Media, stream: BinaryIO, at: int, size: int) -> None:
    for name, start, end, known in _elements(stream, at, size):
        if name == _INFO:
            held = dict(_children(stream, start, end))
            scale = _number(held.get(_SCALE, b"")) or _SCALE_DEFAULT
            media.lasts(_float(held.get(_DURATION, b"")) * scale, 1e9)
            texts = ((ours, held.get(key, b"").decode("utf-8", "replace")) for key, ours in _STATED.items())
            media.stated.add("info", texts)
        elif name == _TRACKS:
            entries = (body for key, body in _children(stream, start, end) if key == _TRACK)
            media.tracks += [_track(body) for body, _ in zip(entries, range(_TRACKS_MOST), strict=False)]
        elif name == _CLUSTER and not known:
            return  # what follows an open cluster is found by reading all of it


def _track(body: bytes) -> dict[str, Json]:
    held = dict(_children(BytesIO(body), 0, len(body)))
    found: dict[str, Json] = {
        "kind": _KINDS.get(_number(held.get(_KIND, b"")), "other"),
        "codec": held.get(_CODEC, b"").decode("latin-1").rstrip("\0"),
    }
    if _VIDEO in held:
        inner = dict(_children(BytesIO(held[_VIDEO]), 0, len(held[_VIDEO])))
        found |= {
            name: _number(inner.get(key, b"")) for name, key in (("width", _WIDTH), ("height", _HEIGHT))
        }
    if _AUDIO in held:
        inner = dict(_children(BytesIO(held[_AUDIO]), 0, len(held[_AUDIO])))
        found["channels"] = _number(inner.get(_CHANNELS, b"\1"))
        found["sample_rate"] = int(_float(inner.get(_RATE, b"")) or 8000)  # RFC 9559, 5.1.4.1.29.1
    if _LANGUAGE in held:
        found["language"] = held[_LANGUAGE].decode("latin-1").rstrip("\0")
    return found


def _number(data: bytes) -> int:
    """Return an unsigned integer; RFC 8794, 7.2: it has eight octets at most."""
    return int.from_bytes(data[:_WIDEST], "big")


def _float(data: bytes) -> float:
    """Return a float of four or eight octets; 0 for anything that is no such number."""
    if len(data) not in {4, 8}:
        return 0.0
    value = float(struct.unpack(">f" if len(data) == 4 else ">d", data)[0])  # noqa: PLR2004 - as above
    return value if 0 <= value < 1e18 else 0.0  # noqa: PLR2004 - and neither infinite nor no number


def _children(stream: BinaryIO, at: int, end: int) -> Iterator[tuple[int, bytes]]:
    for name, start, finish, _ in _elements(stream, at, end):
        stream.seek(start)
        yield name, stream.read(min(finish - start, _PART_MOST))


def _elements(stream: BinaryIO, at: int, end: int) -> Iterator[tuple[int, int, int, bool]]:
    """Yield id, begin and end of the elements of a stretch, and whether the length is known."""
    for _ in range(_ELEMENTS_MOST):
        stream.seek(at)
        head = stream.read(12)
        wide = _WIDEST + 1 - head[0].bit_length() if head and head[0] else 0
        if at >= end or not wide or wide >= len(head) or not head[wide]:
            return
        long = _WIDEST + 1 - head[wide].bit_length()
        start = at + wide + long
        size = int.from_bytes(head[wide : wide + long], "big") & (1 << 7 * long) - 1
        known = size != (1 << 7 * long) - 1
        finish = start + size if known else end
        yield int.from_bytes(head[:wide], "big"), start, finish, known
        at = finish
