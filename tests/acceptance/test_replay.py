"""Does ReplayWeb.page show the archived demo page as it was?"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from preserve.demo import SCENES, expected
from preserve.demo.text import TIDES

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve import Package

REPLAY = Path(__file__).parent / "replay.py"
TOLERANCE = 14
"""Of 255 a channel: JPEG and WebP at quality 85, scaled by the browser, over a grain of 5."""

pytestmark = [
    pytest.mark.needs("chromium", "replayweb.page", "playwright"),
    pytest.mark.xdist_group("replay"),
]


@pytest.fixture(scope="module")
def replayed(
    demo_package: Package,
    wacz: Path,
    oracle: Callable[[str], Path],
    player: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Give the folder of what was seen of the page in the player."""
    out = tmp_path_factory.mktemp("replay")
    done = subprocess.run(
        [oracle("python"), REPLAY, wacz, demo_package.url, player, out],
        capture_output=True,
        check=False,
        text=True,
        timeout=400,
    )
    assert 0 == done.returncode, done.stderr
    return out


@pytest.fixture(scope="module")
def seen(replayed: Path) -> dict[str, Any]:
    """Give what the browser said of the page."""
    found: dict[str, Any] = json.loads((replayed / "seen.json").read_text())
    return found


def mean_colour(image: Image.Image, place: tuple[float, float]) -> tuple[int, ...]:
    """Return the mean colour of nine by nine pixels around a place, given as parts of width and height."""
    x, y = round(place[0] * image.width), round(place[1] * image.height)
    pixel = image.convert("RGB").crop((x - 4, y - 4, x + 5, y + 5)).reduce(9).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return tuple(round(channel) for channel in pixel)


def test_text_is_shown(seen: dict[str, Any]) -> None:
    """Title, byline, print date, list and small print can be read."""
    facts = expected()
    assert facts.title == seen["title"]
    for words in (f"By {facts.byline}", facts.printed, "0 nights left dark", "35 views", "0 comments"):
        assert words in seen["text"]


def test_styles_are_applied(seen: dict[str, Any]) -> None:
    """The imported style sheet gives the text its colour."""
    assert "rgb(43, 42, 46)" == seen["ink"]


def test_every_photo_is_there(seen: dict[str, Any]) -> None:
    """Each figure is found, and each picture but the lost one has been decoded."""
    assert [f"photo-{name}" for name in expected().photos] == seen["figures"]
    empty = [image["alt"] for image in seen["images"] if not image["width"]]
    assert [expected().byline] == empty


@pytest.mark.parametrize("name", expected().photos)
def test_photo_has_its_colours(replayed: Path, name: str) -> None:
    """Each photo is shown where it belongs: places of it have the colours that were drawn there."""
    with Image.open(replayed / f"photo-{name}.png") as image:
        assert image.width > 600
        for place, colour in SCENES[name].swatches.items():
            shown = mean_colour(image, place)
            assert all(abs(want - have) <= TOLERANCE for want, have in zip(colour, shown, strict=True)), place


def test_banner_has_its_colours(replayed: Path) -> None:
    """The background picture of the imported style sheet is shown: reeds and water."""
    with Image.open(replayed / "banner.png") as image:
        for place, colour in (((0.5, 0.3), (196, 178, 96)), ((0.5, 0.97), (98, 130, 138))):
            shown = mean_colour(image, place)
            assert all(abs(want - have) <= TOLERANCE for want, have in zip(colour, shown, strict=True)), place


@pytest.mark.parametrize(("number", "scene", "place"), [(0, "quay", (0.5, 0.15)), (1, "banner", (0.5, 0.9))])
def test_tiles_have_their_colours(
    replayed: Path, number: int, scene: str, place: tuple[float, float]
) -> None:
    """What a script puts behind the titles of other posts is shown."""
    with Image.open(replayed / f"tile-{number}.png") as image:
        shown = mean_colour(image, place)
    colour = SCENES[scene].swatches[place]
    assert all(abs(want - have) <= TOLERANCE for want, have in zip(colour, shown, strict=True))


def test_frame_and_sound_are_there(seen: dict[str, Any]) -> None:
    """The framed table can be read, and the bell can be heard."""
    assert [" ".join(row) for row in TIDES] == [" ".join(line.split()) for line in seen["tides"].splitlines()]
    assert 1.2 == pytest.approx(seen["bell"], abs=0.05)


def test_document_is_served(seen: dict[str, Any]) -> None:
    """The file widget's link gives, through its redirect, the PDF to the bit."""
    facts = expected()
    assert {
        "sha256": facts.document_digest.value,
        "size": facts.document_bytes,
        "status": 200,
        "type": "application/pdf",
    } == seen["document"]
