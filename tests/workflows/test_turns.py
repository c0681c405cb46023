"""Does every host get its turn, and none more than one page at a time?"""

from __future__ import annotations

import asyncio

from preserve.model.url import UriR
from preserve.workflows.turns import ListedPage, Turns


def pages(*names: str) -> list[ListedPage]:
    """Return pages such as ``a1``: the first of host ``a``."""
    return [ListedPage(url=UriR(name), as_given=name, host=name[0]) for name in names]


def test_hosts_take_turns() -> None:
    """With one place, the hosts are served one after the other, and each host's pages in their order."""

    async def play() -> list[str]:
        turns = Turns(pages("a1", "a2", "a3", "b1", "c1", "b2"))
        order = []
        while (page := await turns.take()) is not None:
            order.append(page.as_given)
            turns.give_back(page)
        return order

    assert ["a1", "b1", "c1", "a2", "b2", "a3"] == asyncio.run(play())


def test_one_page_of_a_host_at_a_time() -> None:
    """Who asks while the only hosts left are busy waits until one of them is given back."""

    async def play() -> list[str]:
        turns = Turns(pages("a1", "a2", "b1"))
        first, second = await turns.take(), await turns.take()
        assert first is not None
        assert second is not None
        third = asyncio.create_task(turns.take())
        await asyncio.sleep(0)
        assert not third.done()
        turns.give_back(second)
        await asyncio.sleep(0)
        assert not third.done()
        turns.give_back(first)
        last = await third
        assert last is not None
        return [first.as_given, second.as_given, last.as_given]

    assert ["a1", "b1", "a2"] == asyncio.run(play())


def test_giving_back_twice() -> None:
    """A page that is given back again does not free the host for which another page is under way."""

    async def play() -> None:
        turns = Turns(pages("a1", "a2", "a3"))
        first = await turns.take()
        assert first is not None
        turns.give_back(first)
        await turns.take()
        turns.give_back(first)
        waiting = asyncio.create_task(turns.take())
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()

    asyncio.run(play())


def test_stopping() -> None:
    """After a stop no page is given out, and who waits is told."""

    async def play() -> tuple[object, object]:
        turns = Turns(pages("a1", "a2"))
        await turns.take()
        waiting = asyncio.create_task(turns.take())
        await asyncio.sleep(0)
        turns.stop()
        return await waiting, await turns.take()

    assert (None, None) == asyncio.run(play())


def test_many_who_wait() -> None:
    """When there is no page left, everybody who waits is told."""

    async def play() -> list[str]:
        turns = Turns(pages("a1", "a2", "a3"))
        taken: list[str] = []

        async def place() -> None:
            while (page := await turns.take()) is not None:
                await asyncio.sleep(0)
                taken.append(page.as_given)
                turns.give_back(page)

        async with asyncio.timeout(10):
            await asyncio.gather(*(place() for _ in range(5)))
        return taken

    assert ["a1", "a2", "a3"] == asyncio.run(play())
