"""
Which exchange may use which connection, and when?

A browser's six connections a host keep a capture fast without pressing the server. Everything here
happens in one step between two waits, so the counts are always right; who has to wait is served in
the order of asking, as far as the limits of its host allow.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque

import attrs

from preserve.engines.wire.connection import Connection
from preserve.engines.wire.politeness import Pace

__all__ = ["Lease", "Origin", "Pool"]


@attrs.frozen(kw_only=True)
class Origin:
    """Whom a connection leads to. RFC 6454, section 4."""

    secure: bool
    host: str
    """As in the URL: a lower-case name or an address, IPv6 in square brackets."""
    port: int


@attrs.define(eq=False, kw_only=True)
class Lease:
    """The right to one connection to one origin; it comes with the connection if one was idle."""

    origin: Origin
    connection: Connection | None = None
    reused: bool = False
    counts: bool = True
    """Against the limits."""


@attrs.define(eq=False, kw_only=True)
class _Waiting:
    origin: Origin
    fresh: bool
    granted: asyncio.Future[Lease | None]


@attrs.define(eq=False, kw_only=True)
class Pool:
    """
    The connections of one capture.

    Args:
        per_host: Connections that may be open to one host name, idle ones included.
        overall: Connections that may be open in all.
        pace: When each host may be asked next.
    """

    per_host: int
    overall: int
    pace: Pace = attrs.field(factory=Pace)
    closed: bool = attrs.field(default=False, init=False)
    _idle: list[Lease] = attrs.field(factory=list, init=False)
    """Longest idle first."""
    _used: set[Lease] = attrs.field(factory=set, init=False)
    _open: Counter[str] = attrs.field(factory=Counter, init=False)
    _waiting: deque[_Waiting] = attrs.field(factory=deque, init=False)
    _alarm: asyncio.TimerHandle | None = attrs.field(default=None, init=False)
    """Rings when the next host may be asked for whom somebody waits."""

    async def acquire(self, origin: Origin, *, fresh: bool = False) -> Lease | None:
        """
        Return the right to a connection, as soon as the limits allow; None if the pool is closed.

        Args:
            origin: Whom to connect to.
            fresh: Take no idle connection.
        """
        if self.closed:
            return None
        lease = self._grant(origin, fresh=fresh)
        if lease is not None:
            return lease
        waiting = _Waiting(origin=origin, fresh=fresh, granted=asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            return await waiting.granted
        except asyncio.CancelledError:
            if not waiting.granted.cancelled():
                granted = waiting.granted.result()
                if granted is not None:
                    self.release(granted, keep=granted.connection is not None)
            elif waiting in self._waiting:
                self._waiting.remove(waiting)
            raise

    def uncount(self, lease: Lease) -> None:
        """Have a connection count no more: it carries another protocol, as long as the page likes."""
        if lease.counts:
            lease.counts = False
            self._discount(lease)
            self._serve()

    def release(self, lease: Lease, *, keep: bool) -> None:
        """
        Give a connection back.

        Args:
            lease: What ``acquire`` returned.
            keep: The connection is at a boundary between two messages and may be used again.
        """
        self._used.discard(lease)
        if keep and not self.closed and lease.connection is not None:
            self._idle.append(lease)
        else:
            self._drop(lease)
        self._serve()

    def close(self) -> None:
        """Close all connections, used ones too; who waits gets None. Idempotent."""
        self.closed = True
        if self._alarm is not None:
            self._alarm.cancel()
        for waiting in self._waiting:
            if not waiting.granted.done():
                waiting.granted.set_result(None)
        self._waiting.clear()
        while self._idle:
            self._drop(self._idle.pop())
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connections in use; others may follow."""
        for lease in self._used:
            # Whoever uses it is told by the connection, and releases the lease.
            if lease.connection is not None:
                lease.connection.close()

    def _grant(self, origin: Origin, *, fresh: bool) -> Lease | None:
        now = asyncio.get_running_loop().time()
        opens_at = self.pace.opens_at(origin.host)
        if opens_at > now:
            self._wake_at(opens_at)
            return None
        lease = None if fresh else self._take_idle(origin)
        if lease is None:
            if self._open[origin.host] >= self.per_host and not self._evict(origin.host):
                return None
            if self._open.total() >= self.overall and not self._evict(None):
                return None
            lease = Lease(origin=origin)
            self._open[origin.host] += 1
        self._used.add(lease)
        self.pace.started(origin.host, now)
        return lease

    def _wake_at(self, when: float) -> None:
        """Serve again at an instant, if not before."""
        if self._alarm is not None:
            if self._alarm.when() <= when:
                return
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_at(when, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self._serve()

    def _take_idle(self, origin: Origin) -> Lease | None:
        """Return the connection used last, so that the rest may grow old; dead ones are dropped."""
        for lease in [lease for lease in reversed(self._idle) if lease.origin == origin]:
            self._idle.remove(lease)
            if lease.connection is not None and lease.connection.is_idle():
                return Lease(origin=origin, connection=lease.connection, reused=True)
            self._drop(lease)
        return None

    def _evict(self, host: str | None) -> bool:
        """Close the connection that was idle longest, of one host or any; False if there is none."""
        for lease in self._idle:
            if host is None or lease.origin.host == host:
                self._idle.remove(lease)
                self._drop(lease)
                return True
        return False

    def _drop(self, lease: Lease) -> None:
        if lease.connection is not None:
            lease.connection.close()
        if lease.counts:
            self._discount(lease)

    def _discount(self, lease: Lease) -> None:
        self._open[lease.origin.host] -= 1
        if not self._open[lease.origin.host]:
            del self._open[lease.origin.host]

    def _serve(self) -> None:
        """Grant what can be granted now, in the order of asking."""
        still: deque[_Waiting] = deque()
        full: set[str] = set()
        for waiting in self._waiting:
            host = waiting.origin.host
            if waiting.granted.done():
                continue
            lease = None if host in full else self._grant(waiting.origin, fresh=waiting.fresh)
            if lease is None:
                # A host without a free place has no idle connection either, and one that must wait makes
                # all wait: nobody else gets a connection.
                full.add(host)
                still.append(waiting)
            else:
                waiting.granted.set_result(lease)
        self._waiting = still
