"""Are gzip members written as specified, and is every octet of those read accounted for?"""

from __future__ import annotations

import gzip
import io
import random
import struct
import subprocess
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.formats.gzip_members import (
    HEADER,
    NOTES,
    PIECE_BYTES,
    PROBLEMS,
    Member,
    find_member,
    iter_members,
    member_opens_with,
    read_member,
)
from preserve.formats.gzip_write import write_member
from preserve.formats.window import Window
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FAST = settings(max_examples=150, deadline=None)
TEXT = b"The quick brown fox jumps over the lazy dog. " * 4000
NOISE = random.Random(7).randbytes(200_000)  # noqa: S311 - noise, not a secret


def member(data: bytes, level: int | None = None) -> bytes:
    """Return data as one member of ours."""
    out = io.BytesIO()
    write_member(out, [data], level=level)
    return out.getvalue()


def read(octets: bytes, offset: int = 0) -> tuple[Member, bytes]:
    """Return a member that was read to its end, and its data."""
    found = read_member(io.BytesIO(octets), offset)
    return found, b"".join(found.chunks())


def codes(found: Member) -> list[str]:
    """Return the codes of a member's problems."""
    return [problem.code for problem in found.problems]


def with_fields(flags: int, fields: bytes, data: bytes) -> bytes:
    """Return a member with optional header fields."""
    deflated = member(data)[len(HEADER) :]
    return bytes((0x1F, 0x8B, 8, flags)) + HEADER[4:] + fields + deflated


class Dribble(io.BytesIO):
    """A stream that gives at most seven octets a read."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return fewer octets than asked for."""
        return super().read(7 if size is None or size < 0 else min(size, 7))


def test_the_header_is_as_specified() -> None:
    """A member begins with the ten octets of the package specification, section 6."""
    assert bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]) == member(b"x")[:10]


@FAST
@given(st.lists(st.binary(max_size=300), max_size=8), st.sampled_from([None, 0, 1, 6, 9]))
def test_what_is_written_is_read(chunks: list[bytes], level: int | None) -> None:
    """Python's gzip and our reader read back what was written, and length and digest are the file's."""
    out = io.BytesIO()
    written = write_member(out, chunks, level=level)
    data = b"".join(chunks)
    assert data == gzip.decompress(out.getvalue())
    found, seen = read(out.getvalue())
    assert (data, None, ()) == (seen, found.problem, found.problems)
    assert len(data) == found.size_bytes
    assert len(out.getvalue()) == written.length == found.length
    assert Digest.of(out.getvalue()) == written.digest == found.digest


@pytest.mark.needs("gzip")
@pytest.mark.parametrize("data", [b"", b"x", TEXT, NOISE], ids=["empty", "one", "text", "noise"])
def test_gzip_accepts_what_is_written(data: bytes, tmp_path: Path) -> None:
    """``gzip -t`` finds nothing wrong, several members in a row included."""
    path = tmp_path / "a.gz"
    path.write_bytes(member(data) + member(data, level=0) + member(data, level=9))
    assert 0 == subprocess.run(["gzip", "-t", str(path)], check=False).returncode


def test_text_is_deflated_and_noise_is_stored() -> None:
    """Without a level, data that shrinks is deflated and data that does not is stored."""
    assert len(member(TEXT)) < len(TEXT) / 20
    assert member(NOISE, level=0) == member(NOISE)


def test_writing_holds_no_more_than_a_probe() -> None:
    """A member of 64 MiB is written in a few MiB of memory."""

    class Sink(io.BytesIO):
        def write(self, data: object, /) -> int:
            del data
            return 0

    chunk = NOISE[:65536]
    tracemalloc.start()
    write_member(Sink(), (chunk for _ in range(1024)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * 1024 * 1024


SOUND = member(TEXT[:500])
NAMED = with_fields(0x08, b"name\0", TEXT[:500])
CRC16 = bytes((0x1F, 0x8B, 8, 0x02)) + HEADER[4:]
CASES: dict[str, tuple[bytes, list[str]]] = {
    "sound": (SOUND, []),
    "no magic": (b"\x1f\x8c" + SOUND[2:], ["gzip.bad-header"]),
    "not gzip at all": (b"WARC/1.1\r\nWARC-Type", ["gzip.bad-header"]),
    "another method": (SOUND[:2] + b"\x07" + SOUND[3:], ["gzip.bad-header"]),
    "reserved flag": (SOUND[:3] + b"\x20" + SOUND[4:], ["gzip.bad-header"]),
    "header cut short": (SOUND[:6], ["gzip.truncated"]),
    "one octet": (SOUND[:1], ["gzip.truncated"]),
    "name without end": (with_fields(0x08, b"", b"")[:10] + b"name", ["gzip.truncated"]),
    "endless name": (with_fields(0x08, b"", b"")[:10] + b"a" * 200_000, ["gzip.bad-header"]),
    "header only": (SOUND[:10], ["gzip.truncated"]),
    "data cut short": (SOUND[:30], ["gzip.truncated"]),
    "trailer cut short": (SOUND[:-1], ["gzip.truncated"]),
    "bad block type": (SOUND[:10] + b"\x07" + SOUND[11:], ["gzip.bad-data"]),
    "bad CRC32": (SOUND[:-8] + b"abcd" + SOUND[-4:], ["gzip.bad-crc"]),
    "bad ISIZE": (SOUND[:-4] + b"abcd", ["gzip.bad-size"]),
    "bad both": (SOUND[:-8] + b"abcdabcd", ["gzip.bad-crc", "gzip.bad-size"]),
    "a name": (NAMED, ["gzip.extra-fields"]),
    "text flag": (with_fields(0x01, b"", TEXT), ["gzip.extra-fields"]),
    "all fields but a CRC16": (with_fields(0x1D, b"\x03\x00abcname\0note\0", TEXT), ["gzip.extra-fields"]),
    "a CRC16": (
        with_fields(0x02, struct.pack("<H", zlib.crc32(CRC16) & 0xFFFF), TEXT),
        ["gzip.extra-fields"],
    ),
    "a wrong CRC16": (with_fields(0x02, b"ab", TEXT), ["gzip.bad-header"]),
}


@pytest.mark.parametrize(("octets", "expected"), CASES.values(), ids=CASES)
def test_each_fault_is_told(octets: bytes, expected: list[str]) -> None:
    """A member's problems are those of its fault, in sentences, and notes are no fault."""
    found, _ = read(octets)
    assert expected == codes(found)
    assert bool(set(expected) - NOTES) == (found.problem is not None)
    assert all(problem.message.endswith(".") for problem in found.problems)


def test_every_code_has_a_case() -> None:
    """Each row of the table of problems is produced by a broken sample."""
    assert set(PROBLEMS) == {code for _, expected in CASES.values() for code in expected}


def test_data_before_damage_is_given() -> None:
    """Of a member that is cut short, what could be inflated comes first."""
    stored = member(NOISE, level=0)
    found, data = read(stored[:100_000])
    assert NOISE.startswith(data)
    assert len(data) > 90_000
    assert found.problem is not None


def test_members_follow_one_another() -> None:
    """The members of a stream come with their offsets, though none of their data was asked for."""
    parts = [member(b"one"), member(b""), member(TEXT), NAMED]
    found = list(iter_members(io.BytesIO(b"".join(parts))))
    assert [sum(map(len, parts[:i])) for i in range(4)] == [each.offset for each in found]
    assert [Digest.of(part) for part in parts] == [each.digest for each in found]


def test_iterating_ends_with_the_first_broken_member() -> None:
    """After a member with a problem nothing more is given, and padding counts as such a member."""
    stream = io.BytesIO(member(b"one") + b"\0" * 20 + member(b"two"))
    assert [[], ["gzip.bad-header"]] == [codes(each) for each in list(iter_members(stream))]


def test_a_stream_may_give_fewer_octets_than_asked_for() -> None:
    """A stream that reads in dribs and drabs is read like any other."""
    octets = member(TEXT) + member(b"two")
    found = [b"".join(each.chunks()) for each in iter_members(Dribble(octets))]
    assert [TEXT, b"two"] == found


def test_a_bomb_comes_in_bounded_pieces() -> None:
    """A member that inflates a thousandfold is given in pieces, in little memory."""
    bomb = member(b"\0" * (32 * 1024 * 1024), level=9)
    assert len(bomb) < 40_000
    tracemalloc.start()
    found = read_member(io.BytesIO(bomb), 0)
    largest = max(len(piece) for piece in found.chunks())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert PIECE_BYTES == largest
    assert most < 2 * 1024 * 1024
    assert found.problem is None
    assert 32 * 1024 * 1024 == found.size_bytes


@FAST
@given(st.binary(max_size=400))
def test_any_octets_can_be_read(octets: bytes) -> None:
    """Whatever the octets, reading them as a member ends, within the octets, and raises nothing."""
    for prefix in (b"", HEADER, HEADER[:3]):
        found, _ = read(prefix + octets)
        assert 0 <= found.length <= len(prefix + octets)


def decoys() -> Iterator[bytes]:
    """Yield octets that look like the beginning of a record's member and are not."""
    yield b"\x1f\x8b\x08"
    yield HEADER
    yield member(b"nothing of WARC/")
    yield HEADER + b"\xff" * 20
    yield b"\x1f\x8b\x08\x1f" * 40


def test_a_record_is_found_after_decoys() -> None:
    """The next member is found whose data begins like a WARC record, and no other."""
    lead = b"".join(decoys())
    octets = lead + member(b"WARC/1.1\r\n") + member(b"WARC/1.0\r\n")
    stream = io.BytesIO(octets)
    first = find_member(stream, 0)
    assert len(lead) == first
    assert len(lead) + len(member(b"WARC/1.1\r\n")) == find_member(stream, len(lead) + 1)
    assert find_member(stream, len(octets) - 3) is None


def test_a_record_is_found_across_the_pieces_of_a_search() -> None:
    """A member that begins in one piece of the search and ends in the next is found."""
    wanted = member(b"WARC/1.1\r\n")
    for lead in range(128 * 1024 - 4, 128 * 1024 + 3):
        assert lead == find_member(io.BytesIO(b"\0" * lead + wanted), 0)


def test_a_window_ends_where_it_should() -> None:
    """A window reads nothing at or past its stop, and nothing where its stream became shorter."""
    stream = io.BytesIO(b"0123456789")
    window = Window(stream, 6)
    assert (b"45", b"", b"12345") == (window.at(4, 9), window.at(6, 1), b"".join(window.pieces(1, 99)))
    shrunk = Window(stream)
    stream.truncate(3)
    assert (b"12", 3) == (shrunk.at(1, 9), shrunk.stop)


BROKEN = {"gzip.bad-header", "gzip.truncated", "gzip.bad-data"}


@pytest.mark.parametrize(("octets", "expected"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("trust", [True, False])
def test_end_is_known_unless_the_data_is_broken(octets: bytes, expected: list[str], *, trust: bool) -> None:
    """Of a member whose data could be inflated, length and digest are those of all its octets."""
    found = Member(Window(io.BytesIO(b"before" + octets)), 6, trust_header=trust, digest=True)
    data = b"".join(found.chunks())
    assert len(data) == found.size_bytes
    if trust:
        assert expected == codes(found)
        assert found.is_broken == bool(BROKEN & set(expected))
    if found.is_broken:
        assert (None, True) == (found.digest, 0 < found.length <= len(octets))
    elif trust or "gzip.extra-fields" not in expected:  # whose fields are taken for data
        assert (Digest.of(octets), len(octets)) == (found.digest, found.length)


def test_any_cut_is_told() -> None:
    """Cut anywhere, a member is broken, all of what is left belongs to it, and it has no digest."""
    for size in range(1, len(SOUND)):
        found, data = read(SOUND[:size])
        assert ["gzip.truncated"] == codes(found)
        assert (True, size, None) == (found.is_broken, found.length, found.digest)
        assert TEXT.startswith(data)
        assert len(data) == found.size_bytes


def test_damage_is_told_where_it_is() -> None:
    """What could be read before damage, and both sums of the trailer, stand in the message."""
    found, data = read(member(NOISE, level=0)[:100_000] + b"\xff" * 100_000)
    assert ["gzip.bad-data"] == codes(found)
    assert f"past {len(data)} octets" in str(found.problem)
    assert NOISE[:90_000] == data[:90_000]
    crc, _ = read(CASES["bad CRC32"][0])
    assert f"CRC32 64636261; its data has {zlib.crc32(TEXT[:500]):08x}" in str(crc.problem)
    size, _ = read(CASES["bad ISIZE"][0])
    assert f"states {0x64636261} octets of data (modulo 2^32); it has 500" in str(size.problem)


def test_digest_is_taken_only_when_asked_for() -> None:
    """Without a digest a member is read all the same."""
    found = Member(Window(io.BytesIO(SOUND)), 0)
    assert TEXT[:500] == b"".join(found.chunks())
    assert (None, len(SOUND), ()) == (found.digest, found.length, found.problems)


@pytest.mark.parametrize("size", [PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES])
def test_data_as_long_as_a_piece_is_read(size: int) -> None:
    """Data of the length of a piece, or of one octet more or less, comes whole."""
    for level in (0, 9):
        found, data = read(member(NOISE[:size], level=level) + b"rest")
        assert (NOISE[:size], None) == (data, found.problem)


def test_next_member_is_where_the_last_one_ended() -> None:
    """Members are gone through from an offset on, also those with notes, up to the one that is broken."""
    parts = [SOUND, NAMED, SOUND, SOUND[:-1]]
    found = [*iter_members(io.BytesIO(b"".join(parts)), len(SOUND))]
    places = [len(SOUND), len(SOUND + NAMED), len(SOUND + NAMED + SOUND)]
    assert places == [each.offset for each in found]
    assert [["gzip.extra-fields"], [], ["gzip.truncated"]] == [codes(each) for each in found]
    assert [] == [*iter_members(io.BytesIO(SOUND), len(SOUND))]


def test_member_opens_with_what_its_data_begins_with() -> None:
    """A member is known by the first octets of its data, whatever its header has, and by nothing less."""
    for octets in (member(b"WARC/1.1"), with_fields(0x08, b"name\0", b"WARC/1.1")):
        window = Window(io.BytesIO(b"12" + octets))
        assert member_opens_with(window, 2, b"WARC/")
        assert not member_opens_with(window, 2, b"WARC/2")
        assert not member_opens_with(window, 1, b"WARC/")
    odd = Window(io.BytesIO(b"\0" * 10 + member(b"WARC/1.1")[10:]))
    assert member_opens_with(odd, 0, b"WARC/", trust_header=False)
    assert not member_opens_with(odd, 0, b"WARC/")
    assert not member_opens_with(Window(io.BytesIO(HEADER + b"\xff" * 20)), 0, b"WARC/")
    assert not member_opens_with(Window(io.BytesIO(b"")), 0, b"WARC/")
