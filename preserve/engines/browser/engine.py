"""
What does a page look like to a reader with a browser? The engines called ``browser`` and ``auto``.

The page is shown in Chromium behind the recording proxy. What it refers to and the browser did not ask
for is fetched afterwards by our own client, with the browser's cookies and name: the linked-resource pass.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

import attrs

from preserve.engines.browser.showing import Item, Showing
from preserve.engines.wire.plain import PlainEngine
from preserve.engines.wire.resolve import Resolver, look_up
from preserve.errors import UsageError
from preserve.model.capture import CaptureRequest
from preserve.model.credentials import Credentials
from preserve.model.exchange import Artefact, AskedBy, Exchange, WritableSpool
from preserve.model.rendering import Rendering, SessionCookies

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from preserve.model.exchange import Task

__all__ = ["AutoEngine", "BrowserEngine"]


@attrs.define(eq=False)
class BrowserEngine:
    """
    Shows the page in Chromium, and fetches the rest as that browser would.

    Made without arguments, then told by ``configure`` what the capture is; used within one event loop.

    Args:
        resolver: Called with a host name in a thread of its own; returns addresses, raises OSError.
        ca_file: PEM certificates to trust besides the system's.
        trusted_keys: Base64 of SHA-256 digests of further keys that the browser trusts where it does its
            own TLS (``fallback``); it knows nothing of ``ca_file``.
    """

    resolver: Resolver = look_up
    ca_file: str | os.PathLike[str] | None = None
    trusted_keys: tuple[str, ...] = ()
    name: str = attrs.field(default="browser", init=False)
    always: bool = attrs.field(default=True, init=False)
    rendering: Rendering | None = attrs.field(default=None, init=False)
    """What was seen, once the page was shown."""
    _plain: PlainEngine = attrs.field(init=False)
    _credentials: Credentials = attrs.field(factory=Credentials, init=False)
    _request: CaptureRequest | None = attrs.field(default=None, init=False)
    _spool: Callable[[], WritableSpool] | None = attrs.field(default=None, init=False)
    _clock: Callable[[], dt.datetime] | None = attrs.field(default=None, init=False)
    _shown: bool = attrs.field(default=False, init=False)
    _showing: Showing | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._plain = PlainEngine(resolver=self.resolver, ca_file=self.ca_file)

    def entrust(self, credentials: Credentials) -> None:
        """
        Take what the user gives in confidence; before ``configure``.

        Raises:
            ProgramMissing: If every page is to be shown, and there is no browser: said before anything is
                stored.
            UsageError: If a file of certificates cannot be read.
        """
        if self.always:
            from preserve.engines.browser.chromium import require_browser  # noqa: PLC0415 - only for a browser

            require_browser()
        self._credentials = credentials
        self._plain.entrust(credentials)

    def configure(
        self,
        request: CaptureRequest,
        *,
        spool: Callable[[], WritableSpool],
        clock: Callable[[], dt.datetime],
    ) -> None:
        """Begin a capture; as for the plain engine."""
        self._plain.configure(request, spool=spool, clock=clock)
        self._request, self._spool, self._clock = request, spool, clock
        self._shown, self._showing, self.rendering = False, None, None

    async def visit(self, task: Task) -> AsyncGenerator[Item, None]:
        """
        Show the page of the capture, once; fetch everything else as the browser would.

        Raises:
            ProgramMissing: If there is no browser.
            UsageError: If the engine was not configured.
            StorageUnavailable: If a spool cannot take what came.
        """
        if self._request is not None and task.url == self._request.url and not self._shown:
            async with aclosing(self.show(task)) as items:
                async for item in items:
                    yield item
            return
        async with aclosing(self._fetch(task)) as fetched:
            async for each in fetched:
                yield each

    async def show(self, task: Task) -> AsyncGenerator[Item, None]:
        """Show a page, and yield what the browser asks for, what is seen and what is made of it."""
        if self._request is None or self._spool is None or self._clock is None:
            raise UsageError("The engine knows no capture yet; call configure() first.")
        self._shown = True
        showing = self._showing = Showing(
            url=task.url,
            request=self._request,
            plain=self._plain,
            credentials=self._credentials,
            spool=self._spool,
            clock=self._clock,
            trusted_keys=self.trusted_keys,
        )
        try:
            async with aclosing(showing.items()) as items:
                async for item in items:
                    if isinstance(item, SessionCookies):
                        self._plain.stand_in(item.cookies, showing.secrets.cookies, item.user_agent)
                    yield item
        finally:
            self.rendering = showing.rendering

    def at_ease(self) -> bool:
        """Return whether nothing is on its way to the browser: now is the time for other work."""
        return self._showing is None or self._showing.at_ease

    async def close(self) -> None:
        """Close all connections. Idempotent."""
        await self._plain.close()

    async def _fetch(self, task: Task) -> AsyncGenerator[Exchange | Artefact, None]:
        """Fetch without the browser; once it was there, in its name."""
        async with aclosing(self._plain.visit(task)) as fetched:
            async for each in fetched:
                if isinstance(each, Exchange) and self.rendering is not None and not each.aside:
                    yield attrs.evolve(each, asked_by=AskedBy.PASS)
                else:
                    yield each


@attrs.define(eq=False)
class AutoEngine(BrowserEngine):
    """Fetches as the plain engine does; ``show`` is there for pages that are nothing without a browser."""

    name: str = attrs.field(default="auto", init=False)
    always: bool = attrs.field(default=False, init=False)

    async def visit(self, task: Task) -> AsyncGenerator[Item, None]:
        """Fetch a task as the plain engine does, or, once the page was shown, in its browser's name."""
        async with aclosing(self._fetch(task)) as fetched:
            async for each in fetched:
                yield each
