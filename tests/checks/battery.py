"""Does every damage still give its finding? All of them as questions, asked one by one, without pytest."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import attrs

from preserve.checks import Level, deep, opening, reading, verify
from preserve.checks.glance import glance
from preserve.formats import cdxj
from preserve.model.finding import Result
from preserve.package.reader import find_packages
from preserve.package.receipt import read_receipts
from preserve.workers import Workers
from preserve.workflows.pins import compared
from tests.checks.build import build
from tests.checks.content_damages import ODD, PHOTO, Odd, sample_with
from tests.checks.deep_damages import EDITS, Edit
from tests.checks.further_damages import ALL_DAMAGES
from tests.checks.inline import Inline
from tests.checks.on_disk import ON_DISK, OnDisk
from tests.checks.quick_damages import QUICK, QUICK_ZIPS, UNSEEN
from tests.checks.receipt_faults import CAPTURES, RECEIPT_FAULTS, ReceiptFault, make_archive
from tests.checks.wacz import Wacz
from tests.checks.zip_damages import ZIP_DAMAGES, ZipDamage, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Agreed, Evidence
    from preserve.model.finding import Report
    from tests.checks.build import Sample
    from tests.checks.damages import Damage

__all__ = ["Case", "answers", "cases"]

Said = list[tuple[str, str, str | None, str | None, int | None]]
_LEVELS = (Level.QUICK, Level.DEFAULT, Level.DEEP)


@attrs.frozen
class Case:
    """One question."""

    name: str
    ask: Callable[[Path], bool]
    """Given an empty folder of its own, tells whether the finding is the expected one."""


def answers(into: Path) -> Iterator[bool]:
    """Yield for every damage whether its finding is the expected one."""
    for number, case in enumerate(cases()):
        folder = into / str(number)
        folder.mkdir()
        yield case.ask(folder)
        shutil.rmtree(folder)


def cases() -> Iterator[Case]:
    """Yield all questions: what is sound first, then in turns, so that any change is soon noticed."""
    yield from _sound()
    groups = (_packages, _edits, _disks, _zips, _insides, _receipts, _levels, _workers, _contents)
    for some in zip_longest(*(group() for group in groups)):
        yield from (case for case in some if case is not None)


def said_of(report: Report) -> Said:
    """Return what a report says that is no pass: code, path, record, URL and line."""
    return [
        (found.code, found.where.path, found.where.record, found.where.url, found.where.line)
        for found in report.findings
        if found.result is not Result.PASS
    ]


# --- what is sound


def _sound() -> Iterator[Case]:
    for level in _LEVELS:
        for count in (4, 1):
            yield Case(
                f"sound, {count} a file, {level}",
                partial(_passes, build(per_file=count), level),
            )
        yield Case(f"sound .wacz, {level}", partial(_zip_passes, level))
    yield Case("sound contents", partial(_passes, sample_with(0), Level.CONTENTS))


def _passes(sample: Sample, level: Level, into: Path) -> bool:
    """Tell whether nothing is said, and lists and records were seen to be right at first sight."""
    looked: list[Agreed | None] = []

    def look(evidence: Evidence, *, deep: bool) -> Agreed | None:
        looked.append(glance(evidence, deep=deep))
        return looked[-1]

    with mock.patch.object(reading, "glance", look), mock.patch.object(opening, "Workers", Inline):
        report = verify(sample.write(into), jobs=1, level=level)
    wanted = level in (Level.DEFAULT, Level.DEEP)
    return said_of(report) == [] and [each is not None for each in looked] == [True] * wanted


def _zip_passes(level: Level, into: Path) -> bool:
    return said_of(verify(Wacz.of(build().files).write(into / "x.wacz"), jobs=1, level=level)) == []


# --- damages


def _packages() -> Iterator[Case]:
    for damage in ALL_DAMAGES:
        yield Case(f"{damage.name} {damage.above}", partial(_damaged, damage))


def _damaged(damage: Damage, into: Path) -> bool:
    sample = build()
    hit = None if damage.record is None else sample.lines[damage.record]
    root = damage.apply(sample).write(into)
    for level in (Level.DEEP,) if damage.above else (Level.DEFAULT, Level.DEEP):
        said = said_of(verify(root, jobs=1, level=level))
        if [(damage.code, damage.path)] != [each[:2] for each in said]:
            return False
        if hit is not None and (hit.id, hit.uri) != said[0][2:4]:
            return False
        if damage.line not in (None, said[0][4]):
            return False
    return True


def _edits() -> Iterator[Case]:
    for edit in EDITS:
        yield Case(f"{edit.name} --deep", partial(_edited, edit))


def _edited(edit: Edit, into: Path) -> bool:
    sample = build()
    hit = sample.lines[edit.record]
    root = edit.apply(sample).write(into)
    said = said_of(verify(root, jobs=1, level=Level.DEEP))
    named = [(edit.code, edit.path, hit.id, hit.uri)] == [each[:4] for each in said]
    return named and edit.line in (None, said[0][4]) and said_of(verify(root, jobs=1)) == []


def _disks() -> Iterator[Case]:
    for fault in ON_DISK:
        yield Case(fault.name, partial(_on_disk, fault))


def _on_disk(fault: OnDisk, into: Path) -> bool:
    root = build().write(into / "a" / "b")
    fault.do(root)
    report = verify(next(root.parent.iterdir()), opener=fault.opener(), jobs=1)
    said = [each[:2] for each in said_of(report)]
    return [(fault.code, fault.path)] == said and fault.exit_code == report.exit_code


def _zips() -> Iterator[Case]:
    for damage in ZIP_DAMAGES:
        yield Case(f"{damage.name[:60]!r} .wacz", partial(_zip_damaged, damage))


def _zip_damaged(damage: ZipDamage, into: Path) -> bool:
    path = damage.make().write(into / "x.wacz")
    hit = None if damage.record is None else build().lines[damage.record]
    for level in (Level.DEFAULT, Level.DEEP):
        said = said_of(verify(path, jobs=1, level=level))
        if [(damage.code, damage.path)] != [each[:2] for each in said]:
            return False
        if hit is not None and (hit.id, hit.uri) != said[0][2:4]:
            return False
    return True


def _insides() -> Iterator[Case]:
    for damage in inside():
        yield Case(f"{damage.name} {damage.above} in a .wacz", partial(_inside, damage))


def _inside(damage: Damage, into: Path) -> bool:
    level = Level.DEEP if damage.above else Level.DEFAULT
    path = Wacz.around(damage, build()).write(into / "x.wacz")
    said = said_of(verify(path, jobs=1, level=level))
    code = {"bag.digest-mismatch": "zip.crc-differs"}.get(damage.code, damage.code)
    if [(code, damage.path)] != [each[:2] for each in said]:
        return False
    hit = None if damage.record is None else build().lines[damage.record]
    return hit is None or (hit.id, hit.uri) == said[0][2:4]


def _receipts() -> Iterator[Case]:
    for fault in RECEIPT_FAULTS:
        yield Case(f"{fault.name} with receipts", partial(_pinned, fault))


def _pinned(fault: ReceiptFault, into: Path) -> bool:
    archive = make_archive(into)
    fault.do(archive)
    for gone in {0, 1, 2} - set(fault.receipts):
        archive.receipt(gone).unlink()
    found = compared(find_packages(archive.page), read_receipts(archive.receipts)[0])
    said = {package.path.name: findings for package, findings in found}[CAPTURES[fault.capture]]
    wanted = sorted([(fault.code, fault.path), *fault.also])
    return wanted == sorted((one.code, one.where.path) for one in said if one.result is not Result.PASS)


# --- the same with other means


def _levels() -> Iterator[Case]:
    """With --quick; and with blocks of two lines in the index."""
    yield Case("sound, blocks of two lines", _small_blocks)
    for damage in QUICK:
        yield Case(f"{damage.name} {damage.above} --quick", partial(_quickly, damage))
    for name, change in UNSEEN:
        yield Case(f"{name} --quick", partial(_unseen, change))
    for name, do, code, path in QUICK_ZIPS:
        yield Case(f"{name} --quick .wacz", partial(_zip_quickly, do, [(code, path)]))


def _quickly(damage: Damage, into: Path) -> bool:
    report = verify(damage.apply(build()).write(into), jobs=1, level=Level.QUICK)
    return [(damage.code, damage.path)] == [each[:2] for each in said_of(report)]


def _unseen(do: Callable[[Sample], object], into: Path) -> bool:
    sample = build()
    do(sample)
    return said_of(verify(sample.write(into), jobs=1, level=Level.QUICK)) == []


def _zip_quickly(do: Callable[[Wacz], object], wanted: list[tuple[str, str]], into: Path) -> bool:
    made = Wacz.of(build().files)
    do(made)
    report = verify(made.write(into / "x.wacz"), jobs=1, level=Level.QUICK)
    return wanted == [each[:2] for each in said_of(report)]


def _small_blocks(into: Path) -> bool:
    with mock.patch.object(cdxj, "BLOCK_LINES", 2):
        return all(_passes(build(), level, into / level) for level in _LEVELS)


def _workers() -> Iterator[Case]:
    """With ranges of two records, read as worker processes read them."""
    some: list[Edit | Damage] = [*EDITS, *ALL_DAMAGES[:60]]
    for damage in some:
        yield Case(f"{damage.name}, by workers", partial(_by_workers, damage))


def _by_workers(damage: Edit | Damage, into: Path) -> bool:
    root = damage.apply(build()).write(into)
    here = verify(root, jobs=1, level=Level.DEEP)
    with (
        mock.patch.object(deep, "_HERE_BYTES", 0),
        mock.patch.object(deep, "_RANGE_RECORDS", 2),
        mock.patch.object(deep, "Workers", Inline),
    ):
        return here == verify(root, jobs=2, level=Level.DEEP)


def _contents() -> Iterator[Case]:
    for odd in ODD:
        yield Case(f"{odd.name} --contents", partial(_opened, odd))


def _opened(odd: Odd, into: Path) -> bool:
    sample = sample_with(odd.cut)
    odd.do(sample)
    sample.remake()
    root = sample.write(into)
    workers = Workers if odd.limited else Inline
    with mock.patch.object(opening, "Workers", workers):
        report = verify(root, jobs=1, level=Level.CONTENTS)
    photo = next((each for each in said_of(report) if each[4] == PHOTO), None)
    hit = sample.lines[2 * PHOTO - 1]
    wanted = (odd.code, odd.path, hit.id, hit.uri, PHOTO)
    return wanted == photo and odd.exit_code == report.exit_code and said_of(verify(root, jobs=1)) == []
