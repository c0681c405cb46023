"""Tests of preserve.checks.usual: lines that are as we write them are given, and anything odd ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preserve.checks import usual
from preserve.checks.evidence import Evidence
from preserve.checks.measure import Job, measure
from preserve.checks.tree import never_follow, survey
from preserve.checks.usual import OddError, Run, UsualRecords
from preserve.errors import PreserveError
from preserve.formats.lines import LINE_BYTES
from tests.checks.build import RECORDS, WARC, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.checks.build import Sample

SECOND = WARC.replace("-00000.", "-00001.")
FILE, OTHER = (path.rpartition("/")[2].encode() for path in (WARC, SECOND))


def _evidence(sample: Sample, folder: Path) -> Evidence:
    root = sample.write(folder)
    evidence = Evidence(root=root, opener=never_follow, tree=survey(root), placed=True)
    evidence.seen[RECORDS] = measure(root, Job(path=RECORDS), never_follow)
    return evidence


@pytest.mark.parametrize("block", [1 << 16, 700])
def test_usual_lines_are_given(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line is given in columns, and told as part of a run; files and counts are right."""
    monkeypatch.setattr(usual, "_BLOCK_BYTES", block)
    sample, runs = build(per_file=2), list[Run]()
    read = UsualRecords(_evidence(sample, tmp_path), runs.append)
    rows = [row for rows in read.blocks() for row in rows]
    lines = sample.list_lines(RECORDS)[1:]
    assert [line.decode().split("\t") for line in lines] == [list(row) for row in rows]
    assert (len(lines), [FILE.decode(), OTHER.decode()]) == (read.count, list(read.files))
    first, second = read.files.values()
    assert [1 + len(first), 1 + len(first) + len(second)] == [first.lines[-1], second.lines[-1]]
    assert [len(sample.files[WARC]), len(sample.files[SECOND])] == [first.end, second.end]
    told = [(run.extents.file, run.first + at) for run in runs for at in range(len(run.lines))]
    assert [*((FILE.decode(), at) for at in range(len(first)))] == told[: len(first)]
    data = sample.files[RECORDS]
    for run in runs:
        assert (
            "\n".join(run.lines).encode() == data[run.at :][: sum(map(len, run.lines)) + len(run.lines) - 1]
        )
        assert [int(line.split("\t")[2]) for line in run.lines] == list(run.lengths)


def _lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def _swap(data: bytes) -> bytes:
    """Put the lines of the second file before those of the first."""
    header, *lines = _lines(data)
    first = [line for line in lines if line.startswith(FILE)]
    return header + b"".join(lines[len(first) :] + first)


ODD: dict[str, Callable[[bytes], bytes]] = {
    "another header": lambda data: b"x" + data,
    "no header": lambda data: data.partition(b"\n")[2],
    "a carriage return": lambda data: data.replace(b"\n", b"\r\n", 3),
    "no line feed at the end": lambda data: data[:-1],
    "an empty line": lambda data: data + b"\n",
    "a line far too long": lambda data: data[:-1] + b"x" * LINE_BYTES + b"\n",
    "a line that is too long": lambda data: _longer(data, LINE_BYTES),
    "an end far too long": lambda data: data + b"x" * LINE_BYTES,
    "a day that is none": lambda data: data.replace(b"2026-11-22T", b"2026-02-30T"),
    "a second day that is none": lambda data: (
        data[:-300] + data[-300:].replace(b"2026-11-22T", b"2026-11-31T")
    ),
    "a date without a part": lambda data: data.replace(b".123Z", b"Z", 1),
    "an offset with a zero before it": lambda data: data.replace(b"gz\t0\t", b"gz\t00\t", 1),
    "an offset of the line before": lambda data: data.replace(b"gz\t0\t", b"gz\t1\t", 1),
    "a line left out": lambda data: b"".join(
        data.splitlines(keepends=True)[:3] + data.splitlines(keepends=True)[4:]
    ),
    "the last line left out": lambda data: b"".join(data.splitlines(keepends=True)[:-1]),
    "a file's last line left out": lambda data: data.replace(
        next(line for line in reversed(_lines(data)) if line.startswith(FILE)), b""
    ),
    "a file that is not there": lambda data: data.replace(OTHER, OTHER.replace(b"-00001.", b"-00002.")),
    "a file that is no WARC file": lambda data: data.replace(OTHER, b"z.txt"),
    "files in another order": _swap,
    "a digest in capitals": lambda data: _column(data, 3, bytes.upper),
    "a digest of other letters": lambda data: _column(data, 3, lambda digest: b"g" + digest[1:]),
    "a digest too short": lambda data: _column(data, 3, lambda digest: digest[1:]),
    "a digest too long": lambda data: _column(data, 3, lambda digest: digest + b"0"),
    "a type with a digit": lambda data: _column(data, 4, lambda kind: kind + b"2"),
    "a column too many": lambda data: _column(data, 7, lambda uri: uri + b"\tmore"),
    "a column too few": lambda data: _column(data, 6, lambda _: b"x").replace(b"\tx\t", b"\t"),
    "one column too many and one too few": lambda data: _column(
        _column(data, 7, lambda uri: uri + b"\tmore", line=1), 6, lambda _: b"x", line=2
    ).replace(b"\tx\t", b"\t"),
    "no URI": lambda data: _column(data, 7, lambda _: b""),
    "a file's name with a capital": lambda data: data.replace(OTHER, OTHER.replace(b"example", b"Example")),
} | {
    f"{octets!r} in column {number}": lambda data, octets=octets, number=number: _column(
        data, number, lambda text: text[:-1] + octets + text[-1:]
    )
    for number in range(8)
    for octets in (b" ", b"\x00", b"\x1f", b"\x7f", b"\x85", "\u00e4".encode(), b"\xff", b"\x0b", b"\x1c")
}


def _column(data: bytes, number: int, change: Callable[[bytes], bytes], line: int = 3) -> bytes:
    """Change a column of a line."""
    lines = data.split(b"\n")
    columns = lines[line].split(b"\t")
    columns[number] = change(columns[number])
    lines[line] = b"\t".join(columns)
    return b"\n".join(lines)


def _longer(data: bytes, most: int) -> bytes:
    """Make the last line, its LF included, longer than may be by one octet."""
    *lines, last = _lines(data)
    return b"".join(lines) + last[:-1] + b"x" * (most + 1 - len(last)) + b"\n"


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_ends_it(name: str, tmp_path: Path) -> None:
    """A list that is not as we write it, or does not cover its files, is not given to its end."""
    sample = build(per_file=2)
    sample.edit(RECORDS, ODD[name])
    read = UsualRecords(_evidence(sample, tmp_path), lambda _: None)
    with pytest.raises((OddError, PreserveError, ValueError)):
        list(read.blocks())


@pytest.mark.parametrize("least", [19, 20])
def test_members_have_a_least_length(least: int, tmp_path: Path) -> None:
    """No gzip member is shorter than 20 octets, so that a line of a shorter one is odd."""
    sample = build()
    header, first, *rest = _lines(sample.files[RECORDS])
    columns = first.split(b"\t")
    length = int(columns[2])
    halves = [[*columns[:1], b"0", b"%d" % least, *columns[3:]]]
    halves += [[*columns[:1], b"%d" % least, b"%d" % (length - least), *columns[3:]]]
    sample.files[RECORDS] = header + b"".join(b"\t".join(half) for half in halves) + b"".join(rest)
    read = UsualRecords(_evidence(sample, tmp_path), lambda _: None)
    if least < 20:
        with pytest.raises(OddError):
            list(read.blocks())
    else:
        assert len(sample.lines) + 1 == sum(map(len, read.blocks()))


def test_a_list_that_cannot_be_opened_is_odd(tmp_path: Path) -> None:
    """What was not measured is not given."""
    evidence = _evidence(build(), tmp_path)
    evidence.seen.clear()
    with pytest.raises(OddError):
        list(UsualRecords(evidence, lambda _: None).blocks())
