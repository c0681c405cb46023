"""
How does a connection to an origin come about: its name, the guard, its addresses or a proxy, TLS?

Each part has its own deadline within that of the exchange, and says why it came to nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import attrs

from preserve.engines.wire.connection import Connection
from preserve.engines.wire.guard import Leave
from preserve.engines.wire.pool import Lease, Origin
from preserve.engines.wire.proxy import Proxy, refuse_literal
from preserve.engines.wire.resolve import Names
from preserve.engines.wire.stop import Stop
from preserve.engines.wire.tls import VERIFIED, Trust
from preserve.model.capture import Limits
from preserve.model.exchange import Ended, TlsFacts

__all__ = ["CLOSED", "Opener"]

CLOSED = Stop(ended=Ended.FAILED, reason="The engine was closed before the request could be sent.")


@attrs.define(eq=False, kw_only=True)
class Opener:
    """
    Opens the connections of one capture.

    Args:
        limits: Seconds for what.
        leave: Which private networks may be connected to.
        names: Of servers; judged by the guard.
        trust: Whom TLS believes.
        is_closed: Whether the capture has ended.
        proxy: What all connections go through.
        proxy_names: Where the proxy's own name is looked up: the user chose it, the guard does not judge it.
    """

    limits: Limits
    leave: Leave
    names: Names
    trust: Trust
    is_closed: Callable[[], bool]
    proxy: Proxy | None = None
    proxy_names: Names | None = None
    _bad: dict[Origin, TlsFacts] = attrs.field(factory=dict, init=False)
    """Of origins whose certificate could not be verified, and which we went on with: the last seen."""

    async def open(self, lease: Lease, deadline: float) -> Stop | None:
        """Put an open connection into the lease; return why there is none, or None."""
        stopped = await self._reach(lease, deadline)
        if stopped is not None or not lease.origin.secure:
            return stopped
        return await self._secure(lease, deadline)

    async def _reach(self, lease: Lease, deadline: float) -> Stop | None:
        """Have octets pass to and from the origin."""
        origin, proxy = lease.origin, self.proxy
        if proxy is None or self.proxy_names is None:
            return await self._dial(lease, self.names, origin.host, origin.port, deadline)
        why = refuse_literal(origin.host, self.leave)
        if why:
            return Stop(ended=Ended.REFUSED, reason=f"{origin.host} may not be connected to: {why}")
        stopped = await self._dial(lease, self.proxy_names, proxy.host, proxy.port, deadline)
        if lease.connection is None or stopped is not None:
            return stopped and attrs.evolve(stopped, reason=f"The proxy: {stopped.reason}")
        # Whoever stands at the other end is known to the proxy only.
        lease.connection.peer = None
        return await proxy.tunnel(lease.connection, origin, min(deadline, _now() + self.limits.connect_s))

    async def _dial(self, lease: Lease, names: Names, host: str, port: int, deadline: float) -> Stop | None:
        """Connect to the first address that answers; return why none did, or None."""
        within_s = min(self.limits.dns_s, deadline - _now())
        addresses = await names.addresses(host, within_s=within_s)
        if isinstance(addresses, Stop):
            return addresses
        connected_by = min(deadline, _now() + self.limits.connect_s)
        tried = []
        transient = False
        for index, address in enumerate(addresses):
            if self.is_closed():
                return CLOSED
            # A silent address leaves the others their share of the time.
            share = (connected_by - _now()) / (len(addresses) - index)
            stopped = await _connect(lease, address, port, _now() + share)
            if lease.connection is not None:
                if index:
                    names.prefer(host, address)
                return None
            if stopped is not None:
                late = f"No answer within {share:.3g} s."
                tried.append(f"{address}: {late if stopped.ended is Ended.TIME else stopped.reason}")
                transient |= stopped.transient
        names.forget(host)
        reason = f"Could not connect to {host}, port {port}. {' '.join(tried)}"
        return Stop(ended=Ended.FAILED, reason=reason, transient=transient)

    async def _secure(self, lease: Lease, deadline: float) -> Stop | None:
        """Do the TLS handshake; where it is allowed, a second one that believes anybody."""
        known = self._bad.get(lease.origin)
        if known is not None:
            stopped = await self._shake(lease, deadline, strict=False, verdict=known.verdict)
            facts = lease.connection.tls if lease.connection else None
            if stopped is not None or (facts and facts.certificate_der == known.certificate_der):
                return stopped
            # Another certificate than the one judged before: it gets a verdict of its own.
            stopped = await self._anew(lease, deadline)
            if stopped is not None:
                return stopped
        stopped = await self._shake(lease, deadline, strict=True, verdict=VERIFIED)
        facts = lease.connection.tls if lease.connection else None
        # Transient: the network cut it, which says nothing about a certificate.
        if stopped is None or facts is None or stopped.transient or not self.trust.allow_bad:
            return stopped
        stopped = await self._anew(lease, deadline) or await self._shake(
            lease, deadline, strict=False, verdict=facts.verdict
        )
        if stopped is None and lease.connection is not None and lease.connection.tls is not None:
            self._bad[lease.origin] = lease.connection.tls
        return stopped

    async def _anew(self, lease: Lease, deadline: float) -> Stop | None:
        """Give the connection up for another one to the same origin."""
        if lease.connection is not None:
            lease.connection.close()
            lease.connection = None
        return await self._reach(lease, deadline)

    async def _shake(self, lease: Lease, deadline: float, *, strict: bool, verdict: str) -> Stop | None:
        if lease.connection is None:
            return CLOSED
        origin = lease.origin
        context = self.trust.context(strict=strict, host=origin.host, port=origin.port)
        shaken_by = min(deadline, _now() + self.limits.tls_s)
        stopped = await lease.connection.start_tls(context, origin.host, shaken_by, verdict=verdict)
        if stopped is not None and _now() >= shaken_by:
            late = f"The TLS handshake did not come to its end within {self.limits.tls_s:g} s."
            return Stop(ended=Ended.FAILED, reason=late)
        return stopped


async def _connect(lease: Lease, address: str, port: int, deadline: float) -> Stop | None:
    """Put a connection to the address into the lease; return why not, or None."""
    try:
        connection = lease.connection = Connection(address)
    except OSError as exc:
        return Stop(ended=Ended.FAILED, reason=f"{exc.strerror}.")
    stopped = await connection.connect(port, deadline)
    if stopped is not None:
        connection.close()
        lease.connection = None
    return stopped


def _now() -> float:
    return asyncio.get_running_loop().time()
