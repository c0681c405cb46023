"""What is written down of the way to a server, and how often?"""

from __future__ import annotations

import base64
import datetime as dt
from typing import TYPE_CHECKING

import attrs
from cryptography import x509

from preserve.disk import Spool
from preserve.engines.wire.learnt import Learnt, dns_block, pem_chain
from preserve.engines.wire.socks5 import dialogue
from preserve.model.exchange import Ended, Exchange, TlsFacts
from preserve.model.url import UriR
from tests.wire.certificates import Authority

if TYPE_CHECKING:
    from pathlib import Path

AT = dt.datetime(2026, 11, 22, 10, 15, 0, 999_000, tzinfo=dt.UTC)


def exchange(url: str, *chain: bytes) -> Exchange:
    """Return an exchange over TLS."""
    tls = TlsFacts(version="TLSv1.3", cipher="c", verdict="verified", chain_der=chain)
    return Exchange(
        url=UriR(url), method="GET", began_at=AT, ended_at=AT, ended=Ended.WHOLE, peer="192.0.2.1", tls=tls
    )


def test_block_of_addresses() -> None:
    """The block has the second in 14 digits, then a line for each address, scope ids left out."""
    block = dns_block("example.org.", ["192.0.2.1", "2001:db8::1", "fe80::1%eth0"], AT)
    assert (
        b"20261122101500\n"
        b"example.org.\tIN\tA\t192.0.2.1\n"
        b"example.org.\tIN\tAAAA\t2001:db8::1\n"
        b"example.org.\tIN\tAAAA\tfe80::1\n"
    ) == block


def test_chain_in_pem(tmp_path: Path) -> None:
    """Certificates are written in the strict form of PEM, in their order, and can be read back."""
    authority = Authority(tmp_path)
    authority.context("page.test")
    pem = authority.file.read_bytes()
    ders = [pem_to_der(pem), pem_to_der((tmp_path / "page.test-1False.pem").read_bytes())]
    chain = pem_chain(ders)
    assert ders == [pem_to_der(part) for part in chain.split(b"-----END CERTIFICATE-----\n")[:-1]]
    assert chain.startswith(pem)
    assert 64 == max(map(len, chain.splitlines()))
    assert 2 == len(x509.load_pem_x509_certificates(chain))


def pem_to_der(pem: bytes) -> bytes:
    """Return the octets of the one certificate of a PEM text."""
    body = pem.partition(b"-----BEGIN CERTIFICATE-----")[2].partition(b"-----END")[0]
    return base64.b64decode(body)


def test_each_is_told_once() -> None:
    """A chain is told once for each host and port, an answer once for each name, until they change."""
    learnt = Learnt(lambda host: [f"192.0.2.{len(host)}"], Spool, lambda: AT)
    told = []
    for one in (
        exchange("https://a.test/", b"1"),
        exchange("https://a.test/x", b"1"),
        exchange("https://a.test:8443/", b"1"),
        exchange("https://a.test/", b"2", b"3"),
        exchange("https://[2001:db8::1]/", b"1"),
        exchange("https://a.test/"),
        attrs.evolve(exchange("http://a.test/"), tls=None),
    ):
        told += [artefact.url for artefact in learnt.from_exchange(one)]
    assert [
        "urn:x-preserve:tls:a.test:443",
        "urn:x-preserve:tls:a.test:8443",
        "urn:x-preserve:tls:a.test:443",
        "urn:x-preserve:tls:2001:db8::1:443",
    ] == told
    for host in ("a.test", "a.test", "bb.test"):
        learnt.resolve(host)
    assert ["dns:a.test", "dns:bb.test"] == [artefact.url for artefact in learnt.from_names()]
    assert [] == list(learnt.from_names())


def test_dialogue_names_addresses_by_kind() -> None:
    """A SOCKS5 proxy is given names as names, and addresses of either family as addresses."""
    asked = []
    for host in ("page.test", "192.0.2.1", "[2001:db8::1]"):
        talk = dialogue(host, 443)
        assert (b"\x05\x01\x00", 2) == next(talk)
        asked.append(talk.send(b"\x05\x00")[0])
    assert b"\x05\x01\x00\x03\x09page.test\x01\xbb" == asked[0]
    assert b"\x05\x01\x00\x01\xc0\x00\x02\x01\x01\xbb" == asked[1]
    assert bytes.fromhex("05010004 20010db8000000000000000000000001 01bb") == asked[2]
