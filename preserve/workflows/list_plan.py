"""What is asked for when many pages are archived, and what comes of each?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.errors import PreserveError, UrlRefused, UsageError
from preserve.model.capture import Verdict
from preserve.model.credentials import Credentials
from preserve.model.url import origin, parse
from preserve.package.reader import Package
from preserve.workflows.archive import ArchiveOptions, request_from
from preserve.workflows.context import Context
from preserve.workflows.turns import ListedPage

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

__all__ = ["PAGES_AT_ONCE", "ListOptions", "ListPlan", "PageResult", "make_plan"]

PAGES_AT_ONCE = 4
"""More gain little: what one page leaves idle of network, disk and two cores, three others use."""


class ListOptions(ArchiveOptions, total=False):
    """
    What ``archive_many`` takes besides the URLs and the folder.

    Of ``ArchiveOptions``, ``receipt`` and an ``engine`` of the caller's own are for single pages. Every
    report to ``on_progress`` names its ``page``; they come from several threads.
    """

    pages_at_once: int
    """How many pages may be under way; four."""
    receipts: str | os.PathLike[str] | None
    """A folder that gets a receipt of each package: ``<page folder>-<package>.receipt.json``."""
    journal: str | os.PathLike[str] | None
    """A file that remembers what was done: a page that it calls done, and whose package is there, is
    skipped. None: nothing is remembered."""
    again: bool
    """Archive what the journal calls done all the same."""


@attrs.frozen(kw_only=True)
class PageResult:
    """What became of one page of a list."""

    url: str
    """The normalised URL; as given, when it could not be archived."""
    as_given: str
    verdict: Verdict
    interrupted: bool = False
    package: Package | None = None
    error: PreserveError | None = None
    """Why there is no package; or, with one, why it has no receipt or no line in the journal."""
    skipped: bool = False
    """It was archived by an earlier run, which made ``package``."""


@attrs.frozen(kw_only=True)
class ListPlan:
    """What was asked for, checked."""

    into: Path
    pages: tuple[ListedPage, ...]
    refused: tuple[PageResult, ...]
    options: ArchiveOptions
    context: Context
    pages_at_once: int
    receipts: Path | None
    journal: Path | None
    again: bool


def make_plan(urls: Iterable[str], into: str | os.PathLike[str], options: ListOptions) -> ListPlan:
    """
    Check what is asked for.

    Raises:
        UsageError: If an option cannot be meant.
    """
    if isinstance(urls, str):
        raise UsageError("Many pages are given as a list of URLs, not as one text.")
    if options.pop("receipt", None) is not None:
        raise UsageError("A receipt file is for one page; name a folder with receipts instead.")
    if not isinstance(options.get("engine", ""), str):
        raise UsageError("An engine object captures one page; give the name of an engine instead.")
    at_once = options.pop("pages_at_once", PAGES_AT_ONCE)
    if at_once < 1:
        raise UsageError(f"At least one page must be under way at once, not {at_once}.")
    context = options.pop("context", Context())
    receipts, journal = options.pop("receipts", None), options.pop("journal", None)
    again = options.pop("again", False)
    context = attrs.evolve(
        context,
        on_progress=options.pop("on_progress", context.on_progress),
        cancel=options.pop("cancel", context.cancel),
    )
    pages: dict[str, ListedPage] = {}
    refused: list[PageResult] = []
    for given in urls:
        try:
            url = request_from(given, options).url
        except UrlRefused as exc:
            refused.append(PageResult(url=given, as_given=given, verdict=Verdict.FAILED, error=exc))
        else:
            pages.setdefault(url, ListedPage(url=url, as_given=given, host=parse(url).hostname))
    origins = {origin(url) for url in pages}
    if options.get("credentials", Credentials()).for_one_origin and len(origins) > 1:
        raise UsageError(
            f"Headers, a password and a client certificate are for one origin; the list has {len(origins)}."
        )
    return ListPlan(
        into=Path(into),
        pages=tuple(pages.values()),
        refused=tuple(refused),
        options=options,
        context=context,
        pages_at_once=at_once,
        receipts=None if receipts is None else Path(receipts),
        journal=None if journal is None else Path(journal),
        again=again,
    )
