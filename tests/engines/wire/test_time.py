"""Does every wait end, and is what came until then kept?"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from preserve.model.exchange import Ended
from preserve.model.url import UriR
from tests.engines.wire.conftest import LOOPBACK

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


def test_hung_lookup_meets_its_deadline(stage: Stage) -> None:
    """A name server that never answers costs the time for names, and keeps nobody from leaving."""

    async def play(world: World) -> Seen:
        return await world.get(UriR("http://slow.test/"))

    seen = stage(play, limits={"dns_s": 0.2})
    assert (Ended.FAILED, None) == (seen.exchange.ended, seen.request)
    assert "No name server answered for slow.test in 0.2 s." == seen.exchange.reason


DAY_S = 86_400


def outlast(stage: Stage, first: bytes, then: bytes, every_s: float, **limits: float) -> tuple[Seen, float]:
    """Return what is kept of a server that goes on for ever, and the seconds until it was left, none real."""

    async def play(world: World) -> tuple[Seen, float]:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(first)
            while True:
                await asyncio.sleep(every_s)
                await peer.say(then)

        server = await world.serve(script)
        begun = asyncio.get_running_loop().time()
        seen = await world.get(server.url())
        return seen, asyncio.get_running_loop().time() - begun

    return stage(play, limits={"exchange_s": DAY_S, "idle_s": 30, "head_s": 30, **limits}, jumping=True)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (HEAD, b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"no head at all", b"x"),
        (CHUNKED, b"1\r\nx\r\n"),
        (CHUNKED + b"1;", b"e"),
        (CHUNKED + b"0\r\n", b"X: y\r\n"),
        (b"ICY 200 OK\r\n\r\n", b"x"),
    ],
    ids=["length", "close", "HTTP/0.9", "chunks", "chunk extension", "trailers", "ICY"],
)
def test_dripping_body_meets_the_least_rate(stage: Stage, first: bytes, then: bytes) -> None:
    """A body that drips for ever, in whatever framing, is left after the stretch of the least rate."""
    seen, took_s = outlast(stage, first, then, 7)
    assert (Ended.TIME, True) == (seen.exchange.ended, 60 <= took_s < 70), took_s
    assert True is (seen.response or b"").startswith(first)
    assert True is seen.exchange.reason.startswith(
        "The body brought less than 100 bytes a second over 60 s. "
    )


def test_slow_but_steady_body_is_whole(stage: Stage) -> None:
    """A body just above the least rate is waited for, as long as the exchange may last."""

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\n")
            for _ in range(30):
                await asyncio.sleep(9)
                await peer.say(bytes(1000))

        server = await world.serve(script)
        return await world.get(server.url())

    seen = stage(play, limits={"exchange_s": DAY_S, "idle_s": 30}, jumping=True)
    assert (Ended.WHOLE, 30_000) == (
        seen.exchange.ended,
        len((seen.response or b"").partition(b"\r\n\r\n")[2]),
    )


def test_least_rate_can_be_left_out(stage: Stage) -> None:
    """With a least rate of nothing the exchange's own deadline ends a body that drips."""
    seen, took_s = outlast(stage, HEAD, b"x", 20, least_rate_bytes_s=0, exchange_s=300)
    assert (Ended.TIME, True) == (seen.exchange.ended, 300 <= took_s < 321), took_s


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"H", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"\r\n", b"\r\n"),
    ],
    ids=["silent", "fields", "value", "line ends"],
)
def test_dripping_head_meets_its_deadline(stage: Stage, first: bytes, then: bytes) -> None:
    """A head that drips for ever is left at the head's deadline, and what came of it is kept as it came."""
    seen, took_s = outlast(stage, first, then, 3)
    assert (Ended.TIME, True) == (seen.exchange.ended, 30 <= took_s < 34), took_s
    assert True is (seen.response or b"").startswith(first + then * 8)
    assert (
        "The head did not come within 30 s of the request. The head of the response is not whole."
        == seen.exchange.reason
    )


@pytest.mark.parametrize(
    "then", [b"1;" + b"e" * 4000 + b"\r\nx\r\n", b"1\r\nx\r\n"], ids=["extensions", "chunks"]
)
def test_endless_chunks_meet_the_limit_of_the_body(stage: Stage, then: bytes) -> None:
    """Chunks without end, with or without extensions, are left at the limit, framing counted."""
    seen, _ = outlast(stage, CHUNKED, then * 500, 0.01, body_bytes=100_000)
    assert (Ended.LENGTH, len(CHUNKED) + 100_000) == (seen.exchange.ended, len(seen.response or b""))


def test_endless_trailers_meet_the_limit_of_the_body(stage: Stage) -> None:
    """A trailer section without end is left at the limit of the body."""
    first = CHUNKED + b"1\r\nx\r\n0\r\n"
    seen, _ = outlast(stage, first, b"X: y\r\n" * 1000, 0.01, body_bytes=100_000, head_bytes=5000)
    assert (Ended.LENGTH, True) == (seen.exchange.ended, (seen.response or b"").startswith(first))


def test_interim_responses_without_end_are_kept(stage: Stage) -> None:
    """Interim responses that never end are no answer; they are kept up to the head's deadline."""
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    seen, took_s = outlast(stage, early, early, 4)
    assert (Ended.FAILED, None, True) == (seen.exchange.ended, seen.response, 30 <= took_s < 35)
    assert (early * 8)[: len(seen.interim or b"")] == seen.interim


def test_silent_handshake_meets_its_own_deadline(stage: Stage) -> None:
    """A server that takes the connection and says nothing of TLS is left after the time for handshakes."""

    async def play(world: World) -> tuple[Seen, float]:
        server = await world.serve(lambda peer: peer.until_gone())
        server.scheme = "https"
        begun = asyncio.get_running_loop().time()
        seen = await world.get(server.url())
        return seen, asyncio.get_running_loop().time() - begun

    seen, took_s = stage(play, limits={"tls_s": 17, "connect_s": 3, "exchange_s": DAY_S}, jumping=True)
    assert (Ended.FAILED, None, 17) == (seen.exchange.ended, seen.request, int(took_s))
    assert "The TLS handshake did not come to its end within 17 s." == seen.exchange.reason


def test_silent_connect_meets_its_own_deadline(stage: Stage) -> None:
    """An address that never answers is left after the time for connections, and named."""

    async def play(world: World) -> tuple[Seen, float]:
        # A queue for connections that is full drops what else comes, as a firewall does.
        full = socket.socket()
        full.bind((LOOPBACK, 0))
        full.listen(0)
        waiting = []
        with full:
            for _ in range(4):
                other = socket.socket()
                other.setblocking(False)  # noqa: FBT003 - it takes no keywords
                other.connect_ex(full.getsockname())
                waiting.append(other)
            begun = asyncio.get_running_loop().time()
            seen = await world.get(UriR(f"http://{LOOPBACK}:{full.getsockname()[1]}/"))
            took_s = asyncio.get_running_loop().time() - begun
            for other in waiting:
                other.close()
        return seen, took_s

    seen, took_s = stage(play, limits={"connect_s": 13, "exchange_s": DAY_S}, jumping=True)
    assert (Ended.FAILED, None, 13) == (seen.exchange.ended, seen.request, int(took_s))
    assert True is seen.exchange.reason.endswith("127.0.0.1: No answer within 13 s.")
