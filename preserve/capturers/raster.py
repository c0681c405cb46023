"""
Is a picture whole, and what does its file say about it?

Where a format's structure shows what is missing, the structure is walked and nothing is drawn: a picture
is judged in a tenth of a millisecond. Other formats are decoded. Neither sees a flipped octet in a JPEG,
or a zeroed half: that is what digests are for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.capturers.ends import missing_end
from preserve.capturers.gif import walk_gif
from preserve.capturers.heif import walk_heif
from preserve.capturers.jpeg import walk_jpeg
from preserve.capturers.picture import Picture
from preserve.capturers.png import walk_png
from preserve.capturers.webp import walk_webp
from preserve.model.inspection import Content, Inspection, Json

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FORMATS", "read_raster"]

FORMATS = {
    "image/avif": "AVIF",
    "image/bmp": "BMP",
    "image/gif": "GIF",
    "image/heic": "HEIC",
    "image/heif": "HEIF",
    "image/jp2": "JPEG2000",
    "image/jpeg": "JPEG",
    "image/jxl": "JXL",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "image/webp": "WEBP",
    "image/x-icon": "ICO",
}
_WALKS: dict[str, Callable[[bytes], Picture]] = {
    "image/avif": walk_heif,
    "image/gif": walk_gif,
    "image/heic": walk_heif,
    "image/heif": walk_heif,
    "image/jpeg": walk_jpeg,
    "image/png": walk_png,
    "image/webp": walk_webp,
}
# Tags of TIFF 6.0 and of those who extended it, in which others' metadata stand.
_XMP_TAG, _IPTC_TAG, _ICC_TAG = 700, 33_723, 34_675


def read_raster(content: Content) -> Inspection:
    """
    Return a picture's facts and problems, as docs/facts.md lists them.

    ``whole`` is True when all of the picture is there, False when not, null when that cannot be told.
    """
    content.stream.seek(0)
    data = content.stream.read()
    walk = _WALKS.get(content.media_type)
    picture = walk(data) if walk else _unwalked(content.media_type, data)
    problems = picture.problems
    facts: dict[str, Json] = {
        "format": FORMATS.get(content.media_type, content.media_type.removeprefix("image/").upper()),
        "width": picture.width,
        "height": picture.height,
        "mode": picture.mode,
        "frames": picture.frames,
        "whole": False if problems else (True if walk else None),
        "decoded": False,
    }
    if walk is None or content.pixels:
        from preserve.capturers.pixels import decode  # noqa: PLC0415 - Pillow takes 20 MB: only where needed

        decode(content.stream, content.media_type, facts, problems, perceptual=content.pixels)
    facts |= _metadata(picture)
    if picture.surplus_bytes:
        facts["surplus_bytes"] = picture.surplus_bytes
    return Inspection(facts=facts, problems=tuple(problems))


def _unwalked(media_type: str, data: bytes) -> Picture:
    picture = Picture()
    if missing := missing_end(media_type, data):
        picture.cut(missing)
    if media_type == "image/tiff":
        from preserve.capturers.exif import read_ifd  # noqa: PLC0415 - only where there are tags

        tags = read_ifd(data)
        picture.exif = data
        picture.xmp, picture.iptc, picture.icc = (
            value if isinstance(value := tags.get(tag), bytes) else b""
            for tag in (_XMP_TAG, _IPTC_TAG, _ICC_TAG)
        )
    return picture


def _metadata(picture: Picture) -> dict[str, Json]:
    """Return what the metadata state; the readers are imported when there are any."""
    facts: dict[str, Json] = {"exif": bool(picture.exif), "icc": bool(picture.icc)}
    facts |= {"iptc": bool(picture.iptc), "xmp": bool(picture.xmp)}
    if picture.icc:
        from preserve.capturers.icc import read_icc  # noqa: PLC0415 - only where there is a profile

        facts["colour_profile"] = read_icc(picture.icc)
    if not (picture.iptc or picture.xmp or picture.exif):
        return facts
    from preserve.capturers.stated import Stated  # noqa: PLC0415 - only where something is stated

    stated = Stated()
    if picture.iptc:
        from preserve.capturers.iptc import read_iptc  # noqa: PLC0415 - only where there are records

        stated.add("iptc", read_iptc(picture.iptc))
    if picture.xmp:
        from preserve.capturers.xmp import read_xmp, state_xmp  # noqa: PLC0415 - only where there is a packet

        stated.add("xmp", state_xmp(read_xmp(picture.xmp)))
    if picture.exif:
        from preserve.capturers.exif import read_exif  # noqa: PLC0415 - only where there are tags

        stated.add("exif", read_exif(picture.exif))
    facts["stated"] = stated.facts()
    return facts
