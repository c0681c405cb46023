"""Does the guard hold from end to end: for URLs, redirects and answers of name servers?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from preserve.model.exchange import Ended
from preserve.model.url import UriR, normalise
from tests.engines.wire.conftest import LOOPBACK

if TYPE_CHECKING:
    from tests.engines.wire.conftest import Peer, Seen, Stage, World

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

# Loopback and the metadata address, as a URL may spell them.
LOOPBACKS = [
    *("127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "0X7F.0.0.1", "2130706433", "017700000001"),
    *("0177.0.0.01", "127.0.0.1.", "127.255.255.254", "①②⑦.⓪.⓪.①", "127。0。0。1", "%31%32%37.0.0.1"),
    *("127%2e0%2e0%2e1", "0", "0.0.0.0", "0x0", "000.000.000.000", "[::1]", "[0:0:0:0:0:0:0:1]"),  # noqa: S104 - nothing is bound
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:0:127.0.0.1]", "[::127.0.0.1]", "[::]"),
    *(
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    ),
]
METADATA = [
    *("169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "0xA9.254.0251.254"),
    *("169.254.43518", "169.16689662", "169.254.169.254.", "①⑥⑨.②⑤④.①⑥⑨.②⑤④"),
    *("[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[::a9fe:a9fe]"),
    *("[fd00:ec2::254]", "[fd00:0ec2:0:0:0:0:0:0254]"),
]
# As a name server may answer.
ANSWERS = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.20.0.1", "192.168.0.1", "169.254.1.1"),  # noqa: S104 - nothing is bound
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.8", "192.0.2.1", "198.18.0.1"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:0:10.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "fc00::1", "fd00:ec2::254"),
    *("fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "2001:db8::1", "100::1"),
]


def asked(stage: Stage, url: str, *, allow_private: bool = False, **wishes: object) -> list[Seen]:
    """Visit a URL as a page would name it."""

    async def play(world: World) -> list[Seen]:
        world.wishes = dict(wishes)
        world.configure()
        return await world.visit(normalise(url))

    return stage(play, allow_private=allow_private)


def refused(seen: Seen) -> bool:
    """Tell whether an exchange is a refusal of which nothing left the machine."""
    exchange = seen.exchange
    return (exchange.ended, exchange.peer, seen.request, seen.response) == (Ended.REFUSED, None, None, None)


@pytest.mark.parametrize("host", [*LOOPBACKS, *METADATA])
def test_every_notation_is_refused(stage: Stage, host: str) -> None:
    """However an address of this machine or of a metadata service is written, nothing is sent to it."""
    (seen,) = asked(stage, f"http://{host}:8080/latest/meta-data/")
    assert True is refused(seen)
    assert True is ("may not be connected to" in seen.exchange.reason)


@pytest.mark.parametrize("host", METADATA)
def test_metadata_is_refused_with_private_networks(stage: Stage, host: str) -> None:
    """A metadata service stays refused when all private networks are allowed, in every notation."""
    (seen,) = asked(stage, f"http://{host}/", allow_private=True)
    assert True is refused(seen)
    assert True is ("it is asked only where it is named" in seen.exchange.reason)


@pytest.mark.parametrize("host", METADATA)
def test_metadata_is_refused_behind_redirects(stage: Stage, host: str) -> None:
    """A redirect to a metadata service is refused, whatever hop it is."""

    async def play(world: World) -> list[Seen]:
        async def script(peer: Peer) -> None:
            while head := await peer.request():
                onward = "/hop" if b"GET / " in head else f"http://{host}/latest/"
                await peer.say(f"HTTP/1.1 302 Go\r\nLocation: {onward}\r\nContent-Length: 0\r\n\r\n".encode())

        server = await world.serve(script)
        return await world.visit(server.url())

    seen = stage(play)
    assert [302, 302, None] == [one.exchange.status for one in seen]
    assert True is refused(seen[-1])


@pytest.mark.parametrize("host", LOOPBACKS)
def test_other_networks_stay_refused_behind_redirects(stage: Stage, host: str) -> None:
    """Where one network is allowed, a redirect from it to this machine in another form is refused."""

    async def play(world: World) -> list[Seen]:
        async def script(peer: Peer) -> None:
            while await peer.request():
                onward = f"http://{host}:{there.port}/"
                await peer.say(f"HTTP/1.1 302 Go\r\nLocation: {onward}\r\nContent-Length: 0\r\n\r\n".encode())

        async def never(peer: Peer) -> None:
            await peer.request()
            await peer.say(OK)

        there = await world.serve(never)
        here = await world.serve(script)
        world.wishes = {"private_networks": ("127.0.0.77/32",)}
        world.names = {"page.test": ["127.0.0.77"]}
        here_too = await asyncio.start_server(
            here._serve,  # noqa: SLF001 - one script, another address
            "127.0.0.77",
            here.port,
        )
        world.configure()
        try:
            seen = await world.visit(here.url(host="page.test"))
        finally:
            here_too.close()  # and no more: the wire keeps its connection for the next request
        assert [] == there.peers
        return seen

    seen = stage(play, allow_private=False)
    assert [302, None] == [one.exchange.status for one in seen]
    assert True is refused(seen[-1])


@pytest.mark.parametrize("address", ANSWERS)
@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
def test_every_address_of_a_name_is_judged(stage: Stage, address: str, *, first: bool) -> None:
    """One forbidden address among the answers refuses the name, in whatever place it stands."""

    async def play(world: World) -> Seen:
        public = ["93.184.215.14", "2606:4700::1111"]
        world.names = {"page.test": [address, *public] if first else [*public, address]}
        return await world.get(UriR("http://page.test/"))

    seen = stage(play, allow_private=False)
    assert True is refused(seen)
    assert True is seen.exchange.reason.startswith("page.test may not be connected to: ")


def test_rebinding_gains_nothing(stage: Stage) -> None:
    """A name whose answers change is judged at every look, and connected to as judged."""

    async def play(world: World) -> list[tuple[Ended, str | None]]:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(OK)

        server = await world.serve(script)
        world.wishes = {"private_networks": ("127.0.0.0/8",)}
        world.configure()
        ends = []
        # Nobody listens at the second address, so that the name is looked up anew after it.
        for answer in ("127.0.0.2", "127.0.0.1", "127.0.0.2", "10.0.0.1"):
            world.names = {"page.test": [answer]}
            exchange = (await world.get(server.url(host="page.test"))).exchange
            ends.append((exchange.ended, exchange.peer))
        return ends

    assert [
        (Ended.FAILED, None),
        (Ended.WHOLE, LOOPBACK),
        (Ended.WHOLE, LOOPBACK),
        (Ended.WHOLE, LOOPBACK),
    ] == stage(play, allow_private=False)


def test_second_answer_that_is_forbidden(stage: Stage) -> None:
    """A name that is looked up anew and then leads to this machine is refused."""

    async def play(world: World) -> list[Ended]:
        server = await world.serve(lambda peer: peer.until_gone())
        world.wishes = {"private_networks": ("127.0.0.2",)}
        world.configure()
        ends = []
        for answer in ("127.0.0.2", LOOPBACK):
            world.names = {"page.test": [answer]}
            ends.append((await world.get(server.url(host="page.test"))).exchange.ended)
        assert [] == server.peers
        return ends

    assert [Ended.FAILED, Ended.REFUSED] == stage(play, allow_private=False)


def test_a_named_network_is_reached(stage: Stage) -> None:
    """A private network that was named is reached, by address and by name, and no other one."""

    async def play(world: World) -> list[Ended]:
        async def script(peer: Peer) -> None:
            while await peer.request():
                await peer.say(OK)

        server = await world.serve(script)
        world.wishes = {"private_networks": ("127.0.0.0/8",)}
        world.configure()
        world.names = {"page.test": [LOOPBACK], "mixed.test": [LOOPBACK, "10.0.0.1"]}
        urls = [server.url(), *(server.url(host=name) for name in world.names), UriR("http://10.0.0.1/")]
        return [(await world.get(url)).exchange.ended for url in urls]

    assert [Ended.WHOLE, Ended.WHOLE, Ended.REFUSED, Ended.REFUSED] == stage(play, allow_private=False)
