"""
Is the demo package accepted by tools that we did not write?

Each tool is also shown a spoilt copy, so that its yes is known to mean something; where it does not notice,
the test says so.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preserve import export_wacz

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve import Package

READ_RECORDS = Path(__file__).parent / "read_records.py"


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Return what a tool said and how it ended."""
    return subprocess.run(command, capture_output=True, check=False, text=True, cwd=cwd, timeout=120)


def flip(path: Path, offset: int | None = None) -> None:
    """Change one bit of a file, in its middle if no place is given."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if offset is None else offset] ^= 1
    path.write_bytes(data)


@pytest.fixture
def spoilt(bag: Path, tmp_path: Path) -> Path:
    """Give a copy of the package, to be spoilt."""
    return Path(shutil.copytree(bag, tmp_path / bag.name))


@pytest.mark.needs("sha256sum")
@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_sha256sum_checks_each_manifest(bag: Path, manifest: str) -> None:
    """``sha256sum -c`` finds every file of either manifest as it says, and every line well formed."""
    done = run("sha256sum", "-c", "--strict", manifest, cwd=bag)
    assert (0, "") == (done.returncode, done.stderr)
    lines = (bag / manifest).read_text().splitlines()
    assert [f"{line[66:]}: OK" for line in lines] == done.stdout.splitlines()


@pytest.mark.needs("sha256sum")
def test_sha256sum_sees_a_flipped_bit(spoilt: Path) -> None:
    """``sha256sum -c`` names the file in which one bit was flipped."""
    path = next((spoilt / "data" / "archive").iterdir())
    flip(path)
    done = run("sha256sum", "-c", "--strict", "--quiet", "manifest-sha256.txt", cwd=spoilt)
    assert (1, f"data/archive/{path.name}: FAILED\n") == (done.returncode, done.stdout)


def test_manifests_list_every_file(bag: Path) -> None:
    """Payload manifest, tag manifest and the tag manifest itself are all the files there are."""
    listed = {
        line[66:]
        for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt")
        for line in (bag / name).read_text().splitlines()
    }
    files = {path.relative_to(bag).as_posix() for path in bag.rglob("*") if path.is_file()}
    assert {*listed, "tagmanifest-sha256.txt"} == files


@pytest.mark.needs("bagit.py")
def test_bagit_validates(bag: Path, oracle: Callable[[str], Path]) -> None:
    """``bagit.py --validate`` says that the package is a valid bag, without a warning."""
    done = run(oracle("bagit.py"), "--validate", bag)
    assert 0 == done.returncode, done.stderr
    assert f"{bag} is valid" in done.stderr
    assert "WARNING" not in done.stderr


@pytest.mark.needs("bagit.py")
def test_bagit_sees_a_flipped_bit(spoilt: Path, oracle: Callable[[str], Path]) -> None:
    """``bagit.py --validate`` refuses a spoilt copy."""
    flip(spoilt / "data" / "pages" / "pages.jsonl")
    done = run(oracle("bagit.py"), "--validate", spoilt)
    assert 1 == done.returncode
    assert "data/pages/pages.jsonl" in done.stderr


@pytest.mark.needs("gzip")
def test_gzip_tests_each_file(bag: Path) -> None:
    """``gzip -t`` finds each gzipped file whole, and says nothing."""
    for path in sorted(bag.rglob("*.gz")):
        done = run("gzip", "-t", path)
        assert (0, "", "") == (done.returncode, done.stdout, done.stderr), path


@pytest.mark.needs("gzip")
def test_gzip_sees_a_flipped_bit(spoilt: Path) -> None:
    """``gzip -t`` refuses a spoilt copy."""
    path = next((spoilt / "data" / "archive").iterdir())
    flip(path)
    assert 0 != run("gzip", "-t", path).returncode


def test_export_is_the_same_to_the_bit(demo_package: Package, wacz: Path, tmp_path: Path) -> None:
    """Exported again, and from a copy elsewhere, the ``.wacz`` is octet by octet the same."""
    export_wacz(demo_package, tmp_path / "again.wacz")
    copy = shutil.copytree(demo_package.path, tmp_path / demo_package.name)
    export_wacz(copy, tmp_path / "elsewhere.wacz")
    assert wacz.read_bytes() == (tmp_path / "again.wacz").read_bytes()
    assert wacz.read_bytes() == (tmp_path / "elsewhere.wacz").read_bytes()


@pytest.mark.needs("unzip")
def test_unzip_tests_the_export(wacz: Path) -> None:
    """``unzip -t`` finds no errors in the export."""
    done = run("unzip", "-t", wacz)
    assert (0, "") == (done.returncode, done.stderr)
    assert "No errors detected" in done.stdout


@pytest.mark.needs("wacz")
def test_wacz_validates(wacz: Path, oracle: Callable[[str], Path]) -> None:
    """``wacz validate`` calls the export valid."""
    done = run(oracle("wacz"), "validate", "-f", wacz)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "Version detected as 1.1.1" in done.stdout
    assert "Validation succeeded, the passed WACZ is valid" in done.stdout


@pytest.mark.needs("wacz")
def test_wacz_sees_a_changed_file(wacz: Path, tmp_path: Path, oracle: Callable[[str], Path]) -> None:
    """``wacz validate`` refuses an export in which a file differs from its datapackage, checksums mended."""
    spoilt = tmp_path / "spoilt.wacz"
    with zipfile.ZipFile(wacz) as sound, zipfile.ZipFile(spoilt, "w") as made:
        for name in sound.namelist():
            data = sound.read(name)
            made.writestr(name, data.replace(b"Pages", b"Wages") if name == "pages/pages.jsonl" else data)
    done = run(oracle("wacz"), "validate", "-f", spoilt)
    assert "the passed WACZ is valid" not in done.stdout


@pytest.mark.needs("warcio", "fastwarc")
@pytest.mark.parametrize("tool", ["warcio", "fastwarc"])
def test_reader_sees_every_record(
    tool: str, warcs: list[Path], records: list[dict[str, str]], oracle: Callable[[str], Path]
) -> None:
    """Warcio and FastWARC read every record of records.tsv, in order, each with the block of its digest."""
    done = run(oracle("python"), READ_RECORDS, tool, *warcs)
    assert (0, "") == (done.returncode, done.stderr)
    read = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["file"], row["type"], row["id"]) for row in records] == [
        (row["file"], row["type"], row["id"]) for row in read
    ]
    folder = warcs[0].parent
    assert [stated_block_digest(folder, row) for row in records] == [f"sha256:{row['block']}" for row in read]


@pytest.mark.needs("fastwarc")
def test_fastwarc_check(warcs: list[Path], oracle: Callable[[str], Path]) -> None:
    """``fastwarc check`` verifies every block digest; with ``-p`` it would fail intact metadata records."""
    for path in warcs:
        done = run(oracle("fastwarc"), "check", "--quiet", path)
        assert 0 == done.returncode, done.stdout + done.stderr


@pytest.mark.needs("fastwarc")
def test_fastwarc_check_sees_a_wrong_digest(
    tmp_path: Path, warcs: list[Path], records: list[dict[str, str]], oracle: Callable[[str], Path]
) -> None:
    """``fastwarc check`` refuses a record whose block is not that of its digest, in a sound gzip member."""
    row = next(row for row in records if row["type"] == "response")
    member = bytearray(gzip.decompress(member_of(warcs[0].parent, row)))
    member[-6] ^= 1  # the block's last octet but one; two CRLF follow it
    (tmp_path / "wrong.warc.gz").write_bytes(gzip.compress(bytes(member)))
    assert 0 != run(oracle("fastwarc"), "check", "--quiet", tmp_path / "wrong.warc.gz").returncode


@pytest.mark.needs("cdxj-indexer")
def test_cdxj_indexer_makes_the_same_index(
    bag: Path, warcs: list[Path], records: list[dict[str, str]], oracle: Callable[[str], Path]
) -> None:
    """
    ``cdxj-indexer -p -d`` agrees with our index, line by line.

    One difference is documented: its stamps have seconds where ours have milliseconds, so that it orders
    the captures of one second otherwise.
    """
    done = run(oracle("cdxj-indexer"), "-p", "-d", "-s", *warcs)
    assert 0 == done.returncode, done.stderr
    theirs = sorted(parse_line(line, 14) for line in done.stdout.splitlines())
    ours = gzip.decompress((bag / "data" / "indexes" / "index.cdx.gz").read_bytes()).decode()
    assert theirs == sorted(parse_line(line, 17) for line in ours.splitlines())
    assert len(theirs) == sum(row["type"] == "response" for row in records)
    assert ours.splitlines() == sorted(ours.splitlines(), key=str.encode)


def parse_line(line: str, digits: int) -> tuple[str, str, list[tuple[str, str]]]:
    """Return key, 14-digit stamp and fields of a CDXJ line whose stamp has that many digits."""
    key, stamp, fields = line.split(" ", 2)
    assert digits == len(stamp)
    return key, stamp[:14], sorted(json.loads(fields).items())


def member_of(folder: Path, row: dict[str, str]) -> bytes:
    """Return the octets of a record's gzip member."""
    with (folder / row["file"]).open("rb") as file:
        file.seek(int(row["offset"]))
        return file.read(int(row["length"]))


def stated_block_digest(folder: Path, row: dict[str, str]) -> str:
    """Return the WARC-Block-Digest of a record; of a warcinfo without one, the digest of its block."""
    head, _, rest = gzip.decompress(member_of(folder, row)).partition(b"\r\n\r\n")
    for line in head.decode().split("\r\n"):
        name, _, value = line.partition(": ")
        if name == "WARC-Block-Digest":
            return value
    block = rest.removesuffix(b"\r\n\r\n")
    return f"sha256:{hashlib.sha256(block).hexdigest()}"
