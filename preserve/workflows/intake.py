"""
What happens to a response once it is stored?

The capturer for its content says what is in it, and what it refers to goes into the table. ``archive``
brings responses from the world, ``recover`` from WARC files; from here on there is no difference.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import attrs

from preserve.capturers import read_answer
from preserve.capturers.claims import choose, outer_claims
from preserve.capturers.link_field import LINK_FACT, field_links
from preserve.capturers.refresh import REFRESH_FACT, refresh_link
from preserve.disk import storage_errors
from preserve.errors import WorkerFailed
from preserve.formats.media_type import charset_of
from preserve.formats.robots_tag import ROBOTS_FACT, agent_of, forbids_archiving
from preserve.model.capture import RobotsPolicy
from preserve.model.exchange import AskedBy
from preserve.model.inspection import Inspection, Problem
from preserve.model.reference import Role, State
from preserve.scope import Table
from preserve.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from preserve.disk import Spool
    from preserve.model.capture import CaptureRequest, Limits
    from preserve.model.exchange import Ended
    from preserve.model.inspection import Claim, Json
    from preserve.model.resource import Resource
    from preserve.model.url import UriR
    from preserve.package.writer import PackageWriter
    from preserve.scope.seen import Beside

__all__ = ["Intake", "make_workers"]

_WORKERS_MOST = 4
_OPENED = frozenset({State.CAPTURED, State.TRUNCATED})


class Intake:
    """
    The table of one capture and the workers that open what comes in.

    Args:
        request: What was asked for.
        writer: Keeps the resources.
        workers: Shared with other captures, and closed by whoever made them; None: its own.
    """

    def __init__(
        self, request: CaptureRequest, writer: PackageWriter, workers: Workers | None = None
    ) -> None:
        self.table = Table(request)
        self.claims: tuple[Claim, ...] = ()
        """What the page says of itself."""
        self.shown: bool = False
        """Whether the page was shown in a browser."""
        self.shell: tuple[str, ...] = ()
        """Why it is nothing without one, where that was asked."""
        self._request = request
        self._limits = request.limits
        self._writer = writer
        self._shared = workers is not None
        self.workers = workers or make_workers(request.limits)

    @property
    def chosen(self) -> dict[str, int]:
        """Claim name to the index of the one to show."""
        return choose(self.claims)

    def close(self) -> None:
        """Stop the workers, unless they are shared."""
        if not self._shared:
            self.workers.close()

    async def land(
        self,
        url: UriR,
        resource: Resource | None,
        content: Spool | None,
        ended: Ended,
        reason: str,
        asked_by: AskedBy = AskedBy.ENGINE,
    ) -> None:
        """
        Take in what came of the task ``url``; closes ``content``.

        Only what answers its reference is opened, so that a login page in the place of a picture
        does not add its own pictures; the page itself is opened whatever its status.
        """
        try:
            state = self.table.landed(url, resource, ended, reason, asked_by)
            wanted = state in _OPENED or self.table.role_of(url) is Role.PAGE
            if resource is not None and content is not None and wanted:
                inspection = await self._inspect(resource, content)
                self._keep(resource, inspection)
            self._heed_robots()
        finally:
            if content is not None:
                content.close()

    async def land_beside(self, landed: Beside, content: Spool | None) -> None:
        """Take in what came of a request that a browser made by itself; closes ``content``."""
        try:
            state = self.table.landed_beside(landed)
            if state in _OPENED and landed.answer is not None and content is not None:
                self._keep(landed.answer, await self._inspect(landed.answer, content))
        finally:
            if content is not None:
                content.close()

    def _keep(self, resource: Resource, inspection: Inspection) -> None:
        known = attrs.evolve(
            resource,
            facts=_joined(resource.facts, inspection.facts),
            problems=(*resource.problems, *inspection.problems),
        )
        self._writer.resources[resource.response] = known
        of_the_head = field_links(known.facts.get(LINK_FACT), known.url)
        refreshed = refresh_link(known.facts.get(REFRESH_FACT), known.url)
        if refreshed is not None:
            of_the_head.append(refreshed)
        self.table.add_links(known, (*of_the_head, *inspection.links))
        if self.table.seed_answer is not None and self.table.seed_answer.response == resource.response:
            self.claims = (*inspection.claims, *outer_claims(known.url, known.facts))

    def _heed_robots(self) -> None:
        """Take the page back when it asks not to be kept, and the user wants that obeyed."""
        answer = self.table.seed_answer
        if answer is None or self._request.robots is not RobotsPolicy.OBEY:
            return
        facts = self._writer.resources[answer.response].facts
        if forbids_archiving(facts.get(ROBOTS_FACT), agent_of(self._request.user_agent).lower()):
            self.table.forbid("The page asks robots not to keep a copy of it (noarchive), which is obeyed.")

    async def open_rendered(self, url: str, content: Spool) -> Inspection:
        """Return what is in a document as it stood in a browser; ``content`` is not closed."""
        return await self._open(url, "text/html", "utf-8", content)

    def add_claims(self, claims: Iterable[Claim]) -> None:
        """Take in what a rendered page says of itself and its source does not."""
        known = {(claim.name, claim.value) for claim in self.claims}
        self.claims += tuple(claim for claim in claims if (claim.name, claim.value) not in known)

    async def _inspect(self, resource: Resource, content: Spool) -> Inspection:
        return await self._open(
            resource.url, resource.sniffed_type, charset_of(resource.declared_type), content
        )

    async def _open(self, url: str, media_type: str, charset: str | None, content: Spool) -> Inspection:
        argument: Json = {
            "url": url,
            "media_type": media_type,
            "charset": charset,
            "size_bytes": content.size_bytes,
            "pixels": self._request.pixels,
        }
        with storage_errors("read a body from the spool folder"):
            data = None if content.path else b"".join(content.pieces())
        future = self.workers.submit(
            "preserve.capturers:inspect",
            argument,
            timeout_s=self._limits.inspect_s,
            file=content.path,
            data=data,
        )
        try:
            answer = await asyncio.wrap_future(future)
        except WorkerFailed as exc:
            failed = Problem(code="capturer.failed", message=f"The content was not opened: {exc}")
            return Inspection(problems=(failed,))
        return read_answer(answer).inspection


def _joined(ours: Mapping[str, Json], inside: Mapping[str, Json]) -> dict[str, Json]:
    """Return the facts of a response and of its content; both may say something to robots."""
    said = [
        each
        for facts in (ours, inside)
        if isinstance(found := facts.get(ROBOTS_FACT), list)
        for each in found
    ]
    return {**ours, **inside, **({ROBOTS_FACT: said} if said else {})}


def make_workers(limits: Limits) -> Workers:
    """Return workers for capturers, a few on any machine; nothing is started before the first job."""
    return Workers(min(_WORKERS_MOST, os.cpu_count() or 1), memory_bytes=limits.inspect_memory_bytes)
