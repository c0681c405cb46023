"""Is a font whole, and what does it say of itself? OpenType 1.9.1; WOFF 1.0 and 2.0 (W3C)."""

from __future__ import annotations

import struct
import sys
from array import array
from typing import TYPE_CHECKING

from preserve.model.inspection import Content, Inspection, Json, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["FontCapturer"]

_FORMATS = {
    "font/collection": "collection",
    "font/otf": "OpenType",
    "font/ttf": "TrueType",
    "font/woff": "WOFF",
    "font/woff2": "WOFF2",
    "application/vnd.ms-fontobject": "EOT",
}
# OpenType, "name": the identifiers that speak of the font as a whole
_NAMES = {
    0: "copyright",
    1: "family",
    2: "style",
    4: "title",
    5: "version",
    8: "maker",
    9: "creator",
    13: "terms",
    14: "terms-page",
    16: "family",
    17: "style",
}
_TELLING = frozenset({b"OS/2", b"maxp", b"name"})
_TABLES_MOST = 200
_TABLE_MOST = 1 << 20
_RECORDS_MOST = 2_000
_SFNT_ENTRY = struct.Struct(">4sIII")
_WOFF_ENTRY = struct.Struct(">4sIIII")
_RESTRICTED = 0x2


class FontCapturer:
    """Walks through the tables of fonts."""

    name = "font"
    media_types = frozenset(_FORMATS)

    def inspect(self, content: Content) -> Inspection:
        """Return the facts and problems of a font. Never raises for what is in it."""
        data = content.stream.read()
        reading = _Font(data)
        walk = {"font/woff": reading.woff, "font/woff2": reading.woff2}.get(content.media_type, reading.sfnt)
        if content.media_type == "application/vnd.ms-fontobject":
            walk = reading.eot
        walk()
        facts: dict[str, Json] = {
            "format": _FORMATS.get(content.media_type, ""),
            "tables": reading.count,
        }
        facts["whole"] = not reading.problems
        facts |= _glyphs(reading.tables) | _embedding(reading.tables)
        if b"name" in reading.tables:
            from preserve.capturers.stated import Stated  # noqa: PLC0415 - only where something is stated

            stated = Stated()
            stated.add("name", _names(reading.tables[b"name"]))
            facts["stated"] = stated.facts()
        return Inspection(facts=facts, problems=tuple(reading.problems))


class _Font:
    """The tables of one font; of WOFF 2, whose tables are compressed together, none."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.tables: dict[bytes, bytes] = {}
        self.problems: list[Problem] = []
        self.count: int | None = None

    def sfnt(self) -> None:
        """Walk through a table directory, of a collection that of its first font, and compare checksums."""
        at = 0
        if self._data[:4] == b"ttcf":
            at = int.from_bytes(self._data[12:16], "big")
        left = len(self._data)
        for tag, (checksum, start, size) in self._entries(at + 12, self._count(at + 4), _SFNT_ENTRY):
            table = self._data[start : start + size]
            self.tables.setdefault(tag, table)
            left -= len(table)
            if len(table) < size:
                self._problem("font.truncated", f"its table {_tag(tag)} ends beyond the file")
            elif left < 0:  # adding up the same octets again and again would take for ever
                self._problem("font.damaged", "its tables overlap")
                break
            elif tag != b"head" and _sum(table) != checksum:
                self._problem("font.damaged", f"the checksum of its table {_tag(tag)} does not hold")
        if not self.tables:
            self._problem("font.damaged", "it has no tables")

    def woff(self) -> None:
        """Walk through the directory of a WOFF, section 5, and inflate the tables that say something."""
        from preserve.capturers.png import inflate  # noqa: PLC0415 - only where tables are compressed

        self._length()
        for tag, (start, held, size, checksum) in self._entries(44, self._count(12), _WOFF_ENTRY):
            if start + held > len(self._data) or held > size:
                self._problem("font.truncated", f"its table {_tag(tag)} is not all there")
            piece = self._data[start : start + held]
            if tag not in _TELLING or size > _TABLE_MOST:
                self.tables.setdefault(tag, b"")
                continue
            table = piece if held == size else inflate(piece, size + 1)
            self.tables.setdefault(tag, table)
            if len(table) != size or _sum(table) != checksum:
                self._problem("font.damaged", f"its table {_tag(tag)} is not what its directory says")

    def woff2(self) -> None:
        """Compare the lengths that the header of a WOFF 2 states with what is there. Section 4.1."""
        self._length()
        self.count = self._count(12)
        if 48 + int.from_bytes(self._data[20:24], "big") > len(self._data):  # behind the header of 48 octets
            self._problem("font.truncated", "its compressed data end beyond the file")

    def eot(self) -> None:
        """Compare the length that the header of an EOT states with what is there. Section 3."""
        stated = int.from_bytes(self._data[:4], "little")
        if stated != len(self._data):
            self._problem("font.truncated", f"it says it has {stated} bytes, and {len(self._data)} are there")

    def _length(self) -> None:
        stated = int.from_bytes(self._data[8:12], "big")
        if stated != len(self._data):
            self._problem("font.truncated", f"it says it has {stated} bytes, and {len(self._data)} are there")

    def _count(self, at: int) -> int:
        return min(int.from_bytes(self._data[at : at + 2], "big"), _TABLES_MOST)

    def _entries(self, at: int, count: int, entry: struct.Struct) -> Iterator[tuple[bytes, tuple[int, ...]]]:
        """Yield tag and numbers of each entry of a directory."""
        self.count = count
        for number in range(count):
            start = at + number * entry.size
            if start + entry.size > len(self._data):
                self._problem("font.truncated", "its table directory is not all there")
                return
            tag, *numbers = entry.unpack_from(self._data, start)
            yield tag, tuple(numbers)

    def _problem(self, code: str, what: str) -> None:
        if not self.problems:  # what follows from the first is no news
            self.problems.append(Problem(code=code, message=f"The font is not whole: {what}."))


def _tag(tag: bytes) -> str:
    return tag.decode("latin-1")


def _sum(table: bytes) -> int:
    """Return the checksum of a table: its 32-bit numbers added up."""
    numbers = array("I", table + bytes(-len(table) % 4))
    if sys.byteorder == "little":
        numbers.byteswap()
    return sum(numbers) & 0xFFFFFFFF


def _glyphs(tables: Mapping[bytes, bytes]) -> dict[str, Json]:
    held = tables.get(b"maxp", b"")
    return {"glyphs": int.from_bytes(held[4:6], "big")} if len(held) >= 6 else {}  # noqa: PLR2004 - version, number


def _embedding(tables: Mapping[bytes, bytes]) -> dict[str, Json]:
    """Return what the font's maker allows. OpenType, "OS/2", fsType."""
    held = tables.get(b"OS/2", b"")
    if len(held) < 10:  # noqa: PLR2004 - fsType ends there
        return {}
    return {
        "embedding": "restricted" if int.from_bytes(held[8:10], "big") & 0xF == _RESTRICTED else "allowed"
    }


def _names(table: bytes) -> Iterator[tuple[str, str]]:
    count, start = (int.from_bytes(table[at : at + 2], "big") for at in (2, 4))
    for number in range(min(count, _RECORDS_MOST)):
        record = table[6 + 12 * number : 18 + 12 * number]
        if len(record) < 12:  # noqa: PLR2004 - a record
            return
        platform, _, _, name, size, at = struct.unpack(">6H", record)
        if name in _NAMES:
            text = table[start + at : start + at + size]
            codec = "mac-roman" if platform == 1 else "utf-16-be"
            yield _NAMES[name], text.decode(codec, "replace")
