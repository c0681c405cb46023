"""What is one row of the table of hostile cases?"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from preserve.model.exchange import Ended
from preserve.model.reference import State
from tests.wire.origin import End, Script

__all__ = ["BATCHES", "BOTH", "HTTP", "LIMITS", "OBJECT", "Hostile", "Peer", "answer", "then"]

BOTH = ("http", "https")
HTTP = ("http",)
"""Where the scheme makes no difference, one is enough."""

OBJECT = b'<object data="%CASE%/it"></object>'

LIMITS: dict[str, float] = {
    "dns_s": 3,
    "connect_s": 3,
    "tls_s": 4,
    "head_s": 3,
    "idle_s": 3,
    "exchange_s": 8,
    "retries": 0,
    "redirects": 5,
    "body_bytes": 1 << 18,
    "head_bytes": 1 << 16,
}
"""Limits of every capture, where it names no others."""

BATCHES: dict[str, dict[str, float]] = {
    "together": {},
    "bombs": {"body_bytes": 1 << 22},
    "slow": {
        "dns_s": 0.6,
        "head_s": 0.6,
        "idle_s": 0.6,
        "exchange_s": 1.5,
        "least_rate_bytes_s": 1000,
        "least_rate_s": 0.8,
    },
}
"""Cases of a batch are all in one page, so that none may keep the others from their good end."""


@attrs.frozen(kw_only=True)
class Peer:
    """A second server, whose address stands as ``%PEER%`` in the page."""

    opening: Script = ()
    scripts: Mapping[str, tuple[Script, ...]] = attrs.field(factory=dict)
    certificate: str = ""
    """``good``, ``expired``, ``early``, ``self-signed``, ``wrong-host``; empty: it speaks no TLS."""
    scheme: str = "https"
    """How it is addressed, whatever it speaks."""


@attrs.frozen(kw_only=True)
class Hostile:
    """
    What a hostile server or page does to a capture.

    The page ``/`` refers to ``about``, whose answer is in ``paths`` or comes from ``peer``. ``%CASE%`` is
    the place of the case on its origin; paths, and an ``about`` that begins with a slash, are below it.
    """

    does: str
    becomes: str
    """What the record becomes."""
    state: State
    """Of the reference."""
    ended: Ended | None = Ended.WHOLE
    """Of the response record that the reference points to; None: there is none."""
    deadline: str = ""
    """What ends it, where something must."""
    within_s: float = 10.0
    """The whole capture must be over by then, on a machine with much else to do."""
    alone: Mapping[str, float] | None = None
    """The case has a capture of its own, with these limits."""
    batch: str = "together"
    """Else: which cases it shares one with."""
    paths: Mapping[str, tuple[Script, ...]] = attrs.field(factory=dict)
    page: bytes = OBJECT
    about: str = "/it"
    """A path, or an address with ``%PEER%`` or ``%PORT%``; empty: the page itself."""
    says: str = ""
    """Words that the reason, or a problem, must have."""
    peer: Peer | None = None
    names: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    """What names lead to, besides those in ``.test``; one without addresses is never answered."""
    schemes: tuple[str, ...] = BOTH


def answer(body: bytes, fields: bytes = b"Content-Type: text/html\r\n") -> Script:
    """Return a response with these fields and the length of the body; the connection is kept."""
    return (b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n" % (fields, len(body)) + body, End.KEEP)


def then(location: bytes, status: int = 302, fields: bytes = b"") -> Script:
    """Return a redirect; the connection is kept."""
    head = b"HTTP/1.1 %d Onward\r\n%sContent-Length: 0\r\nLocation: %s\r\n\r\n" % (status, fields, location)
    return (head, End.KEEP)
