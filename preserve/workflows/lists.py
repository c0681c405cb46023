"""
How are many pages archived?

Several at once, in one event loop, with workers that they share. What became of each page is remembered
in a journal, so that the same list can be run again and only what is left is done.
"""

from __future__ import annotations

from contextlib import ExitStack, aclosing
from typing import TYPE_CHECKING, Unpack

from preserve.disk import storage_errors
from preserve.errors import RunningLoop
from preserve.model.capture import Limits
from preserve.package.reader import open_package
from preserve.workflows.intake import make_workers
from preserve.workflows.journal import open_journal
from preserve.workflows.list_plan import ListOptions, PageResult, make_plan
from preserve.workflows.list_run import ListRun
from preserve.workflows.loop import is_running, iterate

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Generator, Iterable
    from pathlib import Path

    from preserve.workflows.journal import Journal
    from preserve.workflows.list_plan import ListPlan
    from preserve.workflows.turns import ListedPage

__all__ = ["PageResult", "archive_many", "archive_many_async"]


def archive_many(
    urls: Iterable[str], into: str | os.PathLike[str] = ".", **options: Unpack[ListOptions]
) -> Generator[PageResult, None, None]:
    """
    Archive many pages, and yield the result of each when it has ended; for callers without an event loop.

    The pages are archived in a thread with an event loop of its own, whether or not the next result is
    asked for. Leaving the loop early, or a KeyboardInterrupt, ends what is under way and leaves
    ``.partial`` folders that ``recover`` seals; a ``Cancel`` seals what is under way as interrupted.

    Args:
        urls: http or https URLs; of those that are the same when normalised, the first counts.
        into: The folder that gets, or has, the folders of the pages.
        options: See ``ListOptions``.

    Raises:
        RunningLoop: If called inside a running event loop: use ``archive_many_async`` there.
        UsageError: If an option cannot be meant. A page that fails raises nothing: see ``PageResult``.
        Locked: When asked for results, if another process works with the same journal.
        JsonSyntaxError: When asked for results, if the journal is none.
        StorageUnavailable: When asked for results, if the journal or the folder of receipts cannot be made.
    """
    if is_running():
        raise RunningLoop(
            "archive_many() was called inside a running event loop; use archive_many_async() there instead."
        )
    return iterate(_results(make_plan(urls, into, options)))


def archive_many_async(
    urls: Iterable[str], into: str | os.PathLike[str] = ".", **options: Unpack[ListOptions]
) -> AsyncGenerator[PageResult, None]:
    """
    Archive many pages, and yield the result of each when it has ended; as ``archive_many``.

    Whoever may leave the loop early closes the generator (``contextlib.aclosing``).
    """
    return _results(make_plan(urls, into, options))


async def _results(plan: ListPlan) -> AsyncGenerator[PageResult, None]:
    """Yield what is refused, what was done before, and then what becomes of the rest."""
    for refused in plan.refused:
        yield refused
    if not plan.pages:
        return
    with ExitStack() as held:
        journal = None if plan.journal is None else held.enter_context(open_journal(plan.journal))
        if plan.receipts is not None:
            with storage_errors(f"make the folder {plan.receipts}"):
                plan.receipts.mkdir(parents=True, exist_ok=True)
        left: list[ListedPage] = []
        for page in plan.pages:
            done = None if plan.again or journal is None else _done_before(page, plan.into, journal)
            if done is None:
                left.append(page)
            else:
                yield done
        if not left:
            return
        workers = make_workers(plan.options.get("limits", Limits()))
        held.callback(workers.close)
        async with aclosing(ListRun(plan, left, journal, workers).results()) as results:
            async for result in results:
                yield result


def _done_before(page: ListedPage, into: Path, journal: Journal) -> PageResult | None:
    """Return the result of a page that the journal calls done, if its package is still there."""
    line = journal.last(page.url)
    if line is None or not line.is_done or line.page is None or line.capture is None:
        return None
    folder = into / line.page / line.capture
    if not folder.is_dir():
        return None
    package = open_package(folder)
    return PageResult(
        url=page.url, as_given=page.as_given, verdict=line.verdict, package=package, skipped=True
    )
