"""Tests of preserve.formats.warc.meter: digests of a block and of its payload, and those declared."""

from __future__ import annotations

import pytest

from preserve.formats.warc.header import RecordHeader
from preserve.formats.warc.meter import BlockMeter, Measured
from preserve.model.digest import Digest
from tests.formats.walks import HTTP_RESPONSE

SHA1 = "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5"
MD5 = "md5:900150983cd24fb0d6963f7d28e17f72"
NAMELESS = "WARC-Block-Digest of a record without id (no URI) is "


def measured(kind: str, block: bytes, *fields: tuple[str, str]) -> Measured:
    """Return what is found of a block that comes octet by octet."""
    meter = BlockMeter(RecordHeader(version=b"1.1", fields=(("WARC-Type", kind), *fields)))
    for at in range(len(block)):
        meter.update(block[at : at + 1])
    return meter.close()


@pytest.mark.parametrize(("block", "payload"), [(SHA1, MD5), (MD5, SHA1), (SHA1, SHA1)])
def test_block_and_payload_may_have_digests_of_other_algorithms(block: str, payload: str) -> None:
    """Of a record that is no HTTP message, whose payload is the block, both digests are compared."""
    fields = [("WARC-Block-Digest", block), ("WARC-Payload-Digest", payload)]
    assert () == measured("resource", b"abc", *fields).problems
    codes = [each.code for each in measured("resource", b"abd", *fields).problems]
    assert ["warc.block-digest", "warc.payload-digest"] == codes


@pytest.mark.parametrize(
    ("block", "payload"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz", b"xyz"),
        (b"HTTP/1.1 200 OK\r\nCont", b"HTTP/1.1 200 OK\r\nCont"),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", b"abc"),
    ],
)
def test_payload_that_the_end_of_the_block_settles(block: bytes, payload: bytes) -> None:
    """What only the end of a block shows to be payload is in its digest and its size."""
    found = measured("response", block, ("Content-Type", HTTP_RESPONSE))
    assert (Digest.of(block), Digest.of(payload)) == (found.block_digest, found.payload_digest)
    assert len(payload) == found.payload_bytes


@pytest.mark.parametrize("kind", ["revisit", "continuation"])
def test_payload_that_is_elsewhere_has_no_digest(kind: str) -> None:
    """Of a record whose payload is in another one, the block alone is digested."""
    found = measured(kind, b"HTTP/1.1 200 OK\r\n\r\n", ("Content-Type", HTTP_RESPONSE))
    assert (None, None, ()) == (found.payload_digest, found.payload_bytes, found.problems)


@pytest.mark.parametrize(("count", "codes"), [(1, []), (8, []), (9, ["warc.not-checked"])])
def test_eight_digests_are_compared(count: int, codes: list[str]) -> None:
    """Of nine digests of one block it is said that one was not compared."""
    found = measured("resource", b"abc", *[("WARC-Block-Digest", MD5)] * count)
    assert codes == [each.code for each in found.problems]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sha1:11", "sha1:11, which is no sha1 value."),
        ("crc:11", "crc:11, which is of no algorithm known here, and was not checked."),
        ("md5:" + "0" * 32, f"md5:{'0' * 32}; the block has {MD5}."),
    ],
)
def test_sentence_says_why_a_digest_is_not_that_of_the_block(text: str, sentence: str) -> None:
    """A digest that is none, one of an unknown algorithm, and a wrong one are told apart."""
    (problem,) = measured("resource", b"abc", ("WARC-Block-Digest", text)).problems
    assert NAMELESS + sentence == problem.message


def test_sentence_names_the_record() -> None:
    """A record is named by its id and its URI."""
    named = ("WARC-Record-ID", "<urn:uuid:1>"), ("WARC-Target-URI", "http://a.example/")
    (problem,) = measured("resource", b"abc", *named, ("WARC-Block-Digest", "sha1:11")).problems
    assert problem.message.startswith("WARC-Block-Digest of urn:uuid:1 (http://a.example/) is")
