"""
Which files are in a ZIP of ours, and where is it not exactly as specified?

docs/format/package-1.md, section 14, fixes every octet that is not a file's own: so every header is made
again from what it says and compared, and every octet must belong to an entry, the directory or its end.
The directory says what is there; where it is destroyed, the local headers do, one after the other.

Whatever is found is a problem, never an exception. Data is not read, only headers; time and memory grow
with the number of entries, of which no more than ``ENTRIES_MOST`` are looked at.
"""

from __future__ import annotations

import re
import stat
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve.formats.zip_headers import LOCAL_SIGNATURE, SIGNATURES, find_ends, read_central, read_local
from preserve.formats.zip_store import ZipWritten, central_header, end_record, local_header

if TYPE_CHECKING:
    from preserve.formats.zip_headers import End, Head

__all__ = ["ENTRIES_MOST", "ZipListing", "ZipMember", "ZipProblem", "read_zip"]

ENTRIES_MOST = 100_000
"""As many files as an export takes."""
_DIRECTORY_BYTES = 64 << 20
"""Of the directory, no more is read: 100 000 entries of ours take a tenth of it."""
_NAME_MOST = 1024
_NOTED_MOST = 200
_SEARCHED_BYTES = 1 << 20
_NAME = re.compile(rb"[\x21-\x7e]+")
_DRIVE = re.compile(rb"[A-Za-z]:")
_DESCRIPTOR = 1 << 3
_DESCRIPTOR_LENGTHS = (12, 16, 20, 24)
_FIELDS = ("flags", "method", "crc", "packed", "size")


@attrs.frozen(kw_only=True)
class ZipMember:
    """A file that can be read: stored, under a name that leads nowhere else, listed once."""

    name: str
    start: int
    """First octet of its data."""
    size: int
    """Octets that are there: fewer than its headers say where the file ends inside of it."""
    crc: frozenset[int]
    """What its headers say, two numbers if they do not agree."""


@attrs.frozen(kw_only=True)
class ZipProblem:
    """One thing that is not as specified."""

    code: str
    message: str
    name: str | None = None
    """The entry it is about, octets above 0x7F as U+FFFD; None for the file as such."""
    offset: int | None = None
    length: int | None = None


@attrs.frozen(kw_only=True)
class ZipListing:
    """What is in a ZIP."""

    members: tuple[ZipMember, ...]
    problems: tuple[ZipProblem, ...]
    lost: frozenset[str]
    """Names of entries that could not be listed as members, or not for sure."""
    whole: bool
    """Whether the directory could be read: what is not listed is then not there."""


def read_zip(stream: BinaryIO) -> ZipListing:
    """
    Return the files of a ZIP and everything that is wrong with its form.

    Args:
        stream: Seekable; read from its first octet, whatever it stood at. Left open.

    Raises:
        OSError: What the stream raises.
    """
    return _Reader(stream).read()


class _Reader:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._size = stream.seek(0, 2)
        self._problems: list[ZipProblem] = []
        self._members: dict[str, ZipMember] = {}
        self._lost: set[str] = set()
        self._hidden: set[str] = set()

    def read(self) -> ZipListing:
        end = next(filter(self._is_ours, find_ends(self._stream, self._size)), None)
        heads = None if end is None else self._directory(end)
        if end is None or heads is None:
            self._by_local_headers(cut_off=end is None)
            return self._listing(whole=False)
        self._entries(heads, end.base, end.at - end.length)
        self._end(end, len(heads))
        return self._listing(whole=True)

    def _is_ours(self, end: End) -> bool:
        """Tell an end record from one of a ZIP inside of a stored entry, when ours is cut off."""
        return end.base == 0 or (end.base > 0 and read_local(self._stream, 0, self._size) is None)

    def _listing(self, *, whole: bool) -> ZipListing:
        members = (member for name, member in sorted(self._members.items()))
        return ZipListing(
            members=tuple(members),
            problems=tuple(self._problems),
            lost=frozenset(self._lost | (self._hidden - self._members.keys())),
            whole=whole,
        )

    def _note(
        self,
        code: str,
        message: str,
        *,
        name: bytes | None = None,
        offset: int | None = None,
        length: int | None = None,
    ) -> None:
        if len(self._problems) < _NOTED_MOST:
            about = None if name is None else _text(name)
            problem = ZipProblem(code=code, message=message, name=about, offset=offset, length=length)
            self._problems.append(problem)

    # --- by the directory

    def _directory(self, end: End) -> list[Head] | None:
        """Return the headers of the directory; None if it cannot be read to its end."""
        heads: list[Head] = []
        at = end.at - end.length
        most = at + _DIRECTORY_BYTES
        while at < min(end.at, most) and len(heads) < ENTRIES_MOST:
            head = read_central(self._stream, at, end.at)
            if head is None:
                return None
            heads.append(head)
            at = head.end
        if at < end.at:
            text = f"The directory is longer than one of ours can be; from offset {at} on it was not read."
            self._note("zip.form", text, offset=at)
        return heads

    def _entries(self, heads: list[Head], base: int, stop: int) -> None:
        """Go through the entries in the order of their places, every octet up to the directory."""
        counts = Counter(head.name for head in heads)
        self._order(heads)
        cursor = 0
        placed = sorted(heads, key=lambda head: head.offset)
        following = [*(base + head.offset for head in placed[1:]), stop]
        for head, behind in zip(placed, following, strict=False):  # of no entries, the end is one too many
            at = base + head.offset
            local = read_local(self._stream, at, stop) if cursor <= at else None
            self._gap(cursor, min(at, stop))
            if at < cursor or at > stop:
                self._overlap(head, at)
                cursor = max(cursor, min(at, stop))
            elif local is None:
                text = f"The directory has {_shown(head.name)} at offset {at}, where no entry begins."
                self._note("zip.headers-differ", text, name=head.name, offset=at)
                self._salvage(head, at, behind)
                cursor = min(behind, stop)  # what stands there is taken for the entry's
            else:
                cursor = self._entry(head, local, behind, stop, counts[head.name])
        self._gap(cursor, stop)

    def _order(self, heads: list[Head]) -> None:
        """Say which entry is the first that does not stand behind those before it, by name and by place."""
        for before, head in pairwise(heads):
            if (head.name, head.offset) < (before.name, before.offset) or head.offset < before.offset:
                self._note("zip.form", f"The entry {_shown(head.name)} is out of order.", name=head.name)
                return

    def _entry(self, head: Head, local: Head, behind: int, stop: int, count: int) -> int:
        """Judge an entry and the place it takes; return where it ends."""
        # Of two sizes that do not agree, the one that leads to the next entry.
        packed = local.packed if local.end + local.packed == behind else head.packed
        end = local.end + packed
        if end > stop:
            self._overlap(head, local.at)
            return stop
        if self._judge(head, local, count):
            self._take(head, local, packed)
        # A data descriptor, which the flags announce, belongs to the entry.
        return behind if head.flags & _DESCRIPTOR and behind - end in _DESCRIPTOR_LENGTHS else end

    def _overlap(self, head: Head, at: int) -> None:
        text = f"The entry {_shown(head.name)} at offset {at} reaches into what stands beside it."
        self._lose("zip.entries-overlap", text, head.name, at)

    def _salvage(self, head: Head, at: int, behind: int) -> None:
        """Take an entry whose own header is destroyed, if its data must be where the next thing begins."""
        start = behind - head.packed
        if start != at + len(local_header(head.name, head.size, head.crc)) or _not_readable(head):
            self._lost.add(_text(head.name))
            return
        member = ZipMember(name=_text(head.name), start=start, size=head.packed, crc=frozenset({head.crc}))
        self._members.setdefault(member.name, member)

    def _judge(self, head: Head, local: Head, count: int) -> bool:
        """Say what is wrong with an entry; tell whether it can be read all the same."""
        name, who = head.name, f"The entry {_shown(head.name)} at offset {local.at}"
        if fault := _not_readable(head):
            self._lose(*fault, name, local.at)
            return False
        if count > 1:
            self._lose("zip.name-twice", f"{count} entries have the name {_shown(name)}.", name, local.at)
            return _text(name) not in self._members
        odd = [field for field in _FIELDS if getattr(head, field) != getattr(local, field)]
        if name != local.name:
            text = f"{who} calls itself {_shown(local.name)} in its own header."
            self._lose("zip.headers-differ", text, name, local.at)
        elif odd and not head.flags & _DESCRIPTOR:
            parts = (f"{field} {getattr(head, field)} and {getattr(local, field)}" for field in odd)
            text = f"{who}: the directory and its own header say {', '.join(parts)}."
            self._note("zip.headers-differ", text, name=name, offset=local.at)
        elif head.comment:
            text = f"{who} has a comment of {len(head.comment)} bytes."
            self._note("zip.comment", text, name=name, offset=head.at)
        elif local.raw != local_header(name, head.size, head.crc) or head.raw != central_header(
            ZipWritten(name=name, size=head.size, crc=head.crc, offset=head.offset)
        ):
            text = f"{who} has headers that are not as specified: version, flags, time, attributes or extra."
            self._note("zip.form", text, name=name, offset=local.at)
        return True

    def _take(self, head: Head, local: Head, size: int) -> None:
        member = ZipMember(
            name=_text(head.name),
            start=local.end,
            size=size,
            crc=frozenset({head.crc} if head.flags & _DESCRIPTOR else {head.crc, local.crc}),
        )
        self._members[member.name] = member

    def _lose(self, code: str, message: str, name: bytes, offset: int) -> None:
        self._note(code, message, name=name, offset=offset)
        self._lost.add(_text(name))

    def _gap(self, start: int, stop: int) -> None:
        """Say what stands where nothing should: an entry that is hidden, or mere octets."""
        if start >= stop:
            return
        length = stop - start
        self._stream.seek(start)
        found = self._stream.read(min(length, _SEARCHED_BYTES)).find(LOCAL_SIGNATURE)
        hidden = read_local(self._stream, start + found, stop) if found >= 0 else None
        if hidden is not None:
            text = f"An entry {_shown(hidden.name)} stands at offset {hidden.at}; the directory hides it."
            self._note("zip.entry-hidden", text, name=hidden.name, offset=start, length=length)
            self._hidden.add(_text(hidden.name))
            return
        text = f"{length} bytes at offset {start} belong to no entry."
        self._note("zip.bytes-added", text, offset=start, length=length)

    def _end(self, end: End, count: int) -> None:
        """Compare what stands after the directory with the end record it must have."""
        if end.stop < self._size:
            text = f"{self._size - end.stop} bytes stand after the end of the directory."
            self._note("zip.bytes-added", text, offset=end.stop, length=self._size - end.stop)
        if end.comment:
            text = f"The file has a comment of {len(end.comment)} bytes."
            self._note("zip.comment", text, offset=end.stop - len(end.comment), length=len(end.comment))
        elif count != end.count and count < ENTRIES_MOST:
            text = f"The directory has {count} entries; its end record says {end.count}."
            self._note("zip.headers-differ", text, offset=end.at)
        elif end.raw != end_record(end.count, end.length, end.offset):
            text = "The end of the directory is not as specified."
            self._note("zip.form", text, offset=end.at, length=len(end.raw))

    # --- without a directory

    def _by_local_headers(self, *, cut_off: bool) -> None:
        at, cut = 0, False
        while (local := read_local(self._stream, at, self._size)) is not None and not cut:
            there = min(local.packed, self._size - local.end)
            cut = there < local.packed
            if fault := _not_readable(local):
                self._lose(*fault, local.name, at)
            elif _text(local.name) in self._members:
                self._lose(
                    "zip.name-twice", f"Two entries have the name {_shown(local.name)}.", local.name, at
                )
            else:
                self._take(local, local, there)
                self._lost.update({_text(local.name)} if cut else ())
            at = local.end + local.packed
            if len(self._members) >= ENTRIES_MOST:
                break
        self._problems = self._problems[: _NOTED_MOST - 1]
        if cut_off and (cut or self._ends_in_header(at)):
            text = f"The file ends at {self._size}, before the end of its directory."
            self._note("zip.truncated", text, offset=self._size)
        else:
            text = f"The directory of the file cannot be read; the entries before it end at {at}."
            self._note("zip.directory-damaged", text, offset=at)

    def _ends_in_header(self, at: int) -> bool:
        """Tell whether the file ends in a header, or between two, from here on or in the directory."""
        count = 0
        while (head := read_central(self._stream, at, self._size)) is not None and count < ENTRIES_MOST:
            at, count = head.end, count + 1
        self._stream.seek(at)
        begun = self._stream.read(4)
        return self._size > 0 and any(signature.startswith(begun) for signature in SIGNATURES)


def _not_readable(head: Head) -> tuple[str, str] | None:
    """Return code and sentence if an entry is nothing that may be read as a file; None if it is."""
    name, who = head.name, f"The entry {_shown(head.name)}"
    kind = stat.S_IFMT(head.attributes >> 16)
    if name.endswith(b"/") or kind not in (0, stat.S_IFREG):
        what = "a folder" if name.endswith(b"/") else "a link, folder or device by its attributes"
        return "zip.entry-not-file", f"{who} is {what}; only files may be there."
    parts = name.split(b"/")
    if (
        len(name) > _NAME_MOST
        or _NAME.fullmatch(name) is None
        or b"\\" in name
        or _DRIVE.match(name)
        or not {b"", b".", b".."}.isdisjoint(parts)
    ):
        return "zip.name-unsafe", f"{who} has a name that must not be used; it was not read."
    if head.method or head.packed != head.size or head.flags & 1:
        return "zip.entry-compressed", f"{who} is compressed or encrypted; only stored entries are read."
    return None


def _text(name: bytes) -> str:
    return name[:_NAME_MOST].decode("ascii", "replace")


def _shown(name: bytes) -> str:
    return ascii(name[:300].decode("utf-8", "replace"))
