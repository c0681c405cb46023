"""
How are the records of all WARC files read side by side?

The lines of records.tsv cut each file into ranges, which worker processes read where there is enough to do;
else they are read here, one after the other. A worker that fails, whatever the reason, costs nothing but
time: its range is read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import attrs

from preserve.checks.extents import Extents
from preserve.checks.layout import RECORDS, is_warc
from preserve.checks.ranges import Ranged, read_answer, read_range
from preserve.checks.tree import never_follow
from preserve.errors import PreserveError
from preserve.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from preserve.checks.evidence import Evidence
    from preserve.model.inspection import Json

__all__ = ["Deepening", "ranges"]

_HERE_BYTES = 8 << 20
"""Below this, starting processes (0.2 s of work each) takes longer than what they would save."""
_HERE_RECORDS = 20_000
_RANGE_BYTES = 32 << 20
_RANGE_RECORDS = 8192
"""So a range takes about a tenth of a second, a worker's memory stays small, and progress goes on."""
_MEMORY_BYTES = 512 << 20
"""Of addresses, not of memory used: a Python with our imports takes 200 MB of them."""
_LEAST_BYTES_S = 1 << 20
_SPARE_S = 60.0


@attrs.frozen(kw_only=True)
class _Range:
    """A run of lines of one file."""

    path: str
    first: int
    last: int
    size_bytes: int


class Deepening:
    """
    Reads the records of every file whose lines follow each other without gap; used as a context.

    Args:
        evidence: What records.tsv says must be known already; takes what is found.
        jobs: Worker processes at most.
    """

    def __init__(self, evidence: Evidence, jobs: int) -> None:
        self._evidence = evidence
        self._ranges = list(ranges(evidence))
        self._asked: dict[_Range, Future[Json]] = {}
        self._workers: Workers | None = None
        much = self.size_bytes > _HERE_BYTES or evidence.plan.count > _HERE_RECORDS
        if jobs > 1 and much and evidence.opener is never_follow:
            self._workers = Workers(jobs, memory_bytes=_MEMORY_BYTES)
            self._asked = {each: self._ask(self._workers, each) for each in self._ranges}

    @property
    def size_bytes(self) -> int:
        """How many bytes of records will be read."""
        return sum(each.size_bytes for each in self._ranges)

    def __enter__(self) -> Self:
        """Begin; the workers have begun already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the workers."""
        if self._workers is not None:
            self._workers.close()

    def finish(self, tell: Callable[[int], None]) -> None:
        """
        Wait for the ranges, or read them here, and put what was found into the evidence.

        Args:
            tell: Called with the bytes of each range, in this thread; what it raises ends it.
        """
        found: dict[str, list[Ranged]] = {}
        for each in self._ranges:
            ranged = self._answer(each)
            if ranged is not None:
                found.setdefault(each.path, []).append(ranged)
            tell(each.size_bytes)
        for path, parts in found.items():
            seen = self._evidence.seen.get(path)
            if seen is not None:
                off = tuple(off for part in parts for off in part.off)
                self._evidence.seen[path] = attrs.evolve(seen, compared=True, off=off)
                if off:
                    self._evidence.glance = None  # what is wrong is told line by line
                self._evidence.facts[path] = b"".join(part.facts for part in parts)

    def _ask(self, workers: Workers, each: _Range) -> Future[Json]:
        evidence = self._evidence
        extents = _extents(evidence, each.path)
        argument: Json = {
            "records": str((evidence.root / RECORDS).absolute()),
            "at": evidence.line_start(extents.lines[each.first]),
            "count": each.last - each.first,
            "file": extents.file,
            "warcinfo": _warcinfo(evidence, extents),
        }
        return workers.submit(
            "preserve.checks.ranges:work",
            argument,
            timeout_s=_SPARE_S + each.size_bytes / _LEAST_BYTES_S,
            file=evidence.root / each.path,
        )

    def _answer(self, each: _Range) -> Ranged | None:
        asked = self._asked.get(each)
        if asked is not None:
            try:
                return read_answer(asked.result(), each.first)
            except (PreserveError, ValueError):
                pass  # it is read here, and what is wrong is met again
        evidence = self._evidence
        stream = evidence.open(each.path)
        if stream is None:
            return None
        extents = evidence.whole_plan.files.get(each.path.rpartition("/")[2]) or _extents(evidence, each.path)
        with stream:
            try:
                return read_range(stream, extents, each.first, each.last, _warcinfo(evidence, extents))
            except OSError as exc:
                evidence.lost[each.path] = exc.strerror or str(exc)
                return None


def _extents(evidence: Evidence, path: str) -> Extents:
    return evidence.extents(path) or Extents(path)


def _warcinfo(evidence: Evidence, extents: Extents) -> str:
    """Return the id of a file's first record."""
    number = extents.lines[0]
    line = evidence.record_lines([number]).get(number)
    return line.id if line is not None else ""


def ranges(evidence: Evidence) -> Iterator[_Range]:
    """Yield runs of lines that cover every file whose lines follow each other without gap."""
    for path in sorted(filter(is_warc, evidence.tree.files)):
        extents = evidence.extents(path)
        if extents is None or not extents.coherent:
            continue
        first = size = 0
        for index, length in enumerate(extents.lengths):
            size += length
            if size >= _RANGE_BYTES or index + 1 - first >= _RANGE_RECORDS or index + 1 == len(extents):
                yield _Range(path=path, first=first, last=index + 1, size_bytes=size)
                first, size = index + 1, 0
