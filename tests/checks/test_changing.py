"""Tests of ``preserve.checks`` on files that change while they are read: a finding, and an end."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preserve.checks import Level, verify
from preserve.checks.tree import never_follow
from tests.checks.build import CAPTURE, INDEX, RECORDS, RESOURCES, WARC, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from preserve.checks.tree import Opener


def _before(root: Path, path: str, nth: int, change: Callable[[Path], object]) -> Opener:
    """Return an opener that lets something happen to a file just before it is opened for the nth time."""
    count = 0

    def opener(opened: Path) -> BinaryIO:
        nonlocal count
        if opened == root / path:
            count += 1
            if count == nth:
                change(opened)
        return never_follow(opened)

    return opener


def _grown(path: Path) -> None:
    with path.open("ab") as out:
        out.write(b"x" * 100)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _linked(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


def _piped(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


CHANGES = {
    "grown": _grown,
    "cut": _cut,
    "emptied": _emptied,
    "gone": Path.unlink,
    "a link": _linked,
    "a pipe": _piped,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("path", [WARC, RECORDS, RESOURCES, INDEX, CAPTURE])
@pytest.mark.parametrize("level", [Level.DEFAULT, Level.DEEP])
def test_change_before_the_first_read(
    change: Callable[[Path], object], path: str, level: Level, tmp_path: Path
) -> None:
    """A file that changes after its folder was listed gives a finding, never an exception."""
    root = build().write(tmp_path)
    report = verify(root, level=level, jobs=1, opener=_before(root, path, 1, change))
    assert report.exit_code in (3, 6)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("nth", [2, 3])
def test_change_between_two_reads(change: Callable[[Path], object], nth: int, tmp_path: Path) -> None:
    """A damaged WARC file that changes before it is read again gives a finding, never an exception."""
    sample = build()
    sample.edit(WARC, lambda data: data[:900] + b"x" + data[901:])
    root = sample.write(tmp_path)
    report = verify(root, level=Level.DEEP, jobs=1, opener=_before(root, WARC, nth, change))
    assert 6 == report.exit_code


def test_file_that_grows_without_end(tmp_path: Path) -> None:
    """A file that somebody writes to as fast as it is read ends the reading; nothing is claimed of it."""

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return bytes(max(1, size))

    root = build().write(tmp_path)

    def opener(path: Path) -> BinaryIO:
        return Endless() if path == root / CAPTURE else never_follow(path)  # type: ignore[return-value] # a raw file

    report = verify(root, jobs=1, opener=opener)
    assert ("file.not-readable", CAPTURE) == (report.findings[0].code, report.findings[0].where.path)
    assert 3 == report.exit_code
