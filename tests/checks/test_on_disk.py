"""Tests of ``preserve.checks`` on faults that show only on a disk."""

from __future__ import annotations

import os
from itertools import product
from typing import TYPE_CHECKING

import pytest

from preserve.checks import verify
from preserve.model.finding import Result
from tests.checks.build import (
    IDX,
    INDEX,
    MANIFEST,
    RECORDS,
    REFERENCES,
    RESOURCES,
    TAGMANIFEST,
    WARC,
    build,
)
from tests.checks.on_disk import CLOSED, ON_DISK, UNCHECKED, OnDisk, closing, refusing_later

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("fault", ON_DISK, ids=lambda fault: fault.name)
def test_fault_is_named(fault: OnDisk, tmp_path: Path) -> None:
    """Every fault gives one primary finding, with its code, file and exit code."""
    root = build().write(tmp_path)
    fault.do(root)
    moved = next(root.parent.iterdir())
    with fault.lists():
        report = verify(moved, opener=fault.opener(), level=fault.level)
    said = [finding for finding in report.findings if finding.result is not Result.PASS]
    wanted = sorted([(fault.code, fault.path), *fault.more])
    assert wanted == sorted((finding.code, finding.where.path) for finding in said)
    assert fault.exit_code == report.exit_code
    also = [(one.code, one.where.path) for one in said[0].also]
    undone = [path for code, path in also if code == "check.not-done"]
    assert fault.unchecked is None or sorted(fault.unchecked) == sorted(undone)
    assert set(fault.also) <= set(also)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("path", [IDX, "data/indexes"])
def test_mode_forbids_reading(path: str, tmp_path: Path) -> None:
    """A file or folder that its mode closes to us is not checked, and nothing is called damaged."""
    root = build().write(tmp_path)
    (root / path).chmod(0)
    try:
        report = verify(root)
    finally:
        (root / path).chmod(0o755)
    said = [finding.code for finding in report.findings if finding.result is not Result.PASS]
    assert (["file.not-readable"], 3) == (said, report.exit_code)


@pytest.mark.parametrize("level", ["default", "deep"])
@pytest.mark.parametrize("path", [RECORDS, RESOURCES, REFERENCES, INDEX, MANIFEST, TAGMANIFEST, WARC])
@pytest.mark.parametrize("per_file", [1, 4])
def test_failing_disk_is_no_damage(per_file: int, path: str, level: str, tmp_path: Path) -> None:
    """Whenever a disk begins to fail, nothing is called damaged, and that it fails is one finding."""
    root = build(per_file=per_file).write(tmp_path)
    fault = OnDisk(name="", code="", path=path, exit_code=3, long=path != WARC)
    for first, midway in product(range(2, 8), (False, True)):
        with fault.lists():
            opener = refusing_later(path, first, midway=midway)()
            report = verify(root, opener=opener, level=level, jobs=1)
        said = [(one.code, one.where.path) for one in report.findings if one.result is not Result.PASS]
        assert (said, report.exit_code) in (([], 0), ([("file.not-readable", path)], 3))


@pytest.mark.parametrize("level", ["quick", "default", "deep"])
@pytest.mark.parametrize("folder", CLOSED)
def test_closed_folder_is_not_checked(folder: str, level: str, tmp_path: Path) -> None:
    """A folder that cannot be listed gives one finding; what could not be compared stands in its ``also``."""
    root = build().write(tmp_path)
    with closing(folder):
        report = verify(root, level=level, jobs=1)
    said = [
        (finding.code, finding.where.path) for finding in report.findings if finding.result is not Result.PASS
    ]
    assert [("file.not-readable", folder)] == said
    assert 3 == report.exit_code
    assert report.findings[0].message.startswith(folder or "The folder of the package")
    also = sorted(one.where.path for one in report.findings[0].also if one.code == "check.not-done")
    assert sorted(UNCHECKED.get((folder, level), also)) == also
