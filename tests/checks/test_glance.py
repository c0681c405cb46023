"""Tests of ``preserve/checks/glance.py``: the fast answer is the one that the judges of the lists give."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.checks import Level, reading, usual, verify
from preserve.checks.glance import glance
from preserve.checks.usual_index import key_of
from preserve.formats.surt import surt
from preserve.model.finding import Result
from tests.checks.build import INDEX, RECORDS, REFERENCES, RESOURCES, build
from tests.checks.damages import DAMAGES, Damage
from tests.checks.deep_damages import EDITS, Edit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preserve.checks.evidence import Evidence
    from preserve.checks.results import Agreed
    from preserve.model.finding import Report
    from preserve.package.reader import Package
    from tests.checks.build import Sample

SOUND = build()


def _none(_: Evidence, **settings: object) -> None:
    assert settings.keys() <= {"deepening"}


def _both(root: Path, level: Level, patch: pytest.MonkeyPatch) -> tuple[Report, Report]:
    quick = verify(root, level=level, jobs=1)
    with patch.context() as inner:
        inner.setattr(reading, "glance", _none)
        return quick, verify(root, level=level, jobs=1)


@pytest.mark.parametrize("level", [Level.DEFAULT, Level.DEEP])
@pytest.mark.parametrize(
    "damage", [*DAMAGES, *EDITS], ids=lambda each: f"{each.name}{getattr(each, 'above', '')}"
)
def test_damage_is_judged_the_same(
    damage: Damage | Edit, level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the glance and without it, a damaged package gets the same report."""
    quick, slow = _both(damage.apply(build()).write(tmp_path), level, monkeypatch)
    assert slow == quick


@pytest.mark.parametrize("block_bytes", [300, 2000])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: f"{each.name}{each.above}")
def test_damage_between_blocks_is_judged_the_same(
    damage: Damage, block_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where lists are looked at a few lines at a time."""
    monkeypatch.setattr(usual, "_BLOCK_BYTES", block_bytes)
    quick, slow = _both(damage.apply(build()).write(tmp_path), Level.DEFAULT, monkeypatch)
    assert slow == quick


@pytest.mark.parametrize("block_bytes", [1, 300, 2000, 1 << 18])
@pytest.mark.parametrize("level", [Level.DEFAULT, Level.DEEP])
def test_glance_is_enough_for_sound_packages(
    level: Level, block_bytes: int, demo_package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the demo page's package and of ours made by hand, no list is compared line by line."""
    monkeypatch.setattr(usual, "_BLOCK_BYTES", block_bytes)
    looked: list[Agreed | None] = []

    def look(evidence: Evidence, **settings: Any) -> Agreed | None:
        looked.append(glance(evidence, **settings))
        return looked[-1]

    monkeypatch.setattr(reading, "glance", look)
    for root in (demo_package.path, build(per_file=2).write(tmp_path)):
        assert Result.PASS is verify(root, level=level, jobs=1).result
    assert 2 == len([each for each in looked if each is not None])


@pytest.mark.parametrize("level", [Level.DEFAULT, Level.DEEP])
def test_sound_package_is_told_the_same(
    level: Level, demo_package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report of a sound package, all counts and sentences, does not depend on the glance."""
    quick, slow = _both(demo_package.path, level, monkeypatch)
    assert slow == quick


_VALUES = st.sampled_from(
    [
        None,
        True,
        0,
        7,
        -1,
        1.5,
        "",
        "x",
        "captured",
        "page",
        "https://example.org/",
        "urn:uuid:1",
        [],
        ["gzip"],
        [1],
        {},
        {"a": 1},
    ]
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sample], Path]:
    """Give a function that writes a package to a folder of its own."""
    return lambda sample: sample.write(tmp_path_factory.mktemp("glance"))


@given(
    path=st.sampled_from([RESOURCES, REFERENCES]),
    number=st.integers(1, 4),
    name=st.integers(0, 40),
    value=_VALUES,
)
@settings(max_examples=150, deadline=None)
def test_edited_values_are_judged_the_same(
    home: Callable[[Sample], Path], path: str, number: int, name: int, value: object
) -> None:
    """Any value of any key of a list, all digests made again, gets the same report either way."""
    sample = build()
    lines = sample.list_lines(path)
    fields = json.loads(lines[number - 1])
    fields[sorted(fields)[name % len(fields)]] = value
    lines[number - 1] = json.dumps(fields, sort_keys=True).encode()
    _same(home, sample, path, lines)


@given(
    path=st.sampled_from([RESOURCES, REFERENCES, RECORDS]),
    number=st.integers(1, 9),
    place=st.integers(0, 2000),
    put=st.sampled_from([b"", b'"', b"\\", b"\t", b"\r", b"x", b"\xff", b'", "url": "', b"NaN", b"0", b" "]),
    cut=st.integers(0, 3),
)
@settings(max_examples=250, deadline=None)
def test_edited_text_is_judged_the_same(
    home: Callable[[Sample], Path], path: str, number: int, place: int, put: bytes, cut: int
) -> None:
    """Any text put into a line of a list, all digests made again, gets the same report either way."""
    sample = build()
    lines = sample.list_lines(path)
    line = lines[(number - 1) % len(lines)]
    at = place % (len(line) + 1)
    lines[(number - 1) % len(lines)] = line[:at] + put + line[at + cut :]
    _same(home, sample, path, lines)


@given(
    number=st.integers(0, 3),
    place=st.integers(0, 600),
    put=st.sampled_from(["", "x", '"', "\\u0041", " ", "7"]),
)
@settings(max_examples=100, deadline=None)
def test_edited_index_is_judged_the_same(
    home: Callable[[Sample], Path], number: int, place: int, put: str
) -> None:
    """The same for text of the index, whose blocks and digests are made again."""
    sample = build()
    lines = sample.index_lines()
    line = lines[number]
    at = place % (len(line) + 1)
    lines[number] = line[:at] + put + line[at + 1 :]
    try:
        sample.set_index(lines)
    except ValueError:
        return  # what cannot be written by whoever makes the digests again
    _same(home, sample, INDEX, None)


def _same(home: Callable[[Sample], Path], sample: Sample, path: str, lines: list[bytes] | None) -> None:
    if lines is not None:
        sample.set_lines(path, lines)
    sample.remake()
    with pytest.MonkeyPatch.context() as patch:
        quick, slow = _both(home(sample), Level.DEFAULT, patch)
    assert slow == quick


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "https://example.org/a/B-c_d.html",
        "http://www2.example.org/a/",
        "https://www.example.org",
        "https://example.org/a//b",
        "https://example.org//b",
        "https://example.org/a//",
        "https://example.org/a/../b",
        "https://example.org/a/.b",
        "https://example.org:8443/a",
        "https://example.org:443/a",
        "http://example.org:443/a",
        "http://example.org:/a",
        "http://example.org:x/a",
        "http://127.0.0.1:8080/a/b",
        "http://2130706433/a",
        "http://:80/a",
        "https://example.org/a?b=c&a=d",
        "https://example.org/a%20b",
        "https://example.org/(s(0123456789abcdefghijklmn))/x.aspx",
        "https://127.0.0.1/a",
        "https://1.2.3.x4/a",
        "https://xn--bcher-kva.example/a",
        "https://a..b.org/",
        "https://-a.org/x/",
        "ftp://example.org/a",
        "https://EXAMPLE.org/",
    ],
)
def test_key_is_that_of_surt(url: str) -> None:
    """The key that is made at first sight is the one that ``surt`` makes."""
    assert surt(url) == key_of(url)


@given(
    host=st.text("abz019-.w:", min_size=1, max_size=12),
    path=st.text("abAZ09/.-_~!$&'()*+,;=:@%?#", max_size=20),
)
@settings(max_examples=600)
def test_key_of_any_url(host: str, path: str) -> None:
    """The same for whatever hosts and paths are made of."""
    assert surt(f"https://{host}/{path}") == key_of(f"https://{host}/{path}")
