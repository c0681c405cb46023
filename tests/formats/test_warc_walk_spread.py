"""Is a record found that takes several members, and where several stand in one?"""

from __future__ import annotations

import pytest

from preserve.formats.gzip_members import HEADER
from tests.formats.walks import codes, fields_of, ids_of, member, plain, walked

RECORD = plain(fields_of(1), b"abc")
NEXT = plain(fields_of(2), b"xyz")
LINE_ENDS = b"\r\n\r\n" + b"\n" * 12


def test_a_record_may_be_cut_anywhere() -> None:
    """A record in two members is one record, wherever it is cut; the empty line is no exception."""
    for cut in range(5, len(RECORD)):
        found = walked(member(RECORD[:cut]) + member(RECORD[cut:]) + member(NEXT))
        assert (["1", "2"], [["warc.record-spread"], []]) == (ids_of(found), codes(found)), cut


def test_a_record_does_not_go_on_after_damage() -> None:
    """What follows a member with a wrong CRC32 is not taken for the rest of its record."""
    first = member(RECORD[:50])
    found = walked(first[:-8] + bytes(4) + first[-4:] + member(RECORD[50:]) + member(NEXT))
    assert ["", "-", "2"] == ids_of(found)
    assert [["gzip.bad-crc", "warc.bad-header"], ["warc.garbage"], []] == codes(found)


def test_notes_of_every_member_of_a_record_are_kept() -> None:
    """A file name in the header of the first of several members is noted of the record."""
    named = HEADER[:3] + b"\x08" + HEADER[4:] + b"a.warc\0" + member(RECORD[:50])[10:]
    (found,) = walked(named + member(RECORD[50:]))
    assert ["warc.record-spread", "gzip.extra-fields"] == [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("between", "code", "sentence"),
    [
        (b"\n" * 13, "warc.missing-separator", f"Two CRLF should follow the block; seen: {LINE_ENDS!r}."),
        (b"junk", "warc.garbage", "4 octets that are no record follow the record: b'junk'."),
        (
            b"j" * 100 + b"\r\n\r\n",
            "warc.garbage",
            f"104 octets that are no record follow the record: {b'j' * 12!r}.",
        ),
        (
            b"j" * 100_000 + b"\r\n\r\n",
            "warc.garbage",
            f"100004 octets that are no record follow the record: {b'j' * 12!r}.",
        ),
    ],
)
def test_what_stands_between_records_of_a_member(between: bytes, code: str, sentence: str) -> None:
    """Octets between two records of a member belong to the first, and their number is said."""
    found = walked(member(RECORD + between + NEXT))
    assert (["1", "2"], ["warc.member-shared"]) == (ids_of(found), codes(found)[1])
    assert (code, sentence) == (found[0].problems[0].code, found[0].problems[0].message)
