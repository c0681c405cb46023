"""
Is one record sound by the rules, what does it declare, and what should its line say?

The strict half of reading a range: it is asked where the fast half (``formats.warc.unpack``) says nothing.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve.checks.extents import columns_of, line_of
from preserve.errors import PreserveError
from preserve.formats import warc
from preserve.formats.gzip_header import HEADER
from preserve.formats.records import RecordLine
from preserve.formats.warc import FIELD_ORDER
from preserve.formats.warc.unpack import Unpacked, declared_text
from preserve.model.exchange import TRUNCATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["ReadRecord", "read_one"]

_OWN_CHARS = len("-20261122101500-00000.warc.gz")
"""Of a file's name: the package's instant and the serial."""


@attrs.frozen(kw_only=True)
class ReadRecord:
    """What one record is, read by the rules."""

    unpacked: Unpacked | None = None
    """What it declares; None where anything is wrong with it or with its line."""
    found: RecordLine | None = None
    """The line that it should have, where that is another one."""
    code: str = ""
    """Of the finding, where the record is not as it must be."""
    problem: str = ""
    """In what: a sentence."""


def read_one(stream: BinaryIO, own: RecordLine, file: str, warcinfo: bytes) -> ReadRecord:
    """
    Read a record whose octets have the digest of its line, and compare it with the rest of the line.

    Args:
        stream: The WARC file, seekable.
        own: The line.
        file: Name of the WARC file.
        warcinfo: Id of the file's first record, which every other one must name.
    """
    code = "warc.record-damaged"
    walked = list(islice(warc.walk(stream, start=own.offset, stop=own.end), 2))
    one = walked[0]
    if not one.is_sound or len(walked) > 1 or one.header is None:
        problem = next((each.message for each in one.problems), "It is not one record.")
        return ReadRecord(code=code, problem=problem)
    stream.seek(own.offset)
    if stream.read(len(HEADER)) != HEADER:
        problem = f"The gzip header at offset {own.offset} is not the one specified."
        return ReadRecord(code=code, problem=problem)
    notes = (each.message for each in one.problems)
    info = warcinfo.decode("utf-8", "surrogatepass")
    problem = next(chain(notes, _unspecified(one.header, info, file, own.offset)), "")
    if problem:
        return ReadRecord(code="warc.header-unspecified", problem=problem)
    line = line_of(one.header, file, own.offset, own.length, own.sha256)
    if line is None:
        return ReadRecord(code=code, problem="No line of records.tsv can be made from its header.")
    if columns_of(line) != columns_of(own):
        return ReadRecord(code=code, found=line)
    return ReadRecord(unpacked=_unpacked(stream, one, one.header, own))


def _unpacked(
    stream: BinaryIO, one: warc.WalkedRecord, header: warc.RecordHeader, own: RecordLine
) -> Unpacked:
    status = declared = None
    try:
        head = warc.http_head(warc.open_record(stream, own.offset, own.length))
    except PreserveError:
        head = None
    if head is not None and head.parsed is not None:
        status = head.parsed.status
        value = head.parsed.get(b"content-type")
        declared = None if value is None else declared_text(value)
    concurrent = " ".join(value.strip("<>") for value in header.get_all("WARC-Concurrent-To"))
    return Unpacked(
        type=header.type.encode("utf-8", "surrogatepass"),
        concurrent=concurrent.encode("utf-8", "surrogatepass") or None,
        ended=header.get("WARC-Truncated") or "whole",
        block=one.block_digest.value if one.block_digest is not None else "-",
        payload=one.payload_digest.value if one.payload_digest is not None else None,
        payload_bytes=one.payload_bytes or 0,
        status=status,
        declared=declared,
    )


def _unspecified(header: warc.RecordHeader, warcinfo: str, file: str, offset: int) -> Iterator[str]:
    """Say in what the header of a sound record is not as specified: docs/format/package-1.md, section 6."""
    first = header.type == "warcinfo"
    if first != (not offset):
        yield "The first record of a file must be its only warcinfo record."
    wanted = ["WARC-Block-Digest"]
    wanted += ["WARC-Payload-Digest"] if header.type in ("response", "request") else []
    for name in wanted:
        values = header.get_all(name)
        if len(values) != 1 or not values[0].startswith("sha256:"):
            yield f"It must have one {name} with a sha256 value; it has {_seen(values)}."
    stated = header.get("WARC-Warcinfo-ID")
    needed = None if first else f"<{warcinfo}>"
    if stated != needed:
        yield (
            f"Its WARC-Warcinfo-ID must be {needed or 'absent'}, the first record of the file; "
            f"it is {stated or 'absent'}."
        )
    named = header.get_all("WARC-Filename")
    # What comes before follows from the URL, and is held against it.
    if [name[-_OWN_CHARS:] for name in named] not in ([], [file[-_OWN_CHARS:]]):
        yield f"Its WARC-Filename must be {file}, the name of the file; it is {_seen(named)}."
    truncated = header.get_all("WARC-Truncated")
    if len(truncated) > 1 or not TRUNCATED.issuperset(truncated):
        yield f"Its WARC-Truncated must be length, time or disconnect; it is {_seen(truncated)}."
    places = [FIELD_ORDER.index(name) for name, _ in header.fields if name in FIELD_ORDER]
    if places != sorted(places):
        yield "Its fields are not in the order specified."


def _seen(values: Sequence[str]) -> str:
    return ", ".join(values)[:160] or "no such field"
