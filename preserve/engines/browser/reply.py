"""What does the browser get of a response, and may it ask again over the same connection?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.formats.http1 import Framing, Head, MessageReader
from preserve.formats.http1.framing import is_persistent

if TYPE_CHECKING:
    from preserve.engines.browser.client import Client

__all__ = ["BROKEN", "Reply"]

# HTML Standard, section 9.2 (server-sent events); and pictures that replace each other, as cameras send them.
_ENDLESS = frozenset({b"text/event-stream", b"multipart/x-mixed-replace"})
_FRAMED = frozenset({Framing.NONE, Framing.LENGTH, Framing.CHUNKED})

BROKEN = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nContent-Length: 1\r\nConnection: close\r\n\r\n"
"""
For what no origin answered. Two lengths at odds are an error of the network for a browser: the page's
scripts see the same as without us, no answer. A mere hang-up would have Chromium ask once more.
"""


class Reply:
    """
    A response on its way to the browser, octet for octet as the origin sent it; a ``Downstream``.

    Args:
        client: Gets it.
        method: Of the request.
        max_head_bytes: Limit of the heads.
    """

    def __init__(self, client: Client, method: str, max_head_bytes: int) -> None:
        self._client = client
        self._reader = MessageReader(
            "response", request_method=method.encode("latin-1"), max_head_bytes=max_head_bytes
        )
        self.head: Head | None = None
        """Of the final response."""
        self.begun = False
        """Whether an octet of it has gone, interim responses aside."""

    async def write(self, data: bytes) -> None:
        """
        Pass the next octets on; heads and bodies come in pieces of their own.

        Raises:
            ConnectionResetError: If the browser has hung up.
        """
        if self.head is None:
            heads = [event for event in self._reader.feed(data) if isinstance(event, Head)]
            self.head = next((head for head in heads if not head.interim), None)
            self.begun = self.begun or self.head is not None or not heads
        await self._client.write(data)

    @property
    def never_ends(self) -> bool:
        """Whether it is of a type that goes on for as long as somebody listens."""
        parsed = self.head.parsed if self.head is not None else None
        media_type = (parsed.get(b"content-type") or b"" if parsed else b"").partition(b";")[0]
        return media_type.strip().lower() in _ENDLESS

    @property
    def persists(self) -> bool:
        """Whether the browser can tell where it ended, and the origin meant the connection to stay."""
        head = self.head
        return (
            head is not None
            and head.parsed is not None
            and not head.problems
            and head.framing in _FRAMED
            and is_persistent(head.parsed)
        )
