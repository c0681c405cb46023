"""Tests of the walks through pictures, against Pillow, which decodes every pixel."""

from __future__ import annotations

import io
import random
import time
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from preserve.capturers.gif import walk_gif
from preserve.capturers.heif import walk_heif
from preserve.capturers.jpeg import walk_jpeg
from preserve.capturers.png import walk_png
from preserve.capturers.webp import walk_webp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preserve.capturers.picture import Picture

Image.init()
_WALKS: dict[str, Callable[[bytes], Picture]] = {
    "AVIF": walk_heif,
    "GIF": walk_gif,
    "JPEG": walk_jpeg,
    "PNG": walk_png,
    "WEBP": walk_webp,
}
_DAMAGES = 1500
"""Of each kind, to each sample."""


def _picture(mode: str = "RGB", size: tuple[int, int] = (200, 160)) -> Image.Image:
    return Image.effect_mandelbrot(size, (-2, -1.2, 1, 1.2), 60).convert(mode)


def _encoded(picture: Image.Image, name: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, name, **how)
    return out.getvalue()


_EXIF = Image.Exif()
_EXIF[0x010E] = "A caption"
_SAMPLES: dict[str, tuple[str, bytes]] = {
    "jpeg": ("JPEG", _encoded(_picture(), "JPEG", quality=90)),
    "jpeg-progressive": ("JPEG", _encoded(_picture(), "JPEG", quality=90, progressive=True)),
    "jpeg-grey": ("JPEG", _encoded(_picture("L"), "JPEG", quality=60)),
    "jpeg-cmyk": ("JPEG", _encoded(_picture("CMYK"), "JPEG")),
    "jpeg-exif": ("JPEG", _encoded(_picture(), "JPEG", exif=_EXIF, icc_profile=b"\xff\xd9" * 100)),
    "jpeg-restarts": ("JPEG", _encoded(_picture(), "JPEG", restart_marker_blocks=3)),
    "png": ("PNG", _encoded(_picture(), "PNG")),
    "png-palette": ("PNG", _encoded(_picture("P"), "PNG")),
    "png-16-bit": ("PNG", _encoded(Image.new("I;16", (40, 30), 9000), "PNG")),
    "gif": ("GIF", _encoded(_picture("P"), "GIF")),
    "gif-frames": ("GIF", _encoded(_picture("P"), "GIF", save_all=True, append_images=[_picture("L")] * 2)),
    "webp": ("WEBP", _encoded(_picture(), "WEBP")),
    "webp-lossless": ("WEBP", _encoded(_picture("RGBA"), "WEBP", lossless=True)),
    "webp-frames": ("WEBP", _encoded(_picture(), "WEBP", save_all=True, append_images=[_picture("L")])),
    "avif": ("AVIF", _encoded(_picture(), "AVIF")),
    "avif-alpha": ("AVIF", _encoded(_picture("RGBA"), "AVIF")),
}


def _decodes(data: bytes, name: str) -> bool:
    """Tell whether Pillow decodes every frame of a picture."""
    try:
        with Image.open(io.BytesIO(data), formats=[name]) as image:
            for frame in range(getattr(image, "n_frames", 1)):
                image.seek(frame)
                image.load()
    except Exception:  # noqa: BLE001 - whatever it raises, the picture is not decoded
        return False
    return True


def _cuts(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """Yield the picture cut at every octet near its ends, and at many between."""
    places = {*range(min(60, len(data))), *range(len(data) - 60, len(data))}
    places |= {chance.randrange(len(data)) for _ in range(_DAMAGES)}
    yield from (data[:at] for at in sorted(places))


def _holes(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """Yield the picture with a stretch missing from it."""
    for _ in range(_DAMAGES):
        at = chance.randrange(len(data))
        yield data[:at] + data[at + chance.choice((1, 2, 7, 64, 512, 1460)) :]


def _zeroed(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """Yield the picture as a download leaves it whose space was set aside: zeros from some octet on."""
    for _ in range(_DAMAGES // 5):
        at = chance.randrange(len(data))
        yield data[:at] + bytes(len(data) - at)


@pytest.mark.parametrize("sample", sorted(_SAMPLES))
def test_whole_pictures_are_whole(sample: str) -> None:
    """A picture as it was written has no problem, and no octet after its end."""
    name, data = _SAMPLES[sample]
    seen = _WALKS[name](data)
    with Image.open(io.BytesIO(data)) as image:
        expected = (*image.size, image.mode, getattr(image, "n_frames", 1))
    assert (expected, [], 0) == (
        (seen.width, seen.height, seen.mode, seen.frames),
        seen.problems,
        seen.surplus_bytes,
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("sample", sorted(_SAMPLES))
def test_no_cut_picture_is_whole(sample: str) -> None:
    """A picture that is cut anywhere is not whole, whether Pillow misses something in it or not."""
    name, data = _SAMPLES[sample]
    cut = list(_cuts(data, random.Random(sample)))  # noqa: S311 - the same damage every time
    assert [] == [len(each) for each in cut if not _WALKS[name](each).problems]
    assert any(not _decodes(each, name) for each in cut)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("sample", sorted(each for each in _SAMPLES if _SAMPLES[each][0] in {"JPEG", "PNG"}))
@pytest.mark.parametrize("damage", [_holes, _zeroed])
def test_the_walk_is_as_strict_as_pillow(
    sample: str, damage: Callable[[bytes, random.Random], Iterator[bytes]]
) -> None:
    """A JPEG or PNG with a hole in it, or zeros at its end, is not whole where Pillow cannot decode it."""
    name, data = _SAMPLES[sample]
    damaged = list(damage(data, random.Random(sample)))  # noqa: S311 - the same damage every time
    failing = [each for each in damaged if not _decodes(each, name)]
    assert [] == [each for each in failing if not _WALKS[name](each).problems]


def test_a_jpeg_of_110_kb_is_walked_quickly() -> None:
    """A JPEG of 110 kB takes a fraction of a millisecond of CPU (aim: 0.15 ms)."""
    picture = Image.blend(_picture(size=(900, 700)), Image.effect_noise((900, 700), 40).convert("RGB"), 0.3)
    data = next(
        found
        for quality in range(20, 95)
        if len(found := _encoded(picture, "JPEG", quality=quality)) > 110_000
    )
    times = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(100):
            walk_jpeg(data)
        times.append((time.process_time() - start) / 100)
    assert min(times) < 0.0006
