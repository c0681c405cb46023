"""What is fuzzed, with which beginnings, and what must hold of any bytes whatever?"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterator
from itertools import pairwise

import attrs

from preserve.checks.declared import rows, split_lines
from preserve.checks.plan import read_plan
from preserve.errors import BagSyntaxError, CdxjSyntaxError, RecordsSyntaxError
from preserve.formats import bagit, cdxj, records
from preserve.formats.warc import walk
from preserve.formats.zip_read import read_zip
from preserve.formats.zip_store import write_zip
from tests.checks.build import IDX, INDEX, MANIFEST, RECORDS, TAGMANIFEST, build
from tests.checks.wacz import Wacz
from tests.checks.zip_damages import ZIP_DAMAGES

__all__ = ["TARGETS", "Target"]


@attrs.frozen(kw_only=True)
class Target:
    """One reader of hostile bytes."""

    run: Callable[[bytes], None]
    """Raises when the reader does what it never may, AssertionError included."""
    seeds: Callable[[], Iterator[bytes]]
    words: tuple[bytes, ...] = ()
    """What the format is made of; the fuzzer puts it in."""


def walker(data: bytes) -> None:
    """Walk a WARC file: every octet is in exactly one record or damaged stretch, in order."""
    found = list(walk(io.BytesIO(data)))
    assert [0, *(record.offset + record.length for record in found)][: len(found)] == [
        record.offset for record in found
    ]
    assert len(data) == (found[-1].offset + found[-1].length if found else 0)
    whole = b"".join(data[record.offset : record.offset + record.length] for record in found)
    assert data == whole


def zip_reader(data: bytes) -> None:
    """List a ZIP: members lie apart inside of the file; of one without problems every octet follows."""
    listing = read_zip(io.BytesIO(data))
    places = sorted((member.start, member.start + member.size) for member in listing.members)
    assert all(0 <= start <= end <= len(data) for start, end in places)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    for member in listing.members:
        assert member.name.isascii()
        assert not {"", ".", ".."} & set(member.name.split("/"))
    if not listing.problems:
        again = io.BytesIO()
        cuts = {one.name: data[one.start : one.start + one.size] for one in listing.members}
        write_zip(again, [(name, len(cut), lambda cut=cut: io.BytesIO(cut)) for name, cut in cuts.items()])  # type: ignore[misc] # a default binds the loop's value
        wrong = {one.name for one in listing.members if len(one.crc) != 1}
        assert not wrong
        assert len(data) == len(again.getvalue())


def bag_reader(data: bytes) -> None:
    """Read the bytes as every tag file: only BagSyntaxError, and what is read is written the same again."""
    for algorithm in ("sha256", "md5"):
        try:
            lines = list(bagit.parse_manifest(io.BytesIO(data), algorithm))
        except BagSyntaxError:
            continue
        # Nothing in RFC 8493 tells white space or a * that begins a path from what stands before it.
        lines = [line for line in lines if not line.path.startswith((" ", "\t", "*"))]
        written = b"".join(bagit.format_manifest(lines))
        again = list(bagit.parse_manifest(io.BytesIO(written), algorithm))
        assert sorted(lines, key=str) == sorted(again, key=str)
        assert all(not line.path.startswith(("/", "../")) for line in lines)
    try:
        pairs = bagit.parse_bag_info(io.BytesIO(data))
    except BagSyntaxError:
        pairs = []
    for _, value in pairs:
        try:
            assert bagit.parse_oxum(str(bagit.parse_oxum(value))) == bagit.parse_oxum(value)
        except BagSyntaxError:
            continue
    try:
        bagit.parse_declaration(io.BytesIO(data))
    except BagSyntaxError:
        return


def records_reader(data: bytes) -> None:
    """Read the bytes as records.tsv, strictly and line by line: a line that is read is its own spelling."""
    lines = rows(split_lines(io.BytesIO(data)), records.parse_line)
    plan = read_plan(lines, 1000)
    assert sum(map(len, plan.files.values())) <= plan.count
    for row in rows(split_lines(io.BytesIO(data)), records.parse_line):
        if row.value is not None:
            assert f"{row.text}\n" == records.format_line(row.value)
    try:
        strict = list(records.read(io.BytesIO(data)))
    except RecordsSyntaxError:
        return
    assert plan.count == len(strict)
    assert not plan.bad


def cdxj_readers(data: bytes) -> None:
    """Read the bytes as index, as what an index packs, and as index.idx: only CdxjSyntaxError."""
    for packed in (data, gzip.compress(data, 1, mtime=0)):
        try:
            for line in cdxj.read_index(io.BytesIO(packed)):
                assert line == cdxj.parse_line(cdxj.format_line(line))
        except CdxjSyntaxError:
            continue
    try:
        for idx in cdxj.read_idx(io.BytesIO(data)):
            assert idx.offset >= 0
            assert idx.length >= 0
    except CdxjSyntaxError:
        return


def _warcs() -> Iterator[bytes]:
    sample = build()
    small = [sample.record(number) for number in (0, 3, 4, 7, 8)]
    yield b"".join(small)
    yield from small
    yield b"".join(map(gzip.decompress, small))
    yield gzip.compress(b"".join(map(gzip.decompress, small)), mtime=0)
    yield small[0] + b"junk" + small[1][:-9] + small[2]
    yield b"WARC/1.0\nWARC-Type: response\nContent-Length: 99999999999999999999\n\nx"


def _zips() -> Iterator[bytes]:
    files = {"data/a": b"abc", "data/b/c": b"\x1f\x8b" * 4, "data/d": b""}
    yield Wacz.of(files).assemble()
    yield Wacz.of({}).assemble()
    for damage in ZIP_DAMAGES:
        made = damage.make()
        for entry in made.entries:
            entry.data = entry.data[:20]
        yield made.assemble()


def _bags() -> Iterator[bytes]:
    files = build().files
    yield from (files[name] for name in (MANIFEST, TAGMANIFEST, "bag-info.txt", "bagit.txt"))
    yield b"d41d8cd98f00b204e9800998ecf8427e *data/a%0Ab\r\n" + b"Label: a\n  folded\n"


def _tables() -> Iterator[bytes]:
    text = build().files[RECORDS]
    yield text
    yield b"".join(text.splitlines(keepends=True)[:2])


def _indexes() -> Iterator[bytes]:
    files = build().files
    yield files[INDEX]
    yield gzip.decompress(files[INDEX])
    yield files[IDX]
    yield b'com,example)/ 20261122101500 {"url": "https://example.com/", "status": 200, "offset": 7}\n'


TARGETS = {
    "walker": Target(
        run=walker,
        seeds=_warcs,
        words=(
            b"\x1f\x8b\x08\x00",
            b"WARC/1.1\r\n",
            b"Content-Length: ",
            b"\r\n\r\n",
            b"WARC-Type: ",
            b"HTTP/1.1 200 OK",
        ),
    ),
    "zip": Target(
        run=zip_reader,
        seeds=_zips,
        words=(b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"\1\0\20\0", b"\xff\xff\xff\xff"),
    ),
    "bag": Target(
        run=bag_reader,
        seeds=_bags,
        words=(b"%0A", b"../", b"  data/", b"BagIt-Version: ", b"Payload-Oxum: "),
    ),
    "records": Target(
        run=records_reader,
        seeds=_tables,
        words=(b"\t", b"response", b"urn:uuid:", b"2026-11-22T10:15:00Z"),
    ),
    "cdxj": Target(
        run=cdxj_readers,
        seeds=_indexes,
        words=(b"!meta 0 ", b'"offset": ', b"com,example)/", b"\x1f\x8b\x08\x00"),
    ),
}
"""The readers, by the name that ``run.py`` takes."""
