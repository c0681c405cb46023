"""Does every damage still give its finding? One question each, without pytest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.checks import Level, verify
from preserve.model.finding import Result
from preserve.package.reader import find_packages
from preserve.package.receipt import read_receipts
from preserve.workflows.pins import compared
from tests.checks.build import NAME, PAGE, build
from tests.checks.deep_damages import EDITS
from tests.checks.further_damages import ALL_DAMAGES
from tests.checks.on_disk import ON_DISK
from tests.checks.receipt_faults import CAPTURES, RECEIPT_FAULTS, Archive, make_archive
from tests.checks.wacz import Wacz
from tests.checks.zip_damages import ZIP_DAMAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.model.finding import Report
    from tests.checks.damages import Damage
    from tests.checks.deep_damages import Edit
    from tests.checks.on_disk import OnDisk
    from tests.checks.receipt_faults import ReceiptFault
    from tests.checks.zip_damages import ZipDamage

__all__ = ["Case", "cases"]

_LEVELS = (Level.QUICK, Level.DEFAULT, Level.DEEP)
"""All but --contents, which opens pictures: those of the small package are none."""


_SOUND = build()


@attrs.frozen(kw_only=True)
class Case:
    """One package, sound or damaged."""

    name: str
    make: Callable[[Path], object]
    """Makes the package in an empty folder."""
    ask: Callable[[Path], bool]
    """Tells whether its findings are the expected ones; changes nothing."""


def cases() -> Iterator[Case]:
    """Yield all packages: the sound ones, then every damage at each level that should see it."""
    yield Case(name="a sound package", make=_SOUND.write, ask=_sound_package)
    yield Case(name="a sound export", make=_export, ask=_sound_export)
    for damage in ALL_DAMAGES:
        for level in _LEVELS[1 + bool(damage.above) :]:
            name = f"{damage.name} {damage.above} {level.name}"
            yield Case(name=name, make=partial(_damage, damage), ask=partial(_package, damage, level))
    for edit in EDITS:
        yield Case(name=edit.name, make=partial(_damage, edit), ask=partial(_package, edit, Level.DEEP))
    for fault in ON_DISK:
        yield Case(name=fault.name, make=partial(_fault, fault), ask=partial(_disk, fault))
    for forged in ZIP_DAMAGES:
        for level in _LEVELS[1:]:
            name = f"{forged.name} {level.name}"
            yield Case(name=name, make=partial(_forge, forged), ask=partial(_zip, forged, level))
    for missed in RECEIPT_FAULTS:
        yield Case(name=missed.name, make=partial(_archive, missed), ask=partial(_receipt, missed))


def _export(into: Path) -> None:
    Wacz.of(_SOUND.files).write(into / "x.wacz")


def _damage(damage: Damage | Edit, into: Path) -> None:
    damage.apply(build()).write(into)


def _fault(fault: OnDisk, into: Path) -> None:
    fault.do(build().write(into / "a" / "b"))


def _forge(damage: ZipDamage, into: Path) -> None:
    damage.make().write(into / "x.wacz")


def _archive(fault: ReceiptFault, into: Path) -> None:
    archive = make_archive(into)
    fault.do(archive)
    for gone in {0, 1, 2} - set(fault.receipts):
        archive.receipt(gone).unlink()


def _sound_package(into: Path) -> bool:
    return all(_said(verify(into / PAGE / NAME, jobs=1, level=level)) == [] for level in _LEVELS)


def _sound_export(into: Path) -> bool:
    return all(_said(verify(into / "x.wacz", jobs=1, level=level)) == [] for level in _LEVELS)


def _package(damage: Damage | Edit, level: Level, into: Path) -> bool:
    hit = None if damage.record is None else _SOUND.lines[damage.record]
    said = _said(verify(into / PAGE / NAME, jobs=1, level=level))
    named = hit is None or (bool(said) and (hit.id, hit.uri) == said[0][2:4])
    lined = damage.line is None or (bool(said) and damage.line == said[0][4])
    return [(damage.code, damage.path)] == [each[:2] for each in said] and named and lined


def _disk(fault: OnDisk, into: Path) -> bool:
    moved = next((into / "a" / "b" / PAGE).iterdir())
    report = verify(moved, opener=fault.opener(), jobs=1)
    right = [(fault.code, fault.path)] == [each[:2] for each in _said(report)]
    return right and fault.exit_code == report.exit_code


def _zip(damage: ZipDamage, level: Level, into: Path) -> bool:
    said = _said(verify(into / "x.wacz", jobs=1, level=level))
    hit = None if damage.record is None else _SOUND.lines[damage.record]
    named = hit is None or (bool(said) and (hit.id, hit.uri) == said[0][2:4])
    return [(damage.code, damage.path)] == [each[:2] for each in said] and named


def _receipt(fault: ReceiptFault, into: Path) -> bool:
    archive = Archive(root=into / "archive", receipts=into / "receipts")
    found = compared(find_packages(archive.page), read_receipts(archive.receipts)[0])
    said = {package.path.name: findings for package, findings in found}[CAPTURES[fault.capture]]
    wanted = {(fault.code, fault.path), *fault.also}
    return wanted == {(one.code, one.where.path) for one in said if one.result is not Result.PASS}


def _said(report: Report) -> list[tuple[str, str, str | None, str | None, int | None]]:
    return [
        (found.code, found.where.path, found.where.record, found.where.url, found.where.line)
        for found in report.findings
        if found.result is not Result.PASS
    ]
