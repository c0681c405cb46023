"""Which robots.txt does a capture know, and who asks for the next one?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TypeAlias

import attrs

from preserve.engines.wire.politeness import Pace
from preserve.engines.wire.robots import ACCEPT, Rules, read_rules, robots_url
from preserve.model.exchange import Artefact, Exchange, Task
from preserve.model.url import FETCHABLE, UriR, origin, parse

__all__ = ["RuleBook"]

_Follow: TypeAlias = Callable[[Task], AsyncGenerator[Exchange | Artefact, None]]


@attrs.define(eq=False, kw_only=True)
class RuleBook:
    """
    The rules of all origins of one capture that obeys them.

    Args:
        agent: Our name.
        pace: Told of the Crawl-delay of each host.
        follow: Visits a task, redirects included, without regard to rules.
    """

    agent: str
    pace: Pace
    follow: _Follow
    _rules: dict[str, Rules] = attrs.field(factory=dict, init=False)
    """By origin."""
    _asking: dict[str, asyncio.Future[None]] = attrs.field(factory=dict, init=False)
    """Origins whose robots.txt is being asked for."""

    async def learn(self, url: UriR) -> AsyncGenerator[Exchange | Artefact, None]:
        """Get the robots.txt of a URL's origin, once; yield what that took, ``aside``."""
        where = _ruling_origin(url)
        while where is not None and where not in self._rules:
            under_way = self._asking.get(where)
            if under_way is not None:
                await asyncio.shield(under_way)
                continue
            loop = asyncio.get_running_loop()
            done = self._asking[where] = loop.create_future()
            rules = Rules(origin=where, agent=self.agent)
            try:
                task = Task(url=UriR(robots_url(where)), accept=ACCEPT)
                async with aclosing(self.follow(task)) as hops:
                    async for hop in hops:
                        if isinstance(hop, Exchange):
                            rules = _read(hop, where, self.agent)
                            yield attrs.evolve(hop, aside=True)
                        else:
                            yield hop
                self._rules[where] = rules
                host = parse(where).hostname
                self.pace.slow_down(host, rules.delay_s)
                self.pace.started(host, loop.time())
            finally:
                # Whoever waits looks again: if this visit was cut short, it asks itself.
                del self._asking[where]
                done.set_result(None)

    def forbids(self, url: UriR) -> str:
        """Return why the rules forbid a URL, as a sentence; an empty text if they do not."""
        where = _ruling_origin(url)
        return "" if where is None else self._rules[where].refuse(url)


def _ruling_origin(url: UriR) -> str | None:
    """Return the origin whose robots.txt rules a URL; None for robots.txt itself and what is never asked."""
    try:
        scheme = parse(url).protocol.rstrip(":")
    except ValueError:
        return None
    return origin(url) if scheme in FETCHABLE and url != robots_url(url) else None


def _read(answer: Exchange, where: str, agent: str) -> Rules:
    """Return the rules in an answer; the answer is closed when a disk does not give it back."""
    try:
        return read_rules(where, agent, answer)
    except BaseException:
        answer.close()
        raise
