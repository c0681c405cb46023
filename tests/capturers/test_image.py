"""Tests of ``preserve.capturers.image``, on pictures that Pillow writes."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from preserve.capturers import pixels
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


def _inspect(data: bytes, media_type: str, *, pixels: bool = False) -> Inspection:
    content = Content(
        url="https://a.example/i/x",
        media_type=media_type,
        charset=None,
        size_bytes=len(data),
        stream=io.BytesIO(data),
        pixels=pixels,
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
    assert {problem.code for problem in seen.problems} <= {
        "image.truncated",
        "image.damaged",
        "image.unreadable",
    }


def test_the_last_octet_counts() -> None:
    """GIF and JPEG without their trailer's last octet are cut, though they decode."""
    for media_type in ("image/gif", "image/jpeg"):
        seen = _inspect(_made(media_type)[:-1], media_type)
        assert "image.truncated" in [problem.code for problem in seen.problems]


def test_frames_are_counted_and_decoded() -> None:
    """An animation's frames are counted, and damage in the last one is seen."""
    data = _made("image/gif", frames=3)
    assert _inspect(data, "image/gif").facts["frames"] == 3
    seen = _inspect(data[:-700] + b";", "image/gif", pixels=True)
    assert seen.facts["whole"] is False


def test_bombs_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture of more pixels than the limit is measured, not decoded, and not called whole."""
    monkeypatch.setattr(pixels, "_PIXELS_MOST", 64 * 48 - 1)
    seen = _inspect(_made("image/tiff"), "image/tiff")
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
    seen = _inspect(data, "image/png", pixels=True)
    assert [60_000, False] == [seen.facts["width"], seen.facts["decoded"]]
    assert len(seen.problems) == 1


def test_a_picture_without_decoder_is_not_called_anything() -> None:
    """A type that no walk and no decoder is for is neither whole nor broken."""
    seen = _inspect(b"\xff\x0a" + bytes(40), "image/jxl")
    assert [None, ["image.not-opened"]] == [seen.facts["whole"], [problem.code for problem in seen.problems]]


@pytest.mark.parametrize("media_type", ["image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"])
def test_pixels_change_no_other_fact(media_type: str) -> None:
    """What is known without decoding a picture is the same when it is decoded."""
    data = _made(media_type, frames=1 if media_type == "image/jpeg" else 3)
    walked, decoded = (_inspect(data, media_type, pixels=pixels).facts for pixels in (False, True))
    assert {**walked, "decoded": True} == {name: decoded[name] for name in walked}
    assert {"perceptual"} == decoded.keys() - walked.keys()
    assert [False, True] == [walked["decoded"], decoded["decoded"]]


@given(st.sampled_from(sorted(_HERE)), st.data())
@settings(max_examples=150, deadline=None)
@pytest.mark.filterwarnings("ignore")
def test_no_damage_raises(media_type: str, data: st.DataObject) -> None:
    """However a picture is damaged, there is an inspection."""
    octets = bytearray(_made(media_type))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(octets) - 1))
        octets[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=20))
    for decode in (False, True):
        assert "whole" in _inspect(bytes(octets), media_type, pixels=decode).facts


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


def _dhash(rows: list[list[tuple[int, int, int]]]) -> str:
    """Return the digest of docs/facts.md, by its words alone."""
    height, width = len(rows), len(rows[0])
    bits = ""
    for row in range(8):
        means = []
        for column in range(9):
            left, top = min(column * width // 9, width - 1), min(row * height // 8, height - 1)
            right = max((column + 1) * width // 9, left + 1)
            bottom = max((row + 1) * height // 8, top + 1)
            cell = [rows[y][x] for y in range(top, bottom) for x in range(left, right)]
            grey = [(19595 * r + 38470 * g + 7471 * b + 32768) >> 16 for r, g, b in cell]
            means.append(Fraction(sum(grey), len(grey)))
        bits += "".join("1" if one > two else "0" for one, two in pairwise(means))
    return f"{int(bits, 2):016x}"


@pytest.mark.parametrize("size", [(64, 48), (90, 80), (7, 5), (1, 1), (131, 3)])
def test_the_perceptual_digest_is_as_specified(size: tuple[int, int]) -> None:
    """The digest of a picture is what the words of the document give, bit for bit."""
    picture = Image.effect_noise(size, 90).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "PNG")
    rows = [[picture.getpixel((x, y)) for x in range(size[0])] for y in range(size[1])]
    seen = _inspect(out.getvalue(), "image/png", pixels=True)
    assert {"dhash": _dhash(cast("list[list[tuple[int, int, int]]]", rows))} == seen.facts["perceptual"]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16"])
def test_every_mode_has_a_digest(mode: str) -> None:
    """A picture of any mode has a perceptual digest; a smaller copy of it has nearly the same."""
    digests = []
    for size in ((180, 160), (90, 80)):
        picture = Image.linear_gradient("L").resize(size).rotate(90)
        deep = mode == "I;16"
        made = (
            picture.point([value * 256 for value in range(256)], "I").convert("I;16")
            if deep
            else picture.convert(mode)
        )
        out = io.BytesIO()
        made.save(out, "PNG")
        facts = _inspect(out.getvalue(), "image/png", pixels=True).facts
        digests.append(int(str(cast("dict[str, str]", facts["perceptual"])["dhash"]), 16))
    assert (digests[0] ^ digests[1]).bit_count() <= 10


def test_two_decoders_agree_on_what_is_alike() -> None:
    """A picture and its JPEG differ in few bits; another picture differs in many."""
    one = Image.effect_mandelbrot((300, 200), (-2, -1.2, 1, 1.2), 60).convert("RGB")
    found = []
    for picture, name in ((one, "PNG"), (one, "JPEG"), (one.rotate(90), "PNG")):
        out = io.BytesIO()
        picture.save(out, name)
        facts = _inspect(out.getvalue(), f"image/{name.lower()}", pixels=True).facts
        found.append(int(str(cast("dict[str, str]", facts["perceptual"])["dhash"]), 16))
    assert (found[0] ^ found[1]).bit_count() <= 4
    assert (found[0] ^ found[2]).bit_count() >= 15
