"""Tests of the level --quick: names and sizes, and nothing read that it need not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preserve.checks import Level, verify
from preserve.checks.tree import never_follow
from preserve.model.finding import Result
from tests.checks.build import DATAPACKAGE, DATAPACKAGE_DIGEST, build
from tests.checks.quick_damages import QUICK, QUICK_ZIPS, UNSEEN
from tests.checks.wacz import Wacz

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from preserve.model.finding import Report
    from tests.checks.build import Sample
    from tests.checks.damages import Damage


def _said(report: Report) -> list[tuple[str, str]]:
    return [(one.code, one.where.path) for one in report.findings if one.result is not Result.PASS]


def test_sound_package_passes(tmp_path: Path) -> None:
    """Of a sound package three things are said, and only the tag files and the data package are opened."""
    opened: set[str] = set()
    root = build().write(tmp_path)

    def opener(path: Path) -> BinaryIO:
        opened.add(path.relative_to(root).as_posix())
        return never_follow(path)

    report = verify(root, level=Level.QUICK, opener=opener)
    assert ["structure.holds", "sizes.hold"] == [finding.code for finding in report.findings]
    tags = {path for path in build().files if "/" not in path}
    assert {*tags, DATAPACKAGE, DATAPACKAGE_DIGEST} == opened


@pytest.mark.parametrize("damage", QUICK, ids=lambda damage: f"{damage.name} {damage.above}")
def test_damage_is_named(damage: Damage, tmp_path: Path) -> None:
    """A damage gives exactly one primary finding, about what is damaged; exit code 6."""
    report = verify(damage.apply(build()).write(tmp_path), level=Level.QUICK, jobs=1)
    assert [(damage.code, damage.path)] == _said(report)
    assert 6 == report.exit_code


@pytest.mark.parametrize(("name", "do"), UNSEEN, ids=lambda each: each if isinstance(each, str) else "")
def test_same_names_and_sizes_pass(name: str, do: Callable[[Sample], None], tmp_path: Path) -> None:
    """What changed neither a name nor a size is for the other levels."""
    sample = build()
    do(sample)
    root = sample.write(tmp_path)
    assert [] == _said(verify(root, level=Level.QUICK)), name
    assert 6 == verify(root).exit_code


@pytest.mark.parametrize(("name", "do", "code", "path"), QUICK_ZIPS, ids=[each[0] for each in QUICK_ZIPS])
def test_damage_of_an_export_is_named(
    name: str, do: Callable[[Wacz], object], code: str, path: str, tmp_path: Path
) -> None:
    """The same of an exported file."""
    made = Wacz.of(build().files)
    do(made)
    report = verify(made.write(tmp_path / "x.wacz"), level=Level.QUICK, jobs=1)
    assert [(code, path)] == _said(report), name
