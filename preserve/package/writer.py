"""How do exchanges become WARC records?"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve import __version__
from preserve.disk import Spool, storage_errors
from preserve.errors import StorageUnavailable
from preserve.formats.http1 import Body, MessageReader
from preserve.formats.records import RecordLine, is_listed
from preserve.formats.wacz import FileEntry
from preserve.formats.warc import warcinfo_block, write_record
from preserve.model.digest import Digest, hasher
from preserve.model.inspection import Problem
from preserve.model.progress import Progress
from preserve.model.resource import Resource
from preserve.model.times import parse_iso, stamp14, to_iso
from preserve.package.describe import describe, make_resource
from preserve.package.fields import (
    interim_fields,
    request_fields,
    resource_fields,
    response_fields,
    spelt,
    warcinfo_fields,
)
from preserve.package.renditions import make_rendition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from preserve.model.exchange import Artefact, Exchange, Stored
    from preserve.model.progress import OnProgress
    from preserve.model.reference import Role
    from preserve.package.describe import Description
    from preserve.package.fields import Fields
    from preserve.package.staging import Staging

__all__ = ["ROLLOVER_BYTES", "PackageWriter", "Recorded"]

ROLLOVER_BYTES = 256 << 20
_PIECE = 1 << 18
_BODILESS = re.compile(rb"[A-Z]+ [^ \t\r\n]+ HTTP/1\.1\r\n(?:[^\r\n]+\r\n)*\r\n")
_BODILESS_MOST = 1 << 16
_CONFORMS_TO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


@attrs.frozen(kw_only=True)
class Recorded:
    """What ``record`` gives back. ``content`` belongs to the caller, who closes it."""

    resource: Resource | None
    """None when no byte of a response came."""
    content: Spool | None = None

    def close(self) -> None:
        """Give up the content."""
        if self.content is not None:
            self.content.close()


class PackageWriter:
    """
    Writes the WARC files of one staged package, record by record, from one thread at a time.

    Args:
        staging: Where.
        new_id: Gives a fresh ``urn:uuid:`` URI.
        on_step: Told of every named step.
        rollover_bytes: A file that has reached this size is closed after the exchange.
    """

    def __init__(
        self,
        staging: Staging,
        *,
        new_id: Callable[[], str],
        on_step: OnProgress,
        rollover_bytes: int = ROLLOVER_BYTES,
    ) -> None:
        self._staging = staging
        self._new_id = new_id
        self._on_step = on_step
        self._rollover_bytes = rollover_bytes
        self._warc: _WarcFile | None = None
        self._spools = 0
        self._torn = False
        self.lines: list[RecordLine] = []
        """Every record in file order."""
        self.resources: dict[str, Resource] = {}
        """Every response by its record id, in file order."""
        self.files: list[FileEntry] = []
        """The WARC files that are closed."""

    def record(self, exchange: Exchange, role: Role) -> Recorded:
        """
        Write the records of one exchange; reads the response twice, once to digest, once to deflate.

        The exchange is not closed. An exchange of which nothing was sent leaves no record.

        Raises:
            StorageUnavailable: If the disk cannot take it; what was recorded before stays whole.
        """
        if exchange.request is None and exchange.response is None:
            return Recorded(resource=None)
        with self._appending() as warc:
            recorded = self._write_exchange(warc, exchange, role)
        self._report("exchange.recorded", exchange.url)
        return recorded

    def record_artefact(self, artefact: Artefact) -> None:
        """
        Write the resource record of something that an engine learnt or made. The artefact is not closed.

        What was made of the page is a resource of its own; what was learnt on the way is none.

        Raises:
            StorageUnavailable: If the disk cannot take it; what was recorded before stays whole.
        """
        block = _digest(artefact.content)
        record = self._new_id()
        with self._appending() as warc:
            fields = resource_fields(artefact, record_id=record, block=block)
            self._write(warc, fields, artefact.content)
        if is_listed(self.lines[-1]):
            self.resources[record] = make_rendition(
                url=artefact.url,
                record=record,
                at=to_iso(artefact.made_at),
                media_type=artefact.media_type,
                block=block,
                size_bytes=artefact.content.size_bytes,
                facts={
                    key: value for key, value in artefact.facts.items() if isinstance(value, bool | int | str)
                },
            )

    def describe(self, block: Iterable[bytes], *, url: str, method: str) -> Description:
        """Describe a response's octets within the limits and with the spools of this capture."""
        limits = self._staging.staged.request.limits
        return describe(block, url=url, method=method, limits=limits, new_spool=self._new_spool)

    def close(self) -> None:
        """Close the WARC file that is being written, if there is one."""
        if self._warc is not None:
            self.files.append(self._warc.close())
            self._warc = None

    def release(self) -> None:
        """Let go of the file that is being written, when the work has failed already."""
        if self._warc is not None:
            # What could not be flushed is what the failure was about; recover finds the rest.
            with suppress(OSError):
                self._warc.out.close()
            self._warc = None

    @contextmanager
    def _appending(self) -> Iterator[_WarcFile]:
        """Give the file to append to; flush it, and roll it over, when the records are whole."""
        if self._torn:
            raise StorageUnavailable(
                f"Writing to {self._staging.bag} failed before; nothing more is added to it."
            )
        self._torn = True
        remedy = f"Free some room, then run: preserve recover {self._staging.folder}"
        with storage_errors(f"write to {self._staging.bag}", remedy):
            warc = self._warc = self._warc or self._open_warc()
            yield warc
            warc.out.flush()
            if warc.offset >= self._rollover_bytes:
                self.close()
        self._torn = False

    def _write_exchange(self, warc: _WarcFile, exchange: Exchange, role: Role) -> Recorded:
        at = to_iso(exchange.began_at)
        seen = answer = asked = interim = None
        if exchange.response is not None:
            seen = self.describe(_pieces(exchange.response), url=exchange.url, method=exchange.method)
            answer = self._new_id()
            self._write(warc, response_fields(exchange, seen, record_id=answer, at=at), exchange.response)
        if exchange.request is not None:
            asked = self._new_id()
            block, payload = _request_digests(exchange.request)
            fields = request_fields(
                exchange, record_id=asked, at=at, answer=answer, block=block, payload=payload
            )
            self._write(warc, fields, exchange.request)
        if exchange.interim is not None:
            interim = self._new_id()
            block = _digest(exchange.interim)
            fields = interim_fields(exchange, record_id=interim, at=at, beside=answer or asked, block=block)
            self._write(warc, fields, exchange.interim)
        if seen is None or answer is None:
            return Recorded(resource=None)
        resource = make_resource(
            seen,
            url=exchange.url,
            role=role,
            at=at,
            ended=exchange.ended,
            reason=exchange.reason,
            records=(answer, asked, interim),
        )
        resource = attrs.evolve(
            resource,
            tls=exchange.tls.verdict if exchange.tls else None,
            redacted=exchange.redacted,
            fidelity=exchange.fidelity,
            asked_by=exchange.asked_by,
        )
        if exchange.surplus_bytes:
            resource = attrs.evolve(resource, problems=(*resource.problems, _surplus(exchange.surplus_bytes)))
        if exchange.asked_by:
            self._staging.note_asked_by(answer, exchange.asked_by)
        self.resources[answer] = resource
        return Recorded(resource=resource, content=seen.content)

    def _write(self, warc: _WarcFile, fields: Fields, stored: Stored) -> None:
        self._append(warc, fields, _pieces(stored, self._writing), stored.size_bytes)

    def _append(self, warc: _WarcFile, fields: Fields, block: Iterable[bytes], length: int) -> None:
        named = dict(fields)
        everything = [*fields, ("WARC-Warcinfo-ID", warc.warcinfo_id)]
        offset = warc.offset
        written = write_record(warc, spelt(everything), block, length)
        self.lines.append(
            RecordLine(
                file=warc.path.name,
                offset=offset,
                length=written.length,
                sha256=written.digest.value,
                type=str(named["WARC-Type"]),
                date=str(named["WARC-Date"]),
                id=str(named["WARC-Record-ID"]),
                uri=named.get("WARC-Target-URI"),
            )
        )
        self._report("record.written", named.get("WARC-Target-URI") or "")

    def _open_warc(self) -> _WarcFile:
        staged = self._staging.staged
        name = f"{staged.page}-{stamp14(parse_iso(staged.began_at))}-{len(self.files):05d}.warc.gz"
        warc = _WarcFile(self._staging.bag / "data" / "archive" / name)
        self._report("warc.opened", name)
        block = warcinfo_block(
            (
                ("software", f"preserve {__version__}"),
                ("format", "WARC File Format 1.1"),
                ("conformsTo", _CONFORMS_TO),
                ("isPartOf", f"{staged.page}/{staged.capture}"),
                ("robots", staged.request.robots),
                ("http-header-user-agent", staged.user_agent),
            )
        )
        warcinfo_id = self._new_id()
        fields = warcinfo_fields(
            record_id=warcinfo_id, at=staged.began_at, name=name, digest=Digest.of(block)
        )
        self._append(warc, fields, [block], len(block))
        warc.warcinfo_id = warcinfo_id
        return warc

    def _new_spool(self) -> Spool:
        self._spools += 1
        return Spool(self._staging.spool, name=f"content-{self._spools}")

    def _writing(self) -> None:
        self._report("record.writing")

    def _report(self, step: str, detail: str = "") -> None:
        self._on_step(Progress(step=step, detail=detail, done=len(self.resources)))


class _WarcFile:
    """One WARC file while it grows: where it stands, and its digest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.warcinfo_id: str | None = None
        self.out: BinaryIO = path.open("xb")
        self._hash = hasher()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.offset += len(data)
        return self.out.write(data)

    def close(self) -> FileEntry:
        self.out.close()
        digest = Digest("sha256", self._hash.hexdigest())
        return FileEntry(path=f"archive/{self.path.name}", digest=digest, size_bytes=self.offset)


def _pieces(stored: Stored, between: Callable[[], None] | None = None) -> Iterator[bytes]:
    for piece in stored.pieces() if isinstance(stored, Spool) else _read(stored):
        yield piece
        if between is not None:
            between()


def _read(stored: Stored) -> Iterator[bytes]:
    with stored.open() as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _surplus(size_bytes: int) -> Problem:
    came = "1 byte" if size_bytes == 1 else f"{size_bytes} bytes"
    return Problem(
        code="http.surplus",
        message=f"{came} came after the end of the response; they belong to none and were not kept.",
    )


def _digest(stored: Stored) -> Digest:
    hashed = hasher()
    for piece in _pieces(stored):
        hashed.update(piece)
    return Digest("sha256", hashed.hexdigest())


def _request_digests(stored: Stored) -> tuple[Digest, Digest]:
    """Return the digests of a message's octets and of its entity body."""
    if stored.size_bytes <= _BODILESS_MOST:
        octets = b"".join(_pieces(stored))
        if _BODILESS.fullmatch(octets):
            # Most requests: a sound head and nothing after it, whatever the fields say.
            return Digest.of(octets), Digest.of(b"")
    block, payload = hasher(), hasher()
    reader = MessageReader("request")
    for piece in _pieces(stored):
        block.update(piece)
        for event in reader.feed(piece):
            if isinstance(event, Body):
                payload.update(event.entity)
    return Digest("sha256", block.hexdigest()), Digest("sha256", payload.hexdigest())
