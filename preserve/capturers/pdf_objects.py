"""How are the objects of a PDF looked at, when none of them need be what it should? ISO 32000-2, 7.3."""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING

from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from preserve.capturers.references import fold
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "FAULTS",
    "array",
    "date",
    "dictionary",
    "key_of",
    "names",
    "number",
    "raw_digest",
    "resolved",
    "text",
]

FAULTS = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""
What pypdf was seen to raise on malformed documents (fuzzed), beside its own errors: it trusts the types
of what it reads. MemoryError is not among them: that is for the worker to report.
"""

_TEXT_MOST = 1_000
_NODES_MOST = 10_000
# Section 7.9.4: D:YYYYMMDDHHmmSSOHH'mm', all but the year optional; the D: is often left out.
_DATE = re.compile(
    r"\s*(?:D:)?(?P<year>\d{4})(?:(?P<month>\d\d)(?:(?P<day>\d\d)(?:(?P<hour>\d\d)(?:(?P<minute>\d\d)"
    r"(?:(?P<second>\d\d))?)?(?P<zone>Z|[+-]\d\d'?(?:\d\d)?)?)?)?)?"
)


def resolved(value: object) -> object:
    """Return the object that a reference leads to, or the object itself."""
    return value.get_object() if isinstance(value, IndirectObject | PdfObject) else value


def dictionary(value: object) -> DictionaryObject:
    """Return a dictionary; an empty one for anything else."""
    found = resolved(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def array(value: object) -> list[object]:
    """Return the members of an array; none for anything else."""
    found = resolved(value)
    return list(found) if isinstance(found, ArrayObject) else []


def text(value: object) -> str:
    """Return a string or name as text that can be written as UTF-8; empty for anything else."""
    found = resolved(value)
    if isinstance(found, bytes):
        found = found.decode("latin-1")
    return fold(found.encode("utf-8", "replace").decode(), _TEXT_MOST) if isinstance(found, str) else ""


def number(value: object) -> int | None:
    """Return a whole number; None for anything else."""
    found = resolved(value)
    return int(found) if isinstance(found, int) else None


def key_of(value: object) -> tuple[int, int]:
    """Return what tells one object from another: number and generation, or the place in memory."""
    reference = value if isinstance(value, IndirectObject) else getattr(value, "indirect_reference", None)
    return (reference.idnum, reference.generation) if reference is not None else (0, id(value))


def raw_digest(stream: StreamObject) -> tuple[str, int]:
    """Return sha256 and length of a stream as it stands in the file, its filters not undone."""
    raw = StreamObject.get_data(stream)  # the base class gives it as stored; subclasses undo the filters
    return Digest.of(raw).value, len(raw)


def names(tree: object) -> Iterator[tuple[str, object]]:
    """Yield the entries of a name tree, in order. Section 7.9.6."""
    seen: set[tuple[int, int]] = set()
    waiting = [tree]
    while waiting and len(seen) < _NODES_MOST:
        node = waiting.pop()
        if key_of(node) in seen:
            continue
        seen.add(key_of(node))
        here = dictionary(node)
        pairs = array(here.get("/Names"))
        for at in range(0, len(pairs) - 1, 2):
            yield text(pairs[at]), pairs[at + 1]
        waiting += reversed(array(here.get("/Kids")))


def date(stated: str) -> str:
    """Return a date as ISO 8601 has it, as far as it is stated; empty if it is none."""
    found = _DATE.match(stated)
    if found is None:
        return ""
    made = "-".join(part for part in found.group("year", "month", "day") if part)
    clock = ":".join(part for part in found.group("hour", "minute", "second") if part)
    zone = found["zone"] or ""
    if clock and zone and zone != "Z":
        zone = f"{zone[:3]}:{zone[3:].strip(chr(39)) or '00'}"
    return made + (f"T{clock}{zone}" if clock and ":" in clock else "")
