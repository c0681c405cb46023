"""Do secrets go to the page's origin and nowhere else, and is nothing kept of them but their length?"""

from __future__ import annotations

import base64

import pytest

from preserve.engines.wire.credentials import Confidant, basic
from preserve.model.capture import CaptureRequest
from preserve.model.credentials import Credentials, GivenCookie
from preserve.model.url import UriR
from tests.engines.wire.conftest import LOOPBACK, Peer, Seen, Stage, World, now

SEED = UriR("https://example.org/post")
FIELDS = ((b"Host", b"example.org"), (b"Accept", b"*/*"), (b"Connection", b"keep-alive"))
SECRETS = Credentials(
    headers=(("X-Token", "s3cret-token"), ("accept", "text/html")),
    auth="anna:s3cret",
    cookies=(
        GivenCookie(name="sid", value="s3cret-cookie", domain="page.test", host_only=False),
        GivenCookie(name="theirs", value="s3cret-other", domain="other.test", host_only=True),
    ),
)


def test_what_is_sent_and_kept() -> None:
    """Given headers replace ours of that name, stand before Connection, and are kept as x of equal length."""
    sent, kept = Confidant(SECRETS, SEED).dress(SEED, FIELDS, None)
    credential = b"Basic " + base64.b64encode(b"anna:s3cret")
    assert (
        (b"Host", b"example.org"),
        (b"X-Token", b"s3cret-token"),
        (b"accept", b"text/html"),
        (b"Authorization", credential),
        (b"Connection", b"keep-alive"),
    ) == sent
    assert (
        (b"Host", b"example.org"),
        (b"X-Token", b"x" * 12),
        (b"accept", b"x" * 9),
        (b"Authorization", b"x" * len(credential)),
        (b"Connection", b"keep-alive"),
    ) == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/post",
        "https://example.org:8443/post",
        "https://www.example.org/post",
        "https://example.org.evil.test/",
        "https://example.com/",
    ],
)
def test_other_origins_get_nothing(url: str) -> None:
    """Another scheme, host or port is another origin: nothing is added."""
    assert (FIELDS, None) == Confidant(SECRETS, SEED).dress(UriR(url), FIELDS, None)


def test_basic_is_utf_8() -> None:
    """User name and password go in UTF-8."""
    assert b"Basic " + base64.b64encode("änna:pässwort".encode()) == basic("änna:pässwort")


def begin(world: World, seed: UriR) -> None:
    """Begin a capture with all secrets."""
    world.engine.entrust(SECRETS)
    request = CaptureRequest(url=seed, as_given=seed, limits=world.limits, allow_private_network=True)
    world.engine.configure(request, spool=world.spool, clock=now)


def test_what_crosses_and_what_is_kept(stage: Stage) -> None:
    """The server gets the secrets; what is kept is as long, and differs in their octets only."""

    async def play(world: World) -> tuple[Seen, bytes]:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        server = await world.serve(script)
        world.names = {"page.test": [LOOPBACK]}
        begin(world, server.url(host="page.test"))
        seen = await world.get(server.url(host="page.test"))
        return seen, bytes(server.peers[0].heard)

    seen, heard = stage(play)
    kept = seen.request or b""
    assert all(secret in heard for secret in (b"s3cret-token", b"s3cret-cookie", basic("anna:s3cret")))
    assert b"s3cret" not in kept
    assert b"s3cret-other" not in heard
    assert len(heard) == len(kept)
    assert {ord("x")} == {ours for ours, theirs in zip(kept, heard, strict=True) if ours != theirs}
    assert b"Cookie: sid=xxxxxxxxxxxxx\r\n" in kept
    assert ("Cookie", "X-Token", "accept", "Authorization") == seen.exchange.redacted


def test_redirect_to_another_origin(stage: Stage) -> None:
    """Where the page leads elsewhere the secrets stay behind, cookies too; on the way back they go again."""

    async def play(world: World) -> list[bytes]:
        heads: list[bytes] = []

        async def script(peer: Peer) -> None:
            while head := await peer.request():
                heads.append(head)
                onward = {b"/a": "http://other.test:{}/b", b"/b": "http://page.test:{}/c"}
                where = onward.get(head.split(b" ")[1], "").format(server.port)
                status = b"302 Found\r\nLocation: " + where.encode() if where else b"200 OK"
                await peer.say(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

        server = await world.serve(script)
        world.names = {"page.test": [LOOPBACK], "other.test": [LOOPBACK]}
        begin(world, server.url("/a", host="page.test"))
        await world.visit(server.url("/a", host="page.test"))
        return heads

    first, second, third = stage(play)
    assert b"s3cret" not in second
    assert [True, True] == [b"s3cret-token" in head and b"s3cret-cookie" in head for head in (first, third)]


def test_cookies_of_the_server_stay(stage: Stage) -> None:
    """A cookie that the server sets is kept as sent, and so is one that it sets anew in the user's place."""

    async def play(world: World) -> list[Seen]:
        async def script(peer: Peer) -> None:
            while await peer.request():
                await peer.say(
                    b"HTTP/1.1 200 OK\r\nSet-Cookie: own=1\r\n"
                    b"Set-Cookie: sid=fresh; Domain=page.test; Path=/\r\nContent-Length: 0\r\n\r\n"
                )

        server = await world.serve(script)
        world.names = {"page.test": [LOOPBACK]}
        begin(world, server.url(host="page.test"))
        return [await world.get(server.url(f"/{n}", host="page.test")) for n in range(2)]

    first, second = stage(play)
    assert b"Cookie: sid=xxxxxxxxxxxxx\r\n" in (first.request or b"")
    assert b"sid=fresh" in (second.request or b"")
    assert b"own=1" in (second.request or b"")
    assert "Cookie" not in second.exchange.redacted
