"""Tests of ``preserve.checks``: every damage gives one finding that names what was hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preserve.checks import Level, verify
from preserve.model.finding import Result
from preserve.model.findings import CODES
from tests.checks.build import WARC, build
from tests.checks.damages import STYLE, Damage
from tests.checks.further_damages import ALL_DAMAGES
from tests.checks.rich_damages import RICH_SOUND

if TYPE_CHECKING:
    from pathlib import Path


def _name(damage: Damage) -> str:
    return f"{damage.name}{' ' if damage.above else ''}{damage.above}"


@pytest.mark.parametrize("damage", ALL_DAMAGES, ids=_name)
def test_damage_is_named(damage: Damage, tmp_path: Path) -> None:
    """
    A damage gives exactly one primary finding: the right code, file, line, record and URL; exit 6.

    Of what the finding is about, nothing is said to be consistent.

    Where all digests were made again, what only a record can tell is found by --deep alone.
    """
    sample = damage.apply(build())
    hit = None if damage.record is None else sample.lines[damage.record]
    report = verify(sample.write(tmp_path), jobs=1, level=damage.levels[0])
    said = [finding for finding in report.findings if finding.result is not Result.PASS]
    assert [(damage.code, damage.path)] == [(finding.code, finding.where.path) for finding in said]
    where = said[0].where
    assert 6 == report.exit_code
    if hit is not None:
        assert (hit.id, hit.uri) == (where.record, where.url)
    if damage.line is not None:
        assert damage.line == where.line
    kinds = {finding.code.partition(".")[0] for finding in said}
    passed = [finding.code for finding in report.findings if finding.result is Result.PASS]
    assert [] == [code for code in passed if code.partition(".")[0] in kinds]
    assert said[0].message
    assert damage.says in said[0].message
    assert said[0].clause
    assert said[0].remedy


@pytest.mark.parametrize("level", [Level.DEFAULT, Level.DEEP])
@pytest.mark.parametrize("name", RICH_SOUND)
def test_what_may_be_so_passes(name: str, level: Level, tmp_path: Path) -> None:
    """Packages with redirects, renditions, gaps, reasons or no page at all are sound, all the same."""
    sample = build()
    RICH_SOUND[name](sample)
    sample.remake()
    report = verify(sample.write(tmp_path), jobs=1, level=level)
    assert [] == [finding.code for finding in report.findings if finding.result is not Result.PASS]


@pytest.mark.parametrize("damage", [damage for damage in ALL_DAMAGES if damage.levels[1:]], ids=_name)
def test_deep_says_the_same(damage: Damage, tmp_path: Path) -> None:
    """What the default level finds is found by --deep too, with the same code, place and record."""
    root = damage.apply(build()).write(tmp_path)
    said = [
        [(found.code, found.where) for found in verify(root, jobs=1, level=level).findings if found.remedy]
        for level in (Level.DEFAULT, Level.DEEP)
    ]
    failed = [[each for each in some if CODES[each[0]].result is not Result.PASS] for some in said]
    assert failed[0] == failed[1]


@pytest.mark.parametrize("damage", [damage for damage in ALL_DAMAGES if damage.above], ids=_name)
def test_hidden_damage_passes_the_bag(damage: Damage, tmp_path: Path) -> None:
    """Where all digests were made again, none of them is what gives the damage away."""
    report = verify(damage.apply(build()).write(tmp_path), jobs=1, level=Level.DEEP)
    codes = {also.code for finding in report.findings for also in (finding, *finding.also)}
    assert "bag.digest-mismatch" not in codes


def test_any_byte_of_a_record(tmp_path: Path) -> None:
    """Any byte of a record that is changed names that record: header, deflate data, CRC-32 and size."""
    sample = build()
    sound, hit = sample.files[WARC], sample.lines[STYLE]
    root = sample.write(tmp_path)
    for offset in range(hit.offset, hit.end):
        (root / WARC).write_bytes(sound[:offset] + bytes([sound[offset] ^ 0x10]) + sound[offset + 1 :])
        said = [found for found in verify(root, jobs=1).findings if found.result is not Result.PASS]
        assert [("warc.record-damaged", hit.id)] == [(found.code, found.where.record) for found in said]


def test_records_damage_carries_its_consequences(tmp_path: Path) -> None:
    """The digests that fail because of a damaged record stand in its ``also``."""
    damage = next(damage for damage in ALL_DAMAGES if damage.name == "a flip in a payload")
    report = verify(damage.apply(build()).write(tmp_path))
    said = next(finding for finding in report.findings if finding.code == "warc.record-damaged")
    assert ["bag.digest-mismatch", "datapackage.resource-differs"] == sorted(also.code for also in said.also)
    assert "CRC32" in said.message
