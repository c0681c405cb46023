"""What does a worker process do that verifies whole packages?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.checks.levels import Level
from preserve.checks.verification import verify
from preserve.errors import PreserveError
from preserve.formats.schemas import structure, unstructure
from preserve.model.finding import Report

if TYPE_CHECKING:
    from typing import BinaryIO

    from preserve.model.inspection import Json

__all__ = ["read_answer", "work"]


@attrs.frozen(kw_only=True)
class _Asked:
    packages: tuple[str, ...]
    level: Level


@attrs.frozen(kw_only=True)
class _Answered:
    reports: tuple[Report | None, ...]


def work(_: BinaryIO, argument: Json) -> dict[str, Json]:
    """Verify some packages, one after the other; null for one that raised, which the parent meets again."""
    asked = structure(_Asked, argument)
    made: list[Json] = []
    for path in asked.packages:
        try:
            made.append(unstructure(verify(path, level=asked.level, jobs=1)))
        except PreserveError:
            made.append(None)
    return {"reports": made}


def read_answer(answer: Json) -> tuple[Report | None, ...]:
    """
    Return what ``work`` answered.

    Raises:
        JsonSyntaxError: If it is no answer of ``work``.
    """
    return structure(_Answered, answer).reports
