"""Does the last line of a list say all that came of it?"""

from __future__ import annotations

from typing import Any

import pytest

from preserve.model.capture import Verdict
from preserve.model.listing import ListTotals, Skipped
from preserve.reports.listed import skipped, totals
from preserve.reports.words import Line, Tone


def made(**counts: Any) -> ListTotals:
    """Return totals that are zero but for what is given."""
    names = ("pages", "complete", "partial", "failed", "not_begun", "skipped", "bad_lines", "duplicates")
    return ListTotals(**{**dict.fromkeys(names, 0), **counts})


@pytest.mark.parametrize(
    ("value", "text", "tone"),
    [
        (made(), "0 pages: 0 complete, 0 partial, 0 failed, 0 not begun", Tone.GOOD),
        (made(pages=1, complete=1), "1 page: 1 complete, 0 partial, 0 failed, 0 not begun", Tone.GOOD),
        (
            made(pages=3, complete=2, partial=1, skipped=1),
            "3 pages: 2 complete, 1 partial, 0 failed, 0 not begun; 1 of them was archived before",
            Tone.WARN,
        ),
        (
            made(pages=1200, complete=1198, failed=1, not_begun=1, skipped=2, bad_lines=2, duplicates=5),
            (
                "1 200 pages: 1 198 complete, 0 partial, 1 failed, 1 not begun; "
                "2 of them were archived before; 2 lines are no URL"
            ),
            Tone.BAD,
        ),
        (
            made(pages=1, complete=1, bad_lines=1),
            "1 page: 1 complete, 0 partial, 0 failed, 0 not begun; 1 line is no URL",
            Tone.WARN,
        ),
    ],
    ids=["none", "one", "partial", "many", "a bad line"],
)
def test_totals(value: ListTotals, text: str, tone: Tone) -> None:
    """Every page is in one of four counts; what was skipped and what is no URL is said when there is any."""
    assert [Line(text, tone)] == list(totals(value))


@pytest.mark.parametrize(("verdict", "tone"), [(Verdict.COMPLETE, Tone.FAINT), (Verdict.PARTIAL, Tone.WARN)])
def test_skipped(verdict: Verdict, tone: Tone) -> None:
    """A skipped page is named with its verdict and its package, its text made safe."""
    (line,) = skipped(Skipped(url="http://a/", path="p\x1b", verdict=verdict))
    assert (f"skipped  {verdict}  http://a/ → p\\x1b  (archived before)", tone) == (line.text, line.tone)
