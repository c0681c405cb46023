"""What do we tell a person about a list of pages?"""

from __future__ import annotations

import attrs

from preserve.model.capture import Verdict

__all__ = ["ListTotals", "Skipped"]


@attrs.frozen(kw_only=True)
class Skipped:
    """A page that an earlier run archived."""

    url: str
    path: str
    """Where its package is."""
    verdict: Verdict
    """What that run said of it."""


@attrs.frozen(kw_only=True)
class ListTotals:
    """What came of the pages that a list names, those of earlier runs included."""

    pages: int
    """Different pages."""
    complete: int
    partial: int
    failed: int
    not_begun: int
    """The run ended before their turn."""
    skipped: int
    """How many of the complete and partial ones an earlier run had archived."""
    bad_lines: int
    """Lines that are no URL; not among the pages."""
    duplicates: int
    """Lines that name a page that was named before; not among the pages."""
