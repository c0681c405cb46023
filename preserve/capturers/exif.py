"""What do the tags of a picture say? Exif 3.0 (CIPA DC-008), section 4.6, in the structure of TIFF 6.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["read_exif", "read_ifd"]

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 9: 4, 10: 8, 129: 1}  # TIFF 6.0, section 2; 129: UTF-8
_TEXTS = frozenset({2, 129})
_RATIONALS = frozenset({5, 10})
_ENTRIES_MOST = 500
_VALUES_MOST = 16 << 20  # octets, of all tags of a directory
_RATIONALS_MOST = 16
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825

_FIRST = {
    0x010E: "caption",
    0x010F: "maker",
    0x0110: "camera",
    0x0131: "software",
    0x0132: "modified",
    0x013B: "creator",
    0x8298: "copyright",
}
_SECOND = {0x9003: "date", 0xA430: "owner", 0xA434: "lens"}

Value = bytes | int | tuple[float, ...]


def read_ifd(data: bytes) -> Mapping[int, Value]:
    """Return the tags of a TIFF structure's first directory: text and blobs as octets, numbers as numbers."""
    order = _order(data)
    return dict(_directory(data, order, int.from_bytes(data[4:8], order)))


def read_exif(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield what the tags state, by our names for it; ``position`` as latitude and longitude in degrees."""
    order = _order(data)
    first = read_ifd(data)
    yield from _texts(first, _FIRST)
    for tag, names in ((_EXIF_IFD, _SECOND), (_GPS_IFD, {})):
        at = first.get(tag)
        if not isinstance(at, int):
            continue
        inner = dict(_directory(data, order, at))
        yield from _texts(inner, names)
        if tag == _GPS_IFD and (place := _position(inner)):
            yield "position", place


def _order(data: bytes) -> Literal["little", "big"]:
    return "little" if data[:2] == b"II" else "big"


def _texts(tags: Mapping[int, Value], names: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    for tag, name in names.items():
        value = tags.get(tag)
        if isinstance(value, bytes):
            yield name, _text(value)


def _text(value: bytes) -> str:
    """Return text as it was meant: the standard knows ASCII only, and writers have put all sorts there."""
    value = value.partition(b"\0")[0]
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _position(tags: Mapping[int, Value]) -> str:
    """Return latitude and longitude in degrees, south and west negative; empty if not both are stated."""
    degrees = []
    for reference, tag, negative in ((1, 2, b"S"), (3, 4, b"W")):
        value, side = tags.get(tag), tags.get(reference)
        if not isinstance(value, tuple) or len(value) != 3 or not isinstance(side, bytes):  # noqa: PLR2004 - d, m, s
            return ""
        sign = -1 if side.startswith(negative) else 1
        degrees.append(sign * (value[0] + value[1] / 60 + value[2] / 3600))
    return f"{degrees[0]:.6f}, {degrees[1]:.6f}"


def _directory(data: bytes, order: Literal["little", "big"], at: int) -> Iterator[tuple[int, Value]]:
    def number(start: int, size: int) -> int:
        return int.from_bytes(data[start : start + size], order)

    left = _VALUES_MOST
    for entry in range(at + 2, at + 2 + 12 * min(number(at, 2), _ENTRIES_MOST), 12):
        kind, count = number(entry + 2, 2), number(entry + 4, 4)
        size = _SIZES.get(kind, 0)
        if not size or count * size > left or entry + 12 > len(data):
            continue
        left -= count * size
        start = entry + 8 if count * size <= 4 else number(entry + 8, 4)  # noqa: PLR2004 - it fits the entry
        if kind in _RATIONALS:
            pairs = [
                (number(each, 4), number(each + 4, 4))
                for each in range(start, start + 8 * min(count, _RATIONALS_MOST), 8)
            ]
            yield number(entry, 2), tuple(above / below if below else 0.0 for above, below in pairs)
        elif kind in _TEXTS or size == 1:
            yield number(entry, 2), data[start : start + count]
        else:
            yield number(entry, 2), number(start, size)
