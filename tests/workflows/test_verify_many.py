"""Tests of verifying many packages: order, processes, errors in their places, progress, an early end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import preserve
from preserve.errors import NotAPackage
from preserve.model.finding import Finding, Report, Result
from preserve.workflows import verify as workflow
from tests.checks.build import WARC, build
from tests.checks.damages import in_record

if TYPE_CHECKING:
    from pathlib import Path

    from preserve.model.progress import Progress


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Give seven packages, the fourth damaged, and a folder that is none."""
    made = []
    for number in range(7):
        sample = build()
        if number == 3:
            in_record(5, 500)(sample)
        made.append(sample.write(tmp_path / str(number)))
    (tmp_path / "none").mkdir()
    return [*made, tmp_path / "none"]


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have worker processes used for as few packages as there are here."""
    monkeypatch.setattr(workflow, "_ALONE_COUNT", 2)
    monkeypatch.setattr(workflow, "_BATCH_COUNT", 3)


def _results(paths: list[Path], jobs: int) -> list[object]:
    return [
        type(each) if isinstance(each, preserve.PreserveError) else each
        for each in preserve.verify_many(paths, jobs=jobs)
    ]


@pytest.mark.usefixtures("processes")
def test_processes_give_the_same_in_order(paths: list[Path]) -> None:
    """Worker processes give what this process gives, in the order asked for; no package is an error."""
    here = [preserve.verify(path) for path in paths[:-1]]
    assert [*here, NotAPackage] == _results(paths, 2)
    assert [*here, NotAPackage] == _results(paths, 1)
    assert [3] == [number for number, report in enumerate(here) if report.result is Result.FAIL]


@pytest.mark.usefixtures("processes")
def test_failing_workers_cost_only_time(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """When worker processes cannot run, the packages are verified in this one."""
    monkeypatch.setattr(workflow, "_MEMORY_BYTES", 1 << 20)
    assert _results(paths, 1) == _results(paths, 2)


@pytest.mark.usefixtures("processes")
def test_progress_counts_packages_and_bytes(paths: list[Path]) -> None:
    """Progress goes up to the number of packages and the bytes of all of them."""
    told: list[Progress] = []
    for _ in preserve.verify_many(paths, jobs=2, on_progress=told.append):
        pass
    assert (8, 8) == (told[-1].done, told[-1].total)
    assert told[-1].size_bytes == told[-1].total_bytes
    assert [each.size_bytes for each in told] == sorted(each.size_bytes for each in told)


@pytest.mark.usefixtures("processes")
def test_closing_ends_the_work(paths: list[Path]) -> None:
    """An iterator that is closed leaves no worker process behind."""
    run = preserve.verify_many(paths, jobs=2)
    assert isinstance(next(run), Report)
    run.close()  # type: ignore[attr-defined]
    assert [] == list(run)


def test_findings_come_while_it_runs(tmp_path: Path) -> None:
    """Each cause is yielded once, in the order in which it is met; the report at the end has all of it."""
    sample = build()
    in_record(5, 500)(sample)
    sample.edit("README.txt", lambda data: data + b"!")
    run = preserve.findings(sample.write(tmp_path))
    told: list[Finding] = []
    while True:
        try:
            told.append(next(run))
        except StopIteration as end:
            report: Report = end.value
            break
    said = [found for found in report.findings if found.result is not Result.PASS]
    assert {(WARC, None), ("README.txt", None)} == {(found.where.path, None) for found in said}
    assert ["README.txt", WARC] == sorted(found.where.path for found in told if found.result is Result.FAIL)
    assert len(told) == len(report.findings)
    assert report == preserve.verify(report.package)
