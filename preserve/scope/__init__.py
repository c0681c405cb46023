"""What to fetch next and why, and what became of every reference. Pure."""

from preserve.scope.outcome import is_gap, judge_outcome
from preserve.scope.table import Table

__all__ = ["Table", "is_gap", "judge_outcome"]
