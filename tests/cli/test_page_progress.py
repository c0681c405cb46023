"""Does the progress of a list show what is under way, without flooding a log or hiding results?"""

from __future__ import annotations

import io
import sys

import pytest

from preserve.cli.page_progress import Pages, every_few_seconds, page_progress
from preserve.model.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(*reports: tuple[str, str, int]) -> Pages:
    """Return what is known after reports of step, page and number; of ten pages three have ended."""
    pages = Pages()
    for step, page, done in reports:
        total = 10 if step.startswith("page.") else None
        pages.take(Progress(step=step, page=page, done=3 if total else done, total=total))
    return pages


def test_pages_under_way() -> None:
    """A page has a line from its beginning to its end, with its responses or its step; the total counts."""
    pages = told(
        ("page.begun", "http://a/", 0),
        ("page.begun", "http://b/", 0),
        ("page.begun", "http://c/", 0),
        ("exchange.recorded", "http://a/", 12),
        ("record.written", "http://a/", 13),
        ("bag.written", "http://b/", 4),
        ("page.ended", "http://c/", 0),
        ("published", "http://c/", 0),
    )
    assert ["  http://a/  12 responses", "  http://b/  bag.written"] == pages.rows()
    assert "3 of 10 pages, 2 under way" == pages.total()


def test_foreign_text_is_made_safe() -> None:
    """A URL cannot control the terminal."""
    assert ["  http://a/\\x1b  begun"] == told(("page.begun", "http://a/\x1b", 0)).rows()


def test_more_pages_than_fit() -> None:
    """Pages that do not fit the screen are counted."""
    rows = told(*(("page.begun", f"http://a/{number}", 0) for number in range(32))).rows()
    assert [17, "  and 16 more"] == [len(rows), rows[-1]]


def test_a_line_every_few_seconds() -> None:
    """A log gets at most one line every three seconds: the total, and the page longest under way."""
    times = iter([0.0, 1.0, 3.5, 4.0, 6.6])
    lines: list[str] = []
    shown = every_few_seconds(lines.append, lambda: next(times))
    for number in range(4):
        with shown.aside():
            shown.report(Progress(step="page.begun", page=f"http://a/{number}", done=0, total=9))
    assert [
        "archiving: 0 of 9 pages, 2 under way  http://a/0  begun",
        "archiving: 0 of 9 pages, 4 under way  http://a/0  begun",
    ] == lines


@pytest.mark.parametrize("quiet", [True, False])
def test_a_short_run_shows_nothing(capsys: pytest.CaptureFixture[str], *, quiet: bool) -> None:
    """Quiet work shows nothing at all, and a log gets no line within three seconds."""
    with page_progress(quiet=quiet, color=False) as shown, shown.aside():
        shown.report(Progress(step="page.begun", page="http://a/", done=0, total=1))
    assert ("", "") == tuple(capsys.readouterr())


def test_a_terminal_gets_moving_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the lines are cleared while a result is printed, and drawn again below it."""
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LINES", "24")
    with page_progress(quiet=False, color=False) as shown:
        shown.report(Progress(step="page.begun", page="http://a/[red]", done=0, total=2))
        with shown.aside():
            terminal.write("RESULT\n")
    before, _, after = terminal.getvalue().partition("RESULT\n")
    assert "\x1b[1A\x1b[2K" in before
    assert "  http://a/[red]  begun" in after
    assert "archiving: 0 of 2 pages, 1 under way" in after
    assert "\x1b[" not in after.partition("http://a/")[0].removeprefix("\x1b[?25l")
