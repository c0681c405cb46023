"""What does long work tell its caller, and in which named steps does it go?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs

__all__ = ["ARCHIVE_STEPS", "LIST_STEPS", "OnProgress", "Progress"]

# Every step an archive run reports, in order; some repeat. They are also the points at which the
# tests kill the process: after any of them there is nothing new, a ``.partial`` folder that
# ``recover`` can seal, or the published package.
ARCHIVE_STEPS = (
    "staging.created",
    "warc.opened",
    "record.writing",
    "record.written",
    "exchange.recorded",
    "warcs.closed",
    "records.written",
    "index.written",
    "pages.written",
    "resources.written",
    "references.written",
    "capture.written",
    "datapackage.written",
    "bag.written",
    "checked",
    "synced",
    "published",
    "staging.removed",
    "receipt.written",
)

# What is reported besides, when many pages are archived: how many pages of the list have ended.
LIST_STEPS = ("page.begun", "page.ended")


@attrs.frozen(kw_only=True)
class Progress:
    """One report from long work. Callbacks run in the worker's own thread and must be quick."""

    step: str
    detail: str = ""
    """A URL or path."""
    page: str = ""
    """The URL of the page that it is about, when several are archived at once."""
    done: int = 0
    total: int | None = None
    size_bytes: int = 0
    total_bytes: int | None = None
    """How many bytes there will be, where that is known before."""


OnProgress: TypeAlias = Callable[[Progress], None]
