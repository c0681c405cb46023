"""How is a WARC record written?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.formats.gzip_members import Written, write_member
from preserve.formats.warc.header import FIELD_ORDER, format_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from preserve.formats.gzip_members import Sink

__all__ = ["SEPARATOR", "write_record"]

SEPARATOR = b"\r\n\r\n"
"""What follows every block: WARC 1.1, section 4."""

_PLACE = {name.lower(): place for place, name in enumerate(FIELD_ORDER)}
_UNKNOWN = _PLACE["content-type"] - 0.5


def write_record(
    out: Sink,
    fields: Sequence[tuple[str, str]],
    block: Iterable[bytes],
    length: int,
    *,
    level: int | None = None,
) -> Written:
    """
    Write one record as one gzip member; the block is never held in memory.

    Args:
        out: Written to as the block comes; not flushed, not closed.
        fields: All but Content-Length, in any order: they are put into ``FIELD_ORDER``, those it does
            not list before Content-Type.
        block: In pieces of any size.
        length: Octets of the block.
        level: As for ``write_member``.

    Returns:
        Length and digest of the member.

    Raises:
        ValueError: If a field cannot be written (nothing was written then), or the block is not
            ``length`` long (an unfinished member was written then: cut it off).
    """
    if any(name.lower() == "content-length" for name, _ in fields):
        raise ValueError("Content-Length is written from the length given")
    ordered = sorted(fields, key=lambda field: _PLACE.get(field[0].lower(), _UNKNOWN))
    header = format_header([*ordered, ("Content-Length", str(length))])
    return write_member(out, _octets(header, block, length), level=level)


def _octets(header: bytes, block: Iterable[bytes], length: int) -> Iterator[bytes]:
    yield header
    left = length
    for data in block:
        left -= len(data)
        if left < 0:
            raise ValueError(f"the block is longer than the {length} octets announced")
        yield data
    if left:
        raise ValueError(f"the block is {length - left} octets long, not {length} as announced")
    yield SEPARATOR
