"""Does long work show that it goes on, without flooding a log?"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from preserve.cli.progress import every_few_seconds, progress
from preserve.model.progress import Progress

if TYPE_CHECKING:
    import pytest


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_every_few_seconds() -> None:
    """At most one line every three seconds, with step, counts, size and detail made safe."""
    times = iter([0.0, 1.0, 3.5, 4.0, 6.4, 7.0])
    lines: list[str] = []
    report = every_few_seconds("verifying", lines.append, lambda: next(times))
    for done in range(1, 6):
        report(Progress(step="file", detail="a\x1bb", done=done, total=5, size_bytes=1500 * done))
    assert [
        "verifying: file  2 of 5  3.0 kB  a\\x1bb",
        "verifying: file  5 of 5  7.5 kB  a\\x1bb",
    ] == lines


def test_pace_and_time_left() -> None:
    """Where the bytes to come are known, the line says how fast it goes and how much time is left."""
    times = iter([0.0, 4.0])
    lines: list[str] = []
    report = every_few_seconds("verifying", lines.append, lambda: next(times))
    report(Progress(step="bytes.measured", size_bytes=400_000_000, total_bytes=40_000_000_000))
    assert ["verifying: bytes.measured  400 MB of 40 GB  100 MB/s, 7 min left"] == lines


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Quiet work shows nothing, whatever it reports."""
    with progress("archiving", quiet=True, color=False) as report:
        report(Progress(step="x", done=1))
    assert ("", "") == tuple(capsys.readouterr())


def test_a_log_gets_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Work that is done within three seconds writes no line to a log."""
    with progress("archiving", quiet=False, color=False) as report:
        report(Progress(step="x", done=1))
    assert ("", "") == tuple(capsys.readouterr())


def test_a_terminal_gets_a_moving_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the line moves, and foreign text in it is neither markup nor a control."""
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with progress("archiving", quiet=False, color=False) as report:
        report(Progress(step="exchange.recorded", detail="[red]\x07https://e.org", done=3))
    assert "archiving: exchange.recorded  3  [red]\\x07https://e.org" in terminal.getvalue()


def test_nobody_reading_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """When standard error is closed, the work goes on."""

    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    times = iter([0.0, 9.0])
    monkeypatch.setattr("preserve.cli.progress.time.monotonic", lambda: next(times))
    monkeypatch.setattr(sys, "stderr", Closed())
    with progress("archiving", quiet=False, color=False) as report:
        report(Progress(step="x"))
