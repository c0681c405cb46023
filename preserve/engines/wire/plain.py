"""What does a page look like to a client that runs no scripts? The engine called ``plain``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import attrs

from preserve import __version__
from preserve.engines.wire.cookies import Jar
from preserve.engines.wire.exchange import Wire
from preserve.engines.wire.message import fields_for, referer_for
from preserve.engines.wire.redirects import REDIRECTS, method_after
from preserve.engines.wire.resolve import Resolver, look_up
from preserve.errors import UsageError
from preserve.model.capture import CaptureRequest
from preserve.model.exchange import Ended, WireRequest
from preserve.model.url import parse

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import AsyncGenerator, Callable

    from preserve.model.exchange import Artefact, Exchange, Task, WritableSpool
    from preserve.model.url import UriR

__all__ = ["USER_AGENT", "PlainEngine"]

USER_AGENT = f"preserve/{__version__} (web archiving)"


@attrs.define(eq=False)
class PlainEngine:
    """
    Fetches each task with one request, and one more for each redirect.

    Made without arguments, then told by ``configure`` what the capture is; used within one event loop.
    Cookies are kept for one capture.

    Args:
        resolver: Called with a host name in a thread of its own; returns addresses, raises OSError.
        ca_file: PEM certificates to trust instead of the system's.
    """

    resolver: Resolver = look_up
    ca_file: str | os.PathLike[str] | None = None
    name: str = attrs.field(default="plain", init=False)
    _capture: CaptureRequest | None = attrs.field(default=None, init=False)
    _wire: Wire | None = attrs.field(default=None, init=False)
    _jar: Jar = attrs.field(factory=Jar, init=False)

    def configure(
        self,
        request: CaptureRequest,
        *,
        spool: Callable[[], WritableSpool],
        clock: Callable[[], dt.datetime],
    ) -> None:
        """
        Begin a capture: no cookies, no connections.

        Args:
            request: What the user asked for, with its limits.
            spool: Makes an empty spool.
            clock: Returns the present, an aware UTC datetime.
        """
        if self._wire is not None:
            self._wire.close()
        self._capture = request
        self._jar = Jar()
        self._wire = Wire(
            limits=request.limits,
            spool=spool,
            clock=clock,
            allow_private=request.allow_private_network,
            resolver=self.resolver,
            ca_file=self.ca_file,
        )

    async def visit(self, task: Task) -> AsyncGenerator[Exchange | Artefact, None]:
        """
        Fetch a task and yield every exchange it took: the redirects, then the answer.

        No connection is held while the caller has an exchange in hand. A chain of redirects that
        repeats itself or is longer than the limit ends with its last redirect; the reason says so.

        Raises:
            UsageError: If the engine was not configured.
            StorageUnavailable: If a spool cannot take what came.
        """
        if self._wire is None or self._capture is None:
            raise UsageError("The engine knows no capture yet; call configure() first.")
        wire, most = self._wire, self._capture.limits.redirects
        url, method = task.url, task.method
        asked: set[WireRequest] = set()
        while True:
            request = self._request(task, url, method, wire.clock())
            asked.add(request)
            exchange = await wire.exchange(request)
            self._learn(exchange)
            onward = exchange.redirect_to
            if onward is None or exchange.status is None:
                yield attrs.evolve(exchange, reason=exchange.reason or _stranded(exchange))
                return
            url, method = onward, method_after(exchange.status, method)
            why = ""
            if len(asked) > most:
                why = f"More than {most} redirects; {onward} was not asked for."
            elif self._request(task, url, method, wire.clock()) in asked:
                # The same address with other cookies is another request: many sites set one that way.
                why = f"The redirect leads back to {onward}, which was asked for in the same way before."
            yield attrs.evolve(exchange, reason=f"{exchange.reason} {why}".strip())
            if why:
                return

    async def close(self) -> None:
        """Close all connections. Idempotent."""
        if self._wire is not None:
            self._wire.close()

    def _request(self, task: Task, url: UriR, method: str, now: dt.datetime) -> WireRequest:
        try:
            parse(url)
        except ValueError:
            return WireRequest(url=url, method=method)  # the wire refuses it, and says why
        fields = fields_for(
            url,
            user_agent=(self._capture.user_agent if self._capture else "") or USER_AGENT,
            accept=task.accept,
            referer=referer_for(url, task.referer),
            cookie=self._jar.header(url, now),
        )
        return WireRequest(url=url, method=method, fields=fields)

    def _learn(self, exchange: Exchange) -> None:
        values = [value for name, value in exchange.fields if name.lower() == b"set-cookie"]
        if values:
            self._jar.store(exchange.url, values, exchange.ended_at)


def _stranded(exchange: Exchange) -> str:
    """Return what is odd about a redirect that leads nowhere, as a sentence."""
    if exchange.ended is Ended.WHOLE and exchange.status in REDIRECTS:
        return "The redirect names no address that could be resolved."
    return ""
