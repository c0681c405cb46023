"""Which octets of a body are framing, and which the entity?"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Protocol

from preserve.formats.http1.events import Body, EndReason, Fields, Octets
from preserve.formats.http1.lexer import lex_fields

__all__ = ["CHUNK_LINE_MOST", "BodyReader", "ChunkedBody", "CountedBody", "EndlessBody"]

CHUNK_LINE_MOST = 16_384
"""Octets of a chunk-size line with its extensions. RFC 9112, 7.1.1 asks for a limit; h11 has the same."""

_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;[^\n]*)?\r?\n")  # RFC 9112, sections 7.1 and 7.1.1
_SIZE_LINE_START = re.compile(rb"[0-9A-Fa-f]+[ \t]*(?:\r?\Z|;)")
_SECTION_END = re.compile(rb"\n\r?\n")
_SIZE_BITS = 63
_BREAK_MOST = 2


class BodyReader(Protocol):
    """Takes the octets after a head until it is done."""

    problems: list[str]
    trailers: Fields

    @property
    def done(self) -> bool:
        """Whether the last octet of the body was taken."""
        ...

    def feed(self, octets: bytes, at: int) -> tuple[Body, int]:
        """Take octets from ``at`` on; return the stretch and the offset of the first octet not taken."""
        ...

    def close(self) -> tuple[Body | None, EndReason]:
        """Take the end of the connection, before ``done``."""
        ...


class CountedBody:
    """As many octets as Content-Length says."""

    def __init__(self, length: int) -> None:
        self.left = length
        self.problems: list[str] = []
        self.trailers: Fields = ()

    @property
    def done(self) -> bool:
        """Whether none is left to come."""
        return not self.left

    def feed(self, octets: bytes, at: int) -> tuple[Body, int]:
        """Take what is left to come, at most."""
        end = min(len(octets), at + self.left)
        self.left -= end - at
        stretch = _stretch(octets, at, end)
        return Body(raw=stretch, entity=stretch), end

    def close(self) -> tuple[Body | None, EndReason]:
        """Octets are missing."""
        self.problems.append(
            f"The connection ended {self.left} octets before the end that Content-Length states."
        )
        return None, EndReason.CUT


class EndlessBody:
    """Everything until the end of the connection."""

    def __init__(self, reason: EndReason) -> None:
        self.reason = reason
        self.problems: list[str] = []
        self.trailers: Fields = ()

    @property
    def done(self) -> bool:
        """Never."""
        return False

    def feed(self, octets: bytes, at: int) -> tuple[Body, int]:
        """Take all."""
        stretch = _stretch(octets, at, len(octets))
        return Body(raw=stretch, entity=stretch), len(octets)

    def close(self) -> tuple[Body | None, EndReason]:
        """End as it was told."""
        return None, self.reason


class _At(Enum):
    """Where in the chunked body the next octet stands. RFC 9112, section 7.1."""

    SIZE = auto()
    DATA = auto()
    BREAK = auto()
    """The line end after a chunk's data."""
    TRAILER = auto()
    PLAIN = auto()
    """Not chunked at all: the first line is no chunk size."""
    LOST = auto()
    """After a framing that broke: kept, but of no entity."""
    DONE = auto()


class ChunkedBody:
    """
    The chunked transfer coding, RFC 9112, section 7.1.

    Every octet given is in a ``raw`` at once; lines cut by a feed are kept a second time, bounded.
    A body whose first line is no chunk size is not chunked, whatever the head says: all of it is
    entity, to the end of the connection. Where the framing breaks later, the entity ends there and
    the octets up to the end of the connection are ``raw`` only.
    """

    def __init__(self, trailer_most: int) -> None:
        self.problems: list[str] = []
        self.trailers: Fields = ()
        self._trailer_most = trailer_most
        self._at = _At.SIZE
        self._left = 0
        self._chunks = 0
        self._held = bytearray()
        self._entity: list[Octets] = []
        self._reason = EndReason.CUT
        self._steps = {
            _At.SIZE: self._size,
            _At.DATA: self._data,
            _At.BREAK: self._break,
            _At.TRAILER: self._trailer,
            _At.PLAIN: self._plain,
            _At.LOST: self._lost,
        }

    @property
    def done(self) -> bool:
        """Whether the empty line after the trailer section was taken."""
        return self._at is _At.DONE

    def feed(self, octets: bytes, at: int) -> tuple[Body, int]:
        """Take chunks as far as they go."""
        start, end = at, len(octets)
        view = memoryview(octets)
        while at < end and self._at is not _At.DONE:
            at = self._steps[self._at](octets, view, at)
        return Body(raw=_stretch(octets, start, at), entity=self._gathered()), at

    def close(self) -> tuple[Body | None, EndReason]:
        """Judge an unfinished line, and say what is missing."""
        held = bytes(self._held)
        if self._at is _At.SIZE and held and not _SIZE_LINE_START.match(held):
            self._bad_size(held)
        if self._at is _At.PLAIN:
            return self._late(), EndReason.WHOLE
        if self._at is not _At.LOST:
            self.problems.append(_MISSING[self._at].format(left=self._left))
        if self._at is _At.TRAILER:
            self._read_trailers(held)
        return self._late(), self._reason

    def _late(self) -> Body | None:
        entity = self._gathered()
        return Body(raw=b"", entity=entity) if entity else None

    def _gathered(self) -> Octets:
        entity, self._entity = self._entity, []
        return entity[0] if len(entity) == 1 else b"".join(entity)

    def _size(self, octets: bytes, _view: memoryview, at: int) -> int:
        end = octets.find(b"\n", at, at + CHUNK_LINE_MOST - len(self._held)) + 1
        if not end:
            taken = octets[at : at + CHUNK_LINE_MOST - len(self._held)]
            self._held += taken
            if len(self._held) >= CHUNK_LINE_MOST:
                self._bad_size(bytes(self._held))
            return at + len(taken)
        line = bytes(self._held) + octets[at:end] if self._held else octets[at:end]
        found = _SIZE_LINE.fullmatch(line)
        size = int(found[1], 16) if found else 0
        if found is None or size.bit_length() > _SIZE_BITS:
            self._bad_size(line)
            return end
        if not line.endswith(b"\r\n"):
            self._say("A line of chunk framing ends with LF alone (RFC 9112, 7.1).")
        self._held.clear()
        self._chunks += 1
        self._left = size
        self._at = _At.DATA if size else _At.TRAILER
        if not size:
            self._held += b"\n"  # the last chunk's line end, so that an empty section ends like any other
        return end

    def _data(self, octets: bytes, view: memoryview, at: int) -> int:
        end = min(len(octets), at + self._left)
        self._left -= end - at
        self._entity.append(view[at:end])
        if not self._left:
            self._at = _At.BREAK
        return end

    def _break(self, octets: bytes, _view: memoryview, at: int) -> int:
        if not self._held and octets.startswith(b"\r\n", at):
            self._at = _At.SIZE
            return at + _BREAK_MOST
        self._held += octets[at : at + 1]
        if self._held == b"\r":
            return at + 1
        if self._held == b"\n":
            self._say("A line of chunk framing ends with LF alone (RFC 9112, 7.1).")
        if self._held.endswith(b"\n"):
            self._at = _At.SIZE
        else:
            self._say(
                f"The data of chunk {self._chunks} is not followed by a line end; its entity ends there."
            )
            self._at = _At.LOST
        self._held.clear()
        return at + 1

    def _trailer(self, octets: bytes, _view: memoryview, at: int) -> int:
        before = len(self._held)
        taken = octets[at : at + self._trailer_most + 1 - before]
        self._held += taken
        found = _SECTION_END.search(self._held, max(0, before - 2))
        if found is None:
            if len(self._held) > self._trailer_most:
                self._say(f"The trailer section is longer than {self._trailer_most} octets.")
                self._at, self._reason = _At.LOST, EndReason.LIMIT
                self._held.clear()
            return at + len(taken)
        self._read_trailers(bytes(self._held[: found.end()]))
        self._at = _At.DONE
        self._held.clear()
        return at + found.end() - before

    def _read_trailers(self, held: bytes) -> None:
        self.trailers, odd = lex_fields(held[1:], where="trailer section", first_line=1)
        self.problems.extend(odd)

    def _plain(self, octets: bytes, view: memoryview, at: int) -> int:
        self._entity.append(view[at:])
        return len(octets)

    def _lost(self, octets: bytes, _view: memoryview, _at: int) -> int:
        return len(octets)

    def _bad_size(self, line: bytes) -> None:
        """Give the framing up; the octets that are no chunk-size line are entity if no chunk came before."""
        self._held.clear()
        if self._chunks:
            self._say(f"No chunk size follows chunk {self._chunks}; the entity ends there (RFC 9112, 7.1).")
            self._at = _At.LOST
        else:
            self._say("The body does not begin with a chunk size; it is taken as it came (RFC 9112, 7.1).")
            self._at = _At.PLAIN
            self._entity.append(line)

    def _say(self, sentence: str) -> None:
        if sentence not in self.problems:
            self.problems.append(sentence)


_MISSING = {
    _At.SIZE: "The connection ended where a chunk size should stand (RFC 9112, 7.1).",
    _At.DATA: "The connection ended {left} octets before the end of a chunk (RFC 9112, 7.1).",
    _At.BREAK: "The connection ended before the line end that follows a chunk's data (RFC 9112, 7.1).",
    _At.TRAILER: "The connection ended after the last chunk, before the empty line (RFC 9112, 7.1).",
}


def _stretch(octets: bytes, start: int, end: int) -> Octets:
    return octets if end - start == len(octets) else memoryview(octets)[start:end]
