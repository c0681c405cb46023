"""What does the reader of HTTP messages say about the octets it was given?"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Literal, TypeAlias

import attrs

__all__ = ["Body", "End", "EndReason", "Event", "Fields", "Framing", "Head", "Octets", "ParsedHead", "Role"]

Role = Literal["request", "response"]
Octets: TypeAlias = bytes | memoryview
Fields: TypeAlias = tuple[tuple[bytes, bytes], ...]
"""Field lines in order: name and value as sent, white space around the value removed."""


class Framing(StrEnum):
    """What tells where the body ends. RFC 9112, section 6.3."""

    NONE = "none"
    """There is no body."""
    LENGTH = "length"
    """Content-Length."""
    CHUNKED = "chunked"
    """Transfer-Encoding, chunked last."""
    CLOSE = "close"
    """The end of the connection."""
    UPGRADE = "upgrade"
    """No HTTP any more: what follows the head is another protocol, to the end of the connection."""


class EndReason(StrEnum):
    """Why a message ended where it did."""

    WHOLE = "whole"
    """At the end that its framing states; for CLOSE that is any end of the connection."""
    CUT = "cut"
    """The connection ended before the framed end, or the framing broke and had no end."""
    LIMIT = "limit"
    """The head, or the trailer section, was longer than the reader's limit."""
    UPGRADE = "upgrade"
    """The connection of another protocol ended."""


@attrs.frozen(kw_only=True)
class ParsedHead:
    """Start line and fields. Of a response, method and target are empty; of a request, status is None."""

    version: bytes
    """As sent: ``HTTP/1.1``; ``ICY`` for what SHOUTcast sends."""
    status: int | None = None
    reason: bytes = b""
    method: bytes = b""
    target: bytes = b""
    fields: Fields = ()

    def get(self, name: bytes) -> bytes | None:
        """Return the first value of the name, in any case; None if there is none."""
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: bytes) -> list[bytes]:
        """Return every value of the name, in any case, in order."""
        return self._values.get(name.lower(), [])[:]

    @cached_property
    def _values(self) -> dict[bytes, list[bytes]]:
        found: dict[bytes, list[bytes]] = {}
        for key, value in self.fields:
            found.setdefault(key.lower(), []).append(value)
        return found

    def tokens(self, name: bytes) -> list[bytes]:
        """Return the comma-separated members of all values of the name, in lower case, no empty ones."""
        members = b",".join(self.get_all(name)).split(b",")
        return [member for raw in members if (member := raw.strip(b" \t").lower())]


@attrs.frozen(kw_only=True)
class Head:
    """
    A head: leading line ends, start line, fields and the empty line.

    When it cannot be read ``parsed`` is None, ``raw`` is empty, ``framing`` is CLOSE, and every
    octet of the message is in the ``Body`` events that follow.
    """

    start: int
    """Offset of the first octet in all that was fed, interim responses included."""
    end: int
    """Offset after the last octet."""
    raw: bytes
    parsed: ParsedHead | None
    problems: tuple[str, ...] = ()
    interim: bool = False
    """A 1xx response other than 101: another head follows."""
    framing: Framing
    length: int | None = None
    """Octets of the body, for LENGTH only."""
    over_limit: bool = False
    """Whether it could not be read because it has no end within the reader's limit."""


@attrs.frozen(kw_only=True)
class Body:
    """
    A stretch of the body. Either side may be empty.

    Concatenated, all ``raw`` are the octets of the connection after the head, and all ``entity``
    the entity body. A pair need not cover the same stretch: of a broken chunk the entity comes later.
    """

    raw: Octets
    """As on the wire: chunk framing and trailer section included."""
    entity: Octets
    """Chunk framing removed."""


@attrs.frozen(kw_only=True)
class End:
    """The end of the message. Nothing follows."""

    reason: EndReason
    keep_alive: bool
    """
    Whether the connection may carry another message, RFC 9112, section 9.3: what this message says
    of it. A caller that finds ``surplus`` after a response must not use the connection again.
    """
    problems: tuple[str, ...] = ()
    """What was odd after the head; what was odd in the head stands there."""
    trailers: Fields = ()
    size_bytes: int = 0
    """Octets of the message: its head and body, without interim responses and surplus."""


Event: TypeAlias = Head | Body | End
