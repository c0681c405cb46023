"""Tests of preserve.formats.warc.unpack: what is as we write it is told, and nothing else is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from preserve.formats.gzip_write import write_member
from preserve.formats.inflate import inflater
from preserve.formats.warc import unpack as unpacking
from preserve.formats.warc import write_record
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve.formats.warc.unpack import Unpacked

DATE = "2026-11-22T10:15:00.123Z"
HTTP = {kind: f"application/http; msgtype={kind}" for kind in ("response", "request")}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/css; x=1\r\nContent-Length: %d\r\n\r\n"
BODY = b"body { color: black } " * 20


def _fields(kind: str, block: bytes, payload: bytes | None, **more: str | None) -> list[tuple[str, str]]:
    fields: dict[str, str | None] = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:1>",
        "WARC-Date": DATE,
        "WARC-Warcinfo-ID": None if kind == "warcinfo" else "<urn:uuid:0>",
        "WARC-Filename": "a.warc.gz" if kind == "warcinfo" else None,
        "WARC-Target-URI": None if kind == "warcinfo" else "https://example.org/",
        "WARC-Block-Digest": str(Digest.of(block)),
        "WARC-Payload-Digest": None if payload is None else str(Digest.of(payload)),
        "Content-Type": HTTP.get(kind, "application/warc-fields"),
    }
    fields |= {name.replace("_", "-"): value for name, value in more.items()}
    return [(name, value) for name, value in fields.items() if value is not None]


def _member(kind: str, block: bytes, payload: bytes | None = None, **more: str | None) -> bytes:
    out = io.BytesIO()
    write_record(out, _fields(kind, block, payload, **more), [block], len(block))
    return out.getvalue()


def _packed(data: bytes) -> bytes:
    out = io.BytesIO()
    write_member(out, [data])
    return out.getvalue()


def _data(member: bytes) -> bytes:
    return bytes(inflater().decompress(member, 1 << 30))


def _begins(kind: str) -> tuple[bytes, bytes]:
    """Return what records of a type must be and begin with."""
    uri = None if kind == "warcinfo" else b"https://example.org/"
    raw = kind.encode()
    return raw, unpacking.opening(raw, DATE.encode(), b"urn:uuid:1", uri, b"urn:uuid:0", b"a.warc.gz")


def _all(member: bytes, *steps: int, kind: str = "response") -> Unpacked | None:
    """Return what all ways of reading a member say of it, which must be the same."""
    view, begins = memoryview(member), _begins(kind)
    said = {unpacking.unpack(view, *begins), unpacking.unpack_pieces([view], *begins)}
    for end in (1, 4, 9):
        if end + 10 < len(view):
            said.add(unpacking.unpack_pieces([view[:-end], view[-end:]], *begins))
    for step in steps:
        said.add(unpacking.unpack_pieces((view[at : at + step] for at in range(0, len(view), step)), *begins))
    (one,) = said
    return one


@pytest.mark.parametrize(
    ("kind", "uri", "fields"),
    [
        ("warcinfo", None, b"WARC-Filename: a.warc.gz\r\n"),
        ("warcinfo", b"urn:x", b"WARC-Filename: a.warc.gz\r\nWARC-Target-URI: urn:x\r\n"),
        ("metadata", None, b"WARC-Warcinfo-ID: <urn:0>\r\n"),
        ("response", b"urn:x", b"WARC-Warcinfo-ID: <urn:0>\r\nWARC-Target-URI: urn:x\r\n"),
    ],
)
def test_what_a_header_begins_with(kind: str, uri: bytes | None, fields: bytes) -> None:
    """The first record names its file, every other one the first; a URI stands only where there is one."""
    first = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:1>\r\nWARC-Date: {DATE}\r\n".encode()
    found = unpacking.opening(kind.encode(), DATE.encode(), b"urn:1", uri, b"urn:0", b"a.warc.gz")
    assert first + fields == found


RESPONSE = HEAD % len(BODY) + BODY
REQUEST = b"GET https://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("member", "kind", "payload", "size", "status", "declared"),
    [
        (_member("warcinfo", b"software: x\r\n"), b"warcinfo", None, 0, None, None),
        (_member("metadata", b"a: b\r\n"), b"metadata", None, 0, None, None),
        (_member("resource", b""), b"resource", None, 0, None, None),
        (_member("response", RESPONSE, BODY), b"response", BODY, len(BODY), 200, "text/css; x=1"),
        (_member("response", HEAD % 0, b""), b"response", b"", 0, 200, "text/css; x=1"),
        (_member("request", REQUEST, b""), b"request", b"", 0, None, None),
        (
            _member(
                "request", REQUEST[:-2] + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", b""
            ),
            b"request",
            b"",
            0,
            None,
            None,
        ),
        (_member("response", CHUNKED, b"abcd"), b"response", b"abcd", 4, 200, "a/b"),
        (
            _member("request", REQUEST[:-2] + b"Content-Length: 2\r\n\r\nab", b"ab"),
            b"request",
            b"ab",
            2,
            None,
            None,
        ),
        (
            _member("response", b"HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", b""),
            b"response",
            b"",
            0,
            204,
            None,
        ),
        (_member("response", b"HTTP/1.1 404 No\r\n\r\nrest", b"rest"), b"response", b"rest", 4, 404, None),
        (
            _member("response", b"HTTP/1.1 200 OK\r\nCont", b"HTTP/1.1 200 OK\r\nCont"),
            b"response",
            b"HTTP/1.1 200 OK\r\nCont",
            21,
            None,
            None,
        ),
        (
            _member("response", b"no HTTP at all", b"no HTTP at all"),
            b"response",
            b"no HTTP at all",
            14,
            None,
            None,
        ),
    ],
)
def test_what_a_record_declares_is_told(
    member: bytes, kind: bytes, payload: bytes | None, size: int, status: int | None, declared: str | None
) -> None:
    """Type, both digests, the payload's size, status and declared type."""
    found = _all(member, kind=kind.decode())
    assert found is not None
    data = _data(member)
    block = data.partition(b"\r\n\r\n")[2][:-4]
    assert (kind, None) == (found.type, found.concurrent)
    assert (Digest.of(block).value, size) == (found.block, found.payload_bytes)
    assert (None if payload is None else Digest.of(payload).value) == found.payload
    assert (status, declared) == (found.status, found.declared)


def test_concurrent_record_is_told() -> None:
    """The id of the record that another one came with is told without its brackets."""
    found = _all(_member("request", REQUEST, b"", WARC_Concurrent_To="<urn:uuid:9>"), kind="request")
    assert found is not None
    assert b"urn:uuid:9" == found.concurrent


SOUND = _member("response", RESPONSE, BODY)
OTHER = str(Digest.of(b"other"))
ODD: dict[str, Callable[[], bytes]] = {
    "another type": lambda: _member("request", REQUEST, b""),
    "another id": lambda: _member("response", RESPONSE, BODY, WARC_Record_ID="<urn:uuid:2>"),
    "another date": lambda: _member("response", RESPONSE, BODY, WARC_Date="2026-11-22T10:15:00.124Z"),
    "another URI": lambda: _member("response", RESPONSE, BODY, WARC_Target_URI="https://example.org/x"),
    "no URI": lambda: _member("response", RESPONSE, BODY, WARC_Target_URI=None),
    "another first record": lambda: _member("response", RESPONSE, BODY, WARC_Warcinfo_ID="<urn:uuid:9>"),
    "another file's name": lambda: _member("warcinfo", b"", WARC_Filename="b.warc.gz"),
    "no file's name": lambda: _member("warcinfo", b"", WARC_Filename=None),
    "a name of its own": lambda: _member("response", RESPONSE, BODY, WARC_Filename="a.warc.gz"),
    "a field twice": lambda: _packed(
        _data(SOUND).replace(b"WARC-Block", b"WARC-Truncated: time\r\nWARC-Truncated: time\r\nWARC-Block")
    ),
    "another header": lambda: b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + SOUND[10:],
    "nothing": lambda: b"",
    "bytes behind": lambda: SOUND + b"\0",
    "a member behind": lambda: SOUND + SOUND,
    "two records": lambda: _packed(_data(SOUND) * 2),
    "no separator": lambda: _packed(_data(SOUND)[:-4]),
    "half a separator": lambda: _packed(_data(SOUND)[:-2]),
    "another separator": lambda: _packed(_data(SOUND)[:-4] + b"\n\n\n\n"),
    "more separator": lambda: _packed(_data(SOUND) + b"\r\n"),
    "a longer block": lambda: _packed(_data(SOUND)[:-4] + b"x\r\n\r\n"),
    "a shorter block": lambda: _packed(_data(SOUND)[:-5] + b"\r\n\r\n"),
    "no record": lambda: _packed(b"words"),
    "no data": lambda: _packed(b""),
    "another block digest": lambda: _member("response", RESPONSE, BODY, WARC_Block_Digest=OTHER),
    "another payload digest": lambda: _member("response", RESPONSE, BODY, WARC_Payload_Digest=OTHER),
    "another digest of an empty payload": lambda: _member("request", REQUEST, b"x"),
    "no payload digest of a response": lambda: _member("response", RESPONSE),
    "no payload digest of a request": lambda: _member("request", REQUEST),
    "a payload digest of metadata": lambda: _member("metadata", b"a: b\r\n", b"a: b\r\n"),
    "a payload digest of a resource": lambda: _member("resource", b"x", b"x"),
    "no warcinfo": lambda: _member("metadata", b"", WARC_Warcinfo_ID=None),
    "a warcinfo of warcinfo": lambda: _member("warcinfo", b"", WARC_Warcinfo_ID="<urn:uuid:0>"),
    "another type of a response": lambda: _member("response", RESPONSE, BODY, Content_Type="text/css"),
    "a request's type": lambda: _member("response", RESPONSE, BODY, Content_Type=HTTP["request"]),
    "another chunked payload": lambda: _member("response", CHUNKED, b"abc"),
    "a chunked payload with its framing": lambda: _member("response", CHUNKED, CHUNKED[-14:]),
    "a longer length in the head": lambda: _member("response", HEAD % 9 + BODY, BODY),
}


KIND_OF = {
    "another digest of an empty payload": "request",
    "no payload digest of a request": "request",
    "a payload digest of metadata": "metadata",
    "a payload digest of a resource": "resource",
    "no warcinfo": "metadata",
    "a warcinfo of warcinfo": "warcinfo",
    "another file's name": "warcinfo",
    "no file's name": "warcinfo",
}
"""Of those that are not meant to be responses."""


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_left_to_the_walk(name: str) -> None:
    """Of a member that is not exactly one sound record as we write them, nothing is told."""
    assert _all(ODD[name](), kind=KIND_OF.get(name, "response")) is None


def test_any_cut_is_odd() -> None:
    """Of every beginning of a member nothing is told."""
    assert {None} == {_all(SOUND[:size]) for size in range(len(SOUND))}


def test_any_octet_counts() -> None:
    """Of a member of which any octet differs nothing is told."""
    for at in range(len(SOUND)):
        assert _all(SOUND[:at] + bytes([SOUND[at] ^ 0x10]) + SOUND[at + 1 :]) is None, at


@pytest.mark.parametrize(
    ("head", "fast"),
    [
        (HEAD % 3, True),
        (b"HTTP/1.0 200 OK\r\ncontent-length:3 \r\n\r\n", True),
        (b"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 03\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n\r\n", False),
        (b"HTTP/1.1 204 OK\r\nContent-Length: 3\r\n\r\n", False),
        (b"HTTP/1.1 304 OK\r\nContent-Length: 3\r\n\r\n", False),
        (b"HTTP/1.1 101 OK\r\nContent-Length: 3\r\n\r\n", False),
        (b"HTTP/2.0 200 OK\r\nContent-Length: 3\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\nContent-Length: 3\n\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n folded\r\n\r\n", False),
    ],
)
def test_heads_that_are_beyond_doubt(
    head: bytes,
    fast: bool,  # noqa: FBT001 - a column of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A head with one plain Content-Length is taken at first sight; any other is read by the rules."""
    asked: list[object] = []
    monkeypatch.setattr(unpacking, "PayloadReader", asked.append)
    with pytest.MonkeyPatch.context():
        try:
            member = _member("response", head + b"abc", b"abc")
            found = unpacking.unpack(memoryview(member), *_begins("response"))
        except AttributeError:
            found = None
    assert fast == (found is not None and not asked)


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("most", [unpacking._OUT_BYTES, unpacking._WHOLE_MOST, unpacking.WHOLE_BYTES])  # noqa: SLF001
def test_large_records(stored: bool, more: int, most: int) -> None:  # noqa: FBT001 - both are tried
    """Records of any size are read alike, whole and in pieces, however often output is taken."""
    noise = bytes(range(256)) if not stored else b"".join(bytes([n * n % 251]) for n in range(4096))
    for around in (-600, 0):  # the record as a whole, and its block, are as long as an output
        size = most + more + around
        body = (noise * (size // len(noise) + 1))[:size]
        member = _member("response", HEAD % len(body) + body, body)
        found = _all(member, 4096, 1 << 16)
        assert found is not None
        assert (Digest.of(body).value, size) == (found.payload, found.payload_bytes)
        chunked = CHUNKED[:-14] + b"%x\r\n" % size + body + b"\r\n0\r\n\r\n"
        found = _all(_member("response", chunked, body), 1 << 16)
        assert found is not None
        assert (Digest.of(body).value, size, 200) == (found.payload, found.payload_bytes, found.status)
        for cut in (1, 4):
            assert _all(_packed(_data(member)[:-cut]), 1 << 16) is None
        assert _all(_packed(_data(member) + b"\r"), 1 << 16) is None


def test_head_that_is_too_long_for_first_sight() -> None:
    """A head longer than 32 KiB is read by the rules, and its payload is the same."""
    head = HEAD[:-2] + b"X: " + b"y" * (1 << 15) + b"\r\n\r\n"
    found = _all(_member("response", head % 3 + b"abc", b"abc"))
    assert found is not None
    assert (Digest.of(b"abc").value, 3, 200) == (found.payload, found.payload_bytes, found.status)


@pytest.mark.parametrize(
    ("value", "text"),
    [(b"a/b", "a/b"), ("ä/b".encode(), "ä/b"), ("ä/b".encode("latin-1"), "ä/b"), (b" x ", "x")],
)
def test_declared_type_is_utf_8_or_latin_1(value: bytes, text: str) -> None:
    """The value of a field is read as UTF-8, or else as ISO 8859-1, without space around it."""
    assert text == unpacking.declared_text(value)
