"""Tests of ``preserve/checks/verification.py``: what is asked, read, counted and said."""

from __future__ import annotations

import io
import threading
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preserve.checks import Level, opening, verify
from preserve.checks import measure as measuring
from preserve.checks.tree import never_follow
from preserve.errors import NotAPackage, UsageError
from preserve.model.finding import Result
from preserve.model.findings import CODES
from tests.checks.build import NAME, PAGE, RECORDS, SEED, WARC, build
from tests.checks.content_damages import sample_with
from tests.checks.damages import in_record
from tests.checks.inline import Inline

if TYPE_CHECKING:
    from typing import BinaryIO

    from preserve.model.progress import Progress
    from preserve.package.reader import Package

_ELSEWHERE = {"contents.hold", "records.sound", "sizes.hold", "zip.holds", "receipt.holds"}
"""What is said at other levels, of exports, and with receipts."""
PASSES = {code for code, row in CODES.items() if row.result is Result.PASS} - _ELSEWHERE
SECOND = WARC.replace("00000.", "00001.")


def test_sound_package_passes(tmp_path: Path) -> None:
    """A sound package gives one passed finding for each question, and exit code 0."""
    root = build().write(tmp_path)
    report = verify(root)
    assert (PASSES, 0) == ({finding.code for finding in report.findings}, report.exit_code)
    assert (str(root), SEED, "default") == (report.package, report.url, report.level)
    assert (15, 9) == (report.files, report.records)
    assert sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) == report.size_bytes


def test_demo_package_passes(demo_package: Package) -> None:
    """What our writer makes of the demo page passes every question."""
    report = verify(demo_package.path)
    assert PASSES == {finding.code for finding in report.findings}


def test_every_file_is_opened_once(tmp_path: Path) -> None:
    """Of a sound package no file is opened a second time."""
    opened: Counter[Path] = Counter()

    def opener(path: Path) -> BinaryIO:
        opened[path] += 1
        return never_follow(path)

    root = build().write(tmp_path)
    verify(root, opener=opener)
    assert {1} == set(opened.values())
    assert 15 == len(opened)


def test_damaged_warc_is_opened_again(tmp_path: Path) -> None:
    """A WARC file that is not what was sealed is read again, then what is off in it; no other file is."""
    opened: Counter[str] = Counter()

    def opener(path: Path) -> BinaryIO:
        opened[path.name] += 1
        return never_follow(path)

    sample = build()
    in_record(5, 400)(sample)
    verify(sample.write(tmp_path), opener=opener)
    assert {Path(WARC).name: 3} == {name: count for name, count in opened.items() if count > 1}


@pytest.mark.parametrize("jobs", [1, 2, 7])
def test_report_does_not_depend_on_threads(
    jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any number of threads, and none, gives the same findings in the same order."""
    sample = build(per_file=1)
    in_record(3, 30)(sample)
    root = sample.write(tmp_path)
    here = verify(root, jobs=1).findings
    monkeypatch.setattr(measuring, "_ASIDE_BYTES", 0)
    assert here == verify(root, jobs=jobs).findings


def test_several_warc_files(tmp_path: Path) -> None:
    """Records of several WARC files are found in each of them."""
    report = verify(build(per_file=2).write(tmp_path))
    assert (0, 10) == (report.exit_code, report.records)


def test_damage_in_the_second_file(tmp_path: Path) -> None:
    """Damage is told of the file and the record that it hit, among several files."""
    sample = build(per_file=2)
    hit = sample.lines[6]
    data = bytearray(sample.files[SECOND])
    data[hit.offset + 30] ^= 1
    sample.files[SECOND] = bytes(data)
    said = verify(sample.write(tmp_path)).findings[0]
    assert ("warc.record-damaged", SECOND, hit.id) == (said.code, said.where.path, said.where.record)


def test_files_of_records_out_of_order(tmp_path: Path) -> None:
    """Lines of records.tsv whose files are not sorted by name are out of order."""
    sample = build(per_file=2)
    header, *lines = sample.list_lines(RECORDS)
    sample.set_lines(RECORDS, [header, *lines[5:], *lines[:5]])
    sample.remake()
    report = verify(sample.write(tmp_path))
    said = [finding.code for finding in report.findings if finding.result is not Result.PASS]
    assert "records.order" in said


def test_two_damaged_records_are_two_findings(tmp_path: Path) -> None:
    """Two records that are damaged apart from each other are two findings."""
    sample = build()
    in_record(1, 30)(sample)
    in_record(7, 30)(sample)
    report = verify(sample.write(tmp_path))
    said = [finding for finding in report.findings if finding.result is Result.FAIL]
    assert [sample.lines[1].id, sample.lines[7].id] == [finding.where.record for finding in said]


def test_two_damaged_files_are_two_findings(tmp_path: Path) -> None:
    """Two files that are damaged are two findings."""
    sample = build()
    in_record(1, 30)(sample)
    sample.edit("README.txt", lambda data: data + b"!")
    report = verify(sample.write(tmp_path))
    said = [finding.code for finding in report.findings if finding.result is Result.FAIL]
    assert {"bag.digest-mismatch", "warc.record-damaged"} == set(said)


def test_staged_package_may_lie_anywhere(tmp_path: Path) -> None:
    """Of a staged package nothing is said about its folder's name."""
    root = build().write(tmp_path)
    staged = root.rename(root.with_name("bag"))
    assert Result.PASS is verify(staged, placed=False).result
    assert Result.WARN is verify(staged).result


def test_package_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package given as ``.`` lies in the folder of its name."""
    monkeypatch.chdir(build().write(tmp_path))
    assert Result.PASS is verify(".").result


def test_linked_package_is_followed(tmp_path: Path) -> None:
    """The path of the package itself may be a link; what counts is where it leads."""
    link = tmp_path / "link"
    link.symlink_to(build().write(tmp_path))
    assert Result.PASS is verify(link).result


def test_progress_is_told(tmp_path: Path) -> None:
    """Every file is reported once, counted up to the total."""
    told: list[Progress] = []
    root = build().write(tmp_path)
    report = verify(root, on_progress=told.append, jobs=2)
    assert {"file.measured"} == {progress.step for progress in told}
    assert list(range(1, 16)) == [progress.done for progress in told]
    assert {15} == {progress.total for progress in told}
    assert report.size_bytes == told[-1].size_bytes


@pytest.mark.parametrize(
    ("level", "steps"),
    [
        (Level.QUICK, {"file.measured"}),
        (Level.DEFAULT, {"file.measured"}),
        (Level.DEEP, {"file.measured", "records.unpacked"}),
        (Level.CONTENTS, {"file.measured", "records.unpacked", "content.opened"}),
    ],
)
def test_all_that_is_expected_is_told(
    level: Level, steps: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each level the bytes counted add up to those expected, records and contents among them."""
    monkeypatch.setattr(opening, "Workers", Inline)
    told: list[Progress] = []
    verify(sample_with(0).write(tmp_path), level=level, jobs=1, on_progress=told.append)
    assert steps == {progress.step for progress in told}
    assert told[-1].size_bytes == told[-1].total_bytes
    assert told[-1].done == told[-1].total == len([each for each in told if each.step == "file.measured"])


@pytest.mark.parametrize("level", [Level.DEFAULT, Level.DEEP])
def test_second_read_is_told(level: Level, tmp_path: Path) -> None:
    """Of a file that is read once more it is told which, and that its bytes are expected again."""
    told: list[Progress] = []
    sample = build()
    in_record(5, 400)(sample)
    verify(sample.write(tmp_path), level=level, jobs=1, on_progress=told.append)
    last = told[-1]
    assert ("file.reread", WARC) == (last.step, last.detail)
    assert last.total_bytes == last.size_bytes + len(sample.files[WARC])


def test_large_files_are_told_of_while_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a file takes its time, the bytes read so far are reported, of all that there are."""
    told: list[Progress] = []
    waited = threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            waited.wait(0.05)
            return super().read(min(size or 1, 500))

    def opener(path: Path) -> BinaryIO:
        return Slow(path.read_bytes()) if path.name == Path(WARC).name else never_follow(path)

    monkeypatch.setattr(measuring, "_ASIDE_BYTES", 1000)
    monkeypatch.setattr(measuring, "_EVERY_S", 0.01)
    report = verify(build().write(tmp_path), opener=opener, on_progress=told.append)
    between = [each for each in told if each.step == "bytes.measured"]
    assert between
    assert {report.size_bytes} == {each.total_bytes for each in told}
    assert [each.size_bytes for each in told] == sorted(each.size_bytes for each in told)


@pytest.mark.parametrize("aside_bytes", [0, 1 << 20])
def test_caller_may_cancel(aside_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the progress callback raises ends the verification and reaches the caller, threads or not."""
    monkeypatch.setattr(measuring, "_ASIDE_BYTES", aside_bytes)

    def cancel(_: Progress) -> None:
        raise KeyboardInterrupt

    root = build().write(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        verify(root, on_progress=cancel)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nothing", "is no folder"),
        ("file", "is no folder"),
        ("empty", "holds no package; name a folder such as"),
        ("a\0b", "is no folder"),
        ("other.zip", "is a ZIP, but none that preserve exported"),
    ],
)
def test_no_package_is_refused(name: str, why: str, tmp_path: Path) -> None:
    """A path that holds no package is wrong usage, not damage, and it is said what is there."""
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("readme", "x")
    with pytest.raises(NotAPackage, match=why):
        verify(tmp_path / name)


def test_other_bag_is_no_package(tmp_path: Path) -> None:
    """A bag that we did not make is no damaged package of ours."""
    for name, text in {
        "bagit.txt": "BagIt-Version: 1.0\n",
        "bag-info.txt": "Source-Organization: X\n",
    }.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(NotAPackage):
        verify(tmp_path)


def test_unknown_level_is_refused(tmp_path: Path) -> None:
    """A level that does not exist is named with those that do."""
    with pytest.raises(UsageError, match="default"):
        verify(tmp_path, level="x-ray")
    assert ["quick", "default", "deep", "contents"] == list(Level)


def test_no_threads_are_refused(tmp_path: Path) -> None:
    """Reading nought files at a time is wrong usage."""
    with pytest.raises(UsageError):
        verify(tmp_path, jobs=0)


def test_nothing_but_marks_is_a_damaged_package(tmp_path: Path) -> None:
    """A folder with one list of ours and nothing else is a package of which almost all is missing."""
    root = tmp_path / PAGE / NAME
    (root / "data" / "manifests").mkdir(parents=True)
    (root / RECORDS).write_bytes(build().files[RECORDS])
    report = verify(root)
    assert 6 == report.exit_code
    assert "file.missing" in {finding.code for finding in report.findings}


def test_unknown_version_is_still_held_against_its_manifests(tmp_path: Path) -> None:
    """Of a later version the digests are compared, and damage is called damage."""
    sample = build()
    sample.files["bag-info.txt"] = sample.files["bag-info.txt"].replace(b"Version: 1", b"Version: 2")
    sample.remake_tags()
    root = sample.write(tmp_path)
    sound = verify(root)
    assert (3, {"bag.valid", "package.version-unsupported"}) == (
        sound.exit_code,
        {finding.code for finding in sound.findings},
    )
    (root / WARC).write_bytes(b"x")
    (root / RECORDS).unlink()
    (root / "data" / "extra").write_bytes(b"x")
    report = verify(root)
    assert 6 == report.exit_code
    assert {"bag.digest-mismatch", "file.missing", "file.added", "package.version-unsupported"} == {
        finding.code for finding in report.findings
    }
