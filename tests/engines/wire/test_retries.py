"""Which requests are repeated, when, and is every attempt kept?"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from preserve.engines.wire.retries import Again, Retries, retry_after_s
from preserve.model.capture import Limits
from preserve.model.exchange import Ended, Exchange
from preserve.model.url import UriR
from tests.engines.wire.conftest import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.engines.wire.conftest import Peer, Seen, Stage, World

AT = dt.datetime(2026, 11, 22, 10, 15, tzinfo=dt.UTC)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def busy(status: int, *fields: str) -> bytes:
    """Return an answer that says: not now."""
    lines = [f"HTTP/1.1 {status} Later", *fields, "Content-Length: 4", "", "busy"]
    return "\r\n".join(lines).encode()


def told(
    status: int | None = 503,
    *,
    method: str = "GET",
    retry_after: str | None = None,
    transient: bool = False,
    ended: Ended = Ended.WHOLE,
) -> Exchange:
    """Return what came of an attempt."""
    return Exchange(
        url=UriR("http://a.test/"),
        method=method,
        began_at=AT,
        ended_at=AT,
        ended=ended,
        status=status,
        fields=((b"Retry-After", retry_after.encode()),) if retry_after is not None else (),
        transient=transient,
    )


def after(exchange: Exchange, attempts: int = 1, *, random: float = 0.0, **limits: float) -> Again:
    """Return what the policy says of an attempt."""
    policy = Retries(limits=Limits(**limits), random=lambda: random)  # type: ignore[arg-type]  # whole where asked
    return policy.after(exchange, attempts)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_statuses_that_pass_are_repeated(status: int) -> None:
    """An answer that says not now is asked for again after a wait that grows and is spread."""
    waits = [
        after(told(status), attempts, random=random, retries=3).wait_s
        for attempts in (1, 2, 3)
        for random in (0.0, 1.0)
    ]
    assert [0.5, 1.0, 1.0, 2.0, 2.0, 4.0] == waits


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 410, 451, 501, 505])
def test_other_statuses_are_answers(status: int) -> None:
    """Any other status is what the server means, and is not asked for again."""
    assert Again(wait_s=None) == after(told(status))


@pytest.mark.parametrize(
    "exchange",
    [
        told(503, method="POST"),
        told(None, transient=True, ended=Ended.FAILED, method="PUT"),
        told(None, ended=Ended.FAILED),
        told(None, ended=Ended.REFUSED),
        told(503, ended=Ended.DISCONNECT),
        told(200, ended=Ended.TIME),
    ],
    ids=["POST", "PUT", "deadline", "refused", "cut", "late"],
)
def test_what_is_not_safe_or_does_not_pass_is_not_repeated(exchange: Exchange) -> None:
    """Other methods, deadlines, refusals and answers that came in part are not repeated."""
    assert Again(wait_s=None) == after(exchange)


def test_attempts_are_counted() -> None:
    """After the last repetition the sentence says how often was asked; none at all says nothing."""
    assert Again(wait_s=None, why="It was asked for 3 times.") == after(told(), 3)
    assert Again(wait_s=None) == after(told(), 1, retries=0)


def test_retry_after_is_kept_to() -> None:
    """The server's own wait goes before ours when it is the longer one, and holds up its host."""
    assert Again(wait_s=30, why="It was asked for again after 30 s.", hold=True) == after(
        told(retry_after="30")
    )
    assert 2.0 == after(told(retry_after="1"), 2, random=1.0).wait_s


def test_retry_after_is_bounded() -> None:
    """A server that wants to wait longer than the limit is not asked again, and the sentence says so."""
    again = after(told(retry_after="3600"), retry_s=60)
    assert (None, True) == (again.wait_s, "at the earliest" in again.why)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Sun, 22 Nov 2026 10:15:30 GMT", 30.0),
        ("Sunday, 22-Nov-26 10:15:30 GMT", 30.0),
        ("Sun Nov 22 10:15:30 2026", 30.0),
        ("Sun, 22 Nov 2026 10:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("9" * 40, None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    """Retry-After is read as RFC 9110 has it, 10.2.3; anything else is as if it were not there."""
    assert seconds == retry_after_s(told(retry_after=value))


def test_an_origin_given_up_is_asked_once() -> None:
    """When every attempt to reach an origin has failed, later requests to it are made once."""
    policy = Retries(limits=Limits(retries=1), random=lambda: 0.0)
    down = told(None, transient=True, ended=Ended.FAILED)
    assert [0.5, None, None] == [policy.after(down, attempts).wait_s for attempts in (1, 2, 1)]
    assert 0.5 == policy.after(told(503), 1).wait_s


def ask(
    stage: Stage, answers: Sequence[bytes], *, method: str = "GET", retries: int = 2
) -> tuple[list[Seen], list[float]]:
    """Visit a server that gives one answer after the other (none: it resets); return when it was asked."""

    async def play(world: World) -> tuple[list[Seen], list[float]]:
        left = list(answers)
        heard: list[float] = []

        async def script(peer: Peer) -> None:
            while await peer.request():
                heard.append(asyncio.get_running_loop().time())
                said = left.pop(0)
                if not said:
                    peer.reset()
                    return
                await peer.say(said)

        server = await world.serve(script)
        world.engine.random = lambda: 1.0
        world.configure()
        seen = await world.visit(server.url(), method=method)
        return seen, [round(at - heard[0]) for at in heard]

    return stage(play, limits={"retries": retries}, jumping=True)


def test_every_attempt_is_kept(stage: Stage) -> None:
    """Each attempt is an exchange of its own with its bytes and a reason; the last is the answer."""
    answers = [busy(503), busy(500), OK]
    seen, heard = ask(stage, answers)
    assert answers == [one.response for one in seen]
    assert [0, 1, 3] == heard
    assert ["It was asked for again after 1 s.", "It was asked for again after 2 s.", ""] == [
        one.exchange.reason for one in seen
    ]


def test_the_last_attempt_is_the_answer(stage: Stage) -> None:
    """A server that stays busy has answered so, and the reason counts the attempts."""
    seen, heard = ask(stage, [busy(503)] * 3)
    assert ([503] * 3, 3) == ([one.exchange.status for one in seen], len(heard))
    assert (Ended.WHOLE, "It was asked for 3 times.") == (seen[-1].exchange.ended, seen[-1].exchange.reason)


def test_a_reset_before_any_byte_is_repeated(stage: Stage) -> None:
    """A connection that breaks before one octet of an answer is tried again; the request sent is kept."""
    seen, _ = ask(stage, [b"", OK])
    assert [Ended.FAILED, Ended.WHOLE] == [one.exchange.ended for one in seen]
    assert seen[0].request == seen[1].request


def test_head_is_repeated_and_post_is_not(stage: Stage) -> None:
    """HEAD is repeated as GET is; a POST is made once."""
    assert 2 == len(ask(stage, [b"", b"HTTP/1.1 200 OK\r\n\r\n"], method="HEAD")[0])
    assert 1 == len(ask(stage, [busy(503), OK], method="POST")[0])


def test_retry_after_of_a_server(stage: Stage) -> None:
    """A server that asks for a wait is asked after it."""
    _, heard = ask(stage, [busy(429, "Retry-After: 40"), OK])
    assert [0, 40] == heard


def test_retry_after_holds_the_host(stage: Stage) -> None:
    """While a host wants to be left alone, nothing else is asked of it either."""

    async def play(world: World) -> list[float]:
        heard: list[float] = []

        async def script(peer: Peer) -> None:
            while await peer.request():
                heard.append(asyncio.get_running_loop().time())
                await peer.say(OK if heard[1:] else busy(503, "Retry-After: 20"))

        server = await world.serve(script)
        first = asyncio.create_task(world.get(server.url("/1")))
        await asyncio.sleep(2)
        await asyncio.gather(first, world.get(server.url("/2")))
        return [round(at - heard[0]) for at in heard]

    assert [0, 20, 20] == stage(play, limits={"retries": 1}, jumping=True)


def test_refused_connection_is_repeated_and_given_up(stage: Stage) -> None:
    """A port where nobody listens is tried as often as allowed, later pages of it once."""

    async def play(world: World) -> list[int]:
        server = await world.serve(lambda peer: peer.until_gone())
        await server.stop()
        return [len(await world.visit(server.url(path))) for path in ("/1", "/2")]

    assert [3, 1] == stage(play, limits={"retries": 2}, jumping=True)


def test_an_unknown_name_is_asked_once(stage: Stage) -> None:
    """A name that does not exist is not looked up again for one request."""

    async def play(world: World) -> int:
        return len(await world.visit(UriR("http://nowhere.test/")))

    assert 1 == stage(play, limits={"retries": 2})


def test_a_lost_race_is_kept_and_costs_no_repetition(stage: Stage) -> None:
    """What came of a kept connection that closes under the request is yielded, and not counted."""

    async def play(world: World) -> list[Seen]:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(OK)
            if len(server.peers) == 1:
                await peer.request()
            else:
                await peer.until_gone()

        server = await world.serve(script)
        world.names = {"page.test": [LOOPBACK]}
        await world.get(server.url("/1"))
        return await world.visit(server.url("/2"))

    lost, answer = stage(play)
    assert (Ended.FAILED, True, None) == (lost.exchange.ended, lost.exchange.reused, lost.response)
    assert True is (lost.request or b"").startswith(b"GET /2 ")
    assert True is lost.exchange.reason.endswith("it was asked again on a new one.")
    assert (Ended.WHOLE, OK, False) == (answer.exchange.ended, answer.response, answer.exchange.reused)


def test_cookies_of_a_busy_server_go_with_the_next_attempt(stage: Stage) -> None:
    """A repetition is a request of its own: it carries the cookies that the attempt before it set."""
    seen, _ = ask(stage, [busy(503, "Set-Cookie: pass=1"), OK])
    assert True is (b"\r\nCookie: pass=1\r\n" in (seen[1].request or b""))
