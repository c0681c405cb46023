"""How is a ``.wacz`` made header by header, so that each of them can be forged?"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.checks.build import Sample
    from tests.checks.damages import Damage

__all__ = ["Entry", "Wacz"]

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_LOCAL_FIELDS = ("signature", "needed", "flags", "method", "time", "date", "crc", "packed", "size")
_CENTRAL_FIELDS = ("signature", "made", *_LOCAL_FIELDS[1:])


@attrs.define(kw_only=True)
class Entry:
    """One entry, and what is forged in its headers."""

    name: str
    data: bytes
    local: dict[str, object] = attrs.field(factory=dict)
    """Fields of its own header that are not as they should be."""
    central: dict[str, object] = attrs.field(factory=dict)
    """The same of its header in the directory."""
    before: bytes = b""
    """What stands before its own header."""
    after: bytes = b""
    """What stands after its data."""
    listed: bool = True
    """Whether the directory has it."""
    at: int | None = None
    """Where the directory says that it is."""

    def fields(self) -> dict[str, object]:
        """Return what the headers should say."""
        return {
            "signature": b"PK\3\4",
            "made": 3 << 8 | 20,
            "needed": 20,
            "flags": 0,
            "method": 0,
            "time": 0,
            "date": 33,
            "crc": zlib.crc32(self.data),
            "packed": len(self.data),
            "size": len(self.data),
            "name": self.name.encode("utf-8", "surrogateescape"),
            "extra": b"",
            "comment": b"",
            "attributes": 0x81A40000,
        }


@attrs.define(kw_only=True)
class Wacz:
    """A ``.wacz`` as its parts."""

    entries: list[Entry]
    prefix: bytes = b""
    """Before everything; the offsets do not count it."""
    before_directory: bytes = b""
    before_end: bytes = b""
    after: bytes = b""
    comment: bytes = b""
    end: dict[str, int] = attrs.field(factory=dict)
    """Numbers of the end record that are not as they should be."""
    change: Callable[[bytes], bytes] = lambda data: data
    """What is done to the whole file at the end."""

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Wacz:
        """Return the export of a package in memory."""
        payload = {path[5:]: data for path, data in files.items() if path.startswith("data/")}
        return cls(entries=[Entry(name=name, data=data) for name, data in sorted(payload.items())])

    @classmethod
    def around(cls, damage: Damage, sample: Sample) -> Wacz:
        """
        Return the export of a package that is damaged.

        Bare damage leaves the CRC-32 as it was; where everything was made again, so were they.
        """
        damage.base(sample)
        sound = dict(sample.files)
        made = cls.of(damage.apply(sample).files)
        for entry in made.entries if not damage.above else ():
            data = sound.get(f"data/{entry.name}")
            for fields in (entry.local, entry.central) if data is not None else ():
                fields["crc"] = zlib.crc32(data or b"")
        return made

    def entry(self, path: str) -> Entry:
        """Return the first entry of a file by its path in the package."""
        return next(entry for entry in self.entries if entry.name == path.removeprefix("data/"))

    def write(self, path: Path) -> Path:
        """Write the file and return its path."""
        path.write_bytes(self.change(self.assemble()))
        return path

    def assemble(self) -> bytes:
        """Return the octets of the file."""
        out, places = b"", []
        for entry in self.entries:
            out += entry.before
            places.append(len(out))
            out += _local(entry) + entry.data + entry.after
        out += self.before_directory
        listed = [(entry, at) for entry, at in zip(self.entries, places, strict=True) if entry.listed]
        directory = b"".join(_central(entry, at if entry.at is None else entry.at) for entry, at in listed)
        numbers = {"disk": 0, "start": 0, "here": len(listed), "count": len(listed)}
        numbers |= {"length": len(directory), "offset": len(out), "comment": len(self.comment)} | self.end
        end = _END.pack(b"PK\5\6", *numbers.values()) + self.comment
        return self.prefix + out + directory + self.before_end + end + self.after


def _local(entry: Entry) -> bytes:
    found = entry.fields() | entry.local
    name, extra = bytes(found["name"]), bytes(found["extra"])  # type: ignore[call-overload]
    fields = (found[field] for field in _LOCAL_FIELDS)
    return b"".join((_LOCAL.pack(*fields, len(name), len(extra)), name, extra))


def _central(entry: Entry, at: int) -> bytes:
    found = entry.fields() | {"signature": b"PK\1\2"} | entry.central
    parts = [bytes(found[key]) for key in ("name", "extra", "comment")]  # type: ignore[call-overload]
    fields = (found[field] for field in _CENTRAL_FIELDS)
    fixed = _CENTRAL.pack(*fields, *map(len, parts), 0, 0, found["attributes"], at)
    return b"".join((fixed, *parts))
