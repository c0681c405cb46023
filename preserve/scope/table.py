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
from preserve.model.exchange import AskedBy, Ended, Task
from preserve.model.reference import Kind, Link, Reference, Role, State
from preserve.model.url import UriR, fragmentless, origin
from preserve.scope.answers import is_better
from preserve.scope.contents import meets
from preserve.scope.roles import RULES
from preserve.scope.rows import Row
from preserve.scope.seen import Beside, Seen
from preserve.scope.states import judge_address, judge_answer, judge_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from preserve.model.capture import CaptureRequest
    from preserve.model.resource import Resource

__all__ = ["Table"]


class Table:
    """
    The references of one capture.

    Args:
        request: The seed's URL and the limits of references and depth.
    """

    def __init__(self, request: CaptureRequest) -> None:
        self._limits = request.limits
        self._documents = frozenset(request.documents)
        self._seed = Link(written=request.as_given, url=request.url, kind=Kind.PAGE)
        self._rows: dict[UriR, Row] = {}
        self._frontier: list[tuple[int, int, UriR]] = []
        self._pushed = 0
        self._seen = Seen()
        self._links: dict[str, tuple[str, int, tuple[Link, ...]]] = {}
        self._known: dict[str, Resource] = {}
        self._count = 1
        self._guesses = 0
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
            row = self._rows[url]
            if row.is_open and not row.taken:
                row.taken = True
                return row.task
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
        self._known[source.response] = source
        self._links[source.response] = (source.url, depth, listed)
        for link in listed:
            if judge_address(link, self._documents)[0] is State.PENDING and depth <= self._limits.depth:
                self._open(link, depth=depth, referer=UriR(source.url))

    def landed(
        self,
        url: UriR,
        answer: Resource | None,
        ended: Ended,
        reason: str = "",
        asked_by: AskedBy = AskedBy.ENGINE,
    ) -> State:
        """
        Say what came of a task: the last response after redirects, or nothing.

        Args:
            url: The task's URL.
            answer: The stored response; None when no byte of one came.
            ended: How the last exchange ended.
            reason: Its sentence.
            asked_by: Who made the exchange happen.

        Returns:
            The state of the reference that opened the row.
        """
        row = self._rows[url]
        if answer is None:
            row.nothing = nothing = judge_nothing(ended, reason)
            row.restore()
            return nothing[0]
        again = row.answer is not None and row.asked_by is asked_by is AskedBy.BROWSER
        if row.answer is not None and again and not is_better(answer, row.answer):
            # The browser asked for the page again and had it then: the first answer was a challenge or none.
            return judge_answer(row.link, row.answer)[0]
        row.answer, row.nothing, row.piece, row.asked_by = answer, None, False, asked_by
        if answer.url != url:
            # The redirect's target is a URL of its own, with the depth and purpose of what led to it.
            target = UriR(answer.url)
            fresh = Row(link=row.link, depth=row.depth, task=attrs.evolve(row.task, url=target))
            there = self._rows.setdefault(target, fresh)
            if there.is_open:
                there.answer = answer
        return judge_answer(row.link, answer)[0]

    def landed_aside(self, url: UriR, answer: Resource | None, ended: Ended, reason: str = "") -> None:
        """Say what came of a robots.txt that an engine asked for before the rest; as ``landed``."""
        self._add_robots(url)
        if self._rows[url].is_open:
            self.landed(url, answer, ended, reason)

    def answer_of(self, url: str) -> Resource | None:
        """Return the stored response that answers a URL; None if there is none."""
        row = self._rows.get(UriR(url))
        return row.answer if row is not None else None

    def links_of(self, record: str) -> tuple[Link, ...]:
        """Return what stands in a stored resource, by the record id of its response."""
        return self._links.get(record, ("", 0, ()))[2]

    def landed_beside(self, landed: Beside) -> State | None:
        """
        Say what came of a request that a browser made by itself.

        Returns:
            The state, if the answer is the one that stands for its URL now; else None.
        """
        url, answer = landed.url, landed.answer
        row = self._rows.get(url)
        if row is None:
            if self._count >= self._limits.references:
                self._dropped += 1
                return None
            self._count += 1
            link = Link(written=url, url=url, kind=landed.kind, speculative=True)
            task = Task(url=url, referer=UriR(str(self._seed.url)), accept=RULES[landed.kind].accept)
            row = self._rows[url] = Row(link=link, depth=1, task=task, beside=True)
        if answer is None:
            if row.is_open:
                row.nothing, row.asked_by = judge_nothing(landed.ended, landed.reason), landed.asked_by
            return None
        if row.answer is not None and not is_better(
            answer, row.answer, new_piece=landed.piece, old_piece=row.piece
        ):
            return None
        row.answer, row.nothing, row.piece, row.asked_by = answer, None, landed.piece, landed.asked_by
        return judge_answer(row.link, answer)[0]

    def add_seen(self, source: Resource, links: Iterable[Link]) -> None:
        """Take in what a rendered page refers to and its source does not, in the order of the page."""
        written, depth, listed = self._links.get(source.response, (source.url, 1, ()))
        self._links[source.response] = (written, depth, listed)
        for link in self._seen.add(source.response, listed, links):
            if self._count >= self._limits.references:
                self._dropped += 1
                continue
            self._count += 1
            self._seen.keep(source.response, link)
            if judge_address(link, self._documents)[0] is State.PENDING and depth <= self._limits.depth:
                self._open(link, depth=depth, referer=UriR(source.url))

    def clicked(self, text: str, brought: Sequence[str]) -> None:
        """Take in what a click on a download widget brought: the address that only a script knew, first."""
        self._seen.clicked(text, brought)
        row = self._rows.get(UriR(brought[0])) if brought else None
        if row is not None and row.beside:
            row.link = attrs.evolve(row.link, kind=Kind.DOCUMENT)
        self.asked_by_click(brought)

    def asked_by_click(self, urls: Iterable[str]) -> None:
        """Take in what was asked for because of a click."""
        for url in urls:
            row = self._rows.get(UriR(url))
            if row is not None and row.asked_by is AskedBy.BROWSER:
                row.asked_by = AskedBy.CLICK

    def settle(self) -> None:
        """
        Take stock when a browser is done.

        Redirects are followed to their answers; what it had in part, or in vain, is opened again.
        """
        for row in tuple(self._rows.values()):
            self._follow(row)
        for row in self._rows.values():
            if self._is_wanting(row):
                row.before = (row.answer, row.piece) if row.answer is not None else None
                row.answer = row.nothing = None
                self._push(row)

    def _follow(self, row: Row) -> None:
        passed = {row.task.url}
        while row.answer is not None and row.answer.redirect_to is not None:
            there = self._rows.get(fragmentless(row.answer.redirect_to))
            if there is None or there.answer is None or there.task.url in passed:
                return
            passed.add(there.task.url)
            row.answer, row.piece, there.hop = there.answer, there.piece, True

    def _is_wanting(self, row: Row) -> bool:
        """Tell whether our own client should ask for what a browser has not, or not wholly."""
        if row.asked_by is AskedBy.ENGINE or row.link.url == self._seed.url:
            return False
        answer = row.answer
        if answer is None:
            return not row.beside and row.nothing is not None and row.nothing[0] is State.FAILED
        cut = answer.ended in {Ended.TIME, Ended.DISCONNECT} or answer.redirect_to is not None
        return row.piece or (cut and not row.beside)

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
            row.restore()
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
        seed = self.seed_answer
        yield self._judge(self._seed, source=None, source_url=None, depth=0)
        for link in self._robots.values():
            yield self._judge(link, source=None, source_url=None, depth=0)
        for record in order:
            url, depth, links = self._links.get(record, ("", 0, ()))
            for link in links:
                yield self._judge(link, source=record, source_url=url, depth=depth)
            for link in self._seen.of(record):
                yield self._judge(link, source=record, source_url=url, depth=depth)
            if seed is not None and record == seed.response:
                for row in self._rows.values():
                    if row.beside and not row.hop:
                        yield self._judge(row.link, source=record, source_url=seed.url, depth=1)

    def _add_robots(self, url: UriR) -> None:
        """Take in the address of a robots.txt; nobody misses one that is not there."""
        if url not in self._robots:
            link = self._robots[url] = Link(written=url, url=url, kind=Kind.ROBOTS, speculative=True)
            self._count += 1
            self._open(link, depth=0, referer=None)

    def _open(self, link: Link, *, depth: int, referer: UriR | None) -> None:
        url, rule = UriR(str(link.url)), RULES[link.kind]
        row = self._rows.get(url)
        task = Task(url=url, referer=referer, accept=rule.accept)
        if row is not None:
            if row.beside:
                row.link, row.depth, row.task, row.beside = link, depth, task, False
            elif row.link.speculative and not link.speculative and row.is_open:
                row.link = link  # a guess that turns out to be none
                if not row.taken:
                    self._push(row)
            return
        if link.speculative and link.kind is not Kind.ROBOTS:
            if self._guesses >= self._limits.guesses:
                return
            self._guesses += 1
        self._rows[url] = row = Row(link=link, depth=depth, task=task)
        self._push(row)

    def _push(self, row: Row) -> None:
        row.taken = False
        self._pushed += 1
        order = RULES[row.link.kind].order + 10 * row.link.speculative
        heapq.heappush(self._frontier, (order, self._pushed, row.task.url))

    def _passed_over(self, link: Link, depth: int) -> str:
        if depth > self._limits.depth:
            return f"It stands {depth} levels deep; the limit is {self._limits.depth}."
        return f"{self._limits.guesses} guesses are tried, and it is one more ({link.kind})."

    def _found_in_data(self, widget: Link, source: str) -> Resource | None:
        """
        Return the document that a download widget without an address offers, if there is no doubt.

        It is the only one that the same page names in its data and that has just the size the widget
        states.
        """
        found = {}
        for link in self._links[source][2]:
            row = self._rows.get(UriR(str(link.url))) if link.kind is Kind.DOCUMENT and link.url else None
            answer = row.answer if row is not None else None
            fits = answer is not None and meets(widget.stated_bytes, answer)
            if answer is not None and fits and judge_answer(link, answer)[0] is State.CAPTURED:
                found[answer.response] = answer
        return next(iter(found.values())) if len(found) == 1 else None

    def _judge(self, link: Link, *, source: str | None, source_url: str | None, depth: int) -> Reference:
        link = self._seen.resolved(link)
        state, reason = judge_address(link, self._documents)
        record, asked_by = None, AskedBy.ENGINE
        row = self._rows.get(UriR(str(link.url)))
        # A browser may ask for what we would not, in vain or not.
        answered = (
            row is not None
            and (row.answer is not None or row.asked_by is not AskedBy.ENGINE)
            and RULES[link.kind].role is not Role.NAVIGATION
        )
        if state is State.PENDING or (state is State.NOT_FOLLOWED and answered):
            asked_by = row.asked_by if row is not None else asked_by
            if row is None:
                state, reason = State.NOT_ATTEMPTED, self._passed_over(link, depth)
            elif row.answer is not None:
                state, reason = judge_answer(link, self._known.get(row.answer.response, row.answer))
                record = row.answer.response
            elif row.nothing is not None:
                state, reason = row.nothing
        elif state is State.UNRESOLVED and source is not None:
            found = self._found_in_data(link, source)
            if found is not None:
                state, record = State.CAPTURED, found.response
                reason = f"{found.url} stands in the page's data and has the size that the widget states."
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
            asked_by=asked_by,
        )


def _shortened(text: str | None) -> str:
    """Return a ``data:`` URL up to its comma: the octets stand in the source."""
    head, comma, _ = (text or "").partition(",")
    return head[:200] + comma
