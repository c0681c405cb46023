"""
What does the browser ask for, and what of it goes to the origin?

All of it, as it stands, but for what is said to a proxy only (RFC 9110, section 7.6.1) and for the codings
that a reader of thirty years hence may not know.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from preserve.formats.http1 import Fields
from preserve.model.url import UriR, parse

if TYPE_CHECKING:
    from preserve.formats.http1 import ParsedHead

__all__ = ["TAKEN_OUT", "Asked", "Tunnel", "read_asked", "read_connect"]

TAKEN_OUT = frozenset({b"br", b"zstd", b"dcb", b"dcz"})
"""Codings that the browser offers and that are not passed on: brotli, zstd, and both with dictionaries."""

# Fetch Standard, section 4.1, step 12, and what Chromium makes of it.
_BY_ACCEPT = (("text/html", "document"), ("image/", "image"), ("text/css", "style"))

_AUTHORITY = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[^\[\]:/@\s]+):([0-9]{1,5})")
_PORT_MOST = 65535
_TO_PROXY = frozenset({b"proxy-authorization", b"proxy-connection"})


@attrs.frozen(kw_only=True)
class Tunnel:
    """Where a CONNECT leads."""

    host: str
    port: int

    def base(self, *, secure: bool) -> str:
        """Return scheme and authority of what is asked for within it."""
        return f"{'https' if secure else 'http'}://{self.host}:{self.port}"


@attrs.frozen(kw_only=True)
class Asked:
    """A request of the browser's as it goes to the origin."""

    url: UriR
    method: str
    target: bytes
    """Path and query, spelt as the browser did."""
    fields: Fields = attrs.field(repr=False)
    closes: bool
    """The browser wants no more answers over this connection."""

    def field(self, name: bytes) -> str:
        """Return the first field of that name, in lower case; an empty text if there is none."""
        return self._first.get(name, b"").decode("latin-1")

    @cached_property
    def _first(self) -> dict[bytes, bytes]:
        return {key.lower(): value for key, value in reversed(self.fields)}

    @property
    def destination(self) -> str:
        """
        What it is for, in the words of the Fetch Standard; empty if that cannot be told.

        Chromium says it to secure origins only (Fetch Metadata, section 2.1); else its Accept does.
        """
        said = self.field(b"sec-fetch-dest")
        if said or self.field(b"upgrade-insecure-requests"):
            return said or "document"
        accept = self.field(b"accept")
        return next((what for begins, what in _BY_ACCEPT if accept.startswith(begins)), "")

    @property
    def upgrades(self) -> bool:
        """Whether it asks for a WebSocket. RFC 6455, section 4.1."""
        return self.field(b"upgrade").lower() == "websocket"


def read_connect(head: ParsedHead) -> Tunnel | None:
    """Return where a CONNECT leads; None if it says no host and port. RFC 9112, section 3.2.3."""
    found = _AUTHORITY.fullmatch(head.target)
    if found is None or not 0 < int(found[2]) <= _PORT_MOST:
        return None
    return Tunnel(host=found[1].decode("latin-1").lower(), port=int(found[2]))


def read_asked(head: ParsedHead, base: str = "") -> Asked | None:
    """
    Return what a request asks for; None if it is nothing that can be asked of an origin.

    Args:
        head: The browser's.
        base: Scheme and authority, where it stands in a tunnel; without one the target is a whole URL.
    """
    target = head.target
    if base:
        address = base.encode() + target
    else:
        address, target = target, _path(target)
    if not target.startswith(b"/") or (base and address == target):
        return None
    try:
        url = parse(address.decode("latin-1"))
    except ValueError:
        return None
    if url.protocol not in {"http:", "https:"} or url.username or url.password:
        return None
    fields = tuple(_onward(head))
    options = {
        option.strip().lower()
        for name, value in fields
        if name.lower() == b"connection"
        for option in value.split(b",")
    }
    return Asked(
        url=UriR(url.href.partition("#")[0]),
        method=head.method.decode("latin-1"),
        target=target,
        fields=fields,
        closes=b"close" in options or head.version.upper() == b"HTTP/1.0",
    )


def _path(address: bytes) -> bytes:
    """Return path and query of a whole URL as they are spelt."""
    _, _, rest = address.partition(b"://")
    found = re.search(rb"[/?]", rest)
    if not rest:
        return b""
    path = rest[found.start() :] if found else b"/"
    return path if path.startswith(b"/") else b"/" + path


def _onward(head: ParsedHead) -> list[tuple[bytes, bytes]]:
    """Return the fields to send on, in their order."""
    onward: list[tuple[bytes, bytes]] = []
    has_connection = head.get(b"connection") is not None
    for name, value in head.fields:
        lowered = name.lower()
        if lowered == b"proxy-connection" and not has_connection:
            onward.append((b"Connection", value))
        elif lowered == b"accept-encoding":
            kept = _without_taken(value)
            if kept:
                onward.append((name, kept))
        elif lowered not in _TO_PROXY:
            onward.append((name, value))
    return onward


def _without_taken(value: bytes) -> bytes:
    codings = [coding.strip() for coding in value.split(b",")]
    kept = [coding for coding in codings if coding.partition(b";")[0].strip().lower() not in TAKEN_OUT]
    return value if kept == codings else b", ".join(kept)
