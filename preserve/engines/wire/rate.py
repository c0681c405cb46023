"""
Does a body come fast enough?

A silence is met by the idle deadline; a server that sends one octet every few seconds is not, and could
hold a capture for as long as the exchange may last. So octets are counted over a stretch of time that
slides along, as twelve marks.
"""

from __future__ import annotations

from collections import deque

import attrs

__all__ = ["LeastRate"]

_MARKS = 12


@attrs.define(eq=False, kw_only=True)
class LeastRate:
    """
    A meter of octets. Times are those of the event loop's clock.

    Args:
        bytes_s: Octets a second that must come; 0: any number will do.
        window_s: The stretch of time over which they are counted.
    """

    bytes_s: float
    window_s: float
    _marks: deque[tuple[float, int]] = attrs.field(factory=deque, init=False)
    """Instants, and how much had come before them; the first is the beginning of the stretch."""
    _count: int = attrs.field(default=0, init=False)

    def begin(self, now: float) -> None:
        """Count from now. A second call changes nothing."""
        if not self._marks:
            self._marks.append((now, 0))

    def came(self, size_bytes: int, now: float) -> None:
        """Count octets."""
        if self._marks and now - self._marks[-1][0] >= self.window_s / _MARKS:
            self._marks.append((now, self._count))
        self._count += size_bytes

    def pause(self, seconds: float) -> None:
        """Leave out a time in which we did not listen."""
        self._marks = deque((at + seconds, count) for at, count in self._marks)

    def until(self) -> float | None:
        """Return when the rate must be judged next; None while it need not be."""
        if not self._marks or not self.bytes_s:
            return None
        return self._marks[0][0] + self.window_s

    def is_met(self, now: float) -> bool:
        """Tell whether enough came over the stretch that ends now; slides it along."""
        least = self.bytes_s * self.window_s
        while self._marks and self.bytes_s and now - self._marks[0][0] >= self.window_s:
            if self._count - self._marks[0][1] < least:
                return False
            if len(self._marks) == 1:
                self._marks.append((now, self._count))
            self._marks.popleft()
        return True
