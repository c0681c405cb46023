"""Tests of preserve.formats.zip_headers."""

from __future__ import annotations

import io
import struct

import pytest

from preserve.formats.zip_headers import End, Head, find_ends, read_central, read_local
from preserve.formats.zip_store import end_record

U32 = 0xFFFFFFFF
U16 = 0xFFFF


def _local(name: bytes = b"a/b", extra: bytes = b"", packed: int = 6, size: int = 7) -> bytes:
    fixed = struct.pack("<4s5H3I2H", b"PK\3\4", 1, 2, 3, 4, 5, 9, packed, size, len(name), len(extra))
    return fixed + name + extra


def _central(extra: bytes = b"", comment: bytes = b"", packed: int = 6, size: int = 7, at: int = 8) -> bytes:
    numbers = (1, 2, 3, 4, 5, 6, 9, packed, size, 3, len(extra), len(comment), 10, 11, 12, at)
    return struct.pack("<4s6H3I5H2I", b"PK\1\2", *numbers) + b"a/b" + extra + comment


def _field(*numbers: int, kind: int = 1) -> bytes:
    return struct.pack(f"<HH{len(numbers)}Q", kind, 8 * len(numbers), *numbers)


@pytest.mark.parametrize("at", [0, 5])
def test_local_header_is_told_field_by_field(at: int) -> None:
    """Every field of a local header comes from its place; cut anywhere, none is there."""
    raw = _local(extra=b"xy")
    data = b"-" * at + raw
    expected = Head(at=at, raw=raw, name=b"a/b", flags=2, method=3, crc=9, packed=6, size=7)
    assert expected == read_local(io.BytesIO(data + b"data"), at, 99)
    assert (at + len(raw), 0, 0, b"") == (
        expected.end,
        expected.offset,
        expected.attributes,
        expected.comment,
    )
    for stop in range(at, len(data)):
        assert read_local(io.BytesIO(data), at, stop) is None
        assert read_local(io.BytesIO(data[:stop]), at, 99) is None
    assert expected == read_local(io.BytesIO(data), at, len(data))
    for place in range(4):
        other = data[: at + place] + b"\0" + data[at + place + 1 :]
        assert read_local(io.BytesIO(other), at, 99) is None


@pytest.mark.parametrize("at", [0, 5])
def test_central_header_is_told_field_by_field(at: int) -> None:
    """Every field of a header of the directory comes from its place; cut anywhere, none is there."""
    raw = _central(extra=b"xy", comment=b"hello")
    data = b"-" * at + raw
    fields = {"flags": 3, "method": 4, "crc": 9, "packed": 6, "size": 7, "offset": 8, "attributes": 12}
    expected = Head(at=at, raw=raw, name=b"a/b", comment=b"hello", **fields)
    assert expected == read_central(io.BytesIO(data + b"data"), at, 99)
    for stop in range(at, len(data)):
        assert read_central(io.BytesIO(data), at, stop) is None
        assert read_central(io.BytesIO(data[:stop]), at, 99) is None
    assert expected == read_central(io.BytesIO(data), at, len(data))


class Dribble(io.BytesIO):
    """A stream that gives one octet a read."""

    def read(self, size: int | None = -1) -> bytes:
        """Give one octet."""
        return super().read(min(1, 1 if size is None or size < 0 else size))


def test_short_reads_are_gone_on_with() -> None:
    """A stream may give fewer octets than it is asked for."""
    assert read_local(Dribble(_local()), 0, 99) == read_local(io.BytesIO(_local()), 0, 99)


@pytest.mark.parametrize(
    ("extra", "packed", "size", "expected"),
    [
        (_field(1 << 33, 1 << 34), U32, U32, (1 << 34, 1 << 33)),
        (_field(5, 6), U32, U32, (6, 5)),
        (_field(1 << 33), 6, U32, (6, 1 << 33)),
        (_field(1 << 33), U32, 7, (1 << 33, 7)),
        (_field(1 << 33), 6, 7, (6, 7)),
        (_field(5, kind=9) + _field(1 << 33, 1 << 34), U32, U32, (1 << 34, 1 << 33)),
        (_field(5, kind=9), U32, U32, (U32, U32)),
        (_field(1 << 33), U32, U32, (U32, 1 << 33)),
        (_field(1 << 33) + _field(2, 3), U32, U32, (U32, 1 << 33)),
        (struct.pack("<HH7s", 1, 7, b"1234567"), U32, U32, (U32, U32)),
        (struct.pack("<HH7s", 1, 7, b"1234567") + _field(5, kind=9), U32, U32, (U32, U32)),
        (struct.pack("<HH8s", 1, 8, b"\1" + bytes(7)), 6, U32, (6, 1)),
        (struct.pack("<HH", 1, 0), U32, U32, (U32, U32)),
        (b"\1\0\x10", U32, U32, (U32, U32)),
        (b"", U32, U32, (U32, U32)),
        (_field(1, 2), U32 - 1, U32 - 1, (U32 - 1, U32 - 1)),
    ],
)
def test_wide_sizes_are_taken_from_their_field(
    extra: bytes, packed: int, size: int, expected: tuple[int, int]
) -> None:
    """Of sizes that are 0xFFFFFFFF the ZIP64 field has the numbers, in the order of APPNOTE 4.5.3."""
    for head in (
        read_local(io.BytesIO(_local(extra=extra, packed=packed, size=size)), 0, 999),
        read_central(io.BytesIO(_central(extra=extra, packed=packed, size=size)), 0, 999),
    ):
        assert head is not None
        assert expected == (head.packed, head.size)


def test_wide_offset_comes_after_the_sizes() -> None:
    """An offset of 0xFFFFFFFF is the third number of the field, or the first if no size is in it."""
    for extra, sizes in ((_field(1, 2, 3), (U32, U32)), (_field(3), (6, 7))):
        raw = _central(extra=extra, packed=sizes[0], size=sizes[1], at=U32)
        head = read_central(io.BytesIO(raw), 0, 999)
        assert head is not None
        assert 3 == head.offset


def _end(comment: bytes = b"", count: int = 3, length: int = 4, offset: int = 5) -> bytes:
    return struct.pack("<4s4H2IH", b"PK\5\6", 1, 2, 9, count, length, offset, len(comment)) + comment


def _ends(data: bytes) -> list[End]:
    return list(find_ends(io.BytesIO(data), len(data)))


@pytest.mark.parametrize("after", [b"", b"-", b"-" * 70])
@pytest.mark.parametrize("comment", [b"", b"hello"])
def test_end_record_is_told_field_by_field(comment: bytes, after: bytes) -> None:
    """The end record is found before what stands behind it, with the numbers of all disks."""
    raw = _end(comment)
    expected = End(at=6, stop=6 + len(raw), raw=raw, count=3, length=4, offset=5, comment=comment)
    assert [expected] == _ends(b"before" + raw + after)
    assert -3 == expected.base


def test_ends_come_from_the_last_on() -> None:
    """Of several end records, also one in the comment of another, the last comes first; none that is cut."""
    inner = _end(count=7)
    assert [7, 3] == [end.count for end in _ends(_end(inner))]
    assert [8, 7] == [end.count for end in _ends(inner + _end(count=8))]
    assert [7] == [end.count for end in _ends(inner + _end(count=8)[:21])]
    assert [] == _ends(_end(b"hello")[:-1])
    assert [7] == [end.count for end in _ends(inner + b"PK\5\6")]
    assert [] == _ends(b"")


@pytest.mark.parametrize(("more", "found"), [(0, 1), (1, 0)])
def test_end_is_looked_for_as_far_as_a_comment_reaches(more: int, found: int) -> None:
    """An end record before more than the longest comment is not looked for."""
    data = b"x" * 9 + _end() + b"-" * (U16 + more)
    assert found == len(_ends(data))


@pytest.mark.parametrize(
    ("count", "length", "offset"), [(U16, 1, 2), (3, U32, 2), (3, 1, U32), (1 << 20, 1 << 33, 1 << 40)]
)
@pytest.mark.parametrize("before", [b"", b"before"])
def test_wide_end_is_taken_from_its_record(count: int, length: int, offset: int, before: bytes) -> None:
    """Numbers that are all ones come from the ZIP64 end, which belongs to the end."""
    raw = end_record(count, length, offset)
    assert 98 == len(raw)
    at = len(before)
    (end,) = _ends(before + raw)
    assert (at, at + 98, raw, count, length, offset) == (
        end.at,
        end.stop,
        end.raw,
        end.count,
        end.length,
        end.offset,
    )


@pytest.mark.parametrize("change", ["no first signature", "no second signature", "nothing before"])
def test_end_without_its_wide_form_stays_as_it_is(change: str) -> None:
    """Where no ZIP64 end stands just before, the numbers are those that are there."""
    raw = end_record(1 << 20, 1 << 33, 1 << 40)
    raw = {
        "no first signature": b"PK\6\5" + raw[4:],
        "no second signature": raw[:56] + b"PK\6\6" + raw[60:],
        "nothing before": raw[1:],
    }[change]
    (end,) = _ends(raw)
    assert (len(raw) - 22, raw[-22:], U16, U32, U32) == (end.at, end.raw, end.count, end.length, end.offset)


def test_plain_end_is_not_widened() -> None:
    """Numbers that fit are taken as they are, whatever stands before them."""
    wide = end_record(1 << 20, 1 << 33, 1 << 40)[:-22]
    (end,) = _ends(wide + _end(count=U16 - 1, length=U32 - 1, offset=U32 - 1))
    assert (len(wide), U16 - 1, U32 - 1, U32 - 1) == (end.at, end.count, end.length, end.offset)
