"""When is a page still?"""

from __future__ import annotations

import pytest

from preserve.engines.browser.stillness import Stillness

PAGE = "https://example.org/post"
QUIET_S = 1.0


def test_still_after_what_is_under_way_has_ended() -> None:
    """A page is still when nothing is under way and nothing new was asked for during the quiet time."""
    still = Stillness()
    still.began(1, PAGE, "document", 0.0)
    assert not still.is_still(30.0, QUIET_S)
    still.ended(1, 30.0)
    assert not still.is_still(30.5, QUIET_S)
    assert still.is_still(31.0, QUIET_S)


def test_another_query_is_nothing_new() -> None:
    """The same address with another query or fragment, asked for again, wakes nobody."""
    still = Stillness()
    still.began(1, f"{PAGE}?n=1", "fetch", 0.0)
    still.ended(1, 0.1)
    for number in range(2, 50):
        still.began(number, f"{PAGE}?n={number}#x", "fetch", number / 10)
    assert still.is_still(1.2, QUIET_S)


@pytest.mark.parametrize("kind", ["ping", "beacon", "eventsource", "websocket", "cspviolationreport"])
def test_what_only_tells_is_aside(kind: str) -> None:
    """Beacons and streams are not waited for."""
    still = Stillness()
    still.began(1, f"{PAGE}/{kind}", kind, 5.0)
    assert still.is_still(5.0, QUIET_S)


def test_long_polling_is_not_waited_for() -> None:
    """A fetch that lasts is taken for one that waits for news; a picture that lasts is waited for."""
    still = Stillness()
    still.began(1, f"{PAGE}/news", "fetch", 0.0)
    assert not still.is_still(4.0, QUIET_S)
    assert still.is_still(6.0, QUIET_S)
    still.began(2, f"{PAGE}/a.png", "image", 6.0)
    assert not still.is_still(60.0, QUIET_S)


def test_a_page_that_was_left_is_forgotten() -> None:
    """What was under way in a window that is gone is not waited for."""
    still = Stillness()
    still.began(1, PAGE, "document", 0.0)
    still.reset(9.0)
    assert not still.is_still(9.5, QUIET_S)
    assert still.is_still(10.0, QUIET_S)
    still.ended(1, 20.0)
    assert still.is_still(20.0, QUIET_S)
