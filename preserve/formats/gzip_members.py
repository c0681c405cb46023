"""
Where does a gzip member begin and end, and is it whole?

Python's ``gzip`` module hides the border between members, which is what a WARC file is made of:
here every octet of a member is accounted for (RFC 1952, section 2.2)::

    10 octets   1f 8b 08 FLG MTIME(4) XFL OS      and the optional fields that FLG announces
    n octets    deflate data (RFC 1951)
    8 octets    CRC32 and ISIZE of the data, little-endian

What is wrong with a member is told as problems, never raised: the table ``PROBLEMS``.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

from preserve.formats.gzip_header import FLAGS, HEADER, lex_header
from preserve.formats.window import Window
from preserve.model.digest import Digest, hasher
from preserve.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "HEADER",
    "NOTES",
    "PIECE_BYTES",
    "PROBLEMS",
    "Member",
    "find_member",
    "iter_members",
    "member_opens_with",
    "read_member",
]

PROBLEMS = {
    "gzip.bad-header": "The first octets are not a gzip header, or contradict each other.",
    "gzip.truncated": "The stream ends inside the member.",
    "gzip.bad-data": "The deflate data cannot be inflated past some octet.",
    "gzip.bad-crc": "The data could be inflated, but its CRC32 differs from the member's.",
    "gzip.bad-size": "The data could be inflated, but its size differs from the member's ISIZE.",
    "gzip.extra-fields": "The header has optional fields (a file name, say). A note, not damage.",
}
NOTES = frozenset({"gzip.extra-fields"})
"""The problems that say something about the form and nothing against the octets."""

PIECE_BYTES = 64 * 1024
"""The most octets that ``Member.chunks`` yields at once."""

_FEED_BYTES = 16 * 1024
_TRAILER_BYTES = 8
_PEEK_BYTES = 4 * 1024
"""
Header, and deflate data, in which the first octets must be found: a dynamic block's tables take 320.
Small, because a hostile file can ask for it at every fourth octet.
"""
_MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]", re.DOTALL)


class Member:
    """
    One gzip member of a stream, read by consuming ``chunks()`` once.

    The attributes but ``offset`` are settled when ``chunks()`` is exhausted.

    Args:
        window: The stream.
        offset: First octet of the member.
        trust_header: False to take the ten octets for a header without optional fields, whatever
            they are (a damaged header before sound data).
        digest: Whether to compute the digest of the member's octets.
    """

    def __init__(
        self, window: Window, offset: int, *, trust_header: bool = True, digest: bool = False
    ) -> None:
        self.offset = offset
        self.length = 0
        """Octets from the first to the last of the trailer; for a broken member, those looked at."""
        self.size_bytes = 0
        """Octets of data inflated."""
        self.problems: tuple[Problem, ...] = ()
        self.digest: Digest | None = None
        """Of the octets from ``offset``, ``length`` long; None if not asked for or if broken."""
        self._window = window
        self._trust_header = trust_header
        self._hasher = hasher() if digest else None
        self._chunks = self._inflate()
        self._is_whole = False

    @property
    def problem(self) -> str | None:
        """What is wrong with the member, as a sentence; None if nothing is. Notes do not count."""
        return next((each.message for each in self.problems if each.code not in NOTES), None)

    @property
    def is_broken(self) -> bool:
        """Whether the data could not be inflated to its end, so that the member's end is unknown."""
        broken = {"gzip.bad-header", "gzip.truncated", "gzip.bad-data"}
        return any(each.code in broken for each in self.problems) and not self._is_whole

    def chunks(self) -> Iterator[bytes]:
        """Return the one iterator over the data, in pieces of at most ``PIECE_BYTES``; never raises."""
        return self._chunks

    def _note(self, code: str, message: str) -> None:
        self.problems += (Problem(code=code, message=message),)

    def _begin(self) -> int | None:
        """Judge the header; return where the deflate data begins, None if nowhere."""
        header = lex_header(self._window, self.offset, trust=self._trust_header)
        if header.problem is not None:
            self.problems += (header.problem,)
        if header.stop == self.offset:
            self.length = min(len(HEADER), self._window.stop - self.offset)
            return None
        if header.flags:
            names = ", ".join(name for bit, name in FLAGS.items() if header.flags & bit)
            self._note("gzip.extra-fields", f"The gzip header at offset {self.offset} has {names}.")
        self._tally(self.offset, header.stop)
        return header.stop

    def _inflate(self) -> Iterator[bytes]:
        at = self._begin()
        if at is None:
            return
        crc, feed, data = 0, b"", b""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        while True:
            # A full piece may leave more data inside the inflater even when it has eaten all its feed.
            if not feed and len(data) < PIECE_BYTES:
                feed = self._window.at(at, _FEED_BYTES)
                at += len(feed)
                if not feed:
                    self.length = at - self.offset
                    self._note("gzip.truncated", f"The member at offset {self.offset} is cut short at {at}.")
                    return
            try:
                data = inflater.decompress(feed, PIECE_BYTES)
            except zlib.error as exc:
                self.length = at - self.offset
                self._note(
                    "gzip.bad-data",
                    f"The member at offset {self.offset} cannot be inflated past {self.size_bytes} octets "
                    f"of data, read from before offset {at}: {exc}.",
                )
                return
            # At the end of the deflate data unconsumed_tail may hold what unused_data holds, too.
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            if self._hasher is not None:
                self._hasher.update(feed[: len(feed) - len(rest)])
            feed = rest
            crc = zlib.crc32(data, crc)
            self.size_bytes += len(data)
            if data:
                yield data
            if inflater.eof:
                break
        self._end(at - len(feed), crc)

    def _end(self, at: int, crc: int) -> None:
        """Judge the trailer, which begins at ``at``."""
        trailer = self._window.at(at, _TRAILER_BYTES)
        self.length = at + len(trailer) - self.offset
        if len(trailer) < _TRAILER_BYTES:
            self._note(
                "gzip.truncated",
                f"The member at offset {self.offset} is cut short in its trailer, "
                f"of which {len(trailer)} of {_TRAILER_BYTES} octets are there.",
            )
            return
        self._is_whole = True
        self._tally(at, at + _TRAILER_BYTES)
        stated_crc, stated_size = struct.unpack("<LL", trailer)
        if crc != stated_crc:
            self._note(
                "gzip.bad-crc",
                f"The member at offset {self.offset} states CRC32 {stated_crc:08x}; its data has {crc:08x}.",
            )
        if self.size_bytes & 0xFFFFFFFF != stated_size:
            self._note(
                "gzip.bad-size",
                f"The member at offset {self.offset} states {stated_size} octets of data (modulo 2^32); "
                f"it has {self.size_bytes}.",
            )
        if self._hasher is not None:
            self.digest = Digest("sha256", self._hasher.hexdigest())

    def _tally(self, start: int, stop: int) -> None:
        if self._hasher is not None:
            for data in self._window.pieces(start, stop):
                self._hasher.update(data)


def read_member(stream: BinaryIO, offset: int) -> Member:
    """Return the member at an offset of a seekable stream, digest included; nothing is read yet."""
    return Member(Window(stream), offset, digest=True)


def iter_members(stream: BinaryIO, start: int = 0) -> Iterator[Member]:
    """
    Yield the members from an offset on, to the end of the stream or the first with a problem.

    A member that was not consumed when the next one is asked for is consumed then. Octets that are
    no member (padding, for one) come as a last member with the problem ``gzip.bad-header``.
    """
    window = Window(stream)
    while start < window.stop:
        member = Member(window, start, digest=True)
        yield member
        for _ in member.chunks():
            pass
        if member.problem is not None:
            return
        start += member.length


def find_member(stream: BinaryIO | Window, start: int) -> int | None:
    """
    Return the next offset from ``start`` on at which a WARC record's member seems to begin.

    That is: a gzip header stands there and the data behind it begins with ``WARC/``. Inside a stored
    member whose block holds a ``.warc.gz`` of its own, this finds the members of the inner file.
    Costs one search through the stream, and a few microseconds for each ``1f 8b 08``.
    """
    window = stream if isinstance(stream, Window) else Window(stream)
    for at in window.find(_MEMBER, start, overlap=3):
        if member_opens_with(window, at, b"WARC/"):
            return at
    return None


def member_opens_with(window: Window, offset: int, prefix: bytes, *, trust_header: bool = True) -> bool:
    """Return whether a member seems to begin at ``offset`` and its data begins with ``prefix``."""
    header = lex_header(window, offset, trust=trust_header, most=_PEEK_BYTES)
    if header.stop == offset:
        return False
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return prefix == inflater.decompress(window.at(header.stop, _PEEK_BYTES), len(prefix))
    except zlib.error:
        return False
