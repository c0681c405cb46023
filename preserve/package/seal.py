"""
How does a staged folder of WARC files become a bag?

From the inside out, each file from those before it: records, index, pages, resources, references,
capture; then the datapackage over them; then the bag over all.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from preserve import __version__
from preserve.disk import storage_errors
from preserve.formats import bagit, cdxj, records, wacz
from preserve.formats.records import RecordLine
from preserve.formats.schemas import dump_json, dump_line
from preserve.formats.surt import surt
from preserve.formats.wacz import FileEntry
from preserve.model.capture import ClockFacts, Outcome
from preserve.model.digest import Digest, hasher
from preserve.model.inspection import Claim
from preserve.model.package import PACKAGE_VERSION, CaptureFile, Counts
from preserve.model.progress import Progress
from preserve.model.reference import Reference, State
from preserve.model.rendering import Rendering
from preserve.model.resource import Resource
from preserve.model.times import parse_iso, stamp17
from preserve.package.readme import readme
from preserve.package.receipt import latest_before
from preserve.package.restricted import restrictions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from preserve.model.progress import OnProgress
    from preserve.package.staging import Staging

__all__ = ["Sealing", "seal"]


@attrs.frozen(kw_only=True)
class Sealing:
    """Everything that goes into the manifests of one capture."""

    warcs: Sequence[FileEntry]
    lines: Sequence[RecordLine]
    resources: Sequence[Resource]
    references: Sequence[Reference]
    shown: Resource | None
    """The response that answers the seed."""
    claims: Sequence[Claim]
    chosen: Mapping[str, int]
    outcome: Outcome
    clock: ClockFacts
    environment: Mapping[str, str]
    rendering: Rendering | None = None
    recovered: str = ""


def seal(staging: Staging, sealing: Sealing, on_step: OnProgress) -> None:
    """
    Write everything but the WARC files into the staged bag.

    Raises:
        StorageUnavailable: If the disk cannot take it; the WARC files stay for ``recover``.
    """
    with storage_errors(
        f"write to {staging.bag}", f"Free some room, then run: preserve recover {staging.folder}"
    ):
        _Seal(staging, sealing, on_step).run()


class _Seal:
    def __init__(self, staging: Staging, sealing: Sealing, on_step: OnProgress) -> None:
        self._staging = staging
        self._staged = staging.staged
        self._sealing = sealing
        self._on_step = on_step
        self._entries: list[FileEntry] = list(sealing.warcs)
        self._data = staging.bag / "data"

    def run(self) -> None:
        for folder in ("indexes", "pages", "manifests"):
            (self._data / folder).mkdir()
        sealing = self._sealing
        self._write("manifests/records.tsv", _record_lines(sealing.lines), "records.written")
        self._write_index()
        self._write("pages/pages.jsonl", self._pages(), "pages.written")
        self._write("manifests/resources.jsonl", map(dump_line, sealing.resources), "resources.written")
        self._write("manifests/references.jsonl", map(dump_line, sealing.references), "references.written")
        self._write("manifests/capture.json", [dump_json(self._capture())], "capture.written")
        self._write_datapackage()
        self._write_bag()

    def _write(self, path: str, pieces: Iterable[bytes], step: str = "") -> FileEntry:
        """Write a file below ``data/`` and note its digest."""
        hashed, size = hasher(), 0
        with (self._data / path).open("xb") as out:
            for piece in pieces:
                hashed.update(piece)
                size += len(piece)
                out.write(piece)
        entry = wacz.FileEntry(path=path, digest=Digest("sha256", hashed.hexdigest()), size_bytes=size)
        self._entries.append(entry)
        if step:
            self._on_step(Progress(step=step, detail=path))
        return entry

    def _write_index(self) -> None:
        cdx, idx = io.BytesIO(), io.BytesIO()
        cdxj.write_index(_cdx_lines(self._sealing.lines, self._sealing.resources), cdx, idx)
        self._write("indexes/index.cdx.gz", [cdx.getvalue()])
        self._write("indexes/index.idx", [idx.getvalue()], "index.written")

    def _pages(self) -> Iterator[bytes]:
        shown, staged = self._sealing.shown, self._staged
        pages = []
        if shown is not None and shown.status is not None:
            pages.append(
                wacz.Page(id=staged.capture, url=shown.url, ts=shown.captured_at, title=self._title())
            )
        yield wacz.format_pages(pages)

    def _title(self) -> str:
        chosen = self._sealing.chosen.get("title")
        return self._sealing.claims[chosen].value if chosen is not None else self._staged.request.url

    def _capture(self) -> CaptureFile:
        staged, sealing = self._staged, self._sealing
        sequence, previous = latest_before(self._staging.folder.parent, staged.capture)
        return CaptureFile(
            page=staged.page,
            capture=staged.capture,
            sequence=sequence,
            previous=previous,
            request=staged.request,
            software=staged.software,
            environment=sealing.environment,
            clock=sealing.clock,
            claims=tuple(sealing.claims),
            chosen=sealing.chosen,
            outcome=sealing.outcome,
            counts=Counts(
                records=len(sealing.lines),
                resources=len(sealing.resources),
                references=len(sealing.references),
                payload_bytes=sum(resource.payload_bytes for resource in sealing.resources),
            ),
            rendering=sealing.rendering,
            restricted=tuple(restrictions(staged.request, sealing.resources, self._asked())),
            recovered=sealing.recovered,
        )

    def _asked(self) -> Iterator[str]:
        """Yield every URL that stands in a record, or was asked for in vain."""
        yield from (line.uri for line in self._sealing.lines if line.uri is not None)
        yield from (one.url for one in self._sealing.references if one.url and one.state is State.FAILED)

    def _write_datapackage(self) -> None:
        shown, clock = self._sealing.shown, self._sealing.clock
        described = wacz.format_datapackage(
            title=self._title(),
            software=self._staged.software,
            created=f"{parse_iso(clock.ended_at):%Y-%m-%dT%H:%M:%SZ}",
            main_page_url=shown.url if shown else None,
            main_page_date=shown.captured_at if shown else None,
            files=self._entries,
        )
        self._write("datapackage.json", [described])
        digest = wacz.format_datapackage_digest(described)
        self._write("datapackage-digest.json", [digest], "datapackage.written")

    def _write_bag(self) -> None:
        staged, sealing, bag = self._staged, self._sealing, self._staging.bag
        octets = sum(entry.size_bytes for entry in self._entries)
        listed = (
            bagit.ManifestLine(digest=entry.digest, path=f"data/{entry.path}") for entry in self._entries
        )
        info = bagit.format_bag_info(
            (
                ("Bag-Software-Agent", f"preserve {__version__}"),
                ("Bagging-Date", sealing.clock.ended_at[:10]),
                ("External-Identifier", staged.request.url),
                ("Internal-Sender-Identifier", f"{staged.page}/{staged.capture}"),
                ("Payload-Oxum", f"{octets}.{len(self._entries)}"),
                ("Preserve-Package-Version", str(PACKAGE_VERSION)),
            )
        )
        text = readme(
            title=self._title(),
            url=staged.request.url,
            began_at=sealing.clock.began_at,
            verdict=_verdict(sealing.outcome),
            software=staged.software,
        )
        tags = {
            "README.txt": text,
            "bag-info.txt": info,
            "bagit.txt": bagit.BAGIT_TXT,
            "manifest-sha256.txt": b"".join(bagit.format_manifest(listed)),
        }
        for name, data in tags.items():
            _write_tag(bag / name, data)
        tagged = (bagit.ManifestLine(digest=Digest.of(data), path=name) for name, data in tags.items())
        _write_tag(bag / "tagmanifest-sha256.txt", b"".join(bagit.format_manifest(tagged)))
        self._on_step(Progress(step="bag.written"))


def _write_tag(path: Path, data: bytes) -> None:
    with path.open("xb") as out:
        out.write(data)


def _record_lines(lines: Iterable[RecordLine]) -> Iterator[bytes]:
    yield records.HEADER.encode()
    for line in lines:
        yield records.format_line(line).encode()


def _cdx_lines(lines: Iterable[RecordLine], resources: Iterable[Resource]) -> Iterator[cdxj.CdxLine]:
    """Yield the index line of every response: docs/format/package-1.md, section 8."""
    by_record = {line.id: line for line in lines}
    for resource in resources:
        line = by_record[resource.response]
        if line.type != "response":
            continue
        yield cdxj.CdxLine(
            key=surt(resource.url),
            stamp=stamp17(parse_iso(line.date)),
            fields={
                "url": resource.url,
                "mime": _mime(resource.declared_type),
                "status": "-" if resource.status is None else str(resource.status),
                "digest": resource.payload_digest,
                "length": str(line.length),
                "offset": str(line.offset),
                "filename": line.file,
                "recordDigest": f"sha256:{line.sha256}",
            },
        )


def _mime(declared: str | None) -> str:
    return (declared or "").partition(";")[0].strip().lower() or "unk"


def _verdict(outcome: Outcome) -> str:
    seen = f"{outcome.verdict}, as seen by the {outcome.engine} engine"
    return f"{seen}: {' '.join(outcome.reasons)}" if outcome.reasons else seen
