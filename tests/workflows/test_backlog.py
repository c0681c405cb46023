"""When is that stored which a page asks for while it is shown?"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

import attrs

from preserve.disk import Spool
from preserve.model.exchange import Ended, Exchange
from preserve.model.url import UriR
from preserve.workflows import backlog
from preserve.workflows.backlog import Backlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import pytest

WITHIN_S = 20.0
SOON_S = 0.2
AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def an_exchange(number: int, size_bytes: int = 10) -> Exchange:
    """Return an exchange that brought so many octets."""
    response = Spool()
    response.write(bytes(size_bytes))
    return Exchange(
        url=UriR(f"http://page.test/{number}"),
        method="GET",
        began_at=AT,
        ended_at=AT,
        ended=Ended.WHOLE,
        response=response,
    )


@attrs.define(eq=False)
class Store:
    """What was stored, and whether now is the time."""

    eased: bool = False
    stored: list[str] = attrs.field(factory=list)
    backlog: Backlog = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.backlog = Backlog(at_ease=lambda: self.eased, ready=self.ready, begin=self.begin)

    async def ready(self) -> None:
        """Have a place at once."""

    def begin(self, exchange: Exchange) -> None:
        """Store an exchange."""
        self.stored.append(exchange.url.rpartition("/")[2])
        exchange.close()


def play(scene: Callable[[Store], Awaitable[None]]) -> None:
    """Play a scene to its end, or fail when it hangs."""

    async def bounded() -> None:
        async with asyncio.timeout(WITHIN_S):
            await scene(Store())

    asyncio.run(bounded())


def test_nothing_is_stored_before_it_is_easy() -> None:
    """What comes while the page is busy waits, and is stored in its order when it is not."""

    async def scene(store: Store) -> None:
        for number in range(5):
            await store.backlog.add(an_exchange(number))
        await asyncio.sleep(SOON_S)
        assert [] == store.stored
        store.eased = True
        await asyncio.sleep(SOON_S)
        assert ["0", "1", "2", "3", "4"] == store.stored

    play(scene)


def test_nothing_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is never at ease has what it asks for stored all the same."""
    monkeypatch.setattr(backlog, "_WAITS_S", SOON_S)

    async def scene(store: Store) -> None:
        await store.backlog.add(an_exchange(0))
        await asyncio.sleep(SOON_S * 3)
        assert ["0"] == store.stored

    play(scene)


def test_memory_is_bounded() -> None:
    """When much waits the oldest is stored, busy or not, and who brings more has to wait for that."""

    async def scene(store: Store) -> None:
        for number in range(40):
            await store.backlog.add(an_exchange(number, 1 << 20))
        assert [str(number) for number in range(len(store.stored))] == store.stored
        assert 16 <= len(store.stored) < 20
        for exchange in store.backlog.take():
            exchange.close()

    play(scene)


def test_the_end_hurries() -> None:
    """At the end all that waits is stored, whether it is easy or not."""

    async def scene(store: Store) -> None:
        for number in range(3):
            await store.backlog.add(an_exchange(number))
        await store.backlog.finish()
        assert ["0", "1", "2"] == store.stored

    play(scene)


def test_what_waits_can_be_taken() -> None:
    """Who ends early gets all that waits, once, and nothing is stored behind its back."""

    async def scene(store: Store) -> None:
        for number in range(3):
            await store.backlog.add(an_exchange(number))
        left = store.backlog.take()
        assert [0, 1, 2] == [int(exchange.url.rpartition("/")[2]) for exchange in left]
        assert [] == store.backlog.take()
        store.eased = True
        await asyncio.sleep(SOON_S)
        assert [] == store.stored
        for exchange in left:
            exchange.close()

    play(scene)
