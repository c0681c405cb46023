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

__all__ = ["WHOLE_BYTES", "Unpacked", "unpack", "unpack_pieces"]

WHOLE_BYTES = 64 * 1024
"""A member up to this length is given whole; a longer one in pieces."""
_OUT_BYTES = 256 * 1024
"""Output taken at once: it stays in a processor's second cache while three digests go over it."""
_WHOLE_MOST = 2 << 20
"""Output of a member given whole; of one that unpacks to more, the pieces are read one by one."""
_HEAD_MOST = 32 * 1024
_RECORD = re.compile(  # docs/format/package-1.md, section 6: fields and their order
    rb"WARC/1\.1\r\n"
    rb"WARC-Type: ([a-z]+)\r\n"
    rb"WARC-Record-ID: <([!-;=?-~]+)>\r\n"
    rb"WARC-Date: ([!-~]+)\r\n"
    rb"(?:WARC-Warcinfo-ID: <([!-;=?-~]+)>\r\n)?"
    rb"(?:WARC-Filename: [!-~]+\r\n)?"
    rb"(?:WARC-Target-URI: ([!-;=?-~]+)\r\n)?"
    rb"(?:WARC-Concurrent-To: <([!-;=?-~]+)>\r\n)?"
    rb"(?:WARC-IP-Address: [!-~]+\r\n)?"
    rb"(?:WARC-Protocol: [!-~]+\r\n)*"
    rb"(?:WARC-Cipher-Suite: [!-~]+\r\n)?"
    rb"(?:WARC-Identified-Payload-Type: [!-~]+\r\n)?"
    rb"(?:WARC-Truncated: [a-z]+\r\n)?"
    rb"WARC-Block-Digest: sha256:([0-9a-f]{64})\r\n"
    rb"(?:WARC-Payload-Digest: sha256:([0-9a-f]{64})\r\n)?"
    rb"Content-Type: ([!-~](?:[ -~]*[!-~])?)\r\n"
    rb"Content-Length: (0|[1-9][0-9]{0,17})\r\n\r\n"
)
_HTTP = {b"response": b"application/http; msgtype=response", b"request": b"application/http; msgtype=request"}
_FIELDS = rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*\r\n)*\r\n"
_RESPONSE = re.compile(rb"HTTP/1\.[01] ([2-5][0-9][0-9])(?: [\t -~]*)?\r\n" + _FIELDS)
_REQUEST = re.compile(rb"[A-Z]+ [!-~]+ HTTP/1\.1\r\n" + _FIELDS)
_FRAMING = re.compile(rb"\r\n(content-length|content-type|transfer-encoding):[ \t]*([^\r\n]*)", re.IGNORECASE)
_BODILESS = frozenset({b"204", b"304"})
_EMPTY = hashlib.sha256().hexdigest()


class Unpacked(NamedTuple):
    """What a record declares, all of it true as far as the record itself can tell."""

    type: bytes
    date: bytes
    id: bytes
    """Without angle brackets, as all ids here."""
    uri: bytes | None
    warcinfo: bytes | None
    concurrent: bytes | None
    block: str
    """SHA-256 of the block in hexadecimal."""
    payload: str | None
    """The same of the payload; None for records that are no HTTP message."""
    payload_bytes: int
    status: int | None
    """Of a response."""
    declared: str | None
    """The Content-Type field of a response."""


class _Framed(NamedTuple):
    """How the payload stands in a block whose head is beyond doubt."""

    head_bytes: int
    body_bytes: int
    status: int | None
    declared: str | None


def unpack(member: memoryview) -> Unpacked | None:  # noqa: PLR0911 - one for each thing that is odd
    """Return what a record declares; None when anything about it is odd or wrong."""
    if member[: len(HEADER)] != HEADER:
        return None
    unpacking = inflater()
    try:
        data = unpacking.decompress(member, _WHOLE_MOST)
    except InflateError:
        return None
    if not unpacking.eof:
        return unpack_pieces([member])
    found = None if unpacking.unused_data else _RECORD.match(data)
    if found is None or not _is_specified(fields := found.groups()):
        return None
    start, length = found.end(), int(fields[9])
    if len(data) != start + length + len(SEPARATOR) or not data.endswith(SEPARATOR):
        return None
    block = memoryview(data)[start : start + length]
    if hashlib.sha256(block).hexdigest().encode() != fields[6]:
        return None
    if fields[7] is None:
        return _told(fields, None, 0)
    framed = _frame(fields[0], data, start, length)
    if framed is None:
        slow = _Slow(found)
        slow.update(block)
        return slow.told()
    head_bytes, body_bytes, status, declared = framed
    digest = hashlib.sha256(block[head_bytes:]).hexdigest() if body_bytes else _EMPTY
    if digest.encode() != fields[7]:
        return None
    return _told(fields, digest, body_bytes, status, declared)


def unpack_pieces(pieces: Iterable[memoryview]) -> Unpacked | None:
    """
    Return what a record declares; None when anything about it is odd or wrong.

    Args:
        pieces: The member, of any length; not all need be taken when it is odd.
    """
    data = _inflated(pieces)
    try:
        first = next(data, b"")
        found = _RECORD.match(first)
        if found is None or not _is_specified(found.groups()):
            return None
        return _Large(found, first, data).read()
    except _OddError:
        return None


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

    def __init__(self, found: re.Match[bytes], first: bytes, rest: Iterator[bytes]) -> None:
        self._found = found
        self._first = memoryview(first)[found.end() :]
        self._rest = rest
        self._length = int(found[10])
        self._tail = b""

    def read(self) -> Unpacked | None:
        found, length = self._found, self._length
        if found[8] is None:
            return _told(found.groups(), None, 0) if self._blocks([]) else None
        head = bytes(self._first[: min(length, _HEAD_MOST)])
        framed = _frame(found[1], head, 0, length)
        if framed is None:
            slow = _Slow(found)
            return slow.told() if self._blocks([slow]) else None
        body = _Body(framed.head_bytes)
        if not self._blocks([body]) or body.hash.hexdigest().encode() != found[8]:
            return None
        digest = body.hash.hexdigest()
        return _told(found.groups(), digest, framed.body_bytes, framed.status, framed.declared)

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
        return not left and self._tail == SEPARATOR and hashed.hexdigest().encode() == self._found[7]

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

    def __init__(self, found: re.Match[bytes]) -> None:
        self._found = found
        self._reader = PayloadReader(parse_header(found[0]))
        self._hash = hashlib.sha256()
        self._size = 0

    def update(self, data: memoryview) -> None:
        for part in self._reader.feed(bytes(data)):
            self._hash.update(part.entity)
            self._size += len(part.entity)

    def told(self) -> Unpacked | None:
        for part in self._reader.close():
            self._hash.update(part.entity)
            self._size += len(part.entity)
        if self._hash.hexdigest().encode() != self._found[8]:
            return None
        head = self._reader.head
        parsed = head.parsed if head is not None else None
        status = parsed.status if parsed is not None else None
        declared = parsed.get(b"content-type") if parsed is not None else None
        text = None if declared is None else declared_text(declared)
        return _told(self._found.groups(), self._hash.hexdigest(), self._size, status, text)


def _is_specified(fields: tuple[bytes | None, ...]) -> bool:
    """Tell whether a record has the fields that its type asks for, given those of ``_RECORD``."""
    kind, _, _, warcinfo, _, _, _, payload, content_type, _ = fields
    if (warcinfo is None) != (kind == b"warcinfo"):
        return False
    if kind in _HTTP:
        return payload is not None and content_type == _HTTP[kind]
    return payload is None


def _frame(kind: bytes, data: bytes, start: int, length: int) -> _Framed | None:
    """
    Find the payload of a message whose head is beyond doubt: identity, its length stated or nothing.

    Args:
        kind: WARC-Type.
        data: Holds the block, or the beginning of a long one.
        start: Where the block begins in it.
        length: Octets of the block.
    """
    head = (_RESPONSE if kind == b"response" else _REQUEST).match(
        data, start, start + min(length, _HEAD_MOST)
    )
    if head is None:
        return None
    size = head.end() - start
    body = length - size
    if kind == b"request":
        # No octets are no body, whatever would frame one.
        return None if body else _Framed(size, 0, None, None)
    declared: bytes | None = None
    stated: bytes | None = None
    for field in _FRAMING.finditer(data, start, head.end()):
        name = field[1].lower()
        if name == b"content-type" and declared is None:
            declared = field[2]
        elif name == b"content-length" and stated is None:
            stated = field[2]
        else:
            return None
    if stated is None or head[1] in _BODILESS or stated.strip() != b"%d" % body:
        return None
    return _Framed(size, body, int(head[1]), None if declared is None else declared_text(declared))


def declared_text(value: bytes) -> str:
    """Return a field's value as ``resources.jsonl`` has it."""
    try:
        return value.decode().strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").strip()


def _told(
    fields: tuple[bytes, ...],
    payload: str | None,
    payload_bytes: int,
    status: int | None = None,
    declared: str | None = None,
) -> Unpacked:
    kind, record, date, warcinfo, uri, concurrent, block, *_ = fields
    told = (
        kind,
        date,
        record,
        uri,
        warcinfo,
        concurrent,
        block.decode(),
        payload,
        payload_bytes,
        status,
        declared,
    )
    return Unpacked(*told)
