"""What may be asked for when robots.txt is obeyed?"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs
import pytest

from preserve.disk import Spool
from preserve.engines.wire.robots import Rules, read_rules, robots_url
from preserve.model.capture import RobotsPolicy
from preserve.model.exchange import Ended, Exchange
from preserve.model.url import UriR
from tests.engines.wire.conftest import LOOPBACK, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.engines.wire.conftest import Peer, Seen, Server, Stage, World

AT = dt.datetime(2026, 11, 22, 10, 15, tzinfo=dt.UTC)
ORIGIN = "https://example.org"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def page(body: bytes, *fields: str, status: int = 200) -> bytes:
    """Return an answer."""
    lines = [f"HTTP/1.1 {status} X", *fields, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def to(where: str) -> bytes:
    """Return a redirect."""
    return page(b"", f"Location: {where}", status=302)


def rules(said: bytes | None, *, ended: Ended = Ended.WHOLE, agent: str = "preserve") -> Rules:
    """Return the rules that an answer, or none, makes."""
    spool = Spool()
    spool.write(said or b"")
    head, _, _ = (said or b"").partition(b"\r\n\r\n")
    lines = [line.partition(b": ")[::2] for line in head.split(b"\r\n")[1:]]
    answer = Exchange(
        url=UriR(f"{ORIGIN}/robots.txt"),
        method="GET",
        began_at=AT,
        ended_at=AT,
        ended=ended,
        reason="" if ended is Ended.WHOLE else "Connection refused.",
        response=spool if said is not None else None,
        status=int(head.split()[1]) if said else None,
        fields=tuple(lines),
    )
    found = read_rules(ORIGIN, agent, answer)
    answer.close()
    return found


def allowed(found: Rules, *paths: str) -> list[bool]:
    """Return for each path whether it may be asked for."""
    return [not found.refuse(UriR(ORIGIN + path)) for path in paths]


def test_rules_stand_at_the_origin() -> None:
    """The rules for a URL are in /robots.txt of its scheme, host and port."""
    assert "http://a.test:8080/robots.txt" == robots_url("http://a.test:8080/a/b?c")


def test_disallowed_paths_are_refused() -> None:
    """Disallow and Allow are kept to, the longest match first, wildcards and anchors too."""
    found = rules(page(b"User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.pdf$\n"))
    assert [False, True, False, True, True] == allowed(found, "/a/c", "/a/b", "/x.pdf", "/x.pdf?y", "/")
    assert (
        "The robots.txt of https://example.org does not allow preserve to ask for https://example.org/a "
        "(RFC 9309)." == found.refuse(UriR(f"{ORIGIN}/a"))
    )


def test_rules_for_us_go_before_those_for_all() -> None:
    """A group that names us is the one that counts, in any case of letters."""
    said = page(b"User-agent: *\nDisallow: /\n\nUser-agent: Preserve\nDisallow: /private\nCrawl-delay: 3\n")
    assert [True, False] == allowed(rules(said), "/", "/private/x")
    assert [False] == allowed(rules(said, agent="other"), "/")
    assert [3.0, 0.0] == [rules(said).delay_s, rules(said, agent="other").delay_s]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 301])
def test_no_rules_allow_everything(status: int) -> None:
    """An origin that has no robots.txt, or does not give it out, allows everything: RFC 9309, 2.3.1.3."""
    assert [True] == allowed(rules(page(b"User-agent: *\nDisallow: /\n", status=status)), "/a")


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        (page(b"", status=503), Ended.WHOLE),
        (page(b"", status=500), Ended.WHOLE),
        (None, Ended.FAILED),
        (b"", Ended.TIME),
    ],
    ids=["503", "500", "no connection", "no status"],
)
def test_unreachable_rules_forbid_everything(said: bytes | None, ended: Ended) -> None:
    """When robots.txt cannot be had because of the server, nothing may be asked: RFC 9309, 2.3.1.4."""
    why = rules(said, ended=ended).refuse(UriR(f"{ORIGIN}/a"))
    assert True is why.startswith("The robots.txt of https://example.org could not be had"), why
    assert True is why.endswith(".")


def test_refused_address_has_no_rules() -> None:
    """Where the guard forbids to ask for robots.txt, the guard answers for the rest too."""
    assert [True] == allowed(rules(None, ended=Ended.REFUSED), "/a")


@pytest.mark.parametrize(
    "said",
    [
        page(gzip.compress(b"User-agent: *\nDisallow: /a\n"), "Content-Encoding: gzip"),
        CHUNKED + b"1b\r\nUser-agent: *\nDisallow: /a\n\r\n0\r\n\r\n",
        page(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /a\r\n"),
        page(b"User-agent: *\nDisallow: /a\n" + b"\xff\xfe\x00" * 100),
        page(b"User-agent: *\nDisallow: /a\n" + b"# filling\n" * 200_000),
        page(b"User-agent: *\nDisallow: /a\n", "Content-Encoding: gzip")[:-3],
    ],
    ids=["gzip", "chunked", "byte order mark", "no text", "two megabytes", "no gzip"],
)
def test_any_form_of_the_rules_is_read(said: bytes) -> None:
    """Rules are found in whatever form they come; what cannot be decoded holds none."""
    readable = b"gzip" not in said or b"\x1f\x8b" in said
    assert [not readable, True] == allowed(rules(said), "/a", "/b")


async def site(world: World, pages: Mapping[str, bytes]) -> Server:
    """Serve pages by path; anything else is 404."""

    async def script(peer: Peer) -> None:
        while head := await peer.request():
            await peer.say(pages.get(head.split()[1].decode(), page(b"", status=404)))

    return await world.serve(script)


def obeying(world: World, **wishes: object) -> None:
    """Begin a capture that obeys."""
    world.wishes = {"robots": RobotsPolicy.OBEY, **wishes}
    world.configure()


def summary(seen: list[Seen]) -> list[tuple[str, bool, Ended]]:
    """Return path, whether it was asked aside, and the end of each exchange."""
    return [(f"/{one.exchange.url.split('/', 3)[3]}", one.exchange.aside, one.exchange.ended) for one in seen]


def test_rules_come_before_the_page(stage: Stage) -> None:
    """robots.txt is asked for before anything else of its origin, once, and yielded as an aside."""

    async def play(world: World) -> list[list[tuple[str, bool, Ended]]]:
        server = await site(world, {"/robots.txt": page(b"User-agent: *\nDisallow: /no\n"), "/": OK})
        obeying(world)
        return [summary(await world.visit(server.url(path))) for path in ("/", "/no", "/robots.txt", "/")]

    whole, refused = Ended.WHOLE, Ended.REFUSED
    assert [
        [("/robots.txt", True, whole), ("/", False, whole)],
        [("/no", False, refused)],
        [("/robots.txt", False, whole)],
        [("/", False, whole)],
    ] == stage(play)


def test_without_obedience_nothing_is_asked_before(stage: Stage) -> None:
    """When robots.txt is ignored the engine does not ask for it."""

    async def play(world: World) -> list[tuple[str, bool, Ended]]:
        server = await site(world, {"/robots.txt": page(b"User-agent: *\nDisallow: /\n"), "/": OK})
        return summary(await world.visit(server.url()))

    assert [("/", False, Ended.WHOLE)] == stage(play)


def test_every_hop_is_held_against_its_rules(stage: Stage) -> None:
    """A redirect to another origin asks for that one's rules, and does not get past them."""

    async def play(world: World) -> list[Seen]:
        there = await site(world, {"/robots.txt": page(b"User-agent: preserve\nDisallow: /\n"), "/x": OK})
        here = await site(world, {"/": to(there.url("/x"))})
        obeying(world)
        return await world.visit(here.url())

    seen = stage(play)
    assert [
        ("/robots.txt", True, Ended.WHOLE),
        ("/", False, Ended.WHOLE),
        ("/robots.txt", True, Ended.WHOLE),
        ("/x", False, Ended.REFUSED),
    ] == summary(seen)
    assert True is ("does not allow preserve" in seen[-1].exchange.reason)


def test_rules_behind_a_redirect(stage: Stage) -> None:
    """Redirects of robots.txt are followed, all of them aside, and the rules are for the first origin."""

    async def play(world: World) -> list[tuple[str, bool, Ended]]:
        pages = {"/robots.txt": to("/rules"), "/rules": page(b"User-agent: *\nDisallow: /\n"), "/": OK}
        server = await site(world, pages)
        obeying(world)
        return summary(await world.visit(server.url()))

    assert [
        ("/robots.txt", True, Ended.WHOLE),
        ("/rules", True, Ended.WHOLE),
        ("/", False, Ended.REFUSED),
    ] == stage(play)


def test_one_request_for_all_who_wait(stage: Stage) -> None:
    """Visits side by side share one request for robots.txt; if its visit is cut short, another asks."""

    async def play(world: World) -> tuple[int, list[Ended]]:
        asked = 0
        go = asyncio.Event()

        async def script(peer: Peer) -> None:
            nonlocal asked
            while head := await peer.request():
                if b"/robots.txt" in head:
                    asked += 1
                    await go.wait()
                await peer.say(OK)

        server = await world.serve(script)
        obeying(world)
        visits = [asyncio.create_task(world.get(server.url(f"/{index}"))) for index in range(5)]
        await world.kept(1)
        visits[0].cancel()
        await asyncio.wait({visits[0]})
        go.set()
        seen = await asyncio.gather(*visits[1:])
        return asked, [one.exchange.ended for one in seen]

    assert (2, [Ended.WHOLE] * 4) == stage(play)


def test_visit_left_at_the_rules_holds_nobody_up(stage: Stage) -> None:
    """A caller who stops at an aside leaves the rules to be asked for by the next."""

    async def play(world: World) -> list[tuple[str, bool, Ended]]:
        server = await site(world, {"/": OK})
        obeying(world)
        visit = world.engine.visit(world.task(server.url()))
        first = await anext(visit)
        assert isinstance(first, Exchange)
        read(first)
        await visit.aclose()
        return summary(await world.visit(server.url()))

    assert [("/robots.txt", True, Ended.WHOLE), ("/", False, Ended.WHOLE)] == stage(play)


def test_crawl_delay_is_kept(stage: Stage) -> None:
    """When robots.txt is obeyed its Crawl-delay lies between the starts of all further requests."""

    async def play(world: World) -> list[int]:
        heard: list[float] = []

        async def script(peer: Peer) -> None:
            while head := await peer.request():
                heard.append(asyncio.get_running_loop().time())
                await peer.say(page(b"User-agent: *\nCrawl-delay: 11\n") if b"/robots" in head else OK)

        server = await world.serve(script)
        obeying(world)
        await asyncio.gather(*(world.get(server.url(f"/{index}")) for index in range(3)))
        return [round(later - earlier) for earlier, later in pairwise(heard)]

    assert [11, 11, 11] == stage(play, jumping=True)


def test_rules_name_the_agent_that_is_sent(stage: Stage) -> None:
    """Rules are looked up under the name that the User-Agent gives."""

    async def play(world: World) -> list[Ended]:
        server = await site(world, {"/robots.txt": page(b"User-agent: otherbot\nDisallow: /\n"), "/": OK})
        ends = []
        for agent in ("", "OtherBot/2.0 (+https://example.org)", "Mozilla/5.0 (compatible; OtherBot/2.0)"):
            obeying(world, user_agent=agent)
            ends.append((await world.get(server.url())).exchange.ended)
        return ends

    assert [Ended.WHOLE, Ended.REFUSED, Ended.REFUSED] == stage(play)


def test_guard_speaks_before_the_rules(stage: Stage) -> None:
    """An address that may not be connected to is refused for that, not for its robots.txt."""

    async def play(world: World) -> list[Seen]:
        obeying(world)
        return await world.visit(UriR("http://127.0.0.1:8080/"))

    seen = stage(play, allow_private=False)
    assert [("/robots.txt", True, Ended.REFUSED), ("/", False, Ended.REFUSED)] == summary(seen)
    assert True is ("loopback" in seen[-1].exchange.reason)


def test_what_cannot_be_asked_for_has_no_rules(stage: Stage) -> None:
    """A redirect to what is no web address is refused as such."""

    async def play(world: World) -> list[Seen]:
        server = await site(world, {"/": to("ftp://files.test/")})
        world.names = {"page.test": [LOOPBACK]}
        obeying(world)
        return await world.visit(server.url())

    assert True is ("neither http nor https" in stage(play)[-1].exchange.reason)


def test_rules_do_not_show_their_parser() -> None:
    """The parsed rules are left out where rules are shown."""
    assert "Protego" not in repr(attrs.evolve(rules(page(b"User-agent: *\n")), closed=""))
