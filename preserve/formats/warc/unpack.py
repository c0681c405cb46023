"""
Is a record exactly as we write records, and what does it declare?

The fast half of reading a WARC file whose places are known: it says yes only when member, header, block and
both digests are beyond doubt, and else nothing at all; then ``walk`` reads the record and says what is odd
or wrong with it. A record that is yes here is one that ``walk`` finds sound, which a test holds against
every damage we know.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from preserve.formats.gzip_header import HEADER
from preserve.formats.inflate import InflateError, inflater
from preserve.formats.warc.header import parse_header
from preserve.formats.warc.payload import PayloadReader
from preserve.formats.warc.write import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["WHOLE_BYTES", "Unpacked", "declared_text", "opening", "unpack", "unpack_pieces"]

WHOLE_BYTES = 64 * 1024
"""A member up to this length is given whole; a longer one in pieces."""
_OUT_BYTES = 256 * 1024
"""Output taken at once: it stays in a processor's second cache while three digests go over it."""
_WHOLE_MOST = 2 << 20
"""Output of a member given whole; of one that unpacks to more, the pieces are read one by one."""
_HEAD_MOST = 32 * 1024
_OPENING = b"WARC/1.1\r\nWARC-Type: %b\r\nWARC-Record-ID: <%b>\r\nWARC-Date: %b\r\n"
_FILENAME = b"WARC-Filename: %b\r\n"
_INFO = b"WARC-Warcinfo-ID: <%b>\r\n"
_URI = b"WARC-Target-URI: %b\r\n"
_USUAL = _OPENING + _INFO + _URI
# docs/format/package-1.md, section 6: fields and their order, after those of ``opening``. Alternatives that
# differ in their first letter, an empty one among them, are tried fastest. Digests are compared with those
# made, so that any octets will do here.
_REST = (
    rb"WARC-(?:Concurrent-To: <([!-;=?-~]+)>\r\nWARC-|)"
    rb"(?:IP-Address: [!-~]+\r\nWARC-|)"
    rb"(?:(?:Protocol: [!-~]+\r\nWARC-)+|)"
    rb"(?:Cipher-Suite: [!-~]+\r\nWARC-|)"
    rb"(?:Identified-Payload-Type: [!-~]+\r\nWARC-|)"
    rb"(?:Truncated: (length|time|disconnect)\r\nWARC-|)"
    rb"Block-Digest: sha256:(.{64})\r\n"
)
_MESSAGE = rb"WARC-Payload-Digest: sha256:(.{64})\r\nContent-Type: application/http; msgtype=%b\r\n"
_OTHER = rb"(?:(?!)()|)Content-Type: [!-~](?:[ -~]*[!-~]|)\r\n"  # its group is never found
_SIZE = rb"Content-Length: (0|[1-9][0-9]{0,17})\r\n\r\n"
_HEADERS = {
    b"response": re.compile(_REST + _MESSAGE % b"response" + _SIZE),
    b"request": re.compile(_REST + _MESSAGE % b"request" + _SIZE),
    **dict.fromkeys((b"warcinfo", b"metadata", b"resource"), re.compile(_REST + _OTHER + _SIZE)),
}
# Heads of messages that leave no doubt: no field says more of the body than its length.
_FIELD = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*\r\n"
_SOME = rb"(?:(?!(?i:content-length|content-type|transfer-encoding):)" + _FIELD + rb")*"
_TYPE = rb"(?:[Cc]ontent-[Tt]ype:([\t -~]*)\r\n" + _SOME + rb"|)"
_LENGTH = rb"[Cc]ontent-[Ll]ength:[\t ]*(0|[1-9][0-9]{0,17})[\t ]*\r\n"
_STATUS = rb"HTTP/1\.[01] (?!204|304)([2-5][0-9][0-9])(?: [\t -~]*|)\r\n"
_RESPONSE = re.compile(_STATUS + _SOME + _TYPE + _LENGTH + _SOME + _TYPE + rb"\r\n")
_REQUEST = re.compile(rb"[A-Z]+ [!-~]+ HTTP/1\.1\r\n(?:" + _FIELD + rb")*\r\n")
_EMPTY = hashlib.sha256().hexdigest()


class Unpacked(NamedTuple):
    """What a record declares beside what it opens with, all of it true as far as the record can tell."""

    type: bytes
    concurrent: bytes | None
    """Id of the record it came with, without angle brackets, as all ids here."""
    ended: str
    """Its WARC-Truncated; ``whole`` if there is none."""
    block: str
    """SHA-256 of the block in hexadecimal."""
    payload: str | None
    """The same of the payload; None for records that are no HTTP message."""
    payload_bytes: int
    status: int | None
    """Of a response."""
    declared: str | None
    """The Content-Type field of a response."""


def opening(
    kind: bytes, date: bytes, record: bytes, uri: bytes | None, warcinfo: bytes, file: bytes
) -> bytes:
    """
    Return the octets that the header of a record begins with, given what is known of it.

    Args:
        kind: WARC-Type.
        date: WARC-Date.
        record: WARC-Record-ID; all in printable ASCII without spaces and angle brackets.
        uri: WARC-Target-URI; None for a record without.
        warcinfo: Id of the file's first record, which every other one names.
        file: Name of the file, which the first record has as WARC-Filename.
    """
    if kind != b"warcinfo" and uri is not None:
        return _USUAL % (kind, record, date, warcinfo, uri)
    made = _OPENING % (kind, record, date)
    made += _FILENAME % file if kind == b"warcinfo" else _INFO % warcinfo
    return made if uri is None else made + _URI % uri


def unpack(  # noqa: C901, PLR0911 - one for each thing that is odd
    member: memoryview, kind: bytes, begins: bytes
) -> Unpacked | None:
    """
    Return what a record declares; None when anything about it is odd or wrong.

    Args:
        member: All of it.
        kind: The WARC-Type that it must have.
        begins: What its header must begin with (``opening``).
    """
    if member[: len(HEADER)] != HEADER:
        return None
    unpacking = inflater()
    try:
        data = unpacking.decompress(member, _WHOLE_MOST)
    except InflateError:
        return None
    if not unpacking.eof:
        return unpack_pieces([member], kind, begins)
    rest = _HEADERS.get(kind)
    if rest is None or unpacking.unused_data or not data.startswith(begins):
        return None
    found = rest.match(data, len(begins))
    if found is None:
        return None
    concurrent, truncated, stated_block, stated, size = found.groups()
    start, length = found.end(), int(size)
    if len(data) != start + length + len(SEPARATOR) or not data.endswith(SEPARATOR):
        return None
    block = memoryview(data)[start : start + length]
    hashed = hashlib.sha256(block).hexdigest()
    if hashed.encode() != stated_block:
        return None
    ended = "whole" if truncated is None else truncated.decode()
    if stated is None:
        return Unpacked(kind, concurrent, ended, hashed, None, 0, None, None)
    framed = _frame(kind, data, start, length)
    if framed is None:
        slow = _Slow(data[:start], stated)
        slow.update(block)
        payload = slow.payload()
        return None if payload is None else Unpacked(kind, concurrent, ended, hashed, *payload)
    head_bytes, body_bytes, status, declared = framed
    digest = hashlib.sha256(block[head_bytes:]).hexdigest() if body_bytes else _EMPTY
    if digest.encode() != stated:
        return None
    return Unpacked(kind, concurrent, ended, hashed, digest, body_bytes, status, declared)


def unpack_pieces(pieces: Iterable[memoryview], kind: bytes, begins: bytes) -> Unpacked | None:
    """
    Return what a record declares; None when anything about it is odd or wrong.

    Args:
        pieces: The member, of any length; not all need be taken when it is odd.
        kind: The WARC-Type that it must have.
        begins: What its header must begin with (``opening``).
    """
    data = _inflated(pieces)
    try:
        first = next(data, b"")
        found = _header(first, kind, begins)
        return None if found is None else _Large(found, kind, first, data).read()
    except _OddError:
        return None


def _header(data: bytes, kind: bytes, begins: bytes) -> re.Match[bytes] | None:
    """Find the rest of a header that is as specified for its type; the match ends where the block begins."""
    rest = _HEADERS.get(kind)
    return rest.match(data, len(begins)) if rest is not None and data.startswith(begins) else None


def _declared(found: re.Match[bytes]) -> tuple[bytes | None, str, bytes, bytes | None, bytes]:
    """Return the record that a header names as concurrent, how it ended, both digests and the length."""
    concurrent, truncated, block, payload, length = found.groups()
    return concurrent, "whole" if truncated is None else truncated.decode(), block, payload, length


class _OddError(Exception):
    """Something about the member is odd."""


def _inflated(pieces: Iterable[memoryview]) -> Iterator[bytes]:
    """Yield the data of a member; raise when it is not exactly one sound member."""
    unpacking = inflater()
    opened = ended = False
    for piece in pieces:
        feed: bytes | memoryview = piece
        if ended or not (opened or piece[: len(HEADER)] == HEADER):
            raise _OddError
        opened = True
        while True:
            try:
                data = unpacking.decompress(feed, _OUT_BYTES)
            except InflateError as exc:
                raise _OddError from exc
            if data:
                yield data
            if unpacking.eof:
                ended = True
                break
            feed = unpacking.unconsumed_tail
            # A full output may leave more inside even when all input was eaten.
            if not feed and len(data) < _OUT_BYTES:
                break
    if not ended or unpacking.unused_data:
        raise _OddError


class _Large:
    """A record that is read in pieces."""

    def __init__(self, found: re.Match[bytes], kind: bytes, first: bytes, rest: Iterator[bytes]) -> None:
        concurrent, ended, self._stated_block, self._stated, length = _declared(found)
        self._opens = kind, concurrent, ended, self._stated_block.decode("latin-1")
        self._header = first[: found.end()]
        self._first = memoryview(first)[found.end() :]
        self._rest = rest
        self._length = int(length)
        self._tail = b""

    def read(self) -> Unpacked | None:
        length = self._length
        if self._stated is None:
            return Unpacked(*self._opens, None, 0, None, None) if self._blocks([]) else None
        head = bytes(self._first[: min(length, _HEAD_MOST)])
        framed = _frame(self._opens[0], head, 0, length)
        if framed is None:
            slow = _Slow(self._header, self._stated)
            payload = slow.payload() if self._blocks([slow]) else None
            return None if payload is None else Unpacked(*self._opens, *payload)
        head_bytes, body_bytes, status, declared = framed
        body = _Body(head_bytes)
        if not self._blocks([body]) or (digest := body.hash.hexdigest()).encode() != self._stated:
            return None
        return Unpacked(*self._opens, digest, body_bytes, status, declared)

    def _blocks(self, sinks: list[_Body] | list[_Slow]) -> bool:
        """Feed the block to its digest and to a sink; tell whether length, digest and separator are right."""
        hashed, left = hashlib.sha256(), self._length
        for data in self._pieces():
            part = data[:left]
            left -= len(part)
            hashed.update(part)
            for sink in sinks:
                sink.update(part)
            if len(data) > len(part):
                self._tail = (self._tail + bytes(data[len(part) :]))[: len(SEPARATOR) + 1]
        return not left and self._tail == SEPARATOR and hashed.hexdigest().encode() == self._stated_block

    def _pieces(self) -> Iterator[memoryview]:
        yield self._first
        for data in self._rest:
            yield memoryview(data)


class _Body:
    """Digests what follows the head."""

    def __init__(self, head_bytes: int) -> None:
        self._skip = head_bytes
        self.hash = hashlib.sha256()

    def update(self, data: memoryview) -> None:
        skip = min(self._skip, len(data))
        self._skip -= skip
        self.hash.update(data[skip:])


class _Slow:
    """Digests the payload of a message that is read by the rules of HTTP."""

    def __init__(self, header: bytes, stated: bytes) -> None:
        self._stated = stated
        self._reader = PayloadReader(parse_header(header))
        self._hash = hashlib.sha256()
        self._size = 0

    def update(self, data: memoryview) -> None:
        for part in self._reader.feed(bytes(data)):
            self._hash.update(part.entity)
            self._size += len(part.entity)

    def payload(self) -> tuple[str, int, int | None, str | None] | None:
        """Return digest and octets, status and declared type; None if the digest is another one."""
        for part in self._reader.close():
            self._hash.update(part.entity)
            self._size += len(part.entity)
        digest = self._hash.hexdigest()
        if digest.encode() != self._stated:
            return None
        head = self._reader.head
        parsed = head.parsed if head is not None else None
        status = parsed.status if parsed is not None else None
        declared = parsed.get(b"content-type") if parsed is not None else None
        text = None if declared is None else declared_text(declared)
        return digest, self._size, status, text


def _frame(
    kind: bytes, data: bytes, start: int, length: int
) -> tuple[int, int, int | None, str | None] | None:
    """
    Find the payload of a message whose head is beyond doubt: identity, its length stated or nothing.

    Args:
        kind: WARC-Type.
        data: Holds the block, or the beginning of a long one.
        start: Where the block begins in it.
        length: Octets of the block.

    Returns:
        Octets of head and body, status and declared type; None where there is doubt.
    """
    most = start + min(length, _HEAD_MOST)
    if kind == b"request":
        head = _REQUEST.match(data, start, most)
        # No octets are no body, whatever would frame one.
        return (length, 0, None, None) if head is not None and head.end() == start + length else None
    head = _RESPONSE.match(data, start, most)
    if head is None:
        return None
    status, before, size, behind = head.groups()
    body = start + length - head.end()
    if int(size) != body or (before is not None and behind is not None):
        return None
    declared = behind if before is None else before
    return length - body, body, int(status), None if declared is None else declared_text(declared)


def declared_text(value: bytes) -> str:
    """Return a field's value as ``resources.jsonl`` has it."""
    try:
        return value.decode().strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").strip()
