"""Tests of ``preserve/checks/ranges.py``: what lines a range may have, and what is said of its records."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from preserve.checks import ranges
from preserve.checks.one_record import read_one
from preserve.checks.ranges import FACT_BYTES, declaration, digest_of, fact, read_range
from preserve.errors import PreserveError
from preserve.formats import records
from preserve.formats.gzip_write import write_member
from preserve.formats.inflate import inflater
from tests.checks.build import RECORDS, WARC, build
from tests.checks.deep_damages import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preserve.formats.warc.unpack import Unpacked

SOUND = build()
FILE = SOUND.lines[0].file
INFO = SOUND.lines[0].id
COUNT = 5
LINES = [records.format_line(line).encode() for line in SOUND.lines]


def _stream() -> io.BytesIO:
    return io.BytesIO(SOUND.files[WARC])


def _unpacked(number: int) -> Unpacked:
    read = read_one(_stream(), SOUND.lines[number], FILE, INFO.encode()).unpacked
    assert read is not None
    return read


@pytest.mark.parametrize(("first", "last"), [(0, 9), (0, 1), (3, 5), (8, 9)])
def test_sound_records_have_facts(first: int, last: int) -> None:
    """Of each sound record of a range something is known, and no line is off."""
    ranged = read_range(_stream(), LINES[first:last], FILE, first, INFO, facts=True)
    assert ((), (last - first) * FACT_BYTES) == (ranged.off, len(ranged.facts))
    parts = [ranged.facts[at : at + FACT_BYTES] for at in range(0, len(ranged.facts), FACT_BYTES)]
    assert bytes(FACT_BYTES) not in parts


@pytest.mark.parametrize(("first", "last"), [(0, 9), (0, 1), (3, 5), (8, 9)])
def test_one_digest_stands_for_a_sound_range(first: int, last: int) -> None:
    """If nothing else is asked for, a sound range is told by the digest of what its records declare."""
    each = [declaration(_unpacked(at)) for at in range(first, last)]
    ranged = read_range(_stream(), LINES[first:last], FILE, first, INFO, facts=False)
    assert ranged == ranges.Ranged(declared=digest_of(each))
    assert (
        b"".join(map(fact, each))
        == read_range(_stream(), LINES[first:last], FILE, first, INFO, facts=True).facts
    )


def test_no_digest_stands_for_a_range_that_is_off() -> None:
    """Where a line is off, nothing is said of what the others declare."""
    data = bytearray(SOUND.files[WARC])
    data[SOUND.lines[4].offset + 20] ^= 1
    ranged = read_range(io.BytesIO(bytes(data)), LINES[3:6], FILE, 3, INFO, facts=False)
    assert ([4], b"", b"") == ([off.index for off in ranged.off], ranged.declared, ranged.facts)


@given(
    st.lists(st.text(alphabet="a-\n\t\ud800"), max_size=4), st.lists(st.text(alphabet="a-\n\t"), max_size=4)
)
def test_different_declarations_have_different_digests(one: list[str], other: list[str]) -> None:
    """Wherever the texts are parted; for texts of more than a line there is no digest."""
    has_lines = any("\n" in text for text in one)
    assert has_lines == (digest_of(one) == b"")
    if len(one) == len(other) and one != other and not has_lines:
        assert digest_of(one) != digest_of(other)


def test_index_is_that_of_the_file() -> None:
    """A line that is off is told by its index within the file, and of it nothing is known."""
    data = bytearray(SOUND.files[WARC])
    data[SOUND.lines[4].offset + 20] ^= 1
    ranged = read_range(io.BytesIO(bytes(data)), LINES[3:6], FILE, 3, INFO, facts=True)
    assert [(4, True)] == [(off.index, off.whole) for off in ranged.off]
    assert bytes(FACT_BYTES) == ranged.facts[FACT_BYTES : 2 * FACT_BYTES]


def test_end_of_the_file_is_noted() -> None:
    """Of a record that is not all there, that is told."""
    data = SOUND.files[WARC][:-1]
    ranged = read_range(io.BytesIO(data), LINES[7:], FILE, 7, INFO, facts=True)
    assert [(8, False)] == [(off.index, off.whole) for off in ranged.off]


def test_what_is_read_by_the_rules_costs_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a record that is not as ours are, the next ones are read from where they are."""
    monkeypatch.setattr(ranges, "_READ_BYTES", 4000)
    sample = Edit(name="", record=2, change=lambda head, block: (head[:-2] + b"X: 1\r\n\r\n", block)).apply(
        build()
    )
    lines = [text + b"\n" for text in sample.list_lines(RECORDS)[1:]]
    ranged = read_range(io.BytesIO(sample.files[WARC]), lines, FILE, 0, INFO, facts=True)
    assert ((), False) == (ranged.off, bytes(FACT_BYTES) in ranged.facts[32:48])


def test_stream_may_give_less_than_was_asked_for() -> None:
    """Whatever the pieces that a stream gives, the records are the same."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 100))

    sound = read_range(_stream(), LINES, FILE, 0, INFO, facts=True)
    assert sound == read_range(Slow(SOUND.files[WARC]), LINES, FILE, 0, INFO, facts=True)


@pytest.mark.parametrize(
    "lines",
    [
        [LINES[2], LINES[4]],
        [LINES[2], LINES[2]],
        [LINES[2], LINES[3].replace(b"-00000.", b"-00001.")],
        [LINES[2].replace(b"-00000.", b"-00001.")],
    ],
)
def test_lines_must_follow_each_other(lines: list[bytes]) -> None:
    """Lines with a gap between them, or about another file, are no range."""
    with pytest.raises(ValueError, match="is not the next of"):
        read_range(_stream(), lines, FILE, 0, INFO, facts=True)


def test_line_with_other_columns_is_none() -> None:
    """A line that has not the columns of a record is no line of a range."""
    with pytest.raises(ValueError, match="not enough values"):
        read_range(_stream(), [b"one\ttwo\n"], FILE, 0, INFO, facts=True)


def test_line_over_two_records_is_off() -> None:
    """A line whose octets are two sound records is off, and it is said why."""
    first, second = SOUND.lines[3], SOUND.lines[4]
    digest = hashlib.sha256(SOUND.files[WARC][first.offset : second.end]).hexdigest()
    line = attrs.evolve(first, length=first.length + second.length, sha256=digest)
    ranged = read_range(_stream(), [records.format_line(line).encode()], FILE, 3, INFO, facts=True)
    assert [(3, "It is not one record.")] == [(off.index, off.problem) for off in ranged.off]


def _rewritten(column: str, value: bytes) -> tuple[bytes, list[bytes], bytes]:
    """
    Return the first records with a value instead of another one, in headers and lines alike.

    Returns:
        The WARC file, its lines in records.tsv, and the id of its first record.
    """
    first = SOUND.lines[0].id.encode()
    old = {"id": SOUND.lines[1].id.encode(), "uri": (SOUND.lines[1].uri or "").encode(), "warcinfo": first}
    data, lines = b"", []
    for line in SOUND.lines[:COUNT]:
        member = SOUND.files[WARC][line.offset : line.end]
        header, end, block = bytes(inflater().decompress(member, 1 << 20)).partition(b"\r\n\r\n")
        out = io.BytesIO()
        write_member(out, [header.replace(old[column], value), end, block])
        texts = [FILE, len(data), len(out.getvalue()), hashlib.sha256(out.getvalue()).hexdigest()]
        texts += [line.type, line.date, line.id, line.uri or "-"]
        row = [str(text).encode() for text in texts]
        row[6:] = [text.replace(old[column], value) for text in row[6:]]
        lines.append(b"\t".join(row) + b"\n")
        data += out.getvalue()
    return data, lines, value if column == "warcinfo" else first


def _read(data: bytes, lines: Sequence[bytes], warcinfo: bytes) -> ranges.Ranged | str:
    """Return what is read, or the kind of error."""
    text = warcinfo.decode("utf-8", "surrogateescape")
    try:
        return ranges.read_range(io.BytesIO(data), lines, FILE, 0, text, facts=True)
    except (ValueError, PreserveError) as exc:
        return type(exc).__name__


@pytest.mark.parametrize("column", ["id", "uri", "warcinfo"])
@given(value=st.binary(max_size=3).map(lambda odd: b"urn:uuid:1" + odd + b"2"))
@example(value=b"urn:uuid:12")
@example(value=b"urn:\r")
@example(value=b"urn:<x>")
@example(value=b"urn: x")
@example(value=b"urn:\xff")
@example(value="urn:ä".encode())
@settings(max_examples=150, deadline=None)
def test_odd_values_are_left_to_the_rules(column: str, value: bytes) -> None:
    """A value that header and line share is judged as if nothing could be told at first sight."""
    if b"\n" in value or b"\t" in value:
        return
    rewritten = _rewritten(column, value)
    seen = _read(*rewritten)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "unpack", lambda *_: None)
        assert _read(*rewritten) == seen
