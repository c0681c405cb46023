"""How does long work show that it goes on?"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preserve.model.progress import OnProgress, Progress

__all__ = ["EVERY_S", "every_few_seconds", "progress", "to_stderr"]

EVERY_S = 3.0


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

    def callback(report: Progress) -> None:
        nonlocal last
        now = clock()
        if now - last >= EVERY_S:
            last = now
            write(f"{verb}: {_words(report)}")

    return callback


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
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(verb)

        def callback(report: Progress) -> None:
            bar.update(task, description=f"{verb}: {_words(report)}")

        yield callback


def _words(report: Progress) -> str:
    from preserve.reports.words import number, short, size  # noqa: PLC0415 - keeps --help free of attrs

    parts = [report.step]
    if report.total is not None:
        parts.append(f"{number(report.done)} of {number(report.total)}")
    elif report.done:
        parts.append(number(report.done))
    if report.size_bytes:
        parts.append(size(report.size_bytes))
    if report.detail:
        parts.append(short(report.detail, 60))
    return "  ".join(parts)
