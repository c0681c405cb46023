"""How does an hour pass in a test without anyone waiting for it?"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

__all__ = ["JumpingLoop"]

# What the kernel has under way on loopback arrives within this time; only then is nothing more expected.
_QUIET_S = 0.005

_Ready: TypeAlias = "list[tuple[selectors.SelectorKey, int]]"


class _Jumping(selectors.DefaultSelector):
    """Does not wait for a timer, but counts the time as passed when nothing comes of itself."""

    skipped_s = 0.0

    def select(self, timeout: float | None = None) -> _Ready:
        """Return what is ready; of a longer wait only the first moment is waited."""
        if timeout is None or timeout <= _QUIET_S:
            return super().select(timeout)
        ready = super().select(_QUIET_S)
        if not ready:
            self.skipped_s += timeout - _QUIET_S
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer when all connections are still."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the time of the loop's clock, jumps included."""
        return super().time() + self._jumping.skipped_s
