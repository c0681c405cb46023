"""Tests of ``preserve/checks/receipts.py``: what only something kept elsewhere can tell."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from preserve.cli.main import run
from preserve.errors import ReceiptUnreadable
from preserve.model.finding import Result
from preserve.package.export import export_wacz
from preserve.package.reader import find_packages
from preserve.package.receipt import read_receipts
from preserve.workflows.pins import compared
from preserve.workflows.verify import verify
from tests.checks.build import TAGMANIFEST
from tests.checks.receipt_faults import (
    CAPTURES,
    RECEIPT_FAULTS,
    Archive,
    ReceiptFault,
    capture,
    make_archive,
)

if TYPE_CHECKING:
    from pathlib import Path

    from preserve.model.finding import Finding


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Make a page of three captures, and their receipts."""
    return make_archive(tmp_path)


def _findings(archive: Archive) -> dict[str, list[Finding]]:
    held, _ = read_receipts(archive.receipts)
    return {
        package.path.name: [one for one in findings if one.result is not Result.PASS]
        for package, findings in compared(find_packages(archive.page), held)
    }


@pytest.mark.parametrize("fault", RECEIPT_FAULTS, ids=lambda fault: fault.name)
def test_fault_is_named(fault: ReceiptFault, archive: Archive) -> None:
    """What became of the captures is said of the right one, by code and place."""
    fault.do(archive)
    for number in {0, 1, 2} - set(fault.receipts):
        archive.receipt(number).unlink()
    said = _findings(archive)[CAPTURES[fault.capture]]
    assert {(fault.code, fault.path), *fault.also} == {(one.code, one.where.path) for one in said}
    assert 1 + len(fault.also) == len(said)


@pytest.mark.parametrize("fault", RECEIPT_FAULTS, ids=lambda fault: fault.name)
def test_without_receipts_nothing_is_seen(fault: ReceiptFault, archive: Archive) -> None:
    """Every package that is left is consistent in itself: only the receipt tells."""
    fault.do(archive)
    assert 0 == run(["verify", "-q", str(archive.page)])


def test_exit_codes(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    """A forgery is damage, no receipt is not checked, and the command says which package."""
    command = ["verify", "-q", "--receipt", str(archive.receipts)]
    assert 0 == run([*command, str(archive.page)])
    RECEIPT_FAULTS[0].do(archive)
    assert 6 == run([*command, str(archive.page)])
    assert "receipt.differs" in capsys.readouterr().out
    assert 3 == run(["verify", "-q", "--receipt", str(archive.receipt(0)), str(archive.package(1))])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_each_receipt_holds_alone(number: int, archive: Archive) -> None:
    """A package and its receipt are enough; what came later is not asked about."""
    report = verify(archive.package(number), receipts=archive.receipt(number))
    assert {Result.PASS} == {finding.result for finding in report.findings}
    assert "receipt.holds" in {finding.code for finding in report.findings}


def test_what_is_added_later_breaks_nothing(archive: Archive) -> None:
    """Evidence, parity and further captures leave every earlier receipt as good as it was."""
    for suffix in (".evidence", ".parity"):
        beside = archive.package(0).with_suffix(suffix)
        beside.mkdir()
        (beside / "tagmanifest-sha256.txt.asc").write_bytes(b"-----BEGIN")
    (archive.page / "notes.txt").write_bytes(b"notes")
    capture(archive.root, 2, name="20261122T101503Z")
    assert 0 == run(["verify", "-q", "--receipt", str(archive.receipts), str(archive.page)])
    for number in range(3):
        one = ["--receipt", str(archive.receipt(number))]
        assert 0 == run(["verify", "-q", *one, str(archive.package(number))])
        assert 0 == run(["verify", "-q", *one, str(archive.page)])


def test_the_latest_receipt_pins_the_earlier_captures(archive: Archive) -> None:
    """With the last receipt alone, every capture of the page is said to be the one pinned."""
    held, _ = read_receipts(archive.receipt(2))
    found = compared(find_packages(archive.page), held)
    assert [["receipt.holds"]] * 3 == [[one.code for one in findings] for _, findings in found]


def test_later_and_unknown_captures_are_told_apart(archive: Archive) -> None:
    """A capture later than all receipts is called so, and one that none of them leads to is unknown."""
    held, _ = read_receipts(archive.receipt(1))
    found = [[one.code for one in findings] for _, findings in compared(find_packages(archive.page), held)]
    assert [["receipt.holds"], ["receipt.holds"], ["receipt.newer"]] == found
    RECEIPT_FAULTS[0].do(archive)  # the last one is forged: nothing it says of those before it counts
    held, _ = read_receipts(archive.receipt(2))
    found = [[one.code for one in findings] for _, findings in compared(find_packages(archive.page), held)]
    assert [["receipt.none"], ["receipt.none"], ["receipt.differs"]] == found


def test_a_package_alone_is_not_blamed_for_its_page(archive: Archive, tmp_path: Path) -> None:
    """A package copied out of its page folder is compared with its receipt; nothing is missed beside it."""
    copy = tmp_path / "elsewhere" / "copy"
    shutil.copytree(archive.package(2), copy)
    report = verify(copy, receipts=archive.receipts)
    said = {finding.code for finding in report.findings if finding.result is not Result.PASS}
    assert {"package.folder-name"} == said
    assert "receipt.holds" in {finding.code for finding in report.findings}


def test_a_removed_capture_is_missed_from_any_other(archive: Archive) -> None:
    """Asked about one capture, what a receipt knows of its page and is gone is said too."""
    shutil.rmtree(archive.package(0))
    report = verify(archive.package(2), receipts=archive.receipt(2))
    assert "receipt.capture-missing" == report.findings[0].code
    assert 6 == report.exit_code


def test_a_removed_page_is_missed(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that is gone with all of its captures fails, asked about by its own name or its archive's."""
    shutil.copytree(archive.page, archive.root / "x-0123456789abcdef")
    for number in range(3):
        shutil.rmtree(archive.package(number))
    command = ["verify", "-q", "--receipt", str(archive.receipts)]
    assert 6 == run([*command, str(archive.page)])
    assert 6 == run([*command, str(archive.package(1))])
    archive.page.rmdir()
    capsys.readouterr()
    assert 6 == run([*command, str(archive.root)])
    assert 3 == capsys.readouterr().out.count("nor is any other of its page")


def test_damage_and_receipt_are_one_finding(archive: Archive) -> None:
    """That a damaged tag manifest is not the one pinned goes with the damage."""
    path = archive.package(1) / TAGMANIFEST
    path.write_bytes(path.read_bytes().replace(b"README.txt", b"README.TXT"))
    report = verify(archive.package(1), receipts=archive.receipts)
    (said,) = (finding for finding in report.findings if finding.result is not Result.PASS)
    assert TAGMANIFEST == said.where.path
    assert "receipt.differs" in {also.code for also in said.also}


def test_a_forged_neighbour_is_said_too(archive: Archive) -> None:
    """Asked about one capture, that another one of its page is not the one pinned is said with its folder."""
    RECEIPT_FAULTS[1].do(archive)  # the first capture forged
    report = verify(archive.package(2), receipts=archive.receipts)
    said = [(one.code, one.where.path) for one in report.findings if one.code.startswith("receipt.")]
    assert [("receipt.differs", f"../{CAPTURES[0]}"), ("receipt.holds", "")] == said


def test_forgery_with_other_damage_is_two_findings(archive: Archive) -> None:
    """Damage of another file has nothing to do with a tag manifest that is not the one pinned."""
    RECEIPT_FAULTS[1].do(archive)
    path = archive.package(0) / "data" / "pages" / "pages.jsonl"
    path.write_bytes(path.read_bytes().replace(b"pages", b"PAGES"))
    report = verify(archive.package(0), receipts=archive.receipts)
    failed = [one.where.path for one in report.findings if one.result is not Result.PASS]
    assert [TAGMANIFEST, "data/pages/pages.jsonl"] == failed


@pytest.mark.parametrize("break_", ["unlink", "link"])
def test_no_tag_manifest_is_no_traceback(break_: str, archive: Archive) -> None:
    """A package without a tag manifest, or with a link there, cannot be the one pinned."""
    path = archive.package(1) / TAGMANIFEST
    moved = path.rename(archive.root / "elsewhere")
    if break_ == "link":
        path.symlink_to(moved)
    report = verify(archive.package(1), receipts=archive.receipts)
    codes = {one.code for found in report.findings for one in (found, *found.also)}
    assert "receipt.differs" in codes
    assert 6 == report.exit_code


def test_an_export_cannot_be_compared(archive: Archive, tmp_path: Path) -> None:
    """A .wacz has no tag manifest: that it could not be compared is said, and nothing else."""
    export_wacz(archive.package(2), tmp_path / "x.wacz")
    report = verify(tmp_path / "x.wacz", receipts=archive.receipts)
    said = [finding.code for finding in report.findings if finding.result is not Result.PASS]
    assert (["receipt.none"], 3) == (said, report.exit_code)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b" " * 70_000,
        b'{"schema": "preserve/receipt/9"}',
        b'{"schema": "preserve/receipt/1", "tagmanifest": "x"}',
    ],
)
def test_a_broken_receipt_is_said(data: bytes, archive: Archive) -> None:
    """A file that is no receipt, or a broken one, is not compared with, and that is said; exit code 3."""
    archive.receipt(1).write_bytes(data)
    with pytest.raises(ReceiptUnreadable):
        read_receipts(archive.receipt(1))
    held, problems = read_receipts(archive.receipts)
    assert (2, 1) == (len(held), len(problems))
    assert 3 == run(["verify", "-q", "--receipt", str(archive.receipts), str(archive.page)])
    assert 3 == run(["verify", "-q", "--receipt", str(archive.receipt(1)), str(archive.page)])


def test_other_files_among_receipts_are_passed_over(archive: Archive) -> None:
    """JSON of another kind in a folder of receipts is no receipt and no fault; a folder of none is one."""
    (archive.receipts / "package.json").write_bytes(b'{"name": "x"}')
    held, problems = read_receipts(archive.receipts)
    assert (3, 0) == (len(held), len(problems))
    with pytest.raises(ReceiptUnreadable):
        read_receipts(archive.page)
    with pytest.raises(ReceiptUnreadable):
        read_receipts(archive.page / "nothing.json")
