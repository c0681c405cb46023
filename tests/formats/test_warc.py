"""Are records written as specified, accepted by others, and read back or refused?"""

from __future__ import annotations

import contextlib
import io
import subprocess
from typing import TYPE_CHECKING, BinaryIO

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from preserve.errors import GzipSyntaxError, WarcSyntaxError
from preserve.formats.gzip_members import HEADER
from preserve.formats.gzip_write import Written, write_member
from preserve.formats.warc import (
    FIELD_ORDER,
    Record,
    format_header,
    http_head,
    http_role,
    open_record,
    parse_header,
    payload,
    write_record,
)
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

FAST = settings(max_examples=100, deadline=None)
HTTP_RESPONSE = "application/http; msgtype=response"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nA: b\r\n\r\n"
)


def fields_of(kind: str, number: int = 0, /, **more: str) -> list[tuple[str, str]]:
    """Return the fields of a record, jumbled."""
    named = [(name.replace("_", "-"), value) for name, value in more.items()]
    return [
        *named,
        ("WARC-Date", "2026-11-22T10:15:00.123Z"),
        ("WARC-Record-ID", f"<urn:uuid:00000000-0000-4000-8000-{number:012}>"),
        ("WARC-Type", kind),
    ]


def put(
    out: BinaryIO, fields: Sequence[tuple[str, str]], block: bytes, level: int | None = None
) -> tuple[int, int]:
    """Write a record with its block in two pieces; return its place."""
    offset = out.tell()
    written = write_record(out, fields, [block[:7], block[7:]], len(block), level=level)
    return offset, written.length


def one(kind: str, content_type: str, block: bytes, **more: str) -> Record:
    """Return the only record of a file."""
    out = io.BytesIO()
    place = put(out, fields_of(kind, 0, Content_Type=content_type, **more), block)
    return open_record(out, *place)


def test_a_record_is_one_member_as_specified() -> None:
    """The member's data is header, block and two CRLF; the fields stand in the specified order."""
    out = io.BytesIO()
    fields = fields_of("resource", Content_Type="text/plain", X_Own="1", WARC_Target_URI="http://a/")
    written = write_record(out, fields, [b"ab", b"", b"c"], 3, level=0)
    assert out.getvalue().startswith(HEADER)
    data = (
        b"WARC/1.1\r\nWARC-Type: resource\r\n"
        b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
        b"WARC-Date: 2026-11-22T10:15:00.123Z\r\nWARC-Target-URI: http://a/\r\nX-Own: 1\r\n"
        b"Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n"
    )
    expected = io.BytesIO()
    write_member(expected, [data], level=0)
    assert expected.getvalue() == out.getvalue()
    assert Written(length=len(out.getvalue()), digest=Digest.of(out.getvalue())) == written


def test_repeated_fields_keep_their_order() -> None:
    """Putting fields in order moves none past another of its name."""
    out = io.BytesIO()
    put(out, [(name, value) for value in "ab" for name in reversed(FIELD_ORDER[:-1])], b"")
    fields = open_record(out, 0, len(out.getvalue())).header.fields
    assert fields == (
        *((name, value) for name in FIELD_ORDER[:-1] for value in "ab"),
        ("Content-Length", "0"),
    )


@pytest.mark.parametrize("block", [[b"abcd"], [b"ab"], [], [b"abc", b"d"]])
def test_a_block_of_another_length_is_refused(block: Iterable[bytes]) -> None:
    """A block that is shorter or longer than announced is a ValueError."""
    with pytest.raises(ValueError, match="octets"):
        write_record(io.BytesIO(), fields_of("resource"), block, 3)


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        (b"ab", "the block is 2 octets long, not 3 as announced"),
        (b"abcd", "the block is longer than the 3 octets announced"),
    ],
)
def test_message_says_how_long_a_block_is(block: bytes, sentence: str) -> None:
    """The error has the length announced, and the other one where it is known."""
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        write_record(io.BytesIO(), fields_of("resource"), [block], 3)


@pytest.mark.parametrize("field", [("Content-Length", "3"), ("content-length", "3"), ("A", "b\r\nC: d")])
def test_a_field_that_cannot_be_written_leaves_nothing(field: tuple[str, str]) -> None:
    """A refused field is a ValueError before the first octet is written."""
    out = io.BytesIO()
    with pytest.raises(ValueError, match=r".+"):
        write_record(out, [*fields_of("resource"), field], [b"abc"], 3)
    assert b"" == out.getvalue()


blocks = st.one_of(
    st.binary(max_size=400),
    st.sampled_from(
        [b"\r\n\r\n", b"WARC/1.1\r\n", b"\r\n\r\nWARC/1.1\r\nA: b\r\n\r\n", CHUNKED, b"a" * 70_000]
    ),
)


@FAST
@given(st.lists(st.tuples(blocks, st.sampled_from([None, 0, 6])), min_size=1, max_size=4))
def test_what_is_written_is_read(written: list[tuple[bytes, int | None]]) -> None:
    """Blocks are read back from their places, twice and in turns, at every level."""
    out = io.BytesIO()
    places = [put(out, fields_of("resource", i), block, level) for i, (block, level) in enumerate(written)]
    records = [open_record(out, *place) for place in places]
    for pieces in (zip(*(record.block() for record in records), strict=False), ()):
        for _ in pieces:
            pass
    assert [block for block, _ in written] == [b"".join(record.block()) for record in records]
    assert [b"".join(record.block()) for record in records] == [
        b"".join(payload(record)) for record in records
    ]


@FAST
@given(st.lists(blocks, min_size=1, max_size=4))
def test_warcio_reads_what_is_written(written: list[bytes]) -> None:
    """The ArchiveIterator of warcio finds the same records: headers, lengths, blocks, offsets."""
    out = io.BytesIO()
    places = [
        put(out, fields_of("resource", number, WARC_Target_URI="http://a/", Content_Type="a/b"), block)
        for number, block in enumerate(written)
    ]
    found = []
    iterator = ArchiveIterator(io.BytesIO(out.getvalue()), no_record_parse=True)
    for record in iterator:
        block = record.raw_stream.read()
        found.append((tuple(record.rec_headers.headers), block, iterator.get_record_offset()))
    ours = [(open_record(out, *place), place[0]) for place in places]
    expected = [(record.header.fields, b"".join(record.block()), offset) for record, offset in ours]
    assert expected == found


@pytest.mark.needs("gzip")
def test_gzip_accepts_what_is_written(tmp_path: Path) -> None:
    """``gzip -t`` finds nothing wrong with a file of records."""
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as out:
        for number, block in enumerate([b"", CHUNKED, b"a" * 300_000]):
            put(out, fields_of("resource", number), block)
    assert 0 == subprocess.run(["gzip", "-t", str(path)], check=False).returncode


PAYLOADS = {
    "chunked": ("response", HTTP_RESPONSE, CHUNKED, b"hello world"),
    "content coding kept": (
        "response",
        HTTP_RESPONSE,
        b"HTTP/1.1 200\r\nContent-Encoding: gzip\r\n\r\n\x1f",
        b"\x1f",
    ),
    "no chunk": (
        "response",
        HTTP_RESPONSE,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz",
        b"xyz",
    ),
    "old spelling": ("response", "Application/HTTP;msgtype=response", b"HTTP/1.0 200 OK\r\n\r\nx", b"x"),
    "no body": ("response", HTTP_RESPONSE, b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    "interim first": ("response", HTTP_RESPONSE, b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx", b"x"),
    "cut short": ("response", HTTP_RESPONSE, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nxy", b"xy"),
    "surplus": ("response", HTTP_RESPONSE, b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxyz", b"x"),
    "no head": ("response", HTTP_RESPONSE, b"<html>old</html>\r\n\r\n", b"<html>old</html>\r\n\r\n"),
    "long, no head": ("response", HTTP_RESPONSE, b"<html>" * 30_000, b"<html>" * 30_000),
    "request": (
        "request",
        "application/http; msgtype=request",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=b",
        b"a=b",
    ),
    "resource": ("resource", "text/plain", b"HTTP/1.1 200 OK\r\n\r\nx", b"HTTP/1.1 200 OK\r\n\r\nx"),
    "DNS": ("response", "text/dns", b"20261122\na. 1 IN A 1.2.3.4\n", b"20261122\na. 1 IN A 1.2.3.4\n"),
    "interim only": ("metadata", HTTP_RESPONSE, b"HTTP/1.1 103 Early\r\n\r\n", b"HTTP/1.1 103 Early\r\n\r\n"),
}


@pytest.mark.parametrize(("kind", "content_type", "block", "expected"), PAYLOADS.values(), ids=PAYLOADS)
def test_the_payload_is_the_entity_body(kind: str, content_type: str, block: bytes, expected: bytes) -> None:
    """Of an HTTP message the payload is the entity body; of what has no head, and of others, the block."""
    assert expected == b"".join(payload(one(kind, content_type, block)))


def test_the_head_is_the_final_one() -> None:
    """``http_head`` gives the head after interim ones, and none where no HTTP message is."""
    head = http_head(
        one("response", HTTP_RESPONSE, b"HTTP/1.1 103 E\r\n\r\nHTTP/1.1 404 No\r\n\r\n" + b"x" * 9)
    )
    assert head is not None
    assert head.parsed is not None
    assert 404 == head.parsed.status
    assert http_head(one("resource", "text/html", b"HTTP/1.1 200 OK\r\n\r\n")) is None
    cut = http_head(one("response", HTTP_RESPONSE, b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000))
    assert cut is not None
    assert cut.parsed is None
    unread = http_head(one("response", HTTP_RESPONSE, b"<html>"))
    assert unread is not None
    assert unread.parsed is None


def test_only_http_messages_have_a_role() -> None:
    """A record has a role when its type and its media type both say so."""
    rows = [
        ("response", HTTP_RESPONSE, "response"),
        ("revisit", HTTP_RESPONSE, "response"),
        ("request", "application/http", "request"),
        ("metadata", HTTP_RESPONSE, None),
        ("response", "text/dns", None),
    ]
    assert [row[2] for row in rows] == [http_role(one(kind, media, b"").header) for kind, media, _ in rows]


def test_an_uncompressed_record_is_read() -> None:
    """A record of a ``.warc`` is opened at its place like one of a ``.warc.gz``."""
    header = format_header([*fields_of("resource"), ("Content-Length", "3")])
    octets = b"junk" + header + b"abc\r\n\r\n" + b"more"
    record = open_record(io.BytesIO(octets), 4, len(octets) - 8)
    assert [b"abc"] == list(record.block())


def test_a_record_in_two_members_is_read() -> None:
    """A record that another writer spread over members, its header too, is read as one."""
    data = format_header([*fields_of("resource"), ("Content-Length", "3")]) + b"abc\r\n\r\n"
    out = io.BytesIO()
    for cut in ((0, 40), (40, len(data) - 6), (len(data) - 6, len(data))):
        write_member(out, [data[slice(*cut)]])
    assert [b"a", b"bc"] == list(open_record(out, 0, len(out.getvalue())).block())


def test_a_record_may_be_cut_anywhere() -> None:
    """A record in two members is read wherever it is cut; the empty line is no exception."""
    data = format_header([*fields_of("resource"), ("Content-Length", "3")]) + b"abc\r\n\r\n"
    for cut in range(len(data)):
        out = io.BytesIO()
        for part in (data[:cut], data[cut:]):
            write_member(out, [part])
        pieces = list(open_record(out, 0, len(out.getvalue())).block())
        assert (b"abc", True) == (b"".join(pieces), all(pieces)), cut


def framed(length: int, after: bytes) -> bytes:
    """Return a member that holds a record with this Content-Length and these octets after its header."""
    out = io.BytesIO()
    write_member(out, [format_header([*fields_of("resource"), ("Content-Length", str(length))]), after])
    return out.getvalue()


REFUSED: dict[str, tuple[bytes, type[Exception]]] = {
    "nothing": (b"", WarcSyntaxError),
    "no gzip": (b"no gzip here", GzipSyntaxError),
    "no record": (framed(0, b"\r\n\r\n")[:10] + b"\x03\0" + b"\0" * 8, WarcSyntaxError),
    "block too short": (framed(4, b"abc"), WarcSyntaxError),
    "block too long": (framed(2, b"abc\r\n\r\n"), WarcSyntaxError),
    "no separator": (framed(3, b"abc"), WarcSyntaxError),
    "half a separator": (framed(3, b"abc\r\n"), WarcSyntaxError),
    "more after it": (framed(3, b"abc\r\n\r\n\r\n"), WarcSyntaxError),
    "cut short": (framed(3, b"abc\r\n\r\n")[:-3], GzipSyntaxError),
    "not one member": (framed(3, b"abc\r\n\r\n") + b"x", GzipSyntaxError),
    "no length": (b"WARC/1.1\r\nWARC-Type: resource\r\n\r\nabc\r\n\r\n", WarcSyntaxError),
    "no end of header": (b"WARC/1.1\r\n" + b"A: b\r\n" * 400_000, WarcSyntaxError),
}


@pytest.mark.parametrize(("octets", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_damaged_record_is_an_error(octets: bytes, expected: type[Exception]) -> None:
    """What cannot be read whole raises WarcSyntaxError or GzipSyntaxError, at the latest after its block."""
    with pytest.raises(expected):
        for _ in open_record(io.BytesIO(octets), 0, len(octets)).block():
            pass


@pytest.mark.parametrize(
    ("length", "seen"),
    [(5, r"1 octets of the block are missing\.$"), (3, r"b'd' follows the block\.$")],
)
def test_message_says_what_does_not_fit(length: int, seen: str) -> None:
    """The error of a block of another length says how much is missing, or what follows it."""
    octets = framed(length, b"abcd")
    with pytest.raises(WarcSyntaxError, match=rf"states {length} octets and two CRLF: {seen}"):
        list(open_record(io.BytesIO(octets), 0, len(octets)).block())


def test_a_record_past_the_end_is_an_error() -> None:
    """A length that reaches past the end of the stream is refused, though the member is sound."""
    octets = framed(3, b"abc\r\n\r\n")
    with pytest.raises(GzipSyntaxError, match="ends"):
        list(open_record(io.BytesIO(octets), 0, len(octets) + 1).block())


def test_a_flipped_octet_never_changes_a_block_unseen() -> None:
    """With any octet of a member changed, the same block is read or an error raised."""
    out = io.BytesIO()
    offset, length = put(out, fields_of("response", Content_Type=HTTP_RESPONSE), CHUNKED)
    sound = out.getvalue()
    for at in range(length):
        octets = bytearray(sound)
        octets[at] ^= 0x10
        with contextlib.suppress(GzipSyntaxError, WarcSyntaxError):
            block = b"".join(open_record(io.BytesIO(octets), offset, length).block())
            assert block == CHUNKED


@FAST
@given(st.binary(max_size=300))
def test_any_octets_can_be_opened(octets: bytes) -> None:
    """Opening and reading any octets raises nothing but our two errors."""
    for prefix in (b"", HEADER, b"WARC/1.1\r\nContent-Length: 9\r\n"):
        data = prefix + octets
        with contextlib.suppress(GzipSyntaxError, WarcSyntaxError):
            list(payload(open_record(io.BytesIO(data), 0, len(data))))


def test_records_are_values() -> None:
    """A record cannot be changed."""
    record = one("resource", "text/plain", b"x")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        record.offset = 1  # type: ignore[misc]  # the point of the test
    assert parse_header(format_header(record.header.fields)) == record.header
