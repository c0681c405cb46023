"""How is everything fetched that the table asks for?"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from preserve.disk import Spool
from preserve.errors import ProgramMissing
from preserve.model.exchange import Artefact, Engine, Exchange, ShowsPages
from preserve.model.reference import Role
from preserve.scope.shell import judge_shell
from preserve.workflows.beside import Bystanders
from preserve.workflows.landing import Landing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from preserve.model.exchange import Task
    from preserve.model.rendering import Observation
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
        self._lacks: list[str] = []
        self._running: set[asyncio.Task[None]] = set()
        self._visiting = 0
        self._storing: set[asyncio.Task[Any] | None] = set()
        self._failed: BaseException | None = None
        self._stopped = False
        self._ending = False
        self._holding = False
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
        return [*self._lacks, *self._met]

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
            not (self._met or self._failed or self._holding)
            and self._visiting < most
            and len(self._running) < most + _BEHIND
        ):
            task = self._intake.table.next()
            if task is None:
                return
            # While a browser shows the page nothing that it may ask for itself is asked for.
            self._holding = isinstance(self._engine, ShowsPages) and task.url == self._request.url
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
        """Run one task to its end; if it is the page, show it where that is wanted."""
        engine = self._engine
        if task.url != self._request.url or not isinstance(engine, ShowsPages):
            await self._land(task, self._engine.visit(task))
            return
        try:
            if engine.always:
                await self._show(task, engine)
            else:
                await self._land(task, engine.visit(task))
                self._intake.shell = self._shell()
                if self._intake.shell and not self._ending:
                    self._visiting += 1
                    await self._show_if_possible(task, engine)
        finally:
            self._holding = False
            self._changed.set()

    def _shell(self) -> tuple[str, ...]:
        """Return why the page is nothing without a browser, as sentences; none if it is something."""
        answer = self._intake.table.seed_answer
        if answer is None:
            return ()
        facts = self._writer.resources[answer.response].facts
        return judge_shell(facts, self._intake.table.links_of(answer.response))

    async def _show_if_possible(self, task: Task, engine: ShowsPages) -> None:
        """Show the page; without a browser go on, and say what that means."""
        try:
            await self._show(task, engine)
        except ProgramMissing as exc:
            self._lacks.append(f"The page needs a browser. {' '.join(self._intake.shell)} {exc}")

    async def _show(self, task: Task, engine: ShowsPages) -> None:
        """Show the page in a browser, and take in all that it asks for."""
        beside = Bystanders(task.url, self._intake, self._record, engine.at_ease)
        try:
            await self._land(task, engine.show(task), beside)
            self._intake.shown = True
            await beside.finish()
        finally:
            await beside.close()

    async def _land(
        self,
        task: Task,
        items: AsyncGenerator[Exchange | Artefact | Observation, None],
        beside: Bystanders | None = None,
    ) -> None:
        """Store every hop to what answers a task, then take in the last."""
        landing = Landing(table=self._intake.table)
        try:
            try:
                await self._visit(task, items, landing, beside)
            except asyncio.CancelledError:
                # What has come of a page that is being shown is the page, whether it was done or not.
                if beside is None or not self._ending:
                    raise
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
        if self._ending and beside is None and content is not None:
            content.close()
            content = None
        await self._intake.land(task.url, answer, content, landing.ended, landing.reason, landing.asked_by)

    async def _visit(
        self,
        task: Task,
        items: AsyncGenerator[Exchange | Artefact | Observation, None],
        landing: Landing,
        beside: Bystanders | None,
    ) -> None:
        role = self._intake.table.role_of(task.url)
        async with aclosing(items) as visit:
            async for item in visit:
                if isinstance(item, Artefact):
                    if beside is not None:
                        await beside.look(item)
                    await self._keep(item)
                elif not isinstance(item, Exchange):
                    if beside is not None:
                        beside.see(item)
                elif beside is not None and not beside.is_way(item):
                    await beside.take(item)
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
