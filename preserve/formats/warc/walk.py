"""
Which records does a WARC file hold, where, and what is wrong with each?

The strategy. At each offset stands a gzip member, an uncompressed record, or neither. A member is
inflated once, and its records are read as the data comes. Where a member cannot be read to its end,
the next record is looked for from its second octet on, because a damaged member may seem to swallow
the ones after it; everything before the next record found belongs to the damaged one. An uncompressed
record is framed first (does something that may follow a record stand where Content-Length says?) and
read afterwards; if it is not framed, the next record is looked for from the end of its header on.

So every octet is in exactly one record, whatever the file holds; the work is at most a small multiple
of the file's size (and of what it inflates to), and the memory a few pieces and one header.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve.formats.gzip_members import HEADER, Member, find_member, member_opens_with
from preserve.formats.warc.draft import Draft, looks_like_header, read_draft
from preserve.formats.warc.feed import (
    AFTER_LINE_ENDS,
    NEARBY,
    RECORD_OPENING,
    MemberFeed,
    Skipped,
)
from preserve.formats.warc.header import HEADER_MOST_BYTES, RecordHeader
from preserve.formats.warc.meter import BlockMeter
from preserve.formats.warc.problems import NOTES, damage_first
from preserve.formats.warc.read import HEADER_END
from preserve.formats.warc.write import SEPARATOR
from preserve.formats.window import Window
from preserve.model.digest import Digest, hasher
from preserve.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

__all__ = ["WalkedRecord", "walk"]

_OPENING_BYTES = 2048
_TAIL_BYTES = 64
_VERSION_LINE = re.compile(rb"WARC/[0-9]\.[0-9]+\r?\n(?=[!-9;-~]+:)")
_LINE_OF_NEXT = re.compile(rb"\nWARC/[0-9]\.[0-9]+\r?\n")
_DOUBT = frozenset({"gzip.bad-crc", "gzip.bad-size"})
"""With these, the deflate data may have ended elsewhere than where the member did."""
_VERSION = re.compile(rb"WARC/[0-9]\.")
_VERSION_OVERLAP = 6
# A hostile file can make each of its octets seem to begin a member that reaches to the end. Past this
# many octets inflated in vain, we go on where damage was seen instead of where its member began.
_IN_VAIN_TIMES = 8
_IN_VAIN_BYTES = 16 * 1024 * 1024


@attrs.frozen(kw_only=True)
class WalkedRecord:
    """One record, or a damaged stretch of the file."""

    offset: int
    length: int
    """Octets in the file. 0 for all but the last record of a member that holds several."""
    header: RecordHeader | None
    """None where none could be read; of a damaged record it may itself be damaged."""
    digest: Digest | None
    """Of the octets ``[offset, offset + length)`` as they stand in the file; None if ``length`` is 0."""
    block_digest: Digest | None
    """None when the block could not be read whole."""
    payload_digest: Digest | None
    """None also where the payload is not in this record: revisits and segments."""
    payload_bytes: int | None
    problems: tuple[Problem, ...]
    """Codes of ``problems.PROBLEMS``; damage before notes, the cause before what follows from it."""

    @property
    def is_sound(self) -> bool:
        """Whether no problem but notes was found."""
        return all(problem.code in NOTES for problem in self.problems)


def walk(
    stream: BinaryIO, *, start: int = 0, stop: int | None = None, resync: bool = True, digests: bool = True
) -> Iterator[WalkedRecord]:
    """
    Yield every record and every damaged stretch of a WARC file, compressed or not, in file order.

    Each octet of ``[start, stop)`` is in exactly one of them. What stands in the file never raises;
    reading it may (OSError).

    Args:
        stream: Seekable; one thread at a time may use it.
        start: First octet, best that of a record. Walks of ranges of one file may run side by side,
            each with its own stream.
        stop: The file is read as if it ended there; None for its end.
        resync: False to give up after damage: the rest is then part of the damaged record.
        digests: False to leave out all digests and not to compare the declared ones.
    """
    walker = _Walker(Window(stream, stop), start=start, resync=resync, digests=digests)
    yield from walker.run()


class _Kind(Enum):
    """What stands at an offset."""

    MEMBER = auto()
    PLAIN = auto()
    NEITHER = auto()


class _Walker:
    """The walk over one window."""

    def __init__(self, window: Window, *, start: int, resync: bool, digests: bool) -> None:
        self._window = window
        self._start = start
        self._resync = resync
        self._digests = digests
        self._form: _Kind | None = None
        """What the file is made of, by what was seen first."""
        self._in_vain = _IN_VAIN_BYTES + _IN_VAIN_TIMES * max(0, window.stop - start)

    def run(self) -> Iterator[WalkedRecord]:
        at = self._start
        steps = {_Kind.MEMBER: self._members, _Kind.PLAIN: self._plain, _Kind.NEITHER: self._garbage}
        while at < self._window.stop:
            at = yield from steps[self._kind(at)](at)

    # -- what stands where ---------------------------------------------------------------------------

    def _kind(self, at: int) -> _Kind:
        """Return what stands at ``at``; learn from the first clear record what the file is made of."""
        kind = self._clear_kind(at)
        if self._form is None:
            is_record = {
                _Kind.MEMBER: self._opens_record(at) or self._opens_record(at, trust_header=False),
                _Kind.PLAIN: _VERSION_LINE.match(self._window.at(at, _TAIL_BYTES)) is not None,
                _Kind.NEITHER: False,
            }
            self._form = kind if is_record[kind] else None
        return kind

    def _clear_kind(self, at: int) -> _Kind:
        opening = self._window.at(at, len(HEADER))
        if opening.startswith(HEADER[:2]):
            return _Kind.MEMBER
        if opening.startswith(RECORD_OPENING):
            return _Kind.PLAIN
        if self._opens_record(at, trust_header=False):
            return _Kind.MEMBER
        if self._form is _Kind.MEMBER or NEARBY.match(self._window.at(at, _TAIL_BYTES)):
            return _Kind.NEITHER
        is_like = looks_like_header(self._window.at(at, _OPENING_BYTES))
        return _Kind.PLAIN if is_like else _Kind.NEITHER

    def _opens_record(self, at: int, *, trust_header: bool = True) -> bool:
        return member_opens_with(self._window, at, RECORD_OPENING, trust_header=trust_header)

    def _next(self, begin: int) -> int:
        """Return where the next record begins, from ``begin`` on; the end of the window if nowhere."""
        stop = self._window.stop
        if not self._resync:
            return stop
        member = None if self._form is _Kind.PLAIN else find_member(self._window, begin)
        plain = None if self._form is _Kind.MEMBER else self._next_plain(begin)
        return min(stop if member is None else member, stop if plain is None else plain)

    def _next_plain(self, begin: int) -> int | None:
        """Find an uncompressed record: after two CRLF, or one that is framed as a record should be."""
        for at in self._window.find(_VERSION, begin, _VERSION_OVERLAP):
            since = max(self._start, at - len(SEPARATOR))
            if self._window.at(since, at - since) == SEPARATOR or self._is_framed(at):
                return at
        return None

    def _is_framed(self, at: int) -> bool:
        """Return whether a whole header stands at ``at``, and the end or a record behind its block."""
        if self._in_vain <= 0:
            return False
        raw, is_whole = self._plain_head(at, _OPENING_BYTES)
        self._in_vain -= len(raw)
        draft = Draft()
        draft.read_header(raw, is_whole=is_whole)
        if draft.length is None or any(each.code not in NOTES for each in draft.problems):
            return False
        block_stop = at + len(raw) + draft.length
        tail = self._plain_tail(block_stop)
        if tail is None:
            return False
        # In a stored member the same octets stand in the clear, but its trailer follows them.
        stop = block_stop + tail.size
        return stop == self._window.stop or self._window.at(stop, len(RECORD_OPENING)) == RECORD_OPENING

    # -- gzip members --------------------------------------------------------------------------------

    def _members(self, begin: int) -> Generator[WalkedRecord, None, int]:
        """Walk the record or records of the member at ``begin``; return where they end."""
        feed = MemberFeed(self._window, self._open(begin), digests=self._digests)
        is_shared = False
        while True:
            draft = read_draft(feed, digests=self._digests)
            has_more = bool(feed.peek(1))
            is_shared = is_shared or has_more
            if is_shared:
                draft.note("warc.member-shared", f"The member at offset {begin} holds several records.")
            if not has_more:
                break
            yield self._finish(draft, begin, begin)
        stop = self._after(feed)
        draft.problems = [*feed.problems, *draft.problems]
        digest = feed.member.digest if stop == feed.stop and not feed.is_spread else None
        yield self._finish(draft, begin, stop, digest)
        return stop

    def _open(self, at: int) -> Member:
        """Return the member at ``at``; with its header disregarded, if only so it holds a record."""
        is_ours = self._window.at(at, 4) == HEADER[:4]
        trust = is_ours or self._opens_record(at) or not self._opens_record(at, trust_header=False)
        return Member(self._window, at, trust_header=trust, digest=self._digests)

    def _after(self, feed: MemberFeed) -> int:
        """Return where the walk goes on after the members of a feed that has ended."""
        member, stop = feed.member, feed.stop
        is_doubtful = any(problem.code in _DOUBT for problem in member.problems)
        is_confirmed = stop >= self._window.stop or self._clear_kind(stop) is not _Kind.NEITHER
        if not member.is_broken and (not is_doubtful or is_confirmed):
            return stop
        self._in_vain -= stop - member.offset
        return self._next(member.offset + 1 if self._in_vain > 0 else stop)

    # -- uncompressed records ------------------------------------------------------------------------

    def _plain(self, begin: int) -> Generator[WalkedRecord, None, int]:
        """Walk the uncompressed record at ``begin``; return where it ends."""
        draft, block = self._plain_header(begin)
        if draft.header is None or draft.length is None:
            is_next = self._window.at(block, len(RECORD_OPENING)) == RECORD_OPENING
            stop = block if is_next else self._next(begin + 1)
            yield self._finish(draft, begin, stop)
            return stop
        tail = self._plain_tail(block + draft.length)
        if tail is None:
            stop = self._next(block)
            self._misframed(draft, draft.length, block, stop)
        else:
            stop = block + draft.length + tail.size
            draft.judge_tail(draft.length, tail)
            if self._digests:
                meter = BlockMeter(draft.header)
                for data in self._window.pieces(block, block + draft.length):
                    meter.update(data)
                draft.measured = meter.close()
                draft.problems += draft.measured.problems
        yield self._finish(draft, begin, stop)
        return stop

    def _plain_header(self, begin: int) -> tuple[Draft, int]:
        """Read the header at ``begin``; return it and where it ends."""
        raw, is_whole = self._plain_head(begin, HEADER_MOST_BYTES)
        draft = Draft()
        draft.read_header(raw, is_whole=is_whole)
        return draft, begin + len(raw)

    def _plain_head(self, begin: int, most: int) -> tuple[bytes, bool]:
        """Return the header at ``begin`` and whether it ends; if not, what of it can be had."""
        size = _OPENING_BYTES
        while True:
            data = self._window.at(begin, size)
            found = HEADER_END.search(data)
            joint = _LINE_OF_NEXT.search(data, 0, len(data) if found is None else found.start())
            if joint is not None:
                # The empty line was lost: no header has such a line, and the next record begins with it.
                # Reading on for each of a million of them would take hours.
                return data[: joint.start() + 1], False
            if found is not None:
                return data[: found.end()], True
            if len(data) < size or size >= most:
                return data, False
            size *= 8

    def _plain_tail(self, at: int) -> Skipped | None:
        """Return what separates the block that ends at ``at`` from what follows; None if nothing does."""
        if at > self._window.stop:
            return None
        data = self._window.at(at, _TAIL_BYTES)
        line_ends, near = AFTER_LINE_ENDS.match(data), NEARBY.match(data)
        if line_ends is not None:
            size = line_ends.end()
        elif data.startswith(SEPARATOR):
            size = len(SEPARATOR)
        elif near is not None:
            size = near.end()
        elif at + len(data) == self._window.stop and (len(data) <= len(SEPARATOR) or not data.strip(b"\r\n")):
            size = len(data)
        else:
            return None
        return Skipped(size, data[:size])

    def _misframed(self, draft: Draft, length: int, block: int, stop: int) -> None:
        """Say what is wrong when nothing that may follow a record stands where Content-Length says."""
        if stop < self._window.stop:
            size = max(0, stop - len(SEPARATOR) - block)
            draft.note("warc.block-length", f"Content-Length is {length}, but the block has {size} octets.")
        elif block + length > stop:
            missing = block + length - stop
            draft.note("warc.truncated", f"The file ends at {stop}, {missing} octets before the block does.")
        else:
            message = f"Content-Length is {length}, but no record and no end follows there."
            draft.note("warc.block-length", message)

    # -- what is neither -----------------------------------------------------------------------------

    def _garbage(self, begin: int) -> Generator[WalkedRecord, None, int]:
        near = None if self._form is _Kind.MEMBER else NEARBY.match(self._window.at(begin, _TAIL_BYTES))
        stop = self._next(begin + 1) if near is None else begin + near.end()
        draft = Draft()
        seen = self._window.at(begin, 16)
        message = f"{stop - begin} octets at offset {begin} are no record; they begin with {seen!r}."
        draft.note("warc.garbage", message)
        yield self._finish(draft, begin, stop)
        return stop

    def _finish(self, draft: Draft, begin: int, stop: int, digest: Digest | None = None) -> WalkedRecord:
        if digest is None and self._digests and begin < stop:
            hashed = hasher()
            for data in self._window.pieces(begin, stop):
                hashed.update(data)
            digest = Digest("sha256", hashed.hexdigest())
        measured = draft.measured
        return WalkedRecord(
            offset=begin,
            length=stop - begin,
            header=draft.header,
            digest=digest,
            block_digest=None if measured is None else measured.block_digest,
            payload_digest=None if measured is None else measured.payload_digest,
            payload_bytes=None if measured is None else measured.payload_bytes,
            problems=damage_first(draft.problems),
        )
