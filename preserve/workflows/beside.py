"""
What becomes of all that a browser asks for while it shows a page?

What leads to the page itself is told apart and lands as the answer to the seed, like that of any engine.
Everything else is stored, opened and entered beside it, a few at a time and in easy moments. When the
browser is done, the table takes stock: what it did not ask for is left for the linked-resource pass.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from preserve.disk import Spool
from preserve.model.exchange import AskedBy
from preserve.model.rendering import Asked, Cause, Clicked, Refers
from preserve.model.url import fragmentless
from preserve.scope.answers import is_piece
from preserve.scope.destinations import kind_of
from preserve.scope.roles import RULES
from preserve.scope.seen import Beside
from preserve.workflows.backlog import Backlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve.model.exchange import Artefact, Exchange
    from preserve.model.inspection import Inspection
    from preserve.model.reference import Role
    from preserve.model.rendering import Observation
    from preserve.model.url import UriR
    from preserve.package.writer import Recorded
    from preserve.workflows.intake import Intake

__all__ = ["Bystanders"]

_DOCUMENT, _DOCUMENT_URN = "dom", "urn:dom:"
"""The artefact of a document as it stood in the browser: docs/format/package-1.md, section 6."""
_AT_ONCE = 16
"""Exchanges that may be stored or opened side by side: each may hold a spool's MiB in memory."""


class Bystanders:
    """
    Takes in what a browser asks for besides the page.

    Args:
        seed: The page.
        intake: Opens and enters what comes.
        record: Has an exchange stored.
        at_ease: Whether nothing is on its way to the page just now.
    """

    def __init__(
        self,
        seed: UriR,
        intake: Intake,
        record: Callable[[Exchange, Role], asyncio.Future[Recorded]],
        at_ease: Callable[[], bool],
    ) -> None:
        self._intake = intake
        self._record = record
        self._awaited: UriR | None = seed
        """The next URL on the way to the page; None once it has answered."""
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._backlog = Backlog(at_ease=at_ease, ready=self._free.acquire, begin=self._begin)
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: BaseException | None = None
        self._rendered: list[tuple[str, Inspection]] = []
        self._refers: list[Refers] = []
        self._clicks: list[Clicked] = []
        self._by_click: set[str] = set()

    def is_way(self, item: Exchange) -> bool:
        """Tell whether an exchange is on the way to the page, its redirects included."""
        if item.asked_by is not AskedBy.BROWSER:
            return True
        if item.url != self._awaited:
            return False
        if item.redirect_to is not None:
            self._awaited = fragmentless(item.redirect_to)
        elif item.response is not None:
            self._awaited = None
        return True

    async def take(self, item: Exchange) -> None:
        """Have an exchange stored, opened and entered soon; returns when there is room for the next."""
        await self._backlog.add(item)
        if self._failed is not None:
            raise self._failed

    async def look(self, artefact: Artefact) -> None:
        """Open a document as it stood in the browser; what else was made says nothing about references."""
        if artefact.kind == _DOCUMENT and isinstance(artefact.content, Spool):
            url = artefact.url.removeprefix(_DOCUMENT_URN)
            self._rendered.append((url, await self._intake.open_rendered(url, artefact.content)))

    def see(self, seen: Observation) -> None:
        """Take what was seen."""
        match seen:
            case Refers():
                self._refers.append(seen)
            case Clicked():
                self._clicks.append(seen)
            case Asked(cause=Cause.CLICK):
                self._by_click.add(seen.url)
            case _:
                pass

    async def finish(self) -> None:
        """Wait for what is under way, then enter what was seen; the page itself has landed."""
        await self._backlog.finish()
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._failed is not None:
            raise self._failed
        table = self._intake.table
        # The document's own links first: a capturer knows a document from a place to go.
        seen = [(url, inspection.links) for url, inspection in self._rendered]
        seen += [(refers.frame, refers.links) for refers in self._refers]
        for url, links in seen:
            source = table.answer_of(fragmentless(url)) or table.seed_answer
            if source is not None:
                table.add_seen(source, links)
        if self._rendered:
            self._intake.add_claims(self._rendered[0][1].claims)
        for click in self._clicks:
            table.clicked(click.text, click.brought)
        table.asked_by_click(self._by_click)
        table.settle()

    async def close(self) -> None:
        """Let what has come be stored, and open nothing more. Idempotent."""
        for item in self._backlog.take():
            self._record(item, _role(item)).add_done_callback(_forget)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, item: Exchange) -> None:
        """Store, open and enter an exchange; a place among those under way is free."""
        task = asyncio.create_task(self._land(item, self._record(item, _role(item))))
        self._tasks.add(task)
        task.add_done_callback(self._landed)

    async def _land(self, item: Exchange, stored: asyncio.Future[Recorded]) -> None:
        try:
            recorded = await asyncio.shield(stored)
        except asyncio.CancelledError:
            stored.add_done_callback(_forget)
            raise
        landed = Beside(
            url=fragmentless(item.url),
            kind=kind_of(item.destination),
            answer=recorded.resource,
            ended=item.ended,
            reason=item.reason,
            piece=is_piece(item.status, item.field("content-range")),
            asked_by=item.asked_by,
        )
        await self._intake.land_beside(landed, recorded.content)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._free.release()
        if not task.cancelled() and task.exception() is not None:
            self._failed = self._failed or task.exception()


def _role(item: Exchange) -> Role:
    return RULES[kind_of(item.destination)].role


def _forget(stored: asyncio.Future[Recorded]) -> None:
    """Give up the content of an exchange that was stored when nobody waited for it any more."""
    if not stored.cancelled() and stored.exception() is None:
        stored.result().close()
