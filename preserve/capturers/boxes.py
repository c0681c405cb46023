"""
What boxes does an ISO base media file consist of? ISO/IEC 14496-12, section 4.2.

Pictures (HEIF, AVIF, JPEG 2000, JPEG XL) and sound and video (MP4, QuickTime) share this container.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["Box", "boxes", "children", "full"]

_BOXES_MOST = 10_000


class Box(NamedTuple):
    """One box: its type, and where its content begins and should end."""

    name: bytes
    start: int
    end: int


def boxes(stream: BinaryIO, at: int, end: int) -> Iterator[Box]:
    """Yield the boxes of a stretch, the last one too if it ends beyond; ``end`` of an open one is ``end``."""
    for _ in range(_BOXES_MOST):
        if at + 8 > end:
            return
        stream.seek(at)
        head = stream.read(16)
        length, start = int.from_bytes(head[:4], "big"), at + 8
        if length == 1:  # the size is a 64-bit number behind the type
            length, start = int.from_bytes(head[8:16], "big"), at + 16
        finish = at + length if length else end
        if finish < start:
            return
        yield Box(head[4:8], start, finish)
        at = finish


def children(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and content of the boxes that stand in octets at hand."""
    end = len(data) if end is None else end
    for _ in range(_BOXES_MOST):
        length = int.from_bytes(data[start : start + 4], "big") or end - start
        if start + 8 > end or length < 8:  # noqa: PLR2004 - its own head
            return
        yield data[start + 4 : start + 8], data[start + 8 : min(start + length, end)]
        start += length


def full(body: bytes) -> tuple[int, bytes]:
    """Return the version of a full box and what follows version and flags. Section 4.2.2."""
    return (body[0] if body else 0), body[4:]
