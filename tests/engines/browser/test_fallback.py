"""What becomes of an origin that speaks to browsers only, with ``--fallback browser`` and without?"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

import preserve
from preserve.engines.browser.decoded import message
from preserve.engines.browser.engine import BrowserEngine
from preserve.errors import CaptureFailed
from preserve.model.exchange import Fidelity
from preserve.model.reference import State
from tests.engines.browser.harness import own
from tests.engines.browser.picky import Picky
from tests.wire.blocks import read_blocks
from tests.wire.certificates import Authority as Certificates

if TYPE_CHECKING:
    from pathlib import Path

HOST = "picky.test"
WITHIN_S = 200.0
PAGE = (
    b"<!doctype html><title>Picky</title><p id=out>waiting</p><script>fetch('/posted', {method: 'POST', "
    b"body: 'posted'}).then(r => r.text()).then(t => { out.textContent = t; });</script>"
)
PAGES = {
    "/": ("text/html", PAGE),
    "/posted": ("text/plain", b"all was asked for"),
    "/robots.txt": ("text/plain", b""),
}


def spki(certificates: Certificates) -> str:
    """Return the digest of the authority's key."""
    key = x509.load_pem_x509_certificate(certificates.file.read_bytes()).public_key()
    octets = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(octets).digest()).decode()


def archive(origin: Picky, certificates: Certificates, into: Path, fallback: str) -> preserve.Package:
    """Archive its page with a browser."""
    engine = BrowserEngine(resolver=own, ca_file=certificates.file, trusted_keys=(spki(certificates),))

    async def run() -> preserve.Package:
        async with asyncio.timeout(WITHIN_S):
            return await preserve.archive_async(
                f"{origin.url}/", into, engine=engine, allow_private_network=True, fallback=fallback
            )

    return asyncio.run(run())


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("protocol", ["h2", "http/1.1"])
def test_the_browser_fetches_by_itself(tmp_path: Path, protocol: str) -> None:
    """What the browser understood is stored as decoded, with what was spoken; what failed first is told."""
    certificates = Certificates(tmp_path)
    context = certificates.context(HOST)
    # Chromium looks for the key of the authority in the chain that is sent.
    chain = tmp_path / "chain.pem"
    chain.write_bytes((tmp_path / f"{HOST}-1False.pem").read_bytes() + certificates.file.read_bytes())
    context.load_cert_chain(chain)
    with Picky(context=context, protocol=protocol, pages=PAGES, name=HOST) as origin:
        package = archive(origin, certificates, tmp_path / "into", "browser")
    assert True is (origin.refused > 0)
    assert ("POST", "/posted", b"posted" if protocol == "h2" else b"") in origin.heard
    found = {resource.url: resource for resource in package.resources() if resource.status is not None}
    for path in ("/", "/posted"):
        resource = found[f"{origin.url}{path}"]
        assert (Fidelity.DECODED, 200, "verified") == (resource.fidelity, resource.status, resource.tls)
        assert ("a", "b") == resource.set_cookies
    blocks = {
        (block.kind, block.uri): block
        for block in read_blocks(package.path)
        if block.kind in {"request", "response"}
    }
    page = blocks["response", f"{origin.url}/"]
    assert f"WARC-Protocol: {protocol}" in page.lines
    assert "WARC-Cipher-Suite" not in page.fields
    head, _, body = page.block.partition(b"\r\n\r\n")
    assert PAGE == body
    assert b"HTTP/1.1 200" == head[:12]
    assert b"Content-Length: %d" % len(PAGE) in head.split(b"\r\n")
    assert b"content-encoding" not in head.lower()
    posted = blocks["request", f"{origin.url}/posted"].block
    assert (b"POST /posted HTTP/1.1\r\n", b"\r\n\r\nposted") == (posted[:23], posted[-10:])
    seed = next(iter(package.references()))
    assert State.CAPTURED is seed.state
    assert preserve.Result.PASS is preserve.verify(package.path).result


@pytest.mark.needs("chromium")
def test_without_fallback_there_is_no_page(tmp_path: Path) -> None:
    """Nothing goes around our client unless the user allows it."""
    certificates = Certificates(tmp_path)
    context = certificates.context(HOST)
    with (
        Picky(context=context, protocol="http/1.1", pages=PAGES, name=HOST) as origin,
        pytest.raises(CaptureFailed, match="TLS handshake"),
    ):
        archive(origin, certificates, tmp_path / "into", "")
    assert [] == origin.heard


def test_fallback_is_one_word(tmp_path: Path) -> None:
    """Another fallback than the browser is refused, and so is one without a browser."""
    for engine, fallback in (("browser", "curl"), ("plain", "browser")):
        with pytest.raises(preserve.UsageError):
            preserve.archive("https://a.test/", tmp_path, engine=engine, fallback=fallback)


@pytest.mark.parametrize(
    ("first", "sized", "body", "expected"),
    [
        ("HTTP/1.1 200 OK", True, b"abc", b"HTTP/1.1 200 OK\r\nx: 1\r\nContent-Length: 3\r\n\r\nabc"),
        ("HTTP/1.1 204", True, b"", b"HTTP/1.1 204\r\nx: 1\r\nContent-Length: 0\r\n\r\n"),
        ("HTTP/1.1 200 OK", False, b"", b"HTTP/1.1 200 OK\r\nx: 1\r\n\r\n"),
        ("GET / HTTP/1.1", True, b"", b"GET / HTTP/1.1\r\nx: 1\r\n\r\n"),
        ("POST / HTTP/1.1", True, b"ab", b"POST / HTTP/1.1\r\nx: 1\r\nContent-Length: 2\r\n\r\nab"),
    ],
)
def test_messages(first: str, sized: bool, body: bytes, expected: bytes) -> None:  # noqa: FBT001 - a parameter
    """A message has its fields, but those that are not true of a decoded body, and its length."""
    fields = ((b"Content-Encoding", b"br"), (b"x", b"1"), (b"content-length", b"9"))
    assert expected == message(first, fields, body, sized=sized)
