"""How many connections are made, which are used again, and is every one closed?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from preserve.disk import Spool
from preserve.engines.wire.pool import Origin, Pool
from preserve.errors import StorageUnavailable
from preserve.model.exchange import Ended
from tests.engines.wire.conftest import LOOPBACK, Peer, Seen, Stage, World, read, wire_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from preserve.formats.http1 import Head


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def answer(peer: Peer) -> None:
    """Answer every request on the connection."""
    while await peer.request():
        await peer.say(OK)


def test_connection_is_used_again(stage: Stage) -> None:
    """Exchanges in a row share one connection, and each keeps its own bytes."""

    async def play(world: World) -> tuple[list[Seen], list[bytes]]:
        server = await world.serve(answer)
        seen = [await world.get(server.url(f"/{index}")) for index in range(5)]
        return seen, [bytes(peer.heard) for peer in server.peers]

    seen, heard = stage(play)
    assert [OK] * 5 == [one.response for one in seen]
    assert [b"".join(one.request or b"" for one in seen)] == heard


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["close", "HTTP/1.0", "doubtful framing"],
)
def test_connection_is_not_used_again(stage: Stage, said: bytes) -> None:
    """A connection that the server ends, or whose framing is in doubt, is not used again."""

    async def play(world: World) -> int:
        async def script(peer: Peer) -> None:
            while await peer.request():
                await peer.say(said)

        server = await world.serve(script)
        for _ in range(3):
            await world.get(server.url())
        return len(server.peers)

    assert 3 == stage(play)


def raced(stage: Stage, method: str) -> tuple[Seen, list[bytes]]:
    """Ask twice of a server that closes its first connection when the second request comes."""

    async def play(world: World) -> tuple[Seen, list[bytes]]:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(OK)
            if len(server.peers) == 1:
                await peer.request()
            else:
                await answer(peer)

        server = await world.serve(script)
        read(await world.wire.exchange(wire_request(server.url("/1"))))
        seen = read(await world.wire.exchange(wire_request(server.url("/2"), method)))
        return seen, [bytes(peer.heard) for peer in server.peers]

    return stage(play)


def test_keep_alive_race_is_asked_again(stage: Stage) -> None:
    """When a kept connection closes without an octet, GET is asked once more on a new connection."""
    seen, heard = raced(stage, "GET")
    assert (Ended.WHOLE, OK) == (seen.exchange.ended, seen.response)
    assert 2 == len(heard)
    assert heard[1] == seen.request


def test_keep_alive_race_of_post_is_a_failure(stage: Stage) -> None:
    """A POST is not repeated: the server may have acted on it."""
    seen, heard = raced(stage, "POST")
    assert (Ended.FAILED, 1) == (seen.exchange.ended, len(heard))


def test_race_is_run_once(stage: Stage) -> None:
    """A server that closes every connection without an octet is asked twice at most."""

    async def play(world: World) -> tuple[Seen, int]:
        async def script(peer: Peer) -> None:
            await peer.request()
            if len(server.peers) == 1:
                await peer.say(OK)
                await peer.request()

        server = await world.serve(script)
        await world.get(server.url())
        seen = await world.get(server.url())
        return seen, len(server.peers)

    seen, connections = stage(play)
    assert (Ended.FAILED, 2) == (seen.exchange.ended, connections)


def test_idle_connection_that_was_closed_is_not_tried(stage: Stage) -> None:
    """A connection that the server closed between two requests is found closed without asking."""

    async def play(world: World) -> list[bytes]:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(OK)

        server = await world.serve(script)
        await world.get(server.url())
        await server.emptied()
        read(await world.wire.exchange(wire_request(server.url(), "POST")))
        return [bytes(peer.heard)[:5] for peer in server.peers]

    assert [b"GET /", b"POST "] == stage(play)


def test_at_most_six_connections_a_host(stage: Stage) -> None:
    """However many visits there are at once, a host sees six connections, and all are answered."""

    async def play(world: World) -> tuple[set[Ended], int, int]:
        async def script(peer: Peer) -> None:
            while await peer.request():
                await asyncio.sleep(0.005)
                await peer.say(OK)

        server = await world.serve(script)
        seen = await asyncio.gather(*(world.get(server.url(f"/{index}")) for index in range(60)))
        return {one.exchange.ended for one in seen}, server.open_most, len(server.peers)

    assert ({Ended.WHOLE}, 6, 6) == stage(play)


def test_ports_of_a_host_share_its_connections(stage: Stage) -> None:
    """Two servers of one host name get six connections together; idle ones make room."""

    async def play(world: World) -> tuple[set[Ended], bool]:
        most = 0

        async def script(peer: Peer) -> None:
            nonlocal most
            while await peer.request():
                most = max(most, sum(server.open_now for server in servers))
                await peer.say(OK)

        servers = [await world.serve(script), await world.serve(script)]
        urls = [server.url(f"/{index}") for index in range(20) for server in servers]
        seen = await asyncio.gather(*(world.get(url) for url in urls))
        return {one.exchange.ended for one in seen}, most <= 7  # one may be closed and not seen so yet

    assert ({Ended.WHOLE}, True) == stage(play)


def test_connections_overall(stage: Stage) -> None:
    """All hosts together get no more connections than the limit says."""

    async def play(world: World) -> tuple[set[Ended], int]:
        async def script(peer: Peer) -> None:
            while await peer.request():
                await asyncio.sleep(0.005)
                await peer.say(OK)

        server = await world.serve(script)
        world.names = {f"h{index}.test": [LOOPBACK] for index in range(10)}
        urls = [server.url(host=name) for name in world.names for _ in range(3)]
        seen = await asyncio.gather(*(world.get(url) for url in urls))
        return {one.exchange.ended for one in seen}, server.open_most

    ended, most = stage(play, limits={"connections": 4})
    assert ({Ended.WHOLE}, True) == (ended, most <= 5)


def test_cancelled_visit_closes_its_connection(stage: Stage) -> None:
    """A visit that is cancelled leaves neither connection nor spool, and its place is free again."""

    async def play(world: World) -> Ended:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(b"HTTP/1.1 200 OK\r\n\r\nsome")
            await peer.until_gone()

        server = await world.serve(script)
        for _ in range(3):
            count = len(world.spools)
            visit = asyncio.create_task(world.get(server.url()))
            await world.kept(count + 2)
            visit.cancel()
            await asyncio.wait({visit})
            await server.emptied()
        server.script = answer
        return (await world.get(server.url())).exchange.ended

    assert Ended.WHOLE is stage(play, limits={"connections_per_host": 1})


def test_cancelled_while_waiting_for_a_place(stage: Stage) -> None:
    """A visit cancelled in the queue does not take a place from those behind it."""

    async def play(world: World) -> list[Ended]:
        go = asyncio.Event()

        async def script(peer: Peer) -> None:
            while await peer.request():
                await go.wait()
                await peer.say(OK)

        server = await world.serve(script)
        visits = [asyncio.create_task(world.get(server.url(f"/{index}"))) for index in range(5)]
        await world.kept(1)
        for visit in visits[1:4]:
            visit.cancel()
        go.set()
        await asyncio.wait(visits)
        return [visits[index].result().exchange.ended for index in (0, 4)]

    assert [Ended.WHOLE, Ended.WHOLE] == stage(play, limits={"connections_per_host": 1})


def test_closing_ends_what_is_under_way(stage: Stage) -> None:
    """Closing the engine ends running exchanges with what they have, and waiting ones as failed."""

    async def play(world: World) -> list[Seen]:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(b"HTTP/1.1 200 OK\r\n\r\nsome")
            await peer.until_gone()

        server = await world.serve(script)
        visits = [asyncio.create_task(world.get(server.url(f"/{index}"))) for index in range(2)]
        await world.kept(2)
        await world.engine.close()
        await world.engine.close()
        return [*(await asyncio.gather(*visits)), await world.get(server.url())]

    seen = stage(play, limits={"connections_per_host": 1})
    assert [Ended.DISCONNECT, Ended.FAILED, Ended.FAILED] == [one.exchange.ended for one in seen]
    assert b"HTTP/1.1 200 OK\r\n\r\nsome" == seen[0].response
    assert "The engine was closed before the request could be sent." == seen[1].exchange.reason


def test_visit_left_early_holds_nothing(stage: Stage) -> None:
    """A caller who stops after the first exchange of a chain leaves no connection in use."""

    async def play(world: World) -> int:
        async def script(peer: Peer) -> None:
            while await peer.request():
                await peer.say(b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n")

        server = await world.serve(script)
        for _ in range(3):
            visit = world.engine.visit(world.task(server.url()))
            (await anext(visit)).close()
            await visit.aclose()
        return len(server.peers)

    assert 1 == stage(play, limits={"connections_per_host": 1})


def test_refused_connection_is_a_failure(stage: Stage) -> None:
    """A port where nobody listens is a failure that names host and port."""

    async def play(world: World) -> tuple[Seen, int]:
        server = await world.serve(answer)
        await server.stop()
        return await world.get(server.url()), server.port

    seen, port = stage(play)
    assert (Ended.FAILED, None) == (seen.exchange.ended, seen.request)
    expected = f"Could not connect to 127.0.0.1, port {port}. 127.0.0.1: Connection refused."
    assert expected == seen.exchange.reason


def test_full_disk_is_not_hidden(stage: Stage) -> None:
    """When the spool cannot take what came, the caller is told, and the connection is closed."""

    async def play(world: World) -> int:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(OK)
            await peer.until_gone()

        server = await world.serve(script)
        world.wire.spool = lambda: Full() if world.spools else world.spool()
        with pytest.raises(StorageUnavailable):
            await world.wire.exchange(wire_request(server.url()))
        await server.emptied()
        return len(server.peers)

    assert 1 == stage(play)


def test_upload_and_downstream(stage: Stage) -> None:
    """A request's body goes out as given and is kept with it; the downstream gets the response's octets."""
    body = bytes(range(256)) * 4096

    async def play(world: World) -> tuple[Seen, bytes, Browser]:
        async def script(peer: Peer) -> None:
            await peer.request()
            peer.heard += await peer.reader.readexactly(len(body))
            await peer.say(b"HTTP/1.1 103 Early\r\n\r\n" + OK)

        server = await world.serve(script)
        browser = Browser()
        request = wire_request(server.url(), "POST", (b"Content-Length", str(len(body)).encode()))
        seen = read(await world.wire.exchange(request, pieces(body), browser))
        return seen, bytes(server.peers[0].heard), browser

    seen, heard, browser = stage(play)
    assert heard == seen.request
    assert b"HTTP/1.1 103 Early\r\n\r\n" + OK == browser.got == (seen.interim or b"") + (seen.response or b"")
    # Told the final head with its first octets, which come in one piece with the body that came with them.
    last = browser.heads[-1]
    assert last is not None
    assert b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" == last.raw


@pytest.mark.parametrize("fault", [ConnectionResetError, ValueError, None])
def test_downstream_that_fails_stops_nothing(stage: Stage, fault: type[Exception] | None) -> None:
    """A downstream that raises, or takes nothing, does not stop the exchange."""

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.request()
            for octet in OK:
                await peer.say(bytes([octet]))

        server = await world.serve(script)
        return read(
            await world.wire.exchange(wire_request(server.url()), None, Browser(fault, stuck=fault is None))
        )

    seen = stage(play, limits={"idle_s": 0.2})
    assert (Ended.WHOLE, OK) == (seen.exchange.ended, seen.response)


def test_upload_that_breaks_off(stage: Stage) -> None:
    """When the request's body breaks off, the exchange ends and says so; what was sent is kept."""

    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError("gone")

    async def play(world: World) -> Seen:
        server = await world.serve(lambda peer: peer.until_gone())
        request = wire_request(server.url(), "POST", (b"Content-Length", b"8"))
        return read(await world.wire.exchange(request, broken()))

    seen = stage(play)
    assert (Ended.FAILED, True) == (seen.exchange.ended, (seen.request or b"").endswith(b"half"))
    assert "The body to be sent broke off: ConnectionResetError('gone')." == seen.exchange.reason


def test_answer_before_the_upload_ends(stage: Stage) -> None:
    """A server that answers and closes before it has read all is heard."""
    said = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno"

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(said)
            await peer.until_gone()

        server = await world.serve(script)
        request = wire_request(server.url(), "POST", (b"Content-Length", b"99999999"))
        return read(await world.wire.exchange(request, endless()))

    seen = stage(play)
    assert (Ended.WHOLE, said) == (seen.exchange.ended, seen.response)


def test_queue_is_first_come_first_served() -> None:
    """Who waits for a place gets it in the order of asking; a full host does not hold up others."""

    async def play() -> list[str]:
        pool = Pool(per_host=1, overall=2)
        order: list[str] = []

        async def use(name: str, host: str) -> None:
            lease = await pool.acquire(Origin(secure=False, host=host, port=80))
            assert lease is not None
            order.append(name)
            await asyncio.sleep(0)
            pool.release(lease, keep=False)

        await asyncio.gather(*(use(name, name[0]) for name in ("a1", "a2", "a3", "b1", "c1", "a4")))
        pool.close()
        return order

    order = asyncio.run(play())
    assert ["a1", "a2", "a3", "a4"] == [name for name in order if name[0] == "a"]
    assert ["a1", "b1"] == order[:2]


def test_place_granted_to_a_cancelled_visit_is_given_on() -> None:
    """A place that is granted in the very step in which its visit is cancelled is not lost."""

    async def play() -> bool:
        pool = Pool(per_host=1, overall=1)
        origin = Origin(secure=False, host="a", port=80)
        first = await pool.acquire(origin)
        assert first is not None
        waiting = asyncio.create_task(pool.acquire(origin))
        await asyncio.sleep(0)
        pool.release(first, keep=False)
        waiting.cancel()
        await asyncio.wait({waiting})
        return await pool.acquire(origin) is not None

    assert True is asyncio.run(asyncio.wait_for(play(), 5))


class Full(Spool):
    """A spool on a full disk."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Fail."""
        raise StorageUnavailable("The disk is full.", size_bytes=len(data))


class Browser:
    """A downstream."""

    def __init__(self, fault: type[Exception] | None = None, *, stuck: bool = False) -> None:
        self.got = bytearray()
        self.heads: list[Head | None] = []
        self.fault = fault
        self.stuck = stuck

    async def write(self, data: bytes, head: Head | None) -> None:
        """Take octets, or not."""
        self.heads.append(head)
        if self.fault is not None:
            raise self.fault
        if self.stuck:
            await asyncio.Event().wait()
        self.got += data


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    """Yield a body in pieces of odd sizes."""
    for at in range(0, len(body), 100_003):
        yield body[at : at + 100_003]


async def endless() -> AsyncIterator[bytes]:
    """Yield octets without end."""
    while True:
        yield bytes(65_536)
