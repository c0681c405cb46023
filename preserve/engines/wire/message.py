"""What do we say to a server, octet by octet?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from preserve.engines.wire.guard import refuse_port
from preserve.engines.wire.pool import Origin
from preserve.engines.wire.stop import Stop
from preserve.model.exchange import Ended
from preserve.model.url import origin, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from preserve.model.exchange import WireRequest
    from preserve.model.url import UriR

__all__ = ["Message", "compose", "fields_for", "referer_for"]

_PORTS = {"http:": 80, "https:": 443}

# RFC 9110, section 5.6.2 (token), and RFC 9112, section 3.2: what a request line may be made of.
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(rb"[\x21-\x7e\x80-\xff]+")
# RFC 9110, section 5.5. A line break in a value would be a field of someone else's making.
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")


@attrs.frozen(kw_only=True)
class Message:
    """A request as it will be sent, and to whom."""

    origin: Origin
    head: bytes = attrs.field(repr=False)
    kept: bytes
    """The head as the package keeps it: as long, and secrets masked."""
    redacted: tuple[str, ...]
    """Names of the fields in which the two differ."""
    closes: bool
    """The request says that the connection ends with it."""

    def keeper(self, keep: Callable[[memoryview], None]) -> Callable[[memoryview], None]:
        """Return what to tell of each piece of the head that was sent, so that ``keep`` gets what is kept."""
        rest = memoryview(self.kept)

        def sent(piece: memoryview) -> None:
            nonlocal rest
            keep(rest[: len(piece)])
            rest = rest[len(piece) :]

        return sent


def compose(request: WireRequest) -> Message | Stop:
    """Return the request's octets, or why it must not be sent. RFC 9112, sections 2.1 and 3."""
    try:
        url = parse(request.url)
    except ValueError:
        return _refused(f"{request.url!r} is not a URL.")
    if url.protocol not in _PORTS:
        return _refused(f"{request.url} is neither http nor https.")
    port = int(url.port or _PORTS[url.protocol])
    method = request.method.encode("latin-1", "replace")
    target = _target(url.href) if request.target is None else request.target
    kept = request.fields if request.kept is None else request.kept
    why = refuse_port(port) or _unspeakable(method, target, request.fields)
    if kept is not request.fields and _lengths(kept) != _lengths(request.fields):
        why = "The fields to be kept are not as long as those to be sent."
    if url.username or url.password:
        why = "The URL has a user name or password in it; they would be kept in the package."
    if why:
        return _refused(why)
    line = b"%s %s HTTP/1.1" % (method, target)
    differing = [ours[0] for ours, theirs in zip(request.fields, kept, strict=True) if ours != theirs]
    head = _head(line, request.fields)
    return Message(
        origin=Origin(secure=url.protocol == "https:", host=url.hostname, port=port),
        head=head,
        kept=_head(line, kept) if differing else head,
        redacted=tuple(dict.fromkeys(name.decode("ascii") for name in differing)),
        closes=any(
            name.lower() == b"connection" and b"close" in value.lower() for name, value in request.fields
        ),
    )


def _lengths(fields: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, int]]:
    return [(name, len(value)) for name, value in fields]


def _head(line: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"\r\n".join((line, *(b"%s: %s" % field for field in fields))) + b"\r\n\r\n"


def fields_for(
    url: UriR, *, user_agent: str, accept: str, referer: str | None, cookie: bytes | None
) -> tuple[tuple[bytes, bytes], ...]:
    """Return the header fields of a request of ours, always in this order."""
    given = (
        (b"Host", parse(url).host.encode()),
        (b"User-Agent", _octets(user_agent)),
        (b"Accept", _octets(accept)),
        # Other codings defeat the readers of today, and of thirty years hence.
        (b"Accept-Encoding", b"gzip"),
        (b"Referer", referer.encode() if referer else None),
        (b"Cookie", cookie),
        (b"Connection", b"keep-alive"),
    )
    return tuple((name, value) for name, value in given if value is not None)


def referer_for(url: UriR, source: UriR | None) -> str | None:
    """
    Return the Referer for a request of ``url`` made on behalf of ``source``; None for none.

    Source: Referrer Policy, section 3.7, strict-origin-when-cross-origin, what browsers do unasked.
    """
    if source is None:
        return None
    try:
        asked, asking = parse(url), parse(source)
    except ValueError:
        return None
    if origin(url) == origin(source):
        if asking.username or asking.password:
            return f"{origin(source)}{asking.pathname}{asking.search}"
        return asking.href.partition("#")[0]
    if asking.protocol not in _PORTS or (asking.protocol, asked.protocol) == ("https:", "http:"):
        return None
    return f"{origin(source)}/"


def _unspeakable(method: bytes, target: bytes, fields: Iterable[tuple[bytes, bytes]]) -> str:
    """Return why these words do not make a head, as a sentence; an empty text if they do."""
    if not (_TOKEN.fullmatch(method) and _TARGET.fullmatch(target)):
        return "The request line would not be one line of three words."
    for name, value in fields:
        if not (_TOKEN.fullmatch(name) and _VALUE.fullmatch(value)):
            return f"The header field {name[:80]!r} would not be one line."
    return ""


def _target(href: str) -> bytes:
    """Return path and query as the URL has them. An empty query keeps its question mark."""
    address = href.partition("#")[0].partition("//")[2]
    return address[address.index("/") :].encode()


def _octets(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _refused(reason: str) -> Stop:
    return Stop(ended=Ended.REFUSED, reason=reason)
