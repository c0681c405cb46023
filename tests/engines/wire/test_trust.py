"""Whose certificate is believed, what is kept of it, and who sees the user's own?"""

from __future__ import annotations

import ssl
import sys
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from preserve.engines.wire.tls import Trust
from preserve.errors import UsageError
from preserve.model.capture import CaptureRequest
from preserve.model.credentials import Credentials
from preserve.model.exchange import Ended
from preserve.model.url import normalise
from tests.engines.wire.conftest import LOOPBACK, Peer, Seen, Stage, World, now
from tests.wire.certificates import Authority

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"
TELLS_CHAIN = sys.version_info >= (3, 13)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Give an authority for certificates."""
    return Authority(tmp_path_factory.mktemp("authority"))


async def answer(peer: Peer) -> None:
    """Answer every request on the connection."""
    while await peer.request():
        await peer.say(OK)


def begin(
    world: World, seed: str, credentials: Credentials | None = None, *, allow_bad: bool = False
) -> None:
    """Begin a capture."""
    world.engine.entrust(credentials or Credentials())
    request = CaptureRequest(
        url=normalise(seed),
        as_given=seed,
        limits=world.limits,
        allow_private_network=True,
        allow_bad_tls=allow_bad,
    )
    world.engine.configure(request, spool=world.spool, clock=now)


BAD: dict[str, tuple[Callable[[Authority], ssl.SSLContext], str]] = {
    "expired": (lambda authority: authority.context("page.test", starts=-20), "expired"),
    "not yet": (lambda authority: authority.context("page.test", starts=2), "not yet valid"),
    "self-signed": (lambda authority: authority.context("page.test", self_signed=True), "self-signed"),
    "wrong host": (lambda authority: authority.context("other.test"), "Hostname mismatch"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_certificate_stops(stage: Stage, authority: Authority, kind: str) -> None:
    """A bad certificate ends the exchange before a request is sent; it is kept where Python can tell it."""
    make, word = BAD[kind]

    async def play(world: World) -> tuple[Seen, bytes, int, list[bytes]]:
        server = await world.serve(answer, make(authority))
        world.names = {"page.test": [LOOPBACK]}
        begin(world, server.url(host="page.test"))
        seen = await world.get(server.url(host="page.test"))
        kept = [block for artefact, block in world.learnt if artefact.kind == "tls"]
        return seen, b"".join(peer.heard for peer in server.peers), len(server.peers), kept

    seen, heard, connections, kept = stage(play, ca_file=str(authority.file))
    assert (Ended.FAILED, None, b"") == (seen.exchange.ended, seen.request, heard)
    assert word in seen.exchange.reason
    assert 1 >= connections
    assert (1 if TELLS_CHAIN else 0) == len(kept)


@pytest.mark.parametrize("kind", BAD)
def test_bad_certificate_is_allowed(stage: Stage, authority: Authority, kind: str) -> None:
    """Where it is allowed the capture goes on, the reason is the verdict, the certificate is kept once."""
    make, word = BAD[kind]

    async def play(world: World) -> tuple[list[Seen], list[tuple[str, bytes]]]:
        server = await world.serve(answer, make(authority))
        world.names = {"page.test": [LOOPBACK]}
        begin(world, server.url(host="page.test"), allow_bad=True)
        seen = [await world.get(server.url(f"/{n}", host="page.test")) for n in range(3)]
        return seen, [(one.url, block) for one, block in world.learnt if one.kind == "tls"]

    seen, kept = stage(play, ca_file=str(authority.file))
    assert [OK] * 3 == [one.response for one in seen]
    verdicts = {one.exchange.tls.verdict for one in seen if one.exchange.tls}
    assert 1 == len(verdicts)
    assert word in verdicts.pop()
    ((name, block),) = kept
    assert name.startswith("urn:x-preserve:tls:page.test:")
    assert 1 == len(x509.load_pem_x509_certificates(block))


def test_another_bad_certificate_is_judged_anew(stage: Stage, authority: Authority) -> None:
    """A server that changes its bad certificate gets a verdict on the new one, and both are kept."""
    # Two handshakes for the first; for the second one that meets a stranger, then two anew.
    old, new = (BAD[kind][0](authority) for kind in ("expired", "wrong host"))
    shown = [old, old, new, new, new]

    async def play(world: World) -> tuple[list[str], int]:
        def choose(layer: ssl.SSLObject | ssl.SSLSocket, _: str | None, __: ssl.SSLContext) -> None:
            layer.context = shown.pop(0)

        context = authority.context("page.test")
        context.sni_callback = choose
        server = await world.serve(answer, context)
        world.names = {"page.test": [LOOPBACK]}
        begin(world, server.url(host="page.test"), allow_bad=True)
        seen = [await world.get(server.url(f"/{n}", host="page.test")) for n in range(2)]
        verdicts = [one.exchange.tls.verdict for one in seen if one.exchange.tls]
        return verdicts, sum(one.kind == "tls" for one, _ in world.learnt)

    (first, second), kept = stage(play, ca_file=str(authority.file))
    assert "expired" in first
    assert "Hostname mismatch" in second
    assert (2, []) == (kept, shown)


@pytest.mark.parametrize("allowed", [False, True])
def test_handshake_that_is_cut(stage: Stage, authority: Authority, *, allowed: bool) -> None:
    """A handshake that the server cuts is a failure, whether bad certificates are allowed or not."""

    async def play(world: World) -> tuple[Seen, int]:
        async def script(peer: Peer) -> None:
            await peer.reader.read(64)
            await peer.say(b"\x16\x03\x03\x00\x7a\x02\x00")

        server = await world.serve(script)
        server.scheme = "https"
        begin(world, server.url(), allow_bad=allowed)
        return await world.get(server.url()), len(server.peers)

    seen, connections = stage(play, ca_file=str(authority.file))
    assert (Ended.FAILED, None, 1) == (seen.exchange.ended, seen.response, connections)
    assert "handshake" in seen.exchange.reason


def test_idn_host(stage: Stage, authority: Authority) -> None:
    """A host in letters beyond ASCII is named, verified and recorded in its ASCII form."""
    ascii_name = "xn--bcher-kva.test"

    async def play(world: World) -> tuple[Seen, list[str | None], list[str]]:
        named: list[str | None] = []
        context = authority.context(ascii_name)
        context.sni_callback = lambda _, name, __: named.append(name)
        server = await world.serve(answer, context)
        world.names = {ascii_name: [LOOPBACK]}
        url = normalise(f"https://Bücher.test:{server.port}/")
        begin(world, url)
        seen = await world.get(url)
        return seen, named, [one.url.rpartition(":")[0] for one, _ in world.learnt if one.kind == "tls"]

    seen, named, urls = stage(play, ca_file=str(authority.file))
    assert (OK, [ascii_name]) == (seen.response, named)
    assert [f"urn:x-preserve:tls:{ascii_name}"] == urls


def test_address_and_chain(stage: Stage, authority: Authority) -> None:
    """The chain is kept as the server sends it, its own certificate first, with the peer's address."""

    async def play(world: World) -> tuple[Seen, list[tuple[str, str | None, bytes]]]:
        server = await world.serve(answer, authority.context(LOOPBACK))
        begin(world, server.url())
        seen = await world.get(server.url())
        return seen, [(one.url, one.peer, block) for one, block in world.learnt]

    seen, learnt = stage(play, ca_file=str(authority.file))
    ((name, peer, block),) = learnt
    assert ("urn:x-preserve:tls:127.0.0.1", LOOPBACK) == (name.rpartition(":")[0], peer)
    assert seen.exchange.tls is not None
    assert [seen.exchange.tls.certificate_der] == [
        one.public_bytes(serialization.Encoding.DER) for one in x509.load_pem_x509_certificates(block)
    ]


@pytest.mark.parametrize("shown", [False, True])
def test_client_certificate(stage: Stage, authority: Authority, *, shown: bool) -> None:
    """A server that wants a certificate of its clients gets the user's; without one it is a failure."""
    pem = client_pem(authority)

    async def play(world: World) -> tuple[Seen, list[object]]:
        subjects: list[object] = []

        async def script(peer: Peer) -> None:
            subjects.append(peer.writer.get_extra_info("peercert"))
            await answer(peer)

        server = await world.serve(script, wanting(authority, "page.test"))
        world.names = {"page.test": [LOOPBACK]}
        given = Credentials(client_cert=str(pem) if shown else "")
        begin(world, server.url(host="page.test"), given)
        return await world.get(server.url(host="page.test")), subjects

    seen, subjects = stage(play, ca_file=str(authority.file))
    assert (Ended.WHOLE if shown else Ended.FAILED) is seen.exchange.ended
    assert shown is bool(subjects)


def test_client_certificate_stays_at_home(stage: Stage, authority: Authority) -> None:
    """No other origin than the page's sees the user's certificate, not even another port of the host."""

    async def play(world: World) -> list[Seen]:
        world.names = {"page.test": [LOOPBACK], "other.test": [LOOPBACK]}
        page = await world.serve(answer, wanting(authority, "page.test"))
        port = await world.serve(answer, wanting(authority, "page.test"))
        other = await world.serve(answer, wanting(authority, "other.test"))
        given = Credentials(client_cert=str(client_pem(authority)))
        begin(world, page.url(host="page.test"), given)
        return [
            await world.get(server.url(host=host))
            for server, host in ((page, "page.test"), (port, "page.test"), (other, "other.test"))
        ]

    seen = stage(play, ca_file=str(authority.file))
    assert [Ended.WHOLE, Ended.FAILED, Ended.FAILED] == [one.exchange.ended for one in seen]


def client_pem(authority: Authority) -> Path:
    """Return a certificate of a client with its key."""
    authority.context("reader.test")
    return authority.folder / "reader.test-1False.pem"


def wanting(authority: Authority, name: str) -> ssl.SSLContext:
    """Return the context of a server that wants a certificate of the authority."""
    context = authority.context(name)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    return context


def test_files_that_are_none(authority: Authority, tmp_path: Path) -> None:
    """Files without what they should hold are the caller's mistake, named before anything is asked."""
    (tmp_path / "empty.pem").write_text("nothing")
    for trust in (
        Trust(ca_file=tmp_path / "empty.pem"),
        Trust(client_cert=tmp_path / "empty.pem"),
        Trust(client_cert=tmp_path / "missing.pem"),
        Trust(client_cert=authority.file),
    ):
        with pytest.raises(UsageError, match=r"\.pem"):
            trust.check()


def test_key_with_a_passphrase(authority: Authority, tmp_path: Path) -> None:
    """A key that is locked is refused with a sentence; nobody is asked for the passphrase."""
    pem = client_pem(authority).read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    path = tmp_path / "locked.pem"
    path.write_bytes(locked + pem[pem.index(b"-----BEGIN CERTIFICATE") :])
    with pytest.raises(UsageError, match="without passphrase"):
        Trust(client_cert=path).check()
