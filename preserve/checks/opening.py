"""
How are the contents of a package opened?

Each payload is decoded and given to the capturer for its type in a
worker process, as when it was captured, and pictures are decoded to their last pixel. Only facts that were
recorded are compared: a package made by an older version lacks some.
"""

from __future__ import annotations

import tempfile
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.capturers import read_answer
from preserve.capturers.link_field import LINK_FACT
from preserve.capturers.refresh import REFRESH_FACT
from preserve.capturers.sniff import PREFIX_BYTES, sniff
from preserve.checks.layout import RESOURCES, warc_path
from preserve.checks.results import Opened
from preserve.disk import Spool
from preserve.errors import CodingError, CodingUnknown, JsonSyntaxError, SyntaxFault, WorkerFailed
from preserve.formats import schemas, warc
from preserve.formats.codings import decode
from preserve.formats.media_type import charset_of
from preserve.formats.robots_tag import ROBOTS_FACT
from preserve.model.capture import Limits
from preserve.model.digest import Digest, hasher
from preserve.model.inspection import Inspection
from preserve.model.reference import Role
from preserve.model.resource import Resource
from preserve.workers.pool import DATA_BYTES, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from preserve.checks.evidence import Evidence
    from preserve.formats.records import RecordLine
    from preserve.model.inspection import Json

__all__ = ["open_contents"]

_NOT_OF_THE_CONTENT = frozenset({ROBOTS_FACT, REFRESH_FACT, LINK_FACT, "decoded"})
"""Facts to which the head of a response adds, and the one that says how closely was looked."""
_KEPT_MOST = 1000


def open_contents(evidence: Evidence, *, jobs: int, tell: Callable[[int], None]) -> None:
    """
    Open every payload for which there is a capturer, and put into the evidence what is not as recorded.

    Args:
        evidence: Its records were read already; those found at fault are not opened.
        jobs: Worker processes at most.
        tell: Called in this thread with the bytes of each payload; what it raises ends the work.
    """
    limits = evidence.capture.request.limits if evidence.capture is not None else Limits()
    with (
        tempfile.TemporaryDirectory(prefix="preserve-contents-") as folder,
        Workers(jobs, memory_bytes=limits.inspect_memory_bytes) as workers,
    ):
        run = _Run(evidence, limits, workers, Path(folder))
        waiting: deque[tuple[_Task, Future[Json] | None]] = deque()
        for task in run.tasks():
            waiting.append((task, run.ask(task)))
            if len(waiting) > 2 * jobs:
                run.take(*waiting.popleft())
            tell(task.size_bytes)
        while waiting:
            run.take(*waiting.popleft())


@attrs.frozen(kw_only=True)
class _Task:
    number: int
    resource: Resource
    spool: Spool
    size_bytes: int
    digest: Digest
    prefix: bytes
    failed: str = ""
    unread: bool = False
    """Whether that is because its WARC file cannot be read any more."""


class _Run:
    def __init__(self, evidence: Evidence, limits: Limits, workers: Workers, folder: Path) -> None:
        self._evidence = evidence
        self._limits = limits
        self._workers = workers
        self._folder = folder
        self._spools = 0

    def tasks(self) -> Iterator[_Task]:
        """Yield every payload that is to be opened, decoded."""
        evidence = self._evidence
        for row in evidence.rows(RESOURCES, lambda text: schemas.load(Resource, text)):
            resource = row.value
            located = evidence.listed.get(resource.response) if resource is not None else None
            if resource is None or located is None or resource.content_digest is None:
                continue
            if (resource.content_bytes or 0) > self._limits.inspect_bytes or self._is_off(located.line):
                continue
            yield self._decoded(row.number, resource, located.line)

    def _is_off(self, line: RecordLine) -> bool:
        """Tell whether the record was found at fault: then that is said, and nothing of its content."""
        seen, extents = (
            self._evidence.seen.get(warc_path(line.file)),
            self._evidence.extents(warc_path(line.file)),
        )
        if seen is None or extents is None or not seen.compared:
            return True
        return any(extents.offsets[off.index] == line.offset for off in seen.off)

    def _decoded(self, number: int, resource: Resource, line: RecordLine) -> _Task:
        self._spools += 1
        spool = Spool(self._folder, name=f"content-{self._spools}")
        hashed, size, prefix, failed = hasher(), 0, b"", ""
        path = warc_path(line.file)
        stream = self._evidence.open(path)
        try:
            if stream is None:
                failed = "its WARC file could not be opened"
            else:
                with stream:
                    payload = warc.payload(warc.open_record(stream, line.offset, line.length))
                    most = resource.content_bytes or 0
                    for piece in (
                        decode(payload, resource.codings, max_bytes=most, max_ratio=self._limits.decode_ratio)
                        if resource.codings
                        else payload
                    ):
                        hashed.update(piece)
                        size += len(piece)
                        prefix += piece[: max(0, PREFIX_BYTES - len(prefix))]
                        spool.write(piece)
        except CodingUnknown as exc:
            failed = exc.message
        except (CodingError, SyntaxFault) as exc:
            failed = f"its content could not be decoded: {exc.message}"
        except OSError as exc:
            failed = "its WARC file could not be read"
            self._evidence.lost[path] = exc.strerror or str(exc)
        return _Task(
            number=number,
            resource=resource,
            spool=spool,
            size_bytes=size,
            digest=Digest("sha256", hashed.hexdigest()),
            prefix=prefix,
            failed=failed,
            unread=path in self._evidence.lost,
        )

    def ask(self, task: _Task) -> Future[Json] | None:
        """Have a worker open a payload."""
        if task.failed:
            return None
        resource = task.resource
        argument: Json = {
            "url": resource.url,
            "media_type": resource.sniffed_type,
            "charset": charset_of(resource.declared_type),
            "size_bytes": task.size_bytes,
            "pixels": True,
        }
        data = None
        if task.spool.path is None:
            with task.spool.open() as stream:
                data = stream.read(DATA_BYTES)
        return self._workers.submit(
            "preserve.capturers:inspect",
            argument,
            timeout_s=self._limits.inspect_s,
            file=task.spool.path,
            data=data,
        )

    def take(self, task: _Task, future: Future[Json] | None) -> None:
        """Wait for an answer and note what is not as recorded."""
        failed = task.failed
        inspection = Inspection()
        if future is not None:
            try:
                inspection = read_answer(future.result()).inspection
            except (WorkerFailed, JsonSyntaxError) as exc:
                failed = exc.message
        task.spool.close()
        self._evidence.opened += 1
        resource = task.resource
        known = {problem.code for problem in resource.problems}
        if "capturer.failed" in known:
            failed = ""  # it could not be opened when it was captured either, and that is recorded
        differing = () if failed else tuple(_differing(task, inspection))
        # What was not opened when it was captured, an error page say, has nothing recorded to go by.
        problems = tuple(
            problem.message
            for problem in inspection.problems
            if resource.facts and problem.code not in known and not problem.code.endswith(".warning")
        )
        if (failed or differing or problems) and len(self._evidence.odd_contents) < _KEPT_MOST:
            self._evidence.odd_contents.append(
                Opened(
                    number=task.number,
                    record=resource.response,
                    differing=differing,
                    problems=problems,
                    failed=failed,
                    unread=task.unread,
                )
            )


def _differing(task: _Task, inspection: Inspection) -> Iterator[tuple[str, str, str]]:
    resource = task.resource
    seen: dict[str, tuple[object, object]] = {
        "content_digest": (resource.content_digest, str(task.digest)),
        "content_bytes": (resource.content_bytes, task.size_bytes),
    }
    if resource.role is not Role.RENDITION:  # of what we made ourselves, the type is known without looking
        sniffed = sniff(task.prefix, resource.declared_type, resource.url)
        seen["sniffed_type"] = (resource.sniffed_type, sniffed)
    seen |= {
        name: (value, inspection.facts[name])
        for name, value in resource.facts.items()
        if name in inspection.facts and name not in _NOT_OF_THE_CONTENT and value is not None
    }
    for name, (recorded, now) in seen.items():
        # What was seen in pictures whose every pixel is decoded only now is a problem, not another fact.
        looser = name == "whole" and now in (None, False)
        if recorded != now and not looser:
            yield name, str(recorded), str(now)
