"""
Which origins speak to a browser and not to us, and how does the browser reach them?

Some refuse every TLS but a browser's; some speak HTTP/2 and nothing else. Where the user allows it
(``--fallback browser``), the proxy then lets Chromium's own TLS through to them as it is, under the same
guard. The octets within it are the browser's secret: what it understood is told by ``decoded``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import attrs

from preserve.engines.wire.exchange import Wire
from preserve.engines.wire.stop import Stop
from preserve.model.exchange import Ended
from preserve.model.url import parse

if TYPE_CHECKING:
    from preserve.engines.browser.asked import Tunnel
    from preserve.engines.browser.client import Client
    from preserve.engines.wire.connection import Connection
    from preserve.model.exchange import Exchange
    from preserve.model.url import UriR

__all__ = ["AGAIN", "Foreigners"]

_HTTPS = 443
_HANDSHAKE = "The TLS handshake "

AGAIN = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
"""
Has the browser ask once more, over a connection of its own, for what it asked through us in vain. Said by
the proxy to the browser alone, it is no part of any record. RFC 9110, section 15.4.8.
"""


@attrs.define(eq=False)
class Foreigners:
    """
    The origins that the browser speaks to by itself.

    Args:
        wire: Connects, under its guard.
    """

    wire: Wire
    _known: dict[tuple[str, int], str | None] = attrs.field(factory=dict, init=False)
    """Host and port to the address that was last connected to."""

    def learn(self, exchange: Exchange) -> bool:
        """Tell whether an exchange failed because an origin will not speak to us; it is known then."""
        url = parse(exchange.url)
        refused = (
            exchange.ended is Ended.FAILED
            and exchange.request is None
            and url.protocol == "https:"
            and exchange.reason.startswith(_HANDSHAKE)
        )
        if refused:
            self._known.setdefault((url.hostname, int(url.port or _HTTPS)), None)
        return refused

    def knows(self, tunnel: Tunnel) -> bool:
        """Tell whether a tunnel leads to one of them."""
        return (tunnel.host, tunnel.port) in self._known

    def holds(self, url: str) -> bool:
        """Tell whether a URL is of one of them."""
        places = {f"{host}:{port}" for host, port in self._known}
        try:
            parsed = parse(url)
        except ValueError:
            return False
        return parsed.protocol == "https:" and f"{parsed.hostname}:{parsed.port or _HTTPS}" in places

    def peer(self, url: UriR) -> str | None:
        """Return the address that an origin was last reached at."""
        parsed = parse(url)
        return self._known.get((parsed.hostname, int(parsed.port or _HTTPS)))

    async def pass_through(self, client: Client, tunnel: Tunnel) -> None:
        """Pass octets both ways, as they are, until one side ends."""
        connection = await self.wire.dial(tunnel.host, tunnel.port)
        if isinstance(connection, Stop):
            client.abort()
            return
        self._known[tunnel.host, tunnel.port] = connection.peer
        until = asyncio.get_running_loop().time() + self.wire.limits.capture_s
        both = {
            asyncio.create_task(_to_server(client, connection, until)),
            asyncio.create_task(_to_client(client, connection, until)),
        }
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            connection.close()


async def _to_server(client: Client, connection: Connection, until: float) -> None:
    while data := await client.read():
        if await connection.send(data, until) is not None:
            return


async def _to_client(client: Client, connection: Connection, until: float) -> None:
    while not isinstance(data := await connection.receive(until), Stop):
        await client.write(data)
