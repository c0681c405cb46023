"""Does every damage still give its finding? All of them in one go, without pytest."""

from __future__ import annotations

import shutil
from itertools import zip_longest
from typing import TYPE_CHECKING

from preserve.checks import Level, verify
from preserve.model.finding import Result
from preserve.package.reader import find_packages
from preserve.package.receipt import read_receipts
from preserve.workflows.pins import compared
from tests.checks.build import build
from tests.checks.deep_damages import EDITS
from tests.checks.further_damages import ALL_DAMAGES
from tests.checks.on_disk import ON_DISK
from tests.checks.receipt_faults import CAPTURES, RECEIPT_FAULTS, make_archive
from tests.checks.wacz import Wacz
from tests.checks.zip_damages import ZIP_DAMAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preserve.model.finding import Report

__all__ = ["answers"]

_LEVELS = (Level.QUICK, Level.DEFAULT, Level.DEEP)
"""All but --contents, which opens pictures: those of the small package are none."""


def answers(into: Path) -> Iterator[bool]:
    """Yield for every damage whether its finding is the expected one; what is sound comes first."""
    root = build().write(into / "sound")
    yield all(_said(verify(root, jobs=1, level=level)) == [] for level in _LEVELS)
    sound = Wacz.of(build().files).write(into / "sound.wacz")
    yield all(_said(verify(sound, jobs=1, level=level)) == [] for level in _LEVELS)
    # In turns, so that whichever module was changed, it is soon noticed.
    groups = (_packages, _disks, _zips, _receipts)
    for some in zip_longest(*(group(into / group.__name__) for group in groups), fillvalue=True):
        yield from some


def _disks(into: Path) -> Iterator[bool]:
    for fault in ON_DISK:
        root = build().write(into / "a" / "b")
        fault.do(root)
        moved = next(root.parent.iterdir())
        report = verify(moved, opener=fault.opener(), jobs=1)
        yield [(fault.code, fault.path)] == [each[:2] for each in _said(report)]
        shutil.rmtree(into)


def _zips(into: Path) -> Iterator[bool]:
    into.mkdir()
    for damage in ZIP_DAMAGES:
        report = verify(damage.make().write(into / "x.wacz"), jobs=1)
        yield [(damage.code, damage.path)] == [each[:2] for each in _said(report)]


def _receipts(into: Path) -> Iterator[bool]:
    for number, fault in enumerate(RECEIPT_FAULTS):
        archive = make_archive(into / str(number))
        fault.do(archive)
        for gone in {0, 1, 2} - set(fault.receipts):
            archive.receipt(gone).unlink()
        found = compared(find_packages(archive.page), read_receipts(archive.receipts)[0])
        said = {package.path.name: findings for package, findings in found}[CAPTURES[fault.capture]]
        wanted = {(fault.code, fault.path), *fault.also}
        yield wanted == {(one.code, one.where.path) for one in said if one.result is not Result.PASS}


def _packages(into: Path) -> Iterator[bool]:
    for damage in ALL_DAMAGES:
        sample = build()
        hit = None if damage.record is None else sample.lines[damage.record]
        level = Level.DEEP if damage.above else Level.DEFAULT
        said = _said(verify(damage.apply(sample).write(into), jobs=1, level=level))
        named = hit is None or (bool(said) and (hit.id, hit.uri) == said[0][2:4])
        lined = damage.line is None or (bool(said) and damage.line == said[0][4])
        yield [(damage.code, damage.path)] == [each[:2] for each in said] and named and lined
        shutil.rmtree(into)
    for edit in EDITS:
        sample = build()
        hit = sample.lines[edit.record]
        said = _said(verify(edit.apply(sample).write(into), jobs=1, level=Level.DEEP))
        yield [(edit.code, edit.path, hit.id, hit.uri)] == [each[:4] for each in said]
        shutil.rmtree(into)


def _said(report: Report) -> list[tuple[str, str, str | None, str | None, int | None]]:
    return [
        (found.code, found.where.path, found.where.record, found.where.url, found.where.line)
        for found in report.findings
        if found.result is not Result.PASS
    ]
