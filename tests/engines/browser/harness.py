"""How does a client without a browser speak through the recording proxy?"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from preserve.disk import Spool
from preserve.engines.browser.authority import Authority
from preserve.engines.browser.proxy import RecordingProxy
from preserve.engines.wire.exchange import Wire
from preserve.model.capture import Limits
from preserve.model.exchange import Artefact, Exchange, Stored

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from preserve.formats.http1 import Fields
    from preserve.model.url import UriR

__all__ = ["LIMITS", "LOOPBACK", "WITHIN_S", "Scene", "now", "octets", "own", "proxied", "run"]

T = TypeVar("T")

LOOPBACK = "127.0.0.1"
WITHIN_S = 120.0
"""No scenario takes longer; one that does hangs."""
LIMITS = Limits(dns_s=20, connect_s=20, tls_s=20, head_s=20, idle_s=20, exchange_s=60)


def now() -> dt.datetime:
    """Return the present."""
    return dt.datetime.now(dt.UTC)


def own(host: str) -> Sequence[str]:
    """Return this machine for names that end in ``.test``."""
    if host.endswith(".test"):
        return [LOOPBACK]
    raise OSError(2, "no such name")


def octets(stored: Stored | None) -> bytes:
    """Return all octets of a part of an exchange; none where it is missing."""
    if stored is None:
        return b""
    with stored.open() as stream:
        return stream.read()


def run(scenario: Callable[[], Awaitable[T]]) -> T:
    """Run a scenario to its end, or fail when it hangs."""

    async def bounded() -> T:
        async with asyncio.timeout(WITHIN_S):
            return await scenario()

    return asyncio.run(bounded())


@attrs.define(eq=False, kw_only=True)
class Scene:
    """A proxy, what it told, and a client for it."""

    proxy: RecordingProxy
    authority: Authority
    exchanges: list[Exchange] = attrs.field(factory=list)
    refused: list[tuple[str, str]] = attrs.field(factory=list)
    artefacts: list[Artefact] = attrs.field(factory=list)

    async def connect(self, url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection on which requests to an origin can be made: a tunnel for https."""
        scheme, _, rest = url.partition("://")
        authority = rest.partition("/")[0]
        if not authority.rpartition(":")[2].isdigit():
            authority += ":443"
        reader, writer = await asyncio.open_connection(LOOPBACK, self.proxy.port)
        if scheme in {"https", "ws"}:
            writer.write(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
            assert b"200" in await reader.readuntil(b"\r\n\r\n")
        if scheme == "https":
            context = ssl.create_default_context(cadata=self.authority.pem.decode())
            await writer.start_tls(context, server_hostname=authority.rpartition(":")[0].strip("[]"))
        return reader, writer

    async def ask(self, url: str, fields: str = "", *, method: str = "GET", body: bytes = b"") -> bytes:
        """Make one request on a connection of its own and return all that came until its end."""
        reader, writer = await self.connect(url)
        writer.write(head(url, f"{fields}Connection: close\r\n", method) + body)
        got = await drained(reader)
        await hang_up(writer)
        return got

    def of(self, url: str) -> Exchange:
        """Return the only exchange with a URL."""
        (one,) = [exchange for exchange in self.exchanges if exchange.url == url]
        return one


def head(url: str, fields: str = "", method: str = "GET") -> bytes:
    """Return the head of a request: whole URL for http, path within a tunnel."""
    scheme, _, rest = url.partition("://")
    authority, _, path = rest.partition("/")
    target = url if scheme == "http" else f"/{path}"
    return f"{method} {target} HTTP/1.1\r\nHost: {authority}\r\n{fields}\r\n".encode("latin-1")


async def drained(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes."""
    got = bytearray()
    with suppress(ConnectionError, ssl.SSLError):
        while data := await reader.read(1 << 16):
            got += data
    return bytes(got)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close a connection, whatever its state."""
    writer.close()
    with suppress(ConnectionError, ssl.SSLError):
        await writer.wait_closed()


@asynccontextmanager
async def proxied(
    *,
    limits: Limits = LIMITS,
    ca_file: Path | None = None,
    resolver: Callable[[str], Sequence[str]] = own,
    allow_private: bool = True,
    spool: Callable[[], Any] = Spool,
    dress: Callable[[UriR, Fields], tuple[Fields, Fields | None]] | None = None,
    admit: Callable[[UriR], Awaitable[str]] | None = None,
    **wire: Any,
) -> AsyncIterator[Scene]:
    """Give a proxy in front of a wire of its own; what it told is closed at the end."""
    authority = Authority.make(now)
    made = Wire(
        limits=limits,
        spool=spool,
        clock=now,
        allow_private=allow_private,
        resolver=resolver,
        ca_file=ca_file,
        **wire,
    )
    exchanges: list[Exchange] = []
    refused: list[tuple[str, str]] = []
    artefacts: list[Artefact] = []
    proxy = RecordingProxy(
        made,
        clock=now,
        authority=authority,
        limits=limits,
        on_exchange=exchanges.append,
        on_refused=lambda url, why: refused.append((url, why)),
        on_artefact=artefacts.append,
        dress=dress,
        admit=admit,
    )
    scene = Scene(proxy=proxy, authority=authority, exchanges=exchanges, refused=refused, artefacts=artefacts)
    try:
        async with proxy:
            yield scene
    finally:
        made.close()
        for exchange in exchanges:
            exchange.close()
        for artefact in artefacts:
            artefact.close()
