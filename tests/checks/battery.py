"""Does every damage still give its finding? All of them as questions, asked one by one, without pytest."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import attrs

from preserve.checks import Level, deep, examine, opening, ranges, reading, unpacked
from preserve.checks.glance import glance
from preserve.checks.receipts import with_findings
from preserve.checks.tree import never_follow
from preserve.formats import warc
from preserve.model.finding import Result
from preserve.package.reader import find_packages
from preserve.package.receipt import read_receipts
from preserve.workers.pool import Workers
from preserve.workflows.pins import compared
from preserve.workflows.verify import verify as verify_with
from tests.checks.block_damages import BLOCKS, Blocks, small_blocks
from tests.checks.build import NAME, PAGE, TAGMANIFEST, build
from tests.checks.combined_damages import COMBINED
from tests.checks.content_damages import CONTENTS, ODD, PHOTO, Odd, sample_with
from tests.checks.deep_damages import EDITS, Edit
from tests.checks.further_damages import ALL_DAMAGES
from tests.checks.inline import Inline
from tests.checks.on_disk import CLOSED, ON_DISK, UNCHECKED, OnDisk, closing
from tests.checks.quick_damages import QUICK, QUICK_ZIPS, UNSEEN
from tests.checks.receipt_faults import CAPTURES, RECEIPT_FAULTS, Archive, ReceiptFault, make_archive
from tests.checks.rich import make_rich
from tests.checks.rich_damages import RICH_SOUND
from tests.checks.wacz import Wacz
from tests.checks.zip_damages import ZIP_DAMAGES, ZIP_PAIRS, ZipDamage, inside, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.results import Agreed
    from preserve.checks.tree import Opener
    from preserve.model.finding import Finding, Report
    from preserve.model.progress import Progress
    from tests.checks.build import Sample
    from tests.checks.damages import Damage

__all__ = ["Case", "cases"]

Said = list[tuple[str, str, str | None, str | None, int | None]]
_LEVELS = (Level.QUICK, Level.DEFAULT, Level.DEEP)
_LISTS = ("index", "resources", "references", "capture", "pages", "datapackage", "records")
_DEFAULT = {"bag.valid", "structure.holds", *(f"{name}.consistent" for name in _LISTS)}
_PASSED: dict[Level, set[str]] = {
    Level.QUICK: {"structure.holds", "sizes.hold"},
    Level.DEFAULT: _DEFAULT,
    Level.DEEP: {*_DEFAULT, "records.sound"},
    Level.CONTENTS: {*_DEFAULT, "records.sound", "contents.hold"},
}
"""What is said of a sound package."""
_COUNTED = {
    "records.consistent": "9 records in 1 WARC files.",
    "resources.consistent": "4 resources.",
    "index.consistent": "4 lines.",
    "structure.holds": "15 files.",
}
"""How the sentences end that count, of the small package at the default level."""
_READ_AGAIN = {"bag.digest-mismatch", "zip.crc-differs"}
_OF_A_RECORD = {
    "warc.record-damaged",
    "warc.record-truncated",
    "warc.record-missing",
    "warc.record-changed",
    "warc.records-reordered",
}
"""Their sentences name the record: its id, and its URI or else its type."""
_PHOTO_RECORD = 2 * PHOTO - 1


@attrs.frozen(kw_only=True)
class Case:
    """One package, sound or damaged."""

    name: str
    make: Callable[[Path], object]
    """Makes the package in an empty folder."""
    ask: Callable[[Path], bool]
    """Tells whether its findings are the expected ones; changes nothing."""


def cases() -> Iterator[Case]:
    """Yield all packages: the sound ones, then the others in turns, so that any change is soon noticed."""
    yield from _sound()
    groups = (
        _packages,
        _edits,
        _disks,
        _zips,
        _insides,
        _receipts,
        _quick,
        _combined,
        _blocks,
        _workers,
        _contents,
    )
    for some in zip_longest(*(group() for group in groups)):
        yield from (case for case in some if case is not None)


def verify(
    path: Path, *, level: Level = Level.DEFAULT, jobs: int = 1, opener: Opener = never_follow
) -> Report:
    """
    Return the report on a package, if what was told on the way is what the report says in the end.

    Each cause is told of once, when it is first met, and by a finding that is its own or goes with it. What
    is not what was sealed was read again, and nothing else was, WARC files apart.
    """
    told: list[Finding] = []
    again: set[str] = set()

    def on_progress(progress: Progress) -> None:
        again.update({progress.detail} if progress.step == "file.reread" else ())

    run = examine(path, level=level, jobs=jobs, opener=opener, on_progress=on_progress)
    while True:
        try:
            told.append(next(run))
        except StopIteration as end:
            report: Report = end.value
            break
    spoken = {found.code.partition(".")[0] for found in report.findings if found.result is not Result.PASS}
    passed = [one.code for one in report.findings if one.result is Result.PASS]
    assert not [code for code in passed if code.partition(".")[0] in spoken]
    every = [found for one in report.findings for found in (one, *one.also)]
    # What is said is said in words, and what was seen is not what was expected.
    assert not [found.message for found in every if "[Errno" in found.message]
    assert not [found for found in every if found.expected and found.expected == found.observed]
    sealed = {found.where.path for found in every if found.code in _READ_AGAIN}
    assert level is Level.QUICK or sealed <= again
    named = " ".join(f"{found.where.path} {found.message}" for found in every)
    assert not [each for each in again if not each.endswith(".warc.gz") and each not in named]
    assert spoken or not again
    known = [(found.code, found.where) for found in every]
    assert len(told) == len(report.findings)
    assert all((one.code, one.where) in known for one in told)
    assert [one for one in report.findings if one.result is Result.PASS] == [
        one for one in told if one.result is Result.PASS
    ]
    return report


def _said(report: Report) -> Said:
    """Return what a report says that is no pass: code, path, record, URL and line."""
    return [
        (found.code, found.where.path, found.where.record, found.where.url, found.where.line)
        for found in report.findings
        if found.result is not Result.PASS
    ]


def _places(report: Report) -> list[tuple[str, str]]:
    return [each[:2] for each in _said(report)]


def _damage(damage: Damage | Edit, into: Path) -> None:
    damage.apply(build()).write(into)


# --- what is sound


def _sound() -> Iterator[Case]:
    for level in _LEVELS:
        for count in (4, 1):
            made = build(per_file=count)
            name = f"sound, {count} a file, {level}"
            yield Case(name=name, make=made.write, ask=partial(_passes, level))
        yield Case(name=f"sound .wacz, {level}", make=_export, ask=partial(_zip_passes, level))
    for name, made in (
        ("4 a file", build()),
        ("1 a file", build(per_file=1)),
        ("a large one", build(html=random.Random(5).randbytes(300_000))),  # noqa: S311 - always the same
    ):
        yield Case(name=f"sound at first sight, {name}", make=made.write, ask=_at_first_sight)
    for number in (1, 2, 4, 7):
        made = Edit(name="", record=number, change=_with_field).apply(build())
        name = f"sound, record {number} with a field of its own"
        yield Case(name=name, make=made.write, ask=partial(_passes, Level.DEEP))
    yield Case(name="what is counted", make=build().write, ask=_counts)
    yield Case(name="sound contents", make=sample_with(0).write, ask=partial(_passes, Level.CONTENTS))
    yield Case(name="how many contents", make=sample_with(0).write, ask=_contents_counted)
    for name, do in RICH_SOUND.items():
        made = build()
        do(made)
        made.remake()
        for level in (Level.DEFAULT, Level.DEEP, Level.CONTENTS):
            # What a 1xx response names without an answer is asked of the lists.
            slow = name == "no answer" and level is Level.DEEP
            ask = partial(_passes_slowly if slow else _passes, level)
            yield Case(name=f"sound, {name}, {level}", make=made.write, ask=ask)
    with small_blocks():
        small = build()
    yield Case(name="sound, blocks of two lines", make=small.write, ask=partial(_small_blocks, 2))
    with small_blocks(3):
        rich = build()
        make_rich(rich)
        rich.remake()
    yield Case(name="sound, blocks of three lines and one", make=rich.write, ask=partial(_small_blocks, 3))


def _with_field(header: bytes, block: bytes) -> tuple[bytes, bytes]:
    return header[:-2] + b"X-Own: 1\r\n\r\n", block


def _passes(level: Level, into: Path) -> bool:
    """
    Tell whether nothing is said, and lists and records were seen to be right at first sight.

    With --deep what the records declare is not compared one by one, and none is read again for what it
    differs in.
    """
    looked: list[Agreed | None] = []

    def look(evidence: Evidence, **how: Any) -> Agreed | None:
        looked.append(glance(evidence, **how))
        return looked[-1]

    with (
        mock.patch.object(reading, "glance", look),
        mock.patch.object(opening, "Workers", Inline),
        mock.patch.object(unpacked, "_facts" if level is Level.DEEP else "_read", side_effect=AssertionError),
    ):
        report = verify(into / PAGE / NAME, jobs=1, level=level)
    wanted = level in (Level.DEFAULT, Level.DEEP)
    if sorted(_PASSED[level]) != sorted(found.code for found in report.findings):
        return False
    return _said(report) == [] and [each is not None for each in looked] == [True] * wanted


def _passes_slowly(level: Level, into: Path) -> bool:
    """Tell whether nothing is said, however that is seen."""
    report = verify(into / PAGE / NAME, jobs=1, level=level)
    return _said(report) == [] and sorted(_PASSED[level]) == sorted(found.code for found in report.findings)


def _at_first_sight(into: Path) -> bool:
    """Tell whether no record of a package as we write it is read by the rules."""
    with mock.patch.object(warc, "walk", side_effect=AssertionError):
        return _passes(Level.DEEP, into)


def _contents_counted(into: Path) -> bool:
    with mock.patch.object(opening, "Workers", Inline):
        report = verify(into / PAGE / NAME, level=Level.CONTENTS)
    return report.findings[-1].message.endswith(": 4 contents.")


def _counts(into: Path) -> bool:
    report = verify(into / PAGE / NAME)
    said = {found.code: found.message for found in report.findings}
    sizes = sum(map(len, build().files.values()))
    ends = all(said[code].endswith(f": {text}") for code, text in _COUNTED.items())
    bag = said["bag.valid"].endswith(f": 15 files, {sizes} bytes.")
    return ends and bag and (report.files, report.records, report.size_bytes) == (15, 9, sizes)


def _small_blocks(lines: int, into: Path) -> bool:
    with small_blocks(lines):
        return all(_passes(level, into) for level in _LEVELS)


def _export(into: Path) -> None:
    Wacz.of(build().files).write(into / "x.wacz")


def _zip_passes(level: Level, into: Path) -> bool:
    return _said(verify(into / "x.wacz", jobs=1, level=level)) == []


# --- damages


def _packages() -> Iterator[Case]:
    for damage in ALL_DAMAGES:
        for level in map(Level, damage.levels):
            name = f"{damage.name} {damage.above} {level}"
            yield Case(name=name, make=partial(_damage, damage), ask=partial(_damaged, damage, level))


def _edits() -> Iterator[Case]:
    for edit in EDITS:
        yield Case(name=f"{edit.name} deep", make=partial(_damage, edit), ask=partial(_edited, edit))


def _damaged(damage: Damage | Edit, level: Level, into: Path) -> bool:
    hit = None if damage.record is None else damage.apply(build()).lines[damage.record]
    report = verify(into / PAGE / NAME, jobs=1, level=level)
    said = _said(report)
    named = hit is None or (bool(said) and (hit.id, hit.uri) == said[0][2:4])
    lined = damage.line is None or (bool(said) and damage.line == said[0][4])
    worded = getattr(damage, "says", "") in report.findings[0].message
    if hit is not None and damage.code in _OF_A_RECORD:
        worded = worded and f"{hit.id} ({hit.uri or hit.type})" in report.findings[0].message
    return [(damage.code, damage.path)] == [each[:2] for each in said] and named and lined and worded


def _edited(edit: Edit, into: Path) -> bool:
    return _damaged(edit, Level.DEEP, into) and _said(verify(into / PAGE / NAME, jobs=1)) == []


def _disks() -> Iterator[Case]:
    for fault in ON_DISK:
        yield Case(name=fault.name, make=partial(_fault, fault), ask=partial(_on_disk, fault))
    for folder in CLOSED:
        for level in _LEVELS:
            name = f"{folder} cannot be listed, {level}"
            yield Case(name=name, make=build().write, ask=partial(_closed, folder, level))


def _fault(fault: OnDisk, into: Path) -> None:
    fault.do(build().write(into / "a" / "b"))


def _on_disk(fault: OnDisk, into: Path) -> bool:
    moved = next((into / "a" / "b" / PAGE).iterdir())
    with mock.patch.object(opening, "Workers", Inline), fault.lists():
        report = verify(moved, opener=fault.opener(), level=Level(fault.level))
    also = [(one.code, one.where.path) for one in report.findings[0].also]
    undone = [path for code, path in also if code == "check.not-done"]
    unchecked = fault.unchecked is None or sorted(fault.unchecked) == sorted(undone)
    right = sorted([(fault.code, fault.path), *fault.more]) == sorted(_places(report))
    return right and unchecked and set(fault.also) <= set(also) and fault.exit_code == report.exit_code


def _closed(folder: str, level: Level, into: Path) -> bool:
    with closing(folder):
        report = verify(into / PAGE / NAME, level=level)
    also = sorted(one.where.path for one in report.findings[0].also if one.code == "check.not-done")
    unchecked = UNCHECKED.get((folder, level))
    right = [("file.not-readable", folder)] == _places(report) and report.exit_code == 3
    right = right and report.findings[0].message.startswith(folder or "The folder of the package")
    return right and (unchecked is None or sorted(unchecked) == also)


def _zips() -> Iterator[Case]:
    for damage in ZIP_DAMAGES:
        for level in (Level.DEFAULT, Level.DEEP):
            name = f"{damage.name[:60]!r} .wacz {level}"
            yield Case(name=name, make=partial(_forge, damage), ask=partial(_zip_damaged, damage, level))

    for title, do, wanted in ZIP_PAIRS:
        yield Case(name=title, make=partial(_change_zip, do), ask=partial(_zip_named, wanted, ""))
    for path in sorted(path for path in build().files if path.startswith("data/")):
        ask = partial(_zip_named, [("file.not-readable", path)], path)
        yield Case(name=f"{path} cannot be read in a .wacz", make=_export, ask=ask)


def _zip_named(wanted: list[tuple[str, str]], refused: str, into: Path) -> bool:
    with unreadable(refused):
        return sorted(wanted) == sorted(_places(verify(into / "x.wacz")))


def _forge(damage: ZipDamage, into: Path) -> None:
    damage.make().write(into / "x.wacz")


def _zip_damaged(damage: ZipDamage, level: Level, into: Path) -> bool:
    hit = None if damage.record is None else build().lines[damage.record]
    said = _said(verify(into / "x.wacz", jobs=1, level=level))
    named = hit is None or (bool(said) and (hit.id, hit.uri) == said[0][2:4])
    return [(damage.code, damage.path)] == [each[:2] for each in said] and named


def _insides() -> Iterator[Case]:
    for damage in inside():
        name = f"{damage.name} {damage.above} in a .wacz"
        yield Case(name=name, make=partial(_wrap, damage), ask=partial(_inside, damage))


def _wrap(damage: Damage, into: Path) -> None:
    Wacz.around(damage, build()).write(into / "x.wacz")


def _inside(damage: Damage, into: Path) -> bool:
    level = Level.DEEP if damage.above else Level.DEFAULT
    said = _said(verify(into / "x.wacz", jobs=1, level=level))
    # Where nothing but the manifest of the bag tells, the CRC-32 does.
    code = {"bag.digest-mismatch": "zip.crc-differs"}.get(damage.code, damage.code)
    hit = None if damage.record is None else damage.apply(build()).lines[damage.record]
    named = hit is None or (bool(said) and (hit.id, hit.uri) == said[0][2:4])
    return [(code, damage.path)] == [each[:2] for each in said] and named


def _receipts() -> Iterator[Case]:
    for fault in RECEIPT_FAULTS:
        name = f"{fault.name} with receipts"
        yield Case(name=name, make=partial(_archive, fault), ask=partial(_pinned, fault))
    yield Case(name="a tag manifest damaged, with receipts", make=_tag, ask=_tagged)


def _archive(fault: ReceiptFault, into: Path) -> None:
    archive = make_archive(into)
    fault.do(archive)
    for gone in {0, 1, 2} - set(fault.receipts):
        archive.receipt(gone).unlink()


def _pinned(fault: ReceiptFault, into: Path) -> bool:
    archive = Archive(root=into / "archive", receipts=into / "receipts")
    found = compared(find_packages(archive.page), read_receipts(archive.receipts)[0])
    said = {package.path.name: findings for package, findings in found}[CAPTURES[fault.capture]]
    wanted = sorted([(fault.code, fault.path), *fault.also])
    report = verify(archive.package(fault.capture))
    passed = [one for one in said if one.result is Result.PASS]
    failed = [one for one in said if one.result is not Result.PASS]
    whole = with_findings(report, said).findings
    told = (*failed[::-1], *report.findings, *passed) == whole
    return told and wanted == sorted((one.code, one.where.path) for one in failed)


def _tagged(into: Path) -> bool:
    """Tell whether a tag manifest that is damaged, and so not the one pinned, is one finding."""
    archive = Archive(root=into / "archive", receipts=into / "receipts")
    report = verify_with(archive.package(1), receipts=archive.receipts, jobs=1)
    also = {one.code for one in report.findings[0].also}
    return "receipt.differs" in also and [TAGMANIFEST] == [path for _, path in _places(report)]


def _tag(into: Path) -> None:
    path = make_archive(into).package(1) / TAGMANIFEST
    path.write_bytes(path.read_bytes().replace(b"README.txt", b"README.TXT"))


# --- at other levels, by other means


def _quick() -> Iterator[Case]:
    for damage in QUICK:
        name = f"{damage.name} {damage.above} quick"
        yield Case(name=name, make=partial(_damage, damage), ask=partial(_damaged, damage, Level.QUICK))
    for name, do in UNSEEN:
        yield Case(name=f"{name} quick", make=partial(_change, do), ask=_unseen)
    for name, forge, code, path in QUICK_ZIPS:
        ask = partial(_zip_quickly, [(code, path)])
        yield Case(name=f"{name} .wacz quick", make=partial(_change_zip, forge), ask=ask)


def _change(do: Callable[[Sample], object], into: Path) -> None:
    sample = build()
    do(sample)
    sample.write(into)


def _unseen(into: Path) -> bool:
    return _said(verify(into / PAGE / NAME, jobs=1, level=Level.QUICK)) == []


def _change_zip(do: Callable[[Wacz], object], into: Path) -> None:
    made = Wacz.of(build().files)
    do(made)
    made.write(into / "x.wacz")


def _zip_quickly(wanted: list[tuple[str, str]], into: Path) -> bool:
    return wanted == _places(verify(into / "x.wacz", jobs=1, level=Level.QUICK))


def _combined() -> Iterator[Case]:
    for combined in COMBINED:
        for level in combined.levels:
            ask = partial(_all_named, sorted(combined.wanted), level)
            name = f"{combined.name} {level}"
            yield Case(name=name, make=partial(_change, combined.do), ask=ask)


def _all_named(wanted: list[tuple[str, str]], level: str, into: Path) -> bool:
    return wanted == sorted(_places(verify(into / PAGE / NAME, level=Level(level))))


def _blocks() -> Iterator[Case]:
    for blocks in BLOCKS:
        yield Case(name=f"index: {blocks.name}", make=blocks.make().write, ask=partial(_block, blocks))


def _block(blocks: Blocks, into: Path) -> bool:
    with small_blocks(blocks.lines):
        report = verify(into / PAGE / NAME)
    lined = blocks.line in (None, report.findings[0].where.line)
    placed = blocks.offset in (None, bool(report.findings[0].where.offset))
    return [(blocks.code, blocks.path)] == _places(report) and lined and placed


def _workers() -> Iterator[Case]:
    """
    Yield the first damages again, with ranges of two records, read as worker processes read them.

    What is read at once is then the least that it may be, so that it is read more than once.
    """
    some: list[Edit | Damage] = [*EDITS, *ALL_DAMAGES[:60]]
    rich = build()
    make_rich(rich)
    yield Case(name="sound, rich, by workers", make=rich.write, ask=_by_workers)
    for damage in some:
        yield Case(name=f"{damage.name}, by workers", make=partial(_damage, damage), ask=_by_workers)


def _by_workers(into: Path) -> bool:
    here = verify(into / PAGE / NAME, jobs=1, level=Level.DEEP)
    failed = len(Inline.failures)
    with (
        mock.patch.object(ranges, "_READ_BYTES", 1 << 17),
        mock.patch.object(deep, "_HERE_BYTES", 0),
        mock.patch.object(deep, "_RANGE_RECORDS", 2),
        mock.patch.object(deep, "Workers", Inline),
    ):
        same = here == verify(into / PAGE / NAME, jobs=2, level=Level.DEEP)
    return same and failed == len(Inline.failures)


def _contents() -> Iterator[Case]:
    for odd in ODD:
        yield Case(name=f"{odd.name} contents", make=partial(_make_odd, odd), ask=partial(_opened, odd))

    for name, cut, do, wanted in CONTENTS:
        ask = partial(_judged, wanted)
        yield Case(name=f"{name} contents", make=partial(_make_content, cut, do), ask=ask)


def _make_content(cut: int, do: Callable[[Sample], object], into: Path) -> None:
    sample = sample_with(cut)
    do(sample)
    sample.remake()
    sample.write(into)


def _judged(wanted: tuple[tuple[str, str, int | None], ...], into: Path) -> bool:
    with mock.patch.object(opening, "Workers", Inline):
        said = _said(verify(into / PAGE / NAME, level=Level.CONTENTS))
    return wanted == tuple((code, path, line) for code, path, _, _, line in said)


def _make_odd(odd: Odd, into: Path) -> None:
    sample = sample_with(odd.cut)
    odd.do(sample)
    sample.remake()
    sample.write(into)


def _opened(odd: Odd, into: Path) -> bool:
    root = into / PAGE / NAME
    with mock.patch.object(opening, "Workers", Workers if odd.limited else Inline):
        report = verify(root, jobs=1, level=Level.CONTENTS)
    photo = next((each for each in _said(report) if each[4] == PHOTO), None)
    hit = build().lines[_PHOTO_RECORD]
    wanted = (odd.code, odd.path, hit.id, hit.uri, PHOTO)
    worded = any(odd.says in found.message for found in report.findings if found.where.line == PHOTO)
    right = wanted == photo and odd.exit_code == report.exit_code and worded
    return right and _said(verify(root, jobs=1)) == []
