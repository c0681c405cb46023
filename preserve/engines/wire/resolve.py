"""
To which addresses does a host name lead, and may all of them be connected to?

A name is looked up once in a capture; connections go to the addresses that were judged, never to
the name again (so a name that changes its answer between check and use gains nothing). One bad
address refuses the name. Lookups run in daemon threads of our own: a ``getaddrinfo`` that hangs
cannot be stopped, and the threads of asyncio's executor would keep the process from ending.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import TypeAlias

import attrs

from preserve.engines.wire.guard import Leave, refuse_address
from preserve.engines.wire.stop import Stop
from preserve.model.exchange import Ended

__all__ = ["Names", "Resolver", "look_up"]

Resolver: TypeAlias = Callable[[str], Iterable[str]]
"""Called with a host name in a thread of its own; returns addresses, raises OSError."""

# Lookups at one time. A capture names some dozens of hosts; a hung lookup keeps its place.
_LOOKUPS = 16
_ADDRESSES_MOST = 64

_Answer: TypeAlias = tuple[str, ...] | Stop


def look_up(host: str) -> list[str]:
    """
    Return all addresses of a name, in the order that the system prefers (RFC 6724). Blocks.

    Raises:
        OSError: If the name has none, or no server answered.
    """
    # As bytes: the URL parser has applied IDNA already, and Python's own codec refuses some names.
    found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(_numeric(row[4]) for row in found))


@attrs.define(eq=False, kw_only=True)
class Names:
    """
    What the names of one capture lead to.

    Args:
        leave: Which private networks may be connected to.
        resolver: Called with a host name in a thread of its own; returns addresses, raises OSError.
    """

    leave: Leave = attrs.field(factory=Leave)
    resolver: Resolver = look_up
    _known: dict[str, _Answer] = attrs.field(factory=dict, init=False)
    _asked: dict[str, asyncio.Future[_Answer]] = attrs.field(factory=dict, init=False)
    _queued: deque[str] = attrs.field(factory=deque, init=False)
    _running: int = attrs.field(default=0, init=False)

    async def addresses(self, host: str, *, within_s: float) -> tuple[str, ...] | Stop:
        """
        Return the addresses of a host, each of them judged, in the order to try them; else why not.

        Args:
            host: A name or an address as a URL has it; IPv6 in square brackets.
            within_s: Seconds to wait for an answer.
        """
        literal = host.strip("[]")
        with suppress(ValueError):
            return self._judged(host, (str(ip_address(literal)),))
        if host in self._known:
            return self._known[host]
        try:
            async with asyncio.timeout(within_s):
                answer = await self._answer(host)
        except TimeoutError:
            return Stop(ended=Ended.FAILED, reason=f"No name server answered for {host} in {within_s:.3g} s.")
        return answer

    def prefer(self, host: str, address: str) -> None:
        """Try this address first next time: it answered where those before it did not."""
        known = self._known.get(host)
        if isinstance(known, tuple):
            self._known[host] = (address, *(other for other in known if other != address))

    def forget(self, host: str) -> None:
        """Look the name up anew next time: none of its addresses answered."""
        self._known.pop(host, None)

    async def _answer(self, host: str) -> _Answer:
        answer = self._asked.get(host)
        if answer is None:
            answer = self._asked[host] = asyncio.get_running_loop().create_future()
            self._queued.append(host)
            self._begin()
        # Shielded: the lookup serves others too, and goes on when this one has waited enough.
        return await asyncio.shield(answer)

    def _begin(self) -> None:
        while self._queued and self._running < _LOOKUPS:
            self._running += 1
            threading.Thread(
                target=self._look_up, args=(asyncio.get_running_loop(), self._queued.popleft()), daemon=True
            ).start()

    def _look_up(self, loop: asyncio.AbstractEventLoop, host: str) -> None:
        """Run in a thread: look the name up and tell the loop."""
        try:
            answer: _Answer = self._judged(host, tuple(self.resolver(host)))
        except (OSError, UnicodeError) as exc:
            said = getattr(exc, "strerror", None) or exc
            answer = Stop(ended=Ended.FAILED, reason=f"The name {host} could not be looked up: {said}.")
        # The loop may be closed by now, when the capture did not wait for the answer.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._told, host, answer)

    def _told(self, host: str, answer: _Answer) -> None:
        if not isinstance(answer, Stop) or answer.ended is Ended.REFUSED:
            self._known[host] = answer
        self._asked.pop(host).set_result(answer)
        self._running -= 1
        self._begin()

    def _judged(self, host: str, addresses: tuple[str, ...]) -> _Answer:
        if not addresses:
            return Stop(ended=Ended.FAILED, reason=f"The name {host} has no address.")
        for address in addresses:
            why = refuse_address(address, self.leave)
            if why:
                return Stop(ended=Ended.REFUSED, reason=f"{host} may not be connected to: {why}")
        return addresses[:_ADDRESSES_MOST]


def _numeric(place: tuple[object, ...]) -> str:
    """Return the address of a socket name, with its scope id where it has one."""
    address = str(place[0])
    scope = place[3] if len(place) > 3 else 0  # noqa: PLR2004 - (address, port, flow, scope) of IPv6
    return f"{address}%{scope}" if scope and "%" not in address else address
