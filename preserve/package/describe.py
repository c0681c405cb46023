"""
What does a stored response hold?

One pass over its octets: block digest, payload digest, content digest and the content itself, kept
for the capturers. The same pass describes a response as it arrives and one found by ``recover``.
"""

from __future__ import annotations

from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import TYPE_CHECKING

import attrs

from preserve.capturers.link_field import LINK_FACT
from preserve.capturers.refresh import REFRESH_FACT
from preserve.capturers.sniff import sniff
from preserve.disk import Spool
from preserve.errors import CodingError
from preserve.formats.codings import content_codings, decode
from preserve.formats.http1 import Body, EndReason, Event, Head, MessageReader, ParsedHead
from preserve.formats.robots_tag import ROBOTS_FACT, parse_field
from preserve.model.digest import Digest, hasher
from preserve.model.inspection import Json, Problem
from preserve.model.reference import Role
from preserve.model.resource import Resource
from preserve.model.url import UriR, join
from preserve.scope.challenge import CHALLENGE_FACT, READ_BYTES, find_challenge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from preserve.model.capture import Limits
    from preserve.model.exchange import Ended

__all__ = ["Description", "describe", "location", "make_resource"]

_PREFIX = 1445  # what the MIME Sniffing Standard, section 5.2, reads of a resource
_REFRESH_MOST = 2000  # characters kept of a Refresh field; the record has all of it
_LINKS_MOST, _LINK_MOST = 20, 8000  # Link fields kept, and characters of each
_STATED = {"last_modified": b"last-modified", "content_language": b"content-language"}
_STATED_MOST = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@attrs.frozen(kw_only=True)
class Description:
    """What one response holds. ``content`` belongs to the caller, who closes it."""

    head: ParsedHead | None
    block_digest: Digest
    block_bytes: int
    payload_digest: Digest
    payload_bytes: int
    content_digest: Digest | None
    content_bytes: int | None
    codings: tuple[str, ...]
    sniffed_type: str
    redirect_to: UriR | None
    file_name: str | None
    problems: tuple[Problem, ...]
    challenge: Json = None
    """The mark of a bot detector's challenge, if the answer bears one."""
    content: Spool | None
    """The decoded entity body; None when it could not be decoded or is above the inspection limit."""

    def field(self, name: bytes) -> str | None:
        """Return the first header field of that name, decoded; None when absent or the head unreadable."""
        value = self.head.get(name) if self.head else None
        return None if value is None else _text(value)


def describe(
    block: Iterable[bytes], *, url: str, method: str, limits: Limits, new_spool: Callable[[], Spool]
) -> Description:
    """
    Read a response's octets once and say what they hold.

    Args:
        block: The octets from the status line on, in pieces.
        url: What was asked for; relative redirects are resolved against it.
        method: The request's method: the answer to HEAD has no body.
        limits: Those of the capture.
        new_spool: Makes the spool that keeps the content.
    """
    reading = _Reading(
        block, MessageReader("response", request_method=method.encode(), max_head_bytes=limits.head_bytes)
    )
    head = reading.head()
    codings = content_codings(head.get_all(b"content-encoding")) if head else ()
    content = _Content(new_spool(), limits.inspect_bytes, digest=bool(codings))
    problems = [Problem(code="http.odd-head", message=text) for text in reading.problems]
    whole = True
    try:
        for piece in _decoded(reading.entity(), codings, limits):
            content.write(piece)
    except CodingError as exc:
        whole = False
        problems.append(Problem(code="http.content-coding", message=exc.message))
    for _ in reading.entity():
        pass  # what the decoder left unread still counts for the digests
    problems += [Problem(code="http.odd-body", message=text) for text in reading.late]
    payload_digest = Digest("sha256", reading.payload.hexdigest())
    sniffed_type = sniff(content.prefix[:_PREFIX], _declared(head), url)
    return Description(
        head=head,
        block_digest=Digest("sha256", reading.block.hexdigest()),
        block_bytes=reading.block_bytes,
        payload_digest=payload_digest,
        payload_bytes=reading.payload_bytes,
        content_digest=(content.digest or payload_digest) if whole else None,
        content_bytes=content.size_bytes if whole else None,
        codings=codings,
        sniffed_type=sniffed_type,
        redirect_to=location(head, url),
        file_name=_file_name(head),
        problems=tuple(problems),
        challenge=_challenge(head, content.prefix, html=sniffed_type == "text/html"),
        content=content.kept(whole=whole),
    )


def make_resource(
    seen: Description,
    *,
    url: str,
    role: Role,
    at: str,
    ended: Ended,
    reason: str,
    records: tuple[str, str | None, str | None],
) -> Resource:
    """
    Return the line of ``resources.jsonl`` for a described response, before capturers add facts.

    Args:
        seen: What its octets hold.
        url: The WARC-Target-URI.
        role: That of the reference it answers; a hop becomes a redirect.
        at: The WARC-Date.
        ended: How the exchange ended.
        reason: Its sentence.
        records: The ids of the response, the request and the metadata record.
    """
    response, request, interim = records
    return Resource(
        url=url,
        role=Role.REDIRECT if seen.redirect_to is not None else role,
        status=seen.head.status if seen.head else None,
        captured_at=at,
        ended=ended,
        reason=reason,
        response=response,
        request=request,
        interim=interim,
        block_digest=str(seen.block_digest),
        payload_digest=str(seen.payload_digest),
        payload_bytes=seen.payload_bytes,
        content_digest=str(seen.content_digest) if seen.content_digest else None,
        content_bytes=seen.content_bytes,
        codings=seen.codings,
        declared_type=seen.field(b"content-type"),
        sniffed_type=seen.sniffed_type,
        redirect_to=seen.redirect_to,
        file_name=seen.file_name,
        set_cookies=_set_cookies(seen.head),
        facts={
            **_robots_facts(seen.head),
            **_refresh_facts(seen),
            **_link_facts(seen.head),
            **_field_facts(seen),
            **_challenge_facts(seen),
        },
        problems=seen.problems,
    )


def _decoded(entity: Iterator[bytes], codings: Sequence[str], limits: Limits) -> Iterator[bytes]:
    """Yield the content. Without codings that is the entity body, which the engine has held to the limits."""
    if not codings:
        return entity
    return decode(entity, codings, max_bytes=limits.body_bytes, max_ratio=limits.decode_ratio)


def _refresh_facts(seen: Description) -> dict[str, Json]:
    """Return the Refresh field as sent, as a fact; nothing when there is none."""
    value = seen.field(b"refresh")
    return {} if value is None else {REFRESH_FACT: value[:_REFRESH_MOST]}


def _challenge(head: ParsedHead | None, content: bytes, *, html: bool) -> dict[str, Json] | None:
    if head is None:
        return None
    return find_challenge(
        head.status,
        lambda name: [_text(value) for value in head.get_all(name.encode())],
        content,
        html=html,
    )


def _link_facts(head: ParsedHead | None) -> dict[str, Json]:
    """Return the Link fields as sent, as a fact; nothing when there are none."""
    values: list[Json] = [_text(value)[:_LINK_MOST] for value in (head.get_all(b"link") if head else ())]
    return {LINK_FACT: values[:_LINKS_MOST]} if values else {}


def _challenge_facts(seen: Description) -> dict[str, Json]:
    return {} if seen.challenge is None else {CHALLENGE_FACT: seen.challenge}


def _field_facts(seen: Description) -> dict[str, Json]:
    """Return the fields in which a server says when and in which language, as sent."""
    stated = {name: seen.field(field) for name, field in _STATED.items()}
    return {name: " ".join(value.split())[:_STATED_MOST] for name, value in stated.items() if value}


def _robots_facts(head: ParsedHead | None) -> dict[str, Json]:
    """Return what X-Robots-Tag fields say, as a fact; nothing when there are none."""
    said = [parse_field(_text(value)).as_fact() for value in (head.get_all(b"x-robots-tag") if head else ())]
    return {ROBOTS_FACT: [*said]} if said else {}


def location(head: ParsedHead | None, url: str) -> UriR | None:
    """Return where a 301, 302, 303, 307 or 308 response leads; None for all else. RFC 9110, 15.4."""
    value = head.get(b"location") if head and head.status in _REDIRECTS else None
    return None if value is None else join(url, _text(value))


def _set_cookies(head: ParsedHead | None) -> tuple[str, ...]:
    """Return the names of the cookies that a response sets. RFC 6265, section 5.2."""
    values = head.get_all(b"set-cookie") if head else ()
    names = (_text(value.partition(b";")[0].partition(b"=")[0]) for value in values)
    return tuple(dict.fromkeys(names))


def _declared(head: ParsedHead | None) -> str | None:
    value = head.get(b"content-type") if head else None
    return None if value is None else _text(value)


def _file_name(head: ParsedHead | None) -> str | None:
    """Return the name in Content-Disposition; ``filename*`` goes before ``filename`` (RFC 6266, 4.3)."""
    value = head.get(b"content-disposition") if head else None
    if value is None:
        return None
    message = Message()
    message["Content-Disposition"] = " ".join(_text(value).split())
    parameters = message.get_params(header="content-disposition") or []
    names = [given for name, given in parameters if name.lower() == "filename"]
    # The standard library's parser gives an extended parameter as a tuple: charset, language, text.
    names.sort(key=lambda given: not isinstance(given, tuple))
    return collapse_rfc2231_value(names[0]) if names else None


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8").strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").strip()


class _Reading:
    """One pass over a response: block and payload digests on the way."""

    def __init__(self, block: Iterable[bytes], reader: MessageReader) -> None:
        self.block = hasher()
        self.block_bytes = 0
        self.payload = hasher()
        self.payload_bytes = 0
        self.problems: tuple[str, ...] = ()
        self.late: tuple[str, ...] = ()
        """What was odd about a body that came to its end; why one did not, the exchange says."""
        self._has_head = True
        self._first: list[bytes] = []
        self._events = self._read(block, reader)

    def _read(self, block: Iterable[bytes], reader: MessageReader) -> Iterator[Head | Body]:
        for piece in block:
            self.block.update(piece)
            self.block_bytes += len(piece)
            for event in reader.feed(piece):
                yield from self._sorted(event)
        for event in reader.close():
            yield from self._sorted(event)

    def _sorted(self, event: Event) -> Iterator[Head | Body]:
        if isinstance(event, Head | Body):
            yield event
        elif event.reason is not EndReason.CUT:
            self.late = event.problems

    def head(self) -> ParsedHead | None:
        """Return the head; None when it cannot be read, and then the whole block is the payload."""
        for event in self._events:
            if isinstance(event, Head):
                self.problems = event.problems
                if event.parsed is None:
                    self._has_head = False
                    self._first.append(bytes(event.raw))
                return event.parsed
        return None

    def entity(self) -> Iterator[bytes]:
        """Yield the entity body; a second call goes on where the first was left."""
        while self._first:
            yield self._count(self._first.pop())
        for event in self._events:
            if isinstance(event, Body):
                piece = event.entity if self._has_head else event.raw
                if piece:
                    yield self._count(bytes(piece))

    def _count(self, piece: bytes) -> bytes:
        self.payload.update(piece)
        self.payload_bytes += len(piece)
        return piece


class _Content:
    """The decoded entity body: its first octets, a spool up to the limit, and its digest if asked for."""

    def __init__(self, spool: Spool, most: int, *, digest: bool) -> None:
        self._hash = hasher() if digest else None
        self.size_bytes = 0
        self.prefix = b""
        self._spool = spool
        self._most = most

    def write(self, piece: bytes) -> None:
        if self._hash is not None:
            self._hash.update(piece)
        self.size_bytes += len(piece)
        if len(self.prefix) < READ_BYTES:
            self.prefix += piece[: READ_BYTES - len(self.prefix)]
        if self.size_bytes <= self._most:
            self._spool.write(piece)
        else:
            self._spool.close()

    @property
    def digest(self) -> Digest | None:
        """That of what was written, if it was asked for."""
        return None if self._hash is None else Digest("sha256", self._hash.hexdigest())

    def kept(self, *, whole: bool) -> Spool | None:
        if whole and self.size_bytes <= self._most:
            return self._spool
        self._spool.close()
        return None
