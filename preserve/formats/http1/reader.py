"""Where does an HTTP message begin and end in the octets of a connection?"""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

import attrs

from preserve.formats.http1.bodies import BodyReader, ChunkedBody, CountedBody, EndlessBody
from preserve.formats.http1.events import Body, End, EndReason, Event, Framing, Head, ParsedHead, Role
from preserve.formats.http1.framing import INTERIM, SWITCHING, frame
from preserve.formats.http1.lexer import could_start, lex_fields, lex_start

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MAX_HEAD_BYTES", "MessageReader"]

MAX_HEAD_BYTES = 262_144
"""Limit of a head, and of a trailer section; Chromium has the same for a head."""

_HEAD_END = re.compile(rb"\n\r?\n")  # an empty line; RFC 9112, section 2.2 allows LF alone
_OPENING = 8  # as many octets as could_start looks at, and a few more

# A response is read as it comes and once more, soon after, as it is stored. Both are pure, so the second
# reading asks what the first found.
_REMEMBERED_BYTES = 4096
_lex_again = lru_cache(maxsize=64)(lex_fields)
_frame_again = lru_cache(maxsize=64)(frame)

_NO_HEAD = {
    "cut": "The connection ended before the head did.",
    "empty": "The connection ended before a {kind} began.",
    "foreign": "It does not begin with a start line of a {kind} (RFC 9112, 2.1); all of it is body.",
    "limit": "The head is longer than {most} octets and was not read; all of it is body.",
}


class _Verdict(Enum):
    """What the octets held so far are."""

    OPEN = auto()
    COMPLETE = auto()
    FOREIGN = auto()
    """No head of HTTP/1: HTTP/0.9, or another protocol."""
    LIMIT = auto()


@attrs.define
class _HeadBuffer:
    """Octets that may become a head, at most ``most``. Each is looked at a fixed number of times."""

    kind: Role
    most: int
    held: bytearray = attrs.field(factory=bytearray)
    begin: int = 0
    """Offset of the start line: after leading line ends (RFC 9112, 2.2)."""
    line_end: int = -1
    """Offset of the LF of the start line."""
    end: int = 0
    """Offset after the head, once complete."""
    parsed: ParsedHead | None = None
    problems: tuple[str, ...] = ()

    def take(self, octets: bytes, at: int) -> int:
        """Add octets from ``at`` on, up to the limit; return how many."""
        taken = octets[at : at + self.most - len(self.held)]
        self.held += taken
        return len(taken)

    def judge(self, fresh: int) -> _Verdict:
        """Say what it is, the last ``fresh`` octets being new. More octets change no answer but OPEN."""
        held = self.held
        while self.begin < len(held) and held[self.begin] in b"\r\n":
            self.begin += 1
        if self.line_end < 0:
            if not could_start(self.kind, bytes(held[self.begin : self.begin + _OPENING])):
                return _Verdict.FOREIGN
            self.line_end = held.find(b"\n", max(self.begin, len(held) - fresh))
            if self.line_end < 0:
                return self._open()
            start = lex_start(self.kind, bytes(held[self.begin : self.line_end]))
            if start is None:
                return _Verdict.FOREIGN
            self.parsed, self.problems = start
        found = _HEAD_END.search(held, max(self.line_end, len(held) - fresh - 2))
        if found is None:
            return self._open()
        self.end = found.end()
        return _Verdict.COMPLETE

    def read(self) -> tuple[ParsedHead, tuple[str, ...]]:
        """Return the complete head, and what was odd."""
        assert self.parsed is not None  # noqa: S101 - judge() said COMPLETE
        section = bytes(self.held[self.line_end + 1 : self.end])
        fields, odd = _lex_again(section) if len(section) <= _REMEMBERED_BYTES else lex_fields(section)
        leading = (f"{self.begin} octets of line ends stand before the start line.",) if self.begin else ()
        start = self.parsed
        parsed = ParsedHead(
            version=start.version,
            status=start.status,
            reason=start.reason,
            method=start.method,
            target=start.target,
            fields=fields,
        )
        return parsed, (*leading, *self.problems, *odd)

    def _open(self) -> _Verdict:
        return _Verdict.LIMIT if len(self.held) >= self.most else _Verdict.OPEN


class MessageReader:
    """
    Eats the octets of one connection and says what they are, up to the end of one message.

    A response is preceded by any number of interim heads (1xx but 101). Events are ``Head`` (of the
    interim responses, then of the message), any number of ``Body``, one ``End``. Nothing that a peer
    sends makes it raise, and it holds no more than ``max_head_bytes`` back. All ``Head.raw`` and
    ``Body.raw`` in a row are what was fed, less ``surplus``; how it was cut into feeds changes only
    how the body is cut into ``Body`` events.

    ================================  =====================================  ===========================
    What comes                        Events                                 ``End.reason`` at the end
    ================================  =====================================  ===========================
    A framed message                  as above; what follows is ``surplus``  WHOLE; CUT if it ends early
    HTTP/0.9, or no HTTP at all       Head(parsed=None), all of it is Body   WHOLE
    A head longer than the limit      the same                               LIMIT
    The connection ends in the head   the same                               CUT
    Nothing, or interim heads only    no further Head, no Body               CUT
    ================================  =====================================  ===========================

    Args:
        kind: Which side of the connection this is.
        request_method: Of the request that the response answers; of no use for a request.
        max_head_bytes: Limit of one head, and of a trailer section.

    Source: RFC 9112.
    """

    def __init__(
        self, kind: Role, *, request_method: bytes = b"GET", max_head_bytes: int = MAX_HEAD_BYTES
    ) -> None:
        self.kind = kind
        self.request_method = request_method
        self.max_head_bytes = max_head_bytes
        self._buffer = _HeadBuffer(kind, max_head_bytes)
        self._body: BodyReader | None = None
        self._keep_alive = False
        self._start = 0  # of the head that is being read, or of the message
        self._offset = 0  # after the last octet that has an event or is held
        self._done = False
        self._surplus = bytearray()

    @property
    def done(self) -> bool:
        """Whether ``End`` was given. The caller should then stop feeding: what it feeds is only kept."""
        return self._done

    @property
    def surplus(self) -> bytes:
        """What was fed after the end of the message; it belongs to no message, or to the next."""
        return bytes(self._surplus)

    def feed(self, data: bytes | bytearray | memoryview) -> list[Event]:
        """
        Return what the octets make known, in order.

        ``Body`` may refer to ``data`` without copying it when that is ``bytes``; anything else is copied.
        """
        octets = data if isinstance(data, bytes) else bytes(data)
        events: list[Event] = []
        at = 0
        while at < len(octets) and not self._done:
            step = self._feed_head if self._body is None else self._feed_body
            at = step(octets, at, events)
        self._surplus += octets[at:]
        return events

    def close(self) -> list[Event]:
        """Return what the end of the connection makes known. Nothing after ``End``, so it may be repeated."""
        events: list[Event] = []
        if self._done:
            return events
        self._keep_alive = False
        if self._body is None:
            self._cut_head(events)
        if self._body is None:
            self._end(events, EndReason.CUT, (_NO_HEAD["empty"].format(kind=self.kind),))
        else:
            late, reason = self._body.close()
            if late is not None:
                events.append(late)
            self._end(events, reason, tuple(self._body.problems))
        return events

    def _feed_head(self, octets: bytes, at: int, events: list[Event]) -> int:
        taken = self._buffer.take(octets, at)
        verdict = self._buffer.judge(taken)
        self._offset += taken
        if verdict is _Verdict.COMPLETE:
            back = len(self._buffer.held) - self._buffer.end
            self._offset -= back
            self._complete(events)
            return at + taken - back
        if verdict is _Verdict.FOREIGN:
            self._headless(events, "foreign", EndReason.WHOLE)
        elif verdict is _Verdict.LIMIT:
            self._headless(events, "limit", EndReason.LIMIT)
        return at + taken

    def _complete(self, events: list[Event]) -> None:
        parsed, odd = self._buffer.read()
        known = self._buffer.end <= _REMEMBERED_BYTES
        framed = (_frame_again if known else frame)(self.kind, self.request_method, parsed)
        interim = parsed.status in INTERIM and parsed.status != SWITCHING
        raw = bytes(self._buffer.held[: self._buffer.end])
        events.append(
            Head(
                start=self._start,
                end=self._offset,
                raw=raw,
                parsed=parsed,
                problems=odd + framed.problems,
                interim=interim,
                framing=framed.framing,
                length=framed.length,
            )
        )
        self._buffer = _HeadBuffer(self.kind, self.max_head_bytes)
        if interim:
            self._start = self._offset
            return
        self._keep_alive = framed.keep_alive
        self._body = _BODIES[framed.framing](framed.length or 0, self.max_head_bytes)
        self._end_if_done(events)

    def _headless(self, events: list[Event], why: str, reason: EndReason) -> None:
        """Say that there is no head, and give what was held for one as body."""
        sentence = _NO_HEAD[why].format(kind=self.kind, most=self.max_head_bytes)
        events.append(
            Head(
                start=self._start,
                end=self._start,
                raw=b"",
                parsed=None,
                problems=(sentence,),
                framing=Framing.CLOSE,
                over_limit=reason is EndReason.LIMIT,
            )
        )
        held = bytes(self._buffer.held)
        self._buffer = _HeadBuffer(self.kind, self.max_head_bytes)
        self._body = EndlessBody(reason)
        events.append(Body(raw=held, entity=held))

    def _cut_head(self, events: list[Event]) -> None:
        if self._buffer.held:
            self._headless(events, "cut", EndReason.CUT)

    def _feed_body(self, octets: bytes, at: int, events: list[Event]) -> int:
        assert self._body is not None  # noqa: S101 - feed() has looked
        stretch, end = self._body.feed(octets, at)
        self._offset += end - at
        events.append(stretch)
        self._end_if_done(events)
        return end

    def _end_if_done(self, events: list[Event]) -> None:
        if self._body is not None and self._body.done:
            self._end(events, EndReason.WHOLE, tuple(self._body.problems))

    def _end(self, events: list[Event], reason: EndReason, problems: tuple[str, ...]) -> None:
        self._done = True
        events.append(
            End(
                reason=reason,
                keep_alive=self._keep_alive,
                problems=problems,
                trailers=self._body.trailers if self._body is not None else (),
                size_bytes=self._offset - self._start,
            )
        )


_BODIES: dict[Framing, Callable[[int, int], BodyReader]] = {
    Framing.NONE: lambda _length, _most: CountedBody(0),
    Framing.LENGTH: lambda length, _most: CountedBody(length),
    Framing.CHUNKED: lambda _length, most: ChunkedBody(most),
    Framing.CLOSE: lambda _length, _most: EndlessBody(EndReason.WHOLE),
    Framing.UPGRADE: lambda _length, _most: EndlessBody(EndReason.UPGRADE),
}
