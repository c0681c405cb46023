"""
Are the records of one range of a WARC file sound, and what do they declare?

A range is a run of lines of records.tsv that follow each other without gap. Ranges of one file are read side
by side, in processes of their own where there is much to do; where one ends, the next begins, because their
lines say so. A record that is not what its line says is only noted here: runs of such records are read
again as one stretch, across the border of two ranges too.
"""

from __future__ import annotations

import base64
import hashlib
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve.checks.declared import parsed
from preserve.checks.extents import Off, columns_of, line_of
from preserve.errors import PreserveError
from preserve.formats import records, warc
from preserve.formats.gzip_header import HEADER
from preserve.formats.lines import LINE_BYTES
from preserve.formats.schemas import structure
from preserve.formats.warc import FIELD_ORDER
from preserve.formats.warc.unpack import WHOLE_BYTES, Unpacked, declared_text, unpack, unpack_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preserve.formats.records import RecordLine
    from preserve.model.inspection import Json

__all__ = [
    "FACT_BYTES",
    "Ranged",
    "fact",
    "linked_fact",
    "read_answer",
    "read_range",
    "response_fact",
    "work",
]

FACT_BYTES = 16
_NO_FACT = bytes(FACT_BYTES)
_PIECE_BYTES = 1 << 17
"""Of a long member, given at once: what is left of a larger one is copied for each output."""
_READ_BYTES = 1 << 20


@attrs.frozen(kw_only=True)
class Ranged:
    """What one range showed."""

    off: tuple[Off, ...] = ()
    """Lines whose bytes are not what they say, or whose record is not sound; indices within the file."""
    facts: bytes = b""
    """For each line 16 octets that stand for what its record declares (``fact``); zeros where it is off."""


def fact(unpacked: Unpacked) -> bytes:
    """Return 16 octets that stand for what other parts of a package say of a record."""
    if unpacked.type != b"response":
        return linked_fact(unpacked.concurrent or b"-")
    return response_fact(
        unpacked.block,
        unpacked.payload or "-",
        str(unpacked.payload_bytes),
        str(unpacked.status),
        str(unpacked.declared),
    )


def response_fact(block: str, payload: str, payload_bytes: str, status: str, declared: str) -> bytes:
    """Return the same of a response: digests in hexadecimal, the rest as Python spells it."""
    text = f"{block}\t{payload}\t{payload_bytes}\t{status}\t{declared}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=FACT_BYTES).digest()


def linked_fact(record: bytes) -> bytes:
    """Return the same of another record, by the id of the one that it names as concurrent."""
    return hashlib.blake2b(record, digest_size=FACT_BYTES).digest()


def read_range(stream: BinaryIO, lines: Iterable[bytes], file: str, first: int, warcinfo: str) -> Ranged:
    """
    Read the records of some lines.

    Args:
        stream: The WARC file.
        lines: Lines of records.tsv with their LF, which can be read and follow each other without gap.
        file: Name of the WARC file, which every line must have.
        first: Index of the first line among those of the file.
        warcinfo: Id of the file's first record, which every other one must name.

    Raises:
        ValueError: If the lines are not about the file, or do not follow each other.
    """
    return _Range(stream, file, warcinfo).read(lines, first)


class _Range:
    def __init__(self, stream: BinaryIO, file: str, warcinfo: str) -> None:
        self._stream = stream
        self._file = file
        self._warcinfo = warcinfo.encode("utf-8", "surrogatepass")
        self._held = memoryview(b"")
        self._off: list[Off] = []

    def read(self, lines: Iterable[bytes], first: int) -> Ranged:
        """Read the records of some lines."""
        file, facts = self._file.encode(), []
        end: int | None = None
        for index, line in enumerate(lines, first):
            columns = line.split(b"\t")
            offset, length = int(columns[1]), int(columns[2])
            if end is None:
                end = self._stream.seek(offset)
            if columns[0] != file or offset != end:
                raise ValueError(f"the line of the record at {offset} is not the next of {self._file}")
            end += length
            digest, whole, unpacked = self._member(length)
            if not whole or digest.hex().encode() != columns[3]:
                self._off.append(Off(index=index, digest=digest, whole=whole))
                facts.append(_NO_FACT)
            elif unpacked is not None and self._is_usual(unpacked, columns):
                facts.append(fact(unpacked))
            else:
                facts.append(self._fact(index, records.parse_line(line.decode()), digest))
        return Ranged(off=tuple(self._off), facts=b"".join(facts))

    def _member(self, length: int) -> tuple[bytes, bool, Unpacked | None]:
        """Return the next octets' digest, whether all were there, and what they unpack to."""
        if length > WHOLE_BYTES:
            pieces = _Pieces(self._take(length))
            unpacked = unpack_pieces(pieces)
            return pieces.digest(), pieces.size == length, unpacked
        if len(self._held) < length:
            self._held = memoryview(bytes(self._held) + _read(self._stream, _READ_BYTES))
        member, self._held = self._held[:length], self._held[length:]
        whole = len(member) == length
        return hashlib.sha256(member).digest(), whole, unpack(member) if whole else None

    def _take(self, length: int) -> Iterator[memoryview]:
        while length:
            if not len(self._held):
                self._held = memoryview(_read(self._stream, min(_PIECE_BYTES, length)))
                if not len(self._held):
                    return
            size = min(length, _PIECE_BYTES)
            piece, self._held = self._held[:size], self._held[size:]
            length -= len(piece)
            yield piece

    def _is_usual(self, unpacked: Unpacked, columns: list[bytes]) -> bool:
        """Tell whether a record has the columns of its line and stands where it may."""
        opens = unpacked.type == b"warcinfo"
        return (
            columns[4:] == [unpacked.type, unpacked.date, unpacked.id, (unpacked.uri or b"-") + b"\n"]
            and opens == (columns[1] == b"0")
            and unpacked.warcinfo in (None, self._warcinfo)
        )

    def _fact(self, index: int, own: RecordLine, digest: bytes) -> bytes:
        """Compare a record whose bytes are those of its line with the rest of the line, by the rules."""
        found = None
        at = self._stream.tell()
        code, problem, header, made = self._strictly(own.offset, own.end)
        self._stream.seek(at)
        if header is not None and not problem:
            line = line_of(header, self._file, own.offset, own.length, digest.hex())
            if line is None:
                problem = "No line of records.tsv can be made from its header."
            elif columns_of(line) != columns_of(own):
                found = line
        if problem or found is not None:
            self._off.append(
                Off(index=index, digest=digest, whole=True, found=found, code=code, problem=problem)
            )
            return _NO_FACT
        return made

    def _strictly(self, start: int, stop: int) -> tuple[str, str, warc.RecordHeader | None, bytes]:
        """Read one record by the rules: return code and sentence of what is wrong, its header and fact."""
        code = "warc.record-damaged"
        walked = list(islice(warc.walk(self._stream, start=start, stop=stop), 2))
        one = walked[0]
        if not one.is_sound or len(walked) > 1 or one.header is None:
            problem = next((each.message for each in one.problems), "It is not one record.")
            return code, problem, one.header, _NO_FACT
        self._stream.seek(start)
        if self._stream.read(len(HEADER)) != HEADER:
            return code, f"The gzip header at offset {start} is not the one specified.", one.header, _NO_FACT
        note = next((each.message for each in one.problems), "")
        problem = note or _unspecified(one.header, self._warcinfo.decode("utf-8", "surrogatepass"), start)
        if problem:
            return "warc.header-unspecified", problem, one.header, _NO_FACT
        return code, "", one.header, fact(self._as_unpacked(one, one.header, start, stop))

    def _as_unpacked(
        self, one: warc.WalkedRecord, header: warc.RecordHeader, start: int, stop: int
    ) -> Unpacked:
        status = declared = None
        try:
            head = warc.http_head(warc.open_record(self._stream, start, stop - start))
        except PreserveError:
            head = None
        if head is not None and head.parsed is not None:
            status = head.parsed.status
            value = head.parsed.get(b"content-type")
            declared = None if value is None else declared_text(value)
        concurrent = " ".join(value.strip("<>") for value in header.get_all("WARC-Concurrent-To"))
        return Unpacked(
            type=header.type.encode("utf-8", "surrogatepass"),
            date=b"",
            id=b"",
            uri=None,
            warcinfo=None,
            concurrent=concurrent.encode("utf-8", "surrogatepass") or None,
            block=one.block_digest.value if one.block_digest is not None else "-",
            payload=one.payload_digest.value if one.payload_digest is not None else None,
            payload_bytes=one.payload_bytes or 0,
            status=status,
            declared=declared,
        )


def _unspecified(header: warc.RecordHeader, warcinfo: str, offset: int) -> str:
    """Say in what the header of a sound record is not as specified: docs/format/package-1.md, section 6."""
    if (header.type == "warcinfo") != (not offset):
        return "The first record of a file must be its only warcinfo record."
    wanted = ["WARC-Block-Digest"]
    wanted += ["WARC-Payload-Digest"] if header.type in ("response", "request") else []
    for name in wanted:
        values = header.get_all(name)
        if len(values) != 1 or not values[0].startswith("sha256:"):
            seen = ", ".join(values)[:160] or "no such field"
            return f"It must have one {name} with a sha256 value; it has {seen}."
    stated = header.get("WARC-Warcinfo-ID")
    needed = None if header.type == "warcinfo" else f"<{warcinfo}>"
    if stated != needed:
        return (
            f"Its WARC-Warcinfo-ID must be {needed or 'absent'}, the first record of the file; "
            f"it is {stated or 'absent'}."
        )
    places = [FIELD_ORDER.index(name) for name, _ in header.fields if name in FIELD_ORDER]
    if places != sorted(places):
        return "Its fields are not in the order specified."
    return ""


class _Pieces:
    """The octets of a long member while they are unpacked, and the digest of all of them."""

    def __init__(self, pieces: Iterator[memoryview]) -> None:
        self._pieces = pieces
        self._hash = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[memoryview]:
        for piece in self._pieces:
            self._hash.update(piece)
            self.size += len(piece)
            yield piece

    def digest(self) -> bytes:
        """Return the digest of all octets."""
        for _ in self:
            pass
        return self._hash.digest()


def _read(stream: BinaryIO, size: int) -> bytes:
    """Read up to ``size`` octets; fewer only at the end."""
    data = stream.read(size) or b""
    while len(data) < size and (more := stream.read(size - len(data))):
        data += more
    return data


# --- in a process of its own


@attrs.frozen(kw_only=True)
class _Asked:
    records: str
    """Path of records.tsv."""
    at: int
    """Where its first line of the range begins."""
    count: int
    file: str
    warcinfo: str


def work(stream: BinaryIO, argument: Json) -> dict[str, Json]:
    """Read a range in a worker process; the lines are read from records.tsv there."""
    asked = structure(_Asked, argument)
    with Path(asked.records).open("rb") as lines:
        lines.seek(asked.at)
        own = (lines.readline(LINE_BYTES) for _ in range(asked.count))
        ranged = read_range(stream, own, asked.file, 0, asked.warcinfo)
    off: list[Json] = [
        [
            each.index,
            each.digest.hex(),
            each.whole,
            records.format_line(each.found) if each.found is not None else "",
            each.code,
            each.problem,
        ]
        for each in ranged.off
    ]
    return {"off": off, "facts": base64.b64encode(ranged.facts).decode()}


@attrs.frozen(kw_only=True)
class _Answered:
    off: tuple[tuple[int, str, bool, str, str, str], ...]
    facts: str


def read_answer(answer: Json, first: int) -> Ranged:
    """Return what ``work`` answered, its indices counted from ``first``."""
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
    return Ranged(off=tuple(off), facts=base64.b64decode(read.facts))
