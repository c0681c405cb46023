"""
What is the payload of a record, as its block goes by?

WARC 1.1, sections 5.9 and 6.3.2: of a ``response`` or ``request`` over HTTP it is the entity body,
transfer coding removed and content coding kept; of other records it is the block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from preserve.formats.http1 import Body, End, Event, Head, MessageReader, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preserve.formats.warc.header import RecordHeader

__all__ = ["Part", "PayloadReader", "http_role"]

_EMPTY_LINE = b"\r\n\r\n"
_HTTP = "application/http"
_ROLES: dict[str, Role] = {"response": "response", "request": "request", "revisit": "response"}


class Part(NamedTuple):
    """
    A stretch of a block. The two sides need not cover the same octets; each is right in sequence.

    Many writers, warcio among them, digest ``after_head`` and call it the payload.
    """

    after_head: bytes | memoryview
    """Of all that follows the head, or what would be one, in the block: chunk framing and surplus too."""
    entity: bytes | memoryview
    """Of the payload."""


def http_role(header: RecordHeader) -> Role | None:
    """Return which kind of HTTP message the block is by WARC-Type and Content-Type; None if it is none."""
    media_type = (header.content_type or "").partition(";")[0].strip().lower()
    return _ROLES.get(header.type.lower()) if media_type == _HTTP else None


class PayloadReader:
    """
    Turns the pieces of a block into the pieces of its payload; holds no more than an HTTP head.

    ``head`` is the final HTTP head, once it has come; None for other records and where there is none.
    A head that could not be read leaves the whole block as payload (package specification, section 6).
    """

    def __init__(self, header: RecordHeader) -> None:
        role = http_role(header)
        self.head: Head | None = None
        self._reader = None if role is None else MessageReader(role)
        self._unread_tail: bytes | None = b""
        """Of a block without a readable head: the last octets before its first empty line; None after it."""

    @property
    def is_http(self) -> bool:
        """Whether the block is read as an HTTP message."""
        return self._reader is not None

    def feed(self, data: bytes) -> Iterator[Part]:
        """Yield what the next piece of the block adds."""
        if self._reader is None:
            yield Part(data, data)
        elif self._reader.done:
            yield Part(data, b"")
        else:
            yield from self._parts(self._reader, self._reader.feed(data))

    def close(self) -> Iterator[Part]:
        """Yield what the end of the block adds."""
        if self._reader is not None and not self._reader.done:
            yield from self._parts(self._reader, self._reader.close())

    def _parts(self, reader: MessageReader, events: Iterable[Event]) -> Iterator[Part]:
        for event in events:
            if isinstance(event, Head) and not event.interim:
                self.head = event
            elif isinstance(event, End):
                yield Part(reader.surplus, b"")
            elif isinstance(event, Body):
                if self.head is None or self.head.parsed is None:
                    yield Part(self._after_empty_line(bytes(event.raw)), event.raw)
                else:
                    yield Part(event.raw, event.entity)

    def _after_empty_line(self, data: bytes) -> bytes:
        if self._unread_tail is None:
            return data
        held = self._unread_tail + data
        before, empty_line, after = held.partition(_EMPTY_LINE)
        self._unread_tail = None if empty_line else before[-len(_EMPTY_LINE) + 1 :]
        return after
