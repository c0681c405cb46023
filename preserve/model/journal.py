"""What is remembered of each page of a list?"""

from __future__ import annotations

import attrs

from preserve.model.capture import Verdict

__all__ = ["JOURNAL_SCHEMA", "JournalLine"]

JOURNAL_SCHEMA = "preserve/journal/1"


@attrs.frozen(kw_only=True)
class JournalLine:
    """One line of ``archive.journal.jsonl``: what came of one page. docs/format/journal-1.md."""

    schema: str = JOURNAL_SCHEMA
    at: str
    """When the page had ended."""
    url: str
    """The normalised URL that was asked for."""
    verdict: Verdict
    interrupted: bool = False
    page: str | None = None
    """Name of the page folder; None when there is no package."""
    capture: str | None = None
    """Name of the package; None when there is none."""
    reason: str = ""
    """Why there is no package, as a sentence."""

    @property
    def is_done(self) -> bool:
        """Whether the page need not be archived again: it is complete, or partial to the end."""
        return self.verdict is not Verdict.FAILED and not self.interrupted
