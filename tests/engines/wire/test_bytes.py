"""Are the bytes of the connection kept exactly, whatever a server says?"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from preserve.model.exchange import Ended

if TYPE_CHECKING:
    from tests.engines.wire.conftest import Peer, Seen, Stage, World

HEAD = b"HTTP/1.1 200 OK\r\nServer: x\r\n"
BODY = bytes(range(256)) * 300

# What a server says, and whether it is whole to a client that follows RFC 9112.
WHOLE = {
    "length": HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "empty body": HEAD + b"Content-Length: 0\r\n\r\n",
    "chunked": HEAD
    + b'Transfer-Encoding: chunked\r\n\r\n5;x=1;y="z"\r\nhello\r\n0A\r\n0123456789\r\n0\r\n\r\n',
    "trailers": HEAD
    + b"Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n1\r\na\r\n000;last\r\nX: 1\r\nY: 2\r\n\r\n",
    "gzip": HEAD
    + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(BODY, mtime=0))
    + gzip.compress(BODY, mtime=0),
    "close-delimited": HEAD + b"\r\n" + BODY,
    "bare LF": b"HTTP/1.1 200 OK\nContent-Length: 3\nX:  y \n\nabc",
    "folded and odd fields": HEAD + b"X: a\r\n b\r\nno colon\r\nName : v\r\nContent-Length: 2\r\n\r\nok",
    "conflicting lengths": HEAD + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
    "length and chunked": HEAD
    + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    "HTTP/0.9": b"<html>no head at all</html>",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\nbody",
    "ICY": b"ICY 200 OK\r\nicy-name: x\r\n\r\nnoise",
    "NUL in the head": HEAD + b"X: \x00\x01\xff\r\nContent-Length: 1\r\n\r\n!",
    "204": b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
    "304": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
    "no reason phrase": b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na",
}
CUT = {
    "in the head": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "in the status line": b"HTT",
    "in the body": HEAD + b"Content-Length: 100\r\n\r\nonly this",
    "in a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\nonly this",
    "before the last chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
    "where a chunk size should be": HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\nmore",
}


def ask(
    stage: Stage, said: bytes, *, method: str = "GET", piece: int = 1 << 20, **limits: float
) -> tuple[Seen, Peer]:
    """Return what the client kept, and the server's own record."""

    async def play(world: World) -> tuple[Seen, Peer]:
        async def script(peer: Peer) -> None:
            await peer.request()
            for at in range(0, len(said), piece):
                await peer.say(said[at : at + piece])

        server = await world.serve(script)
        seen = await world.get(server.url("/path?query"), method=method)
        return seen, server.peers[0]

    return stage(play, limits=limits)


@pytest.mark.parametrize("piece", [1, 1 << 20], ids=["bytewise", "at once"])
@pytest.mark.parametrize("name", WHOLE)
def test_whole_response_is_kept(stage: Stage, name: str, piece: int) -> None:
    """A response that is whole by its framing is kept to the octet, and so is the request."""
    said = WHOLE[name] if piece > 1 else WHOLE[name][:2000]
    seen, peer = ask(stage, said, piece=piece)
    if said == WHOLE[name]:
        assert (Ended.WHOLE, "") == (seen.exchange.ended, seen.exchange.reason)
    assert said == bytes(peer.said) == seen.response
    assert bytes(peer.heard) == seen.request
    assert None is seen.interim


@pytest.mark.parametrize("name", CUT)
def test_cut_response_is_kept(stage: Stage, name: str) -> None:
    """Of a response that the server cuts short, every octet that came is kept, and the reason is said."""
    seen, _ = ask(stage, CUT[name])
    assert Ended.DISCONNECT is seen.exchange.ended
    assert CUT[name] == seen.response
    assert seen.exchange.reason.endswith(".")


def test_cut_body_is_counted(stage: Stage) -> None:
    """The reason of a cut body names what came and what was promised."""
    seen, _ = ask(stage, CUT["in the body"])
    assert "The server ended the connection. 9 of 100 bytes of the body came." == seen.exchange.reason


def test_interim_responses_stand_apart(stage: Stage) -> None:
    """All 1xx responses are kept whole, and apart from the final response."""
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    seen, _ = ask(stage, early + WHOLE["length"], piece=7)
    assert early == seen.interim
    assert WHOLE["length"] == seen.response
    assert 200 == seen.exchange.status


def test_only_interim_responses(stage: Stage) -> None:
    """A server that says nothing but 1xx has not answered; what it said is kept."""
    early = b"HTTP/1.1 102 Processing\r\n\r\n"
    seen, _ = ask(stage, early)
    assert (Ended.FAILED, early, None) == (seen.exchange.ended, seen.interim, seen.response)


def test_head_has_no_body(stage: Stage) -> None:
    """The answer to HEAD ends with its head, whatever length it gives."""
    said = HEAD + b"Content-Length: 100\r\n\r\n"
    seen, _ = ask(stage, said, method="HEAD")
    assert (Ended.WHOLE, said) == (seen.exchange.ended, seen.response)


def test_empty_reply(stage: Stage) -> None:
    """A connection closed without an octet is a failure; the request that was sent is kept."""
    seen, peer = ask(stage, b"")
    assert (Ended.FAILED, None) == (seen.exchange.ended, seen.response)
    assert bytes(peer.heard) == seen.request
    assert "No response came. The server ended the connection." == seen.exchange.reason


def test_reset_keeps_what_came(stage: Stage) -> None:
    """A body that only the connection's end would end is not whole when the connection is reset."""

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(HEAD + b"\r\nsome")
            await world.kept(2)
            peer.reset()

        server = await world.serve(script)
        return await world.get(server.url())

    seen = stage(play)
    assert (Ended.DISCONNECT, HEAD + b"\r\nsome") == (seen.exchange.ended, seen.response)


def test_surplus_belongs_to_no_response(stage: Stage) -> None:
    """Octets after the end of a response are not kept with it, and the connection is not used again."""

    async def play(world: World) -> tuple[list[Seen], int]:
        async def script(peer: Peer) -> None:
            while await peer.request():
                await peer.say(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + b"HTTP/1.1 200 poison\r\n\r\n"
                )

        server = await world.serve(script)
        seen = [await world.get(server.url()) for _ in range(3)]
        return seen, len(server.peers)

    seen, connections = stage(play)
    assert [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"] * 3 == [one.response for one in seen]
    assert 3 == connections


def test_upgrade_is_not_waited_for(stage: Stage) -> None:
    """A 101 that nobody asked for ends the exchange with its head."""

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
            await peer.until_gone()

        server = await world.serve(script)
        return await world.get(server.url())

    seen = stage(play)
    assert (Ended.WHOLE, 101) == (seen.exchange.ended, seen.exchange.status)


def test_body_limit_is_exact(stage: Stage) -> None:
    """Of a body longer than the limit, as many octets as the limit are kept."""
    seen, _ = ask(stage, WHOLE["length"], body_bytes=1000)
    assert (Ended.LENGTH, WHOLE["length"][: -len(BODY) + 1000]) == (seen.exchange.ended, seen.response)
    assert (
        "The body is longer than 1000 bytes, the limit for one response; the rest was left."
        == seen.exchange.reason
    )


def test_body_of_the_limit_is_whole(stage: Stage) -> None:
    """A body exactly as long as the limit is whole."""
    seen, _ = ask(stage, WHOLE["close-delimited"], body_bytes=len(BODY))
    assert Ended.WHOLE is seen.exchange.ended


def test_endless_body_ends(stage: Stage) -> None:
    """A body without end is left at the limit."""

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            while True:
                await peer.say(b"1000\r\n" + bytes(4096) + b"\r\n")

        server = await world.serve(script)
        return await world.get(server.url())

    seen = stage(play, limits={"body_bytes": 1 << 20})
    assert Ended.LENGTH is seen.exchange.ended
    assert len(HEAD) + 30 + (1 << 20) == len(seen.response or b"")


@pytest.mark.parametrize(
    ("filler", "ended"),
    [(b"X: y\r\n", Ended.LENGTH), (b"HTTP/1.1 103 Hint\r\n\r\n", Ended.FAILED)],
    ids=["fields", "interim"],
)
def test_endless_head_ends(stage: Stage, filler: bytes, ended: Ended) -> None:
    """A head without end is left at the limit; so are interim responses, which are no answer, and kept."""

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(b"HTTP/1.1 103 Hint\r\n" if b"103" in filler else b"HTTP/1.1 200 OK\r\n")
            await peer.say(b"\r\n" if b"103" in filler else b"")
            while True:
                await peer.say(filler * 1000)

        server = await world.serve(script)
        return await world.get(server.url())

    seen = stage(play, limits={"head_bytes": 20_000})
    kept = len(seen.response or b"") + len(seen.interim or b"")
    assert (ended, True) == (seen.exchange.ended, 20_000 <= kept < 20_100)


def test_reply_without_head_is_no_long_head(stage: Stage) -> None:
    """A reply of HTTP/0.9 longer than the limit for heads is a body, and whole."""
    said = b"<html>" + bytes(50_000)
    seen, _ = ask(stage, said, head_bytes=1000)
    assert (Ended.WHOLE, said, None) == (seen.exchange.ended, seen.response, seen.exchange.status)


def test_long_trailers_are_kept(stage: Stage) -> None:
    """A trailer section longer than the limit is kept unread, and said."""
    said = HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + b"X: y\r\n" * 500 + b"\r\n"
    seen, _ = ask(stage, said, head_bytes=1000)
    assert (Ended.LENGTH, said) == (seen.exchange.ended, seen.response)


def test_capture_limit(stage: Stage) -> None:
    """What all responses together may take is kept to; after that nothing is asked for."""

    async def play(world: World) -> list[Seen]:
        async def script(peer: Peer) -> None:
            while await peer.request():
                await peer.say(HEAD + b"Content-Length: 600\r\n\r\n" + bytes(600))

        server = await world.serve(script)
        return [await world.get(server.url(f"/{index}")) for index in range(3)]

    seen = stage(play, limits={"capture_bytes": 1000})
    assert [Ended.WHOLE, Ended.LENGTH, Ended.REFUSED] == [one.exchange.ended for one in seen]
    assert (None, None) == (seen[2].request, seen[2].response)
