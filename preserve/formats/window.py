"""
What stands at an offset of a stream?

Readers that must look ahead, go back and resynchronise after damage ask by offset instead of
keeping a position; the window keeps the piece read last, so that going forward costs one read a
piece.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

__all__ = ["Window"]

_PIECE = 128 * 1024
"""Read ahead. Chosen by measuring: below 64 KiB calls dominate, above 256 KiB nothing is gained."""


class Window:
    """
    The octets of a seekable stream from its start up to ``stop``, by offset.

    Every read seeks first, so several windows may share a stream (but not at the same time in
    several threads). Holds at most one piece.

    Args:
        stream: Seekable; it stays open.
        stop: Where to behave as if the stream ended; None for its true end.
    """

    __slots__ = ("_at", "_piece", "_stream", "stop")

    def __init__(self, stream: BinaryIO, stop: int | None = None) -> None:
        size = stream.seek(0, 2)
        self.stop = size if stop is None else min(stop, size)
        self._stream = stream
        self._at = 0
        self._piece = b""

    def at(self, offset: int, size: int) -> bytes:
        """Return ``size`` octets from ``offset``, fewer only where the window ends."""
        size = min(size, self.stop - offset)
        if size <= 0:
            return b""
        begin = offset - self._at
        if begin < 0 or begin + size > len(self._piece):
            self._piece = self._read(offset, min(max(size, _PIECE), self.stop - offset))
            self._at = offset
            begin = 0
        return self._piece[begin : begin + size]

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the octets of ``[start, stop)`` in bounded pieces; fewer where the window ends."""
        stop = min(stop, self.stop)
        while start < stop:
            data = self.at(start, min(_PIECE, stop - start))
            if not data:
                return
            yield data
            start += len(data)

    def find(self, pattern: re.Pattern[bytes], start: int, overlap: int) -> Iterator[int]:
        """
        Yield the offset of every match at or after ``start``, in order.

        Args:
            pattern: What to look for.
            start: The first octet that may belong to a match.
            overlap: The longest possible match in octets, less one.
        """
        while start < self.stop:
            data = self.at(start, _PIECE + overlap)
            for found in pattern.finditer(data):
                if found.start() < _PIECE:
                    yield start + found.start()
            if len(data) < _PIECE + overlap:
                return
            start += _PIECE

    def _read(self, offset: int, size: int) -> bytes:
        self._stream.seek(offset)
        data = self._stream.read(size)
        while len(data) < size:
            more = self._stream.read(size - len(data))
            if not more:
                # The stream became shorter than it was when the window was made.
                self.stop = offset + len(data)
                break
            data += more
        return data
