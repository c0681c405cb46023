"""Is every kind of damage to the demo package reported by its file, its record and its URL?"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from preserve.formats.records import RecordLine
from preserve.model.finding import Finding, Result
from preserve.package.export import export_wacz
from preserve.package.receipt import write_receipt
from preserve.workflows.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve import Package

MIDDLE = "the middle of the PDF"
"""The record that most damages hit: the answer that holds the linked PDF."""


@attrs.frozen(kw_only=True)
class Copy:
    """A package that may be spoilt, and the record of its PDF."""

    path: Path
    pdf: RecordLine
    last: RecordLine

    @property
    def warc(self) -> Path:
        """The WARC file."""
        return self.path / "data" / "archive" / self.pdf.file

    def edit(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Replace the bytes of a file."""
        file = self.path / name
        before = file.read_bytes()
        after = change(before)
        assert before != after, name
        file.write_bytes(after)

    def edit_warc(self, change: Callable[[bytes], bytes]) -> None:
        """Replace the bytes of the WARC file."""
        self.edit(f"data/archive/{self.pdf.file}", change)

    def link_warc(self) -> None:
        """Move the WARC file away and leave a link to it."""
        away = self.path.parent / "away"
        self.warc.rename(away)
        self.warc.symlink_to(away)


@pytest.fixture
def copy(demo_package: Package, tmp_path: Path) -> Copy:
    """Copy the demo package."""
    path = tmp_path / demo_package.page / demo_package.name
    shutil.copytree(demo_package.path, path)
    document = next(r for r in demo_package.resources() if r.sniffed_type == "application/pdf")
    lines = list(demo_package.records())
    return Copy(path=path, pdf=next(line for line in lines if line.id == document.response), last=lines[-1])


def flip(at: int) -> Callable[[bytes], bytes]:
    """Return what flips one bit."""
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def replace(old: str, new: str) -> Callable[[bytes], bytes]:
    """Return what replaces the first of a text."""
    return lambda data: data.replace(old.encode(), new.encode(), 1)


def cut(data: bytes) -> bytes:
    """Return the data without its last ten bytes."""
    return data[:-10]


def drop_line(number: int) -> Callable[[bytes], bytes]:
    """Return what drops a line."""

    def change(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        return b"".join(lines[:number] + lines[number + 1 :])

    return change


def swap_lines(data: bytes) -> bytes:
    """Return the data with its second and third line exchanged."""
    first, second, third, *rest = data.splitlines(keepends=True)
    return b"".join([first, third, second, *rest])


# What is done to the package; the file that must be named; whether the PDF's record and URL must be.
Damage = tuple["Callable[[Copy], object]", str, bool]
DAMAGES: dict[str, Damage] = {
    "a bit in the middle of the PDF": (
        lambda c: c.edit_warc(flip(c.pdf.offset + c.pdf.length // 2)),
        "data/archive/",
        True,
    ),
    "a bit in the record's first bytes": (lambda c: c.edit_warc(flip(c.pdf.offset)), "data/archive/", True),
    "a bit in the gzip flags": (lambda c: c.edit_warc(flip(c.pdf.offset + 3)), "data/archive/", True),
    "a bit in the gzip time": (lambda c: c.edit_warc(flip(c.pdf.offset + 5)), "data/archive/", True),
    "a bit in the gzip checksum": (
        lambda c: c.edit_warc(flip(c.pdf.offset + c.pdf.length - 6)),
        "data/archive/",
        True,
    ),
    "a bit in the gzip size": (
        lambda c: c.edit_warc(flip(c.pdf.offset + c.pdf.length - 1)),
        "data/archive/",
        True,
    ),
    "a zeroed disk block": (
        lambda c: c.edit_warc(
            lambda data: data[: c.pdf.offset + 5000] + bytes(512) + data[c.pdf.offset + 5512 :]
        ),
        "data/archive/",
        True,
    ),
    "the record taken out": (
        lambda c: c.edit_warc(lambda data: data[: c.pdf.offset] + data[c.pdf.offset + c.pdf.length :]),
        "data/archive/",
        True,
    ),
    "the end cut off": (lambda c: c.edit_warc(cut), "data/archive/", False),
    "garbage at the end": (lambda c: c.edit_warc(lambda data: data + b"\x00" * 7), "data/archive/", False),
    "the WARC file removed": (lambda c: c.warc.unlink(), "data/archive/", False),
    "the WARC file replaced by a link": (
        lambda c: c.link_warc(),
        "data/archive/",
        False,
    ),
    "a line of records.tsv edited": (
        lambda c: c.edit(
            "data/manifests/records.tsv", replace(c.pdf.id, c.pdf.id[:-1] + "0x"[c.pdf.id[-1] == "0"])
        ),
        "data/manifests/records.tsv",
        False,
    ),
    "a line of records.tsv dropped": (
        lambda c: c.edit("data/manifests/records.tsv", drop_line(3)),
        "data/manifests/records.tsv",
        False,
    ),
    "two resources exchanged": (
        lambda c: c.edit("data/manifests/resources.jsonl", swap_lines),
        "data/manifests/resources.jsonl",
        False,
    ),
    "a gap written away": (
        lambda c: c.edit("data/manifests/references.jsonl", replace("absent-at-origin", "captured")),
        "data/manifests/references.jsonl",
        False,
    ),
    "the byline's owner edited": (
        lambda c: c.edit("data/manifests/capture.json", replace("Corwin Hallam", "Corwin Hallem")),
        "data/manifests/capture.json",
        False,
    ),
    "a line of the index hidden": (
        lambda c: c.edit(
            "data/indexes/index.cdx.gz",
            lambda data: gzip.compress(drop_line(2)(gzip.decompress(data)), mtime=0),
        ),
        "data/indexes/index.cdx.gz",
        False,
    ),
    "the page list emptied": (
        lambda c: c.edit("data/pages/pages.jsonl", drop_line(1)),
        "data/pages/pages.jsonl",
        False,
    ),
    "the datapackage edited": (
        lambda c: c.edit("data/datapackage.json", replace("data-package", "data_package")),
        "data/datapackage.json",
        False,
    ),
    "a manifest line edited": (
        lambda c: c.edit("manifest-sha256.txt", flip(10)),
        "manifest-sha256.txt",
        False,
    ),
    "a file added": (
        lambda c: (c.path / "data" / "archive" / ".hidden").write_bytes(b""),
        "data/archive/.hidden",
        False,
    ),
    "bag-info edited": (
        lambda c: c.edit("bag-info.txt", replace("Payload-Oxum: ", "Payload-Oxum: 1")),
        "bag-info.txt",
        False,
    ),
    "the README edited": (lambda c: c.edit("README.txt", flip(100)), "README.txt", False),
}


def failures(copy: Copy) -> list[Finding]:
    """Return the primary findings that fail; there must be some, and the exit code must say so."""
    report = verify(copy.path)
    assert 6 == report.exit_code
    return [finding for finding in report.findings if finding.result is Result.FAIL]


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_named(copy: Copy, name: str) -> None:
    """Each damage is one primary finding that names the file, and the record and URL where one is hit."""
    spoil, file, names_record = DAMAGES[name]
    spoil(copy)
    (finding,) = failures(copy)
    assert finding.where.path.startswith(file), finding
    if names_record:
        assert (copy.pdf.id, copy.pdf.uri) == (finding.where.record, finding.where.url)
        assert str(copy.pdf.uri) in finding.message or copy.pdf.id in finding.message
    assert finding.message.endswith((".", ")"))
    assert finding.remedy


def test_the_sound_copy_holds(copy: Copy) -> None:
    """Without damage there is no finding but that everything was checked."""
    report = verify(copy.path)
    assert {Result.PASS} == {finding.result for finding in report.findings}
    assert 0 == report.exit_code


def test_the_command_line_says_it(copy: Copy) -> None:
    """The command prints file, record, URL and remedy, and exits with 6."""
    copy.edit_warc(flip(copy.pdf.offset + 999))
    command = [str(Path(sys.executable).with_name("preserve")), "verify", str(copy.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 6 == done.returncode
    for part in (copy.pdf.file, copy.pdf.id, str(copy.pdf.uri)):
        assert part in done.stdout
    told = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert 6 == found[-1]["exit_code"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unreadable_file_is_not_checked(copy: Copy) -> None:
    """A file that may not be read is neither intact nor damaged, and the exit code is 3."""
    copy.warc.chmod(0)
    report = verify(copy.path)
    assert 3 == report.exit_code
    assert copy.warc.name in "".join(f.where.path for f in report.findings if f.result is Result.NOT_CHECKED)


def test_the_export_names_the_record_too(copy: Copy, tmp_path: Path) -> None:
    """A flipped bit in the PDF inside of an exported file is told by the PDF's record and URL."""
    target = tmp_path / "page.wacz"
    export_wacz(copy.path, target)
    assert Result.PASS is verify(target, level="contents").result
    data = target.read_bytes()
    at = data.index(copy.warc.read_bytes()) + copy.pdf.offset + copy.pdf.length // 2
    target.write_bytes(flip(at)(data))
    report = verify(target)
    (finding,) = (finding for finding in report.findings if finding.result is Result.FAIL)
    assert ("warc.record-damaged", copy.pdf.id, copy.pdf.uri) == (
        finding.code,
        finding.where.record,
        finding.where.url,
    )
    assert "zip.crc-differs" in {also.code for also in finding.also}


def test_only_the_receipt_sees_a_forgery(copy: Copy, tmp_path: Path) -> None:
    """A README with other words and a tag manifest made again are consistent; the receipt tells."""
    receipt = tmp_path / "post.receipt.json"
    write_receipt(copy.path, receipt)
    assert Result.PASS is verify(copy.path, receipts=receipt).result
    readme = copy.path / "README.txt"
    before = hashlib.sha256(readme.read_bytes()).hexdigest()
    readme.write_bytes(readme.read_bytes() + b"Write to mallory@example.org\n")
    after = hashlib.sha256(readme.read_bytes()).hexdigest()
    copy.edit("tagmanifest-sha256.txt", replace(before, after))
    assert Result.PASS is verify(copy.path).result
    report = verify(copy.path, receipts=receipt)
    assert ("receipt.differs", 6) == (report.findings[0].code, report.exit_code)
