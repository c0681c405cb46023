"""What came of one task so far?"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import attrs

from preserve.model.exchange import AskedBy, Ended, Exchange
from preserve.model.resource import Resource
from preserve.model.url import UriR
from preserve.package.writer import Recorded
from preserve.scope import Table

if TYPE_CHECKING:
    from preserve.disk import Spool

__all__ = ["Landing"]


@attrs.frozen(kw_only=True)
class _Aside:
    """What came of a robots.txt so far."""

    url: UriR
    answer: Resource | None
    ended: Ended
    reason: str


@attrs.define(eq=False, kw_only=True)
class Landing:
    """
    The exchanges of one task, taken in as they are stored, in their order.

    Args:
        table: Told what came of the ``aside`` exchanges; the caller tells it of the rest.
    """

    table: Table
    ended: Ended = attrs.field(default=Ended.FAILED, init=False)
    """How the last exchange ended."""
    reason: str = attrs.field(default="The engine gave no answer.", init=False)
    asked_by: AskedBy = attrs.field(default=AskedBy.ENGINE, init=False)
    """Who made the last exchange happen."""
    _last: Recorded | None = attrs.field(default=None, init=False)
    _rules: _Aside | None = attrs.field(default=None, init=False)
    _expected: deque[tuple[Exchange, asyncio.Future[Recorded]]] = attrs.field(factory=deque, init=False)

    @property
    def answer(self) -> tuple[Resource | None, Spool | None]:
        """The response that answers the task, and its content, which belongs to the caller."""
        return (self._last.resource, self._last.content) if self._last else (None, None)

    def expect(self, item: Exchange, stored: asyncio.Future[Recorded]) -> None:
        """Take an exchange that is being stored."""
        self._expected.append((item, stored))

    async def settle(self, *, but: int = 0) -> None:
        """Wait until no more than ``but`` exchanges are still being stored, and take in the others."""
        while len(self._expected) > but:
            item, stored = self._expected[0]
            # Whoever is cancelled while it waits leaves the exchange to be stored, and to ``close``.
            recorded = await asyncio.shield(stored)
            self._expected.popleft()
            self._take(item, recorded)

    def _take(self, item: Exchange, recorded: Recorded) -> None:
        if item.aside:
            recorded.close()
            url = self._rules.url if self._rules is not None else item.url
            self._rules = _Aside(url=url, answer=recorded.resource, ended=item.ended, reason=item.reason)
            return
        self._land_aside()
        self.ended, self.reason, self.asked_by = item.ended, item.reason, item.asked_by
        if self._last is not None:
            if _is_kept(self._last, recorded, item):
                return
            self._last.close()
        self._last = recorded

    async def finish(self) -> None:
        """Settle all exchanges: no more will come."""
        await self.settle()
        self._land_aside()

    def close(self) -> None:
        """Give up all contents, those of exchanges under way when they are stored."""
        if self._last is not None:
            self._last.close()
        for _, stored in self._expected:
            stored.add_done_callback(_forget)

    def _land_aside(self) -> None:
        """Enter what came of a robots.txt into the table, once it has come to its end."""
        rules, self._rules = self._rules, None
        if rules is not None:
            self.table.landed_aside(rules.url, rules.answer, rules.ended, rules.reason)


def _is_kept(last: Recorded, fresh: Recorded, item: Exchange) -> bool:
    """Tell whether an answer stays the answer, because asking again brought none at all."""
    answer = last.resource
    return (
        fresh.resource is None
        and answer is not None
        and answer.url == item.url
        and answer.redirect_to is None
    )


def _forget(future: asyncio.Future[Recorded]) -> None:
    """Give up the content of an exchange that was stored when nobody waited for it any more."""
    if not future.cancelled() and future.exception() is None:
        future.result().close()
