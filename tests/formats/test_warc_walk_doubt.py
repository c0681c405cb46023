"""Where does a walk go on when it is in doubt what stands there?"""

from __future__ import annotations

import pytest

from preserve.formats.gzip_members import HEADER
from tests.formats.walks import codes, fields_of, ids_of, member, plain, walked

RECORD = plain(fields_of(1), b"abc")
NEXT = plain(fields_of(2), b"xyz")
INNER = plain(fields_of(7), b"inner")
BARE = RECORD[:-4]
LONG = plain(fields_of(1), b"abc", 90)
BROKEN = member(plain(fields_of(3), b"\r\n\r\n" + INNER + bytes(40_000)), level=0)[:30_000]
"""A stored member cut short, with a record in the block of its own."""


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        HEADER[:3] + b"\x08" + HEADER[4:] + b"a.warc\0",
        b"\x1e" + HEADER[1:],
        HEADER[:3] + b"\x04" + HEADER[4:],
    ],
    ids=["sound", "with a name", "of another magic number", "with another flag"],
)
def test_file_of_members_has_no_records_in_the_clear(header: bytes) -> None:
    """Once a member with a record was seen, text like a record in a broken member is none."""
    found = walked(header + member(RECORD)[10:] + header + BROKEN[10:] + member(NEXT))
    assert ["1", "3", "2"] == ids_of(found)


def test_file_in_the_clear_has_no_members() -> None:
    """Once an uncompressed record was seen, a member in the block of a damaged one is no record."""
    found = walked(NEXT + plain(fields_of(1), member(INNER), 90_000) + NEXT)
    assert (["2", "1", "2"], [[], ["warc.block-length"], []]) == (ids_of(found), codes(found))


def test_a_word_like_a_version_settles_nothing() -> None:
    """A file that begins with the word WARC, and no version, may be one of members."""
    found = walked(b"WARC/files are read here\r\n\r\n" + member(RECORD))
    assert (["-", "1"], [["warc.bad-header"], []]) == (ids_of(found), codes(found))


@pytest.mark.parametrize("make", [member, bytes], ids=["members", "in the clear"])
@pytest.mark.parametrize("junk", [b"junk", b"\0", b"twelve bytes", b"thirteen byte", HEADER, b"a: b\r\n"])
def test_octets_before_the_first_record_are_a_stretch_of_their_own(make: type[bytes], junk: bytes) -> None:
    """What stands before the first record is told for itself, and the record is sound."""
    found = walked(junk + make(RECORD) + make(NEXT))
    assert (0, len(junk)) == (found[0].offset, found[0].length)
    assert (["1", "2"], [[], []]) == (ids_of(found[1:]), codes(found[1:]))


DOUBTS: dict[str, tuple[bytes, str, list[list[str]]]] = {
    # name: octets, ids found, codes of each
    "text like a header among members": (
        member(RECORD) + NEXT.replace(b"WARC/", b"WORC/") + member(NEXT),
        "1-2",
        [[], ["warc.garbage"], []],
    ),
    "text of a record behind other octets, among members": (
        member(RECORD) + b"xx" + INNER + member(NEXT),
        "1-2",
        [[], ["warc.garbage"], []],
    ),
    "not framed, behind other octets": (
        b"junk" + LONG + NEXT,
        "-12",
        [["warc.garbage"], ["warc.block-length"], []],
    ),
    "two that are not framed": (
        LONG + plain(fields_of(3), b"abc", 90) + NEXT,
        "132",
        [["warc.block-length"], ["warc.block-length"], []],
    ),
    "framed, and odd only": (
        LONG + b"x" * 20 + NEXT.replace(b"\r\n", b"\n", 3) + RECORD,
        "121",
        [["warc.block-length"], [], []],
    ),
    "framed, at the end": (LONG + b"x" * 20 + NEXT, "12", [["warc.block-length"], []]),
    "framed, without a date": (
        LONG + b"x" * 20 + NEXT.replace(b"WARC-Date", b"WARC-Dote") + RECORD,
        "11",
        [["warc.block-length"], []],
    ),
    "nothing after the block": (NEXT + BARE, "21", [[], ["warc.missing-separator"]]),
    "line ends after the block": (NEXT + BARE + b"\n" * 64, "21", [[], ["warc.missing-separator"]]),
    "many line ends after the block": (NEXT + BARE + b"\n" * 65, "21", [[], ["warc.block-length"]]),
    "four octets after the block": (NEXT + BARE + b"four", "21", [[], ["warc.missing-separator"]]),
    "five octets after the block": (NEXT + BARE + b"fives", "21", [[], ["warc.block-length"]]),
    "framed, nothing behind": (
        LONG + b"x" * 20 + NEXT + b"x" * 20 + RECORD,
        "11",
        [["warc.block-length"], []],
    ),
}


@pytest.mark.parametrize(("octets", "ids", "expected"), DOUBTS.values(), ids=DOUBTS)
def test_what_is_a_record_and_what_is_none(octets: bytes, ids: str, expected: list[list[str]]) -> None:
    """What is beyond doubt a record is found; what may be text in another one is not."""
    found = walked(octets)
    assert (list(ids), expected) == (ids_of(found), codes(found))


def test_inner_file_of_the_last_member_is_left_alone() -> None:
    """A wrong CRC32 of the last member of a file is no reason to look for records inside of it."""
    octets = member(plain(fields_of(7), member(INNER)), level=0)
    found = walked(octets[:-8] + bytes(4) + octets[-4:])
    assert (["7"], [["gzip.bad-crc"]]) == (ids_of(found), codes(found))


@pytest.mark.parametrize("size", [1_000, 2_048, 3_000, 16_384, 20_000, 200_000])
def test_long_headers_in_the_clear_are_read(size: int) -> None:
    """A header of an uncompressed record may be as long as that of any other."""
    found = walked(plain(fields_of(1, Long="x" * size), b"abc") + NEXT)
    assert (["1", "2"], [[], []]) == (ids_of(found), codes(found))


@pytest.mark.parametrize("wrong", ["", "Not-a-field\r\n"])
def test_a_field_that_names_a_version_is_no_record(wrong: str) -> None:
    """A value that ends like a version line does not end the header, be it sound, odd or bad."""
    header = RECORD.replace(b"WARC-Date", f"{wrong}Written-As: WARC/1.1\nWARC-Date".encode())
    found = walked(header + NEXT)
    assert (["1", "2"], [["warc.bad-header"] * bool(wrong), []]) == (ids_of(found), codes(found))


HEAD = LONG[: -len(b"abc\r\n\r\n")]


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (LONG + NEXT, "Content-Length is 90, but the block has 3 octets."),
        (HEAD + NEXT, "Content-Length is 90, but the block has 0 octets."),
        (LONG, f"The file ends at {len(LONG)}, 83 octets before the block does."),
        (
            BARE + b"x" * 100,
            "Content-Length is 3, but no record and no end follows there.",
        ),
    ],
)
def test_sentence_says_how_much_of_a_block_is_there(octets: bytes, sentence: str) -> None:
    """Where a block is not as long as its header says, the sentence has both lengths."""
    assert sentence == walked(octets)[0].problems[0].message


def test_sentence_says_how_many_octets_are_no_record() -> None:
    """Of octets that are no record, number and place are said, and how they begin."""
    at = len(member(RECORD))
    sentence = f"20 octets at offset {at} are no record; they begin with {b'x' * 16!r}."
    assert sentence == walked(member(RECORD) + b"x" * 20 + member(NEXT))[1].problems[0].message
