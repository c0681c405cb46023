"""
What does an office document of before 2007 state of itself, and is it whole? MS-CFB; MS-OLEPS.

The sectors of a compound file form chains, and a table (FAT) says which follows which. The file is whole
when every sector that the table has in use is there.
"""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta
from sys import byteorder
from typing import TYPE_CHECKING

from preserve.capturers.stated import Stated
from preserve.model.inspection import Content, Inspection, Json, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["OleCapturer"]

_FORMATS = {
    "application/msword": "DOC",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.ms-powerpoint": "PPT",
    "application/vnd.visio": "VSD",
    "application/x-ole-storage": "OLE",
}
_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES, _ENTRY_BYTES, _MINI_BYTES = 512, 128, 64
_FREE, _LAST = 0xFFFFFFFF, 0xFFFFFFFA  # MS-CFB, 2.1: what is above the last regular number is none
_IN_HEADER = 109
_ENTRIES_MOST = 10_000
_STREAM_MOST = 1 << 20
_PROPERTIES_MOST = 100
_SUMMARY = "\x05SummaryInformation"
_MACROS = frozenset({"VBA", "Macros", "_VBA_PROJECT_CUR"})
# MS-OLEPS, 2.25.1
_TEXTS = {
    2: "title",
    3: "subject",
    4: "creator",
    5: "keywords",
    6: "caption",
    8: "modified-by",
    18: "software",
}
_COUNTS = {14: "pages", 15: "words"}
_DATES = {12: "created", 13: "modified"}
_CODEPAGE, _INTEGERS, _ANSI, _WIDE, _TIME = 1, frozenset({2, 3}), 30, 31, 64
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_INSTANTS_MOST = 10**18  # in the year 4769


class OleCapturer:
    """Reads the tables of compound files, and what documents in them state of themselves."""

    name = "ole"
    media_types = frozenset(_FORMATS)

    def inspect(self, content: Content) -> Inspection:
        """Return the facts and problems of a document. Never raises for what is in it."""
        data = content.stream.read()
        facts: dict[str, Json] = {"format": _FORMATS.get(content.media_type, "OLE"), "whole": False}
        if not data.startswith(_SIGNATURE) or len(data) < _HEADER_BYTES:
            message = "The header of the document is not all there."
            return Inspection(facts=facts, problems=(Problem(code="ole.truncated", message=message),))
        file = _Compound(data)
        problems = [Problem(code="ole.truncated", message=file.missing)] if file.missing else []
        facts["whole"] = False if problems else (None if file.short else True)
        entries = dict(file.entries())
        facts["macros"] = bool(_MACROS & entries.keys())
        stated = Stated()
        if _SUMMARY in entries:
            texts, counts = _summary(file.stream(*entries[_SUMMARY]))
            stated.add("summary", texts)
            facts |= counts
        facts["stated"] = stated.facts()
        return Inspection(facts=facts, problems=tuple(problems))


class _Compound:
    """The sectors of one compound file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._sector = 1 << min(int.from_bytes(data[30:32], "little"), 16)
        self._cutoff = int.from_bytes(data[56:60], "little")
        self._table = self._fat()
        self._minis: bytes = b""
        self._mini_table: Sequence[int] = ()
        used = [number for number, follows in enumerate(self._table) if follows != _FREE]
        last = used[-1] if used else 0
        self.missing = ""
        if not used or (last + 1) * self._sector >= len(data):
            self.missing = f"The document is cut short: sector {last} is not there."
        self.short = (last + 2) * self._sector > len(data)
        """Whether the last sector is not all there, as some writers leave it."""

    def entries(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Yield name, and first sector and size, of every stream and storage. MS-CFB, 2.6."""
        directory = self._chain(self._number(48), self._table, _ENTRIES_MOST * _ENTRY_BYTES)
        for at in range(0, len(directory), _ENTRY_BYTES):
            entry = directory[at : at + _ENTRY_BYTES]
            length = int.from_bytes(entry[64:66], "little")
            name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            start, size = (int.from_bytes(entry[by : by + 4], "little") for by in (116, 120))
            if at == 0:  # the root's stream holds the small ones
                self._minis = self._chain(start, self._table, _STREAM_MOST * 16)
                self._mini_table = _numbers(self._chain(self._number(60), self._table, _STREAM_MOST))
            yield name, (start, size)

    def stream(self, start: int, size: int) -> bytes:
        """Return the first octets of a stream, which is among the small ones or not by its size."""
        most = min(size, _STREAM_MOST)
        if size >= self._cutoff:
            return self._chain(start, self._table, most)[:most]
        pieces = self._follow(start, self._mini_table, most // _MINI_BYTES + 1)
        return b"".join(self._minis[at * _MINI_BYTES : (at + 1) * _MINI_BYTES] for at in pieces)[:most]

    def _number(self, at: int) -> int:
        return int.from_bytes(self._data[at : at + 4], "little")

    def _sectors(self, numbers: Iterator[int]) -> bytes:
        size = self._sector
        return b"".join(self._data[(at + 1) * size : (at + 2) * size] for at in numbers)

    def _fat(self) -> Sequence[int]:
        """Return the table of sectors: its first parts are named in the header, the others in a chain."""
        parts = [*_numbers(self._data[76 : 76 + 4 * _IN_HEADER])]
        further, left = self._number(68), len(self._data) // self._sector
        while further < _LAST and left > 0:
            listed = _numbers(self._sectors(iter([further])))
            parts += listed[:-1]
            further, left = (listed[-1] if listed else _FREE), left - 1
        most = len(self._data) // self._sector
        return _numbers(self._sectors(part for part in parts[:most] if part < _LAST))

    def _chain(self, start: int, table: Sequence[int], most: int) -> bytes:
        return self._sectors(self._follow(start, table, most // self._sector + 1))

    def _follow(self, start: int, table: Sequence[int], most: int) -> Iterator[int]:
        """Yield the numbers of a chain; one that comes back to itself ends with what was wanted."""
        for _ in range(most):
            if start >= min(_LAST, len(table)):
                return
            yield start
            start = table[start]


def _numbers(data: bytes) -> Sequence[int]:
    numbers = array("I", data[: len(data) - len(data) % 4])
    if byteorder == "big":
        numbers.byteswap()
    return numbers


def _summary(data: bytes) -> tuple[list[tuple[str, str]], dict[str, Json]]:
    """Return what a property set states: texts, and counts of pages and words. MS-OLEPS, 2.20 and 2.21."""

    def number(at: int, size: int = 4) -> int:
        return int.from_bytes(data[at : at + size], "little")

    begin = number(44)
    found = {
        number(at): begin + number(at + 4)
        for at in range(begin + 8, begin + 8 + 8 * _count(number(begin + 4)), 8)
    }
    codec = f"cp{number(found[_CODEPAGE] + 4, 2)}" if _CODEPAGE in found else "cp1252"
    texts, counts = [], {}
    for name, at in found.items():
        kind, length = number(at), number(at + 4)
        if name in _TEXTS and kind in {_ANSI, _WIDE}:
            size = length * (2 if kind == _WIDE else 1)
            text = _decoded(data[at + 8 : at + 8 + size], "utf-16-le" if kind == _WIDE else codec)
            texts.append((_TEXTS[name], text.partition("\0")[0]))
        elif name in _DATES and kind == _TIME:
            texts.append((_DATES[name], _instant(number(at + 4, 8))))
        elif name in _COUNTS and kind in _INTEGERS and length < 1 << 31:
            counts[_COUNTS[name]] = length
    return texts, dict(counts)


def _instant(ticks: int) -> str:
    """Return a FILETIME, tenths of a microsecond since 1601, as ISO 8601 has it; 0 is none."""
    if not 0 < ticks < _INSTANTS_MOST:
        return ""
    return (_EPOCH + timedelta(seconds=ticks // 10_000_000)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _count(stated: int) -> int:
    return min(stated, _PROPERTIES_MOST)


def _decoded(octets: bytes, codec: str) -> str:
    try:
        return octets.decode("utf-8" if codec == "cp65001" else codec, "replace")
    except LookupError:
        return octets.decode("cp1252", "replace")
