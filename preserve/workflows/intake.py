"""
What happens to a response once it is stored?

The capturer for its content says what is in it, and what it refers to goes into the table. ``archive``
brings responses from the world, ``recover`` from WARC files; from here on there is no difference.
"""

from __future__ import annotations

import asyncio
import os
from email.message import Message
from typing import TYPE_CHECKING

import attrs

from preserve.capturers import read_answer
from preserve.capturers.claims import choose
from preserve.disk import storage_errors
from preserve.errors import WorkerFailed
from preserve.model.inspection import Inspection, Problem
from preserve.model.reference import Role, State
from preserve.scope import Table
from preserve.workers import DATA_BYTES, Workers

if TYPE_CHECKING:
    from preserve.disk import Spool
    from preserve.model.capture import CaptureRequest
    from preserve.model.exchange import Ended
    from preserve.model.inspection import Claim, Json
    from preserve.model.resource import Resource
    from preserve.model.url import UriR
    from preserve.package.writer import PackageWriter

__all__ = ["Intake"]

_WORKERS_MOST = 4
_OPENED = frozenset({State.CAPTURED, State.TRUNCATED})


class Intake:
    """
    The table of one capture and the workers that open what comes in.

    Args:
        request: What was asked for.
        writer: Keeps the resources.
    """

    def __init__(self, request: CaptureRequest, writer: PackageWriter) -> None:
        self.table = Table(request)
        self.claims: tuple[Claim, ...] = ()
        """What the page says of itself."""
        self._limits = request.limits
        self._writer = writer
        self._workers = Workers(
            min(_WORKERS_MOST, os.cpu_count() or 1), memory_bytes=request.limits.inspect_memory_bytes
        )

    @property
    def chosen(self) -> dict[str, int]:
        """Claim name to the index of the one to show."""
        return choose(self.claims)

    def close(self) -> None:
        """Stop the workers."""
        self._workers.close()

    async def land(
        self, url: UriR, resource: Resource | None, content: Spool | None, ended: Ended, reason: str
    ) -> None:
        """
        Take in what came of the task ``url``; closes ``content``.

        Only what answers its reference is opened, so that a login page in the place of a picture
        does not add its own pictures; the page itself is opened whatever its status.
        """
        try:
            state = self.table.landed(url, resource, ended, reason)
            wanted = state in _OPENED or self.table.role_of(url) is Role.PAGE
            if resource is not None and content is not None and wanted:
                inspection = await self._inspect(resource, content)
                self._keep(resource, inspection)
        finally:
            if content is not None:
                content.close()

    def _keep(self, resource: Resource, inspection: Inspection) -> None:
        known = attrs.evolve(
            resource, facts=inspection.facts, problems=(*resource.problems, *inspection.problems)
        )
        self._writer.resources[resource.response] = known
        self.table.add_links(known, inspection.links)
        if self.table.seed_answer is not None and self.table.seed_answer.response == resource.response:
            self.claims = inspection.claims

    async def _inspect(self, resource: Resource, content: Spool) -> Inspection:
        argument: Json = {
            "url": resource.url,
            "media_type": resource.sniffed_type,
            "charset": _charset(resource.declared_type),
            "size_bytes": content.size_bytes,
        }
        with storage_errors("read a body from the spool folder"):
            data = None if content.path else _read(content)
        future = self._workers.submit(
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


def _charset(declared: str | None) -> str | None:
    """Return the charset parameter of a Content-Type field (RFC 9110, 8.3.2)."""
    message = Message()
    message["Content-Type"] = " ".join((declared or "").split())
    found = message.get_param("charset")
    return found if isinstance(found, str) else None


def _read(content: Spool) -> bytes:
    with content.open() as stream:
        return stream.read(DATA_BYTES)
