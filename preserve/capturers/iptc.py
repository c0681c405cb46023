"""What do the IPTC records of a picture say? IIM 4.2, chapters 2 and 6."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["read_iptc"]

_NAMES = {
    5: "title",
    25: "keywords",
    55: "date",
    80: "creator",
    90: "place",
    95: "place",
    101: "place",
    105: "headline",
    110: "credit",
    115: "source",
    116: "copyright",
    120: "caption",
}
_UTF8 = b"\x1b%G"  # ISO 2022: what stands in 1:90 when the rest is UTF-8
_RECORDS_MOST = 2_000


def read_iptc(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield what the data sets of the application record state, by our names for it."""
    at, utf8 = 0, False
    for _ in range(_RECORDS_MOST):
        if data[at : at + 1] != b"\x1c" or at + 5 > len(data):
            return
        record, number, size = data[at + 1], data[at + 2], int.from_bytes(data[at + 3 : at + 5], "big")
        value = data[at + 5 : at + 5 + size]
        if (record, number) == (1, 90):
            utf8 = value == _UTF8
        elif record == 2 and number in _NAMES:  # noqa: PLR2004 - the application record
            yield _NAMES[number], _text(value, utf8=utf8)
        at += 5 + size


def _text(value: bytes, *, utf8: bool) -> str:
    """Return text; where no character set is stated, UTF-8 is believed when it is sound."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("utf-8", "replace") if utf8 else value.decode("latin-1")
