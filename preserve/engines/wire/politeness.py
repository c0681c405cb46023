"""
When may the next request to a host begin?

Times are those of the event loop's clock. Nothing waits here: the pool asks before it gives a connection.
"""

from __future__ import annotations

import attrs

__all__ = ["Pace"]


@attrs.define(eq=False, kw_only=True)
class Pace:
    """
    The times between requests, by host name.

    Args:
        delay_s: Between the starts of two requests to one host, whichever it is.
    """

    delay_s: float = 0.0
    _delays: dict[str, float] = attrs.field(factory=dict, init=False)
    _opens_at: dict[str, float] = attrs.field(factory=dict, init=False)

    def opens_at(self, host: str) -> float:
        """Return when the next request to a host may begin; an instant that has passed means now."""
        return self._opens_at.get(host, 0.0)

    def started(self, host: str, now: float) -> None:
        """Count from now: a request to the host begins."""
        delay = max(self.delay_s, self._delays.get(host, 0.0))
        if delay:
            self.hold(host, now + delay)

    def slow_down(self, host: str, delay_s: float) -> None:
        """Ask the host less often than the rest, as its robots.txt wants."""
        self._delays[host] = max(delay_s, self._delays.get(host, 0.0))

    def hold(self, host: str, until: float) -> None:
        """Begin no request to the host before then."""
        self._opens_at[host] = max(until, self.opens_at(host))
