"""
Where does the body of a message end?

RFC 9112, section 6.3, as a table in the RFC's order that the code walks: the first rule that
applies and has a framing decides; a rule without one only says what is wrong, and the walk goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from preserve.formats.http1.events import Framing, ParsedHead, Role

__all__ = ["INTERIM", "RULES", "SWITCHING", "Framed", "Message", "Rule", "frame", "is_persistent"]

# RFC 9110, section 15
INTERIM = range(100, 200)
SWITCHING = 101
_SUCCESS = range(200, 300)
_BODILESS = frozenset({*INTERIM, 204, 304})

_LENGTH = re.compile(rb"[0-9]{1,18}")  # RFC 9110, section 8.6; 18 digits: less than 2^63
_VERSION = re.compile(rb"HTTP/([0-9]+)(?:\.([0-9]+))?", re.IGNORECASE)


@attrs.frozen(kw_only=True)
class Message:
    """What the rules look at."""

    kind: Role
    method: bytes
    """Of the request, also where the message is the response to it."""
    status: int
    """0 for a request."""
    version: tuple[int, int]
    transfer: tuple[bytes, ...]
    """Transfer codings in the order applied, without parameters and ``identity``."""
    identity: bool
    """Whether Transfer-Encoding named ``identity``, or nothing."""
    lengths: tuple[bytes, ...]
    """Members of every Content-Length field."""
    has_length: bool

    @property
    def length(self) -> int | None:
        """The one length that all members give; None if there is none or they are at odds."""
        if not all(_LENGTH.fullmatch(member) for member in self.lengths):
            return None
        values = {int(member) for member in self.lengths}
        return values.pop() if len(values) == 1 else None


@attrs.frozen
class Rule:
    """One rule: its number, when it applies, and what then holds."""

    number: str
    applies: Callable[[Message], bool]
    framing: Framing | None = None
    problem: str = ""
    faulty: bool = False
    """Whether the RFC has the connection closed after such a message."""


# Numbers are those of RFC 9112, section 6.3; where another clause decides it is named in full.
RULES = (
    Rule("RFC 9110, 15.2.2", lambda m: m.status == SWITCHING, Framing.UPGRADE),
    Rule("1", lambda m: m.kind == "response" and m.method == b"HEAD", Framing.NONE),
    Rule("1", lambda m: m.status in _BODILESS, Framing.NONE),
    Rule("2", lambda m: m.method == b"CONNECT" and m.status in _SUCCESS, Framing.UPGRADE),
    Rule(
        "RFC 9112, 7",
        lambda m: m.identity,
        problem="Transfer-Encoding names no coding, or identity, which RFC 7230 removed; that is ignored.",
    ),
    Rule(
        "3",
        lambda m: bool(m.transfer) and m.has_length,
        problem="Transfer-Encoding and Content-Length are both given; the former overrides (RFC 9112, 6.3).",
        faulty=True,
    ),
    Rule(
        "RFC 9112, 6.1",
        lambda m: bool(m.transfer) and m.version < (1, 1),
        problem="Transfer-Encoding stands in a message older than HTTP/1.1 (RFC 9112, 6.1).",
        faulty=True,
    ),
    Rule(
        "RFC 9112, 7",
        lambda m: any(coding != b"chunked" for coding in m.transfer),
        problem="Transfer codings other than chunked are not removed from the entity body (RFC 9112, 7).",
    ),
    Rule(
        "RFC 9112, 7.1",
        lambda m: m.transfer.count(b"chunked") > 1,
        problem="The chunked coding was applied more than once; one is removed (RFC 9112, 7.1).",
    ),
    Rule("4", lambda m: m.transfer[-1:] == (b"chunked",), Framing.CHUNKED),
    Rule(
        "4",
        lambda m: bool(m.transfer),
        Framing.CLOSE,
        problem="Chunked is not the last transfer coding; read to the end of the connection (RFC 9112, 6.3).",
        faulty=True,
    ),
    Rule(
        "5",
        lambda m: m.has_length and m.length is None,
        Framing.CLOSE,
        problem="Content-Length is no single number; read to the end of the connection (RFC 9112, 6.3).",
        faulty=True,
    ),
    Rule("6", lambda m: m.has_length, Framing.LENGTH),
    Rule("7", lambda m: m.kind == "request", Framing.NONE),
    Rule("8", lambda _: True, Framing.CLOSE),
)


@attrs.frozen(kw_only=True)
class Framed:
    """What the walk found."""

    framing: Framing
    length: int | None
    """Octets of the body, for LENGTH only."""
    problems: tuple[str, ...]
    keep_alive: bool
    """Whether the connection may carry another message once this one was read whole."""


def frame(kind: Role, request_method: bytes, head: ParsedHead) -> Framed:
    """
    Decide by RFC 9112, section 6.3, where the body ends.

    Args:
        kind: Whether ``head`` is a request's or a response's.
        request_method: Of the request that a response answers.
        head: Start line and fields.
    """
    codings = [token.partition(b";")[0].rstrip(b" \t") for token in head.tokens(b"transfer-encoding")]
    transfer = tuple(coding for coding in codings if coding not in {b"identity", b""})
    message = Message(
        kind=kind,
        method=head.method if kind == "request" else request_method,
        status=head.status or 0,
        version=_version(head.version),
        transfer=transfer,
        identity=len(transfer) < len(codings) or (not codings and head.get(b"transfer-encoding") is not None),
        lengths=tuple(head.tokens(b"content-length")),
        has_length=head.get(b"content-length") is not None,
    )
    problems: list[str] = []
    framing, faulty = Framing.CLOSE, False
    for rule in RULES:
        if not rule.applies(message):
            continue
        faulty = faulty or rule.faulty
        if rule.problem:
            problems.append(rule.problem)
        if rule.framing is not None:
            framing = rule.framing
            break
    ends_itself = framing in {Framing.NONE, Framing.LENGTH, Framing.CHUNKED}
    return Framed(
        framing=framing,
        length=message.length if framing is Framing.LENGTH else None,
        problems=tuple(problems),
        keep_alive=ends_itself and not faulty and is_persistent(head),
    )


def is_persistent(head: ParsedHead) -> bool:
    """Tell whether the connection outlives the message, by its version and options. RFC 9112, section 9.3."""
    options = head.tokens(b"connection")
    version = _version(head.version)
    if b"close" in options or version[0] != 1:
        return False
    return version >= (1, 1) or b"keep-alive" in options


def _version(version: bytes) -> tuple[int, int]:
    """Return major and minor; HTTP/1.0 for what has none, such as ICY."""
    found = _VERSION.fullmatch(version)
    return (int(found[1]), int(found[2] or 0)) if found else (1, 0)
