"""How are the pages of a list archived side by side?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import attrs

from preserve.disk import storage_errors
from preserve.errors import Interrupted, PreserveError, StorageUnavailable
from preserve.model.capture import Verdict
from preserve.model.journal import JournalLine
from preserve.model.progress import Progress
from preserve.model.times import to_iso
from preserve.package.receipt import write_receipt
from preserve.workflows.archive import ArchiveOptions, archive_async
from preserve.workflows.context import Cancel
from preserve.workflows.list_plan import PageResult
from preserve.workflows.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from preserve.model.progress import OnProgress
    from preserve.package.reader import Package
    from preserve.workers.pool import Workers
    from preserve.workflows.journal import Journal
    from preserve.workflows.list_plan import ListPlan
    from preserve.workflows.turns import ListedPage

__all__ = ["ListRun"]


class ListRun:
    """
    The pages of one list that are to be archived now. Made and used within one event loop.

    Args:
        plan: What was asked for.
        pages: Those that are left to do.
        journal: Gets a line for each page; None for none.
        workers: Shared by all; the caller closes them.
    """

    def __init__(
        self, plan: ListPlan, pages: list[ListedPage], journal: Journal | None, workers: Workers
    ) -> None:
        self._plan = plan
        self._context = plan.context
        self._journal = journal
        self._workers = workers
        self._turns = Turns(pages)
        self._loop = asyncio.get_running_loop()
        self._cancels: set[Cancel] = set()
        self._total = len(pages)
        self._ended = 0

    async def results(self) -> AsyncGenerator[PageResult, None]:
        """Archive all pages; yield the result of each, in the order in which they end."""
        done: asyncio.Queue[PageResult | None] = asyncio.Queue()
        self._context.cancel.listen(lambda: self._loop.call_soon_threadsafe(self._seal))
        driver = asyncio.create_task(self._drive(done))
        try:
            while (result := await done.get()) is not None:
                yield result
            await driver
        finally:
            self._context.cancel.listen(None)
            driver.cancel()
            await asyncio.wait({driver})

    def _seal(self) -> None:
        """Begin no page any more, and let those under way seal what they have."""
        self._turns.stop()
        for cancel in self._cancels:
            cancel.set()

    async def _drive(self, done: asyncio.Queue[PageResult | None]) -> None:
        places = [asyncio.create_task(self._place(done)) for _ in range(self._plan.pages_at_once)]
        try:
            await asyncio.gather(*places)
        finally:
            for place in places:
                place.cancel()
            await asyncio.gather(*places, return_exceptions=True)
            done.put_nowait(None)

    async def _place(self, done: asyncio.Queue[PageResult | None]) -> None:
        """Archive one page after another, as long as there are any."""
        while (page := await self._turns.take()) is not None:
            cancel = Cancel()
            self._cancels.add(cancel)
            self._report("page.begun", page)
            try:
                result = await self._archive(page, cancel)
            finally:
                self._cancels.discard(cancel)
                self._turns.give_back(page)
            result = self._remember(result)
            self._ended += 1
            self._report("page.ended", page)
            if isinstance(result.error, StorageUnavailable):
                self._turns.stop()  # the next page would fare no better, and its server be asked in vain
            done.put_nowait(result)

    async def _archive(self, page: ListedPage, cancel: Cancel) -> PageResult:
        def on_progress(report: Progress) -> None:
            if report.step == "warcs.closed":
                # Nothing more is asked of the host: while this page is sealed, the next may begin.
                self._loop.call_soon_threadsafe(self._turns.give_back, page)
            self._context.on_progress(attrs.evolve(report, page=page.url))

        context = attrs.evolve(self._context, on_progress=on_progress, cancel=cancel, workers=self._workers)
        options: ArchiveOptions = {**self._plan.options, "context": context}
        result = PageResult(url=page.url, as_given=page.as_given, verdict=Verdict.FAILED)
        try:
            with storage_errors(f"archive {page.url}"):
                package = await archive_async(page.as_given, self._plan.into, **options)
                outcome = package.capture.outcome
                result = attrs.evolve(
                    result, package=package, verdict=outcome.verdict, interrupted=outcome.interrupted
                )
                self._write_receipt(package, on_progress)
        except PreserveError as exc:
            interrupted = result.interrupted or isinstance(exc, Interrupted)
            return attrs.evolve(result, error=exc, interrupted=interrupted)
        return result

    def _write_receipt(self, package: Package, on_progress: OnProgress) -> None:
        if self._plan.receipts is not None:
            target = self._plan.receipts / f"{package.page}-{package.name}.receipt.json"
            write_receipt(package.path, target)
            on_progress(Progress(step="receipt.written", detail=str(target)))

    def _remember(self, result: PageResult) -> PageResult:
        """Write the journal's line of a page; return its result, with the error if that failed."""
        if self._journal is None:
            return result
        package = result.package
        line = JournalLine(
            at=to_iso(self._context.clock()),
            url=result.url,
            verdict=result.verdict,
            interrupted=result.interrupted,
            page=package.page if package else None,
            capture=package.name if package else None,
            reason=result.error.message if result.error and package is None else "",
        )
        try:
            self._journal.add(line)
        except StorageUnavailable as exc:
            return attrs.evolve(result, error=result.error or exc)
        return result

    def _report(self, step: str, page: ListedPage) -> None:
        self._context.on_progress(Progress(step=step, page=page.url, done=self._ended, total=self._total))
