"""Does a body come fast enough, judged from instants and counts alone?"""

from __future__ import annotations

import pytest

from preserve.engines.wire.rate import LeastRate


def lasted(arrivals: list[tuple[float, int]], *, bytes_s: float = 10, window_s: float = 60) -> float | None:
    """Return when a meter says that too little came, from arrivals in order; None if it never does."""
    rate = LeastRate(bytes_s=bytes_s, window_s=window_s)
    rate.begin(arrivals[0][0])
    for at, size in arrivals:
        while (until := rate.until()) is not None and until <= at:
            if not rate.is_met(until):
                return until
        rate.came(size, at)
    return None


@pytest.mark.parametrize(
    ("arrivals", "end"),
    [
        ([(second, 10) for second in range(1000)], None),
        ([(second, 9) for second in range(1000)], 60),
        ([(0, 100_000), *((second, 1) for second in range(1, 1000))], 65),
        ([(second, 1000 if second < 300 else 1) for second in range(1000)], 360),
        ([(second, 600 if second % 60 == 5 else 0) for second in range(1000)], None),
        ([(0, 0), (1000, 1)], 60),
    ],
    ids=["just enough", "too little", "a burst, then drops", "slows down", "in bursts", "silence"],
)
def test_least_rate(arrivals: list[tuple[float, int]], end: float | None) -> None:
    """A body is left when the stretch of time that slides along has brought too little, and not before."""
    seen = lasted(arrivals)
    assert (end is None) == (seen is None), seen
    if end is not None and seen is not None:
        assert True is (end <= seen <= end + 10), seen


def test_no_rate_asks_for_nothing() -> None:
    """A least rate of nothing is never missed."""
    assert None is lasted([(0, 1), (10_000, 1)], bytes_s=0)


def test_what_comes_before_the_body_is_not_judged() -> None:
    """Before it has begun the meter has no deadline."""
    rate = LeastRate(bytes_s=10, window_s=60)
    assert (None, True) == (rate.until(), rate.is_met(1000))


def test_our_own_pauses_do_not_count() -> None:
    """A time in which nobody listened is left out."""
    rate = LeastRate(bytes_s=10, window_s=60)
    rate.begin(0)
    rate.pause(500)
    assert 560 == rate.until()
