"""
What did the way to a server teach us, besides its answers?

The certificate chain of a TLS handshake and the addresses of a name become artefacts, each once in a
capture: one for each host and distinct chain, one for each name and distinct answer.
docs/format/package-1.md, section 6.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections import deque
from typing import TYPE_CHECKING

import attrs

from preserve.model.exchange import Artefact
from preserve.model.url import parse

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

    from preserve.engines.wire.resolve import Resolver
    from preserve.model.exchange import Exchange, WritableSpool

__all__ = ["Learnt", "dns_block", "pem_chain"]

PEM_CHAIN = "application/pem-certificate-chain"
"""RFC 8555, section 9.1."""
DNS = "text/dns"
"""RFC 4027."""

_PEM_COLUMNS = 64
_HTTPS = "443"


def pem_chain(chain: Iterable[bytes]) -> bytes:
    """Return certificates in PEM, strict form, LF. RFC 7468, sections 3 and 5.1."""
    return "".join(
        "-----BEGIN CERTIFICATE-----\n"
        + "".join(f"{line}\n" for line in textwrap.wrap(base64.b64encode(der).decode(), _PEM_COLUMNS))
        + "-----END CERTIFICATE-----\n"
        for der in chain
    ).encode()


def dns_block(host: str, addresses: Iterable[str], at: dt.datetime) -> bytes:
    """
    Return an answer of the resolver: the 14 digits of its second, then a line for each address.

    The lines are those of a master file (RFC 1035, section 5.1) without TTL, which the system's
    resolver does not tell. An IPv6 address loses its scope id, which has no meaning elsewhere.
    """
    lines = [f"{at:%Y%m%d%H%M%S}"]
    for address in addresses:
        kind = "AAAA" if ":" in address else "A"
        lines.append(f"{host.removesuffix('.')}.\tIN\t{kind}\t{address.partition('%')[0]}")
    return "".join(f"{line}\n" for line in lines).encode()


class Learnt:
    """
    What one capture learnt and has not told yet. Also the resolver that it learns from.

    Args:
        resolver: Called with a host name in a thread of its own.
        spool: Makes an empty spool.
        clock: Returns the present, an aware UTC datetime.
    """

    def __init__(
        self, resolver: Resolver, spool: Callable[[], WritableSpool], clock: Callable[[], dt.datetime]
    ) -> None:
        self._resolver = resolver
        self._spool = spool
        self._clock = clock
        self._answers: deque[tuple[str, tuple[str, ...], dt.datetime]] = deque()
        self._told: set[tuple[str, bytes]] = set()

    def resolve(self, host: str) -> tuple[str, ...]:
        """Look a name up and remember the answer; called in threads."""
        addresses = tuple(self._resolver(host))
        self._answers.append((host, addresses, self._clock()))
        return addresses

    def from_names(self) -> Iterator[Artefact]:
        """Yield the answers of the resolver that are new."""
        while self._answers:
            host, addresses, at = self._answers.popleft()
            if addresses and self._is_new(f"dns:{host}", "\n".join(addresses).encode()):
                block = dns_block(host, addresses, at)
                yield Artefact(
                    url=f"dns:{host}", media_type=DNS, made_at=at, content=self._keep(block), kind="dns"
                )

    def from_exchange(self, exchange: Exchange) -> Iterator[Artefact]:
        """Yield the certificate chain of an exchange, if it is new; that of a handshake that failed too."""
        tls = exchange.tls
        if tls is None or not tls.chain_der:
            return
        url = parse(exchange.url)
        block = pem_chain(tls.chain_der)
        name = f"urn:x-preserve:tls:{url.hostname.strip('[]')}:{url.port or _HTTPS}"
        if self._is_new(name, block):
            yield Artefact(
                url=name,
                media_type=PEM_CHAIN,
                made_at=exchange.began_at,
                content=self._keep(block),
                kind="tls",
                facts={"verdict": tls.verdict},
                peer=exchange.peer,
                tls=attrs.evolve(tls, certificate_der=None, chain_der=()),
            )

    def _is_new(self, name: str, block: bytes) -> bool:
        key = (name, hashlib.sha256(block).digest())
        if key in self._told:
            return False
        self._told.add(key)
        return True

    def _keep(self, block: bytes) -> WritableSpool:
        spool = self._spool()
        spool.write(block)
        return spool
