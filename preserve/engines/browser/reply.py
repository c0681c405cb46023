"""What does the browser get of a response, and may it ask again over the same connection?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.formats.http1 import Framing
from preserve.formats.http1.framing import is_persistent

if TYPE_CHECKING:
    from preserve.engines.browser.client import Client
    from preserve.formats.http1 import Head

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
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.head: Head | None = None
        """Of the final response."""

    @property
    def begun(self) -> bool:
        """Whether an octet of it has gone, interim responses aside."""
        return self.head is not None

    async def write(self, data: bytes, head: Head | None) -> None:
        """
        Pass the next octets on.

        Raises:
            ConnectionResetError: If the browser has hung up.
        """
        self.head = head
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
