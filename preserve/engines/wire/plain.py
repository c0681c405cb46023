"""What does a page look like to a client that runs no scripts? The engine called ``plain``."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

import attrs

from preserve import __version__
from preserve.engines.wire.cookies import Jar
from preserve.engines.wire.credentials import Confidant
from preserve.engines.wire.exchange import Wire
from preserve.engines.wire.learnt import Learnt
from preserve.engines.wire.message import fields_for, referer_for
from preserve.engines.wire.proxy import parse_proxy
from preserve.engines.wire.redirects import REDIRECTS, method_after
from preserve.engines.wire.resolve import Resolver, look_up
from preserve.engines.wire.retries import REPEATABLE, Retries
from preserve.engines.wire.rulebook import RuleBook
from preserve.engines.wire.tls import Trust
from preserve.errors import UsageError
from preserve.formats.robots_tag import agent_of
from preserve.model.capture import CaptureRequest, Limits, RobotsPolicy
from preserve.model.credentials import Credentials
from preserve.model.exchange import Ended, Exchange, Task, WireRequest
from preserve.model.url import UriR, parse

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import AsyncGenerator, Collection, Iterable, Iterator

    from preserve.model.credentials import GivenCookie
    from preserve.model.exchange import Artefact, WritableSpool

__all__ = ["USER_AGENT", "PlainEngine"]

USER_AGENT = f"preserve/{__version__} (web archiving)"

_RACED = "The server had closed the kept connection; it was asked again on a new one."


@attrs.define(eq=False)
class PlainEngine:
    """
    Fetches each task with one request, and one more for each redirect and each repetition.

    Made without arguments, then told by ``configure`` what the capture is; used within one event loop.
    Cookies are kept for one capture.

    Args:
        resolver: Called with a host name in a thread of its own; returns addresses, raises OSError.
        ca_file: PEM certificates to trust besides the system's.
        random: Returns a number from 0 to 1, for the waits before repetitions.
    """

    resolver: Resolver = look_up
    ca_file: str | os.PathLike[str] | None = None
    random: Callable[[], float] = random.random
    name: str = attrs.field(default="plain", init=False)
    _capture: CaptureRequest | None = attrs.field(default=None, init=False)
    _wire: Wire | None = attrs.field(default=None, init=False)
    _jar: Jar = attrs.field(factory=Jar, init=False)
    _credentials: Credentials = attrs.field(factory=Credentials, init=False)
    _trust: Trust = attrs.field(factory=Trust, init=False)
    _confidant: Confidant | None = attrs.field(default=None, init=False)
    _learnt: Learnt | None = attrs.field(default=None, init=False)
    _retries: Retries = attrs.field(init=False)
    _rules: RuleBook | None = attrs.field(default=None, init=False)
    """Only when robots.txt is obeyed."""

    def entrust(self, credentials: Credentials) -> None:
        """
        Take what the user gives in confidence; before ``configure``.

        Raises:
            UsageError: If a file of certificates cannot be read.
        """
        self._credentials = credentials
        self._trust = Trust(
            ca_file=credentials.ca_file or self.ca_file, client_cert=credentials.client_cert or None
        )
        self._trust.check()

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
        self._jar.give(self._credentials.cookies, request.url)
        self._confidant = Confidant(self._credentials, request.url)
        self._learnt = Learnt(self.resolver, spool, clock)
        self._retries = Retries(limits=request.limits, random=self.random)
        self._wire = Wire(
            limits=request.limits,
            spool=spool,
            clock=clock,
            allow_private=request.allow_private_network,
            private_networks=request.private_networks,
            delay_s=request.delay_s,
            resolver=self._learnt.resolve,
            trust=attrs.evolve(
                self._trust,
                ca_file=self._trust.ca_file or self.ca_file,
                client_for=_place(request.url),
                allow_bad=request.allow_bad_tls,
            ),
            proxy=parse_proxy(request.proxy, self._credentials.proxy_auth) if request.proxy else None,
        )
        self._rules = self._rule_book(request, self._wire)

    @property
    def wire(self) -> Wire:
        """
        What sends the requests of this capture.

        Raises:
            UsageError: If the engine was not configured.
        """
        if self._wire is None:
            raise UsageError("The engine knows no capture yet; call configure() first.")
        return self._wire

    @property
    def rules(self) -> RuleBook | None:
        """The robots.txt of this capture, if they are obeyed."""
        return self._rules

    def stand_in(
        self, cookies: Iterable[GivenCookie], given: Collection[GivenCookie], user_agent: str
    ) -> None:
        """
        Ask from now on as a browser would that has these cookies.

        Args:
            cookies: All that it has.
            given: Those of them that the user gave; they are kept masked.
            user_agent: What it calls itself; empty to keep ours.
        """
        self._jar = Jar()
        self._jar.adopt(cookies, given)
        if user_agent and self._capture is not None:
            self._capture = attrs.evolve(self._capture, user_agent=user_agent)

    async def visit(self, task: Task) -> AsyncGenerator[Exchange | Artefact, None]:
        """
        Fetch a task and yield every exchange it took: repeated attempts, redirects, then the answer.

        Before an exchange comes what was learnt on the way to it: answers of the resolver, certificates.
        When robots.txt is obeyed, that of each origin is asked for first, once, and yielded ``aside``.
        No connection is held while the caller has an exchange in hand. A chain of redirects that
        repeats itself or is longer than the limit ends with its last redirect; the reason says so.

        Raises:
            UsageError: If the engine was not configured.
            StorageUnavailable: If a spool cannot take what came.
        """
        async with aclosing(self._follow(task, self.wire, self._rules)) as exchanges:
            async for exchange in exchanges:
                try:
                    for artefact in self.learn_from(exchange):
                        yield artefact
                except BaseException:
                    exchange.close()
                    raise
                yield exchange

    async def _follow(
        self, task: Task, wire: Wire, rules: RuleBook | None = None
    ) -> AsyncGenerator[Exchange | Artefact, None]:
        """Go from redirect to redirect, and where there are rules only where they let us."""
        url, method = task.url, task.method
        asked: set[WireRequest] = set()
        hops = 0
        while True:
            if rules is not None:
                async with aclosing(rules.learn(url)) as asides:
                    async for aside in asides:
                        yield aside
                if why := rules.forbids(url):
                    yield _unasked(url, method, why, wire.clock())
                    return
            hops += 1
            async with aclosing(self._attempts(task, url, method, wire)) as attempts:
                async for request, exchange, last in attempts:
                    asked.add(request)
                    if not last:
                        yield exchange
            onward = exchange.redirect_to
            if onward is None or exchange.status is None:
                yield attrs.evolve(exchange, reason=exchange.reason or _stranded(exchange))
                return
            url, method = onward, method_after(exchange.status, method)
            why = self._dead_end(onward, hops, again=self._request(task, url, method, wire.clock()) in asked)
            yield attrs.evolve(exchange, reason=f"{exchange.reason} {why}".strip())
            if why:
                return

    def _rule_book(self, request: CaptureRequest, wire: Wire) -> RuleBook | None:
        if request.robots is not RobotsPolicy.OBEY:
            return None
        agent = agent_of(request.user_agent or USER_AGENT)
        return RuleBook(agent=agent, pace=wire.pace, follow=lambda task: self._follow(task, wire))

    def _dead_end(self, onward: UriR, hops: int, *, again: bool) -> str:
        """Return why a redirect is not followed, as a sentence; an empty text if it is."""
        if hops > self._limits.redirects:
            return f"More than {self._limits.redirects} redirects; {onward} was not asked for."
        # The same address with other cookies is another request: many sites set one that way.
        if again:
            return f"The redirect leads back to {onward}, which was asked for in the same way before."
        return ""

    async def _attempts(
        self, task: Task, url: UriR, method: str, wire: Wire
    ) -> AsyncGenerator[tuple[WireRequest, Exchange, bool], None]:
        """Yield every attempt to get one answer, and whether it is the last."""
        count = 0
        raced = fresh = False
        while True:
            request = self._request(task, url, method, wire.clock())
            exchange = await wire.attempt(request, fresh=fresh)
            self._learn(exchange)
            fresh = False
            if exchange.reused and exchange.transient and not raced and method in REPEATABLE:
                raced = fresh = True
                yield request, attrs.evolve(exchange, reason=f"{exchange.reason} {_RACED}"), False
                continue
            count += 1
            again = self._retries.after(exchange, count)
            last = again.wait_s is None or wire.closed
            yield request, attrs.evolve(exchange, reason=f"{exchange.reason} {again.why}".strip()), last
            if again.wait_s is None or last:
                return
            if again.hold:
                until = asyncio.get_running_loop().time() + again.wait_s
                wire.pace.hold(parse(url).hostname, until)
            await asyncio.sleep(again.wait_s)

    @property
    def _limits(self) -> Limits:
        return self._capture.limits if self._capture else Limits()

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
        if self._confidant is None:
            return WireRequest(url=url, method=method, fields=fields)
        sent, kept = self._confidant.dress(url, fields, self._jar.header(url, now, masked=True))
        return WireRequest(url=url, method=method, fields=sent, kept=kept)

    def learn_from(self, item: Exchange | Artefact) -> Iterator[Artefact]:
        """Yield what was learnt on the way to an exchange and is new."""
        if self._learnt is not None and isinstance(item, Exchange):
            yield from self._learnt.from_names()
            yield from self._learnt.from_exchange(item)

    def _learn(self, exchange: Exchange) -> None:
        values = [value for name, value in exchange.fields if name.lower() == b"set-cookie"]
        if values:
            self._jar.store(exchange.url, values, exchange.ended_at)


def _place(url: UriR) -> tuple[str, int] | None:
    """Return host and port of a https URL: whom the user's certificate is for."""
    parsed = parse(url)
    return (parsed.hostname, int(parsed.port or 443)) if parsed.protocol == "https:" else None


def _stranded(exchange: Exchange) -> str:
    """Return what is odd about a redirect that leads nowhere, as a sentence."""
    if exchange.ended is Ended.WHOLE and exchange.status in REDIRECTS:
        return "The redirect names no address that could be resolved."
    return ""


def _unasked(url: UriR, method: str, why: str, now: dt.datetime) -> Exchange:
    return Exchange(url=url, method=method, began_at=now, ended_at=now, ended=Ended.REFUSED, reason=why)
