"""How are one package, or many, verified?"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve import checks
from preserve.checks.levels import Level
from preserve.checks.receipts import with_findings
from preserve.checks.remote import read_answer
from preserve.errors import PreserveError
from preserve.model.finding import Report
from preserve.model.inspection import Json
from preserve.model.progress import Progress
from preserve.package.reader import open_package
from preserve.package.receipt import read_receipts
from preserve.workers.pool import Workers
from preserve.workflows.pins import compared

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from preserve.model.finding import Finding
    from preserve.model.progress import OnProgress

__all__ = ["findings", "verify", "verify_many"]

_JOBS_MOST = 8
_SMALL_BYTES = 32 << 20
"""A package up to this size is one piece of work; the files of a larger one are worked on side by side."""
_ALONE_BYTES = 64 << 20
_ALONE_COUNT = 40
"""Fewer and smaller packages than this take less time than a worker process takes to start."""
_BATCH_BYTES = 16 << 20
_BATCH_COUNT = 32
_MEMORY_BYTES = 1 << 30
_LEAST_BYTES_S = 1 << 18
_SPARE_S = 60.0


def verify(
    path: str | os.PathLike[str],
    *,
    level: str = Level.DEFAULT,
    jobs: int | None = None,
    receipts: str | os.PathLike[str] | None = None,
    on_progress: OnProgress | None = None,
) -> Report:
    """
    Say whether a package is what it was when it was sealed.

    Args:
        path: The package's folder, or a ``.wacz`` file that was exported.
        level: ``quick`` (names and sizes), ``default`` (every byte against its manifest, every list against
            the others), ``deep`` (also every record unpacked), ``contents`` (also every document, image and
            page opened).
        jobs: Files, or parts of files, worked on at once; None for one a processor.
        receipts: A receipt, or a folder of them, kept apart from the package: is it the one they pin, and
            are the captures of its page that they know still beside it?
        on_progress: Called for every file, and now and then within large ones. What it raises ends the work.

    Returns:
        All findings; ``report.result`` and ``report.exit_code`` sum them up.

    Raises:
        NotAPackage: If there is no package at the path. A bad package raises nothing.
        ReceiptUnreadable: If a receipt cannot be read.
    """
    held, problems = ([], []) if receipts is None else read_receipts(receipts)
    if problems:
        raise problems[0]
    report = checks.verify(path, level=level, jobs=jobs, on_progress=on_progress)
    if receipts is None:
        return report
    ((_, said),) = compared([open_package(path)], held)
    return with_findings(report, said)


def findings(
    path: str | os.PathLike[str],
    *,
    level: str = Level.DEFAULT,
    jobs: int | None = None,
    on_progress: OnProgress | None = None,
) -> Generator[Finding, None, Report]:
    """
    Yield what is wrong with a package, and which questions it passed, while it is verified.

    Each cause is told once, as soon as it is met. What follows from it and is learnt later stands in the
    ``also`` of the report, which the generator returns.

    Args:
        path: The package's folder, or a ``.wacz`` file.
        level: As for ``verify``.
        jobs: As for ``verify``.
        on_progress: As for ``verify``.

    Raises:
        NotAPackage: If there is no package at the path; when the first finding is asked for.
    """
    return checks.examine(path, level=level, jobs=jobs, on_progress=on_progress)


def verify_many(
    paths: Iterable[str | os.PathLike[str]],
    *,
    level: str = Level.DEFAULT,
    jobs: int | None = None,
    on_progress: OnProgress | None = None,
) -> Iterator[Report | PreserveError]:
    """
    Yield the report of each package, in the order given, as they are done.

    Small packages are verified side by side in processes of their own when there are many; the files of a
    large one are worked on side by side. A path that could not be verified gives its error in its place.

    Args:
        paths: The packages' folders, or ``.wacz`` files.
        level: As for ``verify``.
        jobs: Processes, or files, at once; None for one a processor.
        on_progress: Called in this thread, with bytes over all packages; what it raises ends the work.
    """
    run = _Many([_Package.of(path) for path in paths], Level(level), jobs, on_progress or _silent)
    with run:
        yield from run.reports()


def _silent(_: Progress) -> None:
    """Take a report of progress that nobody wants."""


@attrs.frozen(kw_only=True)
class _Package:
    path: str
    size_bytes: int
    """Of its WARC files: as good as all."""

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> _Package:
        try:
            with os.scandir(Path(path) / "data" / "archive") as found:
                size = sum(entry.stat(follow_symlinks=False).st_size for entry in found)
        except (OSError, ValueError):
            size = 0  # that it cannot be read is said when it is verified
        return cls(path=os.fspath(path), size_bytes=size)


@attrs.define(kw_only=True)
class _Batch:
    """Packages that are one piece of work."""

    packages: tuple[_Package, ...]
    future: Future[Json] | None = None
    """Their reports, where a worker process was asked for them."""
    made: tuple[Report | PreserveError, ...] | None = None
    """Their reports, where they were verified in this process before their turn."""


class _Many:
    """
    The verification of many packages.

    This process, which has all it needs in memory already, works beside the worker processes: whenever the
    package whose turn it is is not done, it takes the next packages that nobody has begun.
    """

    def __init__(
        self, packages: list[_Package], level: Level, jobs: int | None, on_progress: OnProgress
    ) -> None:
        self._packages = packages
        self._level = level
        self._jobs = jobs
        self._on_progress = on_progress
        self._done = 0
        self._size_bytes = 0
        self._total_bytes = sum(each.size_bytes for each in packages)
        self._batches: deque[_Batch] = deque()
        self._workers: Workers | None = None
        count = jobs or min(_JOBS_MOST, os.cpu_count() or 1)
        small = [each for each in packages if each.size_bytes <= _SMALL_BYTES]
        much = len(small) >= _ALONE_COUNT or sum(each.size_bytes for each in small) > _ALONE_BYTES
        if count > 1 and len(small) > 1 and much and level is not Level.CONTENTS:
            self._workers = Workers(count - 1, memory_bytes=_MEMORY_BYTES)

    def __enter__(self) -> None:
        for batch in _batches(self._packages):
            future = None
            if self._workers is not None and batch[0].size_bytes <= _SMALL_BYTES:
                size = sum(each.size_bytes for each in batch)
                future = self._workers.submit(
                    "preserve.checks.remote:work",
                    {
                        "packages": [str(Path(each.path).absolute()) for each in batch],
                        "level": str(self._level),
                    },
                    timeout_s=_SPARE_S + size / _LEAST_BYTES_S,
                )
            self._batches.append(_Batch(packages=batch, future=future))

    def __exit__(self, *_: object) -> None:
        if self._workers is not None:
            self._workers.close()

    def reports(self) -> Iterator[Report | PreserveError]:
        while self._batches:
            first = self._batches[0]
            if first.future is not None and not first.future.done() and self._join_in():
                continue
            self._batches.popleft()
            for package, report in zip(first.packages, first.made or self._answered(first), strict=True):
                made = self._here(package) if report is None else report
                self._done += 1
                self._size_bytes += package.size_bytes
                self._tell(Progress(step="package.verified", detail=package.path))
                yield made

    def _join_in(self) -> bool:
        """Verify the first packages that no worker has begun; tell whether there were any."""
        for batch in self._batches:
            if batch.future is not None and batch.future.cancel():
                batch.future = None
                batch.made = tuple(map(self._quietly, batch.packages))
                return True
        return False

    def _quietly(self, package: _Package) -> Report | PreserveError:
        """Verify a package before its turn."""
        try:
            return checks.verify(package.path, level=self._level, jobs=1)
        except PreserveError as exc:
            return exc

    def _answered(self, batch: _Batch) -> Iterator[Report | None]:
        """Return the reports of a worker; None for each package that is to be verified here."""
        if batch.future is not None:
            try:
                answered = read_answer(batch.future.result())
            except PreserveError:
                pass  # whatever was wrong with the worker, the packages are verified here
            else:
                for package, report in zip(batch.packages, answered, strict=True):
                    yield report and attrs.evolve(report, package=package.path)
                return
        yield from (None,) * len(batch.packages)

    def _here(self, package: _Package) -> Report | PreserveError:
        try:
            return checks.verify(package.path, level=self._level, jobs=self._jobs, on_progress=self._tell)
        except PreserveError as exc:
            return exc

    def _tell(self, progress: Progress) -> None:
        """Pass a report of one package on, with its bytes and those of all others."""
        within = min(progress.size_bytes, self._total_bytes - self._size_bytes)
        self._on_progress(
            attrs.evolve(
                progress,
                done=self._done,
                total=len(self._packages),
                size_bytes=self._size_bytes + max(0, within),
                total_bytes=self._total_bytes,
            )
            if len(self._packages) > 1
            else progress
        )


def _batches(packages: list[_Package]) -> Iterator[tuple[_Package, ...]]:
    """Yield runs of small packages, and each large one alone."""
    batch: list[_Package] = []
    size = 0
    for each in packages:
        large = each.size_bytes > _SMALL_BYTES
        if batch and (large or len(batch) >= _BATCH_COUNT or size > _BATCH_BYTES):
            yield tuple(batch)
            batch, size = [], 0
        if large:
            yield (each,)
        else:
            batch.append(each)
            size += each.size_bytes
    if batch:
        yield tuple(batch)
