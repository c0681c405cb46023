"""What came of a list of pages, in words?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.reports.archived import verdict_tone
from preserve.reports.words import Line, Tone, count, number, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.model.listing import ListTotals, Skipped

__all__ = ["skipped", "totals"]


def skipped(page: Skipped) -> Iterator[Line]:
    """Yield the line of a page that an earlier run archived."""
    yield Line(
        f"skipped  {page.verdict.value}  {printable(page.url)} → {printable(page.path)}  (archived before)",
        Tone.FAINT if page.verdict == "complete" else verdict_tone(page.verdict),
    )


def totals(value: ListTotals) -> Iterator[Line]:
    """
    Yield the last line of a list: how many pages it names, and what came of them.

    It is ``10 pages: 8 complete, 1 partial, 1 failed, 0 not begun; 2 of them were archived before``.
    """
    text = (
        f"{count(value.pages, 'page')}: {number(value.complete)} complete, {number(value.partial)} partial, "
        f"{number(value.failed)} failed, {number(value.not_begun)} not begun"
    )
    if value.skipped:
        text += f"; {count(value.skipped, 'of them was', 'of them were')} archived before"
    if value.bad_lines:
        text += f"; {count(value.bad_lines, 'line is', 'lines are')} no URL"
    if value.failed or value.not_begun:
        tone = Tone.BAD
    else:
        tone = Tone.WARN if value.partial or value.bad_lines else Tone.GOOD
    yield Line(text, tone)
