"""What is known of a record before its place in the file is settled?"""

from __future__ import annotations

import re

import attrs

from preserve.errors import WarcSyntaxError
from preserve.formats.warc.feed import RECORD_OPENING, MemberFeed, Skipped, Wants
from preserve.formats.warc.header import HEADER_MOST_BYTES, RecordHeader, header_oddities, lex_header
from preserve.formats.warc.meter import BlockMeter, Measured
from preserve.formats.warc.write import SEPARATOR
from preserve.model.problem import Problem

__all__ = ["Draft", "looks_like_header", "read_draft"]

_LIKE_HEADER = re.compile(
    rb"[^\n]{0,16}\n(?:[!-9;-~]+:[^\n]*\n)*?WARC-(?:Record-ID|Type|Date|Warcinfo-ID|Filename):", re.IGNORECASE
)
"""A version line that may be damaged, and fields. A stored gzip member before it would be longer."""
_NEAR_BYTES = 12
_TAKE_BYTES = 64 * 1024
_OPENING_BYTES = 2048
"""Enough of a header to hold one of the fields that every record has."""


@attrs.define(kw_only=True)
class Draft:
    """A record while it is read."""

    header: RecordHeader | None = None
    length: int | None = None
    """Content-Length, where it can be read."""
    measured: Measured | None = None
    """None when the block was not read whole."""
    problems: list[Problem] = attrs.field(factory=list)

    def note(self, code: str, message: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(code=code, message=message))

    def read_header(self, raw: bytes, *, is_whole: bool) -> None:
        """Read the header from its octets; of one that does not end, the lines that are whole."""
        if not is_whole:
            self.note("warc.bad-header", f"The record's header does not end within {len(raw)} octets.")
            raw = raw[: raw.rfind(b"\n") + 1]
        self.header, faults = lex_header(raw)
        for fault in faults:
            self.note("warc.bad-header", fault)
        if self.header is None:
            return
        absent, odd = header_oddities(self.header, raw) if is_whole else ((), ())
        for sentence in absent:
            self.note("warc.missing-field", sentence)
        for sentence in odd:
            self.note("warc.odd-field", sentence)
        if is_whole:
            try:
                self.length = self.header.content_length
            except WarcSyntaxError as exc:
                self.note("warc.bad-header", exc.message)

    def judge_tail(self, length: int, tail: Skipped) -> None:
        """Judge what stands between a block of this length and what follows it."""
        if tail == (len(SEPARATOR), SEPARATOR):
            return
        seen = tail.opening[:16]
        is_all = tail.size == len(tail.opening)
        if is_all and not tail.opening.strip(b"\r\n"):
            self.note("warc.missing-separator", f"Two CRLF should follow the block; seen: {seen!r}.")
        elif tail.opening.startswith(SEPARATOR):
            extra = tail.size - len(SEPARATOR)
            self.note("warc.garbage", f"{extra} octets that are no record follow the record: {seen[4:]!r}.")
        elif is_all and tail.size <= _NEAR_BYTES and not tail.opening.endswith(SEPARATOR):
            self.note("warc.missing-separator", f"Two CRLF should follow the block; seen: {seen!r}.")
        elif is_all and tail.opening.endswith(SEPARATOR):
            size = length + tail.size - len(SEPARATOR)
            self.note("warc.block-length", f"Content-Length is {length}, but the block has {size} octets.")
        else:
            self.note(
                "warc.block-length",
                f"Content-Length is {length}, but {tail.size} octets stand between the block's end and "
                f"what follows, beginning with {seen!r}.",
            )


def looks_like_header(opening: bytes) -> bool:
    """Return whether fields of a WARC header stand there, though the version line may be damaged."""
    return opening.startswith(RECORD_OPENING) or _LIKE_HEADER.match(opening) is not None


def read_draft(feed: MemberFeed, *, digests: bool) -> Draft:
    """
    Read one record from the data of its members, up to the first octet of the next one or their end.

    Never raises. The problems of the members themselves are not in the draft.
    """
    draft = Draft()
    was_spread = feed.is_spread
    if not looks_like_header(feed.peek(_OPENING_BYTES)):
        _read_garbage(feed, draft)
        return draft
    feed.wants = Wants.RECORD
    head, is_whole = feed.take_head(HEADER_MOST_BYTES)
    if is_whole or not feed.member.is_broken:
        draft.read_header(head, is_whole=is_whole)
    else:
        # The member's own problem says why the header does not end.
        draft.header, _ = lex_header(head[: head.rfind(b"\n") + 1])
    if draft.header is None or draft.length is None:
        feed.wants = Wants.NOTHING
        feed.skip_to_record()
    else:
        meter = BlockMeter(draft.header) if digests else None
        _read_rest(feed, draft, draft.length, meter)
    if feed.is_spread and not was_spread:
        draft.note("warc.record-spread", "The record takes more than one gzip member.")
    return draft


def _read_rest(feed: MemberFeed, draft: Draft, length: int, meter: BlockMeter | None) -> None:
    """Read the block and what stands between it and the next record."""
    left = length
    while left and (data := feed.take(min(left, _TAKE_BYTES))):
        left -= len(data)
        if meter is not None:
            meter.update(data)
    if left:
        feed.wants = Wants.NOTHING
        if not feed.member.is_broken:
            draft.note(
                "warc.block-length",
                f"Content-Length is {length}, but the member ends when {length - left} octets have come.",
            )
        return
    feed.wants = Wants.SEPARATOR
    feed.peek(len(SEPARATOR))
    feed.wants = Wants.NOTHING
    tail = feed.skip_to_record()
    if not feed.member.is_broken:
        draft.judge_tail(length, tail)
    if meter is not None:
        draft.measured = meter.close()
        draft.problems += draft.measured.problems


def _read_garbage(feed: MemberFeed, draft: Draft) -> None:
    skipped = feed.skip_to_record()
    if skipped.size:
        seen = skipped.opening[:16]
        draft.note("warc.garbage", f"The member holds {skipped.size} octets that are no record: {seen!r}.")
    elif not feed.member.is_broken:
        draft.note("warc.empty-member", f"The member at offset {feed.member.offset} holds no octets.")
