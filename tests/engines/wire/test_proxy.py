"""Do octets pass a proxy as they are, and is nothing said to it or of it that should not be?"""

from __future__ import annotations

import pytest

from preserve.engines.wire.proxy import parse_proxy
from preserve.errors import UsageError
from preserve.model.capture import CaptureRequest
from preserve.model.credentials import Credentials
from preserve.model.exchange import Ended
from preserve.model.url import UriR
from tests.engines.wire.conftest import Peer, Seen, Server, Stage, World, now
from tests.engines.wire.proxies import HttpProxy, SocksProxy
from tests.wire.certificates import Authority

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
KINDS = {"http": HttpProxy, "socks5": SocksProxy}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Give an authority for certificates."""
    return Authority(tmp_path_factory.mktemp("authority"))


async def answer(peer: Peer) -> None:
    """Answer every request on the connection."""
    while await peer.request():
        await peer.say(OK)


def begin(world: World, scheme: str, proxy: Server, auth: str = "", *, private: bool = True) -> None:
    """Begin a capture through a proxy."""
    world.engine.entrust(Credentials(proxy_auth=auth))
    request = CaptureRequest(
        url=UriR("http://page.test/"),
        as_given="page.test",
        limits=world.limits,
        allow_private_network=private,
        proxy=str(parse_proxy(f"{scheme}://127.0.0.1:{proxy.port}")),
    )
    world.engine.configure(request, spool=world.spool, clock=now)


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pair", ["", "anna:s3cret"], ids=["open", "password"])
def test_octets_pass_as_they_are(
    stage: Stage, authority: Authority, kind: str, pair: str, *, secure: bool
) -> None:
    """Through either proxy the origin gets what is kept; the proxy gets the name, and no peer is named."""
    proxy = KINDS[kind](pair=pair)

    async def play(world: World) -> tuple[list[Seen], bytes, int, int]:
        origin = await world.serve(answer, authority.context("page.test") if secure else None)
        door = await world.serve(proxy.serve)
        begin(world, kind, door, pair)
        seen = [await world.get(origin.url(f"/{n}", host="page.test")) for n in range(2)]
        (peer,) = origin.peers
        return seen, bytes(peer.heard), origin.port, len(door.peers)

    seen, heard, port, doors = stage(play, ca_file=str(authority.file))
    assert [OK, OK] == [one.response for one in seen]
    assert heard == b"".join(one.request or b"" for one in seen)
    assert b"roxy" not in heard
    assert (1, [("page.test", port)]) == (doors, proxy.asked)
    assert ([pair] if pair else []) == proxy.given
    assert {None} == {one.exchange.peer for one in seen}
    assert {secure} == {one.exchange.tls is not None for one in seen}


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_not_looked_up_here(stage: Stage, kind: str) -> None:
    """Behind a proxy no name is asked of our resolver, and no answer of it becomes an artefact."""
    proxy = KINDS[kind]()

    async def play(world: World) -> tuple[list[str], int]:
        origin = await world.serve(answer)
        begin(world, kind, await world.serve(proxy.serve))
        await world.get(origin.url(host="page.test"))
        return world.lookups, len(world.learnt)

    assert ([], 0) == stage(play)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]"])
def test_addresses_in_urls_are_still_judged(stage: Stage, kind: str, host: str) -> None:
    """An address that stands in the URL is refused before the proxy hears of it."""
    proxy = KINDS[kind]()

    async def play(world: World) -> tuple[Seen, int]:
        door = await world.serve(proxy.serve)
        begin(world, kind, door, private=False)
        return await world.get(UriR(f"http://{host}/")), len(door.peers)

    seen, doors = stage(play)
    assert (Ended.REFUSED, 0) == (seen.exchange.ended, doors)
    assert "may not be connected to" in seen.exchange.reason


@pytest.mark.parametrize(
    ("kind", "auth", "word"),
    [
        ("http", "", "It answered 407 Who are you"),
        ("http", "anna:wrong", "It answered 407 Who are you"),
        ("socks5", "", "none of the ways to log in"),
        ("socks5", "anna:wrong", "does not accept the user name and password"),
    ],
)
def test_wrong_password(stage: Stage, kind: str, auth: str, word: str) -> None:
    """A proxy that does not know us is a failure with its reason, and the reason repeats no password."""

    async def play(world: World) -> Seen:
        origin = await world.serve(answer)
        begin(world, kind, await world.serve(KINDS[kind](pair="anna:s3cret").serve), auth)
        return await world.get(origin.url(host="page.test"))

    seen = stage(play)
    assert (Ended.FAILED, None, None) == (seen.exchange.ended, seen.request, seen.response)
    assert word in seen.exchange.reason
    assert "wrong" not in seen.exchange.reason


@pytest.mark.parametrize(("kind", "word"), [("http", "502 Not there"), ("socks5", "connection refused")])
def test_nobody_behind_the_proxy(stage: Stage, kind: str, word: str) -> None:
    """A server that the proxy cannot reach is a failure in the proxy's words."""

    async def play(world: World) -> Seen:
        origin = await world.serve(answer)
        await origin.stop()
        begin(world, kind, await world.serve(KINDS[kind]().serve))
        return await world.get(origin.url(host="page.test"))

    seen = stage(play)
    assert Ended.FAILED is seen.exchange.ended
    assert word in seen.exchange.reason


@pytest.mark.parametrize(
    ("kind", "said", "word"),
    [
        ("http", b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\nforged", "octets more than its answer"),
        ("http", b"", "ended the connection"),
        ("http", b"SSH-2.0-x\r\n\r\n", "no HTTP"),
        ("socks5", b"HTTP/1.1 400 Bad\r\n\r\n", "does not speak SOCKS5"),
        ("socks5", b"\x05", "ended the connection"),
        ("socks5", b"\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00HTTP/1.1 200", "12 octets more"),
        ("socks5", b"\x05\x00\x05\x00\x00\x09", "address of unknown type 9"),
        ("socks5", b"\x05\x00\x05\x63\x00\x01", "reply 99"),
        ("socks5", b"\x05\x01", "accepts another way"),
    ],
)
def test_what_is_no_proxy(stage: Stage, kind: str, said: bytes, word: str) -> None:
    """What is no proxy, or answers in the server's stead, is a failure, and nothing it said is kept."""

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.reader.read(1 << 16)
            await peer.say(said)

        begin(world, kind, await world.serve(script))
        return await world.get(UriR("http://page.test/"))

    seen = stage(play)
    assert (Ended.FAILED, None) == (seen.exchange.ended, seen.response)
    assert word in seen.exchange.reason


@pytest.mark.parametrize("kind", KINDS)
def test_silent_proxy_meets_the_deadline(stage: Stage, kind: str) -> None:
    """A proxy that takes the connection and says nothing costs the time for connecting."""

    async def play(world: World) -> Seen:
        begin(world, kind, await world.serve(lambda peer: peer.until_gone()))
        return await world.get(UriR("http://page.test/"))

    seen = stage(play, limits={"connect_s": 0.2})
    assert Ended.FAILED is seen.exchange.ended
    assert "deadline" in seen.exchange.reason


def test_no_proxy_there(stage: Stage) -> None:
    """A proxy that cannot be reached is named as such."""

    async def play(world: World) -> Seen:
        door = await world.serve(answer)
        await door.stop()
        begin(world, "http", door)
        return await world.get(UriR("http://page.test/"))

    seen = stage(play)
    assert Ended.FAILED is seen.exchange.ended
    assert seen.exchange.reason.startswith("The proxy: Could not connect to 127.0.0.1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://Proxy.test:3128", "http://proxy.test:3128"),
        ("http://proxy.test/", "http://proxy.test:80"),
        ("socks5://127.0.0.1:9050", "socks5://127.0.0.1:9050"),
        ("socks5h://[::1]", "socks5://[::1]:1080"),
    ],
)
def test_addresses_of_proxies(text: str, expected: str) -> None:
    """Scheme, host and port of a proxy are read, with the usual port where none is given."""
    assert expected == str(parse_proxy(text, "anna:s3cret"))
    assert "s3cret" not in repr(parse_proxy(text, "anna:s3cret"))


@pytest.mark.parametrize(
    "text",
    ["proxy.test:3128", "", "https://proxy.test", "ftp://proxy.test", "http://proxy.test/x", "socks5:x"],
)
def test_what_is_no_address_of_a_proxy(text: str) -> None:
    """Anything else is refused with what was expected."""
    with pytest.raises(UsageError, match="expected http://HOST:PORT"):
        parse_proxy(text)


def test_password_in_the_address_of_a_proxy() -> None:
    """A user name or password in the address is refused and not repeated."""
    with pytest.raises(UsageError, match="a file of their own") as caught:
        parse_proxy("http://anna:s3cret@proxy.test")
    assert "s3cret" not in str(caught.value)
