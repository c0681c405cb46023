"""
How is a capture saved that was cut off?

Every record up to the first damaged byte is kept as it is; what it says is read again from the WARC
files, by the same code that read it when it arrived. What the manifests then say follows from there.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import attrs

from preserve.checks import verify
from preserve.disk import remove_tree, storage_errors
from preserve.errors import CaptureFailed
from preserve.formats.records import RecordLine, is_listed
from preserve.formats.wacz import FileEntry
from preserve.formats.warc import http_head, open_record, walk
from preserve.model.capture import RobotsPolicy
from preserve.model.digest import Digest, hasher
from preserve.model.exchange import AskedBy, Ended, Fidelity
from preserve.model.finding import Result
from preserve.model.progress import Progress
from preserve.model.reference import Role
from preserve.model.url import UriR, origin
from preserve.package.describe import make_resource
from preserve.package.reader import open_package
from preserve.package.redacted import redacted_fields, stored_fidelity, tls_verdict
from preserve.package.renditions import make_rendition
from preserve.package.staging import Staging
from preserve.package.writer import PackageWriter
from preserve.workflows.context import Cancel, Context
from preserve.workflows.finish import clear_staging, finish, publish_checked
from preserve.workflows.intake import Intake, make_workers
from preserve.workflows.loop import run

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    from preserve.formats.warc import WalkedRecord
    from preserve.model.progress import OnProgress
    from preserve.model.resource import Resource
    from preserve.package.describe import Description
    from preserve.package.reader import Package

__all__ = ["recover"]

_PIECE = 1 << 20
_INTERRUPTED = "The capture was interrupted; the package was sealed afterwards."


def recover(
    partial: str | os.PathLike[str], *, on_progress: OnProgress | None = None, context: Context | None = None
) -> Package:
    """
    Seal and publish what a ``.partial`` folder holds.

    A folder that was sealed already is published as it is, if it passes the checks; else everything
    but the WARC files is made again. Bytes after the last whole record are cut off, and counted in
    ``capture.json``.

    Args:
        partial: The folder; removed at the end.
        on_progress: Called with every named step.
        context: Clock and ids, for tests.

    Raises:
        NotAPackage: If it is no staging folder.
        Locked: If a process is still at work in it.
        CaptureFailed: If it holds no answer of the page; it is removed.
        PackageDamaged: If what was sealed does not pass the checks; the folder stays.
    """
    context = context or Context()
    # What is recovered was interrupted by definition; nobody cancels the recovery.
    context = attrs.evolve(context, on_progress=on_progress or context.on_progress, cancel=Cancel())
    staging = Staging.reopen(Path(partial))
    try:
        return _recover(staging, context)
    finally:
        staging.release()


def _recover(staging: Staging, context: Context) -> Package:
    if staging.target.exists() and not staging.bag.exists():
        clear_staging(staging)
        return open_package(staging.target)
    if (staging.bag / "tagmanifest-sha256.txt").exists() and _is_sealed(staging):
        with make_workers(staging.staged.request.limits) as workers:
            return publish_checked(staging, context, workers)
    _clear_derived(staging)
    return run(_rebuild(staging, context))


def _is_sealed(staging: Staging) -> bool:
    return verify(staging.bag, placed=False).result is Result.PASS


def _clear_derived(staging: Staging) -> None:
    """Remove everything in the bag that is made from the WARC files, and the spool."""
    with storage_errors(f"clear {staging.folder}"):
        for path in (*staging.bag.iterdir(), *(staging.bag / "data").iterdir(), *staging.spool.iterdir()):
            if path.name in {"data", "archive"}:
                continue
            if path.is_dir() and not path.is_symlink():
                remove_tree(path)
            else:
                path.unlink()


async def _rebuild(staging: Staging, context: Context) -> Package:
    writer = PackageWriter(staging, new_id=context.new_id, on_step=context.on_progress)
    intake = Intake(staging.staged.request, writer)
    try:
        dropped = _adopt(staging, writer)
        answers = _describe(staging, writer)
        _land_rules(staging, intake, answers)
        for url, answer in _chains(intake, answers):
            seen, _ = answer.read()
            resource = attrs.evolve(answer.resource, role=intake.table.role_of(url))
            writer.resources[resource.response] = resource
            await intake.land(url, resource, seen.content, resource.ended, resource.reason, resource.asked_by)
        waiting = intake.table.refuse_rest(_INTERRUPTED)
        context.on_progress(Progress(step="warcs.closed"))
        recovered = (
            f"Sealed by recover: {len(writer.lines)} records were whole, {dropped} bytes after the last of "
            f"them were cut off, and {waiting} references were still open."
        )
        met = (_INTERRUPTED,) if waiting or dropped else ()
        rendering = staging.rendering()
        intake.shown = rendering is not None
        _, package = finish(
            staging, writer, intake, context, met=met, rendering=rendering, recovered=recovered
        )
    finally:
        intake.close()
    if package is None:
        folder = staging.folder
        staging.discard()
        raise CaptureFailed(f"{folder} held no answer of the page; it was removed.", path=str(folder))
    return package


def _adopt(staging: Staging, writer: PackageWriter) -> int:
    """Take in the whole records of every WARC file and cut off the rest; return how many bytes that was."""
    dropped = 0
    archive = staging.bag / "data" / "archive"
    with storage_errors(f"read {archive}"):
        for path in sorted(archive.iterdir()):
            size = path.stat().st_size
            whole = 0
            with path.open("r+b") as stream:
                for seen in itertools.takewhile(_is_whole, walk(stream, resync=False)):
                    writer.lines.append(_line(path.name, seen))
                    whole = seen.offset + seen.length
                stream.truncate(whole)
            dropped += size - whole
            if whole == 0:
                path.unlink()
            else:
                writer.files.append(_entry(path))
    return dropped


def _is_whole(seen: WalkedRecord) -> bool:
    return seen.header is not None and seen.is_sound


def _line(file: str, seen: WalkedRecord) -> RecordLine:
    header = seen.header
    if header is None or seen.digest is None:
        raise ValueError("a whole record has a header and a digest")
    return RecordLine(
        file=file,
        offset=seen.offset,
        length=seen.length,
        sha256=seen.digest.value,
        type=header.type,
        date=header.date,
        id=header.record_id,
        uri=header.target_uri,
    )


def _entry(path: Path) -> FileEntry:
    hashed, size = hasher(), 0
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            hashed.update(piece)
            size += len(piece)
    digest = Digest("sha256", hashed.hexdigest())
    return FileEntry(path=f"archive/{path.name}", digest=digest, size_bytes=size)


def _describe(staging: Staging, writer: PackageWriter) -> dict[UriR, _Answer]:
    """Read every response record again; return the last one of each URL."""
    beside, asked_by = _beside(staging, writer), staging.asked_by()
    answers: dict[UriR, _Answer] = {}
    for line in writer.lines:
        if line.type == "resource" and is_listed(line):
            writer.resources[line.id] = _rendition(staging, line)
        if line.type != "response" or line.uri is None:
            continue
        method, redacted, asked, interim = beside.get(line.id, ("GET", (), None, None))
        answer = _Answer(staging=staging, writer=writer, line=line, method=method)
        seen, truncated = answer.read()
        if seen.content is not None:
            seen.content.close()
        resource = make_resource(
            seen,
            url=line.uri,
            role=Role.ROBOTS if line.uri == _rules_of(line.uri) else Role.REQUISITE,
            at=line.date,
            ended=Ended(truncated) if truncated else Ended.WHOLE,
            reason=f"The answer ended early ({truncated})." if truncated else "",
            records=(line.id, asked, interim),
        )
        tls, fidelity = answer.known()
        resource = attrs.evolve(
            resource,
            redacted=redacted,
            tls=tls,
            fidelity=fidelity,
            asked_by=asked_by.get(line.id, AskedBy.ENGINE),
        )
        writer.resources[line.id] = resource
        answers[UriR(line.uri)] = answer
    return answers


def _rendition(staging: Staging, line: RecordLine) -> Resource:
    """Return what the package says of a stored rendition, as far as its record tells."""
    path = staging.bag / "data" / "archive" / line.file
    with storage_errors(f"read {path}"), path.open("rb") as stream:
        record = open_record(stream, line.offset, line.length)
        hashed, size = hasher(), 0
        for piece in record.block():
            hashed.update(piece)
            size += len(piece)
        return make_rendition(
            url=str(line.uri),
            record=line.id,
            at=line.date,
            media_type=record.header.get("Content-Type") or "application/octet-stream",
            block=Digest("sha256", hashed.hexdigest()),
            size_bytes=size,
        )


@attrs.frozen(kw_only=True)
class _Answer:
    """A stored response that can be read again."""

    staging: Staging
    writer: PackageWriter
    line: RecordLine
    method: str

    def known(self) -> tuple[str | None, Fidelity]:
        """Return the verdict on the certificate and the fidelity, as far as they are certain."""
        path = self.staging.bag / "data" / "archive" / self.line.file
        with storage_errors(f"read {path}"), path.open("rb") as stream:
            header = open_record(stream, self.line.offset, self.line.length).header
            request = self.staging.staged.request
            return tls_verdict(request, header), stored_fidelity(request, header)

    @property
    def resource(self) -> Resource:
        return self.writer.resources[self.line.id]

    def read(self) -> tuple[Description, str | None]:
        """Return what it holds and its WARC-Truncated."""
        path = self.staging.bag / "data" / "archive" / self.line.file
        with storage_errors(f"read {path}"), path.open("rb") as stream:
            record = open_record(stream, self.line.offset, self.line.length)
            seen = self.writer.describe(record.block(), url=str(self.line.uri), method=self.method)
            return seen, record.header.get("WARC-Truncated")


_Beside: TypeAlias = tuple[str, tuple[str, ...], str | None, str | None]
"""The method, the redacted fields and the id of a request record, and the id of a metadata record."""


def _beside(staging: Staging, writer: PackageWriter) -> dict[str, _Beside]:
    """Return, for each response, what stands beside it."""
    found: dict[str, _Beside] = {}
    for line in writer.lines:
        if line.type not in {"request", "metadata"}:
            continue
        path = staging.bag / "data" / "archive" / line.file
        with storage_errors(f"read {path}"), path.open("rb") as stream:
            record = open_record(stream, line.offset, line.length)
            answer = (record.header.get("WARC-Concurrent-To") or "").strip("<>")
            method, redacted, asked, interim = found.get(answer, ("GET", (), None, None))
            if line.type == "request":
                head = http_head(record)
                parsed = head.parsed if head else None
                asked = line.id
                method = parsed.method.decode("latin-1") if parsed else method
                redacted = redacted_fields(staging.staged.request, str(line.uri), parsed)
            else:
                interim = line.id
        found[answer] = (method, redacted, asked, interim)
    return found


def _chains(intake: Intake, answers: Mapping[UriR, _Answer]) -> Iterator[tuple[UriR, _Answer]]:
    """Yield what the table asks for and a stored response answers; the rest stays open."""
    while (task := intake.table.next()) is not None:
        answer = _answer_to(task.url, answers)
        if answer is not None:
            yield task.url, answer


def _answer_to(url: UriR, answers: Mapping[UriR, _Answer]) -> _Answer | None:
    """Return the stored response that answers a URL, redirects followed."""
    answer = answers.get(url)
    for _ in range(len(answers)):
        if answer is None or answer.resource.redirect_to is None:
            break
        answer = answers.get(UriR(answer.resource.redirect_to))
    return answer


def _land_rules(staging: Staging, intake: Intake, answers: Mapping[UriR, _Answer]) -> None:
    """Enter every robots.txt that was asked for before the rest."""
    if staging.staged.request.robots is not RobotsPolicy.OBEY:
        return
    for url in answers:
        answer = _answer_to(url, answers) if url == _rules_of(url) else None
        if answer is not None:
            found = answer.resource
            intake.table.landed_aside(url, found, found.ended, found.reason)


def _rules_of(url: str) -> str:
    return f"{origin(url)}/robots.txt"
