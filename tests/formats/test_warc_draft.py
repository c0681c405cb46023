"""Tests of preserve.formats.warc.draft: headers without an end, and what follows a block."""

from __future__ import annotations

import pytest

from preserve.formats.warc.draft import Draft
from preserve.formats.warc.feed import Skipped
from tests.formats.walks import fields_of, member, plain, walked

RECORD = plain(fields_of(1), b"abc")
LINES = b"WARC/1.1\r\nWARC-Type: a\r\nWARC-Date: b\r\n"
BETWEEN = (
    "Content-Length is 3, but {size} octets stand between the block's end and what follows, "
    "beginning with {seen}."
)
FIELDS = (("WARC-Type", "a"), ("WARC-Date", "b"))


def test_lines_of_a_header_may_end_with_lf_alone() -> None:
    """Of a header that does not end, a line that ends with LF alone is whole, too."""
    draft = Draft()
    draft.read_header(LINES.replace(b"\r\n", b"\n") + b"WARC", is_whole=False)
    assert draft.header is not None
    assert FIELDS == draft.header.fields


@pytest.mark.parametrize("more", [b"", b"W", b"WARC-Record-ID: <c>", b"WARC-Record-ID: <c>\r"])
def test_whole_lines_of_a_header_without_end_are_read(more: bytes) -> None:
    """Of a header that does not end, the lines that do are read, in a broken member too."""
    draft = Draft()
    draft.read_header(LINES + more, is_whole=False)
    assert draft.header is not None
    assert (FIELDS, None) == (draft.header.fields, draft.length)
    assert ["warc.bad-header"] == [each.code for each in draft.problems]
    octets = member(LINES + more + bytes(9), level=0)
    (found,) = walked(octets[: -8 - 9])
    assert found.header is not None
    assert (FIELDS, ["gzip.truncated"]) == (found.header.fields, [each.code for each in found.problems])


@pytest.mark.parametrize(
    ("opening", "more", "code", "sentence"),
    [
        (b"", 0, "warc.missing-separator", "Two CRLF should follow the block; seen: b''."),
        (b"\n\n", 0, "warc.missing-separator", "Two CRLF should follow the block; seen: b'\\n\\n'."),
        (b"\r\n\r\nx", 0, "warc.garbage", "1 octets that are no record follow the record: b'x'."),
        (b"\r\n\r\n", 90, "warc.garbage", "90 octets that are no record follow the record: b''."),
        (
            b"twelve bytes",
            0,
            "warc.missing-separator",
            "Two CRLF should follow the block; seen: b'twelve bytes'.",
        ),
        (
            b"thirteen byte",
            0,
            "warc.block-length",
            BETWEEN.format(size=13, seen=b"thirteen byte"),
        ),
        (b"de\r\n\r\n", 0, "warc.block-length", "Content-Length is 3, but the block has 5 octets."),
        (
            b"thirteen byte\r\n\r\n",
            0,
            "warc.block-length",
            "Content-Length is 3, but the block has 16 octets.",
        ),
        (
            b"de\r\n\r\n",
            90,
            "warc.block-length",
            BETWEEN.format(size=96, seen=b"de\r\n\r\n"),
        ),
    ],
)
def test_what_follows_a_block_is_judged(opening: bytes, more: int, code: str, sentence: str) -> None:
    """Octets between a block and the next record are line ends, garbage, or more of the block."""
    draft = Draft()
    draft.judge_tail(3, Skipped(len(opening) + more, opening))
    assert [(code, sentence)] == [(each.code, each.message) for each in draft.problems]


def test_two_crlf_are_right() -> None:
    """Of the separator of the standard nothing is said."""
    draft = Draft()
    draft.judge_tail(3, Skipped(4, b"\r\n\r\n"))
    assert [] == draft.problems


def test_sentence_says_when_a_member_ends() -> None:
    """Of a member that ends inside a block it is said how much of the block there is."""
    (found,) = walked(member(plain(fields_of(1), b"abc", 90)))
    sentence = "Content-Length is 90, but the member ends when 7 octets have come."
    assert [sentence] == [each.message for each in found.problems]
