"""Does every octet pass the proxy both ways, and into the exchange, however odd the server?"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING

import attrs
import pytest

from preserve.model.capture import Limits
from preserve.model.exchange import Ended
from tests.engines.browser.harness import octets, proxied, run
from tests.wire.certificates import Authority as Certificates
from tests.wire.odd import IDLE_S, LANDED, ODD, WHOLE_S
from tests.wire.origin import End, Origin, Script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.xdist_group("proxy-odd")  # one run serves them all

HOST = "odd.test"
CASES = [(scheme, name) for scheme in ("http", "https") for name in ODD]
LIMITS = Limits(idle_s=IDLE_S, head_s=WHOLE_S, exchange_s=WHOLE_S, connections_per_host=8)
AT_ONCE = 8


@attrs.frozen(kw_only=True)
class Seen:
    """What became of one request."""

    got: bytes
    """By the client."""
    request: bytes
    interim: bytes
    response: bytes
    ended: Ended
    status: int | None


@attrs.frozen(kw_only=True)
class Played:
    """Every odd exchange of a scheme, made through one proxy."""

    origin: Origin
    seen: dict[str, Seen]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Played]]:
    """Return the run of a scheme, made when first asked for."""
    certificates = Certificates(tmp_path_factory.mktemp("certificates"))
    made: dict[str, Played] = {}
    with ExitStack() as stack:

        def play(scheme: str) -> Played:
            if scheme not in made:
                context = certificates.context(HOST) if scheme == "https" else None
                origin = stack.enter_context(Origin(scripts=scripts(), context=context, name=HOST))
                seen = run(lambda: through(origin, certificates))
                made[scheme] = Played(origin=origin, seen=seen)
            return made[scheme]

        yield play


def scripts() -> dict[str, tuple[Script, ...]]:
    """Return what the origin answers."""
    return {"/landed/*": ((LANDED,),), **{f"/odd/{name}": (case.script,) for name, case in ODD.items()}}


async def through(origin: Origin, certificates: Certificates) -> dict[str, Seen]:
    """Ask for every row of the table, several at once."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with proxied(limits=LIMITS, ca_file=certificates.file) as scene:

        async def one(name: str) -> tuple[str, Seen]:
            url = f"{origin.url}/odd/{name}"
            async with gate:
                got = await scene.ask(url, "User-Agent: raw\r\nX-Odd:  spaced \r\n")
            exchange = scene.of(url)
            return name, Seen(
                got=got,
                request=octets(exchange.request),
                interim=octets(exchange.interim),
                response=octets(exchange.response),
                ended=exchange.ended,
                status=exchange.status,
            )

        return dict(await asyncio.gather(*map(one, ODD)))


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_octets_are_the_truth(played: Callable[[str], Played], scheme: str, name: str) -> None:
    """The exchange has what the origin heard and said, in its parts, and the origin was asked once."""
    run_, case = played(scheme), ODD[name]
    (talk,) = run_.origin.said(f"/odd/{name}")
    said, seen = bytes(talk.said), run_.seen[name]
    assert (talk.heard, case.interim) == (seen.request, seen.interim)
    expected = said[len(case.interim) : len(said) - len(case.surplus)] if case.response else b""
    assert expected == seen.response
    assert (case.ended_over(scheme), case.status if case.response else None) == (seen.ended, seen.status)


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_the_client_gets_the_same(played: Callable[[str], Played], scheme: str, name: str) -> None:
    """The client gets the origin's octets, interim responses first; where none came, an error."""
    seen = played(scheme).seen[name]
    got = seen.got
    if not seen.response:
        assert (seen.interim, b"HTTP/1.1 502 ") == (got[: len(seen.interim)], got[len(seen.interim) :][:13])
        return
    assert seen.interim + seen.response == got


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_more_was_said(played: Callable[[str], Played], scheme: str) -> None:
    """Every request that the origin heard belongs to one exchange, and none is invented."""
    run_ = played(scheme)
    heard = sorted(talk.heard for talk in run_.origin.talks if talk.heard)
    assert heard == sorted(seen.request for seen in run_.seen.values())


def test_endings_of_every_kind() -> None:
    """The table plays endings of every kind, so that none of the above is true by default."""
    ends = {step for case in ODD.values() for step in case.script if isinstance(step, End)}
    assert {End.KEEP, End.CUT, End.HOLD} == ends
