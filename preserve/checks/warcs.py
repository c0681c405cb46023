"""
Are the records of the WARC files those of records.tsv? docs/format/package-1.md, sections 6 and 7.

Where the two do not agree, one is wrong. It is the one whose own digest fails; of two whose digests
hold (somebody made them again), it is the WARC file if what stands there is no sound record, else
records.tsv if its lines do not fit together or the index sides with the WARC file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.checks.fixity import near
from preserve.checks.index import index_digests
from preserve.checks.layout import RECORDS, RESOURCES, is_warc, warc_path
from preserve.checks.results import Standing
from preserve.checks.statements import Fault, say, shown
from preserve.checks.stretches import compare_stretch, differences, fits, stretches, walk_records
from preserve.formats.records import escape_uri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.align import Gap
    from preserve.checks.evidence import Evidence
    from preserve.checks.extents import Extents
    from preserve.checks.measure import Seen
    from preserve.checks.off import Off
    from preserve.checks.statements import Statement
    from preserve.checks.stretches import Stretch, Walked
    from preserve.formats.records import RecordLine

__all__ = ["judge_records"]

_LINES_MOST = 200
"""Lines of records.tsv that are read again for one stretch, to name records."""


def judge_records(evidence: Evidence) -> Iterator[Statement]:
    """Say which records are damaged, missing, added or moved, and which lines are wrong."""
    yield from _form(evidence)
    for path in sorted(filter(is_warc, evidence.seen)):
        if evidence.readable(path):
            yield from _Warc(evidence, path).judge()
        else:
            yield say("check.not-done", path, f"{path} could not be compared with records.tsv.")
    for name, extents in evidence.plan.files.items():
        path = warc_path(name)
        if path not in evidence.seen:
            if evidence.tree.hidden(path) is not None:
                text = f"{shown(path)} could not be compared with records.tsv."
                yield say("check.not-done", path, text, path=RECORDS)
                continue
            fault = evidence.upset.get(path, RECORDS)
            text = f"records.tsv has {len(extents)} lines for {shown(name)}, which is not there."
            line = extents.lines[0]
            yield say("records.line-extra", fault, text, path=RECORDS, line=line)


def _form(evidence: Evidence) -> Iterator[Statement]:
    """What can be said of records.tsv alone."""
    if not evidence.readable(RECORDS):
        yield say("check.not-done", RECORDS, "The WARC files could not be compared with records.tsv.")
        return
    plan = evidence.plan
    for row in plan.bad:
        text = f"records.tsv line {row.number} cannot be read. {row.problem}"
        yield say("records.syntax", RECORDS, text, line=row.number, observed=row.text)
    for number in plan.unordered:
        text = f"records.tsv line {number} is out of order: files are sorted by name."
        yield say("records.order", RECORDS, text, line=number)
    if plan.surplus:
        text = "records.tsv has more lines than the WARC files can have records; the rest was not read."
        yield say("records.line-extra", RECORDS, text)


class _Warc:
    """One WARC file against its lines."""

    def __init__(self, evidence: Evidence, path: str) -> None:
        self._evidence = evidence
        self._path = path
        self._name = path.rpartition("/")[2]
        self._extents: Extents | None = evidence.plan.files.get(self._name)
        self._seen: Seen = evidence.seen[path]
        self._damaged = evidence.standing.get(path) is Standing.DAMAGED
        self._parts = 0
        self._lines: dict[int, RecordLine] = {}

    def judge(self) -> Iterator[Statement]:
        extents = self._extents
        if extents is None:
            yield from self._unlisted()
            return
        yield from self._headers(extents)
        if extents.coherent and extents.end == self._seen.size_bytes and not self._off_bytes():
            return
        stream = self._evidence.open(self._path)
        if stream is None:
            return
        with stream:
            try:
                for stretch in stretches(extents, self._seen):
                    yield from self._stretch(extents, compare_stretch(stream, extents, stretch))
            except OSError as exc:
                self._evidence.lost[self._path] = exc.strerror or str(exc)

    def _off_bytes(self) -> list[Off]:
        return [off for off in self._seen.off if off.by_bytes]

    # --- no lines to go by

    def _unlisted(self) -> Iterator[Statement]:
        """No line of records.tsv is about the file: say what is wrong with the records by themselves."""
        evidence = self._evidence
        if evidence.readable(RECORDS):
            text = f"records.tsv has no line for {self._name}."
            fault = evidence.upset.get(self._path, evidence.blame(RECORDS, self._path))
            yield say("records.line-missing", fault, text, path=RECORDS)
        stream = evidence.open(self._path) if self._damaged else None
        if stream is None:
            return
        with stream:
            try:
                for walked in walk_records(stream, self._name):
                    if walked.problem:
                        yield self._alone(walked)
            except OSError as exc:
                evidence.lost[self._path] = exc.strerror or str(exc)

    def _alone(self, walked: Walked) -> Statement:
        self._parts += 1
        code = "warc.record-truncated" if walked.truncated else "warc.record-damaged"
        text = f"{self._path}: the record at offset {walked.offset} is damaged. {walked.problem}"
        return say(
            code,
            Fault(self._path, self._parts),
            text,
            offset=walked.offset,
            length=walked.length,
            record=walked.record,
            url=walked.url,
        )

    # --- columns that the first read compared

    def _headers(self, extents: Extents) -> Iterator[Statement]:
        off = [found for found in self._seen.off if not found.by_bytes]
        lines = self._evidence.record_lines({extents.lines[found.index] for found in off[:_LINES_MOST]})
        for found in off[:_LINES_MOST]:
            number = extents.lines[found.index]
            line = lines.get(number)
            if line is None:
                continue
            if found.found is not None and found.found.type == line.type and self._vouched(line):
                names = differences(line, found.found)
                text = (
                    f"{self._path}: the header of the record {shown(line.id)} ({shown(line.uri)}) at offset "
                    f"{line.offset} has another {', '.join(names)} than records.tsv and resources.jsonl."
                )
                self._parts += 1
                yield self._record("warc.record-changed", Fault(self._path, self._parts), text, line)
            elif found.found is not None:
                yield self._line_differs(number, line, found.found)
            else:
                self._parts += 1
                who = f"the record {shown(line.id)} ({shown(line.uri or line.type)}) at offset {line.offset}"
                text = f"{self._path}: {who} is not as it must be. {found.problem}"
                yield self._record(found.code, Fault(self._path, self._parts), text, line)

    def _vouched(self, line: RecordLine) -> bool:
        """Tell whether resources.jsonl says of a response what its line of records.tsv says."""
        evidence = self._evidence
        numbered = evidence.resources.get(line.id)
        if numbered is None or not (evidence.sound(RESOURCES) and evidence.sound(RECORDS)):
            return False
        _, resource = numbered
        return (escape_uri(resource.url), resource.captured_at) == (line.uri, line.date)

    def _line_differs(self, number: int, line: RecordLine, found: RecordLine) -> Statement:
        names = differences(line, found)
        text = (
            f"records.tsv line {number} differs from the record at offset {found.offset} of {self._name} in "
            f"{', '.join(names)}."
        )
        return say(
            "records.line-differs",
            RECORDS,
            text,
            line=number,
            record=found.id,
            url=found.uri,
            expected="; ".join(f"{name} {getattr(found, name)}" for name in names),
            observed="; ".join(f"{name} {getattr(line, name)}" for name in names),
        )

    # --- stretches that differ

    def _stretch(self, extents: Extents, stretch: Stretch) -> Iterator[Statement]:
        alignment = stretch.alignment
        if alignment is None:
            return
        wanted = [index for gap in alignment.gaps for index in gap.left]
        wanted += [want for want, _ in (*alignment.moved, *self._misplaced(extents, stretch))]
        numbers = {extents.lines[stretch.first + index] for index in wanted[:_LINES_MOST]}
        self._lines = self._evidence.record_lines(numbers)
        yield from self._unstable(extents, stretch)
        if not extents.coherent:
            for want, have in self._misplaced(extents, stretch):
                number, found = extents.lines[stretch.first + want], stretch.walked[have].line
                if number in self._lines and found is not None:
                    yield self._line_differs(number, self._lines[number], found)
        if alignment.moved:
            yield from self._moved(extents, stretch)
        for gap in alignment.gaps:
            if self._is_warc_at_fault(extents, stretch, gap):
                yield from self._warc_gap(extents, stretch, gap)
            else:
                yield from self._records_gap(extents, stretch, gap)
        if extents.first_gap is not None and self._evidence.sound(self._path):
            number = extents.lines[extents.first_gap]
            text = f"records.tsv line {number} does not begin where the line before it ended."
            yield say("records.order", RECORDS, text, line=number)

    def _misplaced(self, extents: Extents, stretch: Stretch) -> list[tuple[int, int]]:
        """Lines whose record is there, and which say something else of it than its digest."""
        kept = stretch.alignment.kept if stretch.alignment is not None else ()
        if extents.coherent:
            return []
        return [
            (want, have)
            for want, have in kept
            if not fits(extents, stretch.first + want, stretch.walked[have])
        ]

    def _unstable(self, extents: Extents, stretch: Stretch) -> Iterator[Statement]:
        """Records that the first read found wrong and the second one right, in the same place."""
        off = {found.index for found in self._off_bytes()}
        for want, have in stretch.alignment.kept if stretch.alignment is not None else ():
            index, walked = stretch.first + want, stretch.walked[have]
            if index in off and extents.offsets[index] == walked.offset:
                text = (
                    f"{self._path}: the {walked.length} bytes at offset {walked.offset} were wrong "
                    "when read first and right when read again."
                )
                yield say("media.unstable", self._path, text, offset=walked.offset, length=walked.length)
                return

    def _is_warc_at_fault(self, extents: Extents, stretch: Stretch, gap: Gap) -> bool:
        evidence = self._evidence
        if self._damaged != (not evidence.sound(RECORDS)):
            return self._damaged
        found = [stretch.walked[index] for index in gap.right]
        if any(walked.problem for walked in found):
            return True
        if not extents.coherent or (evidence.plan.bad and not gap.left):
            return False  # a record without a line is the one of a line that cannot be read
        if gap.left and gap.right:
            listed = extents.digest(stretch.first + gap.left[0]).hex()
            indexed = index_digests(evidence)
            return not near(listed, found[0].digest.hex()) and listed in indexed
        if gap.left:
            return True
        at_the_end = stretch.first + gap.left_at == len(extents)
        capture = evidence.capture
        return not at_the_end or capture is None or capture.counts.records == evidence.plan.count

    def _moved(self, extents: Extents, stretch: Stretch) -> Iterator[Statement]:
        by_warc = extents.coherent and (self._damaged or self._evidence.sound(RECORDS))
        self._parts += 1
        for want, have in stretch.alignment.moved if stretch.alignment is not None else ():
            number, walked = extents.lines[stretch.first + want], stretch.walked[have]
            line = self._lines.get(number)
            if line is None:
                continue
            if by_warc:
                text = (
                    f"{self._path}: the record {shown(line.id)} ({shown(line.uri)}) stands at offset "
                    f"{walked.offset} and not at {line.offset}."
                )
                yield self._record("warc.records-reordered", Fault(self._path, self._parts), text, line)
            else:
                text = f"records.tsv line {number} is out of order: its record is at offset {walked.offset}."
                yield say("records.order", RECORDS, text, line=number, record=line.id, url=line.uri)

    def _warc_gap(self, extents: Extents, stretch: Stretch, gap: Gap) -> Iterator[Statement]:
        self._parts += 1
        fault = Fault(self._path, self._parts)
        found = [stretch.walked[index] for index in gap.right]
        if not gap.left:
            for walked in found:
                yield self._surplus(fault, walked)
            return
        lines = [extents.lines[stretch.first + index] for index in gap.left]
        ids = {walked.record: walked for walked in found}
        for place, number in enumerate(lines):
            line = self._lines.get(number)
            if line is None:
                continue
            ends = place == 0 and gap.left_at == stretch.last - stretch.first
            cut = ends and line.offset < self._seen.size_bytes < line.end
            code, text = self._lost(line, found, ids.get(line.id), cut=cut)
            yield self._record(code, fault, text, line)

    def _lost(
        self, line: RecordLine, found: list[Walked], same: Walked | None, *, cut: bool
    ) -> tuple[str, str]:
        """Return code and sentence for a line whose record is not there as it was."""
        who = f"the record {shown(line.id)} ({shown(line.uri or line.type)}) at offset {line.offset}"
        broken = next((walked for walked in found if walked.problem), None)
        if cut and broken is not None:
            size = self._seen.size_bytes
            left = line.end - size
            return (
                "warc.record-truncated",
                f"{self._path} ends at {size}, {left} bytes before {who} does.",
            )
        if broken is not None:
            return "warc.record-damaged", f"{self._path}: {who} is damaged. {broken.problem}"
        if same is not None:
            return (
                "warc.record-changed",
                f"{self._path}: {who} was replaced by another sound record with the same id.",
            )
        return "warc.record-missing", f"{self._path}: {who} is missing."

    def _surplus(self, fault: Fault, walked: Walked) -> Statement:
        code = "warc.bytes-added" if walked.problem else "warc.record-added"
        what = f"{walked.length} bytes that belong to no record" if walked.problem else "a record of its own"
        text = f"{self._path}: at offset {walked.offset} stands {what}. {walked.problem}".rstrip()
        return say(
            code,
            fault,
            text,
            offset=walked.offset,
            length=walked.length,
            record=walked.record,
            url=walked.url,
        )

    def _records_gap(self, extents: Extents, stretch: Stretch, gap: Gap) -> Iterator[Statement]:
        numbers = [extents.lines[stretch.first + index] for index in gap.left]
        found = [stretch.walked[index] for index in gap.right]
        for number, walked in zip(numbers, found, strict=False):
            if number in self._lines and walked.line is not None:
                yield self._line_differs(number, self._lines[number], walked.line)
        for number in numbers[len(found) :]:
            line = self._lines.get(number)
            text = f"records.tsv line {number} is about a record that is not in {self._name}."
            record, url = (line.id, line.uri) if line is not None else (None, None)
            yield say("records.line-extra", RECORDS, text, line=number, record=record, url=url)
        for walked in found[len(numbers) :]:
            text = (
                f"records.tsv has no line for the record {shown(walked.record)} ({shown(walked.url)}) at "
                f"offset {walked.offset} of {self._name}."
            )
            yield say("records.line-missing", RECORDS, text, record=walked.record, url=walked.url)

    def _record(self, code: str, fault: Fault, text: str, line: RecordLine) -> Statement:
        return say(
            code,
            fault,
            text,
            offset=line.offset,
            length=line.length,
            record=line.id,
            url=line.uri,
            expected=f"sha256:{line.sha256}",
        )
