"""
Which request may be repeated, and when?

Only GET and HEAD, which change nothing at the server (RFC 9110, section 9.2.2), and only when what came
of them may pass: a connection that could not be made or broke before one octet came, and the statuses
of the table. A deadline that passed, a name without an address and a bad certificate would be the same
a moment later. An origin that could not be reached by every attempt is asked once by each later request.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import attrs

from preserve.model.capture import Limits
from preserve.model.exchange import Ended
from preserve.model.url import origin

if TYPE_CHECKING:
    from preserve.model.exchange import Exchange

__all__ = ["PASSING", "REPEATABLE", "Again", "Retries", "retry_after_s"]

REPEATABLE = frozenset({"GET", "HEAD"})

# Statuses that say: not now.
PASSING = {
    429: "Too Many Requests: RFC 6585, section 4",
    500: "Internal Server Error: RFC 9110, section 15.6.1",
    502: "Bad Gateway: RFC 9110, section 15.6.3",
    503: "Service Unavailable: RFC 9110, section 15.6.4",
    504: "Gateway Timeout: RFC 9110, section 15.6.5",
}

# The first wait is half a second to a second and each further one twice as long: long enough for a server
# that restarts a worker, short enough for whoever waits for the page.
_FIRST_S = 1.0
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)


@attrs.frozen(kw_only=True)
class Again:
    """What to do after an attempt."""

    wait_s: float | None
    """None: not again."""
    why: str = ""
    """A sentence for the attempt's reason; empty when there is nothing to say."""
    hold: bool = False
    """The server said so of itself, so that nothing else is asked of its host meanwhile."""


@attrs.define(eq=False, kw_only=True)
class Retries:
    """
    The repetitions of one capture.

    Args:
        limits: How often, and the longest wait.
        random: Returns a number from 0 to 1; spreads the waits of requests that failed together.
    """

    limits: Limits
    random: Callable[[], float]
    _given_up: set[str] = attrs.field(factory=set, init=False)

    def after(self, exchange: Exchange, attempts: int) -> Again:
        """
        Judge an attempt.

        Args:
            exchange: What came of it.
            attempts: How many there were, this one included.
        """
        status = exchange.status if exchange.ended is Ended.WHOLE else None
        passing = exchange.transient or status in PASSING
        if not passing or exchange.method not in REPEATABLE:
            return Again(wait_s=None)
        where = origin(exchange.url)
        if attempts > self.limits.retries or (exchange.transient and where in self._given_up):
            if exchange.transient:
                self._given_up.add(where)
            return Again(wait_s=None, why=f"It was asked for {attempts} times." if attempts > 1 else "")
        backoff = min(self.limits.retry_s, _FIRST_S * 2 ** (attempts - 1) * (1 + self.random()) / 2)
        asked = retry_after_s(exchange)
        if asked is not None and asked > self.limits.retry_s:
            return Again(
                wait_s=None,
                why=f"The server wants to be asked again in {asked:g} s at the earliest, and we wait "
                f"{self.limits.retry_s:g} s at most; it was not asked again.",
            )
        wait_s = max(backoff, asked or 0.0)
        return Again(wait_s=wait_s, why=f"It was asked for again after {wait_s:.2g} s.", hold=bool(asked))


def retry_after_s(exchange: Exchange) -> float | None:
    """Return the seconds that Retry-After asks for; None without one. RFC 9110, section 10.2.3."""
    text = exchange.field("retry-after")
    if text is None:
        return None
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=dt.UTC)
    return max(0.0, (at - exchange.ended_at).total_seconds())
