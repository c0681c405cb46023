"""Tests of ``preserve.capturers.image``, on pictures that Pillow writes."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from preserve.capturers import raster
from preserve.capturers.image import ImageCapturer
from preserve.model.inspection import Content, Inspection
from preserve.model.reference import Kind

_FORMATS = {
    "image/avif": "AVIF",
    "image/bmp": "BMP",
    "image/gif": "GIF",
    "image/jp2": "JPEG2000",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "image/webp": "WEBP",
    "image/x-icon": "ICO",
}
Image.init()
_HERE = {media_type: name for media_type, name in _FORMATS.items() if name in Image.SAVE}


def _made(media_type: str, frames: int = 1) -> bytes:
    """Return a picture with some detail, so that cutting it cuts pixels."""
    pictures = []
    for frame in range(frames):
        picture = Image.new("RGB", (64, 48))
        picture.putdata(
            [(x * 3 % 256, y * 7 % 256, (x * y + frame * 50) % 256) for y in range(48) for x in range(64)]
        )
        pictures.append(picture)
    out = io.BytesIO()
    more = {"save_all": True, "append_images": pictures[1:]} if frames > 1 else {}
    pictures[0].save(out, _FORMATS[media_type], **more)
    return out.getvalue()


def _inspect(data: bytes, media_type: str) -> Inspection:
    content = Content(
        url="https://a.example/i/x",
        media_type=media_type,
        charset=None,
        size_bytes=len(data),
        stream=io.BytesIO(data),
    )
    return ImageCapturer().inspect(content)


@pytest.mark.parametrize("media_type", sorted(_HERE))
def test_whole_pictures(media_type: str) -> None:
    """A picture as it was written is whole, of its size, and has no problems."""
    seen = _inspect(_made(media_type), media_type)
    assert [_FORMATS[media_type], True, ()] == [seen.facts["format"], seen.facts["whole"], seen.problems]
    if media_type != "image/x-icon":
        assert [64, 48] == [seen.facts["width"], seen.facts["height"]]


@pytest.mark.parametrize("media_type", sorted(_HERE))
@pytest.mark.parametrize("kept", [0.98, 0.6, 0.05])
def test_cut_pictures_are_not_whole(media_type: str, kept: float) -> None:
    """A picture whose end is missing is not whole, and the problem says so."""
    data = _made(media_type)
    seen = _inspect(data[: int(len(data) * kept)], media_type)
    assert seen.facts["whole"] is False
    assert {problem.code for problem in seen.problems} <= {"image.truncated", "image.unreadable"}


@pytest.mark.parametrize("progressive", [False, True])
def test_a_reduced_jpeg_is_judged_as_a_full_one(*, progressive: bool) -> None:
    """A JPEG that ends early, or lacks octets in its middle, is judged as if drawn in full size."""
    picture = Image.effect_mandelbrot((200, 160), (-2, -1.2, 1, 1.2), 60).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, progressive=progressive)
    whole = out.getvalue()
    for at in range(600, len(whole), len(whole) // 40):
        for data in (whole[:at] + b"\xff\xd9", whole[:at] + whole[at + 90 :], whole[:at] + whole[at:]):
            assert _decodes(data) == (_inspect(data, "image/jpeg").facts["whole"] is not False)


def _decodes(data: bytes) -> bool:
    """Tell whether Pillow decodes a JPEG in full size, and it has its trailer."""
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            image.load()
    except (OSError, SyntaxError, ValueError):
        return False
    return data.endswith(b"\xff\xd9")


def test_the_last_octet_counts() -> None:
    """GIF and JPEG without their trailer's last octet are cut, though they decode."""
    for media_type in ("image/gif", "image/jpeg"):
        seen = _inspect(_made(media_type)[:-1], media_type)
        assert "image.truncated" in [problem.code for problem in seen.problems]


def test_frames_are_counted_and_decoded() -> None:
    """An animation's frames are counted, and damage in the last one is seen."""
    data = _made("image/gif", frames=3)
    assert _inspect(data, "image/gif").facts["frames"] == 3
    seen = _inspect(data[:-700] + b";", "image/gif")
    assert seen.facts["whole"] is False


def test_bombs_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture of more pixels than the limit is measured, not decoded, and not called whole."""
    monkeypatch.setattr(raster, "_PIXELS_MOST", 64 * 48 - 1)
    seen = _inspect(_made("image/png"), "image/png")
    assert [None, 64, ["image.too-large"]] == [
        seen.facts["whole"],
        seen.facts["width"],
        [problem.code for problem in seen.problems],
    ]


def test_a_stated_size_that_is_absurd_is_a_problem() -> None:
    """A header that states more pixels than any picture has is refused without decoding."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    data = b"\x89PNG\r\n\x1a\n" + chunk + _made("image/png")[33:]
    seen = _inspect(data, "image/png")
    assert seen.facts["whole"] is not True
    assert len(seen.problems) == 1


def test_a_picture_without_decoder_is_not_called_anything() -> None:
    """A type that no decoder is installed for is neither whole nor broken."""
    seen = _inspect(b"\0\0\0\x10ftypheic\0\0\0\0", "image/heic")
    assert [None, ["image.not-opened"]] == [seen.facts["whole"], [problem.code for problem in seen.problems]]


@given(st.sampled_from(sorted(_HERE)), st.data())
@settings(max_examples=150, deadline=None)
@pytest.mark.filterwarnings("ignore")
def test_no_damage_raises(media_type: str, data: st.DataObject) -> None:
    """However a picture is damaged, there is an inspection."""
    octets = bytearray(_made(media_type))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(octets) - 1))
        octets[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=20))
    assert "whole" in _inspect(bytes(octets), media_type).facts


def test_drawings_have_size_and_links() -> None:
    """An SVG drawing's size is read, and what it refers to is listed in order."""
    svg = b"""<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="10.5px" height="100%" viewBox="0 0 21 42"><style>rect{fill:url(#g);mask:url(m.svg)}</style>
<image xlink:href="a.png"/><use href="#here"/><use href="b.svg#c"/>
<a href="d.html"><rect style="fill:url(e.png)"/></a>
</svg>"""
    seen = _inspect(svg, "image/svg+xml")
    assert [10.5, None, "0 0 21 42", True] == [
        seen.facts[key] for key in ("width", "height", "view_box", "whole")
    ]
    assert [
        ("m.svg", Kind.IMAGE, "style"),
        ("a.png", Kind.IMAGE, "image"),
        ("b.svg#c", Kind.IMAGE, "use"),
        ("e.png", Kind.IMAGE, "rect"),
        ("d.html", Kind.LINK, "a"),
    ] == [(link.written, link.kind, link.element) for link in seen.links]
    assert seen.problems == ()


@pytest.mark.parametrize(
    ("svg", "code", "whole"),
    [
        (b"<svg><g>", "image.unreadable", False),
        (b"", "image.unreadable", False),
        (b'<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>', "image.svg-entities", None),
        (b'<?xml version="1.0" encoding="nonsense"?><svg/>', "image.unreadable", False),
    ],
)
def test_drawings_that_cannot_be_read(svg: bytes, code: str, whole: bool | None) -> None:  # noqa: FBT001 - a fact
    """A drawing that is cut, or that declares entities, is not read to its end, and that is said."""
    seen = _inspect(svg, "image/svg+xml")
    assert [[code], whole] == [[problem.code for problem in seen.problems], seen.facts["whole"]]
