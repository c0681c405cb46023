"""Tests of preserve.package.peer: the comparison with warcio, beside our own check."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

import pytest

from preserve.errors import PackageDamaged
from preserve.formats.gzip_write import write_member
from preserve.formats.records import HEADER, RecordLine, format_line
from preserve.package.peer import Comparison, compare_in_worker
from preserve.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import preserve

PLENTY = 1 << 30


@pytest.fixture
def bag(demo_package: preserve.Package, tmp_path: Path) -> Path:
    """Copy the demo package, to be damaged."""
    return shutil.copytree(demo_package.path, tmp_path / "bag")


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Start workers that have memory enough."""
    with Workers(1, memory_bytes=PLENTY) as started:
        yield started


def forget_a_record(bag: Path) -> None:
    """Take the last line out of records.tsv."""
    lines = bag / "data" / "manifests" / "records.tsv"
    lines.write_text("".join(lines.read_text().splitlines(keepends=True)[:-1]))


def test_a_sound_bag_passes(bag: Path, workers: Workers) -> None:
    """What warcio sees in a worker is what records.tsv says."""
    Comparison(bag, workers).result()


def test_what_differs_is_raised_here(bag: Path, workers: Workers) -> None:
    """A record that records.tsv does not have is told with the sentence that the worker found."""
    forget_a_record(bag)
    with pytest.raises(PackageDamaged, match="warcio sees more records in"):
        Comparison(bag, workers).result()


def test_a_worker_that_fails_decides_nothing(bag: Path) -> None:
    """When the worker cannot even start, the comparison is made in our own process, either way."""
    with Workers(1, memory_bytes=1 << 20) as starved:
        Comparison(bag, starved).result()
        forget_a_record(bag)
        with pytest.raises(PackageDamaged, match="warcio sees more records in"):
            Comparison(bag, starved).result()


def test_a_body_that_inflates_a_thousandfold(tmp_path: Path) -> None:
    """Where a worker has a little too little memory, warcio calls a sound file damaged: not believed."""
    bag = a_bag_of(b"<p id=x>" * 4_000_000, tmp_path / "bag")
    lines, archive = bag / "data" / "manifests" / "records.tsv", str(bag / "data" / "archive")
    wrong = 0
    for memory_mib in range(32, 128, 4):
        with Workers(1, memory_bytes=memory_mib << 20) as few:
            Comparison(bag, few).result()
            answer = few.submit("preserve.package.peer:compare_in_worker", archive, timeout_s=60, file=lines)
            wrong += answer.exception() is None and answer.result() is not None
    assert wrong, "no worker was wrong: the case is not met any more"


def a_bag_of(block: bytes, bag: Path) -> Path:
    """Make a folder with one resource record, deflated, and its line."""
    archive, manifests = bag / "data" / "archive", bag / "data" / "manifests"
    archive.mkdir(parents=True)
    manifests.mkdir()
    head = (
        "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x:1>\r\n"
        f"WARC-Target-URI: http://a.test/\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    with (archive / "a.warc.gz").open("wb") as file:
        written = write_member(file, [head.encode(), block, b"\r\n\r\n"], level=6)
    line = RecordLine(
        file="a.warc.gz",
        offset=0,
        length=written.length,
        sha256=written.digest.value,
        type="resource",
        date="2026-01-01T00:00:00Z",
        id="urn:x:1",
        uri="http://a.test/",
    )
    (manifests / "records.tsv").write_text(HEADER + format_line(line))
    return bag


def test_a_worker_answers_in_json(bag: Path) -> None:
    """The worker's part gives None for a sound folder and a sentence for another."""
    lines = (bag / "data" / "manifests" / "records.tsv").read_bytes()
    archive = str(bag / "data" / "archive")
    assert compare_in_worker(io.BytesIO(lines), archive) is None
    assert "more records" in str(compare_in_worker(io.BytesIO(lines.rsplit(b"\n", 2)[0] + b"\n"), archive))
