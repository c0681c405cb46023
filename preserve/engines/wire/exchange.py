"""
How does a request become an exchange?

``Wire`` owns what the exchanges of one capture share: names, connections, TLS context, the budget of
bytes. One ``exchange`` passes the guard, waits for its turn, connects, converses, and says how it
ended. Nothing that servers or networks do raises; what our own disk does (StorageUnavailable) and
cancellation pass through, and leave neither connection nor spool behind.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeAlias

import attrs

from preserve.engines.wire.connection import Connection
from preserve.engines.wire.conversation import Conversation
from preserve.engines.wire.guard import Leave, leave_for, refuse_port
from preserve.engines.wire.message import Message, compose
from preserve.engines.wire.opening import CLOSED, Opener
from preserve.engines.wire.politeness import Pace
from preserve.engines.wire.pool import Lease, Origin, Pool
from preserve.engines.wire.proxy import Proxy
from preserve.engines.wire.redirects import location
from preserve.engines.wire.resolve import Names, Resolver, look_up
from preserve.engines.wire.retries import REPEATABLE
from preserve.engines.wire.stop import Stop
from preserve.engines.wire.tee import Budget, Tee
from preserve.engines.wire.tls import Trust
from preserve.formats.http1 import MessageReader
from preserve.model.capture import Limits
from preserve.model.exchange import Ended, Exchange, WritableSpool
from preserve.model.url import origin

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from preserve.engines.wire.tee import Downstream
    from preserve.model.exchange import WireRequest

__all__ = ["Wire"]

log = logging.getLogger(__name__)

Tunnel: TypeAlias = Callable[[Connection, bytes], Awaitable[None]]


@attrs.define(eq=False, kw_only=True)
class Wire:
    """
    What the exchanges of one capture share. Used within one event loop.

    Args:
        limits: Of the capture.
        spool: Makes an empty spool.
        clock: Returns the present, an aware UTC datetime.
        allow_private: All private networks may be connected to.
        private_networks: Those that may be connected to besides, as CIDR.
        delay_s: The least time between the starts of two exchanges with one host.
        resolver: Called with a host name in a thread of its own; returns addresses, raises OSError.
        ca_file: PEM certificates to trust besides the system's.
        trust: Whom TLS believes; made from ``ca_file`` if it is not given.
        proxy: What all connections go through.
    """

    limits: Limits
    spool: Callable[[], WritableSpool]
    clock: Callable[[], dt.datetime]
    allow_private: bool = False
    private_networks: Sequence[str] = ()
    delay_s: float = 0.0
    resolver: Resolver = look_up
    ca_file: str | os.PathLike[str] | None = None
    trust: Trust | None = None
    proxy: Proxy | None = None
    pace: Pace = attrs.field(init=False)
    _opener: Opener = attrs.field(init=False)
    _pool: Pool = attrs.field(init=False)
    _budget: Budget = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        leave = leave_for(self.allow_private, self.private_networks)
        self.pace = Pace(delay_s=self.delay_s)
        self._pool = Pool(
            per_host=self.limits.connections_per_host, overall=self.limits.connections, pace=self.pace
        )
        self._budget = Budget(left=self.limits.capture_bytes)
        self._opener = Opener(
            limits=self.limits,
            leave=leave,
            names=Names(leave=leave, resolver=self.resolver),
            trust=self.trust or Trust(ca_file=self.ca_file),
            is_closed=lambda: self._pool.closed,
            proxy=self.proxy,
            # The user chose the proxy, and it mostly stands in the user's own network.
            proxy_names=Names(leave=Leave(private=True), resolver=look_up) if self.proxy else None,
        )

    async def exchange(
        self,
        request: WireRequest,
        upload: AsyncIterable[bytes] | None = None,
        downstream: Downstream | None = None,
    ) -> Exchange:
        """
        Send a request and return what came of it; the caller closes the exchange.

        When a kept connection turns out to be closed as a GET or HEAD leaves, it is made again on a new
        one, and what came of the first is given up; ``attempt`` makes one attempt and gives up nothing.

        Args:
            request: All its fields, Host and Connection included.
            upload: Its body as it goes over the wire, framed as the fields say.
            downstream: Gets the octets of the response as they come; its failure stops nothing.

        Raises:
            StorageUnavailable: If a spool cannot take what came.
            UsageError: If ``ca_file`` cannot be read.
        """
        exchange = await self.attempt(request, upload, downstream)
        # RFC 9112, section 9.3.1: the server closed an idle connection as our request left.
        lost_race = exchange.reused and exchange.transient
        if lost_race and upload is None and request.method in REPEATABLE:
            log.info("wire.asked-again", extra={"origin": origin(request.url)})
            exchange.close()
            exchange = await self.attempt(request, None, downstream, fresh=True)
        return exchange

    async def attempt(
        self,
        request: WireRequest,
        upload: AsyncIterable[bytes] | None = None,
        downstream: Downstream | None = None,
        *,
        fresh: bool = False,
        tunnel: Tunnel | None = None,
    ) -> Exchange:
        """
        Send a request once and return what came of it; as ``exchange`` otherwise.

        Args:
            request: As for ``exchange``.
            upload: As for ``exchange``.
            downstream: As for ``exchange``.
            fresh: Make a new connection, whatever stands idle.
            tunnel: What to do when the server goes on in another protocol: gets the connection, which ends
                with it, and what has come behind the head. The exchange is over when it returns.
        """
        message = compose(request)
        if isinstance(message, Stop):
            return self._unasked(request, message)
        if self._budget.left <= 0:
            reason = f"The {self.limits.capture_bytes} bytes that the capture may take are used up."
            return self._unasked(request, Stop(ended=Ended.REFUSED, reason=reason))
        return await self._attempt(request, message, upload, downstream, fresh=fresh, tunnel=tunnel)

    @property
    def closed(self) -> bool:
        """Whether nothing can be asked any more."""
        return self._pool.closed

    def close(self) -> None:
        """Close all connections; exchanges under way end. Idempotent."""
        self._pool.close()

    async def dial(self, host: str, port: int) -> Connection | Stop:
        """
        Return an open connection to a host, under the guard, for octets that are not ours to read.

        The caller closes it; it counts against no limit of connections.
        """
        why = refuse_port(port)
        if why:
            return Stop(ended=Ended.REFUSED, reason=why)
        lease = Lease(origin=Origin(secure=False, host=host, port=port))
        deadline = _now() + self.limits.dns_s + self.limits.connect_s
        stopped = await self._opener.open(lease, deadline)
        if stopped is not None or lease.connection is None:
            return stopped or CLOSED
        return lease.connection

    def hang_up(self) -> None:
        """End the exchanges under way; others may follow."""
        self._pool.hang_up()

    async def _attempt(
        self,
        request: WireRequest,
        message: Message,
        upload: AsyncIterable[bytes] | None,
        downstream: Downstream | None,
        *,
        fresh: bool,
        tunnel: Tunnel | None,
    ) -> Exchange:
        lease = await self._pool.acquire(message.origin, fresh=fresh)
        if lease is None:
            return self._unasked(request, CLOSED)
        keep = False
        try:
            deadline = _now() + self.limits.exchange_s
            stopped = None if lease.reused else await self._opener.open(lease, deadline)
            if lease.connection is None or stopped is not None:
                return self._unasked(request, stopped or CLOSED, lease.connection)
            self.pace.started(message.origin.host, _now())
            with ExitStack() as unless_told:
                conversation = Conversation(
                    connection=lease.connection,
                    message=message,
                    tee=self._tee(request, upgrades=tunnel is not None),
                    limits=self.limits,
                    deadline=deadline,
                    upload=upload,
                    downstream=downstream,
                )
                unless_told.callback(conversation.tee.close)
                began_at = self.clock()
                stopped = await conversation.run()
                if tunnel is not None and stopped is None and conversation.upgraded:
                    self._pool.uncount(lease)
                    await tunnel(lease.connection, conversation.tee.beyond)
                exchange = self._told(request, conversation, began_at, stopped, reused=lease.reused)
                unless_told.pop_all()
            keep = stopped is None and conversation.reusable
            return exchange
        finally:
            self._pool.release(lease, keep=keep)

    def _tee(self, request: WireRequest, *, upgrades: bool) -> Tee:
        reader = MessageReader(
            "response", request_method=request.method.encode(), max_head_bytes=self.limits.head_bytes
        )
        return Tee(
            spool=self.spool, reader=reader, limits=self.limits, budget=self._budget, upgrades=upgrades
        )

    def _unasked(self, request: WireRequest, stop: Stop, connection: Connection | None = None) -> Exchange:
        """Return an exchange of which nothing was sent."""
        now = self.clock()
        return Exchange(
            url=request.url,
            method=request.method,
            began_at=now,
            ended_at=now,
            ended=stop.ended,
            reason=stop.reason,
            peer=connection.peer if connection else None,
            tls=connection.tls if connection else None,
            transient=stop.transient,
        )

    def _told(
        self,
        request: WireRequest,
        conversation: Conversation,
        began_at: dt.datetime,
        stop: Stop | None,
        *,
        reused: bool,
    ) -> Exchange:
        tee = conversation.tee
        parsed = tee.head.parsed if tee.head else None
        status = parsed.status if parsed else None
        return Exchange(
            url=request.url,
            method=request.method,
            began_at=began_at,
            ended_at=self.clock(),
            ended=stop.ended if stop else Ended.WHOLE,
            reason=stop.reason if stop else "",
            request=tee.request,
            interim=tee.interim,
            response=tee.response,
            status=status,
            fields=parsed.fields if parsed else (),
            peer=conversation.connection.peer,
            tls=conversation.connection.tls,
            redirect_to=location(status, parsed.get(b"location") if parsed else None, request.url),
            surplus_bytes=len(tee.reader.surplus),
            reused=reused,
            transient=conversation.dropped,
            redacted=conversation.message.redacted,
        )


def _now() -> float:
    return asyncio.get_running_loop().time()
