"""What is in one record whose place is known?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve.errors import GzipSyntaxError, WarcSyntaxError
from preserve.formats.gzip_members import HEADER, Member
from preserve.formats.warc.header import HEADER_MOST_BYTES, RecordHeader, parse_header
from preserve.formats.warc.payload import PayloadReader
from preserve.formats.warc.write import SEPARATOR
from preserve.formats.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.formats.http1 import Head

__all__ = ["HEADER_END", "Record", "http_head", "open_record", "payload"]

HEADER_END = re.compile(rb"\r?\n\r?\n")


@attrs.frozen(kw_only=True)
class Record:
    """One record of an open stream."""

    header: RecordHeader
    offset: int
    length: int
    """Octets in the file: of the member, or of the record where nothing is compressed."""
    _stream: BinaryIO = attrs.field(repr=False)
    _head_bytes: int = attrs.field(repr=False)

    def block(self) -> Iterator[bytes]:
        """
        Yield the block in bounded pieces; every call reads it from its beginning.

        Raises:
            GzipSyntaxError: If the member is damaged or does not end where the record should.
            WarcSyntaxError: If the block is not Content-Length long or no two CRLF follow it.
                Both may come after octets were yielded: only what was read to the end is whole.
        """
        skip, left = self._head_bytes, self.header.content_length
        tail = b""
        for piece in _octets(self._stream, self.offset, self.length):
            data = piece[skip:]
            skip -= min(skip, len(piece))
            if left and data:
                yield data[:left]
            tail = (tail + data[left:])[: len(SEPARATOR) + 1]
            left -= min(left, len(data))
        if left or tail != SEPARATOR:
            raise self._misfit(left, tail)

    def _misfit(self, left: int, tail: bytes) -> WarcSyntaxError:
        seen = f"{left} octets of the block are missing" if left else f"{tail!r} follows the block"
        return WarcSyntaxError(
            f"The record {self.header.record_id} at offset {self.offset} states "
            f"{self.header.content_length} octets and two CRLF: {seen}.",
            record_id=self.header.record_id,
            offset=self.offset,
        )


def open_record(stream: BinaryIO, offset: int, length: int) -> Record:
    """
    Return the record that takes the octets ``[offset, offset + length)``; its header is read now.

    Args:
        stream: Seekable; used again by ``Record.block``, so it must stay open. Records of one stream
            may be read in turns, not in several threads at once.
        offset: First octet of the member (or of the record, where nothing is compressed).
        length: Octets in the file.

    Raises:
        GzipSyntaxError: If no sound member begins there.
        WarcSyntaxError: If it does not begin with a record's header.
    """
    head = bytearray()
    for data in _octets(stream, offset, length):
        # The empty line may lie across two pieces.
        begin = max(0, len(head) - 3)
        head += data
        end = HEADER_END.search(head, begin)
        if end is not None:
            raw = bytes(head[: end.end()])
            header = parse_header(raw)
            _ = header.content_length
            return Record(header=header, offset=offset, length=length, stream=stream, head_bytes=len(raw))
        if len(head) > HEADER_MOST_BYTES:
            break
    raise WarcSyntaxError(f"No whole WARC header stands at offset {offset}.", offset=offset)


def payload(record: Record) -> Iterator[bytes]:
    """
    Yield the payload of a record: the entity body of an HTTP message, of others the block.

    Raises:
        GzipSyntaxError, WarcSyntaxError: As ``Record.block`` does.
    """
    reader = PayloadReader(record.header)
    for data in record.block():
        for part in reader.feed(data):
            if part.entity:
                yield bytes(part.entity)
    for part in reader.close():
        if part.entity:
            yield bytes(part.entity)


def http_head(record: Record) -> Head | None:
    """
    Return the final HTTP head of a response or request record; None for others, or if there is none.

    Reads the block no further than the head. A head that cannot be read has ``parsed`` None.
    """
    reader = PayloadReader(record.header)
    if not reader.is_http:
        return None
    for data in record.block():
        for _ in reader.feed(data):
            pass
        if reader.head is not None:
            return reader.head
    for _ in reader.close():
        pass
    return reader.head


def _octets(stream: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
    """
    Yield the uncompressed octets of ``[offset, offset + length)``, which must be whole members.

    Raises:
        GzipSyntaxError: If they are not.
    """
    window = Window(stream, offset + length)
    stop = offset + length
    if window.at(offset, len(HEADER)).startswith(b"WARC/"):
        yield from window.pieces(offset, stop)
        return
    at = offset
    while at < window.stop:
        member = Member(window, at)
        yield from member.chunks()
        if member.problem is not None:
            raise GzipSyntaxError(member.problem, offset=at)
        at += member.length
    if window.stop < stop:
        message = f"The stream ends at {window.stop}, before the record does at {stop}."
        raise GzipSyntaxError(message, offset=at)
