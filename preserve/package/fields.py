"""Which header fields does each of our records carry? docs/format/package-1.md, section 6."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from preserve.model.exchange import TRUNCATED
from preserve.model.times import to_iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preserve.model.digest import Digest
    from preserve.model.exchange import Artefact, Exchange, TlsFacts
    from preserve.package.describe import Description

__all__ = [
    "Fields",
    "interim_fields",
    "request_fields",
    "resource_fields",
    "response_fields",
    "spelt",
    "warcinfo_fields",
]

Fields: TypeAlias = list[tuple[str, str | None]]
"""Names and values in any order; a value of None leaves the field out."""

_RESPONSE = "application/http; msgtype=response"
_REQUEST = "application/http; msgtype=request"
_ID_FIELDS = frozenset({"WARC-Record-ID", "WARC-Warcinfo-ID", "WARC-Concurrent-To", "WARC-Refers-To"})
# As the WARC community's proposal for WARC-Protocol spells what OpenSSL calls TLSv1.3.
_TLS = {"TLSv1": "tls/1.0", "TLSv1.1": "tls/1.1", "TLSv1.2": "tls/1.2", "TLSv1.3": "tls/1.3"}


def spelt(fields: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """Return the fields that have a value, ids in angle brackets; ``write_record`` puts them in order."""
    return [
        (name, f"<{value}>" if name in _ID_FIELDS else value) for name, value in fields if value is not None
    ]


def warcinfo_fields(*, record_id: str, at: str, name: str, digest: Digest) -> Fields:
    """Return the fields of the record that opens a file."""
    return [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", at),
        ("WARC-Filename", name),
        ("WARC-Block-Digest", str(digest)),
        ("Content-Type", "application/warc-fields"),
    ]


def response_fields(exchange: Exchange, seen: Description, *, record_id: str, at: str) -> Fields:
    """Return the fields of a response record."""
    return [
        ("WARC-Type", "response"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", at),
        ("WARC-Target-URI", exchange.url),
        ("WARC-IP-Address", exchange.peer),
        ("WARC-Protocol", exchange.protocol),
        *_secured(exchange.tls),
        ("WARC-Identified-Payload-Type", seen.sniffed_type),
        ("WARC-Truncated", exchange.ended.value if exchange.ended in TRUNCATED else None),
        ("WARC-Block-Digest", str(seen.block_digest)),
        ("WARC-Payload-Digest", str(seen.payload_digest)),
        ("Content-Type", _RESPONSE),
    ]


def request_fields(
    exchange: Exchange, *, record_id: str, at: str, answer: str | None, block: Digest, payload: Digest
) -> Fields:
    """Return the fields of a request record; ``answer`` is the id of its response."""
    return [
        ("WARC-Type", "request"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", at),
        ("WARC-Target-URI", exchange.url),
        ("WARC-Concurrent-To", answer),
        ("WARC-IP-Address", exchange.peer),
        ("WARC-Block-Digest", str(block)),
        ("WARC-Payload-Digest", str(payload)),
        ("Content-Type", _REQUEST),
    ]


def interim_fields(
    exchange: Exchange, *, record_id: str, at: str, beside: str | None, block: Digest
) -> Fields:
    """Return the fields of the metadata record of 1xx responses; ``beside`` is a record of the exchange."""
    return [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", at),
        ("WARC-Target-URI", exchange.url),
        ("WARC-Concurrent-To", beside),
        ("WARC-Block-Digest", str(block)),
        ("Content-Type", _RESPONSE),
    ]


def resource_fields(artefact: Artefact, *, record_id: str, block: Digest) -> Fields:
    """Return the fields of a resource record: what an engine learnt rather than received over HTTP."""
    return [
        ("WARC-Type", "resource"),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", to_iso(artefact.made_at)),
        ("WARC-Target-URI", artefact.url),
        ("WARC-IP-Address", artefact.peer),
        *_secured(artefact.tls),
        ("WARC-Block-Digest", str(block)),
        ("Content-Type", artefact.media_type),
    ]


def _secured(tls: TlsFacts | None) -> Fields:
    """Return what the handshake settled, in the words of WARC; nothing without one."""
    secured = _TLS.get(tls.version) if tls else None
    return [
        ("WARC-Protocol", secured),
        # Before TLS 1.3 OpenSSL's names are not IANA's, which the field asks for.
        ("WARC-Cipher-Suite", (tls.cipher or None) if tls and secured == "tls/1.3" else None),
    ]
