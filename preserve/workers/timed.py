"""How does a read or write of a pipe end when its time is up?"""

from __future__ import annotations

import math
import os
import select
import time
from typing import IO

__all__ = ["TimedPipe"]

_LONGEST_WAIT_S = (
    3600.0  # a wait is taken up again, so its length has no meaning but to fit the system's call
)


class TimedPipe:
    """
    Our end of a pipe to a child, read or written by one thread at a time. POSIX.

    Args:
        pipe: Unbuffered; made non-blocking, and closed by whoever opened it.

    ``deadline`` is an instant of ``time.monotonic``; past it ``read`` and ``write`` raise TimeoutError.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self.deadline = math.inf
        self._descriptor = pipe.fileno()
        os.set_blocking(self._descriptor, False)
        self._ready = select.poll()
        self._ready.register(self._descriptor, select.POLLIN if pipe.readable() else select.POLLOUT)

    def read(self, size: int, /) -> bytes:
        """Return at most so many octets, none at the end."""
        while True:
            try:
                return os.read(self._descriptor, size)
            except BlockingIOError:
                self._wait()

    def write(self, data: memoryview, /) -> int:
        """Write some of the octets and return how many."""
        while True:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                self._wait()

    def _wait(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._ready.poll(math.ceil(min(left, _LONGEST_WAIT_S) * 1000))
