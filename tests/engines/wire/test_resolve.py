"""To which addresses does a name lead?"""

from __future__ import annotations

import asyncio
import threading
from ipaddress import ip_address

import pytest

from preserve.engines.wire.resolve import Names, look_up
from preserve.engines.wire.stop import Stop
from preserve.model.exchange import Ended


def test_system_knows_localhost() -> None:
    """The system's resolver is asked, and gives each address once."""
    found = look_up("localhost")
    assert True is all(ip_address(address).is_loopback for address in found)
    assert len(set(found)) == len(found) > 0


@pytest.mark.parametrize("host", ["x" * 70 + ".test", "a..b", "é.test"])
def test_names_that_cannot_be_are_no_fault_of_ours(host: str) -> None:
    """A name that no name server can be asked for fails like one that does not exist."""
    stop = asyncio.run(Names().addresses(host, within_s=5))
    assert isinstance(stop, Stop)
    assert Ended.FAILED is stop.ended


def test_one_lookup_serves_all_who_ask() -> None:
    """Those who ask while a lookup runs share its answer, also when the first of them gives up."""
    go, asked = threading.Event(), []

    def resolver(host: str) -> list[str]:
        asked.append(host)
        go.wait(10)
        return ["93.184.215.14"]

    async def play() -> tuple[object, object]:
        names = Names(resolver=resolver)
        first = asyncio.create_task(names.addresses("page.test", within_s=10))
        second = asyncio.create_task(names.addresses("page.test", within_s=10))
        await asyncio.sleep(0)
        first.cancel()
        go.set()
        return await asyncio.gather(first, second, return_exceptions=True)

    cancelled, answer = asyncio.run(play())
    assert True is isinstance(cancelled, asyncio.CancelledError)
    assert (("93.184.215.14",), ["page.test"]) == (answer, asked)


def test_hung_lookups_are_bounded() -> None:
    """However many names hang, sixteen threads wait; the rest meet their deadline in the queue."""
    never, asked = threading.Event(), []

    def resolver(host: str) -> list[str]:
        asked.append(host)
        never.wait(10)
        return []

    async def play() -> list[tuple[str, ...] | Stop]:
        names = Names(resolver=resolver)
        return await asyncio.gather(*(names.addresses(f"h{index}.test", within_s=0.2) for index in range(40)))

    try:
        answers = asyncio.run(play())
    finally:
        never.set()
    assert [Ended.FAILED] * 40 == [answer.ended for answer in answers if isinstance(answer, Stop)]
    assert 16 == len(asked)


def test_name_without_address() -> None:
    """A name that has no address is a failure, not a permission."""
    stop = asyncio.run(Names(resolver=lambda _: []).addresses("page.test", within_s=5))
    assert isinstance(stop, Stop)
    assert "The name page.test has no address." == stop.reason
