"""Does every wait end, and is what came until then kept?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from preserve.model.exchange import Ended
from preserve.model.url import UriR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.engines.wire.conftest import Peer, Seen, Stage, World

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


def drip(stage: Stage, limits: Mapping[str, float], first: bytes, every_s: float) -> tuple[Seen, bytes]:
    """Return what is kept of a server that says something at once, then one octet now and then."""

    async def play(world: World) -> tuple[Seen, bytes]:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(first)
            while True:
                await asyncio.sleep(every_s)
                await peer.say(b"X")

        server = await world.serve(script)
        seen = await world.get(server.url())
        return seen, bytes(server.peers[0].said)

    return stage(play, limits=limits)


def test_slow_head_meets_its_deadline(stage: Stage) -> None:
    """A head that drips is left at its deadline, however often an octet comes."""
    seen, said = drip(stage, {"head_s": 0.3}, b"HTTP/1.1 200 OK\r\nX", 0.02)
    assert Ended.TIME is seen.exchange.ended
    assert True is said.startswith(seen.response or b"-")
    assert (
        "The head did not come within 0.3 s of the request. The head of the response is not whole."
        == seen.exchange.reason
    )


def test_slow_body_meets_the_last_deadline(stage: Stage) -> None:
    """A body that drips is left at the deadline of the whole exchange."""
    seen, said = drip(stage, {"exchange_s": 0.4}, HEAD, 0.02)
    assert Ended.TIME is seen.exchange.ended
    assert True is said.startswith(seen.response or b"-")
    assert True is seen.exchange.reason.startswith("The exchange took longer than 0.4 s. ")


def test_silence_ends(stage: Stage) -> None:
    """A body that stops coming is left after the idle time, and the reason counts what came."""
    seen, _ = drip(stage, {"idle_s": 0.2}, HEAD + b"abc", 60)
    assert (Ended.TIME, HEAD + b"abc") == (seen.exchange.ended, seen.response)
    assert "Nothing moved for 0.2 s. 3 of 1000 bytes of the body came." == seen.exchange.reason


def test_no_answer_is_a_failure(stage: Stage) -> None:
    """A server that never says anything is left at the head's deadline, as failed; the request is kept."""

    async def play(world: World) -> Seen:
        server = await world.serve(lambda peer: peer.until_gone())
        return await world.get(server.url())

    seen = stage(play, limits={"head_s": 0.2})
    assert (Ended.FAILED, None) == (seen.exchange.ended, seen.response)
    assert "No response came. The head did not come within 0.2 s of the request." == seen.exchange.reason
    assert True is (seen.request or b"").startswith(b"GET / HTTP/1.1\r\n")


def test_interim_responses_do_not_move_the_deadline(stage: Stage) -> None:
    """Interim responses without end do not put off the head's deadline."""

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.request()
            while True:
                await peer.say(b"HTTP/1.1 102 Processing\r\n\r\n")
                await asyncio.sleep(0.02)

        server = await world.serve(script)
        return await world.get(server.url())

    seen = stage(play, limits={"head_s": 0.3})
    assert (Ended.FAILED, None) == (seen.exchange.ended, seen.response)
    assert True is (seen.interim or b"").endswith(b"Processing\r\n\r\n")


def test_hung_lookup_meets_the_connect_deadline(stage: Stage) -> None:
    """A name server that never answers costs the connect time, and keeps nobody from leaving."""

    async def play(world: World) -> Seen:
        return await world.get(UriR("http://slow.test/"))

    seen = stage(play, limits={"connect_s": 0.2})
    assert (Ended.FAILED, None) == (seen.exchange.ended, seen.request)
    assert "No name server answered for slow.test in 0.2 s." == seen.exchange.reason
