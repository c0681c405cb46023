"""What does an engine bring back from the world?"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator, Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

import attrs

from preserve.model.url import UriR

if TYPE_CHECKING:
    from preserve.model.capture import CaptureRequest
    from preserve.model.credentials import Credentials
    from preserve.model.rendering import Observation, Rendering

__all__ = [
    "TRUNCATED",
    "Artefact",
    "AskedBy",
    "Ended",
    "Engine",
    "Exchange",
    "Fidelity",
    "SawPage",
    "ShowsPages",
    "Stored",
    "TakesCredentials",
    "Task",
    "TlsFacts",
    "WireRequest",
    "WritableSpool",
]


class Ended(StrEnum):
    """How an exchange ended."""

    WHOLE = "whole"
    """The response arrived to the end that its framing states."""
    LENGTH = "length"
    """We stopped: a limit of size."""
    TIME = "time"
    """We stopped: a deadline."""
    DISCONNECT = "disconnect"
    """The peer or the network stopped before the end that the framing states."""
    FAILED = "failed"
    """Not one byte of a response came."""
    REFUSED = "refused"
    """We did not ask: the guard, or a rule the user gave, forbids it."""


TRUNCATED = frozenset({Ended.LENGTH, Ended.TIME, Ended.DISCONNECT})
"""What WARC-Truncated may say (WARC 1.1, 5.13)."""


class AskedBy(StrEnum):
    """Who made an exchange happen."""

    ENGINE = ""
    """An engine without a browser, on behalf of a reference."""
    BROWSER = "browser"
    """The page, while a browser showed it."""
    CLICK = "click"
    """The page, because a download widget of it was clicked."""
    PASS = "pass"  # noqa: S105 - no password
    """Our own client after that, for what the page refers to and the browser did not ask for."""


class Fidelity(StrEnum):
    """How near the stored octets are to those of the connection."""

    WIRE = "wire"
    """They are the octets of the connection."""
    DECODED = "decoded"
    """A browser spoke to the origin in another way (HTTP/2, its own TLS) and told what it understood."""
    SYNTHESISED = "synthesised"
    """Made here: a picture of the page, its text."""


@runtime_checkable
class Stored(Protocol):
    """Bytes kept for a while, in memory or in a spool file. Closing gives them up."""

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        ...

    def open(self) -> BinaryIO:
        """Return a new reader at the first byte; any number may be open."""
        ...

    def close(self) -> None:
        """Free the memory or the file. Idempotent."""
        ...


@runtime_checkable
class WritableSpool(Stored, Protocol):
    """Where an engine keeps bytes as they arrive."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Add bytes at the end."""
        ...


@attrs.frozen(kw_only=True)
class Task:
    """What ``scope`` asks an engine to fetch: one reference, redirects included."""

    url: UriR
    referer: UriR | None = None
    """The page or style sheet that refers to it."""
    accept: str = "*/*"
    """The Accept header, by what the reference is for."""
    method: str = "GET"


@attrs.frozen(kw_only=True)
class WireRequest:
    """One HTTP request, as it will stand on the wire."""

    url: UriR
    method: str = "GET"
    fields: tuple[tuple[bytes, bytes], ...] = attrs.field(default=(), repr=False)
    """Header fields in order, spelt as sent; Host and Connection included. May hold secrets: not shown."""
    kept: tuple[tuple[bytes, bytes], ...] | None = None
    """The same fields as the package keeps them, what the user gave in confidence masked to equal
    length; None: as sent."""
    target: bytes | None = None
    """The request target, when it is not path and query of the URL."""


@attrs.frozen(kw_only=True)
class TlsFacts:
    """What the handshake settled."""

    version: str
    """As OpenSSL names it, e.g. ``TLSv1.3``."""
    cipher: str
    """As OpenSSL names it; for TLS 1.3 that is the IANA name."""
    verdict: str
    """``verified``, or why verification failed."""
    certificate_der: bytes | None = attrs.field(default=None, repr=False)
    chain_der: tuple[bytes, ...] = attrs.field(default=(), repr=False)
    """What the server sent, its own certificate first; only that one where Python cannot tell the rest."""


@attrs.frozen(kw_only=True)
class Exchange:
    """
    One request and what came back: exactly the bytes of the connection.

    ``request`` and ``response`` own their spools; whoever receives the exchange closes it.
    """

    url: UriR
    method: str
    began_at: dt.datetime
    """The instant the request began; every record of the exchange carries it as WARC-Date."""
    ended_at: dt.datetime
    ended: Ended
    reason: str = ""
    """A sentence when ``ended`` is not ``whole``: what was expected, what was seen."""
    request: Stored | None = None
    """The request as sent; None when nothing was sent."""
    interim: Stored | None = None
    """All 1xx responses that came before the final one, whole; None when none came."""
    response: Stored | None = None
    """The final response from its first byte to its last, chunk framing included; None when none came."""
    status: int | None = None
    fields: tuple[tuple[bytes, bytes], ...] = ()
    """The response's header fields as sent."""
    peer: str | None = None
    """The peer's IP address without port; None behind an upstream proxy."""
    tls: TlsFacts | None = None
    redirect_to: UriR | None = None
    """Where a 3xx response with a Location leads; resolved."""
    protocol: str = "http/1.1"
    surplus_bytes: int = 0
    """Octets that came after the end of the response and belong to none; they are not kept."""
    redacted: tuple[str, ...] = ()
    """Names of the fields of the request whose values, or parts of them, were masked in ``request``."""
    reused: bool = False
    """Whether the connection had carried another exchange before."""
    transient: bool = False
    """Nothing came, and for a reason that may pass: the connection could not be made, or broke."""
    aside: bool = False
    """Not on the way to the answer: robots.txt, asked for before the rest may be."""
    asked_by: AskedBy = AskedBy.ENGINE
    destination: str = ""
    """What a browser wants it for (Fetch Standard, destination): ``document``, ``image``; empty: unknown."""
    fidelity: Fidelity = Fidelity.WIRE

    def field(self, name: str) -> str | None:
        """Return the first header field of that name (any case), decoded as Latin-1; None if absent."""
        wanted = name.lower().encode()
        for key, value in self.fields:
            if key.lower() == wanted:
                return value.decode("latin-1").strip()
        return None

    @property
    def received_bytes(self) -> int:
        """How many bytes came, interim responses included."""
        return sum(stored.size_bytes for stored in (self.interim, self.response) if stored is not None)

    def close(self) -> None:
        """Give up all spools."""
        for stored in (self.request, self.interim, self.response):
            if stored is not None:
                stored.close()


@attrs.frozen(kw_only=True)
class Artefact:
    """
    Something an engine made or learnt rather than received over HTTP.

    A certificate chain, an answer of the resolver, a screenshot, a rendered DOM.
    """

    url: str
    """What it is of, or a ``urn:`` that names it."""
    media_type: str
    made_at: dt.datetime
    content: Stored
    kind: str
    """``tls``, ``dns``, and what other engines add."""
    facts: Mapping[str, object] = attrs.field(factory=dict)
    peer: str | None = None
    """The IP address it came from, if it came from one."""
    tls: TlsFacts | None = None
    """The handshake it comes from."""

    def close(self) -> None:
        """Give up the spool."""
        self.content.close()


@runtime_checkable
class Engine(Protocol):
    """What every source of exchanges offers. By entry point: ``preserve.engines``."""

    name: str

    def configure(
        self, request: CaptureRequest, *, spool: Callable[[], WritableSpool], clock: Callable[[], dt.datetime]
    ) -> None:
        """
        Say what the capture is, before the first visit.

        Args:
            request: Limits, user agent, what is allowed.
            spool: Makes a place for bytes that arrive.
            clock: Gives an aware UTC datetime.
        """
        ...

    def visit(self, task: Task) -> AsyncGenerator[Exchange | Artefact | Observation, None]:
        """
        Fetch one task and yield every exchange it took, in the order they began.

        An engine with a browser yields besides what the browser asked for (``asked_by`` says so), in the
        order in which it ended, and what was seen.

        Never raises for what a server or network does: that is an exchange's ``ended`` and ``reason``.
        The last exchange yielded is the answer to the task; those before it are redirects, attempts
        that were repeated, and what was asked for ``aside``.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


@runtime_checkable
class TakesCredentials(Protocol):
    """What an engine offers besides, if it can send what a user gives in confidence."""

    def entrust(self, credentials: Credentials) -> None:
        """
        Take them, before ``configure``: for the origin of the page that is archived, and no other.

        No exchange may hold them: ``request`` is masked to equal length, ``redacted`` names the fields.
        """
        ...


@runtime_checkable
class ShowsPages(Protocol):
    """What an engine offers besides, if it can show a page in a browser."""

    always: bool
    """Whether every page is shown; else those that are nothing without a browser."""

    def show(self, task: Task) -> AsyncGenerator[Exchange | Artefact | Observation, None]:
        """
        Show a page, and yield what the browser asks for, what is made of it, and what is seen.

        Raises:
            ProgramMissing: If there is no browser.
        """
        ...

    def at_ease(self) -> bool:
        """Return whether nothing is on its way to a page that is shown: now is the time for other work."""
        ...


@runtime_checkable
class SawPage(Protocol):
    """What an engine offers besides, if it shows the page in a browser."""

    rendering: Rendering | None
    """What was seen, once the page's visit has ended; None before, and when no browser was needed."""
