"""How do we watch a client from the other side of the connection?"""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias, TypeVar

import attrs
import pytest

from preserve.disk import Spool
from preserve.engines.wire.exchange import Wire
from preserve.engines.wire.plain import PlainEngine
from preserve.model.capture import CaptureRequest, Limits
from preserve.model.exchange import Artefact, Exchange, Stored, Task, WireRequest
from preserve.model.url import UriR
from tests.engines.wire.clock import JumpingLoop

T = TypeVar("T")

WITHIN_S = 20.0
"""No scenario takes longer; one that does hangs."""

LOOPBACK = "127.0.0.1"

LIMITS = Limits(dns_s=5, connect_s=5, tls_s=5, head_s=5, idle_s=5, exchange_s=10, retries=0)


@attrs.define(eq=False)
class Peer:
    """The server's side of one connection; ``heard`` and ``said`` are its own record."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: bytearray = attrs.field(factory=bytearray)
    said: bytearray = attrs.field(factory=bytearray)

    async def request(self) -> bytes:
        """Return the next request head; empty when the client has gone."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""
        self.heard += head
        return head

    async def say(self, data: bytes) -> None:
        """Send, and remember what was sent."""
        self.said += data
        self.writer.write(data)
        await self.writer.drain()

    async def until_gone(self) -> None:
        """Wait until the client hangs up."""
        with suppress(ConnectionError):
            while await self.reader.read(1 << 16):
                pass

    def reset(self) -> None:
        """End the connection with RST."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script: TypeAlias = Callable[[Peer], Coroutine[None, None, None]]


@attrs.define(eq=False)
class Server:
    """A server on loopback that follows a script on every connection."""

    script: Script
    host: str = LOOPBACK
    port: int = 0
    scheme: str = "http"
    peers: list[Peer] = attrs.field(factory=list)
    open_now: int = 0
    open_most: int = 0
    _empty: asyncio.Event = attrs.field(factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = attrs.field(factory=set)

    def url(self, path: str = "/", host: str = "") -> UriR:
        """Return the address of a path."""
        return UriR(f"{self.scheme}://{host or self.host}:{self.port}{path}")

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, self.host, 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        self.scheme = "https" if context else "http"

    async def emptied(self) -> None:
        """Wait until the last connection has ended; there was one at least."""
        while self.open_now or not self.peers:
            self._empty.clear()
            await self._empty.wait()

    async def stop(self) -> None:
        """End all connections."""
        if self._server is None:
            return
        await asyncio.sleep(0)  # let those begin that were accepted; asyncio logs tasks that never did
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        peer = Peer(reader, writer)
        self.peers.append(peer)
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                await self.script(peer)
        finally:
            self.open_now -= 1
            if not self.open_now:
                self._empty.set()
            self._tasks.discard(task)
            writer.close()
            with suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()


@attrs.frozen(kw_only=True)
class Seen:
    """An exchange, read and closed."""

    exchange: Exchange
    request: bytes | None
    interim: bytes | None
    response: bytes | None


@attrs.define(eq=False)
class World:
    """One capture and the servers it meets."""

    limits: Limits
    allow_private: bool = True
    names: dict[str, Sequence[str]] = attrs.field(factory=dict)
    ca_file: str | None = None
    wishes: dict[str, Any] = attrs.field(factory=dict)
    """Further fields of the request."""
    spools: list[Spool] = attrs.field(factory=list)
    lookups: list[str] = attrs.field(factory=list)
    learnt: list[tuple[Artefact, bytes]] = attrs.field(factory=list)
    """The artefacts of all visits, and their octets; closed."""
    hung: threading.Event = attrs.field(factory=threading.Event)
    """Lookups of names that begin with ``slow`` wait for it."""
    servers: list[Server] = attrs.field(factory=list)
    _grown: asyncio.Event = attrs.field(factory=asyncio.Event)
    _engine: PlainEngine | None = None
    _wire: Wire | None = None

    async def serve(self, script: Script, context: ssl.SSLContext | None = None) -> Server:
        """Start a server."""
        server = Server(script)
        await server.start(context)
        self.servers.append(server)
        return server

    @property
    def engine(self) -> PlainEngine:
        """The engine, made when first asked for."""
        if self._engine is None:
            self._engine = PlainEngine(resolver=self.resolve, ca_file=self.ca_file)
            self.configure()
        return self._engine

    def configure(self) -> None:
        """Begin a capture."""
        request = CaptureRequest(
            url=UriR("http://a.test/"),
            as_given="a.test",
            limits=self.limits,
            allow_private_network=self.allow_private,
            **self.wishes,
        )
        self.engine.configure(request, spool=self.spool, clock=now)

    @property
    def wire(self) -> Wire:
        """A wire of its own, made when first asked for."""
        if self._wire is None:
            self._wire = Wire(
                limits=self.limits,
                spool=self.spool,
                clock=now,
                allow_private=self.allow_private,
                resolver=self.resolve,
                ca_file=self.ca_file,
            )
        return self._wire

    def spool(self) -> Spool:
        """Make a spool and remember it."""
        self.spools.append(Spool(memory_bytes=1 << 16))
        self._grown.set()
        return self.spools[-1]

    def resolve(self, host: str) -> Sequence[str]:
        """Look a name up in our own table."""
        self.lookups.append(host)
        if host.startswith("slow"):
            self.hung.wait(WITHIN_S)
        if host not in self.names:
            raise OSError(2, "no such name")
        return self.names[host]

    def task(self, url: UriR, *, referer: UriR | None = None, method: str = "GET") -> Task:
        """Return a task as scope would make one."""
        return Task(url=url, referer=referer, method=method)

    async def visit(self, url: UriR, *, referer: UriR | None = None, method: str = "GET") -> list[Seen]:
        """Return all exchanges of one visit."""
        exchanges = self.engine.visit(self.task(url, referer=referer, method=method))
        seen = []
        async for item in exchanges:
            if isinstance(item, Exchange):
                seen.append(read(item))
            else:
                self.learnt.append((item, _all(item.content) or b""))
                item.close()
        return seen

    async def get(self, url: UriR, *, method: str = "GET") -> Seen:
        """Return the last exchange of a visit."""
        return (await self.visit(url, method=method))[-1]

    async def kept(self, count: int) -> None:
        """Wait until the client has begun so many spools: request, response, and so on."""
        while len(self.spools) < count:
            self._grown.clear()
            await self._grown.wait()

    async def close(self) -> None:
        """End everything."""
        if self._engine is not None:
            await self._engine.close()
        if self._wire is not None:
            self._wire.close()
        self.hung.set()
        for server in self.servers:
            await server.stop()


Play: TypeAlias = Callable[[World], Coroutine[None, None, T]]


class Stage(Protocol):
    """Plays a scenario and returns what it returns."""

    def __call__(
        self,
        play: Play[T],
        *,
        limits: Mapping[str, float] = ...,
        allow_private: bool = ...,
        ca_file: str | None = ...,
        jumping: bool = ...,
    ) -> T:
        """Play it; ``limits`` are those that differ from ours; ``jumping``: waits take no time."""
        ...


def now() -> dt.datetime:
    """Return the present."""
    return dt.datetime.now(dt.UTC)


def read(exchange: Exchange) -> Seen:
    """Read all of an exchange and close it."""
    parts = [_all(part) for part in (exchange.request, exchange.interim, exchange.response)]
    exchange.close()
    return Seen(exchange=exchange, request=parts[0], interim=parts[1], response=parts[2])


def wire_request(url: UriR, method: str = "GET", *fields: tuple[bytes, bytes]) -> WireRequest:
    """Return a request as the proxy would make one."""
    return WireRequest(url=url, method=method, fields=((b"Host", b"a.test"), *fields))


@pytest.fixture
def stage() -> Stage:
    """Return a function that plays a scenario in a world, in bounded time, and sees that nothing leaks."""
    return _perform


def _perform(
    play: Play[T],
    *,
    limits: Mapping[str, float] = MappingProxyType({}),
    allow_private: bool = True,
    ca_file: str | None = None,
    jumping: bool = False,
) -> T:
    changed = attrs.evolve(LIMITS, **limits)  # type: ignore[arg-type]  # whole numbers where it asks for them
    world = World(limits=changed, allow_private=allow_private, ca_file=ca_file)

    async def run() -> T:
        try:
            async with asyncio.timeout(None if jumping else WITHIN_S):
                return await play(world)
        finally:
            await world.close()

    with asyncio.Runner(loop_factory=JumpingLoop if jumping else None) as runner:
        result = runner.run(run())
    assert not [spool for spool in world.spools if not spool._closed]  # noqa: SLF001 - nothing else tells
    return result


def _all(part: Stored | None) -> bytes | None:
    if part is None:
        return None
    with part.open() as stream:
        return stream.read()
