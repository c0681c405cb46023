"""
What comes of showing one page in one browser behind one proxy?

Exchanges, as they end; artefacts and observations, as they are made. When they are taken away too slowly
the page has to wait, so memory stays bounded.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeAlias

import attrs

from preserve.engines.browser.secrets import Secrets
from preserve.engines.wire.plain import PlainEngine
from preserve.model.capture import CaptureRequest
from preserve.model.credentials import Credentials
from preserve.model.exchange import Artefact, AskedBy, Ended, Exchange, WritableSpool
from preserve.model.rendering import Observation, Rendering
from preserve.model.url import UriR

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from preserve.engines.browser.decoded import Decoder
    from preserve.engines.browser.foreign import Foreigners

__all__ = ["Item", "Showing"]

Item: TypeAlias = Exchange | Artefact | Observation

_HELD_MOST = 24
"""Items that may wait to be stored before the page has to wait: each may hold a spool's MiB in memory."""
_DRAIN_S = 60.0
"""How long what is under way is waited for when the page has been shown; after that it is cut."""


@attrs.define(eq=False, kw_only=True)
class Showing:
    """
    One page in one browser behind one proxy.

    Args:
        url: The page.
        request: What was asked for.
        plain: Sends the requests.
        credentials: What the user gave.
        spool: Makes an empty spool.
        clock: Returns the present, an aware UTC datetime.
        trusted_keys: Digests of further keys that the browser trusts, where it does its own TLS.
    """

    url: UriR
    request: CaptureRequest
    plain: PlainEngine
    credentials: Credentials
    spool: Callable[[], WritableSpool]
    clock: Callable[[], dt.datetime]
    trusted_keys: tuple[str, ...] = ()
    secrets: Secrets = attrs.field(init=False)
    rendering: Rendering | None = attrs.field(default=None, init=False)
    _queue: asyncio.Queue[Item | None] = attrs.field(factory=asyncio.Queue, init=False)
    _room: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)
    _requests: int = attrs.field(default=0, init=False)
    _is_idle: Callable[[], bool] = attrs.field(default=lambda: True, init=False)
    """Of the proxy."""

    def __attrs_post_init__(self) -> None:
        self.secrets = Secrets(self.credentials, self.url)
        self._room.set()

    @property
    def at_ease(self) -> bool:
        """Whether nothing is on its way to the browser just now."""
        return self._is_idle()

    async def items(self) -> AsyncGenerator[Item, None]:
        """Yield everything while it goes on; whoever stops asking ends browser and proxy."""
        work = asyncio.create_task(self._work())
        work.add_done_callback(lambda _: self._queue.put_nowait(None))
        try:
            while (item := await self._queue.get()) is not None:
                if self._queue.qsize() < _HELD_MOST:
                    self._room.set()
                if isinstance(item, Exchange):
                    for artefact in self.plain.learn_from(item):
                        yield artefact
                yield item
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            while not self._queue.empty():
                left = self._queue.get_nowait()
                if isinstance(left, Exchange | Artefact):
                    left.close()

    async def _work(self) -> None:
        # Loaded when a page is shown, and after it is known that they are there: playwright and cryptography
        # are heavy, and in an extra.
        from preserve.engines.browser.chromium import require_browser  # noqa: PLC0415

        await asyncio.to_thread(require_browser)

        from preserve.engines.browser.account import Account  # noqa: PLC0415
        from preserve.engines.browser.authority import Authority  # noqa: PLC0415
        from preserve.engines.browser.foreign import Foreigners  # noqa: PLC0415
        from preserve.engines.browser.proxy import RecordingProxy  # noqa: PLC0415
        from preserve.engines.browser.session import render  # noqa: PLC0415

        account = Account()
        foreigners = Foreigners(self.plain.wire) if self.request.fallback else None
        decoder = self._decoder(foreigners) if foreigners is not None else None
        proxy = RecordingProxy(
            self.plain.wire,
            clock=self.clock,
            authority=Authority.make(self.clock),
            limits=self.request.limits,
            on_exchange=self._put,
            on_refused=lambda _url, _why: None,
            on_artefact=self._put,
            dress=self.secrets.dress,
            admit=self._admit,
            foreigners=foreigners,
            trusted_keys=self.trusted_keys,
        )
        self._is_idle = lambda: proxy.at_ease
        try:
            async with proxy:
                rendered = render(
                    self.url,
                    proxy,
                    self.request,
                    self.request.limits,
                    spool=self.spool,
                    clock=self.clock,
                    credentials=self.credentials,
                    confide=self.secrets.confide,
                    attend=decoder.listen if decoder is not None else None,
                )
                async with aclosing(rendered) as seen:
                    async for item in seen:
                        if not isinstance(item, Artefact):
                            account.take(item)
                        self._put(item)
                if decoder is not None:
                    await decoder.finish()
                await proxy.drain(_DRAIN_S)
        finally:
            self.rendering = account.rendering

    def _decoder(self, foreigners: Foreigners) -> Decoder:
        from preserve.engines.browser.decoded import Decoder  # noqa: PLC0415 - the same

        return Decoder(
            foreigners=foreigners,
            limits=self.request.limits,
            spool=self.spool,
            clock=self.clock,
            tell=self._put,
            keep=self.secrets.keep,
        )

    def _put(self, item: Item) -> None:
        self._queue.put_nowait(item)
        if self._queue.qsize() >= _HELD_MOST:
            self._room.clear()

    async def _admit(self, url: UriR) -> str:
        """Wait until there is room for one more; return why a request must not be made."""
        await self._room.wait()
        self._requests += 1
        if self._requests > self.request.limits.requests:
            return f"The limit of {self.request.limits.requests} requests was met."
        rules = self.plain.rules
        if rules is None:
            return ""
        async with aclosing(rules.learn(url)) as asides:
            async for aside in asides:
                self._put(aside)
        why = rules.forbids(url)
        if why:
            now = self.clock()
            refused = Exchange(
                url=url,
                method="GET",
                began_at=now,
                ended_at=now,
                ended=Ended.REFUSED,
                reason=why,
                asked_by=AskedBy.BROWSER,
            )
            self._put(refused)
        return why
