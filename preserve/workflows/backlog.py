"""
When is that stored which a page asks for while it is being shown?

In an easy moment: digesting, deflating and opening take a processor from the browser and hold its answers
up. So what has come waits until nothing is on its way to the page, or for two seconds, or until much waits.
Nothing that waits is lost when the capture is ended early: whoever ends it takes it and stores it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import attrs

from preserve.model.exchange import Exchange

__all__ = ["Backlog"]

_WAITS_S = 2.0
"""How long one exchange waits at most: so much a power cut may cost."""
_LOOK_S = 0.02
_HELD_BYTES = 24 << 20
"""What may wait in memory. A page of today's has 3 MB; one in a hundred has more than 24 (HTTP Archive)."""
_HELD_MOST = 500
_IN_MEMORY_BYTES = 1 << 20
"""Of each body; the rest of a spool is in a file."""
_EACH_BYTES = 1 << 13
"""What an exchange takes besides its bodies."""


@attrs.define(eq=False, kw_only=True)
class Backlog:
    """
    What has come and waits to be stored, oldest first. Used within one event loop.

    Args:
        at_ease: Whether nothing is on its way to the page just now.
        ready: Waited for before each exchange is stored: how many may be under way is the caller's affair.
        begin: Has an exchange stored.
    """

    at_ease: Callable[[], bool]
    ready: Callable[[], Awaitable[object]]
    begin: Callable[[Exchange], None]
    _held: deque[tuple[float, Exchange]] = attrs.field(factory=deque, init=False)
    """With the instant until which each may wait."""
    _bytes: int = attrs.field(default=0, init=False)
    _room: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)
    _hurry: bool = attrs.field(default=False, init=False)
    _work: asyncio.Task[None] | None = attrs.field(default=None, init=False)

    async def add(self, exchange: Exchange) -> None:
        """Take one more; returns when there is room for the next."""
        self._held.append((asyncio.get_running_loop().time() + _WAITS_S, exchange))
        self._bytes += _weight(exchange)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._store_all())
        if self._is_full():
            self._room.clear()
            await self._room.wait()

    async def finish(self) -> None:
        """Have all that waits stored now; returns when the last has begun to be."""
        self._hurry = True
        if self._work is not None:
            await self._work

    def take(self) -> list[Exchange]:
        """Return all that waits, which is the caller's to store: no more is stored from here. Idempotent."""
        if self._work is not None:
            self._work.cancel()
        left = [exchange for _, exchange in self._held]
        self._held.clear()
        return left

    async def _store_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._held:
            while not (  # noqa: ASYNC110 - of four reasons to go on two come by time alone
                self._hurry or self._is_full() or self._held[0][0] <= loop.time() or self.at_ease()
            ):
                await asyncio.sleep(_LOOK_S)
            await self.ready()
            _, exchange = self._held.popleft()
            self._bytes -= _weight(exchange)
            self.begin(exchange)
            if not self._is_full():
                self._room.set()

    def _is_full(self) -> bool:
        return self._bytes > _HELD_BYTES or len(self._held) > _HELD_MOST


def _weight(exchange: Exchange) -> int:
    """Return how much memory an exchange holds, about."""
    return _EACH_BYTES + sum(
        min(part.size_bytes, _IN_MEMORY_BYTES)
        for part in (exchange.request, exchange.interim, exchange.response)
        if part is not None
    )
