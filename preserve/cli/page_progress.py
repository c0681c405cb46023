"""How does it show that several pages are being archived?"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

from preserve.cli.progress import EVERY_S, to_stderr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from rich.console import Console, Group
    from rich.live import Live

    from preserve.model.progress import Progress

__all__ = ["Pages", "Shown", "every_few_seconds", "page_progress"]

_ROWS = 16
"""Most pages named at a time, so that the lines fit a screen of 24."""
_URL_MOST = 70
_OUTWARD = "exchange.recorded"
_NO_STEPS = frozenset({"record.writing", "record.written"})
"""What is reported more often than anyone can read."""


class Shown(Protocol):
    """Where the progress of a list is shown."""

    def report(self, progress: Progress) -> None:
        """Take a report; from any thread."""
        ...

    def aside(self) -> AbstractContextManager[None]:
        """Make room for a result to be printed in the block."""
        ...


class Pages:
    """What is known of the pages of a list. Used by one thread at a time."""

    def __init__(self) -> None:
        self._ended = 0
        self._total = 0
        self._steps: dict[str, str] = {}
        """What is done for each page under way, the longest under way first."""

    @property
    def known(self) -> bool:
        """Whether anything was reported yet."""
        return self._total > 0

    def take(self, progress: Progress) -> None:
        """Take in a report."""
        if progress.total is not None:
            self._ended, self._total = progress.done, progress.total
        if progress.step == "page.ended":
            self._steps.pop(progress.page, None)
        elif progress.step == "page.begun":
            self._steps[progress.page] = "begun"
        elif progress.page in self._steps and progress.step not in _NO_STEPS:
            self._steps[progress.page] = _words(progress)

    def total(self) -> str:
        """Return one line for all."""
        from preserve.reports.words import count, number  # noqa: PLC0415 - keeps --help free of attrs

        return f"{number(self._ended)} of {count(self._total, 'page')}, {number(len(self._steps))} under way"

    def rows(self) -> list[str]:
        """Return a line for each page under way, as many as fit, and how many more there are."""
        from preserve.reports.words import short  # noqa: PLC0415 - keeps --help free of attrs

        shown = list(self._steps.items())[:_ROWS]
        rows = [f"  {short(url, _URL_MOST)}  {step}" for url, step in shown]
        more = len(self._steps) - len(shown)
        return [*rows, f"  and {more} more"] if more else rows


@contextmanager
def page_progress(*, quiet: bool, color: bool) -> Iterator[Shown]:
    """
    Show the pages under way and a total: moving lines on a terminal, else a line every few seconds.

    Args:
        quiet: Show nothing.
        color: Whether standard error may have colours.
    """
    if quiet:
        yield _Silent()
    elif sys.stderr.isatty():
        with _board(color=color) as board:
            yield board
    else:
        yield every_few_seconds(to_stderr, time.monotonic)


def every_few_seconds(write: Callable[[str], None], clock: Callable[[], float]) -> Shown:
    """Return what writes a line at most every three seconds, the first after three."""
    return _Lines(write, clock)


class _Silent:
    def report(self, _: Progress) -> None:
        """Take a report and show nothing."""

    def aside(self) -> AbstractContextManager[None]:
        return nullcontext()


class _Lines:
    def __init__(self, write: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._write = write
        self._clock = clock
        self._last = clock()
        self._pages = Pages()
        self._lock = threading.Lock()

    def report(self, progress: Progress) -> None:
        with self._lock:
            self._pages.take(progress)
            now = self._clock()
            if now - self._last < EVERY_S:
                return
            self._last = now
            longest = "".join(self._pages.rows()[:1])
            self._write(f"archiving: {self._pages.total()}{longest}")

    def aside(self) -> AbstractContextManager[None]:
        return nullcontext()


class _Board:
    """Lines that move, and are cleared while a result is printed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._pages = Pages()
        self._lock = threading.RLock()
        """Reentrant: what Ctrl-C says is drawn above the lines, by a thread that may be drawing them."""
        self._live: Live | None = None

    def report(self, progress: Progress) -> None:
        with self._lock:
            self._pages.take(progress)

    @contextmanager
    def aside(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    def start(self) -> None:
        # A new one each time: rich would begin again where the old lines stood, over what was printed there.
        from rich.live import Live  # noqa: PLC0415 - only when there is a terminal to show something on

        self._live = Live(
            console=self._console, get_renderable=self._lines, transient=True, redirect_stdout=False
        )
        self._live.start(refresh=True)

    def stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _lines(self) -> Group:
        from rich.console import Group  # noqa: PLC0415 - as said above
        from rich.text import Text  # noqa: PLC0415 - as said above

        with self._lock:
            lines = [*self._pages.rows(), f"archiving: {self._pages.total()}"] if self._pages.known else []
        return Group(*(Text(line, no_wrap=True, overflow="ellipsis") for line in lines))


@contextmanager
def _board(*, color: bool) -> Iterator[_Board]:
    from rich.console import Console  # noqa: PLC0415 - rich takes 50 ms to import

    board = _Board(Console(stderr=True, no_color=not color, highlight=False))
    board.start()
    try:
        yield board
    finally:
        board.stop()


def _words(progress: Progress) -> str:
    from preserve.reports.words import count  # noqa: PLC0415 - keeps --help free of attrs

    return count(progress.done, "response") if progress.step == _OUTWARD else progress.step
