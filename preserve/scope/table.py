"""
Which references are there, what became of each, and what should be fetched next?

One table, reference -> state. Its open rows are the frontier: there is no other queue. A row is a
URL; every reference to that URL, wherever it stands, is answered by it.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import attrs

from preserve.model.capture import RobotsPolicy
from preserve.model.exchange import Ended, Task
from preserve.model.reference import Kind, Link, Reference, Role, State
from preserve.model.resource import Resource
from preserve.model.url import UriR, origin
from preserve.scope.roles import RULES
from preserve.scope.states import judge_address, judge_answer, judge_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from preserve.model.capture import CaptureRequest

__all__ = ["Table"]


@attrs.define(kw_only=True)
class _Row:
    """One URL that should be had, and its answer when there is one."""

    link: Link
    depth: int
    task: Task
    answer: Resource | None = None
    nothing: tuple[State, str] | None = None

    @property
    def is_open(self) -> bool:
        return self.answer is None and self.nothing is None


class Table:
    """
    The references of one capture.

    Args:
        request: The seed's URL and the limits of references and depth.
    """

    def __init__(self, request: CaptureRequest) -> None:
        self._limits = request.limits
        self._seed = Link(written=request.as_given, url=request.url, kind=Kind.PAGE)
        self._rows: dict[UriR, _Row] = {}
        self._frontier: list[tuple[int, int, UriR]] = []
        self._links: dict[str, tuple[str, int, tuple[Link, ...]]] = {}
        self._count = 1
        self._dropped = 0
        self._open(self._seed, depth=0, referer=None)
        self._robots: dict[UriR, Link] = {}
        if request.robots is RobotsPolicy.IGNORE:
            # Kept so that a reader knows what was ignored. Where it is obeyed, the engine asks for it.
            self._add_robots(UriR(f"{origin(request.url)}/robots.txt"))

    def next(self) -> Task | None:
        """Return the next URL to fetch, each once; None when none is waiting (some may be under way)."""
        while self._frontier:
            _, _, url = heapq.heappop(self._frontier)
            if self._rows[url].is_open:
                return self._rows[url].task
        return None

    def role_of(self, url: UriR) -> Role:
        """Return the role of a URL that ``next`` gave."""
        return RULES[self._rows[url].link.kind].role

    def add_links(self, source: Resource, links: Sequence[Link]) -> None:
        """
        Take in what stands in a stored resource, in the order of its source.

        Links past the limit of references are dropped and counted; the outcome says so. Those of
        documents are listed and never followed.
        """
        room = self._limits.references - self._count
        self._dropped += max(0, len(links) - room)
        kept = tuple(links[: max(0, room)])
        self._count += len(kept)
        row = self._rows.get(UriR(source.url))
        depth = (row.depth if row else 0) + 1
        listed = (
            tuple(attrs.evolve(link, kind=Kind.LINK) for link in kept)
            if source.role is Role.DOCUMENT
            else kept
        )
        self._links[source.response] = (source.url, depth, listed)
        for link in listed:
            if judge_address(link)[0] is State.PENDING and depth <= self._limits.depth:
                self._open(link, depth=depth, referer=UriR(source.url))

    def landed(self, url: UriR, answer: Resource | None, ended: Ended, reason: str = "") -> State:
        """
        Say what came of a task: the last response after redirects, or nothing.

        Args:
            url: The task's URL.
            answer: The stored response; None when no byte of one came.
            ended: How the last exchange ended.
            reason: Its sentence.

        Returns:
            The state of the reference that opened the row.
        """
        row = self._rows[url]
        if answer is None:
            row.nothing = judge_nothing(ended, reason)
            return row.nothing[0]
        row.answer = answer
        if answer.url != url:
            # The redirect's target is a URL of its own, with the depth and purpose of what led to it.
            target = UriR(answer.url)
            fresh = _Row(link=row.link, depth=row.depth, task=attrs.evolve(row.task, url=target))
            there = self._rows.setdefault(target, fresh)
            if there.is_open:
                there.answer = answer
        return judge_answer(row.link.kind, answer, row.link.stated_bytes)[0]

    def landed_aside(self, url: UriR, answer: Resource | None, ended: Ended, reason: str = "") -> None:
        """Say what came of a robots.txt that an engine asked for before the rest; as ``landed``."""
        self._add_robots(url)
        if self._rows[url].is_open:
            self.landed(url, answer, ended, reason)

    def forbid(self, reason: str) -> None:
        """Take back what answered the seed, and all that is open: the page asks not to be kept."""
        row = self._rows[UriR(str(self._seed.url))]
        row.answer, row.nothing = None, (State.REFUSED, reason)
        self.refuse_rest(reason)

    def refuse_rest(self, reason: str) -> int:
        """Close every open row as ``not-attempted``; return how many there were."""
        waiting = [row for row in self._rows.values() if row.is_open]
        for row in waiting:
            row.nothing = (State.NOT_ATTEMPTED, reason)
        self._frontier.clear()
        return len(waiting)

    @property
    def seed_answer(self) -> Resource | None:
        """The stored response that answers the seed; None if there is none."""
        return self._rows[UriR(str(self._seed.url))].answer

    @property
    def dropped(self) -> int:
        """How many references were left out because of the limit."""
        return self._dropped

    def references(self, order: Iterable[str]) -> Iterator[Reference]:
        """
        Yield every reference with its state: the seed, robots.txt, then those of each source.

        Args:
            order: Record ids of the stored responses in file order.
        """
        yield self._judge(self._seed, source=None, source_url=None, depth=0)
        for link in self._robots.values():
            yield self._judge(link, source=None, source_url=None, depth=0)
        for record in order:
            url, depth, links = self._links.get(record, ("", 0, ()))
            for link in links:
                yield self._judge(link, source=record, source_url=url, depth=depth)

    def _add_robots(self, url: UriR) -> None:
        """Take in the address of a robots.txt; nobody misses one that is not there."""
        if url not in self._robots:
            link = self._robots[url] = Link(written=url, url=url, kind=Kind.ROBOTS, speculative=True)
            self._count += 1
            self._open(link, depth=0, referer=None)

    def _open(self, link: Link, *, depth: int, referer: UriR | None) -> None:
        url, rule = UriR(str(link.url)), RULES[link.kind]
        if url in self._rows:
            return
        task = Task(url=url, referer=referer, accept=rule.accept)
        self._rows[url] = _Row(link=link, depth=depth, task=task)
        order = rule.order + 10 * link.speculative
        heapq.heappush(self._frontier, (order, len(self._rows), url))

    def _judge(self, link: Link, *, source: str | None, source_url: str | None, depth: int) -> Reference:
        state, reason = judge_address(link)
        record = None
        if state is State.PENDING:
            row = self._rows.get(UriR(str(link.url)))
            if row is None:
                limit = self._limits.depth
                state, reason = State.NOT_ATTEMPTED, f"It stands {depth} levels deep; the limit is {limit}."
            elif row.answer is not None:
                state, reason = judge_answer(link.kind, row.answer, link.stated_bytes)
                record = row.answer.response
            elif row.nothing is not None:
                state, reason = row.nothing
        inline = state is State.INLINE
        return Reference(
            source=source,
            source_url=source_url,
            url=_shortened(link.url) if inline else link.url,
            written=_shortened(link.written) if inline else link.written,
            kind=link.kind,
            role=RULES[link.kind].role,
            state=state,
            reason=reason,
            record=record,
            element=link.element,
            attribute=link.attribute,
            line=link.line,
            text=link.text,
            speculative=link.speculative,
        )


def _shortened(text: str | None) -> str:
    """Return a ``data:`` URL up to its comma: the octets stand in the source."""
    head, comma, _ = (text or "").partition(",")
    return head[:200] + comma
