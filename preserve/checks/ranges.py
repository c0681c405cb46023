"""
Are the records of one range of a WARC file sound, and what do they declare?

A range is a run of lines of records.tsv that follow each other without gap. Ranges of one file are read side
by side, in processes of their own where there is much to do; where one ends, the next begins, because their
lines say so. A record that is not what its line says is only noted here: runs of such records are read
again as one stretch, across the border of two ranges too.

What a record declares that other parts of the package say of it is one text. Of a range one digest of all its
texts is enough, as long as it is the one that follows from the lists; else 16 octets of each are asked for.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import attrs

from preserve.checks.off import Off
from preserve.formats import records
from preserve.formats.lines import LINE_BYTES
from preserve.formats.warc.unpack import WHOLE_BYTES, Unpacked, opening, unpack, unpack_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from preserve.model.inspection import Json

__all__ = [
    "ALONE",
    "FACT_BYTES",
    "LINKED",
    "NOTHING",
    "Ranged",
    "declaration",
    "digest_of",
    "fact",
    "read_range",
    "response_declaration",
    "work",
]

FACT_BYTES = 16
_NO_FACT = bytes(FACT_BYTES)
LINKED = frozenset({"request", "metadata"})
"""Types of records that declare the record they came with."""
ALONE = "-"
"""What such a record declares that names none."""
NOTHING = ""
"""What all others declare but responses."""
_LINKED = frozenset(kind.encode() for kind in LINKED)
_PIECE_BYTES = 1 << 17
"""Of a long member, given at once: what is left of a larger one is copied for each output."""
_READ_BYTES = 1 << 20
_USUAL = bytes(octet for octet in range(0x21, 0x7F) if octet not in b"<>") + b"\t\n"
"""What a line holds whose columns can stand in a WARC header as they are."""


@attrs.frozen(kw_only=True)
class Ranged:
    """What one range showed."""

    off: tuple[Off, ...] = ()
    """Lines whose bytes are not what they say, or whose record is not sound; indices within the file."""
    declared: bytes = b""
    """``digest_of`` what the records declare; empty where one is off."""
    facts: bytes = b""
    """If they are asked for: for each line what its record declares (``fact``); zeros where it is off."""


def declaration(unpacked: Unpacked) -> str:
    """Return what a record declares that other parts of a package say of it."""
    kind, concurrent, ended, block, payload, payload_bytes, status, declared = unpacked
    if kind in _LINKED:
        return concurrent.decode("utf-8", "surrogateescape") if concurrent else ALONE
    if kind != b"response":
        return NOTHING
    return response_declaration(
        ended, f"sha256:{block}", f"sha256:{payload}", payload_bytes, status, declared
    )


def response_declaration(
    ended: str | None,
    block: str | None,
    payload: str | None,
    payload_bytes: int | str | None,
    status: int | str | None,
    declared: str | None,
) -> str:
    """Return the same of a response: digests with their label, the rest as Python spells it."""
    return f"{ended}\t{block}\t{payload}\t{payload_bytes}\t{status}\t{declared}"


def fact(declared: str) -> bytes:
    """Return 16 octets that stand for what a record declares."""
    return hashlib.blake2b(declared.encode("utf-8", "surrogatepass"), digest_size=FACT_BYTES).digest()


def digest_of(declared: list[str]) -> bytes:
    """Return octets that stand for what some records declare; none if one declares more than a line."""
    text = "\n".join(declared)
    if text.count("\n") >= max(len(declared), 1):
        return b""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def read_range(
    stream: BinaryIO, lines: Iterable[bytes], file: str, first: int, warcinfo: str, *, facts: bool
) -> Ranged:
    """
    Read the records of some lines.

    Args:
        stream: The WARC file.
        lines: Lines of records.tsv with their LF, which can be read and follow each other without gap.
        file: Name of the WARC file, which every line must have.
        first: Index of the first line among those of the file.
        warcinfo: Id of the file's first record, which every other one must name.
        facts: Whether to tell what each record declares, rather than all of them.

    Raises:
        ValueError: If the lines are not about the file, or do not follow each other.
    """
    range_ = _Range(stream, file, warcinfo)
    declared = range_.read(lines, first)
    if facts:
        made = b"".join([_NO_FACT if each is None else fact(each) for each in declared])
        return Ranged(off=tuple(range_.off), facts=made)
    texts = [each for each in declared if each is not None]
    return Ranged(off=tuple(range_.off), declared=b"" if range_.off else digest_of(texts))


class _Range:
    def __init__(self, stream: BinaryIO, file: str, warcinfo: str) -> None:
        self._stream = stream
        self._file = file
        self._warcinfo = warcinfo.encode("utf-8", "surrogatepass")
        self._held = memoryview(b"")
        self.off: list[Off] = []

    def read(self, lines: Iterable[bytes], first: int) -> list[str | None]:
        """Read the records of some lines, and return what each declares; None where it is off."""
        file = self._file.encode()
        declared: list[str | None] = []
        odd = self._warcinfo.translate(None, _USUAL)
        end: int | None = None
        for index, line in enumerate(lines, first):
            name, offset, size, sha256, kind, date, record, uri = line.split(b"\t")
            length = int(size)
            if end is None:
                end = self._stream.seek(int(offset))
            if name != file or int(offset) != end:
                raise ValueError(f"the line of the record at {int(offset)} is not the next of {self._file}")
            end += length
            begins = b""
            if not (odd or line.translate(None, _USUAL)) and (kind == b"warcinfo") == (offset == b"0"):
                target = None if uri == b"-\n" else uri[:-1]
                begins = opening(kind, date, record, target, self._warcinfo, file)
            if length > WHOLE_BYTES:
                digest, whole, unpacked = self._large(length, kind, begins)
            else:
                member = self._next(length)
                digest, whole = hashlib.sha256(member).hexdigest(), len(member) == length
                unpacked = unpack(member, kind, begins) if whole and begins else None
            if not whole or digest != sha256.decode("latin-1"):
                self.off.append(Off(index=index, digest=bytes.fromhex(digest), whole=whole))
                declared.append(None)
                continue
            if unpacked is None:
                unpacked = self._by_the_rules(index, line, digest)
            declared.append(None if unpacked is None else declaration(unpacked))
        return declared

    def _next(self, length: int) -> memoryview:
        """Return the next octets, fewer only at the end."""
        if len(self._held) < length:
            self._held = memoryview(bytes(self._held) + _read(self._stream, _READ_BYTES))
        member, self._held = self._held[:length], self._held[length:]
        return member

    def _large(self, length: int, kind: bytes, begins: bytes) -> tuple[str, bool, Unpacked | None]:
        """Return the digest of the next octets, whether all were there, and what they unpack to."""
        pieces = _Pieces(self._take(length))
        unpacked = unpack_pieces(pieces, kind, begins) if begins else None
        return pieces.digest(), pieces.size == length, unpacked

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

    def _by_the_rules(self, index: int, line: bytes, digest: str) -> Unpacked | None:
        """Compare a record whose bytes are those of its line with the rest of the line, by the rules."""
        from preserve.checks.one_record import read_one  # noqa: PLC0415 - odd records alone need it

        at = self._stream.tell()
        read = read_one(self._stream, records.parse_line(line.decode()), self._file, self._warcinfo)
        self._stream.seek(at)
        if read.unpacked is not None:
            return read.unpacked
        self.off.append(
            Off(
                index=index,
                digest=bytes.fromhex(digest),
                whole=True,
                found=read.found,
                code=read.code,
                problem=read.problem,
            )
        )
        return None


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

    def digest(self) -> str:
        """Return the digest of all octets, in hexadecimal."""
        for _ in self:
            pass
        return self._hash.hexdigest()


def _read(stream: BinaryIO, size: int) -> bytes:
    """Read up to ``size`` octets; fewer only at the end."""
    data = stream.read(size) or b""
    while len(data) < size and (more := stream.read(size - len(data))):
        data += more
    return data


def work(stream: BinaryIO, argument: Mapping[str, Any]) -> dict[str, Json]:
    """Read a range in a worker process; the lines are read from records.tsv there."""
    with Path(argument["records"]).open("rb") as lines:
        lines.seek(argument["at"])
        own = (lines.readline(LINE_BYTES) for _ in range(argument["count"]))
        facts: bool = argument["facts"]
        ranged = read_range(stream, own, argument["file"], 0, argument["warcinfo"], facts=facts)
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
    return {
        "off": off,
        "declared": ranged.declared.hex(),
        "facts": base64.b64encode(ranged.facts).decode(),
    }
