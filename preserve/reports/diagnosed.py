"""How is it said what is there on this machine, and what to install?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.reports.words import Line, Tone, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.model.diagnosis import Diagnosis

__all__ = ["diagnosed"]

_LABEL = 18


def diagnosed(value: Diagnosis) -> Iterator[Line]:
    """Yield one line for what was looked at, and one for the command that mends it."""
    tone = Tone.GOOD if value.ok else Tone.BAD
    yield Line(f"{'ok' if value.ok else 'missing':<9}{value.name:<{_LABEL}}{printable(value.found)}", tone)
    if value.remedy:
        yield Line(f"{'':<9}{'install with':<{_LABEL}}{printable(value.remedy)}")
