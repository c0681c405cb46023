"""
How does every octet of a browser go through the wire engine?

A proxy on loopback: HTTP/1.1 on both sides, CONNECT answered with a certificate of its own authority. Each
request becomes one exchange of the wire engine, under its guard, limits and TLS verdict; the origin's
octets go to the browser as they come. When the browser hangs up, the exchange goes on to its end.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import attrs

from preserve.engines.browser.asked import Asked, Tunnel, read_asked, read_connect
from preserve.engines.browser.authority import Authority
from preserve.engines.browser.client import Client
from preserve.engines.browser.foreign import AGAIN, Foreigners
from preserve.engines.browser.reply import BROKEN, Reply
from preserve.engines.browser.upload import Inbound, read_inbound
from preserve.engines.browser.vendors import refuse_own
from preserve.engines.browser.websocket import WebSocket
from preserve.engines.wire.exchange import Wire
from preserve.formats.http1 import Fields
from preserve.model.capture import Limits
from preserve.model.exchange import Artefact, AskedBy, Ended, Exchange, WireRequest
from preserve.model.url import UriR

if TYPE_CHECKING:
    from types import TracebackType


__all__ = ["RecordingProxy"]

log = logging.getLogger(__name__)

_LOOPBACK = "127.0.0.1"
_RACED = "The server had closed the kept connection; it was asked again on a new one."
_LEFT = "The capture went on without waiting for the end of the response."
_END_S = 10.0
"""For exchanges that were told to end: a spool's write, no more."""
_AGAIN_S = 0.25
_EASE_S = 0.1
"""A browser that got something asks for what that names within so long, or not at all, mostly."""
_SILENT_S = 10.0
"""How long a drain waits for answers that have not begun: nobody is left who asked for them."""
_CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_BAD = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@attrs.define(eq=False)
class RecordingProxy:
    """
    The proxy of one capture; an async context manager.

    Args:
        wire: Makes the exchanges; stays open.
        clock: Returns the present, an aware UTC datetime.
        authority: Signs for the hosts.
        limits: Of the capture.
        on_exchange: Gets every exchange when it has ended, and closes it.
        on_refused: Gets the URL of every request that was not made, and why.
        on_artefact: Gets the frames of every WebSocket when it has ended, and closes them.
        dress: Returns the fields to send, and those to keep if they hold secrets.
        admit: Waited for before each request; returns why it must not be made, or an empty text.
        foreigners: Origins that the browser may reach by itself, if the user allows that.
        trusted_keys: Digests of further keys that the browser trusts, where it does its own TLS.
    """

    wire: Wire
    clock: Callable[[], dt.datetime] = attrs.field(kw_only=True)
    authority: Authority = attrs.field(kw_only=True)
    limits: Limits = attrs.field(kw_only=True)
    on_exchange: Callable[[Exchange], None] = attrs.field(kw_only=True)
    on_refused: Callable[[str, str], None] = attrs.field(kw_only=True)
    on_artefact: Callable[[Artefact], None] | None = attrs.field(default=None, kw_only=True)
    dress: Callable[[UriR, Fields], tuple[Fields, Fields | None]] | None = attrs.field(
        default=None, kw_only=True
    )
    admit: Callable[[UriR], Awaitable[str]] | None = attrs.field(default=None, kw_only=True)
    foreigners: Foreigners | None = attrs.field(default=None, kw_only=True)
    trusted_keys: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    port: int = attrs.field(default=0, init=False)
    """Of 127.0.0.1, while it listens."""
    _server: asyncio.Server | None = attrs.field(default=None, init=False)
    _clients: dict[Client, asyncio.Task[None]] = attrs.field(factory=dict, init=False)
    _under_way: dict[Client, Reply] = attrs.field(factory=dict, init=False)
    _one_ended: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)
    _ended_at: float = attrs.field(default=0.0, init=False)
    _leaving: bool = attrs.field(default=False, init=False)
    _failed: BaseException | None = attrs.field(default=None, init=False)

    @property
    def spki(self) -> str:
        """The digests of the keys that the browser must trust, joined by commas."""
        return ",".join((self.authority.spki, *self.trusted_keys))

    @property
    def at_ease(self) -> bool:
        """Whether nothing is on its way to the browser, and has not been for a moment; streams aside."""
        if any(not reply.never_ends for reply in self._under_way.values()):
            return False
        return asyncio.get_running_loop().time() >= self._ended_at + _EASE_S

    async def __aenter__(self) -> Self:
        """Listen on a free port of 127.0.0.1."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Client(self._begin), _LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """
        Listen no more, hang up, and end what is under way; all of it is told.

        Raises:
            StorageUnavailable: If a spool could not take what came; and nothing else went wrong.
        """
        if self._server is not None:
            self._server.close()
        for client, serving in tuple(self._clients.items()):
            client.abort()
            if client not in self._under_way:
                serving.cancel()
        await self._end_all()
        still = tuple(self._clients.values())
        for serving in still:
            serving.cancel()
        await asyncio.gather(*still, return_exceptions=True)
        if self._failed is not None and kind is None:
            raise self._failed

    async def drain(self, timeout_s: float) -> int:
        """
        Wait until what is under way has ended, or the time is over; return how much still is.

        What goes on for as long as somebody listens is not waited for, and what has not begun to be
        answered a few seconds only.

        Raises:
            StorageUnavailable: If a spool could not take what came.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_s
        begun_by = min(until, loop.time() + _SILENT_S)
        while self._failed is None:
            now = loop.time()
            if not any(
                now < (until if reply.begun else begun_by) and not reply.never_ends
                for reply in self._under_way.values()
            ):
                break
            await self._one_ends()
        if self._failed is not None:
            raise self._failed
        return len(self._under_way)

    async def _end_all(self) -> None:
        """End what is under way, what waits for a connection too; bounded in time."""
        loop = asyncio.get_running_loop()
        self._leaving = True
        until = loop.time() + _END_S
        while self._under_way and loop.time() < until:
            self.wire.hang_up()
            await self._one_ends()

    async def _one_ends(self) -> None:
        """Wait until an exchange has ended, for a moment at most."""
        self._one_ended.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_AGAIN_S):
                await self._one_ended.wait()

    def _begin(self, client: Client) -> None:
        serving = asyncio.create_task(self._serve(client))
        self._clients[client] = serving
        serving.add_done_callback(lambda _: self._served(client, serving))

    def _served(self, client: Client, serving: asyncio.Task[None]) -> None:
        """Note how the serving of a connection ended; what nobody asked of a task is printed at exit."""
        self._clients.pop(client, None)
        error = None if serving.cancelled() else serving.exception()
        self._failed = self._failed or error

    async def _serve(self, client: Client) -> None:
        """Answer the requests of one connection, one after the other."""
        try:
            await self._answer_all(client)
        except ConnectionResetError:
            client.abort()
        finally:
            client.close()

    async def _answer_all(self, client: Client) -> None:
        tunnel: Tunnel | None = None
        base, held = "", b""
        while True:
            inbound = await read_inbound(client, held, self.limits.head_bytes)
            if inbound is None or inbound.head.parsed is None:
                return
            held = b""
            head = inbound.head.parsed
            if head.method == b"CONNECT" and tunnel is None:
                tunnel = read_connect(head)
                if tunnel is None or inbound.surplus:
                    await client.write(_BAD)
                    return
                await client.write(_CONNECTED)
                if self.foreigners is not None and self.foreigners.knows(tunnel):
                    await self.foreigners.pass_through(client, tunnel)
                    return
                secure = await client.speaks_tls()
                if secure and not await client.start_tls(self.authority.context(tunnel.host)):
                    return
                base = tunnel.base(secure=secure)
                continue
            asked = read_asked(head, base)
            if asked is None:
                await client.write(_BAD)
                return
            if not await self._answer(client, inbound, asked):
                return
            held = inbound.surplus

    async def _answer(self, client: Client, inbound: Inbound, asked: Asked) -> bool:
        """Answer one request; tell whether another may follow over the same connection."""
        why = refuse_own(asked)
        if not why and self.admit is not None:
            why = await self.admit(asked.url)
        if why:
            log.info("proxy.refused", extra={"url": asked.url, "reason": why})
            self.on_refused(asked.url, why)
            await client.write(BROKEN)
            return False
        # In this task, so that a request is sent before the next one is read: of six that come at once the
        # first does not wait for the others.
        reply = self._under_way[client] = Reply(client)
        try:
            return await self._exchange(client, inbound, asked, reply)
        except Exception as exc:
            self._failed = self._failed or exc
            raise
        finally:
            del self._under_way[client]
            self._ended_at = asyncio.get_running_loop().time()
            self._one_ended.set()

    async def _exchange(self, client: Client, inbound: Inbound, asked: Asked, reply: Reply) -> bool:
        """Make the exchange and tell of it; return whether the browser may ask again."""
        fields, kept = self.dress(asked.url, asked.fields) if self.dress else (asked.fields, None)
        request = WireRequest(
            url=asked.url, method=asked.method, fields=fields, kept=kept, target=asked.target
        )
        if asked.upgrades:
            exchange = await self._talk(request, client, reply)
        else:
            exchange = await self._attempt(request, inbound, reply, fresh=False)
        lost_race = exchange.reused and exchange.transient
        if lost_race and not reply.begun and inbound.repeatable and not self._leaving:
            # RFC 9112, section 9.3.1: the server closed an idle connection as our request left.
            self._tell(attrs.evolve(exchange, reason=f"{exchange.reason} {_RACED}"), asked)
            exchange = await self._attempt(request, inbound, reply, fresh=True)
        whole = exchange.ended is Ended.WHOLE and not exchange.surplus_bytes
        foreign = self.foreigners is not None and self.foreigners.learn(exchange)
        self._tell(exchange, asked)
        if not reply.begun and not client.is_lost:
            try:
                await client.write(AGAIN % asked.url.encode() if foreign else BROKEN)
            except ConnectionResetError:
                return False
        return whole and reply.persists and inbound.ended and not asked.closes and not client.is_lost

    async def _attempt(
        self, request: WireRequest, inbound: Inbound, reply: Reply, *, fresh: bool
    ) -> Exchange:
        upload = inbound.body() if inbound.has_body else None
        return await self.wire.attempt(request, upload, reply, fresh=fresh)

    async def _talk(self, request: WireRequest, client: Client, reply: Reply) -> Exchange:
        """Make the exchange that opens a WebSocket, and tell of its frames when it has ended."""
        socket = WebSocket(request.url, client, self.limits, spool=self.wire.spool(), clock=self.clock)
        try:
            exchange = await self.wire.attempt(request, None, reply, fresh=True, tunnel=socket.run)
        except BaseException:
            socket.close()
            raise
        if socket.began and self.on_artefact is not None:
            self.on_artefact(socket.artefact())
        else:
            socket.close()
        return exchange

    def _tell(self, exchange: Exchange, asked: Asked) -> None:
        if self._leaving and exchange.ended is Ended.DISCONNECT:
            exchange = attrs.evolve(exchange, ended=Ended.TIME, reason=_LEFT)
        self.on_exchange(attrs.evolve(exchange, asked_by=AskedBy.BROWSER, destination=asked.destination))
