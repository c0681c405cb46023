"""Where does a visit lead?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from preserve import __version__
from preserve.engines.wire import PlainEngine
from preserve.errors import UsageError
from preserve.model.exchange import Ended, Engine
from preserve.model.url import UriR
from preserve.plugins import load
from tests.engines.wire.conftest import LIMITS, LOOPBACK, Peer, Seen, Server, Stage, World

if TYPE_CHECKING:
    from collections.abc import Mapping

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def to(where: bytes | str, status: int = 302, *fields: str) -> bytes:
    """Return a redirect."""
    place = where.encode() if isinstance(where, str) else where
    rest = "".join(f"{field}\r\n" for field in fields).encode()
    return b"HTTP/1.1 %d Go\r\nLocation: %s\r\n%sContent-Length: 2\r\n\r\ngo" % (status, place, rest)


async def site(world: World, pages: Mapping[str, bytes]) -> Server:
    """Serve pages by path; anything else is 404."""

    async def script(peer: Peer) -> None:
        while head := await peer.request():
            await peer.say(
                pages.get(head.split()[1].decode(), b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
            )

    return await world.serve(script)


def walk(stage: Stage, pages: Mapping[str, bytes], **limits: float) -> list[Seen]:
    """Visit ``/`` of a site."""

    async def play(world: World) -> list[Seen]:
        server = await site(world, pages)
        return await world.visit(server.url())

    return stage(play, limits=limits)


def paths(seen: list[Seen]) -> list[str]:
    """Return path and query that each exchange asked for."""
    return [(one.request or b"- -").split()[1].decode() for one in seen]


def test_engines_are_installed() -> None:
    """The engines are found by their entry points and satisfy the protocol."""
    assert ["auto", "browser", "plain"] == [engine.name for engine in load("engines", Engine)]  # type: ignore[type-abstract]  # mypy knows no type of protocols


def test_visit_needs_a_capture() -> None:
    """An engine that was not configured says so."""

    async def play() -> None:
        async for _ in PlainEngine().visit(World(limits=LIMITS).task(UriR("http://a/"))):
            pass

    with pytest.raises(UsageError):
        asyncio.run(play())


def test_request_is_honest(stage: Stage) -> None:
    """The request says who asks, and what is offered is gzip only."""

    async def play(world: World) -> tuple[bytes | None, int]:
        server = await site(world, {"/": OK})
        return (await world.get(server.url())).request, server.port

    request, port = stage(play)
    assert (
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: preserve/{__version__} (web archiving)\r\n"
        "Accept: */*\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n"
    ).encode() == request


def test_redirects_are_followed_hop_by_hop(stage: Stage) -> None:
    """Every hop is an exchange of its own, with its bytes and where it leads."""
    pages = {"/": to("a/b?c#d"), "/a/b?c": to("../é", 301), "/%C3%A9": to("?x y", 307), "/%C3%A9?x%20y": OK}
    seen = walk(stage, pages)
    assert list(pages) == paths(seen)
    assert list(pages.values()) == [one.response for one in seen]
    assert [302, 301, 307, 200] == [one.exchange.status for one in seen]
    assert ["/a/b?c", "/%C3%A9", "/%C3%A9?x%20y"] == [
        (one.exchange.redirect_to or "").split("/", 3)[3].join("/ ").strip() for one in seen[:-1]
    ]
    assert None is seen[-1].exchange.redirect_to


def test_redirect_without_address(stage: Stage) -> None:
    """A redirect to what cannot be resolved ends the visit, and says so."""
    seen = walk(stage, {"/": to("http://[")})
    assert [(Ended.WHOLE, "The redirect names no address that could be resolved.")] == [
        (one.exchange.ended, one.exchange.reason) for one in seen
    ]


def test_loop_ends(stage: Stage) -> None:
    """A chain that comes back to a request it made ends there, and says so."""
    seen = walk(stage, {"/": to("/a"), "/a": to("/b"), "/b": to("/a#again")})
    assert ["/", "/a", "/b"] == paths(seen)
    assert True is ("leads back to" in seen[-1].exchange.reason)
    assert (Ended.WHOLE, True) == (seen[-1].exchange.ended, seen[-1].exchange.redirect_to is not None)


def test_redirect_to_self_with_a_cookie_is_no_loop(stage: Stage) -> None:
    """A page that sets a cookie and sends the client to itself is asked again, with the cookie."""

    async def play(world: World) -> list[Seen]:
        async def script(peer: Peer) -> None:
            while head := await peer.request():
                await peer.say(OK if b"Cookie: seen=1" in head else to("/", 302, "Set-Cookie: seen=1"))

        server = await world.serve(script)
        return await world.visit(server.url())

    assert [302, 200] == [one.exchange.status for one in stage(play)]


def test_long_chain_ends(stage: Stage) -> None:
    """A chain longer than the limit ends with its last redirect, and says so."""
    pages = {"/": to("/1"), **{f"/{index}": to(f"/{index + 1}") for index in range(1, 20)}}
    seen = walk(stage, pages, redirects=3)
    assert ["/", "/1", "/2", "/3"] == paths(seen)
    assert True is seen[-1].exchange.reason.startswith("More than 3 redirects; ")


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ("ftp://files.test/", "neither http nor https"),
        ("mailto:a@b.test", "neither http nor https"),
        ("data:text/html,hello", "neither http nor https"),
        ("http://169.254.169.254/latest/meta-data/", "metadata"),
        ("http://0xa9fea9fe/", "metadata"),
        ("http://[::ffff:169.254.169.254]/", "metadata"),
        ("http://inner.test/", "metadata"),
        ("http://user:secret@127.0.0.1/", "user name or password"),
        ("http://127.0.0.1:25/", "Port 25"),
    ],
)
def test_redirect_to_a_forbidden_place(stage: Stage, place: str, word: str) -> None:
    """A hop to where we must not go is an exchange of its own: refused, without a byte."""

    async def play(world: World) -> list[Seen]:
        server = await site(world, {"/": to(place)})
        world.names = {"inner.test": ["169.254.169.254"]}
        return await world.visit(server.url())

    redirect, refused = stage(play)
    assert Ended.WHOLE is redirect.exchange.ended
    assert (Ended.REFUSED, None, None) == (refused.exchange.ended, refused.request, refused.response)
    assert True is (word in refused.exchange.reason), refused.exchange.reason
    assert redirect.exchange.redirect_to == refused.exchange.url


def test_loopback_is_refused_unless_allowed(stage: Stage) -> None:
    """Without permission nothing is sent to the machine itself."""

    async def play(world: World) -> tuple[Seen, int]:
        server = await site(world, {"/": OK})
        return await world.get(server.url()), len(server.peers)

    seen, connections = stage(play, allow_private=False)
    assert (Ended.REFUSED, 0) == (seen.exchange.ended, connections)
    assert True is ("127.0.0.0/8: loopback" in seen.exchange.reason)


def test_one_bad_address_refuses_the_name(stage: Stage) -> None:
    """A name with a public and a private address is refused, whichever comes first."""

    async def play(world: World) -> list[Ended]:
        world.names = {"one.test": ["93.184.215.14", "10.0.0.1"], "two.test": ["::1", "93.184.215.14"]}
        return [(await world.get(UriR(f"http://{name}/"))).exchange.ended for name in world.names]

    assert [Ended.REFUSED, Ended.REFUSED] == stage(play, allow_private=False)


def test_name_is_looked_up_once(stage: Stage) -> None:
    """A name that changes its answer after the check gains nothing: it is not looked up again."""

    async def play(world: World) -> tuple[list[Ended], list[str]]:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(OK)

        server = await world.serve(script)
        world.names = {"page.test": [LOOPBACK]}
        first = await asyncio.gather(*(world.get(server.url(host="page.test")) for _ in range(3)))
        world.names = {"page.test": ["169.254.169.254"]}
        again = await world.get(server.url(host="page.test"))
        return [one.exchange.ended for one in (*first, again)], world.lookups

    assert ([Ended.WHOLE] * 4, ["page.test"]) == stage(play)


def test_next_address_is_tried(stage: Stage) -> None:
    """When an address does not answer the next one is tried, and is the first one from then on."""

    async def play(world: World) -> list[str | None]:
        server = await site(world, {"/": OK})
        world.names = {"page.test": ["127.0.0.2", "::1", LOOPBACK]}
        return [(await world.get(server.url(host="page.test"))).exchange.peer for _ in range(2)]

    assert [LOOPBACK, LOOPBACK] == stage(play)


def test_unknown_name_is_a_failure(stage: Stage) -> None:
    """A name that cannot be looked up is a failure that names it."""

    async def play(world: World) -> Seen:
        return await world.get(UriR("http://nowhere.test/"))

    seen = stage(play)
    expected = (Ended.FAILED, "The name nowhere.test could not be looked up: no such name.")
    assert expected == (seen.exchange.ended, seen.exchange.reason)


def test_cookies_are_kept_for_the_capture(stage: Stage) -> None:
    """Cookies go back to the host that set them, also those of a redirect; a new capture has none."""

    async def play(world: World) -> list[bool]:
        pages = {"/": to("/in", 302, "Set-Cookie: a=1; Path=/", "set-cookie: b=2; Path=/in"), "/in": OK}
        server = await site(world, pages)
        world.names = {"other.test": [LOOPBACK]}
        seen = await world.visit(server.url())
        other = await world.get(server.url("/in", host="other.test"))
        world.configure()
        fresh = await world.get(server.url("/in"))
        return [b"Cookie: b=2; a=1\r\n" in (one.request or b"") for one in (*seen, other, fresh)]

    assert [False, True, False, False] == stage(play)


def test_referer_follows_the_policy_on_every_hop(stage: Stage) -> None:
    """The Referer is judged anew for each hop: whole within the origin, the origin across."""

    async def play(world: World) -> list[bytes]:
        there = await site(world, {"/": OK})
        here = await site(world, {"/": to(there.url())})
        seen = await world.visit(here.url(), referer=here.url("/page?q"))
        return [(one.request or b"").replace(str(here.port).encode(), b"HERE") for one in seen]

    first, second = stage(play)
    assert True is (b"\r\nReferer: http://127.0.0.1:HERE/page?q\r\n" in first)
    assert True is (b"\r\nReferer: http://127.0.0.1:HERE/\r\n" in second)


def test_redirect_with_a_cut_body_is_followed(stage: Stage) -> None:
    """A redirect whose body is cut short still leads on; its own end is not hidden."""
    cut = b"HTTP/1.1 302 Go\r\nLocation: /a\r\nContent-Length: 100\r\nConnection: close\r\n\r\nshort"

    async def play(world: World) -> list[Seen]:
        async def script(peer: Peer) -> None:
            await peer.say(cut if b"GET / " in await peer.request() else OK)

        server = await world.serve(script)
        return await world.visit(server.url())

    assert [Ended.DISCONNECT, Ended.WHOLE] == [one.exchange.ended for one in stage(play)]
