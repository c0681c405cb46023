"""What does Ctrl-C do while a page is archived?"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

__all__ = ["first_ctrl_c"]


@contextmanager
def first_ctrl_c(does: Callable[[], None]) -> Iterator[None]:
    """
    Call ``does`` at the first SIGINT within the block; the second is a KeyboardInterrupt again.

    The handler that was there before is put back at the end. Outside of the main thread, where Python
    allows no handlers, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def handler(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        does()

    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
