"""What is known of one URL that should be had?"""

from __future__ import annotations

import attrs

from preserve.model.exchange import AskedBy, Task
from preserve.model.reference import Link, State
from preserve.model.resource import Resource

__all__ = ["Row"]


@attrs.define(kw_only=True)
class Row:
    """One URL that should be had, and its answer when there is one."""

    link: Link
    depth: int
    task: Task
    answer: Resource | None = None
    nothing: tuple[State, str] | None = None
    taken: bool = False
    """It was given out by ``next``."""
    beside: bool = False
    """Only a browser's request names it so far, no reference."""
    hop: bool = False
    """A redirect led to it."""
    piece: bool = False
    """The answer is a part of what stands there."""
    before: tuple[Resource, bool] | None = None
    """The answer that was there, and whether it is a piece, while a better one is asked for."""
    asked_by: AskedBy = AskedBy.ENGINE

    @property
    def is_open(self) -> bool:
        """Whether nothing has come of it yet."""
        return self.answer is None and self.nothing is None

    def restore(self) -> None:
        """Have the answer back that was there before a better one was asked for in vain."""
        if self.before is not None and self.answer is None:
            (self.answer, self.piece), self.before, self.nothing = self.before, None, None
