"""Tests of ``preserve.demo.scenes`` and ``preserve.demo.pictures``."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from preserve.demo import ORIGINALS, PICTURES, SCENES, Picture
from preserve.demo.pictures import encode, fill
from preserve.demo.scenes import paint

TOLERANCE = 12


def mean_colour(image: Image.Image, place: tuple[float, float]) -> tuple[int, ...]:
    """Return the mean colour of a small square around a place, given as parts of width and height."""
    x, y = round(place[0] * image.width), round(place[1] * image.height)
    pixel = image.convert("RGB").crop((x - 3, y - 3, x + 4, y + 4)).reduce(7).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return tuple(round(channel) for channel in pixel)


@pytest.mark.parametrize("name", SCENES)
def test_swatches_tell_the_colours(name: str) -> None:
    """Each scene has, where its table says so, the colour that its table says."""
    image = paint(name, 480, 320)
    for place, colour in SCENES[name].swatches.items():
        seen = mean_colour(image, place)
        assert all(abs(want - have) <= TOLERANCE for want, have in zip(colour, seen, strict=True)), place


@pytest.mark.parametrize("picture", [*PICTURES, *ORIGINALS], ids=lambda picture: picture.path)
def test_file_is_what_it_is_called(picture: Picture) -> None:
    """Each file opens in full, in the format and size that its row states."""
    with Image.open(io.BytesIO(encode(picture))) as image:
        image.load()
        assert (picture.width, picture.height) == image.size
        formats = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "ico": "ICO"}
        assert formats[picture.extension] == image.format


def test_no_path_twice() -> None:
    """No two pictures have one path."""
    paths = [picture.path for picture in (*PICTURES, *ORIGINALS)]
    assert sorted(set(paths)) == sorted(paths)


def test_same_bytes_again() -> None:
    """Drawn again, a picture has the same bytes."""
    picture = fill("quay", 480, 320)
    first = encode(picture)
    encode.cache_clear()
    assert first == encode(picture)


def test_cut_from_the_middle() -> None:
    """A square picture is the middle of the scene, not a squeezed one."""
    whole, square = paint("hall", 480, 320), paint("hall", 320, 320)
    middle = whole.crop((80, 0, 400, 320)).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    seen = square.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(middle, tuple)
    assert isinstance(seen, tuple)
    assert all(abs(want - have) <= 2 for want, have in zip(middle, seen, strict=True))


def test_unknown_format() -> None:
    """A picture in a format that the demo does not draw is refused by name."""
    with pytest.raises(ValueError, match=r"/a\.gif is of no format"):
        encode(Picture(path="/a.gif", scene="icon", width=8, height=8))
