"""What to fetch next and why, and what became of every reference. Pure."""

from preserve.scope.outcome import REQUIRABLE, is_gap, judge_outcome, missing_required
from preserve.scope.table import Table

__all__ = ["REQUIRABLE", "Table", "is_gap", "judge_outcome", "missing_required"]
