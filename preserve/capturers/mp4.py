"""What is in an MP4 or QuickTime file? ISO/IEC 14496-12, sections 8.2 to 8.5; QuickTime File Format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.capturers.boxes import boxes, children, full
from preserve.capturers.media import Media

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from preserve.model.inspection import Json

__all__ = ["walk_mp4"]

_MOOV_MOST = 16 << 20
_TRACKS_MOST = 100
_KINDS = {b"vide": "video", b"soun": "audio", b"text": "text", b"sbtl": "text", b"subt": "text"}
_STATED = {
    b"\xa9nam": "title",
    b"\xa9ART": "creator",
    b"\xa9day": "date",
    b"\xa9cmt": "caption",
    b"desc": "caption",
    b"cprt": "copyright",
    b"\xa9cpy": "copyright",
    b"\xa9too": "software",
}


def walk_mp4(stream: BinaryIO, size: int) -> Media:
    """Return what the boxes of a file say; it is whole when they reach its end and a movie is among them."""
    media = Media(format="MP4")
    last, movie = 0, False
    for box in boxes(stream, 0, size):
        last = box.end
        if box.name == b"ftyp":
            stream.seek(box.start)
            media.format = "QuickTime" if stream.read(4) == b"qt  " else "MP4"
        elif box.name == b"moov":
            movie = True
            stream.seek(box.start)
            _movie(media, stream.read(min(box.end - box.start, _MOOV_MOST)))
    media.ends(last, size)
    if last < size:
        media.cut(f"its boxes end at octet {last} of {size}")
    elif not movie:
        media.cut("it has no movie box, which says what is in it")
    return media


def _movie(media: Media, moov: bytes) -> None:
    for name, body in children(moov):
        if name == b"mvhd":
            version, rest = full(body)
            wide = 8 if version else 4
            scale = int.from_bytes(rest[2 * wide : 2 * wide + 4], "big")
            media.lasts(int.from_bytes(rest[2 * wide + 4 : 3 * wide + 4], "big"), scale)
        elif name == b"trak" and len(media.tracks) < _TRACKS_MOST:
            media.tracks.append(_track(body))
        elif name == b"udta":
            media.stated.add("udta", _statements(body))


def _track(trak: bytes) -> dict[str, Json]:
    """Return ``kind``, ``codec`` and what fits the kind: size, or channels and rate; and ``language``."""
    mdia = dict(children(dict(children(trak)).get(b"mdia", b"")))
    kind = _KINDS.get(mdia.get(b"hdlr", b"")[8:12], "other")
    entry = dict(children(dict(children(mdia.get(b"minf", b""))).get(b"stbl", b""))).get(b"stsd", b"")[8:]
    found: dict[str, Json] = {"kind": kind, "codec": entry[4:8].decode("latin-1").strip()}
    if kind == "video":
        found |= {
            name: int.from_bytes(entry[at : at + 2], "big") for name, at in (("width", 32), ("height", 34))
        }
    elif kind == "audio":
        found["channels"] = int.from_bytes(entry[24:26], "big")
        found["sample_rate"] = int.from_bytes(entry[32:34], "big")
    version, header = full(mdia.get(b"mdhd", b""))
    code = int.from_bytes(header[28:30] if version else header[16:18], "big")
    letters = [(code >> shift & 31) + 0x60 for shift in (10, 5, 0)]
    if all(0x61 <= letter <= 0x7A for letter in letters):  # noqa: PLR2004 - a to z
        found["language"] = bytes(letters).decode()
    return found


def _statements(udta: bytes) -> Iterator[tuple[str, str]]:
    """Yield what the list of Apple's metadata, or QuickTime's own texts, state."""
    meta = full(dict(children(udta)).get(b"meta", b""))[1]
    for name, body in children(dict(children(meta)).get(b"ilst", b"")):
        value = dict(children(body)).get(b"data", b"")
        if name in _STATED and value[:4] == b"\0\0\0\1":  # a text in UTF-8
            yield _STATED[name], value[8:].decode("utf-8", "replace")
    for name, body in children(udta):
        if name in _STATED and name[:1] == b"\xa9":  # two octets of length, two of language
            length = int.from_bytes(body[:2], "big")
            yield _STATED[name], body[4 : 4 + length].decode("utf-8", "replace")
