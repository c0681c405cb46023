"""Tests of ``preserve.checks`` on packages made to break it: findings, never an exception, soon."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.checks import verify
from preserve.model.finding import Result
from tests.checks.build import (
    CAPTURE,
    DATAPACKAGE,
    DATAPACKAGE_DIGEST,
    IDX,
    INDEX,
    MANIFEST,
    PAGES,
    RECORDS,
    REFERENCES,
    RESOURCES,
    TAGMANIFEST,
    WARC,
    build,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.checks.build import Sample

SOUND = build()
PATHS = sorted(SOUND.files)
TEXTS = (CAPTURE, DATAPACKAGE, DATAPACKAGE_DIGEST, IDX, PAGES, RECORDS, REFERENCES, RESOURCES, "bag-info.txt")
CONTENTS = {
    "nothing": b"",
    "only line feeds": b"\n" * 3000,
    "no text": bytes(range(256)) * 40,
    "a line above 1 MiB": b"x" * (3 << 19) + b"\n",
    "a line above 1 MiB without end": b"{" + b" " * (3 << 19),
    "deep lists": b"[" * 200_000 + b"\n",
    "a number of a million digits": b"9" * 1_000_000 + b"\n",
    "not a number": b'{"counts": NaN, "a": Infinity}\n',
    "half a surrogate pair": b'{"url": "\\ud800", "response": "\\udfff"}\n',
    "carriage returns": b'{"a": 1}\r\n' * 10,
    "escapes for a terminal": b"\x1b[2J\x1b]0;owned\x07\n",
    "odd values": b'{"url": [], "status": [], "response": {}, "request": 7, "outcome": "x"}\n',
    "wrong kinds": b'{"resources": [null, {"path": 1}, {"path": "../x", "hash": "sha256:", "bytes": -1}]}\n',
    "columns": b"file\toffset\tlength\n" + b"\t" * 7 + b"\n" + b"x\t-1\t99999999999999999999999\t\t\t\t\t\n",
}


def _verify(sample: Sample, into: Path) -> None:
    """Verify a package that is not sound, and look at all that is said."""
    report = verify(sample.write(into), jobs=1)
    said = [also for finding in report.findings for also in (finding, *finding.also)]
    assert 6 == report.exit_code
    for finding in said:
        texts = (finding.message, finding.where.path, finding.expected, finding.observed, finding.remedy)
        assert all(text.isprintable() and len(text) < 5000 for text in texts)
    assert len(said) < 1000


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("path", TEXTS)
def test_hostile_list_is_a_finding(path: str, content: bytes, tmp_path: Path) -> None:
    """Any content of any list, whether the digests fit it or not, is told as damage."""
    sample = build()
    sample.files[path] = content
    _verify(sample, tmp_path / "bare")
    if path not in (DATAPACKAGE, DATAPACKAGE_DIGEST, "bag-info.txt"):
        sample.remake()
    elif path == DATAPACKAGE:
        sample.remake_digest()
    else:
        sample.remake_bag() if path == DATAPACKAGE_DIGEST else sample.remake_tags()
    _verify(sample, tmp_path / "remade")


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("path", [MANIFEST, TAGMANIFEST, "bagit.txt"])
def test_hostile_tag_file_is_a_finding(path: str, content: bytes, tmp_path: Path) -> None:
    """Any content of a manifest or of bagit.txt is told as damage."""
    sample = build()
    sample.files[path] = content
    _verify(sample, tmp_path / "bare")
    if path != TAGMANIFEST:
        sample.remake_tags()
        _verify(sample, tmp_path / "remade")


def _packed(*parts: bytes) -> bytes:
    return b"".join(gzip.compress(part, 9, mtime=0) for part in parts)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x1f\x8b",
        b"no gzip",
        _packed(b""),
        _packed(b"no CDXJ\n" * 50_000),
        _packed(bytes(30 << 20)),
        _packed(b"\n" * (5 << 20)),
        _packed(*[b""] * 5000),
        _packed(b'com,example)/ 20261122101500123 {"offset": ' + b"[" * 100_000 + b"\n"),
        _packed(b"com,example)/ 20261122101500123 {}\n" * 3, b"com,example)/ 20261122101500123 {}"),
    ],
    ids=range(10),
)
def test_hostile_index_is_a_finding(content: bytes, tmp_path: Path) -> None:
    """An index that is no gzip, a bomb, or no CDXJ is told as damage, its digests right or wrong."""
    sample = build()
    sample.files[INDEX] = content
    _verify(sample, tmp_path / "bare")
    sample.remake()
    _verify(sample, tmp_path / "remade")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"WARC/1.1\r\n\r\n",
        b"\x1f\x8b\x08\x00" * 2000,
        _packed(bytes(30 << 20)),
        _packed(b"WARC/1.1\r\nContent-Length: 99999999999\r\n\r\n"),
        _packed(b"WARC/1.1\r\n" + b"A: b\r\n" * 300_000),
        _packed(*[b""] * 2000),
    ],
    ids=range(7),
)
def test_hostile_warc_is_a_finding(content: bytes, tmp_path: Path) -> None:
    """A WARC file that holds no records, or a bomb, is told as damage, its digests right or wrong."""
    sample = build()
    sample.files[WARC] = content
    _verify(sample, tmp_path / "bare")
    sample.remake()
    _verify(sample, tmp_path / "remade")


ODD: tuple[object, ...] = (
    None,
    "",
    "\ud800",
    "a b\n\x1b[2J",
    -1,
    10**30,
    [],
    {},
    True,
    "http://[::1",
    "x" * 3000,
    ["\ud800"],
)


@pytest.mark.parametrize("path", [CAPTURE, DATAPACKAGE, RESOURCES, REFERENCES, PAGES])
def test_odd_value_never_raises(path: str, tmp_path: Path) -> None:
    """Any value under any key of any list is judged, with every digest made again: no exception."""
    sample = build()
    root = sample.write(tmp_path)
    document = path.endswith(".json")
    lines = [sample.files[path]] if document else sample.list_lines(path)
    place = 0 if document else 1
    sound = json.loads(lines[place])
    for number, key in enumerate(sound):
        lines[place] = json.dumps(sound | {key: ODD[number % len(ODD)]}).encode()
        sample.set_lines(path, lines)
        sample.remake_digest()
        _verify_on_disk(root, sample.files, expected=None)


def test_findings_of_one_cause_are_bounded(tmp_path: Path) -> None:
    """A list of which every line is wrong gives one finding; what follows is counted, not all listed."""
    sample = build()
    sample.files[REFERENCES] = b"{}\n" * 5000
    sample.remake()
    report = verify(sample.write(tmp_path))
    said = [finding for finding in report.findings if finding.result is Result.FAIL]
    assert 1 == len(said)
    assert any("4950 more findings" in also.message for also in said[0].also)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the sound package on a disk; a test writes every file that differs from its own."""
    return SOUND.write(tmp_path_factory.mktemp("sound"))


@given(
    path=st.sampled_from(PATHS),
    place=st.integers(min_value=0, max_value=1 << 16),
    mask=st.integers(min_value=1, max_value=255),
)
@settings(max_examples=150, deadline=None)
def test_flip_is_always_seen(root: Path, path: str, place: int, mask: int) -> None:
    """A changed byte anywhere in a package gives exit code 6 and at least one finding, never an exception."""
    data = bytearray(SOUND.files[path])
    data[place % len(data)] ^= mask
    _verify_on_disk(root, {**SOUND.files, path: bytes(data)})


@given(
    path=st.sampled_from(PATHS),
    place=st.integers(min_value=0, max_value=1 << 16),
    cut=st.integers(min_value=0, max_value=400),
    put=st.binary(max_size=60),
)
@settings(max_examples=150, deadline=None)
def test_splice_is_always_seen(root: Path, path: str, place: int, cut: int, put: bytes) -> None:
    """Bytes cut out, put in or replaced anywhere give exit code 6, never an exception."""
    data = SOUND.files[path]
    place %= len(data) + 1
    changed = data[:place] + put + data[place + cut :]
    if changed != data:
        _verify_on_disk(root, {**SOUND.files, path: changed})


@given(
    path=st.sampled_from([path for path in PATHS if path.startswith("data/")]),
    place=st.integers(min_value=0, max_value=1 << 16),
    put=st.binary(max_size=30),
)
@settings(max_examples=80, deadline=None)
def test_hidden_change_never_raises(root: Path, path: str, place: int, put: bytes) -> None:
    """A change with every digest made again may be seen or not, and never raises."""
    sample = build()
    data = sample.files[path]
    place %= len(data) + 1
    sample.files[path] = data[:place] + put + data[place + len(put) :]
    sample.remake_bag()
    _verify_on_disk(root, sample.files, expected=None)


def _verify_on_disk(root: Path, files: dict[str, bytes], expected: int | None = 6) -> None:
    """Verify a package that is on a disk already, but for what differs in some files."""
    for path, data in files.items():
        if data != (root / path).read_bytes():
            (root / path).write_bytes(data)
    report = verify(root, jobs=1)
    assert expected is None or expected == report.exit_code
    assert str(report)
