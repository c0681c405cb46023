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
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import attrs

from preserve.engines.wire.connection import Connection
from preserve.engines.wire.conversation import Conversation
from preserve.engines.wire.message import Message, compose
from preserve.engines.wire.pool import Lease, Pool
from preserve.engines.wire.redirects import location
from preserve.engines.wire.resolve import Names, Resolver, look_up
from preserve.engines.wire.stop import Stop
from preserve.engines.wire.tee import Budget, Tee
from preserve.engines.wire.tls import client_context
from preserve.formats.http1 import MessageReader
from preserve.model.capture import Limits
from preserve.model.exchange import Ended, Exchange, WritableSpool

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from preserve.engines.wire.tee import Downstream
    from preserve.model.exchange import WireRequest

__all__ = ["Wire"]

log = logging.getLogger(__name__)

# RFC 9112, section 9.3.1: what may be asked again when a kept connection closes without an answer.
_REPEATABLE = frozenset({"GET", "HEAD"})

_CLOSED = Stop(ended=Ended.FAILED, reason="The engine was closed before the request could be sent.")


@attrs.define(eq=False, kw_only=True)
class Wire:
    """
    What the exchanges of one capture share. Used within one event loop.

    Args:
        limits: Of the capture.
        spool: Makes an empty spool.
        clock: Returns the present, an aware UTC datetime.
        allow_private: Private networks may be connected to.
        resolver: Called with a host name in a thread of its own; returns addresses, raises OSError.
        ca_file: PEM certificates to trust instead of the system's.
    """

    limits: Limits
    spool: Callable[[], WritableSpool]
    clock: Callable[[], dt.datetime]
    allow_private: bool = False
    resolver: Resolver = look_up
    ca_file: str | os.PathLike[str] | None = None
    _context: ssl.SSLContext | None = attrs.field(default=None, init=False)
    _names: Names = attrs.field(init=False)
    _pool: Pool = attrs.field(init=False)
    _budget: Budget = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._names = Names(allow_private=self.allow_private, resolver=self.resolver)
        self._pool = Pool(per_host=self.limits.connections_per_host, overall=self.limits.connections)
        self._budget = Budget(left=self.limits.capture_bytes)

    async def exchange(
        self,
        request: WireRequest,
        upload: AsyncIterable[bytes] | None = None,
        downstream: Downstream | None = None,
    ) -> Exchange:
        """
        Send a request and return what came of it; the caller closes the exchange.

        Args:
            request: All its fields, Host and Connection included.
            upload: Its body as it goes over the wire, framed as the fields say.
            downstream: Gets the octets of the response as they come; its failure stops nothing.

        Raises:
            StorageUnavailable: If a spool cannot take what came.
            UsageError: If ``ca_file`` cannot be read.
        """
        message = compose(request)
        if isinstance(message, Stop):
            return self._unasked(request, message)
        if self._budget.left <= 0:
            reason = f"The {self.limits.capture_bytes} bytes that the capture may take are used up."
            return self._unasked(request, Stop(ended=Ended.REFUSED, reason=reason))
        exchange, lost_race = await self._attempt(request, message, upload, downstream, fresh=False)
        if lost_race and upload is None and request.method in _REPEATABLE:
            # The server closed an idle connection as our request left.
            log.info("wire.asked-again", extra={"origin_host": message.origin.host})
            exchange.close()
            exchange, _ = await self._attempt(request, message, None, downstream, fresh=True)
        return exchange

    def close(self) -> None:
        """Close all connections; exchanges under way end. Idempotent."""
        self._pool.close()

    async def _attempt(
        self,
        request: WireRequest,
        message: Message,
        upload: AsyncIterable[bytes] | None,
        downstream: Downstream | None,
        *,
        fresh: bool,
    ) -> tuple[Exchange, bool]:
        """Return the exchange, and whether it ended because a kept connection had been closed."""
        lease = await self._pool.acquire(message.origin, fresh=fresh)
        if lease is None:
            return self._unasked(request, _CLOSED), False
        keep = False
        try:
            deadline = _now() + self.limits.exchange_s
            stopped = None if lease.reused else await self._open(lease, deadline)
            if lease.connection is None or stopped is not None:
                return self._unasked(request, stopped or _CLOSED, lease.connection), False
            with ExitStack() as unless_told:
                conversation = Conversation(
                    connection=lease.connection,
                    message=message,
                    tee=self._tee(request),
                    limits=self.limits,
                    deadline=deadline,
                    upload=upload,
                    downstream=downstream,
                )
                unless_told.callback(conversation.tee.close)
                began_at = self.clock()
                stopped = await conversation.run()
                exchange = self._told(request, conversation, began_at, stopped)
                unless_told.pop_all()
            keep = stopped is None and conversation.reusable
            return exchange, lease.reused and conversation.dropped
        finally:
            self._pool.release(lease, keep=keep)

    async def _open(self, lease: Lease, deadline: float) -> Stop | None:
        """Connect to the first address that answers; return why none did, or None."""
        origin = lease.origin
        deadline = min(deadline, _now() + self.limits.connect_s)
        addresses = await self._names.addresses(origin.host, within_s=deadline - _now())
        if isinstance(addresses, Stop):
            return addresses
        tried = []
        for index, address in enumerate(addresses):
            if self._pool.closed:
                return _CLOSED
            # A silent address leaves the others their share of the time.
            share = (deadline - _now()) / (len(addresses) - index)
            stopped = await _connect(lease, address, _now() + share)
            if lease.connection is not None:
                if index:
                    self._names.prefer(origin.host, address)
                break
            tried.append(f"{address}: {stopped.reason}" if stopped else address)
        if lease.connection is None:
            self._names.forget(origin.host)
            reason = f"Could not connect to {origin.host}, port {origin.port}. {' '.join(tried)}"
            return Stop(ended=Ended.FAILED, reason=reason)
        if not origin.secure:
            return None
        return await lease.connection.start_tls(self._tls_context(), origin.host, deadline)

    def _tee(self, request: WireRequest) -> Tee:
        reader = MessageReader(
            "response", request_method=request.method.encode(), max_head_bytes=self.limits.head_bytes
        )
        return Tee(spool=self.spool, reader=reader, limits=self.limits, budget=self._budget)

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
        )

    def _told(
        self, request: WireRequest, conversation: Conversation, began_at: dt.datetime, stop: Stop | None
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
        )

    def _tls_context(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = client_context(self.ca_file)
        return self._context


async def _connect(lease: Lease, address: str, deadline: float) -> Stop | None:
    """Put a connection to the address into the lease; return why not, or None."""
    try:
        connection = lease.connection = Connection(address)
    except OSError as exc:
        return Stop(ended=Ended.FAILED, reason=f"{exc.strerror}.")
    stopped = await connection.connect(lease.origin.port, deadline)
    if stopped is not None:
        connection.close()
        lease.connection = None
    return stopped


def _now() -> float:
    return asyncio.get_running_loop().time()
