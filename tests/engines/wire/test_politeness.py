"""When does the next request to a host begin?"""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

from preserve.engines.wire.politeness import Pace
from preserve.engines.wire.pool import Origin, Pool
from tests.engines.wire.clock import JumpingLoop
from tests.engines.wire.conftest import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tests.engines.wire.conftest import Peer, Stage, World

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def run(play: Coroutine[None, None, list[float]]) -> list[float]:
    """Return what a scenario returns in which waits take no time, rounded to tenths of a second."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return [round(at, 1) for at in runner.run(play)]


async def starts(pool: Pool, *hosts: str) -> list[float]:
    """Return when each host was granted a connection, from the first on."""
    begun = asyncio.get_running_loop().time()

    async def use(host: str) -> float:
        lease = await pool.acquire(Origin(secure=False, host=host, port=80))
        assert lease is not None
        at = asyncio.get_running_loop().time()
        pool.release(lease, keep=False)
        return at - begun

    return list(await asyncio.gather(*(use(host) for host in hosts)))


def test_without_delay_nothing_waits() -> None:
    """Requests to one host begin together when no delay was asked for."""
    assert [0, 0, 0] == run(starts(Pool(per_host=6, overall=32), "a", "a", "a"))


def test_delay_is_kept_for_each_host() -> None:
    """Requests to one host begin a delay apart, and one host does not wait for another."""
    pool = Pool(per_host=6, overall=32, pace=Pace(delay_s=5))
    assert [0, 5, 0, 10, 5] == run(starts(pool, "a", "a", "b", "a", "b"))


def test_a_host_can_be_slower_than_the_rest() -> None:
    """The delay that a host asks for counts when it is the longer one."""
    pace = Pace(delay_s=2)
    pace.slow_down("a", 10)
    pace.slow_down("b", 1)
    assert [0, 10, 0, 2] == run(starts(Pool(per_host=6, overall=32, pace=pace), "a", "a", "b", "b"))


def test_a_host_can_be_held() -> None:
    """A host that wants to be left alone is asked after that time, however many wait."""

    async def play() -> list[float]:
        pool = Pool(per_host=6, overall=32)
        pool.pace.hold("a", asyncio.get_running_loop().time() + 30)
        return await starts(pool, "a", "a", "b")

    assert [30, 30, 0] == run(play())


def test_closing_ends_the_wait() -> None:
    """Who waits for the next turn of a host is told when the pool closes."""

    async def play() -> bool:
        pool = Pool(per_host=6, overall=32)
        pool.pace.hold("a", asyncio.get_running_loop().time() + 3600)
        waiting = asyncio.create_task(pool.acquire(Origin(secure=False, host="a", port=80)))
        await asyncio.sleep(0)
        pool.close()
        return await waiting is None

    assert True is asyncio.run(asyncio.wait_for(play(), 5))


def test_delay_lies_between_requests(stage: Stage) -> None:
    """A server sees requests a delay apart, on one connection as on many, and redirects count."""

    async def play(world: World) -> list[float]:
        heard: list[float] = []

        async def script(peer: Peer) -> None:
            while head := await peer.request():
                heard.append(asyncio.get_running_loop().time())
                onward = b"HTTP/1.1 302 Go\r\nLocation: /end\r\nContent-Length: 0\r\n\r\n"
                await peer.say(onward if b"/go" in head else OK)

        server = await world.serve(script)
        world.wishes = {"delay_s": 7.0}
        world.names = {"other.test": [LOOPBACK]}
        world.configure()
        await asyncio.gather(*(world.get(server.url(path)) for path in ("/1", "/2", "/go")))
        return [later - earlier for earlier, later in pairwise(heard)]

    gaps = stage(play, jumping=True)
    assert (3, True) == (len(gaps), all(7 <= gap < 8 for gap in gaps)), gaps


def test_connections_of_a_host_are_limited(stage: Stage) -> None:
    """With one connection a host nothing is asked of it side by side."""

    async def play(world: World) -> int:
        async def script(peer: Peer) -> None:
            while await peer.request():
                await asyncio.sleep(1)
                await peer.say(OK)

        server = await world.serve(script)
        await asyncio.gather(*(world.get(server.url(f"/{index}")) for index in range(5)))
        return server.open_most

    assert 1 == stage(play, limits={"connections_per_host": 1}, jumping=True)
