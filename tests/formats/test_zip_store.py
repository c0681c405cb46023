"""Tests of preserve.formats.zip_store."""

from __future__ import annotations

import hashlib
import io
import struct
import subprocess
import zipfile
from typing import TYPE_CHECKING, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.formats.zip_store import ZipWritten, central_header, end_record, write_zip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from preserve.formats.zip_store import ZipEntry

EXAMPLE = {"pages/pages.jsonl": b"{}\n", "archive/a.warc.gz": b"\x1f\x8b" * 9, "empty": b""}


def opener(data: bytes) -> Callable[[], BinaryIO]:
    """Return what opens some octets."""
    return lambda: io.BytesIO(data)


def entries(files: Mapping[str, bytes]) -> list[ZipEntry]:
    """Return the entries of files in memory."""
    return [(name, len(data), opener(data)) for name, data in files.items()]


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the ZIP of files in memory."""
    out = io.BytesIO()
    write_zip(out, entries(files))
    return out.getvalue()


def test_example_is_the_same_to_the_bit() -> None:
    """The ZIP of three small files has the digest that it had when the format was fixed."""
    expected = "94bd6c316cb673425cea9cbe423267adab66a491e642c5a9129258078da461ee"
    assert expected == hashlib.sha256(zipped(EXAMPLE)).hexdigest()


def test_order_of_the_entries_does_not_matter() -> None:
    """Entries given in another order make the same octets."""
    backwards = dict(reversed(list(EXAMPLE.items())))
    assert zipped(EXAMPLE) == zipped(backwards)


def test_one_stored_file_is_laid_out_as_specified() -> None:
    """Every octet of a ZIP with one file is the one that APPNOTE and section 14 ask for."""
    crc = "c2412435"
    local = f"504b0304 1400 0000 0000 0000 2100 {crc} 03000000 03000000 0100 0000 61 616263"
    central = f"504b0102 1403 1400 0000 0000 0000 2100 {crc} 03000000 03000000 0100 0000 0000 0000 0000"
    central += "0000a481 00000000 61"
    end = "504b0506 0000 0000 0100 0100 2f000000 22000000 0000"
    assert bytes.fromhex(local + central + end) == zipped({"a": b"abc"})


def test_zip_without_files_is_its_end_record() -> None:
    """A ZIP of nothing is 22 octets, which zipfile reads as empty."""
    data = zipped({})
    assert len(data) == 22
    assert [] == zipfile.ZipFile(io.BytesIO(data)).namelist()


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,2}", fullmatch=True), st.binary(max_size=400))
)
@settings(max_examples=100, deadline=None)
def test_zipfile_reads_what_was_written(files: dict[str, bytes]) -> None:
    """The reader of the standard library finds every file, its date, mode and octets."""
    with zipfile.ZipFile(io.BytesIO(zipped(files))) as found:
        assert found.testzip() is None
        assert sorted(files) == found.namelist()
        assert files == {name: found.read(name) for name in found.namelist()}
        for info in found.infolist():
            assert (1980, 1, 1, 0, 0, 0) == info.date_time
            assert info.external_attr == 0o100644 << 16
            assert (3, 20, 20, 0, zipfile.ZIP_STORED) == (
                info.create_system,
                info.create_version,
                info.extract_version,
                info.flag_bits,
                info.compress_type,
            )


def test_zip_may_begin_inside_a_stream() -> None:
    """What stands before the ZIP in the output stays, and offsets count from the ZIP's first octet."""
    out = io.BytesIO(b"before")
    out.seek(6)
    write_zip(out, entries(EXAMPLE))
    assert b"before" + zipped(EXAMPLE) == out.getvalue()
    assert len(out.getvalue()) == out.tell()


def test_unzip_accepts_it(tmp_path: Path, program: Callable[[str], Path]) -> None:
    """``unzip -t`` finds no error."""
    unzip = program("unzip")
    (tmp_path / "x.zip").write_bytes(zipped(EXAMPLE))
    done = subprocess.run([unzip, "-tq", tmp_path / "x.zip"], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    "name", ["", "/a", "a/", "a//b", "./a", "a/../b", "..", "a\\b", "é", "a b", "a\nb", "a" * 70_000]
)
def test_name_that_readers_could_take_differently_is_refused(name: str) -> None:
    """Names are relative, printable ASCII, with no dot segments."""
    with pytest.raises(ValueError, match="cannot be the name of a ZIP entry"):
        zipped({name: b""})


def test_name_that_stands_twice_is_refused() -> None:
    """Two entries of one name would be read differently by different readers."""
    with pytest.raises(ValueError, match="'a' stands twice"):
        write_zip(io.BytesIO(), [*entries({"a": b""}), *entries({"a": b"x"})])


@pytest.mark.parametrize(("size", "word"), [(2, "longer"), (4, "shorter")])
def test_file_of_another_size_is_an_error(size: int, word: str) -> None:
    """A file that changed its size while it was packed is noticed."""
    with pytest.raises(ValueError, match=f"a is {word} than the {size} bytes"):
        write_zip(io.BytesIO(), [("a", size, opener(b"abc"))])


class Zeros(io.RawIOBase):
    """A file of zeros, as long as asked for, without holding them."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed's Buffer has no len
        """Give zeros; the buffer is assumed to hold none but zeros."""
        given = min(len(buffer), self._left)
        self._left -= given
        return given


class Sparse(io.RawIOBase):
    """An output that keeps the octets that are not zero, by offset."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0
        self.size = 0
        self.kept: dict[int, bytes] = {}

    def seekable(self) -> bool:
        """Say that it can be sought."""
        return True

    def tell(self) -> int:
        """Return where it stands."""
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to an offset from the start."""
        assert whence == 0
        self.at = offset
        return offset

    def write(self, data: bytes) -> int:  # type: ignore[override] # typeshed's Buffer has no len
        """Keep the octets that matter."""
        if len(data) < 1000:
            self.kept[self.at] = data
        self.at += len(data)
        self.size = max(self.size, self.at)
        return len(data)


def test_sizes_and_offsets_beyond_four_gigabytes_are_zip64() -> None:
    """A size or offset of 2^32-1 or more is 0xFFFFFFFF in its field and stands in a ZIP64 field."""
    big = 0xFFFFFFFF
    out = Sparse()
    big_file: ZipEntry = ("a", big, lambda: io.BufferedReader(Zeros(big), 1 << 16))
    write_zip(out, [big_file, ("b", 1, opener(b"x"))])  # type: ignore[arg-type] # writes like one
    local = bytes.fromhex("504b0304 2d00 0000 0000 0000 2100 00000000 ffffffff ffffffff 0100 1400") + b"a"
    field = struct.pack("<HHQQ", 1, 16, big, big)
    assert local + field == out.kept[0]
    second = len(local + field) + big
    directory = second + 32
    first = bytes.fromhex("504b0102 2d03 2d00 0000 0000 0000 2100") + out.kept[14]
    first += bytes.fromhex("ffffffff ffffffff 0100 1400")
    assert out.kept[directory].startswith(first)
    assert out.kept[directory].endswith(b"a" + field)
    other = out.kept[directory + len(out.kept[directory])]
    assert bytes.fromhex("504b0102 2d03 2d00") == other[:8]
    assert other.endswith(b"\xff\xff\xff\xffb" + struct.pack("<HHQ", 1, 8, second))
    end = out.kept[max(out.kept)]
    length = len(out.kept[directory]) + len(other)
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 0x32D, 45, 0, 0, 2, 2, length, directory)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, directory + length, 1)
    narrow = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 2, 2, length, 0xFFFFFFFF, 0)
    assert wide + locator + narrow == end


def test_many_files_are_zip64() -> None:
    """A ZIP of 65 535 files, which the end record cannot count, is read by zipfile."""
    files = {f"{number:05d}": b"" for number in range(0xFFFF)}
    data = zipped(files)
    assert b"PK\6\6" in data[-100:]
    assert sorted(files) == zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_longest_name() -> None:
    """A name may be as long as its field can say."""
    name = "a" * 0xFFFF
    assert [name] == zipfile.ZipFile(io.BytesIO(zipped({name: b""}))).namelist()


BIG = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("size", "offset", "wide"),
    [
        (BIG - 1, BIG - 1, []),
        (BIG, BIG - 1, [BIG, BIG]),
        (BIG - 1, BIG, [BIG]),
        (BIG, BIG + 1, [BIG, BIG, BIG + 1]),
    ],
)
def test_numbers_that_a_header_cannot_hold_stand_in_its_zip64_field(
    size: int, offset: int, wide: list[int]
) -> None:
    """From 0xFFFFFFFF on, which is the mark for it, a size or offset stands in the ZIP64 field."""
    header = central_header(ZipWritten(name=b"a", size=size, crc=0, offset=offset))
    field = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    assert b"a" + field == header[46:]
    assert struct.pack("<II", *[min(size, BIG)] * 2) == header[20:28]
    assert struct.pack("<I", min(offset, BIG)) == header[42:46]


@pytest.mark.parametrize(
    ("count", "length", "offset", "wide"),
    [
        (0xFFFE, BIG - 1, BIG - 1, False),
        (0xFFFF, 0, 0, True),
        (1, BIG, 0, True),
        (1, 0, BIG, True),
    ],
)
def test_end_that_one_record_cannot_say_has_two(count: int, length: int, offset: int, *, wide: bool) -> None:
    """From the highest number of its fields on, the end is said in ZIP64 form before it."""
    end = end_record(count, length, offset)
    assert wide == (len(end) == 56 + 20 + 22)
    assert struct.pack("<HII", count, min(length, BIG), min(offset, BIG)) == end[-12:-2]
    if wide:
        assert struct.pack("<QQ", length, offset) == end[40:56]
