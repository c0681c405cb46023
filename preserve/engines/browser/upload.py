"""What does the browser send after the head of a request?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.formats.http1 import Body, End, EndReason, Head, MessageReader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from preserve.engines.browser.client import Client
    from preserve.formats.http1 import Event

__all__ = ["Inbound", "read_inbound"]

_REMEMBERED_BYTES = 1 << 16


class Inbound:
    """
    One request as it comes from the browser: its head, and its body while it is asked for.

    Args:
        client: Where it comes from.
        reader: Has read the head.
        head: Of the request.
        events: What came with the head.
    """

    def __init__(self, client: Client, reader: MessageReader, head: Head, events: Iterable[Event]) -> None:
        self.head = head
        self._client = client
        self._reader = reader
        self._pending: list[Event] = list(events)
        self._sent: list[bytes] | None = []
        self._sent_bytes = 0
        self.ended = any(isinstance(event, End) for event in self._pending)
        """Whether all of it has come."""
        self.has_body = not self.ended or any(
            isinstance(event, Body) and event.raw for event in self._pending
        )

    @property
    def surplus(self) -> bytes:
        """What came after its end: the next request's."""
        return bytes(self._reader.surplus)

    @property
    def repeatable(self) -> bool:
        """Whether ``body`` can be asked for again: little of it was given so far."""
        return self._sent is not None

    async def body(self) -> AsyncIterator[bytes]:
        """
        Yield the body as it comes over the wire, from its beginning if it is ``repeatable``.

        Raises:
            ConnectionResetError: If the browser hung up before its end.
        """
        for piece in tuple(self._sent or ()):
            yield piece
        while True:
            while self._pending:
                event = self._pending.pop(0)
                if isinstance(event, Body) and event.raw:
                    yield self._remember(bytes(event.raw))
            if self.ended:
                return
            data = await self._client.read()
            self._pending += self._reader.feed(data) if data else self._reader.close()
            for event in self._pending:
                if isinstance(event, End):
                    if event.reason is not EndReason.WHOLE:
                        raise ConnectionResetError("the browser hung up")
                    self.ended = True

    def _remember(self, piece: bytes) -> bytes:
        self._sent_bytes += len(piece)
        if self._sent is not None:
            self._sent.append(piece)
            if self._sent_bytes > _REMEMBERED_BYTES:
                self._sent = None
        return piece


async def read_inbound(client: Client, held: bytes, max_head_bytes: int) -> Inbound | None:
    """
    Wait for the head of the next request; None when the browser asks nothing more, or speaks no HTTP.

    Args:
        client: Who asks.
        held: What has come of it already.
        max_head_bytes: Limit of the head.
    """
    reader = MessageReader("request", max_head_bytes=max_head_bytes)
    data = held or await client.read()
    while data:
        events = list(reader.feed(data))
        for index, event in enumerate(events):
            if isinstance(event, Head):
                if event.parsed is None:
                    return None
                return Inbound(client, reader, event, events[index + 1 :])
        data = await client.read()
    return None
