"""Tests of preserve.formats.lines."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.errors import RecordsSyntaxError
from preserve.formats.lines import any_lines, lf_lines


def lf(data: bytes, most: int = 100) -> list[tuple[int, str]]:
    """Return the numbered lines of a file of ours."""
    return list(lf_lines(io.BytesIO(data), RecordsSyntaxError, "x.tsv", most=most))


def foreign(data: bytes, encoding: str = "utf-8", most: int = 100) -> list[str]:
    """Return the lines of a file of somebody else's, which are numbered from one."""
    found = [*any_lines(io.BytesIO(data), RecordsSyntaxError, "x.txt", encoding=encoding, most=most)]
    assert [*range(1, len(found) + 1)] == [number for number, _ in found]
    return [text for _, text in found]


def test_lines_are_numbered_from_one() -> None:
    """Each line comes with its one-based number and without its LF."""
    expected = [(1, "a"), (2, ""), (3, "é\u2028x")]
    assert expected == lf("a\n\né\u2028x\n".encode())


@pytest.mark.parametrize(
    ("data", "line", "word"),
    [
        (b"a\nb", 2, "LF"),
        (b"a\r\n", 1, "carriage return"),
        (b"a\n\xff\n", 2, "byte 1 is not UTF-8"),
        (b"ab\xff\n", 1, "byte 3 is not UTF-8"),
        (b"a\n" + b"b" * 100 + b"\n", 2, "longer"),
        (b"b" * 1000, 1, "longer"),
    ],
)
def test_line_that_breaks_a_rule_is_named(data: bytes, line: int, word: str) -> None:
    """A line that is too long, not UTF-8 or not ended by LF is refused by its number."""
    with pytest.raises(RecordsSyntaxError, match=rf"x\.tsv line {line}: .*{word}") as caught:
        lf(data)
    assert line == caught.value.facts["line"]


def test_longest_line_is_allowed() -> None:
    """A line of exactly the length allowed is read."""
    assert [(1, "b" * 99)] == lf(b"b" * 99 + b"\n")


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-16", "utf-16-le", "ISO-8859-1", "US-ASCII"])
def test_all_three_line_ends_are_read(encoding: str) -> None:
    """LF, CR and CRLF end a line in every encoding, and so does the end of the file."""
    assert ["a", "b", "c", "", "d"] == foreign("a\nb\rc\r\n\r\nd".encode(encoding), encoding)


@pytest.mark.parametrize("encoding", ["hex", "base64", "utf-7", "no such", "a\0b", "unicode_escape"])
def test_what_is_no_encoding_of_text_is_refused(encoding: str) -> None:
    """A codec that Python knows but that is no encoding of text is as unknown as any other."""
    with pytest.raises(RecordsSyntaxError, match="is not known") as caught:
        foreign(b"a", encoding)
    assert 0 == caught.value.facts["line"]


def test_octets_of_another_encoding_are_refused() -> None:
    """Octets that the declared encoding cannot read are a fault, not replaced."""
    with pytest.raises(RecordsSyntaxError, match="is not utf-8 text") as caught:
        foreign(b"a\n\xff")
    assert 0 == caught.value.facts["line"]


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"b" * 101 + b"\n", 1), (b"b" * 300_000, 1), (b"a\r" + b"b" * 101, 2), (b"a\n\n" + b"b" * 300_000, 3)],
)
def test_foreign_line_that_is_too_long_is_refused(data: bytes, line: int) -> None:
    """A line longer than allowed is refused before it is whole, by its number."""
    stream = io.BytesIO(data)
    with pytest.raises(RecordsSyntaxError, match=rf"line {line}: longer than 100") as caught:
        list(any_lines(stream, RecordsSyntaxError, "x.txt", most=100))
    assert line == caught.value.facts["line"]
    assert stream.tell() <= 1 << 16


@pytest.mark.parametrize("end", [b"", b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("begin", [b"", b"a\n"])
def test_longest_foreign_line_is_allowed(begin: bytes, end: bytes) -> None:
    """A line of exactly the length allowed is read, however it ends and in whatever pieces it comes."""
    data = begin + b"b" * 100 + end
    expected = [*begin.decode().split(), "b" * 100]
    assert expected == foreign(data)
    slow = any_lines(OneByOne(data), RecordsSyntaxError, "x.txt", most=100)  # type: ignore[arg-type]
    assert expected == [text for _, text in slow]


class OneByOne(io.RawIOBase):
    """A stream that gives one octet a read."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._octets = iter(data)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed's Buffer has no items
        """Give the next octet."""
        for octet in self._octets:
            buffer[0] = octet
            return 1
        return 0


@given(st.lists(st.sampled_from(["a", "é", "\r", "\n", "\r\n", "\x85", "\u2028"])))
@settings(max_examples=100, deadline=None)
def test_lines_do_not_depend_on_the_pieces_read(parts: list[str]) -> None:
    """However the octets arrive, the lines are those of universal newlines."""
    data = "".join(parts).encode()
    expected = io.TextIOWrapper(io.BytesIO(data), "utf-8").read().split("\n")
    expected = expected if expected[-1] else expected[:-1]
    slow = any_lines(OneByOne(data), RecordsSyntaxError, "x.txt")  # type: ignore[arg-type] # reads like one
    assert expected == foreign(data, most=1000)
    assert expected == [text for _, text in slow]


def test_the_longest_line_is_a_mebibyte() -> None:
    """Without another limit, a line of 1 MiB with its LF is read, and one octet more is refused."""
    line = b"b" * ((1 << 20) - 1) + b"\n"
    assert [1] == [number for number, _ in lf_lines(io.BytesIO(line), RecordsSyntaxError, "x.tsv")]
    with pytest.raises(RecordsSyntaxError, match="longer than 1048576 bytes"):
        list(lf_lines(io.BytesIO(b"b" + line), RecordsSyntaxError, "x.tsv"))
