"""Does one line say what came of a capture, and do the next say what is missing?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.model.capture import Verdict
from preserve.reports.archived import GAPS_SHOWN, archived
from preserve.reports.words import Line, Tone

if TYPE_CHECKING:
    from preserve.model.summary import Summary


def _texts(summary: Summary) -> list[str]:
    return [line.text for line in archived(summary)]


def test_complete_is_one_line(summary: Summary) -> None:
    """A complete capture without absences is told in one line: verdict, title, URL, path, counts."""
    whole = attrs.evolve(summary, verdict=Verdict.COMPLETE, reasons=(), gaps=(), absent=())
    expected = Line(
        "complete  The legion that never was  https://example.org/post → "
        "/archive/example-org-post-1f0c9a3e5b6d7a88/20261122T101500Z  (31 resources, 1 document, 1.9 MB)",
        Tone.GOOD,
    )
    assert [expected] == list(archived(whole))


def test_partial_names_its_gaps(summary: Summary) -> None:
    """A partial capture gives its reasons, then each absence and each gap with place and reason."""
    first, *rest = _texts(summary)
    assert first.startswith("partial  ")
    assert "1 gap" in first
    assert [
        "  1 reference could not be captured.",
        (
            "  absent  absent-at-origin  image “the lost map”  https://example.org/lost.png: "
            "The origin answered 404."
        ),
        (
            "  gap  failed  style  https://cdn.example.org/style.css "
            "(line 7 of https://www.example.org/post): cdn.example.org did not answer within 20 s."
        ),
    ] == rest


def test_interruption_is_said(summary: Summary) -> None:
    """An interrupted capture says so beside its verdict."""
    assert _texts(attrs.evolve(summary, interrupted=True))[0].startswith("partial (interrupted)  ")


def test_many_gaps_are_cut_and_counted(summary: Summary) -> None:
    """A long list of gaps is cut, and the last line says how to see the rest."""
    lines = _texts(attrs.evolve(summary, gaps=summary.gaps * 30))
    assert GAPS_SHOWN == len([line for line in lines if line.startswith("  gap")])
    assert lines[-1].startswith("  10 more are listed by: preserve show /archive/")


def test_every_gap_on_request(summary: Summary) -> None:
    """Where there is no package to ask later, no list is cut."""
    many = attrs.evolve(summary, gaps=summary.gaps * 30)
    assert 30 == sum(line.text.startswith("  gap") for line in archived(many, every=True))


def test_a_hostile_title_stays_text(summary: Summary) -> None:
    """Terminal sequences in title, URL and path are escaped."""
    hostile = attrs.evolve(summary, title="\x1b[2Jgone", url="https://e/\x1b", path="/a/\u202eb")
    assert not any("\x1b" in line or "\u202e" in line for line in _texts(hostile))
