"""How is a small package made by hand, without our own writer?"""

from __future__ import annotations

import gzip
import io
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import attrs
import pytest

from preserve.formats import bagit, cdxj, records, wacz, warc
from preserve.formats.records import RecordLine
from preserve.formats.schemas import dump_json, dump_line
from preserve.model.capture import CaptureRequest, ClockFacts, Outcome, Verdict
from preserve.model.digest import Digest
from preserve.model.exchange import Ended
from preserve.model.inspection import Claim, Json
from preserve.model.package import CaptureFile, Counts
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.resource import Resource
from preserve.model.url import UriR, page_folder
from preserve.package.reader import Package

if TYPE_CHECKING:
    from pathlib import Path

_BEGAN = "2026-11-22T10:15:00.000Z"
_WARC = "example-org-post-0000000000000000-20261122101500-00000.warc.gz"
PAGE_URL = UriR("https://example.org/post")


@attrs.frozen(kw_only=True)
class Item:
    """One response of a package made by hand, and the reference it answers."""

    url: str
    body: bytes
    """The content; coded as ``coding`` says when it is stored."""
    sniffed: str
    kind: Kind = Kind.IMAGE
    role: Role = Role.REQUISITE
    state: State = State.CAPTURED
    status: int = 200
    ended: Ended = Ended.WHOLE
    coding: str = ""
    file_name: str | None = None
    captured_at: str = _BEGAN
    facts: dict[str, Json] = attrs.field(factory=dict)
    text: str = ""
    digest: str | None = None
    """Content digest to claim instead of the true one."""
    undecoded: bool = False
    """Claim that the coding could not be undone."""


Build: TypeAlias = Callable[..., Package]

PAGE = Item(
    url=PAGE_URL, body=b"<h1>A post</h1>", sniffed="text/html", kind=Kind.PAGE, role=Role.PAGE, coding="gzip"
)


@pytest.fixture(name="item")
def item_fixture() -> type[Item]:
    """Give the class of what ``build`` takes."""
    return Item


@pytest.fixture
def page_item() -> Item:
    """Give an HTML page, stored in gzip."""
    return PAGE


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Return a function that makes a package of items, the first being the page, in a page folder."""

    def make(
        *items: Item,
        name: str = "20261122T101500Z",
        claims: Sequence[Claim] = (),
        open_references: Sequence[Reference] = (),
    ) -> Package:
        path = tmp_path / "archive" / page_folder(PAGE_URL) / name
        _write(path, items or (PAGE,), tuple(claims), tuple(open_references))
        return Package(path=path)

    return make


@pytest.fixture
def reseal() -> Callable[[Path], None]:
    """Return a function that writes the manifests of a changed bag anew."""
    return _seal


def _write(path: Path, items: Sequence[Item], claims: tuple[Claim, ...], left: tuple[Reference, ...]) -> None:
    data = path / "data"
    for folder in ("archive", "indexes", "manifests", "pages"):
        (data / folder).mkdir(parents=True)
    out = io.BytesIO()
    lines = [_record(out, "warcinfo", None, _BEGAN, b"software: by hand\r\n")]
    resources, references = [], []
    for item in items:
        resource, line = _response(out, item)
        lines.append(line)
        resources.append(resource)
        references.append(_reference(item, resource, seed=item is items[0]))
    references += left
    (data / "archive" / _WARC).write_bytes(out.getvalue())
    (data / "manifests" / "records.tsv").write_text(
        "".join([records.HEADER, *map(records.format_line, lines)])
    )
    with (
        (data / "indexes" / "index.cdx.gz").open("wb") as cdx,
        (data / "indexes" / "index.idx").open("wb") as idx,
    ):
        cdxj.write_index([], cdx, idx)
    (data / "pages" / "pages.jsonl").write_bytes(wacz.format_pages([]))
    (data / "manifests" / "resources.jsonl").write_bytes(b"".join(map(dump_line, resources)))
    (data / "manifests" / "references.jsonl").write_bytes(b"".join(map(dump_line, references)))
    verdict = Verdict.PARTIAL if left else Verdict.COMPLETE
    capture = CaptureFile(
        page=path.parent.name,
        capture=path.name,
        sequence=1,
        previous=None,
        request=CaptureRequest(url=PAGE_URL, as_given=PAGE_URL),
        software="by hand",
        environment={},
        clock=ClockFacts(began_at=_BEGAN, ended_at=_BEGAN),
        claims=claims,
        chosen={claim.name: index for index, claim in reversed(list(enumerate(claims)))},
        outcome=Outcome(verdict=verdict, engine="plain", gaps=len(left)),
        counts=Counts(
            records=len(lines),
            resources=len(resources),
            references=len(references),
            payload_bytes=sum(one.payload_bytes for one in resources),
        ),
    )
    (data / "manifests" / "capture.json").write_bytes(dump_json(capture))
    (path / "README.txt").write_text("By hand.\n")
    (path / "bagit.txt").write_bytes(bagit.BAGIT_TXT)
    _seal(path)


def _seal(path: Path) -> None:
    data = path / "data"
    files = [file for file in data.rglob("*") if file.is_file() and not file.name.startswith("datapackage")]
    entries = [
        wacz.FileEntry(
            path=file.relative_to(data).as_posix(),
            digest=Digest.of(file.read_bytes()),
            size_bytes=file.stat().st_size,
        )
        for file in files
    ]
    datapackage = wacz.format_datapackage(
        title="A post",
        software="by hand",
        created="2026-11-22T10:15:01Z",
        main_page_url=None,
        main_page_date=None,
        files=entries,
    )
    (data / "datapackage.json").write_bytes(datapackage)
    (data / "datapackage-digest.json").write_bytes(wacz.format_datapackage_digest(datapackage))
    payload = [file for file in data.rglob("*") if file.is_file()]
    octets = sum(file.stat().st_size for file in payload)
    (path / "bag-info.txt").write_bytes(
        bagit.format_bag_info(
            [
                ("External-Identifier", PAGE_URL),
                ("Payload-Oxum", f"{octets}.{len(payload)}"),
                ("Preserve-Package-Version", "1"),
            ]
        )
    )
    _manifest(path, "manifest-sha256.txt", payload)
    names = ("README.txt", "bag-info.txt", "bagit.txt", "manifest-sha256.txt")
    _manifest(path, "tagmanifest-sha256.txt", [path / name for name in names])


def _manifest(path: Path, name: str, files: Sequence[Path]) -> None:
    lines = [
        bagit.ManifestLine(digest=Digest.of(file.read_bytes()), path=file.relative_to(path).as_posix())
        for file in files
    ]
    (path / name).write_bytes(b"".join(bagit.format_manifest(lines)))


def _record(out: io.BytesIO, kind: str, url: str | None, date: str, block: bytes) -> RecordLine:
    name, offset = uuid.uuid4().urn, out.tell()
    fields = [("WARC-Type", kind), ("WARC-Record-ID", f"<{name}>"), ("WARC-Date", date)]
    fields += [("WARC-Target-URI", url)] if url else []
    media = "application/http; msgtype=response" if kind == "response" else "application/warc-fields"
    written = warc.write_record(out, [*fields, ("Content-Type", media)], [block], len(block))
    return RecordLine(
        file=_WARC,
        offset=offset,
        length=written.length,
        sha256=written.digest.value,
        type=kind,
        date=date,
        id=name,
        uri=url,
    )


def _response(out: io.BytesIO, item: Item) -> tuple[Resource, RecordLine]:
    payload = gzip.compress(item.body, mtime=0) if item.coding == "gzip" else item.body
    head = f"HTTP/1.1 {item.status} X\r\nContent-Length: {len(payload)}\r\n\r\n".encode()
    line = _record(out, "response", item.url, item.captured_at, head + payload)
    resource = Resource(
        url=item.url,
        role=item.role,
        status=item.status,
        captured_at=item.captured_at,
        ended=item.ended,
        response=line.id,
        block_digest=str(Digest.of(head + payload)),
        payload_digest=str(Digest.of(payload)),
        payload_bytes=len(payload),
        content_digest=None if item.undecoded else item.digest or str(Digest.of(item.body)),
        content_bytes=None if item.undecoded else len(item.body),
        codings=(item.coding,) if item.coding else (),
        sniffed_type=item.sniffed,
        file_name=item.file_name,
        facts=item.facts,
    )
    return resource, line


def _reference(item: Item, resource: Resource, *, seed: bool) -> Reference:
    return Reference(
        source=None if seed else "urn:uuid:page",
        source_url=None if seed else PAGE_URL,
        url=item.url,
        written=item.url,
        kind=item.kind,
        role=item.role,
        state=item.state,
        record=resource.response,
        text=item.text,
    )
