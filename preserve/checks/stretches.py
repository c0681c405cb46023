"""
Where does a WARC file differ from its lines of records.tsv, and what stands there instead?

Only the stretches whose bytes were not right are read a second time, record by record, with the reader
that goes on after damage. What it finds is put side by side with the lines that the stretch should hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.checks.align import Alignment, align
from preserve.checks.extents import columns_of, line_of
from preserve.formats.gzip_members import HEADER
from preserve.formats.records import RecordLine
from preserve.formats.warc import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from preserve.checks.extents import Extents
    from preserve.checks.measure import Seen
    from preserve.formats.warc import WalkedRecord

__all__ = ["Stretch", "Walked", "compare_stretch", "stretches", "walk_records"]


@attrs.frozen(kw_only=True)
class Walked:
    """One record or damaged stretch as the second read found it."""

    offset: int
    length: int
    digest: bytes
    """Of its octets; 32 of them, or none where a gzip member holds several records."""
    line: RecordLine | None
    """The line that its header gives."""
    record: str | None
    url: str | None
    problem: str
    """What is wrong with it: a sentence; empty when it is sound."""
    truncated: bool
    """Whether the file ends inside it."""


@attrs.frozen(kw_only=True)
class Stretch:
    """A part of a WARC file to be read again, and the lines that it should hold."""

    start: int
    stop: int | None
    """None: to the file's end."""
    first: int
    """Index of the first line among those of the file."""
    last: int
    """Index after the last one."""
    walked: tuple[Walked, ...] = ()
    alignment: Alignment | None = None


def stretches(extents: Extents, seen: Seen) -> Iterator[Stretch]:
    """
    Yield the parts of a file that do not fit its lines.

    If the file has the size that the lines add up to, each run of lines that are off is a stretch of its
    own. If it has not, bytes were put in or taken out, and everything from the first line that is off on is
    one stretch. Lines that do not fit together make it the whole file.
    """
    if not extents.coherent:
        yield Stretch(start=0, stop=None, first=0, last=len(extents))
        return
    off = [found.index for found in seen.off if found.by_bytes]
    if extents.end != seen.size_bytes:
        first = off[0] if off else len(extents)
        start = extents.offsets[first] if first < len(extents) else extents.end
        yield Stretch(start=min(start, seen.size_bytes), stop=None, first=first, last=len(extents))
        return
    run: list[int] = []
    for index in [*off, len(extents) + 1]:
        if run and index != run[-1] + 1:
            start = extents.offsets[run[0]]
            stop = extents.offsets[run[-1]] + extents.lengths[run[-1]]
            yield Stretch(start=start, stop=stop, first=run[0], last=run[-1] + 1)
            run = []
        run.append(index)


def compare_stretch(stream: BinaryIO, extents: Extents, stretch: Stretch) -> Stretch:
    """Return the stretch with what stands in it; records that are where they belong keep no header."""
    wanted = [extents.digest(index) for index in range(stretch.first, stretch.last)]
    expected = set(wanted)
    found = []
    for walked in walk_records(stream, extents.file, start=stretch.start, stop=stretch.stop):
        known = walked.digest in expected
        found.append(attrs.evolve(walked, problem="") if known else walked)
    keys = [walked.digest or b"%d" % index for index, walked in enumerate(found)]
    return attrs.evolve(stretch, walked=tuple(found), alignment=align(wanted, keys))


def walk_records(stream: BinaryIO, file: str, *, start: int = 0, stop: int | None = None) -> Iterator[Walked]:
    """Yield every record and damaged part of a WARC file; reads it once more."""
    for walked in walk(stream, start=start, stop=stop):
        yield _walked(stream, file, walked)


def _walked(stream: BinaryIO, file: str, walked: WalkedRecord) -> Walked:
    digest = bytes.fromhex(walked.digest.value) if walked.digest is not None else b""
    header = walked.header
    problem = "" if walked.is_sound else walked.problems[0].message
    if not problem:
        stream.seek(walked.offset)
        if stream.read(len(HEADER)) != HEADER:
            problem = f"The gzip header at offset {walked.offset} is not the one specified."
    line = None
    if header is not None and digest:
        line = line_of(header, file, walked.offset, walked.length, digest.hex())
    if not problem and line is None:
        problem = "It has no readable header."
    return Walked(
        offset=walked.offset,
        length=walked.length,
        digest=digest,
        line=line,
        record=(header.record_id or None) if header is not None else None,
        url=header.target_uri if header is not None else None,
        problem=problem,
        truncated=any(found.code in ("gzip.truncated", "warc.truncated") for found in walked.problems),
    )


def differences(line: RecordLine, found: RecordLine) -> Sequence[str]:
    """Return the columns in which a line differs from the one its record gives."""
    names = ("offset", "length", "sha256", "type", "date", "id", "uri")
    return [name for name in names if getattr(line, name) != getattr(found, name)]


def fits(extents: Extents, index: int, walked: Walked) -> bool:
    """Tell whether a record is where its line says, and what its line says."""
    place = (extents.offsets[index], extents.lengths[index]) == (walked.offset, walked.length)
    return place and walked.line is not None and columns_of(walked.line) == extents.columns(index)
