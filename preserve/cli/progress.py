"""How does long work show that it goes on?"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preserve.model.progress import OnProgress, Progress

__all__ = ["EVERY_S", "Pace", "every_few_seconds", "progress", "to_stderr"]

EVERY_S = 3.0
_PACE_FROM_S = 2.0


@contextmanager
def progress(verb: str, *, quiet: bool, color: bool) -> Iterator[OnProgress]:
    """
    Give a callback for ``on_progress``: a moving line on a terminal, else a plain line every few seconds.

    Args:
        verb: What is being done, e.g. ``archiving``.
        quiet: Show nothing.
        color: Whether standard error may have colours.
    """
    if quiet:
        yield _nothing
    elif sys.stderr.isatty():
        with _moving(verb, color=color) as callback:
            yield callback
    else:
        yield every_few_seconds(verb, to_stderr, time.monotonic)


def every_few_seconds(verb: str, write: Callable[[str], None], clock: Callable[[], float]) -> OnProgress:
    """Return a callback that writes a line at most every three seconds, the first after three."""
    last = clock()
    pace = Pace(last)

    def callback(report: Progress) -> None:
        nonlocal last
        now = clock()
        if now - last >= EVERY_S:
            last = now
            write(f"{verb}: {_words(report)}{pace.words(report, now)}")

    return callback


class Pace:
    """
    How fast work goes, and how long it will take.

    Args:
        began: When it began, in seconds of the clock that ``words`` is given.
    """

    def __init__(self, began: float) -> None:
        self._began = began

    def words(self, report: Progress, now: float) -> str:
        """Return ``  120 MB/s, 3 min left``; nothing before there is enough to go by."""
        from preserve.reports.words import duration, size  # noqa: PLC0415 - keeps --help free of attrs

        took = now - self._began
        if took < _PACE_FROM_S or not report.size_bytes or report.total_bytes is None:
            return ""
        rate = report.size_bytes / took
        left = max(0, report.total_bytes - report.size_bytes) / rate
        return f"  {size(int(rate))}/s, {duration(left)} left"


def _nothing(_: Progress) -> None:
    """Take a report and show nothing."""


def to_stderr(line: str) -> None:
    """Write a line to standard error."""
    # Whoever stopped reading standard error has no wish for progress; the work goes on.
    try:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
    except (BrokenPipeError, ValueError):
        return


@contextmanager
def _moving(verb: str, *, color: bool) -> Iterator[OnProgress]:
    # rich takes 50 ms to import: only when there is a terminal to show something on.
    from rich.console import Console  # noqa: PLC0415 - as said above
    from rich.progress import Progress as Bar  # noqa: PLC0415 - as said above
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as said above

    console = Console(stderr=True, no_color=not color, highlight=False)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    # What is printed meanwhile goes above the moving line, if it goes to the same screen at all.
    shared = sys.stdout.isatty()
    with Bar(*columns, console=console, transient=True, redirect_stdout=shared) as bar:
        task = bar.add_task(verb)
        pace = Pace(time.monotonic())

        def callback(report: Progress) -> None:
            bar.update(task, description=f"{verb}: {_words(report)}{pace.words(report, time.monotonic())}")

        yield callback


def _words(report: Progress) -> str:
    from preserve.reports.words import number, short, size  # noqa: PLC0415 - keeps --help free of attrs

    parts = [report.step]
    if report.total is not None:
        parts.append(f"{number(report.done)} of {number(report.total)}")
    elif report.done:
        parts.append(number(report.done))
    if report.size_bytes:
        of = "" if report.total_bytes is None else f" of {size(report.total_bytes)}"
        parts.append(f"{size(report.size_bytes)}{of}")
    if report.detail:
        parts.append(short(report.detail, 60))
    return "  ".join(parts)
