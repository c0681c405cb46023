"""What is in an MP3, Ogg or FLAC file? ID3 2.4; ISO/IEC 11172-3; RFC 3533; RFC 7845; RFC 9639."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from preserve.capturers.media import Media

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["walk_flac", "walk_mp3", "walk_ogg"]

_TAG_MOST = 1 << 20
_PAGES_MOST = 50_000
_COMMENTS_MOST = 1_000
_COMMENTS = {
    "TITLE": "title",
    "ARTIST": "creator",
    "DATE": "date",
    "COPYRIGHT": "copyright",
    "LICENSE": "terms",
    "DESCRIPTION": "caption",
}
_FRAMES = {
    b"TIT2": "title",
    b"TPE1": "creator",
    b"TCOP": "copyright",
    b"TDRC": "date",
    b"TYER": "date",
    b"TENC": "software",
}
_ENCODINGS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
# ISO/IEC 11172-3, 2.4.2.3, and 13818-3: kbit/s of layer III, of version 1 and of the others; sampling rates
_BITRATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
)
_RATES = (44_100, 48_000, 32_000, 0)
_HALVED = (2, 0, 1, 0)  # of version 2.5, none, 2 and 1
_SYNC = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xeb]")
_MONO, _VERSION_1, _EOS = 3, 3, 4
_FLAC_BLOCKS_MOST = 128


def walk_mp3(stream: BinaryIO, size: int) -> Media:
    """Return what the tag and the first frame say. MP3 has no end of its own: only a Xing header tells."""
    media = Media(format="MP3")
    stream.seek(0)
    head = stream.read(10)
    start = 0
    if head[:3] == b"ID3":
        length = _synchsafe(head[6:10])
        media.stated.add("id3", _id3(stream.read(min(length, _TAG_MOST)), head[3]))
        start = 10 + length
    stream.seek(start)
    found = _SYNC.search(data := stream.read(65_536))
    if found is None:
        media.cut("no frame of sound stands where the first one should")
        return media
    at = found.start()
    first = int.from_bytes(data[at : at + 4], "big")
    version, mono = first >> 19 & 3, first >> 6 & 3 == _MONO
    rate = _RATES[first >> 10 & 3] >> _HALVED[version]
    bitrate = _BITRATES[version != _VERSION_1][first >> 12 & 15]
    media.tracks.append({"kind": "audio", "codec": "mp3", "channels": 1 if mono else 2, "sample_rate": rate})
    side = (17 if mono else 32) if version == _VERSION_1 else (9 if mono else 17)
    xing = data[at + 4 + side : at + 20 + side]
    if xing[:4] in {b"Xing", b"Info"} and xing[7] & 1:
        frames = int.from_bytes(xing[8:12], "big")
        media.lasts(frames * (1152 if version == _VERSION_1 else 576), rate)
        if xing[7] & 2:
            media.ends(start + at + int.from_bytes(xing[12:16], "big"), size)
    else:
        media.lasts((size - start - at) * 8, bitrate * 1000)
    return media


def _synchsafe(octets: bytes) -> int:
    """ID3 2.4, section 6.2: seven bits of each octet count."""
    return sum((octet & 127) << 7 * place for place, octet in enumerate(reversed(octets)))


def _id3(tag: bytes, version: int) -> Iterator[tuple[str, str]]:
    at = 0
    while tag[at : at + 1].isalpha() and version > 2:  # noqa: PLR2004 - older ones have shorter names
        size = tag[at + 4 : at + 8]
        length = _synchsafe(size) if version > 3 else int.from_bytes(size, "big")  # noqa: PLR2004 - since 2.4
        name, body = tag[at : at + 4], tag[at + 10 : at + 10 + length]
        if name in _FRAMES and body:
            yield _FRAMES[name], body[1:].decode(_ENCODINGS.get(body[0], "latin-1"), "replace").strip("\0")
        at += 10 + length


def walk_ogg(stream: BinaryIO, size: int) -> Media:
    """Return what the pages say; it is whole when they reach its end and the last one ends its stream."""
    media = Media(format="Ogg")
    rates: dict[bytes, int] = {}
    at, last, granules = 0, 0, {}
    for _ in range(_PAGES_MOST):
        stream.seek(at)
        head = stream.read(27)
        if len(head) < 27 or head[:4] != b"OggS":  # noqa: PLR2004 - a page header
            break
        table = stream.read(head[26])
        body = sum(table)
        serial, last = head[14:18], head[5]
        granules[serial] = int.from_bytes(head[6:14], "little", signed=True)
        if head[18:22] in {b"\0\0\0\0", b"\1\0\0\0"}:
            _ogg_start(media, stream.read(min(body, _TAG_MOST)), serial, rates)
        at += 27 + len(table) + body
    if at != size:
        media.cut(f"its pages end at octet {at} of {size}")
    elif last & _EOS:
        media.whole = True
    durations = [granules[serial] / rate for serial, rate in rates.items()]
    media.lasts(max(durations, default=0), 1)
    return media


def _ogg_start(media: Media, body: bytes, serial: bytes, rates: dict[bytes, int]) -> None:
    """Take in the first packets of a stream: what it is, and what its comments state."""
    if body[:8] == b"OpusHead":
        rates[serial] = 48_000  # RFC 7845, section 4: whatever the original was
        media.tracks.append({"kind": "audio", "codec": "opus", "channels": body[9], "sample_rate": 48_000})
    elif body[:7] == b"\1vorbis" and len(body) >= 16:  # noqa: PLR2004 - to the rate
        rates[serial] = rate = int.from_bytes(body[12:16], "little")
        media.tracks.append({"kind": "audio", "codec": "vorbis", "channels": body[11], "sample_rate": rate})
    elif body[:7] == b"\x80theora" and len(body) >= 20:  # noqa: PLR2004 - to the picture's size
        wide, high = (int.from_bytes(body[at : at + 3], "big") for at in (14, 17))
        media.tracks.append({"kind": "video", "codec": "theora", "width": wide, "height": high})
    elif body[:8] == b"OpusTags" or body[:7] == b"\3vorbis":
        media.stated.add("comment", _comments(body[8 if body[:1] == b"O" else 7 :]))


def walk_flac(stream: BinaryIO, size: int) -> Media:
    """Return what the metadata blocks say. Whether all frames are there is seen by decoding only."""
    media = Media(format="FLAC")
    stream.seek(4)
    for _ in range(_FLAC_BLOCKS_MOST):
        head = stream.read(4)
        length = int.from_bytes(head[1:], "big")
        if len(head) < 4 or stream.tell() + length > size:  # noqa: PLR2004 - a block's header
            media.cut("a block of its metadata ends beyond it")
            break
        body = stream.read(length)
        if head[0] & 127 == 0 and len(body) >= 18:  # noqa: PLR2004 - RFC 9639, 8.2
            packed = int.from_bytes(body[10:18], "big")
            rate, channels = packed >> 44, (packed >> 41 & 7) + 1
            media.lasts(packed & (1 << 36) - 1, rate)
            media.tracks.append({"kind": "audio", "codec": "flac", "channels": channels, "sample_rate": rate})
        elif head[0] & 127 == 4:  # noqa: PLR2004 - RFC 9639, 8.6
            media.stated.add("comment", _comments(body))
        if head[0] >> 7:
            break
    return media


def _comments(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield what Vorbis comments state. Ogg Vorbis I, section 5."""
    at = 4 + int.from_bytes(body[:4], "little")
    count = int.from_bytes(body[at : at + 4], "little")
    at += 4
    for _ in range(min(count, _COMMENTS_MOST)):
        length = int.from_bytes(body[at : at + 4], "little")
        name, _, value = body[at + 4 : at + 4 + length].decode("utf-8", "replace").partition("=")
        if ours := _COMMENTS.get(name.upper()):
            yield ours, value
        at += 4 + length
