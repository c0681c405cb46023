"""Which pictures, whole and damaged in named ways, are in the corpus?"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms

from tests.capturers.corpus_case import Case

__all__ = ["PICTURES"]

Image.init()
_SIZE = (160, 120)


def _picture(mode: str = "RGB") -> Image.Image:
    picture = Image.effect_mandelbrot(_SIZE, (-2, -1.2, 1, 1.2), 60).convert(mode)
    if mode == "RGBA":
        picture.putalpha(
            Image.linear_gradient("L").resize(_SIZE)
        )  # what is opaque all over is stored without
    return picture


def _encoded(name: str, mode: str = "RGB", frames: int = 1, **how: Any) -> bytes:
    out = io.BytesIO()
    others = [_picture(mode).rotate(90 * turn) for turn in range(1, frames)]
    more = {"save_all": True, "append_images": others} if frames > 1 else {}
    _picture(mode).save(out, name, **more, **how)
    return out.getvalue()


def _iptc(*fields: tuple[int, bytes]) -> bytes:
    """Return a segment of Photoshop's with these data sets."""
    records = b"".join(b"\x1c\x02" + struct.pack(">BH", number, len(text)) + text for number, text in fields)
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records + bytes(len(records) % 2)
    body = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", 2 + len(body)) + body


_XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 photoshop:Credit="The Agency"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">A quay</rdf:li></rdf:Alt>
</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"""
_EXIF = Image.Exif()
_EXIF[0x010E] = "A quay"
_EXIF[0x013B] = "Jane Roe"
_EXIF[0x8298] = "Jane Roe, 2019"
_EXIF.get_ifd(0x8769)[0x9003] = "2019:05:01 10:20:30"
_EXIF.get_ifd(0x8825).update({1: "N", 2: (54.0, 30.0, 0.0), 3: "W", 4: (1.0, 15.0, 0.0)})
_ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

_JPEG = _encoded("JPEG")
_TOLD = _encoded("JPEG", exif=_EXIF, icc_profile=_ICC, xmp=_XMP)
_TOLD = _TOLD[:2] + _iptc((80, b"Jane Roe"), (116, "© The Agency".encode()), (55, b"20190501")) + _TOLD[2:]
_PNG, _GIF, _WEBP, _AVIF = (_encoded(name) for name in ("PNG", "GIF", "WEBP", "AVIF"))
_BMP, _ICO, _JP2, _TIFF = (_encoded(name) for name in ("BMP", "ICO", "JPEG2000", "TIFF"))
_CUT, _DAMAGED, _UNREADABLE = "image.truncated", "image.damaged", "image.unreadable"


def _whole(name: str, mode: str, **more: Any) -> dict[str, Any]:
    return {"format": name, "width": 160, "height": 120, "mode": mode, "whole": True} | more


def _without(data: bytes, marker: bytes) -> bytes:
    """Return a JPEG without its first segment of a kind."""
    at = data.index(marker)
    return data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]


def _large_png() -> bytes:
    """Return a PNG that says it is 60 000 pixels wide and high."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return _PNG[:12] + header + struct.pack(">I", zlib.crc32(header)) + _PNG[33:]


def _in_pieces(kept: int) -> bytes:
    """Return the PNG with its picture in four IDAT chunks, of which some are kept."""
    at = _PNG.index(b"IDAT")
    size = int.from_bytes(_PNG[at - 4 : at], "big")
    body, rest = _PNG[at + 4 : at + 4 + size], _PNG[at + 8 + size :]
    chunks = []
    for piece in range(4):
        chunk = b"IDAT" + body[piece * size // 4 : (piece + 1) * size // 4]
        chunks.append(struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)))
    return _PNG[: at - 4] + b"".join(chunks[:kept]) + rest


_NOT = {"whole": False}
PICTURES: dict[str, Case] = {
    "jpeg": Case(_JPEG, _whole("JPEG", "RGB", decoded=False, exif=False)),
    "jpeg-pixels": Case(_JPEG, _whole("JPEG", "RGB", decoded=True), pixels=True),
    "jpeg-grey": Case(_encoded("JPEG", "L"), _whole("JPEG", "L")),
    "jpeg-cmyk": Case(_encoded("JPEG", "CMYK"), _whole("JPEG", "CMYK")),
    "jpeg-progressive": Case(_encoded("JPEG", progressive=True), _whole("JPEG", "RGB")),
    "jpeg-told": Case(
        _TOLD,
        _whole(
            "JPEG",
            "RGB",
            exif=True,
            xmp=True,
            iptc=True,
            icc=True,
            stated={
                "caption": "A quay",
                "creator": "Jane Roe",
                "credit": "The Agency",
                "copyright": "© The Agency",
                "date": "20190501",
                "position": "54.500000, -1.250000",
            },
        ),
    ),
    "jpeg-told-cut": Case(_TOLD[:400], _NOT, (_CUT,)),
    "jpeg-surplus": Case(_JPEG + b"more", _whole("JPEG", "RGB", surplus_bytes=4)),
    "jpeg-cut": Case(_JPEG[: len(_JPEG) // 2], _NOT, (_CUT,)),
    "jpeg-no-end": Case(_JPEG[:-2], _NOT, (_CUT,)),
    "jpeg-half-end": Case(_JPEG[:-1], _NOT, (_CUT,)),
    "jpeg-only-start": Case(_JPEG[:3], _NOT, (_CUT,)),
    "jpeg-no-frame": Case(_without(_JPEG, b"\xff\xc0"), _NOT, (_DAMAGED,)),
    "jpeg-no-quantisation": Case(_without(_without(_JPEG, b"\xff\xdb"), b"\xff\xdb"), _NOT, (_DAMAGED,)),
    "jpeg-no-table": Case(_without(_JPEG, b"\xff\xc4"), _NOT, (_DAMAGED,)),
    "jpeg-no-scan": Case(_JPEG[: _JPEG.index(b"\xff\xda")] + b"\xff\xd9", _NOT, (_DAMAGED,)),
    "jpeg-hole-in-head": Case(_JPEG[:40] + _JPEG[60:], _NOT, (_DAMAGED,)),
    "jpeg-zeroed-end": Case(_JPEG[: len(_JPEG) // 2] + bytes(len(_JPEG) // 2), _NOT, (_CUT,)),
    "png": Case(_PNG, _whole("PNG", "RGB")),
    "png-pixels": Case(_PNG, _whole("PNG", "RGB", decoded=True), pixels=True),
    "png-palette": Case(_encoded("PNG", "P"), _whole("PNG", "P")),
    "png-alpha": Case(_encoded("PNG", "RGBA"), _whole("PNG", "RGBA")),
    "png-told": Case(
        _encoded("PNG", exif=_EXIF, icc_profile=_ICC),
        _whole("PNG", "RGB", stated={"creator": "Jane Roe"}, icc=True),
    ),
    "png-animated": Case(_encoded("PNG", frames=3), _whole("PNG", "RGB", frames=3)),
    "png-cut": Case(_PNG[: len(_PNG) // 2], _NOT, (_CUT,)),
    "png-no-end": Case(_PNG[:-12], _NOT, (_CUT,)),
    "png-half-end": Case(_PNG[:-1], _NOT, (_CUT,)),
    "png-changed": Case(_PNG[:100] + bytes([_PNG[100] ^ 1]) + _PNG[101:], _NOT, (_DAMAGED,)),
    "png-hole": Case(_PNG[:100] + _PNG[120:], _NOT, (_CUT,)),
    "png-in-pieces": Case(_in_pieces(4), _whole("PNG", "RGB", decoded=True), pixels=True),
    "png-piece-gone": Case(_in_pieces(3), _whole("PNG", "RGB")),  # docs/facts.md says that it is not seen
    "png-piece-gone-pixels": Case(_in_pieces(3), _NOT, (_UNREADABLE,), pixels=True),
    "png-no-picture": Case(_PNG[:33] + _PNG[-12:], _NOT, (_DAMAGED,)),
    "png-signature-only": Case(_PNG[:8], _NOT, (_CUT,)),
    "png-too-large": Case(
        _large_png(), {"width": 60_000, "decoded": False, "whole": True}, ("image.too-large",), pixels=True
    ),
    "gif": Case(_GIF, _whole("GIF", "P")),
    "gif-animated": Case(_encoded("GIF", "P", frames=3), _whole("GIF", "P", frames=3)),
    "gif-cut": Case(_GIF[: len(_GIF) // 2], _NOT, (_CUT,)),
    "gif-no-trailer": Case(_GIF[:-1], _NOT, (_CUT,)),
    "gif-zeroed-end": Case(_GIF[: len(_GIF) // 2] + bytes(len(_GIF) // 2), _NOT, (_DAMAGED,)),
    "gif-picture-gone": Case(_GIF[:-700] + b";", _NOT, (_CUT, _UNREADABLE), pixels=True),
    "webp": Case(_WEBP, _whole("WEBP", "RGB")),
    "webp-alpha": Case(_encoded("WEBP", "RGBA", lossless=True), _whole("WEBP", "RGBA")),
    "webp-animated": Case(_encoded("WEBP", frames=3), _whole("WEBP", "RGBA", frames=3)),
    "webp-told": Case(_encoded("WEBP", exif=_EXIF), _whole("WEBP", "RGB", stated={"creator": "Jane Roe"})),
    "webp-cut": Case(_WEBP[:-10], _NOT, (_CUT,)),
    "webp-no-picture": Case(
        b"RIFF\x04\0\0\0WEBPVP8 "[:12] + b"VP8 \0\0\0\0", _NOT, (_DAMAGED,), "image/webp"
    ),
    "avif": Case(_AVIF, _whole("AVIF", "RGB")),
    "avif-alpha": Case(_encoded("AVIF", "RGBA"), _whole("AVIF", "RGBA")),
    "avif-told": Case(_encoded("AVIF", exif=_EXIF), _whole("AVIF", "RGB", stated={"creator": "Jane Roe"})),
    "avif-cut": Case(_AVIF[:-10], _NOT, (_CUT,)),
    "heic-head-only": Case(b"\0\0\0\x10ftypheic\0\0\0\0", _NOT | {"format": "HEIC"}, (_DAMAGED,)),
    "tiff": Case(_TIFF, _whole("TIFF", "RGB", decoded=True)),
    "tiff-told": Case(
        _encoded("TIFF", tiffinfo={315: "Jane Roe"}), _whole("TIFF", "RGB", stated={"creator": "Jane Roe"})
    ),
    "tiff-pages": Case(_encoded("TIFF", frames=2), _whole("TIFF", "RGB", frames=2)),
    "tiff-cut": Case(_encoded("TIFF", compression="tiff_lzw")[:2000], _NOT, (_UNREADABLE, "image.warning")),
    "bmp": Case(_BMP, _whole("BMP", "RGB", decoded=True)),
    "bmp-cut": Case(_BMP[:-10], _NOT, (_CUT, _UNREADABLE)),
    "ico": Case(_ICO, {"format": "ICO", "whole": True, "decoded": True}),
    "ico-cut": Case(_ICO[:-10], _NOT, (_CUT,)),
    "jp2": Case(_JP2, _whole("JPEG2000", "RGB", decoded=True)),
    "jp2-cut": Case(_JP2[:-10], _NOT, (_CUT, _UNREADABLE)),
    "jxl": Case(b"\xff\x0a" + bytes(40), {"format": "JXL", "whole": None}, ("image.not-opened",)),
    "svg": Case(
        b'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9" viewBox="0 0 16 9">'
        b"<title>A flag</title><g><title>A stripe</title></g></svg>",
        {"format": "SVG", "width": 16.0, "height": 9.0, "whole": True, "stated": {"title": "A flag"}},
    ),
    "svg-cut": Case(b'<svg xmlns="http://www.w3.org/2000/svg"><g>', _NOT, (_UNREADABLE,)),
    "svg-entities": Case(
        b'<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>',
        {"whole": None},
        ("image.svg-entities",),
    ),
}
