"""Tests of preserve.formats.cdxj."""

from __future__ import annotations

import contextlib
import gzip
import io
import json

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.errors import CdxjSyntaxError
from preserve.formats.cdxj import (
    BLOCK_LINES,
    CdxLine,
    IdxLine,
    format_idx_line,
    format_line,
    parse_line,
    read_idx,
    read_index,
    write_index,
)
from preserve.model.digest import Digest

FIELDS = {
    "url": "https://example.org/é",
    "mime": "text/html",
    "status": "200",
    "digest": "sha256:00",
    "length": "412",
    "offset": "0",
    "filename": "a.warc.gz",
    "recordDigest": "sha256:01",
}
LINE = CdxLine(key="org,example)/%c3%a9", stamp="20261122101500123", fields=FIELDS)
META = b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n'


def index(lines: list[CdxLine]) -> tuple[bytes, bytes]:
    """Return both files of an index."""
    cdx, idx = io.BytesIO(), io.BytesIO()
    assert len(lines) == write_index(lines, cdx, idx)
    return cdx.getvalue(), idx.getvalue()


def numbered(count: int) -> list[CdxLine]:
    """Return lines in descending order of their keys."""
    return [attrs.evolve(LINE, key=f"org,example)/{number:06d}") for number in reversed(range(count))]


def test_line_is_key_stamp_and_object() -> None:
    """A line is key, stamp and an object whose keys stand in the order given."""
    expected = (
        'org,example)/%c3%a9 20261122101500123 {"url": "https://example.org/\\u00e9", "mime": "text/html", '
        '"status": "200", "digest": "sha256:00", "length": "412", "offset": "0", "filename": "a.warc.gz", '
        '"recordDigest": "sha256:01"}\n'
    )
    assert expected == format_line(LINE)
    assert LINE == parse_line(expected)


def test_numbers_are_read_as_text() -> None:
    """Other writers leave lengths as numbers; they are read as their text."""
    line = parse_line('org,example)/ 20261122101500 {"length": 412, "status": "-"}')
    assert {"length": "412", "status": "-"} == line.fields


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a",
        "a 20261122101500",
        "a 20261122101500 ",
        "a 2026112210150 {}",
        "a 2026112210150012 {}",
        "a 20261122101500 []",
        "a 20261122101500 {} x",
        'a 20261122101500 {"a": null}',
        'a 20261122101500 {"a": true}',
        'a 20261122101500 {"a": 1.5}',
        'a 20261122101500 {"a": {}}',
        'a 20261122101500 {"a": "1", "a": "1"}',
        " 20261122101500 {}",
        "a  20261122101500 {}",
        "a\t20261122101500 {}",
    ],
)
def test_line_of_another_form_is_refused(text: str) -> None:
    """A line must be a key, a stamp of 14 or 17 digits and an object of texts and whole numbers."""
    with pytest.raises(CdxjSyntaxError):
        parse_line(text)


@pytest.mark.parametrize(("key", "stamp"), [("a b", LINE.stamp), ("", LINE.stamp), ("a", "2026")])
def test_line_that_could_not_be_read_is_not_written(key: str, stamp: str) -> None:
    """A key with white space is an error of the caller."""
    with pytest.raises(ValueError, match="cannot begin a CDXJ line"):
        format_line(attrs.evolve(LINE, key=key, stamp=stamp))


def test_index_is_sorted_by_octets() -> None:
    """Lines are sorted by key, then stamp, then their object, whatever their order was."""
    lines = [
        attrs.evolve(LINE, key="org,example)/b"),
        attrs.evolve(LINE, key="org,example)/a", stamp="20261122101500124"),
        attrs.evolve(LINE, key="org,example)/a", fields=FIELDS | {"url": "z"}),
        attrs.evolve(LINE, key="org,example)/a"),
        attrs.evolve(LINE, key="org,example)/B"),
    ]
    expected = [lines[4], lines[3], lines[2], lines[1], lines[0]]
    cdx, _ = index(lines)
    assert expected == list(read_index(io.BytesIO(cdx)))
    text = gzip.decompress(cdx).splitlines()
    assert sorted(text) == text


def test_index_is_cut_into_members() -> None:
    """Each member holds 3 000 lines, the last what is left, and index.idx says where each lies."""
    cdx, idx = index(numbered(2 * BLOCK_LINES + 1))
    found = list(read_idx(io.BytesIO(idx)))
    assert META == idx.partition(b"\n")[0] + b"\n"
    assert ["org,example)/000000", "org,example)/003000", "org,example)/006000"] == [
        each.key for each in found
    ]
    for each, lines in zip(found, (BLOCK_LINES, BLOCK_LINES, 1), strict=True):
        member = cdx[each.offset : each.offset + each.length]
        assert each.digest == Digest.of(member)
        assert lines == gzip.decompress(member).count(b"\n")
        assert member.startswith(bytes.fromhex("1f8b0800 00000000 00ff"))
    assert len(cdx) == sum(each.length for each in found)


def test_index_without_lines_is_one_empty_member() -> None:
    """No lines make one member that holds nothing, and an index.idx of its header alone."""
    cdx, idx = index([])
    assert gzip.decompress(cdx) == b""
    assert [] == list(read_index(io.BytesIO(cdx)))
    assert META == idx


def test_line_of_blocks_is_written_as_specified() -> None:
    """Offset and length are numbers, then the digest of the member and the file's name."""
    line = IdxLine(
        key="a", stamp="20261122101500123", offset=5, length=9, digest=Digest.of(b""), filename="index.cdx.gz"
    )
    text = format_idx_line(line)
    expected = f'a 20261122101500123 {{"offset": 5, "length": 9, "digest": "{line.digest}", "filename": '
    assert expected + '"index.cdx.gz"}\n' == text
    assert [line] == list(read_idx(io.BytesIO(META + text.encode())))


def test_blocks_of_other_writers_are_read() -> None:
    """Numbers as text, no digest, and the file's name only in the header are read."""
    data = META.replace(b"index.cdx", b"x.cdx") + b'a 20261122101500 {"offset": "5", "length": 9}\n'
    expected = IdxLine(key="a", stamp="20261122101500", offset=5, length=9, digest=None, filename="x.cdx.gz")
    assert [expected] == list(read_idx(io.BytesIO(data)))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"!meta 0 {}\n", 1),
        (b'a 20261122101500 {"offset": 5, "length": 9}\n', 1),
        (META + b'a 20261122101500 {"offset": -5, "length": 9}\n', 2),
        (META + b'a 20261122101500 {"offset": 5}\n', 2),
        (META + b'a 20261122101500 {"offset": 5, "length": 9, "digest": "x"}\n', 2),
        (META + b'a 20261122101500 {"offset": 5, "length": 9, "filename": 5}\n', 2),
        (META + b'a 20261122101500 {"offset": true, "length": 9}\n', 2),
    ],
)
def test_broken_line_of_blocks_is_named(data: bytes, line: int) -> None:
    """A header or line of index.idx of another form is refused by its number."""
    with pytest.raises(CdxjSyntaxError, match=rf"index\.idx line {line}") as caught:
        list(read_idx(io.BytesIO(data)))
    assert line == caught.value.facts["line"]


def test_broken_line_of_the_index_is_named() -> None:
    """The line's number counts over members, and the member's offset is told too."""
    first = gzip.compress(format_line(LINE).encode() * 2)
    data = first + gzip.compress(format_line(LINE).encode() + b"x\n")
    with pytest.raises(CdxjSyntaxError, match=r"index\.cdx\.gz line 4") as caught:
        list(read_index(io.BytesIO(data)))
    assert (4, len(first)) == (caught.value.facts["line"], caught.value.facts["offset"])


@pytest.mark.parametrize("cut", [1, 9, 15, 40])
def test_damaged_member_is_an_error(cut: int) -> None:
    """An index whose last member is cut short is refused, not read as if it ended there."""
    cdx, _ = index(numbered(10))
    with pytest.raises(CdxjSyntaxError, match=r"index\.cdx\.gz"):
        list(read_index(io.BytesIO(cdx[:-cut])))


@pytest.mark.parametrize("data", [b"", b"no gzip", b"\x00" * 100])
def test_file_that_is_no_gzip_is_an_error(data: bytes) -> None:
    """An empty file and one of other octets are refused."""
    with pytest.raises(CdxjSyntaxError):
        list(read_index(io.BytesIO(data)))


def test_line_without_end_does_not_fill_memory() -> None:
    """A member that inflates to one line of 64 MiB is refused at the longest line allowed."""
    with pytest.raises(CdxjSyntaxError, match="longer than"):
        list(read_index(io.BytesIO(gzip.compress(b"a" * (64 << 20), 1))))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


@given(
    st.lists(
        st.builds(
            CdxLine,
            key=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=10),
            stamp=st.from_regex("[0-9]{17}", fullmatch=True).filter(str.isascii),
            fields=st.dictionaries(TEXT, TEXT, max_size=3),
        ),
        max_size=5,
    )
)
@settings(max_examples=100, deadline=None)
def test_index_is_read_as_it_was_written(lines: list[CdxLine]) -> None:
    """Every line comes back equal, in the order of the octets."""
    cdx, _ = index(lines)
    assert sorted(lines, key=lambda line: format_line(line).encode()) == list(read_index(io.BytesIO(cdx)))


@given(st.binary(max_size=100))
@settings(max_examples=100, deadline=None)
def test_no_octets_raise_anything_else(data: bytes) -> None:
    """Whatever the octets, the readers yield lines or raise their own error."""
    for parse in (read_index, read_idx):
        for octets in (data, META + data, gzip.compress(data)):
            with contextlib.suppress(CdxjSyntaxError):
                assert list(parse(io.BytesIO(octets))) is not None


def test_object_is_json() -> None:
    """What follows the stamp is JSON that any reader takes."""
    assert FIELDS == json.loads(format_line(LINE).split(" ", 2)[2])


def test_index_of_nothing_at_all_is_refused() -> None:
    """A file without a gzip member is no index; no line of it is at fault."""
    with pytest.raises(CdxjSyntaxError, match=r"index\.cdx\.gz: is empty") as caught:
        list(read_index(io.BytesIO(b"")))
    assert 0 == caught.value.facts["line"]
