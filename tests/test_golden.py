"""Tests of manifests/1/golden: the example package, read and written again by the code."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import subprocess
import zlib
from typing import TYPE_CHECKING

import jsonschema  # type: ignore[import-untyped] # its stubs are a package of their own
import pytest

from preserve import cite, open_package, render_citation, summarise
from preserve.checks import verify
from preserve.formats import bagit, cdxj, records, wacz
from preserve.formats.schemas import dump_json, dump_line, load, read_lines
from preserve.formats.surt import surt
from preserve.formats.warc import parse_header
from preserve.model.digest import Digest
from preserve.model.finding import Result
from preserve.model.package import PACKAGE_VERSION, CaptureFile, Receipt
from preserve.model.reference import Reference
from preserve.model.resource import Resource
from tests.remake_manifests import MANIFESTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from preserve.model.inspection import Json

VERSION = MANIFESTS / "1"
GOLDEN = VERSION / "golden"
PACKAGE = GOLDEN / "package"
DATA = PACKAGE / "data"


def schema(name: str) -> dict[str, Json]:
    """Return a schema of version 1."""
    found: dict[str, Json] = json.loads((VERSION / f"{name}.schema.json").read_bytes())
    return found


def member(content: bytes) -> bytes:
    """Return a gzip member of one stored block (RFC 1951, 3.2.4; RFC 1952, 2.3), made by hand."""
    sizes = struct.pack("<HH", len(content), len(content) ^ 0xFFFF)
    header = bytes.fromhex("1f8b0800 00000000 00ff")
    return header + b"\x01" + sizes + content + struct.pack("<II", zlib.crc32(content), len(content))


def warc_records() -> Iterator[bytes]:
    """Yield the records of the golden WARC, not compressed."""
    rest = (GOLDEN / "archive.warc").read_bytes()
    while rest:
        head = rest.index(b"\r\n\r\n") + 4
        end = head + parse_header(rest[:head]).content_length + 4
        assert rest[end - 4 : end] == b"\r\n\r\n"
        yield rest[:end]
        rest = rest[end:]


def golden_lines() -> list[records.RecordLine]:
    """Return the lines of the golden records.tsv."""
    with (DATA / "manifests" / "records.tsv").open("rb") as stream:
        return list(records.read(stream))


def binaries() -> dict[str, bytes]:
    """Return the two files of the package that are kept as text."""
    return {
        f"data/archive/{golden_lines()[0].file}": b"".join(map(member, warc_records())),
        "data/indexes/index.cdx.gz": member((GOLDEN / "index.cdxj").read_bytes()),
    }


def again_idx(data: bytes) -> bytes:
    """Return index.idx written again; its header is fixed."""
    header = data.partition(b"\n")[0] + b"\n"
    return header + "".join(map(cdxj.format_idx_line, cdxj.read_idx(io.BytesIO(data)))).encode()


def again_records(data: bytes) -> bytes:
    """Return records.tsv written again."""
    lines = records.read(io.BytesIO(data))
    return (records.HEADER + "".join(map(records.format_line, lines))).encode()


def again_manifest(data: bytes) -> bytes:
    """Return a manifest written again."""
    return b"".join(bagit.format_manifest(bagit.parse_manifest(io.BytesIO(data), "sha256")))


def again_declaration(data: bytes) -> bytes:
    """Return bagit.txt written again."""
    found = bagit.parse_declaration(io.BytesIO(data))
    return f"BagIt-Version: {found.version}\nTag-File-Character-Encoding: {found.encoding}\n".encode()


def again_datapackage(data: bytes) -> bytes:
    """Return datapackage.json written again."""
    found = wacz.parse_datapackage(data)
    return wacz.format_datapackage(
        title=found.title,
        software=found.software,
        created=found.created,
        main_page_url=found.main_page_url,
        main_page_date=found.main_page_date,
        files=found.resources,
    )


def again_digest(data: bytes) -> bytes:
    """Return datapackage-digest.json written again, for the data package beside it."""
    datapackage = (DATA / "datapackage.json").read_bytes()
    assert Digest.of(datapackage) == wacz.parse_datapackage_digest(data)
    return wacz.format_datapackage_digest(datapackage)


AGAIN: dict[str, Callable[[bytes], bytes]] = {
    "bag-info.txt": lambda data: bagit.format_bag_info(bagit.parse_bag_info(io.BytesIO(data))),
    "bagit.txt": again_declaration,
    "data/datapackage-digest.json": again_digest,
    "data/datapackage.json": again_datapackage,
    "data/indexes/index.idx": again_idx,
    "data/manifests/capture.json": lambda data: dump_json(load(CaptureFile, data)),
    "data/manifests/records.tsv": again_records,
    "data/manifests/references.jsonl": lambda data: b"".join(
        map(dump_line, read_lines(Reference, io.BytesIO(data)))
    ),
    "data/manifests/resources.jsonl": lambda data: b"".join(
        map(dump_line, read_lines(Resource, io.BytesIO(data)))
    ),
    "data/pages/pages.jsonl": lambda data: wacz.format_pages(wacz.parse_pages(io.BytesIO(data))),
    "manifest-sha256.txt": again_manifest,
    "tagmanifest-sha256.txt": again_manifest,
}
"""Each file of the golden package, and how it is parsed and written again."""


TEXTS = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*")
    if path.is_file() and path.name != "README.txt"
)


@pytest.mark.parametrize("name", TEXTS)
def test_golden_file_is_written_as_it_was_read(name: str) -> None:
    """Every golden file that software reads has the same octets when parsed and written again."""
    data = (PACKAGE / name).read_bytes()
    assert data == AGAIN[name](data)


def test_golden_receipt_is_written_as_it_was_read() -> None:
    """The receipt has the same octets when written again, and pins the golden tag manifest."""
    data = (GOLDEN / "receipt.json").read_bytes()
    receipt = load(Receipt, data)
    assert data == dump_json(receipt)
    assert str(Digest.of((PACKAGE / "tagmanifest-sha256.txt").read_bytes())) == receipt.tagmanifest


def test_golden_index_lines_are_written_as_they_were_read() -> None:
    """Each line of the golden index is the same when written again, and its key is that of its URL."""
    lines = (GOLDEN / "index.cdxj").read_text().splitlines(keepends=True)
    parsed = [cdxj.parse_line(line) for line in lines]
    assert lines == [cdxj.format_line(line) for line in parsed]
    assert [surt(line.fields["url"]) for line in parsed] == [line.key for line in parsed]
    assert [cdxj.FIELDS] * len(lines) == [tuple(line.fields) for line in parsed]


def test_golden_index_points_into_the_golden_warc() -> None:
    """Each index line names the member of a response record, by offset, length and digest."""
    known = {(str(line.offset), str(line.length), f"sha256:{line.sha256}") for line in golden_lines()}
    for text in (GOLDEN / "index.cdxj").read_text().splitlines():
        fields = cdxj.parse_line(text).fields
        assert (fields["offset"], fields["length"], fields["recordDigest"]) in known


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("capture", DATA / "manifests" / "capture.json"),
        ("receipt", GOLDEN / "receipt.json"),
        ("resource", DATA / "manifests" / "resources.jsonl"),
        ("reference", DATA / "manifests" / "references.jsonl"),
    ],
)
def test_golden_values_are_valid(name: str, path: Path) -> None:
    """Every golden value is what its schema asks for."""
    validator = jsonschema.Draft202012Validator(schema(name))
    for value in values(path):
        assert [] == [error.message for error in validator.iter_errors(value)]


def values(path: Path) -> list[Json]:
    """Return the JSON values of a document or of JSON Lines."""
    text = path.read_text()
    return [json.loads(line) for line in text.splitlines()] if path.suffix == ".jsonl" else [json.loads(text)]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("resources.jsonl", {"status": "200"}),
        ("resources.jsonl", {"response": "<urn:uuid:0b2f6f0e-6c7b-4b39-9d0a-54a0b0b3c001>"}),
        ("resources.jsonl", {"payload_digest": "sha1:00"}),
        ("resources.jsonl", {"captured_at": "2026-11-22T10:15:00Z"}),
        ("references.jsonl", {"state": "pending"}),
        ("references.jsonl", {"role": None}),
    ],
)
def test_schema_refuses_what_a_package_never_holds(name: str, change: dict[str, Json]) -> None:
    """A status as text, an id in angle brackets, a weak digest or a pending reference is not valid."""
    value = values(DATA / "manifests" / name)[0]
    assert isinstance(value, dict)
    validator = jsonschema.Draft202012Validator(schema(name.removesuffix("s.jsonl")))
    assert validator.is_valid(value)
    assert not validator.is_valid(value | change)


def test_golden_package_is_whole() -> None:
    """With its binary files made from text, every file has the digest its manifests state."""
    made = binaries()
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        with (PACKAGE / name).open("rb") as stream:
            stated = {line.path: line.digest for line in bagit.parse_manifest(stream, "sha256")}
        octets = {path: made.get(path) or (PACKAGE / path).read_bytes() for path in stated}
        assert stated == {path: Digest.of(data) for path, data in octets.items()}
        if name == "manifest-sha256.txt":
            oxum = dict(bagit.parse_bag_info(io.BytesIO((PACKAGE / "bag-info.txt").read_bytes())))[
                "Payload-Oxum"
            ]
            assert oxum == f"{sum(map(len, octets.values()))}.{len(octets)}"


def test_golden_records_cover_the_golden_warc() -> None:
    """Each line of records.tsv is that of its record: where it lies, its digest, its fields."""
    offset = 0
    for line, record in zip(golden_lines(), warc_records(), strict=True):
        header, octets = parse_header(record[: record.index(b"\r\n\r\n") + 4]), member(record)
        assert (offset, len(octets)) == (line.offset, line.length)
        assert hashlib.sha256(octets).hexdigest() == line.sha256
        assert (header.type, header.date, header.record_id) == (line.type, line.date, line.id)
        assert header.target_uri == line.uri
        offset = line.end


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """Give the golden package with its binary files in place, under its own name."""
    receipt = load(Receipt, (GOLDEN / "receipt.json").read_bytes())
    package = tmp_path / receipt.page / receipt.capture
    made = {name: (PACKAGE / name).read_bytes() for name in [*TEXTS, "README.txt"]} | binaries()
    for name, data in made.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return package


def test_bagit_accepts_the_golden_package(whole: Path, oracle: Callable[[str], Path]) -> None:
    """``bagit.py --validate`` accepts the golden package."""
    command = ["-W", "ignore", str(oracle("bagit.py")), "--validate", "--quiet", str(whole)]
    done = subprocess.run(
        [oracle("python"), *command], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_verify_accepts_the_golden_package(whole: Path) -> None:
    """Our own verification finds nothing to say against the golden package."""
    report = verify(whole)
    assert [] == [finding.message for finding in report.findings if finding.result is not Result.PASS]
    assert report.records == len(golden_lines())


def test_profile_asks_for_what_the_writer_writes() -> None:
    """The BagIt profile names the labels of bag-info.txt, the algorithm and every file of the example."""
    profile = json.loads((VERSION / "bagit-profile.json").read_bytes())
    assert sorted(bagit.BAG_INFO_LABELS) == sorted(profile["Bag-Info"])
    assert profile["Manifests-Allowed"] == profile["Tag-Manifests-Required"] == ["sha256"]
    assert [str(PACKAGE_VERSION)] == profile["Bag-Info"]["Preserve-Package-Version"]["values"]
    assert profile["Allow-Fetch.txt"] is False
    required = {*profile["Payload-Files-Required"], *profile["Tag-Files-Required"]}
    unlisted = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"}
    assert required | unlisted == {*TEXTS, "README.txt", "data/indexes/index.cdx.gz"}


def test_the_golden_package_is_cited(whole: Path) -> None:
    """A package of version 1 is cited by what it has: title, address, day of the capture, digest."""
    citation = cite(summarise(open_package(whole)))
    assert ("Café at the harbour", "https://example.org/harbour") == (citation.title, citation.url)
    assert citation.tagmanifest in render_citation(citation, "bibtex")
