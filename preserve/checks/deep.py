"""
How are the records of all WARC files read side by side?

The lines of records.tsv cut each file into ranges. Where there is enough to do, worker processes read them,
from the first on, beginning as soon as their lines are known; when it has compared the lists, this process
joins in, from the last one back. Else all are read here. A worker that fails, whatever the reason, costs
nothing but time: its range is read here.
"""

from __future__ import annotations

import base64
from collections import deque
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO, Self

import attrs

from preserve.checks.declared import parsed
from preserve.checks.layout import RECORDS, is_warc, warc_path
from preserve.checks.off import Off
from preserve.checks.ranges import FACT_BYTES, Ranged, digest_of, read_range
from preserve.checks.tree import never_follow
from preserve.errors import PreserveError, RecordsSyntaxError
from preserve.formats import records
from preserve.formats.lines import LINE_BYTES
from preserve.formats.schemas import structure
from preserve.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from preserve.checks.evidence import Evidence
    from preserve.checks.usual import Run
    from preserve.model.inspection import Json

__all__ = ["Deepening", "ranges"]

_NO_LINES = "its lines cannot be read any more"
_HERE_BYTES = 8 << 20
"""Below this, starting processes (0.1 s of work each) takes longer than what they would save."""
_HERE_LIST_BYTES = 5 << 20
"""The same of records.tsv: 20 000 records."""
_RANGE_BYTES = 8 << 20
_RANGE_RECORDS = 4096
"""So a range takes some hundredths of a second: at the end nobody waits long, and progress goes on."""
_MEMORY_BYTES = 512 << 20
"""Of addresses, not of memory used: a Python with our imports takes 200 MB of them."""
_LEAST_BYTES_S = 1 << 20
_SPARE_S = 60.0


@attrs.frozen(kw_only=True)
class _Range:
    """A run of lines of one file."""

    path: str
    warcinfo: str
    """Id of the file's first record."""
    at: int
    """Where the first line begins in records.tsv."""
    first: int
    last: int
    size_bytes: int

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self.last - self.first


class Deepening:
    """
    Reads the records of every file whose lines follow each other without gap; used as a context.

    Args:
        evidence: Takes what is found.
        jobs: Processes at most, this one among them.
    """

    def __init__(self, evidence: Evidence, jobs: int) -> None:
        self._evidence = evidence
        self._asked: dict[_Range, Future[Json] | None] = {}
        self._facts = False
        """Whether to ask what each record declares, rather than all of a range."""
        self._undeclared: deque[_Range] = deque()
        self._texts: list[str] = []
        """What records must declare, of the first of these ranges."""
        self._declared: dict[_Range, bytes] = {}
        self._cutter: _Cutter | None = None
        self._workers: Workers | None = None
        sizes = evidence.tree.files
        octets = sum(size for path, size in sizes.items() if is_warc(path))
        much = octets > _HERE_BYTES or sizes.get(RECORDS, 0) > _HERE_LIST_BYTES
        if jobs > 1 and much and evidence.opener is never_follow:
            self._workers = Workers(jobs - 1, memory_bytes=_MEMORY_BYTES, ahead=True)

    @property
    def size_bytes(self) -> int:
        """How many bytes of records will be read."""
        return sum(each.size_bytes for each in self._asked)

    def __enter__(self) -> Self:
        """Begin; the workers begin with the first lines."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the workers."""
        if self._workers is not None:
            self._workers.close()

    def begin(self, run: Run) -> None:
        """Read the records of some lines, without knowing yet what the rest of the lists is like."""
        path = warc_path(run.extents.file)
        if self._cutter is None or self._cutter.path != path:
            self._end_of_file()
            self._cutter = _Cutter(path, run.lines[0].split("\t")[6])
        starts = accumulate((len(line) + 1 for line in run.lines), initial=run.at)
        for each in self._cutter.cut(zip(run.lengths, starts, strict=False)):
            self._begin(each)

    def declare(self, texts: Iterable[str]) -> None:
        """Take what the next records must declare (``ranges.declaration``), in the order of records.tsv."""
        self._texts += texts
        while self._undeclared and len(self._texts) >= self._undeclared[0].count:
            each = self._undeclared.popleft()
            self._declared[each] = digest_of(self._texts[: each.count])
            del self._texts[: each.count]

    def settle(self) -> None:
        """Have all ranges read that follow from records.tsv, of which all is known now, and no others."""
        self._end_of_file()
        self.declare(())
        if self._evidence.glance is None:
            self._ask_each(ranges(self._evidence))

    def finish(self, tell: Callable[[int], None]) -> None:
        """
        Wait for the ranges, or read them here, and put what was found into the evidence.

        Args:
            tell: Called with the bytes of each range, in this thread; what it raises ends it.
        """
        order = list(self._asked)
        done = self._gathered(tell)
        if self._evidence.glance is not None:
            self._ask_odd(done)
        found: dict[str, list[Ranged | None]] = {}
        for each in order:
            found.setdefault(each.path, []).append(done[each])
        for path, parts in found.items():
            self._note(path, [ranged for ranged in parts if ranged is not None], len(parts))

    def _ask_odd(self, done: dict[_Range, Ranged | None]) -> None:
        """Where a range does not declare what it must, have it read again for what each record declares."""
        odd = [each for each, ranged in done.items() if not self._is_as_declared(each, ranged)]
        if not odd:
            return
        self._evidence.glance = None  # what is wrong is told line by line
        self._ask_each(each for each in odd if done[each] is not None)
        for each, again in self._gathered(lambda _: None).items():
            ranged = done[each]
            # What a medium gave once and now does not is told, too.
            off = ranged.off if ranged is not None else ()
            done[each] = attrs.evolve(again, off=off or again.off) if again is not None else None
        for each, ranged in done.items():
            if ranged is not None and not ranged.facts:
                done[each] = attrs.evolve(ranged, facts=bytes(FACT_BYTES * each.count))

    def _note(self, path: str, parts: list[Ranged], count: int) -> None:
        """Put what was found in a file into the evidence, if all its ranges could be read."""
        evidence = self._evidence
        seen = evidence.seen.get(path)
        if seen is not None and len(parts) == count:
            off = tuple(off for ranged in parts for off in ranged.off)
            evidence.seen[path] = attrs.evolve(seen, compared=True, off=off)
            evidence.facts[path] = b"".join(ranged.facts for ranged in parts)

    def _is_as_declared(self, each: _Range, ranged: Ranged | None) -> bool:
        return ranged is not None and ranged.declared == self._declared.get(each) != b""

    def _ask_each(self, wanted: Iterable[_Range]) -> None:
        """Have some ranges read, and no others, for what each of their records declares."""
        for future in self._asked.values():
            if future is not None:
                future.cancel()
        self._asked, self._facts = {}, True
        for each in wanted:
            self._ask(each)

    def _gathered(self, tell: Callable[[int], None]) -> dict[_Range, Ranged | None]:
        """Return what is found in the ranges that were asked for; None where one cannot be read."""
        done: dict[_Range, Ranged | None] = {}
        for each, future in reversed(self._asked.items()):
            if future is not None and not future.cancel():
                break  # it was begun, and with it all before it
            done[each] = self._read(each)
            tell(each.size_bytes)
        for each, future in self._asked.items():
            if each not in done:
                done[each] = self._answer(each, future)
                tell(each.size_bytes)
        return done

    def _end_of_file(self) -> None:
        if self._cutter is not None:
            for each in self._cutter.rest():
                self._begin(each)
            self._cutter = None

    def _begin(self, each: _Range) -> None:
        self._undeclared.append(each)
        self._ask(each)

    def _ask(self, each: _Range) -> None:
        if self._workers is None:
            self._asked[each] = None
            return
        evidence = self._evidence
        argument: Json = {
            "records": str((evidence.root / RECORDS).absolute()),
            "at": each.at,
            "count": each.count,
            "file": each.path.rpartition("/")[2],
            "warcinfo": each.warcinfo,
            "facts": self._facts,
        }
        self._asked[each] = self._workers.submit(
            "preserve.checks.ranges:work",
            argument,
            timeout_s=_SPARE_S + each.size_bytes / _LEAST_BYTES_S,
            file=evidence.root / each.path,
        )

    def _answer(self, each: _Range, future: Future[Json] | None) -> Ranged | None:
        if future is not None:
            try:
                return _read_answer(future.result(), each.first)
            except (PreserveError, ValueError):
                pass  # it is read here, and what is wrong is met again
        return self._read(each)

    def _read(self, each: _Range) -> Ranged | None:
        evidence = self._evidence
        stream = evidence.open(each.path)
        if stream is None:
            return None
        with stream:
            try:
                file, lines = each.path.rpartition("/")[2], _lines(evidence, each)
                return read_range(stream, lines, file, each.first, each.warcinfo, facts=self._facts)
            except OSError as exc:
                evidence.lost[each.path] = exc.strerror or str(exc)
            except (ValueError, IndexError, RecordsSyntaxError) as exc:
                evidence.lost.setdefault(RECORDS, str(exc))  # it was read before, and is another one now
        return None


def _lines(evidence: Evidence, each: _Range) -> Iterator[bytes]:
    """
    Yield the lines of a range, which need not stand together in records.tsv.

    Raises:
        ValueError: If they cannot be read any more.
    """
    extents, stream = evidence.extents(each.path), evidence.open(RECORDS)
    if extents is None or stream is None:
        raise ValueError(_NO_LINES)
    with stream:
        try:
            if evidence.glance is not None:  # they were seen to stand together
                stream.seek(each.at)
                yield from (stream.readline(LINE_BYTES) for _ in range(each.first, each.last))
            else:
                yield from _one_by_one(evidence, stream, extents.lines[each.first : each.last])
        except OSError as exc:
            evidence.lost[RECORDS] = exc.strerror or str(exc)
            raise ValueError(_NO_LINES) from exc


def _one_by_one(evidence: Evidence, stream: BinaryIO, numbers: Sequence[int]) -> Iterator[bytes]:
    at = 0
    for number in numbers:
        start = evidence.line_start(number)
        if start != at:
            stream.seek(start)
        line = stream.readline(LINE_BYTES)
        at = start + len(line)
        yield line


class _Cutter:
    """Cuts the lines of one file into ranges."""

    def __init__(self, path: str, warcinfo: str) -> None:
        self.path = path
        self._warcinfo = warcinfo
        self._first = self._next = self._size = self._at = 0

    def cut(self, lines: Iterable[tuple[int, int]]) -> Iterator[_Range]:
        """
        Take the next lines and yield the ranges that they end.

        Args:
            lines: Length of each record, and where its line begins in records.tsv.
        """
        for length, at in lines:
            if self._next == self._first:
                self._at = at
            self._size += length
            self._next += 1
            if self._size >= _RANGE_BYTES or self._next - self._first >= _RANGE_RECORDS:
                yield from self.rest()

    def rest(self) -> Iterator[_Range]:
        """Yield a range of the lines that are in none yet, if there are any."""
        if self._next > self._first:
            yield _Range(
                path=self.path,
                warcinfo=self._warcinfo,
                at=self._at,
                first=self._first,
                last=self._next,
                size_bytes=self._size,
            )
        self._first, self._size = self._next, 0


def ranges(evidence: Evidence) -> Iterator[_Range]:
    """Yield runs of lines that cover every file whose lines follow each other without gap."""
    for path in sorted(filter(is_warc, evidence.tree.files)):
        extents = evidence.extents(path)
        if extents is None or not extents.coherent:
            continue
        number = extents.lines[0]
        line = evidence.record_lines([number, extents.lines[-1]]).get(number)
        if not evidence.readable(RECORDS):
            return  # it was read before; nothing is unpacked without its lines
        cutter = _Cutter(path, line.id if line is not None else "")
        yield from cutter.cut(zip(extents.lengths, map(evidence.line_start, extents.lines), strict=True))
        yield from cutter.rest()


@attrs.frozen(kw_only=True)
class _Answered:
    off: tuple[tuple[int, str, bool, str, str, str], ...]
    declared: str
    facts: str


def _read_answer(answer: Json, first: int) -> Ranged:
    """Return what a worker answered (``ranges.work``), its indices counted from ``first``."""
    read = structure(_Answered, answer)
    off = []
    for index, digest, whole, line, code, problem in read.off:
        found, _ = parsed(records.parse_line, line) if line else (None, "")
        off.append(
            Off(
                index=first + index,
                digest=bytes.fromhex(digest),
                whole=whole,
                found=found if isinstance(found, records.RecordLine) else None,
                code=code,
                problem=problem,
            )
        )
    return Ranged(off=tuple(off), declared=bytes.fromhex(read.declared), facts=base64.b64decode(read.facts))
