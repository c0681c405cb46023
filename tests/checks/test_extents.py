"""Tests of ``preserve/checks/extents.py``: bytes in, lines that are off out."""

from __future__ import annotations

import hashlib
import io
import random

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.checks.extents import Extents, ExtentSink
from preserve.formats.gzip_write import write_member
from tests.checks.build import WARC, build

SOUND = build()
DATA = SOUND.files[WARC]


def _extents() -> Extents:
    made = Extents(SOUND.lines[0].file)
    for number, line in enumerate(SOUND.lines, 2):
        made.add(number, line)
    return made


def _off(data: bytes, extents: Extents, sizes: list[int]) -> list[int]:
    sink = ExtentSink(extents)
    at = 0
    for size in (*sizes, len(data)):
        sink.write(memoryview(data)[at : at + size])
        at += size
    sink.close()
    return [off.index for off in sink.off]


@settings(deadline=None)
@given(sizes=st.lists(st.integers(0, 700), max_size=20))
def test_sound_file_has_nothing_off(sizes: list[int]) -> None:
    """However a sound file is cut into pieces, every line has its bytes."""
    assert [] == _off(DATA, _extents(), sizes)


@settings(deadline=None)
@given(place=st.integers(0, len(DATA) - 1), sizes=st.lists(st.integers(0, 700), max_size=8))
def test_changed_byte_puts_one_line_off(place: int, sizes: list[int]) -> None:
    """A changed byte puts off the line it lies in, and no other."""
    data = bytearray(DATA)
    data[place] ^= 0x40
    hit = next(n for n, line in enumerate(SOUND.lines) if line.offset <= place < line.end)
    assert [hit] == _off(bytes(data), _extents(), sizes)


@settings(deadline=None)
@given(stop=st.integers(0, len(DATA) - 1))
def test_short_file_puts_the_rest_off(stop: int) -> None:
    """Of a file that is cut, the line that is cut and all after it are off."""
    whole = sum(line.end <= stop for line in SOUND.lines)
    assert list(range(whole, len(SOUND.lines))) == _off(DATA[:stop], _extents(), [])


def test_other_columns_are_compared() -> None:
    """A line with the right digest and another URI is off, and the line that its header gives is told."""
    extents = Extents(SOUND.lines[0].file)
    extents.add(2, SOUND.lines[0])
    extents.add(3, attrs.evolve(SOUND.lines[1], uri="https://example.org/x"))
    sink = ExtentSink(extents)
    sink.write(memoryview(DATA))
    sink.close()
    assert [(1, SOUND.lines[1])] == [(off.index, off.found) for off in sink.off]


def _one(member: bytes) -> ExtentSink:
    """Compare a file of one member with a line that has its digest."""
    extents = Extents(SOUND.lines[1].file)
    sha256 = hashlib.sha256(member).hexdigest()
    extents.add(2, attrs.evolve(SOUND.lines[1], offset=0, length=len(member), sha256=sha256))
    sink = ExtentSink(extents)
    sink.write(memoryview(member))
    sink.close()
    return sink


def _packed(data: bytes) -> bytes:
    out = io.BytesIO()
    write_member(out, [data])
    return out.getvalue()


def test_octets_without_header_are_told() -> None:
    """Octets that have the digest of their line and hold no WARC header are off, and it is said why."""
    for member in (b"no member at all", _packed(b"no header"), _packed(b"WARC/1.1\r\nno field\r\n\r\n")):
        (off,) = _one(member).off
        assert "No WARC header can be read in it." == off.problem


def test_header_that_is_too_long_is_left_to_others() -> None:
    """A header longer than 64 KiB is not judged here: it is compared when its record is opened."""
    header = b"WARC/1.1\r\nX: " + random.Random(3).randbytes(70_000).hex().encode() + b"\r\n\r\n"  # noqa: S311
    assert [] == _one(_packed(header)).off


def test_gap_is_incoherent() -> None:
    """Lines that leave bytes out do not cover the file; the first such line is known."""
    extents = Extents("x")
    extents.add(2, SOUND.lines[0])
    extents.add(3, SOUND.lines[2])
    assert (False, 1) == (extents.coherent, extents.first_gap)
