"""Which cases of the battery run which lines of a module, and in what time?"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from types import FrameType
    from typing import Any

    from tests.checks.battery import Case
    from tests.mutation.changes import Change

__all__ = ["Reach", "record"]


@attrs.frozen(kw_only=True)
class Reach:
    """What was seen when every case was asked once, without a change."""

    seconds: tuple[float, ...]
    """Of each case, of the processor's time, slowed down by being watched."""
    lines: tuple[dict[str, frozenset[int]], ...]
    """The lines of each file that each case ran."""

    def cases(self, path: Path, change: Change) -> list[int]:
        """Return the cases that run a change: all of them for what is run when a module is loaded."""
        if not any(str(path) in lines for lines in self.lines):
            return []
        wanted = frozenset(change.lines)
        return [
            n
            for n, lines in enumerate(self.lines)
            if not change.function or not wanted.isdisjoint(lines.get(str(path), ()))
        ]

    def ways(self, path: Path, cases: Iterable[int]) -> tuple[list[int], list[int]]:
        """Return one case of each way through a module, and the others that went the same ways."""
        first: dict[frozenset[int], int] = {}
        others = []
        for case in cases:
            way = self.lines[case].get(str(path), frozenset())
            if first.setdefault(way, case) != case:
                others.append(case)
        return [*first.values()], others


def record(cases: Sequence[Case], folders: Sequence[Path], modules: Iterable[Path]) -> Reach:
    """
    Ask every case once and return what it ran.

    Args:
        cases: All of them.
        folders: Where the package of each was made.
        modules: Of which the lines are wanted.

    Raises:
        ValueError: If an answer is wrong already.
    """
    wanted = {str(path) for path in modules}
    seconds, ran = [], []
    known: dict[frozenset[int], frozenset[int]] = {}
    for case, folder in zip(cases, folders, strict=True):
        lines: dict[str, set[int]] = {}
        begun = time.process_time()
        if not _watched(case, folder, wanted, lines):
            raise ValueError(f"Without any change the answer is wrong: {case.name}")
        seconds.append(time.process_time() - begun)
        frozen = {name: frozenset(some) for name, some in lines.items()}
        ran.append({name: known.setdefault(some, some) for name, some in frozen.items()})
    return Reach(seconds=tuple(seconds), lines=tuple(ran))


def _watched(case: Case, into: Path, wanted: set[str], lines: dict[str, set[int]]) -> bool:
    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            lines.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
        return local

    def trace(frame: FrameType, _: str, __: Any) -> Any:
        return local if frame.f_code.co_filename in wanted else None

    threading.settrace(trace)
    sys.settrace(trace)
    try:
        return case.ask(into)
    finally:
        sys.settrace(None)
        threading.settrace(None)
