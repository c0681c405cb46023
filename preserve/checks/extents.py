"""
Where does each record of a WARC file lie, by records.tsv, and do the bytes there have its digest?

The lines of one WARC file are kept as arrays, 72 bytes a record, so that a package of a million records
can be checked. The text of a line is read again when a message needs it.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from array import array
from typing import TYPE_CHECKING

import attrs

from preserve.checks.off import Off
from preserve.errors import RecordsSyntaxError, WarcSyntaxError
from preserve.formats.records import RecordLine, format_line
from preserve.formats.warc import parse_header
from preserve.model.digest import hasher

if TYPE_CHECKING:
    from collections.abc import Sequence
    from hashlib import _Hash

    from preserve.formats.warc import RecordHeader

__all__ = ["ExtentSink", "Extents", "LightExtents", "columns_of", "line_of"]

_DIGEST = 32
_COLUMNS = 16
_HEADER_MOST = 64 * 1024
_NO_HEADER = "No WARC header can be read in it."
_HEADER_END = b"\r\n\r\n"
# A header as our writer makes it, in ASCII: its first lines, and that the rest are fields. RecordHeader would
# give the same four values, ten times as slowly.
_USUAL = re.compile(
    rb"WARC/1\.1\r\n"
    rb"WARC-Type: (?P<type>[!-~]+)\r\n"
    rb"WARC-Record-ID: <(?P<id>[!-~]+)>\r\n"
    rb"WARC-Date: (?P<date>[!-~]+)\r\n"
    rb"(?:WARC-(?:Warcinfo-ID|Filename): [!-~]+\r\n)*"
    rb"(?:WARC-Target-URI: (?P<uri>[!-;=?-~]+)\r\n)?"
    rb"(?:(?!(?i:WARC-Target-URI):)[A-Za-z-]+: [!-~](?:[ -~]*[!-~])?\r\n)*\r\n",
)


def columns_of(line: RecordLine) -> bytes:
    """Return 16 octets that stand for type, date, id and URI of a line."""
    text = "\t".join((line.type, line.date, line.id, line.uri or "-"))
    return _columns(text.encode("utf-8", "surrogatepass"))


def _columns(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=_COLUMNS).digest()


def line_of(header: RecordHeader, file: str, offset: int, length: int, sha256: str) -> RecordLine | None:
    """Return the line that records.tsv should have for a record; None if its header cannot give one."""
    try:
        made = RecordLine(
            file=file,
            offset=offset,
            length=length,
            sha256=sha256,
            type=header.type or "",
            date=header.date or "",
            id=header.record_id or "",
            uri=header.target_uri or None,
        )
        return attrs.evolve(made, uri=None if made.uri is None else _written(made))
    except (ValueError, RecordsSyntaxError, WarcSyntaxError):
        return None


def _written(line: RecordLine) -> str:
    """Return the URI as the column spells it."""
    return format_line(line).rstrip("\n").split("\t")[-1]


class Extents:
    """The lines of one WARC file, in the order of records.tsv."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._lines = array("Q")
        self.offsets = array("Q")
        self.lengths = array("Q")
        self._digests = bytearray()
        self._columns = bytearray()
        self.coherent = True
        """Whether each line begins where the one before ended, the first at 0."""
        self.first_gap: int | None = None
        """Index of the first line that does not."""

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def lines(self) -> Sequence[int]:
        """One-based line numbers in records.tsv."""
        return self._lines

    @property
    def end(self) -> int:
        """Where the last line ends; 0 if there are no lines."""
        return self.offsets[-1] + self.lengths[-1] if self._lines else 0

    def add(self, number: int, line: RecordLine) -> None:
        """Add the next line."""
        if line.offset != self.end and self.coherent:
            self.coherent, self.first_gap = False, len(self)
        self._lines.append(number)
        self.offsets.append(line.offset)
        self.lengths.append(line.length)
        self._digests += bytes.fromhex(line.sha256)
        self._columns += columns_of(line)

    def digest(self, index: int) -> bytes:
        """Return the digest of a line, 32 octets."""
        return bytes(self._digests[index * _DIGEST : (index + 1) * _DIGEST])

    def columns(self, index: int) -> bytes:
        """Return what stands for the last four columns of a line, 16 octets."""
        return bytes(self._columns[index * _COLUMNS : (index + 1) * _COLUMNS])


class LightExtents(Extents):
    """
    How many records one WARC file has and where they end, for lines that follow each other without gap.

    Nothing is kept of a single line: it has no offsets, lengths, digests and columns.
    """

    def __init__(self, file: str, first: int) -> None:
        super().__init__(file)
        self._first = first
        self._count = self._end = 0

    @property
    def lines(self) -> Sequence[int]:
        """One-based line numbers in records.tsv."""
        return range(self._first, self._first + self._count)

    @property
    def end(self) -> int:
        """Where the last line ends; 0 if there are no lines."""
        return self._end

    def extend(self, lengths: Sequence[int]) -> None:
        """Add the next lines, by the lengths of their records."""
        self._count += len(lengths)
        self._end += sum(lengths)


class ExtentSink:
    """
    Takes the bytes of a WARC file in order and compares them with its lines on the way.

    Only lines in order can be followed in one pass; the caller gives no others (``Extents.coherent``).
    Memory: the lines that are off, and one record's header.
    """

    def __init__(self, extents: Extents) -> None:
        self._extents = extents
        self._index = 0
        self._left = 0
        self._hash: _Hash = hasher()
        self._header = _HeaderPeek()
        self.off: list[Off] = []
        self._begin()

    def _begin(self) -> None:
        if self._index < len(self._extents):
            self._left = self._extents.lengths[self._index]
            self._hash = hasher()
            self._header = _HeaderPeek()

    def write(self, data: memoryview) -> None:
        """Take the next bytes of the file."""
        while len(data) and self._index < len(self._extents):
            piece = data[: self._left]
            self._hash.update(piece)
            self._header.feed(piece)
            self._left -= len(piece)
            data = data[len(piece) :]
            if not self._left:
                self._end(whole=True)

    def close(self) -> None:
        """The file has ended: what was not seen whole is off."""
        while self._index < len(self._extents):
            self._end(whole=False)

    def _end(self, *, whole: bool) -> None:
        digest = self._hash.digest()
        index, extents = self._index, self._extents
        if not whole or digest != extents.digest(index):
            self.off.append(Off(index=index, digest=digest, whole=whole))
        elif not self._header.given_up and self._header.columns() != extents.columns(index):
            header = self._header.parsed()
            offset, length = extents.offsets[index], extents.lengths[index]
            line = line_of(header, extents.file, offset, length, digest.hex()) if header is not None else None
            if line is None:
                self.off.append(Off(index=index, digest=digest, whole=True, problem=_NO_HEADER))
            elif columns_of(line) != extents.columns(index):
                self.off.append(Off(index=index, digest=digest, whole=True, found=line))
        self._index += 1
        self._begin()


class _HeaderPeek:
    """Inflates the beginning of a member, as far as its WARC header goes."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)
        self._seen = bytearray()
        self._done = False
        self.given_up = False
        """The header is longer than is looked at here; it is compared when records are opened."""

    def feed(self, data: memoryview) -> None:
        if self._done:
            return
        room = _HEADER_MOST - len(self._seen)
        try:
            # Of a stored member max_length bounds what is inflated, not what is kept as unconsumed.
            self._seen += self._inflate.decompress(data[: 2 * _HEADER_MOST], room)
        except zlib.error:
            self._done = True
        if _HEADER_END in self._seen or self._inflate.eof:
            self._done = True
        elif len(self._seen) >= _HEADER_MOST or len(data) > 2 * _HEADER_MOST:
            self._done = self.given_up = True

    def columns(self) -> bytes | None:
        """Return what ``columns_of`` gives for a header written as ours are; None for any other."""
        found = _USUAL.match(self._seen)
        if found is None:
            return None
        return _columns(b"\t".join((found["type"], found["date"], found["id"], found["uri"] or b"-")))

    def parsed(self) -> RecordHeader | None:
        end = self._seen.find(_HEADER_END)
        if end < 0:
            return None
        try:
            return parse_header(bytes(self._seen[: end + len(_HEADER_END)]))
        except WarcSyntaxError:
            return None
