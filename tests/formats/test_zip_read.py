"""Tests of preserve.formats.zip_read, zip_headers and zip_section."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.formats.zip_read import ENTRIES_MOST, ZipListing, read_zip
from preserve.formats.zip_section import ZipSection
from preserve.formats.zip_store import ZipWritten, central_header, end_record, local_header, write_zip

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"archive/a": b"\x1f\x8b" * 9, "empty": b"", "pages/b": b"{}\n"}
_NAMES = st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,2}", fullmatch=True)


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    write_zip(out, [(name, len(data), lambda data=data: io.BytesIO(data)) for name, data in files.items()])  # type: ignore[misc] # a default binds the loop's value
    return out.getvalue()


def _listed(data: bytes) -> ZipListing:
    return read_zip(io.BytesIO(data))


def _contents(data: bytes) -> dict[str, bytes]:
    return {member.name: ZipSection(io.BytesIO(data), member).read() for member in _listed(data).members}


@given(st.dictionaries(_NAMES, st.binary(max_size=300), max_size=6))
@settings(deadline=None, max_examples=60)
def test_what_was_written_is_read(files: dict[str, bytes]) -> None:
    """A ZIP of our writer has no problem, and every file, its CRC-32 and its octets are found."""
    data = _zipped(files)
    listing = _listed(data)
    assert ((), frozenset(), True) == (listing.problems, listing.lost, listing.whole)
    assert files == _contents(data)
    assert {name: frozenset({zlib.crc32(octets)}) for name, octets in files.items()} == {
        member.name: member.crc for member in listing.members
    }


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_any_octet_counts(mask: int) -> None:
    """Every octet that is changed is a problem, or lies in a file, whose CRC-32 then differs."""
    sound = _zipped(FILES)
    inside = {
        at for member in _listed(sound).members for at in range(member.start, member.start + member.size)
    }
    for at in range(len(sound)):
        data = sound[:at] + bytes([sound[at] ^ mask]) + sound[at + 1 :]
        assert bool(_listed(data).problems) == (at not in inside), at


def test_any_cut_counts() -> None:
    """Every beginning of a ZIP is a problem, and what is listed of it lies in it."""
    sound = _zipped(FILES)
    for end in range(len(sound)):
        listing = _listed(sound[:end])
        assert listing.problems
        assert all(member.start + member.size <= end for member in listing.members)


def test_any_octet_put_in_counts() -> None:
    """An octet put in anywhere is a problem, but in a file, whose sizes then no longer fit."""
    sound = _zipped(FILES)
    for at in range(len(sound) + 1):
        assert _listed(sound[:at] + b"x" + sound[at:]).problems, at


def test_more_entries_than_sixteen_bits_count() -> None:
    """A ZIP of 65 535 files and more, which has a ZIP64 end, has no problem."""
    data = _zipped({f"{number:05x}": b"" for number in range(65_540)})
    listing = _listed(data)
    assert ((), 65_540) == (listing.problems, len(listing.members))
    lied = data[:-98] + data[-98:].replace((65_540).to_bytes(8, "little"), (65_541).to_bytes(8, "little"))
    assert ["zip.headers-differ"] == [problem.code for problem in _listed(lied).problems]


def test_sizes_and_offsets_beyond_four_gigabytes(tmp_path: Path) -> None:
    """Files that need ZIP64 sizes and offsets are listed without a problem; only headers are read."""
    path, directory = tmp_path / "x.zip", b""
    with path.open("wb") as out:
        for name, size in ((b"a", 5 << 30), (b"b", 0xFFFFFFFF), (b"c", 1)):
            at = out.tell()
            out.write(local_header(name, size, 7))
            out.seek(size, io.SEEK_CUR)
            directory += central_header(ZipWritten(name=name, size=size, crc=7, offset=at))
        at = out.tell()
        out.write(directory + end_record(3, len(directory), at))
    with path.open("rb") as stream:
        listing = read_zip(stream)
    assert () == listing.problems
    assert {"a": 5 << 30, "b": 0xFFFFFFFF, "c": 1} == {one.name: one.size for one in listing.members}


def test_no_more_entries_are_read_than_an_export_takes() -> None:
    """A directory of more entries than an export takes is a problem; the rest of it is not read."""
    data = _zipped({f"{number:05x}": b"" for number in range(ENTRIES_MOST + 1)})
    listing = _listed(data)
    assert len(listing.members) <= ENTRIES_MOST
    assert "zip.form" in {problem.code for problem in listing.problems}


def test_section_never_leaves_its_entry() -> None:
    """A section can be read and sought like a file, and shows nothing from beside its entry."""
    data = _zipped(FILES)
    member = next(member for member in _listed(data).members if member.name == "pages/b")
    sums: list[int] = []
    section = ZipSection(io.BytesIO(data), member, sums.append)
    assert (True, True) == (section.readable(), section.seekable())
    assert b"{}\n" == section.read(100)
    assert b"" == section.read()
    assert [zlib.crc32(b"{}\n")] == sums
    assert 1 == section.seek(-2, io.SEEK_END)
    assert (b"}\n", 3) == (section.read(), section.tell())
    assert 0 == section.seek(-9)
    assert 9 == section.seek(9, io.SEEK_CUR)
    assert b"" == section.read()


def test_sum_is_told_only_of_all_in_order() -> None:
    """No CRC-32 is told when the data was not read from its first octet to its last."""
    data = _zipped(FILES)
    member = next(member for member in _listed(data).members if member.name == "pages/b")
    sums: list[int] = []
    section = ZipSection(io.BytesIO(data), member, sums.append)
    section.seek(1)
    section.read()
    assert [] == sums
