"""How is everything fetched that the table asks for?"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from preserve.disk import Spool
from preserve.model.exchange import Ended, Engine, Exchange

if TYPE_CHECKING:
    from preserve.model.exchange import Task
    from preserve.model.reference import Role
    from preserve.package.staging import Staging
    from preserve.package.writer import PackageWriter, Recorded
    from preserve.workflows.context import Context
    from preserve.workflows.intake import Intake

__all__ = ["Crawl"]


class Crawl:
    """Runs tasks side by side until the table has none, a limit is met, or the caller cancels."""

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
        engine.configure(self._request, spool=lambda: Spool(staging.spool), clock=context.clock)

    async def run(self) -> list[str]:
        """Fetch everything; return a sentence for every limit of the whole capture that was met."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._context.cancel.listen(lambda: loop.call_soon_threadsafe(stop.set))
        stopping = asyncio.create_task(stop.wait())
        try:
            async with asyncio.timeout(self._request.limits.capture_s):
                await self._work(stopping)
        except TimeoutError:
            self._meet(f"The capture took longer than {self._request.limits.capture_s:g} s.")
        finally:
            self._context.cancel.listen(None)
            stopping.cancel()
            await self._engine.close()
            self._executor.shutdown(wait=True)
        if stop.is_set():
            self._intake.table.refuse_rest("The capture was interrupted.")
        elif self._met:
            self._intake.table.refuse_rest(self._met[0])
        if self._intake.table.dropped:
            self._met.append(f"{self._intake.table.dropped} references are above the limit and not listed.")
        return self._met

    async def _work(self, stopping: asyncio.Task[Any]) -> None:
        running: set[asyncio.Task[Any]] = set()
        try:
            while not stopping.done():
                while not self._met and len(running) < self._request.limits.connections:
                    task = self._intake.table.next()
                    if task is None:
                        break
                    running.add(asyncio.create_task(self._fetch(task)))
                if not running:
                    return
                done, _ = await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
                running -= done
                # All are asked before one is raised: an exception that nobody asks for is printed at exit.
                failures = [failure for task in done - {stopping} if (failure := task.exception())]
                if failures:
                    raise min(failures, key=lambda failure: failure.__cause__ is None)  # the disk's own first
        finally:
            for left in running:
                left.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _fetch(self, task: Task) -> None:
        """Run one task to its end: store every hop, then take in the last."""
        role = self._intake.table.role_of(task.url)
        last: Recorded | None = None
        ended, reason = Ended.FAILED, "The engine gave no answer."
        try:
            async with aclosing(self._engine.visit(task)) as visit:
                async for item in visit:
                    if not isinstance(item, Exchange):
                        raise TypeError("a plain visit yields exchanges only")  # noqa: TRY301 - a plug-in's fault
                    if last is not None:
                        last.close()
                    last = await self._record(item, role)
                    ended, reason = item.ended, item.reason
        except BaseException:
            if last is not None:
                last.close()
            raise
        answer, content = (last.resource, last.content) if last else (None, None)
        await self._intake.land(task.url, answer, content, ended, reason)

    async def _record(self, item: Exchange, role: Role) -> Recorded:
        """Store one exchange whole, even when cancelled meanwhile, and count it."""
        received = item.received_bytes
        future = asyncio.get_running_loop().run_in_executor(self._executor, self._store, item, role)
        try:
            recorded = await asyncio.shield(future)
        except asyncio.CancelledError:
            future.add_done_callback(_forget)
            raise
        self._requests += 1
        self._bytes += received
        limits = self._request.limits
        if self._requests >= limits.requests:
            self._meet(f"The limit of {limits.requests} requests was met.")
        if self._bytes >= limits.capture_bytes:
            self._meet(f"The limit of {limits.capture_bytes} bytes was met.")
        return recorded

    def _store(self, exchange: Exchange, role: Role) -> Recorded:
        """Write the records of an exchange and give up its spools, in the writer's thread."""
        try:
            return self._writer.record(exchange, role)
        finally:
            exchange.close()

    def _meet(self, sentence: str) -> None:
        if not self._met:
            self._met.append(sentence)


def _forget(future: asyncio.Future[Recorded]) -> None:
    """Give up the content of an exchange that was stored when nobody waited for it any more."""
    if not future.cancelled() and future.exception() is None:
        future.result().close()
