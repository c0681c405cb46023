"""In which ways can a content not be what is recorded of it?"""

from __future__ import annotations

import importlib.metadata
import io
from collections.abc import Callable
from typing import Any

import attrs
from PIL import Image

from tests.checks import build as building
from tests.checks.build import CAPTURE, RESOURCES, Sample, build

PHOTO = 3
"""Line of the photograph in resources.jsonl."""
_FACTS = {"format": "JPEG", "width": 40, "height": 30, "mode": "RGB"}


@attrs.frozen(kw_only=True)
class Odd:
    """One way, and the finding that --contents must give."""

    name: str
    do: Callable[[Sample], object]
    code: str
    exit_code: int
    cut: int = 0
    """How many bytes are missing at the photograph's end, as captured."""
    limited: bool = False
    """Whether it shows only in a process of its own."""
    path: str = RESOURCES


def sample_with(cut: int) -> Sample:
    """Return a package with a real photograph, recorded by this version of the software."""
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((40, 30)).save(out, "JPEG")
    photo = out.getvalue()[: -cut or None]
    exchanges = building.EXCHANGES
    html, style, _, gone = exchanges
    try:
        building.EXCHANGES = (html, style, ("https://example.org/photo.jpg", 200, "image/jpeg", photo), gone)
        made = build()
    finally:
        building.EXCHANGES = exchanges
    made.edit_line(RESOURCES, PHOTO, lambda line: line.update(facts=dict(_FACTS)))
    made.edit_json(CAPTURE, _by_us)
    made.remake()
    return made


def _by_us(capture: dict[str, Any]) -> None:
    libraries = ("pillow", "pypdf", "selectolax")
    capture["environment"] |= {name: importlib.metadata.version(name) for name in libraries}


def _facts(**facts: object) -> Callable[[Sample], None]:
    def do(sample: Sample) -> None:
        sample.edit_line(RESOURCES, PHOTO, lambda line: line["facts"].update(facts))

    return do


def _by_others(sample: Sample) -> None:
    _facts(width=41)(sample)
    sample.edit_json(CAPTURE, lambda capture: capture["environment"].update(pillow="1.0"))


def _no_memory(sample: Sample) -> None:
    sample.edit_json(
        CAPTURE, lambda capture: capture["request"]["limits"].update(inspect_memory_bytes=16 << 20)
    )


ODD = (
    Odd(name="a fact edited", do=_facts(width=41), code="contents.facts-differ", exit_code=6),
    Odd(
        name="a type edited",
        do=lambda sample: sample.edit_line(
            RESOURCES, PHOTO, lambda line: line.update(sniffed_type="image/png")
        ),
        code="contents.facts-differ",
        exit_code=6,
    ),
    Odd(name="facts of another version", do=_by_others, code="contents.seen-otherwise", exit_code=0),
    Odd(name="a photograph cut short", do=_facts(whole=True), code="contents.broken", exit_code=0, cut=60),
    Odd(name="no memory to open it", do=_no_memory, code="contents.not-opened", exit_code=3, limited=True),
)
