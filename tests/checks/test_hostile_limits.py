"""Tests of ``preserve.checks`` on packages made to exhaust it: in a process of little memory, and soon."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.checks.build import (
    CAPTURE,
    DATAPACKAGE,
    INDEX,
    MANIFEST,
    RECORDS,
    REFERENCES,
    RESOURCES,
    WARC,
    build,
)
from tests.checks.damages import STYLE
from tests.checks.deep_damages import rewrite
from tests.checks.wacz import Entry, Wacz

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.checks.build import Sample

MEMORY_BYTES = 768 << 20
"""Of addresses: Python with our imports takes a quarter of it."""
SECONDS = 400
"""Thirty times what the slowest takes on an idle machine: it must end, and the machine may be busy."""

_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
from preserve.cli.main import run
sys.exit(run(["verify", "-q", "--jobs", "1", *sys.argv[2:]]))
"""
MIB = 1 << 20
MANY = 100_000
"""Ten times as many take ten times as long, and no more memory; that was tried by hand."""


def _verify(path: Path, *options: str) -> tuple[int, str]:
    """Verify in a process of its own; return exit code and all that it said, which holds no traceback."""
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(MEMORY_BYTES), *options, str(path)],
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )
    said = done.stdout + done.stderr
    assert b"Traceback" not in said, said[-2000:]
    assert b"MemoryError" not in said
    text = said.decode()
    assert all(line.isprintable() for line in text.splitlines())
    return done.returncode, text


def _packed(pieces: Iterable[bytes]) -> bytes:
    """Return one gzip member with our header, made without holding its content."""
    squeezed = zlib.compressobj(1, wbits=-15)
    out, crc, size = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff"], 0, 0
    for piece in pieces:
        out.append(squeezed.compress(piece))
        crc, size = zlib.crc32(piece, crc), size + len(piece)
    out.append(squeezed.flush())
    return b"".join(out) + crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")


def _zeros(mib: int) -> Iterable[bytes]:
    return (bytes(MIB) for _ in range(mib))


def _record(length: int) -> bytes:
    header = f"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: {length}\r\n\r\n"
    return header.encode()


_EMPTY = _packed([])


def _bomb(sample: Sample) -> None:
    """A record that unpacks to half a gigabyte, listed like any other."""
    rewrite(
        sample, STYLE, _packed([_record(512 * MIB), *_zeros(1), b"HTTP/1.1 200 OK\r\n\r\n", *_zeros(511)])
    )


def _head_bomb(sample: Sample) -> None:
    rewrite(sample, STYLE, _packed([b"WARC/1.1\r\n", *(b"X: " + b"y" * MIB for _ in range(300))]))


def _http_bomb(sample: Sample) -> None:
    field = b"X: " + b"y" * 1000 + b"\r\n"
    rewrite(
        sample,
        STYLE,
        _packed([_record(200 * MIB), b"HTTP/1.1 200 OK\r\n", *(field * 1000 for _ in range(200))]),
    )


def _to(path: str, data: bytes) -> Callable[[Sample], None]:
    """Return what replaces a file and makes every digest above it again."""

    def do(sample: Sample) -> None:
        sample.files[path] = data
        if path == DATAPACKAGE:
            sample.remake_digest()
        elif path == MANIFEST:
            sample.remake_tags()
        else:
            sample.remake()

    return do


def _absurd(sample: Sample) -> None:
    """Lines and an index that point far behind the end of every file."""
    far = b"9999999999999999999"
    lines = [line.split(b"\t") for line in sample.list_lines(RECORDS)]
    for columns in lines[1:]:
        columns[1:3] = [far, far]
    sample.set_lines(RECORDS, [b"\t".join(columns) for columns in lines])
    sample.set_index(
        [line.replace('"offset": "', f'"offset": "{far.decode()}') for line in sample.index_lines()]
    )
    sample.remake()


_LINE = b"x-0123456789abcdef-20261122101500-00000.warc.gz\t0\t9\t" + b"0" * 64

HOSTILE: dict[str, Callable[[Sample], None]] = {
    "a bomb in a record": _bomb,
    "a bomb in a WARC header": _head_bomb,
    "a bomb in an HTTP head": _http_bomb,
    "a bomb in place of the WARC file": _to(WARC, _packed(_zeros(512))),
    "very many tiny members": _to(WARC, _EMPTY * MANY),
    "very many beginnings of members": _to(WARC, b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03" * MANY),
    "a bomb in the index": _to(INDEX, _packed(_zeros(512))),
    "very many tiny members in the index": _to(INDEX, _EMPTY * MANY),
    "an index of a line without end": _to(INDEX, _packed(b"x" * MIB for _ in range(256))),
    "a line without end in records.tsv": _to(RECORDS, b"x" * (64 * MIB)),
    "a million columns in records.tsv": _to(RECORDS, b"\t" * (8 * MIB) + b"\n"),
    "very many lines in records.tsv": _to(RECORDS, (_LINE + b"\n") * MANY),
    "absurd numbers in records.tsv": _absurd,
    "very many lines in resources.jsonl": _to(RESOURCES, b"{}\n" * MANY),
    "very many lines in references.jsonl": _to(REFERENCES, b"{}\n" * MANY),
    "lists in lists in capture.json": _to(CAPTURE, b"[" * (15 * MIB)),
    "keys in capture.json": _to(CAPTURE, b"{" + b",".join(b'"%d":0' % n for n in range(MANY)) + b"}"),
    "files in datapackage.json": _to(DATAPACKAGE, b'{"resources": [' + b"{}," * MANY + b"{}]}"),
    "very many lines in the manifest": _to(MANIFEST, (b"0" * 64 + b"  data/x\n") * MANY),
    "a path without end in the manifest": _to(MANIFEST, b"0" * 64 + b"  " + b"x/" * (16 * MIB) + b"\n"),
}


@pytest.mark.parametrize("level", ["--deep", None], ids=["deep", "default"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_package_is_a_finding(name: str, level: str | None, tmp_path: Path) -> None:
    """Whatever a file is made to cost, little memory and some seconds are enough to say that it is wrong."""
    sample = build()
    HOSTILE[name](sample)
    code, said = _verify(sample.write(tmp_path), *([level] if level else []))
    # What only --deep unpacks, the default level says nothing of.
    assert code == 6 or (level is None and name.startswith("a bomb in a")), said[-500:]


def _deep(root: Path) -> None:
    """Make folders in folders until no path can name them any more."""
    here = os.open(root / "data", os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def _wide(root: Path) -> None:
    """Add more files than are listed one by one."""
    for number in range(8000):
        (root / "data" / f"{number}").touch()


def _cyclic(root: Path) -> None:
    for name in ("data", "data/archive", "data/pages"):
        (root / name / "up").symlink_to("..")
        (root / name / "here").symlink_to(".")


def _names(root: Path) -> None:
    for name in (b"\x1b[2J\x1b]0;x\x07", b"\xff\xfe", b"a\nb\rc", "\u202e\u2066x".encode(), b"x" * 255):
        (root / "data" / os.fsdecode(name)).write_bytes(b"x")


@pytest.mark.parametrize("make", [_deep, _wide, _cyclic, _names], ids=["deep", "wide", "cyclic", "names"])
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_hostile_folder_is_a_finding(
    make: Callable[[Path], None], options: tuple[str, ...], tmp_path: Path
) -> None:
    """Folders without end, in circles, and names that a terminal would obey are told safely."""
    root = build().write(tmp_path)
    make(root)
    code, said = _verify(root, *options)
    assert 6 == code
    assert (make is _wide) == ("3000 more findings of this kind are not listed." in said)
    if make is _deep:  # what removes the folder of a test cannot
        subprocess.run(["rm", "-rf", str(root)], check=True)


def test_zip_of_many_entries_is_a_finding(tmp_path: Path) -> None:
    """A ZIP of many entries, and one of which all lie over one another, are told in bounded memory."""
    many = Wacz(entries=[Entry(name=f"{number:05d}", data=b"") for number in range(20_000)])
    code, _ = _verify(many.write(tmp_path / "many.wacz"))
    assert 2 == code  # it has nothing of a package: it is no export of ours
    stacked = Wacz.of(build().files)
    stacked.entries += [Entry(name=f"z{number:05d}", data=b"", at=0) for number in range(5000)]
    code, said = _verify(stacked.write(tmp_path / "stacked.wacz"))
    assert (6, True) == (code, "zip.entries-overlap" in said)


def test_gzip_header_without_end_is_a_finding(tmp_path: Path) -> None:
    """A gzip header whose file name never ends is told, at every level."""
    sample = build()
    rewrite(sample, STYLE, b"\x1f\x8b\x08\x18\0\0\0\0\0\xff" + b"n" * (32 * MIB))
    root = sample.write(tmp_path)
    assert 6 == _verify(root, "--deep")[0]


def test_gzip_of_nothing_is_seen(tmp_path: Path) -> None:
    """An empty member between two records, which no line names, is told."""
    sample = build()
    at = sample.lines[STYLE].offset
    sample.edit(WARC, lambda data: data[:at] + gzip.compress(b"", mtime=0) + data[at:])
    assert 6 == _verify(sample.write(tmp_path))[0]
