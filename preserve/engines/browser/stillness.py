"""When has a page stopped asking for new things?"""

from __future__ import annotations

import attrs

__all__ = ["Stillness"]

# Chromium's resource types that tell and do not ask, or that last as long as the page does.
_ASIDE = frozenset({"ping", "beacon", "cspviolationreport", "eventsource", "websocket", "preflight"})
_LONG_S = 5.0
"""A fetch that is under way for longer is taken for one that waits for news (long polling)."""
_MOST = 50_000


@attrs.define(eq=False, kw_only=True)
class Stillness:
    """
    What is under way, and when something new was last asked for. Times are seconds of any clock.

    An address counts as new once, its query aside: counters and beacons ask for the same one again and
    again, and no page that does is ever idle on the network.
    """

    last_new_s: float = 0.0
    _known: set[str] = attrs.field(factory=set, init=False)
    _pending: dict[object, tuple[float, bool]] = attrs.field(factory=dict, init=False)
    """Since when, and whether it may be one that waits for news."""

    def began(self, key: object, url: str, kind: str, now_s: float) -> None:
        """Take a request that has begun; ``key`` is its own."""
        bare = url.partition("#")[0].partition("?")[0]
        if kind in _ASIDE or bare in self._known or not bare.startswith("http"):
            return
        if len(self._known) < _MOST:
            self._known.add(bare)
        self._pending[key] = (now_s, kind in {"fetch", "xhr"})
        self.last_new_s = now_s

    def ended(self, key: object, now_s: float) -> None:
        """Take a request that has ended, however."""
        if self._pending.pop(key, None) is not None:
            self.last_new_s = now_s

    def reset(self, now_s: float) -> None:
        """Forget what is under way: the page was left."""
        self._pending.clear()
        self.last_new_s = now_s

    def is_still(self, now_s: float, quiet_s: float) -> bool:
        """Tell whether nothing new is under way, and nothing new was asked for lately."""
        awaited = any(not waits or now_s - since <= _LONG_S for since, waits in self._pending.values())
        return not awaited and now_s - self.last_new_s >= quiet_s
