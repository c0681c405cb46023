"""
How does a connection lead through a proxy that the user named?

Through an HTTP proxy by CONNECT (RFC 9110, section 9.3.6), for ``http`` URLs too: a tunnel passes octets
on as they are, so that what is kept is what the origin got and sent. A proxy that was given a whole
``http`` URL would read and write the messages itself. Through a SOCKS5 proxy as ``socks5`` says.

The proxy looks names up. So the guard can judge addresses that stand in URLs, and no others; the
capture says so, and its records carry no address of a peer.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import attrs

from preserve.engines.wire.credentials import basic
from preserve.engines.wire.guard import refuse_address
from preserve.engines.wire.socks5 import SocksRefusedError, dialogue
from preserve.engines.wire.stop import Stop
from preserve.errors import UsageError
from preserve.formats.http1 import Head, MessageReader
from preserve.model.exchange import Ended
from preserve.model.url import parse

if TYPE_CHECKING:
    from preserve.engines.wire.connection import Connection
    from preserve.engines.wire.guard import Leave
    from preserve.engines.wire.pool import Origin

__all__ = ["Proxy", "parse_proxy", "refuse_literal"]

# Scheme to its own name and usual port. curl's socks5h says that the proxy looks names up: ours always does.
_SCHEMES = {"http": ("http", 80), "socks5": ("socks5", 1080), "socks5h": ("socks5", 1080)}
_HEAD_BYTES = 1 << 16
_SUCCESS = range(200, 300)


@attrs.frozen(kw_only=True)
class Proxy:
    """A proxy, and the way to ask it for a connection."""

    scheme: str
    host: str
    """As in a URL, IPv6 in square brackets."""
    port: int
    auth: str = attrs.field(default="", repr=False)
    """User name, colon, password; empty for none."""

    def __str__(self) -> str:
        """Return its address, without user name and password."""
        return f"{self.scheme}://{self.host}:{self.port}"

    async def tunnel(self, connection: Connection, origin: Origin, deadline: float) -> Stop | None:
        """Have the proxy connect to an origin; return why it did not, or None: then octets pass through."""
        speak = self._socks5 if self.scheme == "socks5" else self._connect
        stopped = await speak(connection, origin, deadline)
        if stopped is None:
            connection.peer = None
            return None
        reason = f"The proxy {self} made no connection to {origin.host}, port {origin.port}. {stopped.reason}"
        return attrs.evolve(stopped, ended=Ended.FAILED, reason=reason)

    async def _connect(self, connection: Connection, origin: Origin, deadline: float) -> Stop | None:
        target = f"{origin.host}:{origin.port}".encode()
        lines = [b"CONNECT %s HTTP/1.1" % target, b"Host: %s" % target]
        if self.auth:
            lines.append(b"Proxy-Authorization: %s" % basic(self.auth))
        stopped = await connection.send(b"\r\n".join(lines) + b"\r\n\r\n", deadline)
        if stopped is not None:
            return stopped
        reader = MessageReader("response", request_method=b"CONNECT", max_head_bytes=_HEAD_BYTES)
        taken = 0
        while True:
            data = await connection.receive(deadline)
            if isinstance(data, Stop):
                return data
            taken += len(data)
            for event in reader.feed(data):
                if isinstance(event, Head) and not event.interim:
                    return _judge(event, left=taken - event.end)

    async def _socks5(self, connection: Connection, origin: Origin, deadline: float) -> Stop | None:
        talk = dialogue(origin.host, origin.port, self.auth)
        held = b""
        try:
            octets, wanted = next(talk)
            while True:
                stopped = await connection.send(octets, deadline) if octets else None
                while stopped is None and len(held) < wanted:
                    data = await connection.receive(deadline)
                    if isinstance(data, Stop):
                        stopped = data
                    else:
                        held += data
                if stopped is not None:
                    return stopped
                answer, held = held[:wanted], held[wanted:]
                octets, wanted = talk.send(answer)
        except StopIteration:
            return _surplus(len(held))
        except SocksRefusedError as exc:
            return Stop(ended=Ended.FAILED, reason=str(exc))


def parse_proxy(text: str, auth: str = "") -> Proxy:
    """
    Return the proxy of an address such as ``http://proxy.example:3128`` or ``socks5://127.0.0.1:9050``.

    Args:
        text: The address.
        auth: User name, colon, password.

    Raises:
        UsageError: If it is none, or has more in it than scheme, host and port. It is not repeated.
    """
    expected = "expected http://HOST:PORT or socks5://HOST:PORT"
    try:
        url = parse(text.strip())
    except ValueError:
        raise UsageError(f"The proxy is no address: {expected}.") from None
    if url.username or url.password:
        raise UsageError("The proxy's user name and password belong into a file of their own, not here.")
    known = _SCHEMES.get(url.protocol.removesuffix(":"))
    if known is None or not url.hostname or url.pathname not in {"", "/"} or url.search or url.hash:
        raise UsageError(f"The proxy cannot be used: {expected}.")
    scheme, port = known
    return Proxy(scheme=scheme, host=url.hostname.lower(), port=int(url.port or port), auth=auth)


def refuse_literal(host: str, leave: Leave) -> str:
    """Return why a host that is an address must not be asked for; an empty text for names and all others."""
    literal = host.strip("[]")
    try:
        ip_address(literal)
    except ValueError:
        return ""
    return refuse_address(literal, leave)


def _judge(head: Head, *, left: int) -> Stop | None:
    parsed = head.parsed
    if parsed is None:
        return Stop(ended=Ended.FAILED, reason="Its answer is no HTTP.")
    if parsed.status not in _SUCCESS:
        said = f"{parsed.status} {parsed.reason.decode('latin-1')}".strip()
        return Stop(ended=Ended.FAILED, reason=f"It answered {said}.")
    return _surplus(left)


def _surplus(octets: int) -> Stop | None:
    """Nobody speaks in a tunnel before we do: what stands there would be taken for the server's answer."""
    if not octets:
        return None
    return Stop(ended=Ended.FAILED, reason=f"It sent {octets} octets more than its answer.")
