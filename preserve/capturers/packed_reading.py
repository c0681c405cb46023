"""What does the directory of a ZIP file say, and is what it says there? APPNOTE 6.3.10."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - a class in lower case

from preserve.capturers.references import fold
from preserve.model.inspection import Content, Inspection, Json, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO
    from zipfile import ZipInfo

__all__ = ["read", "read_member"]

_PLAIN = frozenset({"JAR", "ZIP"})
_FAULTS = (
    BadZipFile,
    ZlibError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
)
_DIRECTORY_MOST = 8 << 20  # each entry of it takes some 700 bytes of memory
_ENTRIES_SHOWN = 200
_LOCAL, _END = b"PK\x03\x04", b"PK\x05\x06"
_END_BYTES = 22
_TAIL = _END_BYTES + 65_535  # APPNOTE, 4.3.16: a comment can follow the end record
_LOCAL_BYTES = 30
_BOMB_BYTES, _BOMB_RATIO = 100 << 20, 200
_ENCRYPTED = 1


def read(content: Content, name: str) -> Inspection:
    """
    Return the facts and problems of a ZIP file that is of a format of this name.

    Nothing is unpacked but the small members in which a document's statements stand, within bounds.
    """
    facts: dict[str, Json] = {"format": name, "whole": False}
    problems: list[Problem] = []
    try:
        if _directory_bytes(content) > _DIRECTORY_MOST:
            message = f"Its directory has more than the {_DIRECTORY_MOST} bytes that are read."
            problems.append(Problem(code="zip.too-many-entries", message=message))
            return Inspection(facts=facts | {"whole": None}, problems=tuple(problems))
        with ZipFile(content.stream) as packed:
            facts |= _entries(packed, content.stream, problems)
            facts["whole"] = not any(problem.code == "zip.damaged" for problem in problems)
            if name not in _PLAIN:
                from preserve.capturers.office import office_facts  # noqa: PLC0415 - only for documents

                facts |= office_facts(packed, problems)
    except _FAULTS as exc:
        message = f"The file could not be read: {fold(str(exc)) or type(exc).__name__}."
        problems.append(Problem(code="zip.unreadable", message=message))
        facts["whole"] = False
    return Inspection(facts=facts, problems=tuple(problems))


def read_member(packed: ZipFile, name: str, most: int) -> bytes | None:
    """
    Return the first octets of a member; None if there is none of that name that can be read.

    Raises:
        BadZipFile, zlib.error, EOFError, OSError: If it is damaged.
    """
    try:
        entry = packed.getinfo(name)
    except KeyError:
        return None
    # zipfile bounds what it inflates at a time for these two methods only.
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED} or entry.flag_bits & _ENCRYPTED:
        return None
    with packed.open(entry) as stream:
        return stream.read(most)


def _directory_bytes(content: Content) -> int:
    """Return how long the central directory says it is; 0 where no end record is found."""
    size = content.stream.seek(0, 2)
    content.stream.seek(max(0, size - _TAIL))
    tail = content.stream.read(_TAIL)
    content.stream.seek(0)
    at = tail.rfind(_END)
    # With ZIP64 it reads FFFFFFFF here, which is too much as well.
    return int.from_bytes(tail[at + 12 : at + 16], "little") if 0 <= at <= len(tail) - _END_BYTES else 0


def _entries(packed: ZipFile, stream: BinaryIO, problems: list[Problem]) -> dict[str, Json]:
    """Return what the directory says, and compare it with where the members stand."""
    entries = packed.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    held = sum(entry.compress_size for entry in entries)
    problems += _misplaced(packed, entries, stream)
    if unpacked > _BOMB_BYTES and unpacked > _BOMB_RATIO * max(held, 1):
        message = f"It says it unpacks from {held} to {unpacked} bytes. It was not unpacked."
        problems.append(Problem(code="zip.bomb", message=message))
    names = [entry.filename.encode("utf-8", "replace").decode()[:200] for entry in entries[:_ENTRIES_SHOWN]]
    return {
        "entries": len(entries),
        "names": [*names],
        "unpacked_bytes": unpacked,
        "encrypted": any(entry.flag_bits & _ENCRYPTED for entry in entries),
        "macros": any(entry.filename.endswith("vbaProject.bin") for entry in entries),
    }


def _misplaced(packed: ZipFile, entries: list[ZipInfo], stream: BinaryIO) -> Iterator[Problem]:
    """Yield the first member that is not all there, or that overlaps another."""
    end = packed.start_dir
    begun = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        # The local header repeats the name, and its own extra field is not known here: a lower bound.
        finish = entry.header_offset + _LOCAL_BYTES + len(entry.orig_filename) + entry.compress_size
        name = fold(entry.filename.encode("utf-8", "replace").decode())
        stream.seek(max(0, entry.header_offset))
        if finish > end or entry.header_offset < 0 or stream.read(4) != _LOCAL:
            yield Problem(code="zip.damaged", message=f"The member {name!r} is not all there.")
            return
        if entry.header_offset < begun:
            message = f"The member {name!r} overlaps another: the file unpacks to more than it holds."
            yield Problem(code="zip.overlap", message=message)
            return
        begun = finish
