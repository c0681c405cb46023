"""Is the bytes' way inside TLS as exact, and is nobody trusted unverified?"""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from preserve.engines.wire.tls import client_context
from preserve.errors import UsageError
from preserve.model.exchange import Ended
from tests.engines.wire.conftest import LOOPBACK, Peer, Seen, Stage, World, read, wire_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

BODY = bytes(range(256)) * 2000
OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate for page.test and 127.0.0.1, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "page.test")])
    began_at = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    names = [x509.DNSName("page.test"), x509.IPAddress(ipaddress.ip_address(LOOPBACK))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began_at)
        .not_valid_after(began_at + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "page.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def context(certificate: Path, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    """Return a server's context."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    made.minimum_version = made.maximum_version = version
    made.set_alpn_protocols(["h2", "http/1.1"])
    return made


async def answer(peer: Peer) -> None:
    """Answer every request on the connection."""
    while await peer.request():
        await peer.say(OK)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_verified_connection(stage: Stage, certificate: Path, version: ssl.TLSVersion) -> None:
    """Bytes inside TLS are kept exactly, the connection is used again, and what was settled is said."""

    async def play(world: World) -> tuple[list[Seen], list[bytes], str]:
        protocols: list[str] = []

        async def script(peer: Peer) -> None:
            protocols.append(peer.writer.get_extra_info("ssl_object").selected_alpn_protocol())
            await answer(peer)

        server = await world.serve(script, context(certificate, version))
        world.names = {"page.test": [LOOPBACK]}
        seen = [await world.get(server.url(f"/{index}", host="page.test")) for index in range(3)]
        return seen, [bytes(peer.heard) for peer in server.peers], protocols[0]

    seen, heard, protocol = stage(play, ca_file=str(certificate))
    assert [OK] * 3 == [one.response for one in seen]
    assert [b"".join(one.request or b"" for one in seen)] == heard
    assert "http/1.1" == protocol
    tls = seen[0].exchange.tls
    assert tls is not None
    assert (version.name.replace("_", "."), "verified", LOOPBACK) == (
        tls.version,
        tls.verdict,
        seen[0].exchange.peer,
    )
    pem = certificate.read_bytes()
    assert x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER) == tls.certificate_der


@pytest.mark.parametrize(
    ("host", "trusted", "word"),
    [("page.test", False, "self-signed"), ("other.test", True, "Hostname mismatch")],
)
def test_unverified_certificate_ends_the_exchange(
    stage: Stage,
    certificate: Path,
    *,
    host: str,
    trusted: bool,
    word: str,
) -> None:
    """A certificate that cannot be verified ends the exchange before anything is sent; the reason is kept."""

    async def play(world: World) -> tuple[Seen, list[bytes]]:
        server = await world.serve(answer, context(certificate))
        world.names = {host: [LOOPBACK]}
        seen = await world.get(server.url(host=host))
        return seen, [bytes(peer.heard) for peer in server.peers]

    seen, heard = stage(play, ca_file=str(certificate) if trusted else None)
    assert (Ended.FAILED, None, None) == (seen.exchange.ended, seen.request, seen.response)
    assert b"" == b"".join(heard)
    assert True is (word in seen.exchange.reason), seen.exchange.reason
    assert seen.exchange.tls is not None
    assert seen.exchange.reason == seen.exchange.tls.verdict


def test_address_in_the_certificate(stage: Stage, certificate: Path) -> None:
    """A URL with an address is verified against the addresses of the certificate."""

    async def play(world: World) -> Seen:
        server = await world.serve(answer, context(certificate))
        return await world.get(server.url())

    assert Ended.WHOLE is stage(play, ca_file=str(certificate)).exchange.ended


def test_ca_file_that_is_none(tmp_path: Path) -> None:
    """Trusted certificates that cannot be read are the caller's mistake, and named."""
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("empty.pem", "missing.pem"):
        with pytest.raises(UsageError, match=name):
            client_context(tmp_path / name)


def test_no_tls_at_all(stage: Stage) -> None:
    """A server that does not speak TLS is a failure with a reason."""

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        server = await world.serve(script)
        server.scheme = "https"
        return await world.get(server.url())

    seen = stage(play)
    assert Ended.FAILED is seen.exchange.ended
    assert True is ("TLS handshake" in seen.exchange.reason)


def test_silent_handshake_meets_its_deadline(stage: Stage) -> None:
    """A server that takes the connection and says nothing costs the time for handshakes."""

    async def play(world: World) -> Seen:
        server = await world.serve(lambda peer: peer.until_gone())
        server.scheme = "https"
        return await world.get(server.url())

    seen = stage(play, limits={"tls_s": 0.2})
    assert Ended.FAILED is seen.exchange.ended
    assert "The TLS handshake did not come to its end within 0.2 s." == seen.exchange.reason


@pytest.mark.parametrize("whole", [True, False], ids=["close_notify", "cut"])
def test_end_without_close_notify(stage: Stage, certificate: Path, *, whole: bool) -> None:
    """A body that only the connection's end would end is whole with close_notify, and cut without."""
    said = b"HTTP/1.1 200 OK\r\n\r\nbody"

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.say(said)
            if not whole:
                await world.kept(2)
                peer.writer.transport.abort()

        server = await world.serve(script, context(certificate))
        return await world.get(server.url())

    seen = stage(play, ca_file=str(certificate))
    assert said == seen.response
    assert (Ended.WHOLE if whole else Ended.DISCONNECT) is seen.exchange.ended


def test_answer_before_the_upload_ends(stage: Stage, certificate: Path) -> None:
    """A server that answers and reads no more is heard, though the sender is stuck."""
    said = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(65_536)

    async def play(world: World) -> Seen:
        async def script(peer: Peer) -> None:
            await peer.request()
            peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # typeshed: WriteTransport
            await asyncio.sleep(0.2)
            await peer.say(said)
            await asyncio.Event().wait()

        server = await world.serve(script, context(certificate))
        request = wire_request(server.url(), "POST", (b"Content-Length", b"99999999"))
        return read(await world.wire.exchange(request, endless()))

    seen = stage(play, ca_file=str(certificate))
    assert (Ended.WHOLE, said) == (seen.exchange.ended, seen.response)
