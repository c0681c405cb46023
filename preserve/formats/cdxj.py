"""
How does a player find a record: the CDXJ index and the index of its blocks?

CDXJ 0.1.0 and WACZ 1.1.1, with what they leave open settled in docs/format/package-1.md, section 8.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO, Final

import attrs

from preserve.errors import CdxjSyntaxError, JsonSyntaxError
from preserve.formats.gzip_members import iter_members
from preserve.formats.gzip_write import write_member
from preserve.formats.lines import LINE_BYTES, lf_lines
from preserve.formats.schemas import parse_json
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preserve.formats.gzip_members import Member
    from preserve.model.inspection import Json

__all__ = [
    "BLOCK_LINES",
    "FIELDS",
    "INDEX_NAME",
    "CdxLine",
    "IdxLine",
    "format_idx_line",
    "format_line",
    "parse_line",
    "read_idx",
    "read_index",
    "write_index",
]

BLOCK_LINES: Final = 3000
"""Lines of one gzip member of ``index.cdx.gz``."""

INDEX_NAME: Final = "index.cdx.gz"

FIELDS: Final = ("url", "mime", "status", "digest", "length", "offset", "filename", "recordDigest")
"""The keys of a line's object, in this order."""

_META: Final = f'!meta 0 {{"format": "cdxj-gzip-1.0", "filename": "{INDEX_NAME}"}}'
_KEY = re.compile(r"[^\x00-\x20\x7f]+")
_STAMP = re.compile(r"[0-9]{14}(?:[0-9]{3})?")


@attrs.frozen(kw_only=True)
class CdxLine:
    """One line of the index: a response and where its record lies."""

    key: str
    """SURT form of the URL."""
    stamp: str
    """17 digits; 14 in indexes of others."""
    fields: Mapping[str, str]


@attrs.frozen(kw_only=True)
class IdxLine:
    """One line of ``index.idx``: a gzip member of the index."""

    key: str
    stamp: str
    offset: int
    length: int
    digest: Digest | None
    """Of the member's octets; None in indexes of others."""
    filename: str


def format_line(line: CdxLine) -> str:
    """
    Return ``<key> <stamp> <object>`` with LF; the object's keys in the order of ``fields``.

    Raises:
        ValueError: If the key holds white space or the stamp is not 14 or 17 digits.
    """
    if _KEY.fullmatch(line.key) is None or _STAMP.fullmatch(line.stamp) is None:
        raise ValueError(f"{line.key!r:.200} {line.stamp!r} cannot begin a CDXJ line")
    return f"{line.key} {line.stamp} {json.dumps(dict(line.fields))}\n"


def parse_line(text: str) -> CdxLine:
    """
    Parse one line, with or without its LF; numbers are returned as their text.

    Raises:
        CdxjSyntaxError: If it is not a key, a stamp and an object of texts and numbers.
    """
    key, stamp, found = _split(text)
    fields: dict[str, str] = {}
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise CdxjSyntaxError(f"{name!r:.60} must be text or a whole number, not {value!r:.80}.")
        fields[name] = str(value)
    return CdxLine(key=key, stamp=stamp, fields=fields)


def write_index(lines: Iterable[CdxLine], cdx_out: BinaryIO, idx_out: BinaryIO) -> int:
    """
    Write ``index.cdx.gz`` and ``index.idx`` and return the number of lines.

    Args:
        lines: In any order; all are held in memory to be sorted (about 1 kB each).
        cdx_out: Written from where it stands, which is offset 0 of the members; left open.
        idx_out: Left open.

    Raises:
        ValueError: As ``format_line`` does.
    """
    ordered = sorted(format_line(line).encode() for line in lines)
    idx_out.write(f"{_META}\n".encode())
    offset = 0
    for start in range(0, len(ordered), BLOCK_LINES):
        block = ordered[start : start + BLOCK_LINES]
        written = write_member(cdx_out, block)
        key, stamp, _ = block[0].decode().split(" ", 2)
        line = IdxLine(
            key=key,
            stamp=stamp,
            offset=offset,
            length=written.length,
            digest=written.digest,
            filename=INDEX_NAME,
        )
        idx_out.write(format_idx_line(line).encode())
        offset += written.length
    if not ordered:
        write_member(cdx_out, ())
    return len(ordered)


def format_idx_line(line: IdxLine) -> str:
    """Return a line of ``index.idx`` with LF."""
    value: dict[str, Json] = {"offset": line.offset, "length": line.length}
    if line.digest is not None:
        value["digest"] = str(line.digest)
    value["filename"] = line.filename
    return f"{line.key} {line.stamp} {json.dumps(value)}\n"


def read_index(stream: BinaryIO) -> Iterator[CdxLine]:
    """
    Yield the lines of ``index.cdx.gz``, in file order; sorted or not is for a check to say.

    Args:
        stream: Seekable, read from its start to its end; left open.

    Raises:
        CdxjSyntaxError: If a gzip member is damaged or a line is not CDXJ; the facts ``offset`` (of
            the member) and ``line`` (one-based, in the whole index) say where.
    """
    number, member = 0, None
    for member in iter_members(stream):
        content = io.BufferedReader(_MemberStream(member), 1 << 16)
        for _, text in lf_lines(content, CdxjSyntaxError, f"index.cdx.gz member at {member.offset}"):
            number += 1
            try:
                yield parse_line(text)
            except CdxjSyntaxError as exc:
                raise CdxjSyntaxError(
                    f"index.cdx.gz line {number}: {exc.message}", line=number, offset=member.offset
                ) from exc
    if member is None:
        raise CdxjSyntaxError("index.cdx.gz: is empty; even an index of nothing is a gzip member.", line=0)


def read_idx(stream: BinaryIO) -> Iterator[IdxLine]:
    """
    Yield the lines of ``index.idx`` after its header.

    Args:
        stream: Read forward from where it stands; left open.

    Raises:
        CdxjSyntaxError: With the one-based number of the line as fact ``line``.
    """
    lines = lf_lines(stream, CdxjSyntaxError, "index.idx")
    number, text = next(lines, (1, ""))
    try:
        name = _meta(text)
        for number, text in lines:  # noqa: B007 - number is read by the handler below
            yield _idx_line(text, name)
    except CdxjSyntaxError as exc:
        raise CdxjSyntaxError(f"index.idx line {number}: {exc.message}", line=number) from exc


class _MemberStream(io.RawIOBase):
    """The content of one gzip member as a stream."""

    def __init__(self, member: Member) -> None:
        super().__init__()
        self._member = member
        self._chunks = member.chunks()
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed's Buffer has no len
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                if self._member.problem:
                    raise CdxjSyntaxError(
                        f"index.cdx.gz: the gzip member at {self._member.offset} is damaged: "
                        f"{self._member.problem}",
                        offset=self._member.offset,
                    )
                return 0
            self._rest = bytes(chunk)
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def _split(text: str) -> tuple[str, str, dict[str, Json]]:
    """Return key, stamp and object of a line of either file."""
    if len(text) > LINE_BYTES:
        raise CdxjSyntaxError(f"longer than {LINE_BYTES} characters.")
    key, _, rest = text.removesuffix("\n").partition(" ")
    stamp, _, value = rest.partition(" ")
    if _KEY.fullmatch(key) is None or _STAMP.fullmatch(stamp) is None:
        raise CdxjSyntaxError(f"expected a key and a stamp of 14 or 17 digits, found {text!r:.120}.")
    return key, stamp, _object(value)


def _object(text: str) -> dict[str, Json]:
    try:
        parsed = parse_json(text)
    except JsonSyntaxError as exc:
        raise CdxjSyntaxError(exc.message) from exc
    if not isinstance(parsed, dict):
        raise CdxjSyntaxError(f"expected a JSON object, found {text!r:.80}.")
    return parsed


def _meta(text: str) -> str:
    """Return the name of the index that the header of ``index.idx`` gives."""
    found = _object(text.removeprefix("!meta 0 ")) if text.startswith("!meta 0 ") else {}
    name = found.get("filename")
    if found.get("format") != "cdxj-gzip-1.0" or not isinstance(name, str):
        raise CdxjSyntaxError(f"expected the header {_META!r}, found {text!r:.120}.")
    return name


def _idx_line(text: str, name: str) -> IdxLine:
    key, stamp, found = _split(text)
    digest, filename = found.get("digest"), found.get("filename", name)
    if not isinstance(filename, str):
        raise CdxjSyntaxError(f"filename must be text, not {filename!r:.80}.")
    try:
        return IdxLine(
            key=key,
            stamp=stamp,
            offset=_number(found, "offset"),
            length=_number(found, "length"),
            digest=None if digest is None else Digest.parse(str(digest)),
            filename=filename,
        )
    except ValueError as exc:
        raise CdxjSyntaxError(f"{exc}.") from exc


def _number(found: dict[str, Json], name: str) -> int:
    """Return a number, written as one or as text: the ecosystem does both."""
    text = str(found.get(name))
    if re.fullmatch(r"0|[1-9][0-9]{0,18}", text) is None:
        raise ValueError(f"{name} must be a whole number, not {text!r:.60}")
    return int(text)
