"""Tests of preserve.package.writer and what it stands on: describe, fields, staging, peer."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import itertools
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from preserve.disk import Spool
from preserve.errors import Locked, NotAPackage, PackageDamaged, StorageUnavailable
from preserve.formats.warc import open_record, walk
from preserve.model.capture import CaptureRequest, Limits
from preserve.model.exchange import AskedBy, Ended, Exchange, TlsFacts
from preserve.model.reference import Role
from preserve.model.url import UriR
from preserve.package.peer import compare_with_warcio
from preserve.package.staging import Staging
from preserve.package.writer import PackageWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preserve.formats.warc import RecordHeader
    from preserve.package.writer import Recorded

URL = UriR("https://example.org/post")
AT = dt.datetime(2026, 11, 22, 10, 15, 0, 123_456, tzinfo=dt.UTC)
REQUEST = b"GET /post HTTP/1.1\r\nHost: example.org\r\n\r\n"


@pytest.fixture
def staging(tmp_path: Path) -> Iterator[Staging]:
    """Make a staging folder."""
    request = CaptureRequest(url=URL, as_given=URL, limits=Limits(inspect_bytes=1000, decode_ratio=20))
    made = Staging.create(tmp_path, request=request, began_at=AT, software="preserve 0", user_agent="ua")
    assert made is not None
    yield made
    made.release()


@pytest.fixture
def writer(staging: Staging) -> Iterator[PackageWriter]:
    """Make a writer with predictable ids."""
    numbers = itertools.count(1)
    made = PackageWriter(
        staging,
        new_id=lambda: f"urn:uuid:00000000-0000-4000-8000-{next(numbers):012d}",
        on_step=lambda _: None,
        rollover_bytes=2000,
    )
    yield made
    made.release()


def stored(data: bytes) -> Spool:
    """Return bytes as an engine hands them over."""
    spool = Spool()
    spool.write(data)
    return spool


def an_exchange(response: bytes | None, **changes: Any) -> Exchange:
    """Return an exchange with this response."""
    exchange = Exchange(
        url=URL,
        method="GET",
        began_at=AT,
        ended_at=AT,
        ended=Ended.WHOLE,
        request=stored(REQUEST),
        response=None if response is None else stored(response),
        peer="192.0.2.1",
    )
    return attrs.evolve(exchange, **changes)


def record(writer: PackageWriter, exchange: Exchange, role: Role = Role.PAGE) -> Recorded:
    """Record an exchange and close what it owned."""
    recorded = writer.record(exchange, role)
    exchange.close()
    return recorded


def headers(staging: Staging) -> list[RecordHeader]:
    """Return the headers of all records that were written, none of which may be damaged."""
    found = []
    for path in sorted((staging.bag / "data" / "archive").iterdir()):
        with path.open("rb") as stream:
            for seen in walk(stream):
                assert seen.problems == ()
                assert seen.header is not None
                found.append(seen.header)
    return found


def block(staging: Staging, writer: PackageWriter, number: int) -> bytes:
    """Return the block of the record with this number, read by its line."""
    line = writer.lines[number]
    with (staging.bag / "data" / "archive" / line.file).open("rb") as stream:
        return b"".join(open_record(stream, line.offset, line.length).block())


@pytest.mark.parametrize(
    ("response", "payload", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello", 200),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: 1\r\n\r\n",
            b"hello",
            200,
        ),
        (b"HTTP/1.0 404\nserver:x\n\ngone", b"gone", 404),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", 204),
        (b"just some text", b"just some text", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhel", b"hel", 200),
    ],
)
def test_a_response_is_kept_as_it_came(
    staging: Staging, writer: PackageWriter, response: bytes, payload: bytes, status: int | None
) -> None:
    """The block is exactly the octets that came; the payload digest is over the entity body."""
    resource = record(writer, an_exchange(response)).resource
    writer.close()
    assert resource is not None
    assert response == block(staging, writer, 1)
    assert REQUEST == block(staging, writer, 2)
    assert f"sha256:{hashlib.sha256(response).hexdigest()}" == resource.block_digest
    assert f"sha256:{hashlib.sha256(payload).hexdigest()}" == resource.payload_digest
    assert (len(payload), status) == (resource.payload_bytes, resource.status)


def test_the_records_of_an_exchange_name_each_other(staging: Staging, writer: PackageWriter) -> None:
    """Response, request and interim responses share one date and are concurrent; each names the warcinfo."""
    interim = stored(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    tls = TlsFacts(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", verdict="verified")
    record(writer, an_exchange(b"HTTP/1.1 200 OK\r\n\r\n", interim=interim, tls=tls))
    writer.close()
    warcinfo, response, request, metadata = headers(staging)
    assert ["warcinfo", "response", "request", "metadata"] == [h.type for h in headers(staging)]
    assert {"2026-11-22T10:15:00.123Z"} == {h.date for h in (warcinfo, response, request, metadata)}
    assert {response.record_id} == {
        (h.get("WARC-Concurrent-To") or "").strip("<>") for h in (request, metadata)
    }
    assert {f"<{warcinfo.record_id}>"} == {h.get("WARC-Warcinfo-ID") for h in (response, request, metadata)}
    assert ["http/1.1", "tls/1.3"] == list(response.get_all("WARC-Protocol"))
    assert tls.cipher == response.get("WARC-Cipher-Suite")
    assert "192.0.2.1" == response.get("WARC-IP-Address")
    assert response.get("WARC-Truncated") is None


def test_what_ended_early_is_marked(staging: Staging, writer: PackageWriter) -> None:
    """A response cut by a limit carries WARC-Truncated, and its resource the reason."""
    recorded = record(
        writer, an_exchange(b"HTTP/1.1 200 OK\r\n\r\nx", ended=Ended.LENGTH, reason="Too long.")
    )
    writer.close()
    assert "length" == headers(staging)[1].get("WARC-Truncated")
    assert recorded.resource is not None
    assert (Ended.LENGTH, "Too long.") == (recorded.resource.ended, recorded.resource.reason)


def test_a_request_without_an_answer_is_kept(staging: Staging, writer: PackageWriter) -> None:
    """When no byte of a response came, the request stands alone and there is no resource."""
    assert record(writer, an_exchange(None, ended=Ended.FAILED)).resource is None
    writer.close()
    assert ["warcinfo", "request"] == [header.type for header in headers(staging)]
    assert headers(staging)[1].get("WARC-Concurrent-To") is None


def test_what_was_never_asked_leaves_no_record(staging: Staging, writer: PackageWriter) -> None:
    """An exchange of which nothing was sent writes nothing, not even a file."""
    exchange = an_exchange(None, ended=Ended.REFUSED, request=None)
    assert record(writer, exchange).resource is None
    assert [] == list((staging.bag / "data" / "archive").iterdir())


def test_files_roll_over_between_exchanges(staging: Staging, writer: PackageWriter) -> None:
    """Past the size a new file begins with its own warcinfo, and no exchange is split."""
    body = bytes(range(256)) * 3
    for _ in range(5):
        content = record(writer, an_exchange(b"HTTP/1.1 200 OK\r\n\r\n" + body)).content
        assert content is not None
        content.close()
    writer.close()
    names = sorted({line.file for line in writer.lines})
    assert 2 <= len(names)
    assert [f"{number:05d}" for number in range(len(names))] == [name.split("-")[-1][:5] for name in names]
    for name in names:
        types = [line.type for line in writer.lines if line.file == name]
        assert "warcinfo" == types[0]
        assert {("response", "request")} == set(zip(types[1::2], types[2::2], strict=True))
    compare_with_warcio(staging.bag / "data" / "archive", writer.lines)


def test_nothing_is_added_after_a_torn_record(writer: PackageWriter) -> None:
    """When a record could not be written whole, no other is put behind it."""
    torn = an_exchange(b"HTTP/1.1 200 OK\r\n\r\n")
    assert torn.response is not None
    torn.response.close()
    with pytest.raises(ValueError, match="closed"):
        writer.record(torn, Role.PAGE)
    torn.close()
    sound = an_exchange(b"HTTP/1.1 200 OK\r\n\r\n")
    with pytest.raises(StorageUnavailable, match="nothing more is added"):
        writer.record(sound, Role.PAGE)
    sound.close()


def test_content_is_decoded_for_the_capturers(writer: PackageWriter) -> None:
    """The content is the entity body with gzip undone; its digest stands beside the payload's."""
    body = gzip.compress(b"<p>hello</p>", mtime=0)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/html; charset=x\r\n\r\n"
    recorded = record(writer, an_exchange(head + body))
    assert recorded.content is not None
    assert recorded.resource is not None
    with recorded.content.open() as stream:
        assert b"<p>hello</p>" == stream.read()
    recorded.close()
    assert ("gzip",) == recorded.resource.codings
    assert f"sha256:{hashlib.sha256(b'<p>hello</p>').hexdigest()}" == recorded.resource.content_digest
    assert ("text/html", "text/html; charset=x") == (
        recorded.resource.sniffed_type,
        recorded.resource.declared_type,
    )


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(bytes(5_000_000), mtime=0),
        b"\x1f\x8b\x08broken",
        gzip.compress(b"x" * 999, mtime=0)[:-9],
    ],
)
def test_bombs_and_broken_codings_are_a_problem_not_a_loss(
    staging: Staging, writer: PackageWriter, body: bytes
) -> None:
    """A coding that cannot be undone within limits is kept as sent, with a problem and no content."""
    response = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body
    recorded = record(writer, an_exchange(response))
    writer.close()
    assert recorded.content is None
    assert recorded.resource is not None
    assert (None, None) == (recorded.resource.content_digest, recorded.resource.content_bytes)
    assert ["http.content-coding"] == [problem.code for problem in recorded.resource.problems]
    assert response == block(staging, writer, 1)


def test_content_above_the_inspection_limit_is_digested_but_not_kept(writer: PackageWriter) -> None:
    """A payload too large to open still has its digests."""
    body = b"x" * 1001
    recorded = record(writer, an_exchange(b"HTTP/1.1 200 OK\r\n\r\n" + body))
    assert recorded.content is None
    assert recorded.resource is not None
    assert f"sha256:{hashlib.sha256(body).hexdigest()}" == recorded.resource.content_digest


@pytest.mark.parametrize(
    ("fields", "redirect_to", "file_name"),
    [
        (b"Location: /a b", "https://example.org/a%20b", None),
        ("Location: /ä".encode(), "https://example.org/%C3%A4", None),
        ("Location: /ä".encode("latin-1"), "https://example.org/%C3%A4", None),
        (b'Content-Disposition: attachment; filename="a b.pdf"', None, "a b.pdf"),
        (b"Content-Disposition: attachment; filename*=UTF-8''%e2%82%ac.pdf", None, "€.pdf"),
        (b"Content-Disposition: attachment; filename=a.pdf; filename*=UTF-8''b.pdf", None, "b.pdf"),
        (b"Content-Disposition: inline", None, None),
        (b"Content-Disposition: \r\n attachment;\r\n filename=../../x", None, "../../x"),
    ],
)
def test_heads_say_where_and_what(
    writer: PackageWriter, fields: bytes, redirect_to: str | None, file_name: str | None
) -> None:
    """Location and Content-Disposition are understood; a redirect has the role of one."""
    recorded = record(writer, an_exchange(b"HTTP/1.1 302 Found\r\n" + fields + b"\r\n\r\n"))
    recorded.close()
    assert recorded.resource is not None
    assert (redirect_to, file_name) == (recorded.resource.redirect_to, recorded.resource.file_name)
    assert (Role.REDIRECT if redirect_to else Role.PAGE) is recorded.resource.role


def test_warcio_must_see_what_we_wrote(staging: Staging, writer: PackageWriter) -> None:
    """A record that warcio sees otherwise, or not at all, stops publication."""
    record(writer, an_exchange(b"HTTP/1.1 200 OK\r\n\r\n")).close()
    writer.close()
    archive = staging.bag / "data" / "archive"
    compare_with_warcio(archive, writer.lines)
    with pytest.raises(PackageDamaged, match="differently"):
        compare_with_warcio(archive, [attrs.evolve(line, id="urn:x") for line in writer.lines])
    with pytest.raises(PackageDamaged, match="more records"):
        compare_with_warcio(archive, writer.lines[:-1])
    with pytest.raises(PackageDamaged, match="seen None"):
        compare_with_warcio(archive, [*writer.lines, writer.lines[-1]])


def test_a_staging_folder_has_one_owner(staging: Staging) -> None:
    """While it is held a staging folder cannot be reopened; released, it says what was asked for."""
    with pytest.raises(Locked):
        Staging.reopen(staging.folder)
    staging.release()
    again = Staging.reopen(staging.folder)
    assert staging.staged == again.staged
    again.discard()
    assert not staging.folder.parent.exists()


def test_who_asked_is_noted_beside_the_bag(staging: Staging, writer: PackageWriter) -> None:
    """What a browser asked for is noted for whoever seals the capture later; a torn line is passed over."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    assert {} == staging.asked_by()
    ids = []
    for who in (AskedBy.BROWSER, AskedBy.ENGINE, AskedBy.PASS):
        recorded = record(writer, an_exchange(answer, asked_by=who))
        assert recorded.resource is not None
        ids.append(recorded.resource.response)
        recorded.close()
    with (staging.folder / "asked-by.tsv").open("a") as out:
        out.write("urn:uuid:00000000-0000-4000-8000-000000000099\tbrow")
    assert {ids[0]: AskedBy.BROWSER, ids[2]: AskedBy.PASS} == staging.asked_by()


def test_a_second_is_taken_once(tmp_path: Path, staging: Staging) -> None:
    """A name that is staged or published is not given again."""
    request = staging.staged.request
    assert Staging.create(tmp_path, request=request, began_at=AT, software="s", user_agent="u") is None
    staging.publish()
    assert Staging.create(tmp_path, request=request, began_at=AT, software="s", user_agent="u") is None


def test_a_folder_without_a_request_is_no_staging_folder(tmp_path: Path) -> None:
    """Only what a capture left can be reopened."""
    (tmp_path / "x.partial").mkdir()
    with pytest.raises(NotAPackage, match="no staging folder"):
        Staging.reopen(tmp_path / "x.partial")
