"""Tests of preserve.formats.warc.payload: the payload is the same in whatever pieces a block comes."""

from __future__ import annotations

import pytest

from preserve.formats.warc.header import RecordHeader
from preserve.formats.warc.payload import PayloadReader, http_role

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
BAD = b"HTTP/1.1 2x0 OK\r\nA: b\r\n\r\n"
REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n"


def _header(kind: str, media_type: str | None) -> RecordHeader:
    fields = [("WARC-Type", kind)] + ([] if media_type is None else [("Content-Type", media_type)])
    return RecordHeader(version=b"1.1", fields=tuple(fields))


def _read(kind: str, media_type: str | None, block: bytes, step: int) -> tuple[bytes, bytes, int | None]:
    """Return what follows the head, the payload, and the status of the final head."""
    reader = PayloadReader(_header(kind, media_type))
    parts = [part for at in range(0, len(block), step) for part in reader.feed(block[at : at + step])]
    parts += reader.close()
    assert reader.is_http == (http_role(_header(kind, media_type)) is not None)
    after, entity = (b"".join(bytes(part[side]) for part in parts) for side in (0, 1))
    parsed = None if reader.head is None else reader.head.parsed
    return after, entity, None if parsed is None else parsed.status


@pytest.mark.parametrize("step", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize(
    ("kind", "block", "after", "entity", "status"),
    [
        ("response", HEAD + b"abc", b"abc", b"abc", 200),
        ("response", HEAD + b"abcSURPLUS", b"abcSURPLUS", b"abc", 200),
        ("response", HEAD + b"ab", b"ab", b"ab", 200),
        ("response", HEAD, b"", b"", 200),
        ("response", CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", b"3\r\nabc\r\n0\r\n\r\n", b"abc", 200),
        ("response", CHUNKED + b"3\r\nab", b"3\r\nab", b"ab", 200),
        ("response", INTERIM + HEAD + b"abc", b"abc", b"abc", 200),
        ("response", BAD + b"abc", b"abc", BAD + b"abc", None),
        ("response", BAD + b"a\r\n\r\nbc", b"a\r\n\r\nbc", BAD + b"a\r\n\r\nbc", None),
        ("response", b"no head", b"", b"no head", None),
        ("response", b"no head\r\n\r", b"", b"no head\r\n\r", None),
        ("response", b"no head\r\n\r\nabc", b"abc", b"no head\r\n\r\nabc", None),
        ("response", b"", b"", b"", None),
        ("revisit", HEAD, b"", b"", 200),
        ("request", REQUEST + b"ab", b"ab", b"ab", None),
        ("request", REQUEST[:10], b"", REQUEST[:10], None),
        ("resource", HEAD + b"abc", HEAD + b"abc", HEAD + b"abc", None),
    ],
)
def test_payload_does_not_depend_on_the_pieces(
    kind: str, block: bytes, after: bytes, entity: bytes, status: int | None, step: int
) -> None:
    """Payload, what follows the head, and the head itself are those of the block."""
    media_type = "application/http; msgtype=" + kind
    assert (after, entity, status) == _read(kind, media_type, block, step)


@pytest.mark.parametrize(
    ("kind", "media_type", "role"),
    [
        ("response", "application/http; msgtype=response", "response"),
        ("response", "application/http", "response"),
        ("RESPONSE", " Application/HTTP ;x", "response"),
        ("request", "application/http;msgtype=request", "request"),
        ("revisit", "application/http", "response"),
        ("response", "application/https", None),
        ("response", "text/dns", None),
        ("response", None, None),
        ("resource", "application/http", None),
        ("", "application/http", None),
    ],
)
def test_what_is_a_message_is_told_from_the_header(
    kind: str, media_type: str | None, role: str | None
) -> None:
    """Record type and media type together say whether a block is an HTTP message."""
    assert role == http_role(_header(kind, media_type))
