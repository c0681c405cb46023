"""In one line: what came of a capture? Then: what is missing?"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from preserve.model.capture import Verdict
from preserve.reports.words import Line, Tone, count, printable, short, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preserve.model.summary import Open, Summary

__all__ = ["GAPS_SHOWN", "archived", "open_lines", "verdict_tone"]

GAPS_SHOWN = 20
"""Lines of gaps below a verdict; a screen of 24 lines keeps the verdict in sight."""

_TONES = {Verdict.COMPLETE: Tone.GOOD, Verdict.PARTIAL: Tone.WARN, Verdict.FAILED: Tone.BAD}


def verdict_tone(verdict: Verdict) -> Tone:
    """Return the tone in which a verdict is said."""
    return _TONES[verdict]


def archived(summary: Summary, *, every: bool = False) -> Iterator[Line]:
    """
    Yield the verdict line of a capture, then why it is not complete, then what is absent or missing.

    The first line is
    ``complete  TITLE  URL → PATH  (31 resources, 2 documents, 1.9 MB)``.

    Args:
        summary: The package.
        every: List all that is missing, where otherwise a long list is cut and says where to see it.
    """
    most = None if every else GAPS_SHOWN
    held = [count(summary.resources, "resource"), count(len(summary.documents), "document")]
    if summary.gaps:
        held.append(count(len(summary.gaps), "gap"))
    held.append(size(summary.payload_bytes))
    verdict = f"{summary.verdict.value} (interrupted)" if summary.interrupted else summary.verdict.value
    yield Line(
        f"{verdict}  {short(summary.title)}  {printable(summary.url)} → {printable(summary.path)}  "
        f"({', '.join(held)})",
        verdict_tone(summary.verdict),
    )
    for reason in summary.reasons:
        yield Line(f"  {printable(reason)}")
    if summary.recovered:
        yield Line(f"  recovered: {printable(summary.recovered)}", Tone.WARN)
    yield from open_lines(summary.absent, "absent", Tone.FAINT, summary.path, most)
    yield from open_lines(summary.gaps, "gap", Tone.WARN, summary.path, most)


def open_lines(
    found: Sequence[Open], word: str, tone: Tone, path: str, most: int | None = GAPS_SHOWN
) -> Iterator[Line]:
    """Yield one line for each reference without its octets, at most ``most``, then how many are left."""
    shown = found if most is None else found[:most]
    for one in shown:
        label = f" “{short(one.text, 60)}”" if one.text else ""
        where = f" (line {one.line} of {printable(one.source_url or '')})" if one.line else ""
        what = printable(one.url or one.written)
        reason = f": {printable(one.reason)}" if one.reason else ""
        yield Line(f"  {word}  {one.state.value}  {one.kind.value}{label}  {what}{where}{reason}", tone)
    if len(shown) < len(found):
        left = count(len(found) - len(shown), "more is", "more are")
        yield Line(f"  {left} listed by: preserve show {shlex.quote(printable(path))} --gaps", tone)
