"""How is a small sound package made without a network, and damaged in a chosen way?"""

from __future__ import annotations

import gzip
import io
import json
import random
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs

from preserve.formats import bagit, cdxj, records, wacz
from preserve.formats.gzip_write import write_member
from preserve.formats.records import RecordLine
from preserve.formats.schemas import dump_json, dump_line
from preserve.formats.surt import surt
from preserve.formats.warc import warcinfo_block, write_record
from preserve.model.capture import CaptureRequest, ClockFacts, Outcome, Verdict
from preserve.model.digest import Digest
from preserve.model.exchange import Ended
from preserve.model.inspection import Claim
from preserve.model.package import CaptureFile, Counts, Previous
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.resource import Resource
from preserve.model.times import parse_iso, stamp17
from preserve.model.url import UriR, page_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEED = UriR("https://example.org/blog/a-post")
PAGE = page_folder(SEED)
NAME = "20261122T101500Z"
AT = "2026-11-22T10:15:00.123Z"
WARC = f"data/archive/{PAGE}-20261122101500-00000.warc.gz"
RECORDS = "data/manifests/records.tsv"
RESOURCES = "data/manifests/resources.jsonl"
REFERENCES = "data/manifests/references.jsonl"
CAPTURE = "data/manifests/capture.json"
INDEX = "data/indexes/index.cdx.gz"
IDX = "data/indexes/index.idx"
PAGES = "data/pages/pages.jsonl"
DATAPACKAGE = "data/datapackage.json"
DATAPACKAGE_DIGEST = "data/datapackage-digest.json"
MANIFEST = "manifest-sha256.txt"
TAGMANIFEST = "tagmanifest-sha256.txt"

_HTML = b"<!doctype html><title>A post</title><p>" + b"Words of the post. " * 40
_NOISE = b"\xff\xd8\xff\xe0" + random.Random(7).randbytes(2996)  # noqa: S311 - bytes that do not shrink, the same every time

EXCHANGES: tuple[tuple[str, int, str, bytes], ...] = (
    (SEED, 200, "text/html; charset=utf-8", _HTML),
    ("https://example.org/style.css", 200, "text/css", b"body { color: black } " * 20),
    ("https://example.org/photo.jpg", 200, "image/jpeg", _NOISE),
    ("https://example.org/gone.png", 404, "text/plain", b"not here"),
)


@attrs.define
class Sample:
    """A package in memory: path to content."""

    files: dict[str, bytes]
    lines: list[RecordLine]
    """Of records.tsv, as it was when sound."""
    name: str = NAME

    def write(self, into: Path) -> Path:
        """Write the package to its folder in a page folder, and return it."""
        root = into / PAGE / self.name
        for path, data in self.files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return root

    def edit(self, path: str, change: Callable[[bytes], bytes]) -> None:
        """Replace a file's content, which must differ."""
        changed = change(self.files[path])
        assert changed != self.files[path]
        self.files[path] = changed

    def remake(self) -> None:
        """Make every digest above the lists again, as somebody would who hides a change."""
        described = json.loads(self.files[DATAPACKAGE])
        self.files[DATAPACKAGE] = wacz.format_datapackage(
            title=described["title"],
            software=described["software"],
            created=described["created"],
            main_page_url=described["mainPageUrl"],
            main_page_date=described["mainPageDate"],
            files=_entries(self.files),
        )
        self.remake_digest()

    def remake_digest(self) -> None:
        """Make datapackage-digest.json and the bag again, and leave datapackage.json."""
        self.files[DATAPACKAGE_DIGEST] = wacz.format_datapackage_digest(self.files[DATAPACKAGE])
        self.remake_bag()

    def remake_bag(self) -> None:
        """Make Payload-Oxum and both manifests again."""
        payload = {path: data for path, data in self.files.items() if path.startswith("data/")}
        self.files[MANIFEST] = _manifest(payload)
        oxum = f"{sum(map(len, payload.values()))}.{len(payload)}"
        info = self.files["bag-info.txt"].decode().splitlines()
        changed = [f"Payload-Oxum: {oxum}" if line.startswith("Payload-Oxum") else line for line in info]
        self.files["bag-info.txt"] = ("\n".join(changed) + "\n").encode()
        self.remake_tags()

    def remake_tags(self) -> None:
        """Make the tag manifest again."""
        tags = {path: data for path, data in self.files.items() if "/" not in path and path != TAGMANIFEST}
        self.files[TAGMANIFEST] = _manifest(tags)

    def index_lines(self) -> list[str]:
        """Return the lines of the index."""
        return gzip.decompress(self.files[INDEX]).decode().splitlines()

    def set_index(self, lines: list[str]) -> None:
        """Write the index and its blocks from lines as given, unsorted if they are."""
        cdx, idx = io.BytesIO(), io.BytesIO()
        cdxj.write_index((), cdx, idx)
        data = "".join(f"{line}\n" for line in lines).encode()
        packed = io.BytesIO()
        written = write_member(packed, [data])
        key, stamp, _ = lines[0].split(" ", 2)
        line = cdxj.IdxLine(
            key=key,
            stamp=stamp,
            offset=0,
            length=written.length,
            digest=written.digest,
            filename=cdxj.INDEX_NAME,
        )
        self.files[INDEX] = packed.getvalue()
        self.files[IDX] = idx.getvalue() + cdxj.format_idx_line(line).encode()

    def set_lines(self, path: str, lines: list[bytes]) -> None:
        """Write a list from its lines."""
        self.files[path] = b"".join(line + b"\n" for line in lines)

    def list_lines(self, path: str) -> list[bytes]:
        """Return the lines of a list."""
        return self.files[path].splitlines()

    def edit_json(self, path: str, change: Callable[[Any], object]) -> None:
        """Change a JSON document in place."""
        value = json.loads(self.files[path])
        change(value)
        text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=path == CAPTURE)
        self.edit(path, lambda _: (text + "\n").encode())

    def edit_line(self, path: str, number: int, change: Callable[[Any], object]) -> None:
        """Change one line of a JSON Lines file; ``number`` is one-based."""
        lines = self.list_lines(path)
        value = json.loads(lines[number - 1])
        change(value)
        lines[number - 1] = dump_line(value).rstrip(b"\n")
        self.edit(path, lambda _: b"".join(line + b"\n" for line in lines))

    def record(self, number: int) -> bytes:
        """Return the bytes of a record by its place, from 0."""
        line = self.lines[number]
        return self.files[WARC][line.offset : line.end]


def _manifest(files: dict[str, bytes]) -> bytes:
    lines = (bagit.ManifestLine(digest=Digest.of(data), path=path) for path, data in files.items())
    return b"".join(bagit.format_manifest(lines))


def _entries(files: dict[str, bytes]) -> list[wacz.FileEntry]:
    return [
        wacz.FileEntry(path=path.removeprefix("data/"), digest=Digest.of(data), size_bytes=len(data))
        for path, data in files.items()
        if path.startswith("data/") and path not in (DATAPACKAGE, DATAPACKAGE_DIGEST)
    ]


def urn(number: int) -> str:
    """Return a record id."""
    return f"urn:uuid:00000000-0000-4000-8000-{number:012x}"


class Warc:
    """A WARC file while it is written, and its lines of records.tsv."""

    def __init__(self, path: str = WARC, first: int = 1) -> None:
        self.path = path
        self.first = first
        self.out = io.BytesIO()
        self.lines: list[RecordLine] = []

    def add(self, fields: list[tuple[str, str]], block: bytes) -> str:
        """Add a record, and return its id."""
        record = urn(len(self.lines) + self.first)
        offset = self.out.tell()
        known = dict(fields)
        everything = [
            *fields,
            ("WARC-Record-ID", f"<{record}>"),
            ("WARC-Date", AT),
            ("WARC-Block-Digest", str(Digest.of(block))),
        ]
        written = write_record(self.out, everything, [block], len(block))
        self.lines.append(
            RecordLine(
                file=self.path.rpartition("/")[2],
                offset=offset,
                length=written.length,
                sha256=written.digest.value,
                type=known["WARC-Type"],
                date=AT,
                id=record,
                uri=known.get("WARC-Target-URI"),
            )
        )
        return record


def warc_record(number: int, url: str, body: bytes) -> bytes:
    """Return the bytes of a sound response record of its own."""
    warc = Warc(first=number)
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    fields = [
        ("WARC-Type", "response"),
        ("WARC-Target-URI", url),
        ("WARC-Payload-Digest", str(Digest.of(body))),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    warc.add(fields, block)
    return warc.out.getvalue()


def _exchange(warc: Warc, at: tuple[str, int, str, bytes], info: str) -> Resource:
    url, status, kind, body = at
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    common = [("WARC-Warcinfo-ID", f"<{info}>"), ("WARC-Target-URI", url)]
    response = warc.add(
        [
            ("WARC-Type", "response"),
            *common,
            ("WARC-Payload-Digest", str(Digest.of(body))),
            ("Content-Type", "application/http; msgtype=response"),
        ],
        head + body,
    )
    asked = f"GET {url} HTTP/1.1\r\nHost: example.org\r\n\r\n".encode()
    request = warc.add(
        [
            ("WARC-Type", "request"),
            *common,
            ("WARC-Concurrent-To", f"<{response}>"),
            ("WARC-Payload-Digest", str(Digest.of(b""))),
            ("Content-Type", "application/http; msgtype=request"),
        ],
        asked,
    )
    return Resource(
        url=url,
        role=Role.PAGE if url == SEED else Role.REQUISITE,
        status=status,
        captured_at=AT,
        ended=Ended.WHOLE,
        response=response,
        request=request,
        block_digest=str(Digest.of(head + body)),
        payload_digest=str(Digest.of(body)),
        payload_bytes=len(body),
        content_digest=str(Digest.of(body)),
        content_bytes=len(body),
        declared_type=kind,
        sniffed_type=kind.partition(";")[0],
    )


def _references(resources: list[Resource]) -> list[Reference]:
    seed = resources[0]
    made = [
        Reference(
            source=None,
            source_url=None,
            url=SEED,
            written=SEED,
            kind=Kind.PAGE,
            role=Role.PAGE,
            state=State.CAPTURED,
            record=seed.response,
        )
    ]
    made += [
        Reference(
            source=seed.response,
            source_url=SEED,
            url=resource.url,
            written=resource.url,
            kind=Kind.IMAGE,
            role=Role.REQUISITE,
            state=State.CAPTURED if resource.status == 200 else State.ABSENT,
            reason="" if resource.status == 200 else "The origin answered 404.",
            record=resource.response,
            line=3,
        )
        for resource in resources[1:]
    ]
    made.append(
        Reference(
            source=resources[1].response,
            source_url=resources[1].url,
            url="mailto:someone@example.org",
            written="mailto:someone@example.org",
            kind=Kind.LINK,
            role=Role.NAVIGATION,
            state=State.NOT_FOLLOWED,
            reason="It has no octets.",
        )
    )
    return made


def _index(lines: list[RecordLine], resources: list[Resource]) -> tuple[bytes, bytes]:
    places = {line.id: line for line in lines}
    cdx, idx = io.BytesIO(), io.BytesIO()
    cdxj.write_index(
        (
            cdxj.CdxLine(
                key=surt(resource.url),
                stamp=stamp17(parse_iso(AT)),
                fields={
                    "url": resource.url,
                    "mime": (resource.declared_type or "unk").partition(";")[0].strip().lower(),
                    "status": "-" if resource.status is None else str(resource.status),
                    "digest": resource.payload_digest,
                    "length": str(places[resource.response].length),
                    "offset": str(places[resource.response].offset),
                    "filename": places[resource.response].file,
                    "recordDigest": f"sha256:{places[resource.response].sha256}",
                },
            )
            for resource in resources
            if resource.role is not Role.RENDITION
        ),
        cdx,
        idx,
    )
    return cdx.getvalue(), idx.getvalue()


def build(
    *,
    per_file: int = 4,
    name: str = NAME,
    html: bytes | None = None,
    previous: Previous | None = None,
    sequence: int = 1,
) -> Sample:
    """
    Return a sound package of four exchanges: the page, two files of it, and one that is 404.

    Args:
        per_file: Exchanges of one WARC file.
        name: Of the package.
        html: Of the page, if it is another.
        previous: The capture that it follows.
        sequence: Which capture of the page it is.
    """
    exchanges = EXCHANGES if html is None else ((SEED, *EXCHANGES[0][1:3], html), *EXCHANGES[1:])
    made = _built(exchanges, per_file, name, previous, sequence, cdxj.BLOCK_LINES)
    return Sample(files=dict(made.files), lines=list(made.lines), name=made.name)


@lru_cache(maxsize=64)
def _built(
    exchanges: tuple[tuple[str, int, str, bytes], ...],
    per_file: int,
    name: str,
    previous: Previous | None,
    sequence: int,
    block_lines: int,
) -> Sample:
    assert cdxj.BLOCK_LINES == block_lines
    warcs: list[Warc] = []
    resources: list[Resource] = []
    digits = name.replace("T", "").removesuffix("Z")
    for start in range(0, len(exchanges), per_file):
        path = WARC.replace("20261122101500", digits).replace("-00000.", f"-{len(warcs):05d}.")
        warc = Warc(path, 1 + sum(len(each.lines) for each in warcs))
        info = add_warcinfo(warc)
        resources += [_exchange(warc, exchange, info) for exchange in exchanges[start : start + per_file]]
        warcs.append(warc)
    return seal(
        warcs,
        resources,
        _references(resources),
        name=name,
        sequence=sequence,
        previous=previous,
        title="A post",
    )


def add_warcinfo(warc: Warc) -> str:
    """Add the first record of a file, and return its id."""
    block = warcinfo_block([("software", "preserve 0.1.0"), ("format", "WARC File Format 1.1")])
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Filename", warc.path.rpartition("/")[2]),
        ("Content-Type", "application/warc-fields"),
    ]
    return warc.add(fields, block)


def seal(  # noqa: PLR0913 - the parts of a package
    warcs: list[Warc],
    resources: list[Resource],
    references: list[Reference],
    *,
    name: str = NAME,
    sequence: int = 1,
    previous: Previous | None = None,
    title: str = "",
    outcome: Outcome | None = None,
    shown: str = SEED,
    readable: bool = True,
) -> Sample:
    """
    Return the package of some WARC files and lists.

    Args:
        warcs: With their records.
        resources: Those of responses and renditions, in the order of the records.
        references: The seed first.
        name: Of the package.
        sequence: Which capture of the page it is.
        previous: The capture that it follows.
        title: What the page claims to be called; empty: it claims nothing.
        outcome: Complete, if it is no other.
        shown: URL of the response that answers the seed.
        readable: Whether that has a head that can be read; else there is no page.
    """
    lines = [line for warc in warcs for line in warc.lines]
    cdx, idx = _index(lines, resources)
    capture = CaptureFile(
        page=PAGE,
        capture=name,
        sequence=sequence,
        previous=previous,
        request=CaptureRequest(url=SEED, as_given=SEED),
        software="preserve 0.1.0",
        environment={"python": "3.11.7"},
        clock=ClockFacts(began_at=AT, ended_at="2026-11-22T10:15:09.000Z"),
        claims=(Claim(name="title", value=title, source="html"),) if title else (),
        chosen={"title": 0} if title else {},
        outcome=outcome or Outcome(verdict=Verdict.COMPLETE, engine="plain"),
        counts=Counts(
            records=len(lines),
            resources=len(resources),
            references=len(references),
            payload_bytes=sum(resource.payload_bytes for resource in resources),
        ),
    )
    pages = [wacz.Page(id=name, url=shown, ts=AT, title=title or shown)] if readable else []
    header = records.HEADER.rstrip("\n")
    listed = "".join(
        f"{text}\n" for text in (header, *(records.format_line(line).rstrip("\n") for line in lines))
    )
    files = {
        **{warc.path: warc.out.getvalue() for warc in warcs},
        RECORDS: listed.encode(),
        INDEX: cdx,
        IDX: idx,
        PAGES: wacz.format_pages(pages),
        RESOURCES: b"".join(map(dump_line, resources)),
        REFERENCES: b"".join(map(dump_line, references)),
        CAPTURE: dump_json(capture),
    }
    files[DATAPACKAGE] = wacz.format_datapackage(
        title=title or shown,
        software="preserve 0.1.0",
        created="2026-11-22T10:15:09Z",
        main_page_url=shown,
        main_page_date=AT,
        files=_entries(files),
    )
    files["README.txt"] = b"A package.\n"
    files["bagit.txt"] = bagit.BAGIT_TXT
    files["bag-info.txt"] = bagit.format_bag_info(
        (
            ("Bag-Software-Agent", "preserve 0.1.0"),
            ("Bagging-Date", "2026-11-22"),
            ("External-Identifier", SEED),
            ("Internal-Sender-Identifier", f"{PAGE}/{name}"),
            ("Payload-Oxum", "0.0"),
            ("Preserve-Package-Version", "1"),
        )
    )
    sample = Sample(files=files, lines=lines, name=name)
    sample.remake_digest()
    return sample
