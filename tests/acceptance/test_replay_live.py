"""Does ReplayWeb.page show a browser's capture as the page looked alive?"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageChops, ImageStat

import preserve
from preserve.demo import DemoServer, expected
from preserve.demo.live import LIVE_PATH
from preserve.demo.live_routes import LIVE_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = Path(__file__).parent / "replay_live.py"
DISTANCE = 2.0
"""Of 255, the mean over all pixels of a region, in each channel; the same drawn twice differs by less."""
REGIONS = ("heading", "gallery-0", "gallery-1", "observed", "file")

pytestmark = [
    pytest.mark.needs("chromium", "replayweb.page", "playwright"),
    pytest.mark.xdist_group("replay"),
]


@pytest.fixture(scope="module")
def looks(
    oracle: Callable[[str], Path], player: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """Give the folders of what was seen of the page while its server ran, and in the player afterwards."""
    folder = tmp_path_factory.mktemp("live")
    alive, replayed = folder / "alive", folder / "replayed"

    def look(out: Path, *told: str | Path) -> None:
        out.mkdir()
        done = subprocess.run(
            [oracle("python"), SCRIPT, *told, LIVE_DOCUMENT, out],
            capture_output=True,
            check=False,
            text=True,
            timeout=400,
        )
        assert 0 == done.returncode, done.stderr

    with DemoServer() as server:
        url = f"{server.origin}{LIVE_PATH}"
        package = preserve.archive(url, folder, engine="browser", allow_private_network=True)
        look(alive, "alive", url, "-")
    assert preserve.Verdict.COMPLETE is package.capture.outcome.verdict
    preserve.export_wacz(package, folder / "live.wacz")
    look(replayed, folder / "live.wacz", url, player)
    return alive, replayed


@pytest.fixture(scope="module")
def seen(looks: tuple[Path, Path]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what the browser said of the page, alive and replayed."""
    alive, replayed = (json.loads((folder / "seen.json").read_text()) for folder in looks)
    return alive, replayed


@pytest.mark.parametrize("name", REGIONS)
def test_region_looks_the_same(looks: tuple[Path, Path], name: str) -> None:
    """Each named region of the replayed page has the live one's size and, within the distance, its pixels."""
    with Image.open(looks[0] / f"{name}.png") as alive, Image.open(looks[1] / f"{name}.png") as replayed:
        assert alive.size == replayed.size
        difference = ImageChops.difference(alive.convert("RGB"), replayed.convert("RGB"))
        assert max(ImageStat.Stat(difference).mean) <= DISTANCE
        # A region that is empty in both would agree, too.
        assert max(ImageStat.Stat(alive.convert("RGB")).stddev) > DISTANCE


def test_every_image_is_there(seen: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """The gallery in its shadow root and the picture put in place when seen are decoded, at full size."""
    alive, replayed = seen
    assert alive["widths"] == replayed["widths"]
    assert {"gallery-0": 480, "gallery-1": 480, "observed": 900} == {
        name: width for name, width in replayed["widths"].items() if width
    }


def test_the_counter_counts(seen: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """What a script fetches, with another query each time, is answered from the package."""
    assert ["35", "35"] == [each["views"] for each in seen]


def test_the_document_is_served(seen: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """The PDF that only a click led to is in the package, to the bit."""
    digest = expected().document_digest.value
    assert [digest, digest] == [each["document"] for each in seen]
