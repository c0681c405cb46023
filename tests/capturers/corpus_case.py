"""What is one file of the corpus, and what must be seen in it?"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import attrs

from preserve.capturers import inspect, read_answer
from preserve.capturers.sniff import sniff

if TYPE_CHECKING:
    from preserve.model.inspection import Inspection, Json

__all__ = ["Case", "argument", "inspected"]


@attrs.frozen
class Case:
    """One file, and the facts and problems it must yield."""

    data: bytes
    facts: dict[str, Any]
    """Those of the facts that are asserted; of ``stated``, for each name, its first value."""
    problems: tuple[str, ...] = ()
    """The codes of all problems, each once, in order."""
    declared: str = ""
    """The media type as declared; it is sniffed otherwise."""
    pixels: bool = False


def argument(case: Case) -> dict[str, Json]:
    """Return what a worker is asked about a file."""
    return {
        "url": "https://a.example/x",
        "media_type": sniff(case.data, case.declared or None),
        "size_bytes": len(case.data),
        "pixels": case.pixels,
    }


def inspected(case: Case) -> tuple[str, Inspection]:
    """Return which capturer opened a file, and what it saw."""
    answer = read_answer(inspect(io.BytesIO(case.data), argument(case)))
    assert answer.capturer, case.declared
    return answer.capturer, answer.inspection
