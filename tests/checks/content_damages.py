"""In which ways can a content not be what is recorded of it?"""

from __future__ import annotations

import gzip
import importlib.metadata
import io
from collections.abc import Callable
from typing import Any

import attrs
from PIL import Image

from preserve.model.digest import Digest
from tests.checks import build as building
from tests.checks.build import CAPTURE, RECORDS, RESOURCES, WARC, Sample, build
from tests.checks.damages import both, column, in_record, remove, value

STYLE, PHOTO = 2, 3
"""Lines of the style sheet and of the photograph in resources.jsonl."""
_CSS = b"body { color: black } " * 20
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
    says: str = ""
    """What must stand in its message."""


def sample_with(cut: int) -> Sample:
    """
    Return a package with a real photograph and a packed style sheet, recorded by this very software.

    Args:
        cut: How many bytes are missing at the photograph's end, as captured.
    """
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((40, 30)).save(out, "JPEG")
    photo = out.getvalue()[: -cut or None]
    exchanges = building.EXCHANGES
    html, style, _, gone = exchanges
    try:
        packed = (*style[:3], gzip.compress(_CSS, mtime=0))
        building.EXCHANGES = (html, packed, ("https://example.org/photo.jpg", 200, "image/jpeg", photo), gone)
        made = build()
    finally:
        building.EXCHANGES = exchanges
    made.edit_line(RESOURCES, PHOTO, lambda line: line.update(facts=dict(_FACTS)))
    made.edit_line(RESOURCES, STYLE, _of_packed)
    made.edit_json(CAPTURE, _by_us)
    made.remake()
    return made


def _of_packed(line: dict[str, Any]) -> None:
    line |= {"codings": ["gzip"], "content_digest": str(Digest.of(_CSS)), "content_bytes": len(_CSS)}


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
    Odd(
        name="a fact edited",
        do=_facts(width=41),
        code="contents.facts-differ",
        exit_code=6,
        says="differs from what was recorded by this version: width.",
    ),
    Odd(
        name="a type edited",
        do=lambda sample: sample.edit_line(
            RESOURCES, PHOTO, lambda line: line.update(sniffed_type="image/png")
        ),
        code="contents.facts-differ",
        exit_code=6,
    ),
    Odd(
        name="facts of another version",
        do=_by_others,
        code="contents.seen-otherwise",
        exit_code=0,
        says="differs from what was recorded by another version of the software: width.",
    ),
    Odd(name="a photograph cut short", do=_facts(whole=True), code="contents.broken", exit_code=0, cut=60),
    Odd(name="no memory to open it", do=_no_memory, code="contents.not-opened", exit_code=3, limited=True),
)


def _line(number: int, **changes: object) -> Callable[[Sample], None]:
    return value(RESOURCES, number, **changes)


def _software(sample: Sample) -> None:
    _facts(width=41)(sample)
    sample.edit_json(CAPTURE, lambda capture: capture.update(software="preserve 0.0.1"))


def _limit(**limits: int) -> Callable[[Sample], None]:
    return lambda sample: sample.edit_json(CAPTURE, lambda found: found["request"]["limits"].update(limits))


def _noted(*codes: str) -> Callable[[Sample], None]:
    return _line(PHOTO, problems=[{"code": code, "message": "It was noted."} for code in codes])


_DIFFER = "contents.facts-differ"
_WRONG = "sha256:" + "0" * 64
CONTENTS: tuple[tuple[str, int, Callable[[Sample], object], tuple[tuple[str, str, int | None], ...]], ...] = (
    ("a content digest", 0, _line(PHOTO, content_digest=_WRONG), ((_DIFFER, RESOURCES, PHOTO),)),
    ("a count of octets", 0, _line(PHOTO, content_bytes=1), ((_DIFFER, RESOURCES, PHOTO),)),
    ("a digest of what was packed", 0, _line(STYLE, content_digest=_WRONG), ((_DIFFER, RESOURCES, STYLE),)),
    (
        "codings that were not applied",
        0,
        _line(PHOTO, codings=["gzip"]),
        (("contents.not-opened", RESOURCES, PHOTO),),
    ),
    (
        "a coding that is not known",
        0,
        _line(STYLE, codings=["pack200-gzip"]),
        (("contents.not-opened", RESOURCES, STYLE),),
    ),
    ("other software", 0, _software, (("contents.seen-otherwise", RESOURCES, PHOTO),)),
    (
        "two at once",
        0,
        both(_facts(width=41), _line(STYLE, content_digest=_WRONG)),
        ((_DIFFER, RESOURCES, STYLE), (_DIFFER, RESOURCES, PHOTO)),
    ),
    ("nothing that was said of the content", 0, _line(PHOTO, content_digest=None, facts={"width": 41}), ()),
    ("a fact that nobody looks for any more", 0, _facts(pages=3), ()),
    ("a fact that was not known", 0, _facts(width=None), ()),
    ("a fact of how it was looked at", 0, _facts(decoded=False), ()),
    ("a whole picture that was called cut", 0, _facts(whole=False), ((_DIFFER, RESOURCES, PHOTO),)),
    ("an offset of records.tsv", 0, column(7, 1, b"7"), (("records.line-differs", RECORDS, 7),)),
    ("the WARC file gone", 0, remove(WARC), (("file.missing", WARC, None),)),
    ("more octets than are opened", 0, both(_facts(width=41), _limit(inspect_bytes=10)), ()),
    ("one octet more", 0, both(_facts(width=41), _limit(inspect_bytes=743)), ()),
    (
        "as many octets as are opened",
        0,
        both(_facts(width=41), _limit(inspect_bytes=744)),
        ((_DIFFER, RESOURCES, PHOTO),),
    ),
    ("a record that is damaged", 0, in_record(5, 300), (("warc.record-damaged", WARC, None),)),
    ("its neighbour", 0, in_record(3, 300), (("warc.record-damaged", WARC, None),)),
    (
        "a cut that was noted",
        60,
        both(_facts(whole=False), _noted("image.unreadable", "image.truncated")),
        (),
    ),
)
"""Further ones: name, bytes missing of the photograph, what is done, and what must be said."""
