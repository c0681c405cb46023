"""How is everything fetched that the table asks for?"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from preserve.disk import Spool
from preserve.model.exchange import Artefact, Engine, Exchange
from preserve.model.reference import Role
from preserve.workflows.landing import Landing

if TYPE_CHECKING:
    from preserve.model.exchange import Task
    from preserve.package.staging import Staging
    from preserve.package.writer import PackageWriter, Recorded
    from preserve.workflows.context import Context
    from preserve.workflows.intake import Intake

__all__ = ["Crawl"]

_BEHIND = 16
"""Tasks that may be stored or opened beside those that visit: each may hold a spool's MiB in memory."""


class Crawl:
    """
    Runs tasks side by side until the table has none, a limit is met, or the caller cancels.

    A task visits, then stores, then opens what came. While one of them is stored or opened its
    connection serves the next; those behind are bounded, so a slow disk or capturer slows the visits.
    """

    def __init__(
        self, staging: Staging, engine: Engine, writer: PackageWriter, intake: Intake, context: Context
    ) -> None:
        self._request = staging.staged.request
        self._engine = engine
        self._writer = writer
        self._intake = intake
        self._context = context
        self._executor = ThreadPoolExecutor(1, "preserve-writer")
        self._requests = 0
        self._bytes = 0
        self._met: list[str] = []
        self._running: set[asyncio.Task[None]] = set()
        self._visiting = 0
        self._storing: set[asyncio.Task[Any] | None] = set()
        self._failed: BaseException | None = None
        self._stopped = False
        self._ending = False
        self._changed = asyncio.Event()
        folder = staging.spool
        engine.configure(self._request, spool=lambda: Spool(folder), clock=context.clock)

    async def run(self) -> list[str]:
        """Fetch everything; return a sentence for every limit of the whole capture that was met."""
        loop = asyncio.get_running_loop()
        self._context.cancel.listen(lambda: loop.call_soon_threadsafe(self._stop))
        try:
            async with asyncio.timeout(self._request.limits.capture_s):
                await self._work()
        except TimeoutError:
            self._meet(f"The capture took longer than {self._request.limits.capture_s:g} s.")
        finally:
            self._context.cancel.listen(None)
            await self._engine.close()
            self._executor.shutdown(wait=True)
        if self._failed is not None:
            raise self._failed
        if self._stopped:
            self._intake.table.refuse_rest("The capture was interrupted.")
        elif self._met:
            self._intake.table.refuse_rest(self._met[0])
        if self._intake.table.dropped:
            self._met.append(f"{self._intake.table.dropped} references are above the limit and not listed.")
        return self._met

    async def _work(self) -> None:
        try:
            while not self._stopped:
                self._changed.clear()
                self._begin_tasks()
                if self._failed is not None or not self._running:
                    return
                await self._changed.wait()
        finally:
            # What has come whole is stored and entered, but not opened any more; the rest is let go.
            self._ending = True
            for task in self._running - self._storing:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    def _begin_tasks(self) -> None:
        """Begin as many tasks as the limits allow now."""
        most = self._request.limits.connections
        while (
            not (self._met or self._failed) and self._visiting < most and len(self._running) < most + _BEHIND
        ):
            task = self._intake.table.next()
            if task is None:
                return
            self._visiting += 1
            running = asyncio.create_task(self._fetch(task))
            self._running.add(running)
            running.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        # Every task is asked: an exception that nobody asks for is printed at exit.
        failure = None if task.cancelled() else task.exception()
        if failure is not None and (self._failed is None or self._failed.__cause__ is None):
            self._failed = failure  # the disk's own before those that follow from it
        self._changed.set()

    def _stop(self) -> None:
        self._stopped = True
        self._changed.set()

    async def _fetch(self, task: Task) -> None:
        """Run one task to its end: store every hop, then take in the last."""
        landing = Landing(table=self._intake.table)
        try:
            try:
                await self._visit(task, landing)
            finally:
                self._visiting -= 1
                self._changed.set()
            this = asyncio.current_task()
            self._storing.add(this)
            try:
                await landing.finish()
            finally:
                self._storing.discard(this)
        except BaseException:
            landing.close()
            raise
        answer, content = landing.answer
        if self._ending and content is not None:
            content.close()
            content = None
        await self._intake.land(task.url, answer, content, landing.ended, landing.reason)

    async def _visit(self, task: Task, landing: Landing) -> None:
        role = self._intake.table.role_of(task.url)
        async with aclosing(self._engine.visit(task)) as visit:
            async for item in visit:
                if isinstance(item, Artefact):
                    await self._keep(item)
                else:
                    landing.expect(item, self._record(item, Role.ROBOTS if item.aside else role))
                    await landing.settle(but=1)

    def _record(self, item: Exchange, role: Role) -> asyncio.Future[Recorded]:
        """Have one exchange stored whole, whoever waits for it, and count it."""
        self._requests += 1
        self._bytes += item.received_bytes
        limits = self._request.limits
        if self._requests >= limits.requests:
            self._meet(f"The limit of {limits.requests} requests was met.")
        if self._bytes >= limits.capture_bytes:
            self._meet(f"The limit of {limits.capture_bytes} bytes was met.")
        return asyncio.get_running_loop().run_in_executor(self._executor, self._store, item, role)

    async def _keep(self, artefact: Artefact) -> None:
        """Store what was learnt on the way, even when cancelled meanwhile."""
        await asyncio.shield(
            asyncio.get_running_loop().run_in_executor(self._executor, self._store_artefact, artefact)
        )

    def _store_artefact(self, artefact: Artefact) -> None:
        """Write the record of an artefact and give up its spool, in the writer's thread."""
        try:
            self._writer.record_artefact(artefact)
        finally:
            artefact.close()

    def _store(self, exchange: Exchange, role: Role) -> Recorded:
        """Write the records of an exchange and give up its spools, in the writer's thread."""
        try:
            return self._writer.record(exchange, role)
        finally:
            exchange.close()

    def _meet(self, sentence: str) -> None:
        if not self._met:
            self._met.append(sentence)
