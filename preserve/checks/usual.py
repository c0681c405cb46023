"""
What do the lines of records.tsv say, when all of them are as we write them?

Read in blocks of lines, each block at once. Nothing odd is explained here: it ends the reading, and whoever
asked has the lines read one by one.
"""

from __future__ import annotations

import re
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, NamedTuple

from preserve.checks.extents import LightExtents
from preserve.checks.layout import RECORDS, is_warc, warc_path
from preserve.formats import records
from preserve.formats.lines import LINE_BYTES
from preserve.model.times import parse_iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from preserve.checks.evidence import Evidence
    from preserve.checks.extents import Extents

__all__ = ["OddError", "Row", "Run", "UsualRecords", "line_blocks"]

_LEAST = 20
"""No gzip member is shorter."""
_BLOCK_BYTES = 1 << 16
"""As fast as four times as much, for text and fields of a block stay in a processor's second cache."""
_PRINTABLE = bytes(range(0x21, 0x7F)) + b"\t\n"
_HEX = b"0123456789abcdef"
# What characters there are is seen of a block at once, which is much faster: columns may hold anything here.
_LINE = re.compile(
    r"^([^\t]++)\t(0|[1-9][0-9]{0,17}+)\t([1-9][0-9]{0,17}+)\t([^\t]{64})\t([a-z]++)\t"
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z)\t([^\t]++)\t(.++)$",
    re.MULTILINE,
)
_DAY_CHARS = 10


class OddError(Exception):
    """Something is not as usual."""


class Row(NamedTuple):
    """One line of records.tsv: its columns as they stand there."""

    file: str
    offset: str
    length: str
    sha256: str
    type: str
    date: str
    id: str
    uri: str


class Run(NamedTuple):
    """Lines about one WARC file that stand one after the other, as they are read."""

    extents: Extents
    first: int
    """Index of the first of them among those of the file."""
    at: int
    """Where the first of them begins in records.tsv."""
    lines: Sequence[str]
    lengths: Sequence[int]
    """Of their records."""


def line_blocks(evidence: Evidence, path: str) -> Iterator[str]:
    """
    Yield some lines of a list at a time, without the last LF.

    Raises:
        OddError: If one is longer than a line may be, holds a carriage return or does not end.
        UnicodeDecodeError: If it is no text.
    """
    stream = evidence.open(path)
    if stream is None:
        raise OddError
    rest = b""
    with stream:
        while data := stream.read(_BLOCK_BYTES):
            end = data.rfind(b"\n") + 1
            if not end:
                rest += data
            else:
                block, rest = rest + data[:end], data[end:]
                # No other line of a block can be so long.
                if block.index(b"\n") >= LINE_BYTES or b"\r" in block:
                    raise OddError
                yield block[:-1].decode()
            if len(rest) >= LINE_BYTES:
                raise OddError
    if rest:
        raise OddError


class UsualRecords:
    """
    Reads records.tsv once, from its first line to its last.

    Args:
        evidence: The file was measured.
        on_run: Told of lines as they are read.
    """

    def __init__(self, evidence: Evidence, on_run: Callable[[Run], None]) -> None:
        self._evidence = evidence
        self._on_run = on_run
        self._at = 0
        self.files: dict[str, Extents] = {}
        """Where the records of each WARC file lie."""
        self.count = 0
        """Lines after the header."""

    def blocks(self) -> Iterator[list[tuple[str, ...]]]:
        """
        Yield the columns of some lines at a time, each like a ``Row``.

        Raises:
            OddError: If one is not as we write lines or does not begin where the one before ended, or if they
                do not cover their files.
        """
        days: set[str] = set()
        extents: LightExtents | None = None
        header = records.HEADER.rstrip("\n")
        for text in line_blocks(self._evidence, RECORDS):
            lines = text.split("\n")
            if not self._at:
                if lines.pop(0) != header:
                    raise OddError
                self._at = len(header) + 1
            rows: list[tuple[str, ...]] = _LINE.findall(text)  # which the header is not
            # As many as lines: so none goes on behind the end of its line.
            if len(rows) != len(lines) or not _is_usual(text, rows):
                raise OddError
            for day in {row[5][:_DAY_CHARS] for row in rows} - days:
                parse_iso(f"{day}T00:00:00Z")
                days.add(day)
            start = 0
            for name, run in groupby([row[0] for row in rows]):
                stop = start + len(list(run))
                if extents is None or name != extents.file:
                    extents = self._next_file(extents, name)
                self._take(extents, rows[start:stop], lines[start:stop])
                start = stop
            yield rows
        self._closed(extents)

    def _next_file(self, before: LightExtents | None, name: str) -> LightExtents:
        path = warc_path(name)
        if before is not None and name < before.file:
            raise OddError
        if not is_warc(path) or path not in self._evidence.tree.files:
            raise OddError
        self._closed(before)
        self.files[name] = extents = LightExtents(name, self.count + 2)  # the first line is the header
        return extents

    def _closed(self, extents: LightExtents | None) -> None:
        if extents is not None and extents.end != self._evidence.tree.files[warc_path(extents.file)]:
            raise OddError

    def _take(self, extents: LightExtents, rows: list[tuple[str, ...]], lines: list[str]) -> None:
        """Add lines about one file."""
        lengths = [int(row[2]) for row in rows]
        *starts, _ = accumulate(lengths, initial=extents.end)
        if min(lengths) < _LEAST or [int(row[1]) for row in rows] != starts:
            raise OddError
        first = len(extents)
        extents.extend(lengths)
        self._on_run(Run(extents, first, self._at, lines, lengths))
        self.count += len(rows)
        self._at += sum(map(len, lines)) + len(lines)


def _is_usual(text: str, rows: list[tuple[str, ...]]) -> bool:
    """Tell whether lines are printable, have no columns too many, and have their digests in hexadecimal."""
    digests = "".join([row[3] for row in rows])
    columns = text.count("\t") + text.count("\n") + 1
    return (
        columns == len(Row._fields) * (text.count("\n") + 1)
        and not text.encode().translate(None, _PRINTABLE)
        and not digests.encode().translate(None, _HEX)
    )
