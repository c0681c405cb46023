"""Tests of preserve.formats.zip_section."""

from __future__ import annotations

import io
import zlib

import pytest

from preserve.formats.zip_read import ZipMember
from preserve.formats.zip_section import ZipSection

DATA = b"0123456789"
MEMBER = ZipMember(name="a", start=3, size=5, crc=frozenset())


def _section(told: list[int] | None = None, member: ZipMember = MEMBER, data: bytes = DATA) -> ZipSection:
    return ZipSection(io.BytesIO(data), member, None if told is None else told.append)


@pytest.mark.parametrize("pieces", [[5], [9], [1] * 5, [2, 3], [4, 0, 1], [-1]])
def test_sum_is_told_once_all_was_read(pieces: list[int]) -> None:
    """The CRC-32 is told when the last octet was read, once, however it was read."""
    told: list[int] = []
    section = _section(told)
    read = []
    for size in pieces:
        assert told == []
        read.append(section.read(size))
    assert b"34567" == b"".join(read)
    assert [zlib.crc32(b"34567")] == told
    assert b"" == section.read(1)
    section.seek(0)
    section.read()
    assert [zlib.crc32(b"34567")] == told


def test_what_is_read_again_or_late_does_not_count() -> None:
    """Octets read a second time, or before those in front of them, are not part of the sum."""
    told: list[int] = []
    section = _section(told)
    section.seek(3)
    assert b"67" == section.read()
    section.seek(0)
    assert b"345" == section.read(3)
    section.seek(1)
    assert (b"4", []) == (section.read(1), told)
    section.seek(3)
    assert b"67" == section.read(9)
    assert [zlib.crc32(b"34567")] == told


def test_empty_entry_has_a_sum() -> None:
    """Of an entry without data the sum is told at the first read."""
    told: list[int] = []
    section = _section(told, ZipMember(name="a", start=3, size=0, crc=frozenset()))
    assert (b"", [0]) == (section.read(4), told)


def test_file_that_ends_too_early_has_no_sum() -> None:
    """Where the ZIP ends inside of the entry, what is there is read, and no sum is told."""
    told: list[int] = []
    section = _section(told, data=DATA[:6])
    assert (b"345", b"", []) == (section.read(), section.read(), told)


@pytest.mark.parametrize(
    ("offset", "whence", "at", "rest"),
    [
        (2, 0, 2, b"567"),
        (-1, 0, 0, b"34567"),
        (1, 1, 2, b"567"),
        (-1, 1, 0, b"34567"),
        (-9, 1, 0, b"34567"),
        (-1, 2, 4, b"7"),
        (0, 2, 5, b""),
        (3, 2, 8, b""),
        (9, 0, 9, b""),
    ],
)
def test_seeking_is_as_in_a_file_of_its_own(offset: int, whence: int, at: int, rest: bytes) -> None:
    """From the start, from here or from the end; never before the start, and nothing beyond the end."""
    section = _section()
    assert b"3" == section.read(1)
    assert at == section.seek(offset, whence) == section.tell()
    assert rest == section.read()
    assert at + len(rest) == section.tell()


def test_sections_are_closed_with_their_file() -> None:
    """Closing a section closes the ZIP that was opened for it."""
    stream = io.BytesIO(DATA)
    with ZipSection(stream, MEMBER) as section:
        assert (section.readable(), section.seekable(), section.closed) == (True, True, False)
    assert (section.closed, stream.closed) == (True, True)
