"""
Whose turn is it, when pages of many hosts wait?

One page of a host at a time, so that a list presses no server harder than a single page does, and the
hosts take turns, so that the one with the most pages does not keep the others waiting.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import attrs

from preserve.model.url import UriR

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ListedPage", "Turns"]


@attrs.frozen(kw_only=True)
class ListedPage:
    """One page of a list."""

    url: UriR
    as_given: str
    host: str


class Turns:
    """
    The pages that wait, by host. Used within one event loop.

    Args:
        pages: In the order in which the pages of a host, and hosts not served yet, are served.
    """

    def __init__(self, pages: Iterable[ListedPage]) -> None:
        self._pages: dict[str, deque[ListedPage]] = {}
        for page in pages:
            self._pages.setdefault(page.host, deque()).append(page)
        self._hosts = deque(self._pages)
        """Hosts that may be served now, the one that has waited longest first."""
        self._busy: dict[str, ListedPage] = {}
        self._changed = asyncio.Event()
        self._stopped = False

    @property
    def waiting(self) -> int:
        """How many pages have not been taken."""
        return sum(map(len, self._pages.values()))

    async def take(self) -> ListedPage | None:
        """Return the next page as soon as its host is free; None when there is none any more."""
        while self._pages and not self._stopped:
            if self._hosts:
                host = self._hosts.popleft()
                page = self._busy[host] = self._pages[host].popleft()
                if not self._pages[host]:
                    del self._pages[host]
                return page
            self._changed.clear()
            await self._changed.wait()
        return None

    def give_back(self, page: ListedPage) -> None:
        """Say that the page's host is not asked any more on its behalf. Idempotent."""
        if self._busy.get(page.host) is page:
            del self._busy[page.host]
            if page.host in self._pages:
                self._hosts.append(page.host)
            self._changed.set()

    def stop(self) -> None:
        """Give out no page any more."""
        self._stopped = True
        self._changed.set()
