"""Tests of ``preserve.checks`` on exported files: every damage gives one finding that names what was hit."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.checks import Level, verify
from preserve.model.finding import Result
from preserve.package.export import export_wacz
from tests.checks.build import SEED, WARC, build
from tests.checks.wacz import Wacz
from tests.checks.zip_damages import ZIP_DAMAGES, ZIP_PAIRS, ZipDamage, inside, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.checks.damages import Damage

SOUND = build()
WHOLE = Wacz.of(SOUND.files).assemble()


def _said(path: Path, level: Level = Level.DEFAULT) -> list[tuple[str, str, str | None, str | None]]:
    report = verify(path, jobs=1, level=level)
    said = [finding for finding in report.findings if finding.result is not Result.PASS]
    assert 6 == report.exit_code
    for finding in said:
        assert finding.message.isprintable()
        assert finding.clause
        assert finding.remedy
    return [(one.code, one.where.path, one.where.record, one.where.url) for one in said]


@pytest.mark.parametrize("level", [Level.QUICK, Level.DEFAULT, Level.DEEP])
def test_sound_export_passes(level: Level, tmp_path: Path) -> None:
    """An export of a sound package gives passes only, at each level; with --quick no CRC-32 is claimed."""
    export_wacz(build().write(tmp_path), tmp_path / "x.wacz")
    report = verify(tmp_path / "x.wacz", level=level)
    assert {Result.PASS} == {finding.result for finding in report.findings}
    quick = level is Level.QUICK
    assert quick != ("zip.holds" in {finding.code for finding in report.findings})
    assert (None if quick else SEED) == report.url
    assert (10, 0) == (report.files, report.exit_code)


def test_forger_makes_what_export_makes(tmp_path: Path) -> None:
    """With nothing forged, the writer of these tests makes the exported file octet by octet."""
    export_wacz(build().write(tmp_path), tmp_path / "x.wacz")
    assert (tmp_path / "x.wacz").read_bytes() == Wacz.of(SOUND.files).assemble()


@pytest.mark.parametrize("damage", ZIP_DAMAGES, ids=lambda damage: damage.name[:60])
def test_damage_is_named(damage: ZipDamage, tmp_path: Path) -> None:
    """A damage of the ZIP gives exactly one primary finding, with its code, entry, record and URL."""
    said = _said(damage.make().write(tmp_path / "x.wacz"))
    assert [(damage.code, damage.path)] == [(code, path) for code, path, _, _ in said]
    if damage.record is not None:
        hit = SOUND.lines[damage.record]
        assert (hit.id, hit.uri) == said[0][2:]


@pytest.mark.parametrize("damage", inside(), ids=lambda damage: f"{damage.name} {damage.above}")
def test_damage_inside_is_named(damage: Damage, tmp_path: Path) -> None:
    """What is damaged inside is named as in a package; where everything was made again, by --deep."""
    wacz = Wacz.around(damage, build())
    said = _said(wacz.write(tmp_path / "x.wacz"), Level.DEEP if damage.above else Level.DEFAULT)
    # Where nothing but the manifest of the bag tells, the CRC-32 does.
    code = {"bag.digest-mismatch": "zip.crc-differs"}.get(damage.code, damage.code)
    assert [(code, damage.path)] == [(found, path) for found, path, _, _ in said]
    if damage.record is not None:
        hit = damage.apply(build()).lines[damage.record]
        assert (hit.id, hit.uri) == said[0][2:]


@pytest.mark.parametrize("damage", ZIP_DAMAGES, ids=lambda damage: damage.name[:60])
def test_deep_says_the_same(damage: ZipDamage, tmp_path: Path) -> None:
    """What is wrong with the ZIP is found by --deep with the same code and entry."""
    said = _said(damage.make().write(tmp_path / "x.wacz"), Level.DEEP)
    assert [(damage.code, damage.path)] == [(code, path) for code, path, _, _ in said]


@pytest.mark.parametrize(("name", "do", "wanted"), ZIP_PAIRS, ids=[each[0] for each in ZIP_PAIRS])
def test_each_fault_is_named(
    name: str, do: Callable[[Wacz], object], wanted: list[tuple[str, str]], tmp_path: Path
) -> None:
    """Two faults at once are two findings."""
    made = Wacz.of(SOUND.files)
    do(made)
    said = _said(made.write(tmp_path / "x.wacz"))
    assert sorted(wanted) == sorted((code, path) for code, path, _, _ in said), name


@pytest.mark.parametrize("path", [path for path in SOUND.files if path.startswith("data/")])
def test_unreadable_file_is_not_checked(path: str, tmp_path: Path) -> None:
    """A file in it that cannot be read gives one finding, and nothing is called damaged."""
    target = Wacz.of(SOUND.files).write(tmp_path / "x.wacz")
    with unreadable(path):
        report = verify(target, jobs=1)
    said = [one for one in report.findings if one.result is not Result.PASS]
    assert [("file.not-readable", path)] == [(one.code, one.where.path) for one in said]
    assert 3 == report.exit_code


def test_cut_names_the_record(tmp_path: Path) -> None:
    """Of a file that ends inside of a record, the record is named under the finding."""
    cut = next(damage for damage in ZIP_DAMAGES if damage.name == "a cut in a record")
    report = verify(cut.make().write(tmp_path / "x.wacz"))
    also = {one.code: one.where.record for one in report.findings[0].also}
    assert SOUND.lines[5].id == also["warc.record-truncated"]


@pytest.mark.needs("zip")
def test_repacked_by_other_software(tmp_path: Path) -> None:
    """A file that other software packed again is not the one exported, and its WARC files are named."""
    root = build().write(tmp_path)
    subprocess.run(["zip", "-q", "-r", str(tmp_path / "x.wacz"), "."], cwd=root / "data", check=True)
    said = _said(tmp_path / "x.wacz")
    assert "zip.entry-compressed" in {code for code, path, _, _ in said if path == WARC}


def test_suffix_does_not_matter(tmp_path: Path) -> None:
    """The kind of a file is told by its content."""
    export_wacz(build().write(tmp_path), tmp_path / "x.wacz")
    shutil.move(tmp_path / "x.wacz", tmp_path / "x.zip")
    assert Result.PASS is verify(tmp_path / "x.zip").result


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a place for a file that is written anew for every example."""
    return tmp_path_factory.mktemp("zip") / "x.wacz"


@given(place=st.integers(min_value=0, max_value=1 << 16), mask=st.integers(min_value=1, max_value=255))
@settings(max_examples=100, deadline=None)
def test_flip_is_always_seen(written: Path, place: int, mask: int) -> None:
    """A changed byte anywhere in an exported file gives exit code 6, never an exception."""
    data = bytearray(WHOLE)
    data[place % len(data)] ^= mask
    written.write_bytes(bytes(data))
    assert 6 == verify(written, jobs=1).exit_code


@given(
    place=st.integers(min_value=0, max_value=1 << 16),
    cut=st.integers(min_value=0, max_value=2000),
    put=st.binary(max_size=80),
)
@settings(max_examples=100, deadline=None)
def test_splice_is_always_seen(written: Path, place: int, cut: int, put: bytes) -> None:
    """Bytes cut out, put in or replaced anywhere give exit code 6, never an exception."""
    place %= len(WHOLE) + 1
    changed = WHOLE[:place] + put + WHOLE[place + cut :]
    if changed != WHOLE:
        written.write_bytes(changed)
        assert 6 == verify(written, jobs=1).exit_code
