"""Which octets do the gzip members of a record hold, and where in them does the next record begin?"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from preserve.formats.gzip_members import HEADER, Member
from preserve.formats.warc.read import HEADER_END

if TYPE_CHECKING:
    from preserve.formats.window import Window
    from preserve.model.problem import Problem

__all__ = [
    "AFTER_LINE_ENDS",
    "NEARBY",
    "RECORD_OPENING",
    "RECORD_START",
    "MemberFeed",
    "Skipped",
    "Wants",
]

RECORD_OPENING = b"WARC/"
RECORD_START = re.compile(rb"\r\n\r\nWARC/[0-9]\.")
"""A record after the separator of the one before: what we look for after damage."""
AFTER_LINE_ENDS = re.compile(rb"[\r\n]{0,32}(?=WARC/[0-9]\.)")
"""A record where one is expected, after any number of line ends."""
NEARBY = re.compile(rb".{0,12}?(?=WARC/[0-9]\.)", re.DOTALL)
"""A record so close to where one is expected that it is beyond doubt, whatever stands before it."""

_START_OVERLAP = 10
_OPENING_BYTES = 64


class Wants(Enum):
    """What may be continued in a further member."""

    NOTHING = auto()
    SEPARATOR = auto()
    RECORD = auto()


class Skipped(NamedTuple):
    """Octets passed over: how many, and the first of them."""

    size: int
    opening: bytes


class MemberFeed:
    """
    The data of a member, and of those after it while the record that began goes on there.

    A record is taken to go on when its member is sound and the data of the next member does not
    begin with ``WARC/``. Holds one piece of data, or one record header.
    """

    def __init__(self, window: Window, member: Member, *, digests: bool) -> None:
        self.member = member
        """The member read now."""
        self.wants = Wants.NOTHING
        self.is_spread = False
        self._window = window
        self._digests = digests
        self._pieces = member.chunks()
        self._held = bytearray()
        self._earlier: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the members so far; complete when the feed has ended."""
        return self._earlier + self.member.problems

    @property
    def stop(self) -> int:
        """The offset after the last member read; known when the feed has ended."""
        return self.member.offset + self.member.length

    def peek(self, size: int) -> bytes:
        """Return the next octets, fewer than ``size`` only at the end of what is wanted."""
        while len(self._held) < size and self._fill():
            pass
        return bytes(self._held[:size])

    def take(self, most: int) -> bytes:
        """Return and pass over the next octets: at least one, unless at the end of what is wanted."""
        if not self._held:
            self._fill()
        with memoryview(self._held) as held:
            data = bytes(held[:most])
        del self._held[:most]
        return data

    def take_head(self, most: int) -> tuple[bytes, bool]:
        """Return and pass over a record's header; and whether it is whole, that is, has an empty line."""
        searched = 0
        while True:
            found = HEADER_END.search(self._held, max(0, searched - 3))
            if found is not None:
                return self.take(found.end()), True
            searched = len(self._held)
            if searched > most or not self._fill():
                return self.take(searched), False

    def skip_to_record(self) -> Skipped:
        """Pass over everything before the next record in these members, or to their end."""
        opening = self.peek(_OPENING_BYTES)
        near = AFTER_LINE_ENDS.match(opening) or NEARBY.match(opening)
        if near is not None:
            return Skipped(near.end(), self.take(near.end()))
        size = 0
        while self._held or self._fill():
            found = RECORD_START.search(self._held)
            if found is not None:
                size += found.start() + 4
                del self._held[: found.start() + 4]
                break
            # Keep what may be the beginning of a match, until there is nothing more to come.
            passed = max(0, len(self._held) - _START_OVERLAP)
            size += passed
            del self._held[:passed]
            if not self._fill():
                size += len(self._held)
                self._held.clear()
        return Skipped(size, opening[:size])

    def _fill(self) -> bool:
        """Get more data into ``_held``; False when there is none."""
        data = next(self._pieces, b"")
        if not data and self.wants is not Wants.NOTHING:
            data = self._further()
        self._held += data
        return bool(data)

    def _further(self) -> bytes:
        """Go to the next member if the record goes on there; return its first data."""
        at = self.stop
        if self.member.problem is not None or self._window.at(at, 2) != HEADER[:2]:
            return b""
        member = Member(self._window, at, digest=self._digests)
        data = next(member.chunks(), b"")
        if not data or data.startswith(RECORD_OPENING):
            return b""
        if self.wants is Wants.SEPARATOR and data[:1] not in {b"\r", b"\n"}:
            return b""
        # Only notes are left of sound members, and the first says enough of thousands.
        self._earlier = self._earlier or self.member.problems
        self.member, self._pieces, self.is_spread = member, member.chunks(), True
        return data
