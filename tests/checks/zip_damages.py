"""In which ways can an exported ``.wacz`` be damaged or forged, and what must be said of each?"""

from __future__ import annotations

import errno
import json
import os
import stat
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from unittest import mock

import attrs

from preserve.checks.zipped import Zipped
from preserve.formats.wacz import format_datapackage_digest
from tests.checks.build import (
    CAPTURE,
    DATAPACKAGE,
    DATAPACKAGE_DIGEST,
    IDX,
    INDEX,
    PAGES,
    RECORDS,
    REFERENCES,
    WARC,
    build,
    warc_record,
)
from tests.checks.damages import index_field
from tests.checks.further_damages import ALL_DAMAGES
from tests.checks.wacz import Entry, Wacz

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import BinaryIO

    from tests.checks.damages import Damage

__all__ = ["ZIP_DAMAGES", "ZIP_PAIRS", "ZipDamage", "inside", "unreadable"]

_WHOLE = build()
_PHOTO = _WHOLE.lines[5]


@attrs.frozen(kw_only=True)
class ZipDamage:
    """One damage of a ``.wacz`` and the primary finding it must give."""

    name: str
    do: Callable[[Wacz], object]
    code: str
    path: str = ""
    record: int | None = None
    """Place of the record that is hit; its id and URL must be named."""

    def make(self) -> Wacz:
        """Return the damaged file."""
        made = Wacz.of(_WHOLE.files)
        self.do(made)
        return made


def _local(path: str, **fields: object) -> Callable[[Wacz], object]:
    return lambda wacz: wacz.entry(path).local.update(fields)


def _central(path: str, **fields: object) -> Callable[[Wacz], object]:
    return lambda wacz: wacz.entry(path).central.update(fields)


def _both(path: str, **fields: object) -> Callable[[Wacz], object]:
    def do(wacz: Wacz) -> None:
        wacz.entry(path).local.update(fields)
        wacz.entry(path).central.update(fields)

    return do


def _set(**parts: Any) -> Callable[[Wacz], object]:
    def do(wacz: Wacz) -> None:
        for name, value in parts.items():
            setattr(wacz, name, value)

    return do


def _entry(path: str, **parts: Any) -> Callable[[Wacz], object]:
    def do(wacz: Wacz) -> None:
        for name, value in parts.items():
            setattr(wacz.entry(path), name, value)

    return do


def _add(name: str, data: bytes = b"new\n", *, at: int = 99, **parts: Any) -> Callable[[Wacz], object]:
    return lambda wacz: wacz.entries.insert(at, Entry(name=name, data=data, **parts))


def _twice(*, forged_first: bool) -> Callable[[Wacz], object]:
    """Return what puts a second page list beside the right one."""

    def do(wacz: Wacz) -> None:
        right = wacz.entry(PAGES)
        forged = Entry(name=right.name, data=right.data.replace(b"A post", b"A fake"))
        wacz.entries.insert(wacz.entries.index(right) + (not forged_first), forged)

    return do


def _deflated(path: str) -> Callable[[Wacz], object]:
    """Return what compresses an entry, as most software would have made it."""

    def do(wacz: Wacz) -> None:
        entry = wacz.entry(path)
        squeezed = zlib.compressobj(wbits=-15)
        size, crc = len(entry.data), zlib.crc32(entry.data)
        entry.data = squeezed.compress(entry.data) + squeezed.flush()
        for fields in (entry.local, entry.central):
            fields.update(method=8, packed=len(entry.data), size=size, crc=crc)

    return do


def _cut(back: int) -> Callable[[Wacz], object]:
    return _set(change=lambda data: data[:-back])


def _cut_in_photo(wacz: Wacz) -> None:
    start = wacz.assemble().index(wacz.entry(WARC).data)
    wacz.change = lambda data: data[: start + _PHOTO.offset + 700]


def _zeroed_directory(data: bytes) -> bytes:
    at = data.index(b"PK\1\2")
    return data[:at] + bytes(len(data) - 22 - at) + data[-22:]


def _flipped(path: str, at: int) -> Callable[[Wacz], object]:
    """Return what flips a bit of a file's data and leaves every header as it was."""

    def do(wacz: Wacz) -> None:
        entry = wacz.entry(path)
        crc = zlib.crc32(entry.data)
        entry.data = entry.data[:at] + bytes([entry.data[at] ^ 1]) + entry.data[at + 1 :]
        for fields in (entry.local, entry.central):
            fields.update(crc=crc)

    return do


def _zeroed_header(wacz: Wacz) -> None:
    wacz.entry(RECORDS).local.update(signature=bytes(4))


def _nested(wacz: Wacz) -> None:
    """An entry whose place is inside of another one: one that swells when it is unpacked."""
    wacz.entries.append(Entry(name="zzz", data=b"", at=0, central={"packed": 9, "size": 9}))


def _slipped(wacz: Wacz) -> None:
    """A WARC file that the directory does not list, behind the one that it lists."""
    wacz.entries.insert(
        1, Entry(name="archive/x.warc.gz", data=warc_record(77, "https://e.org/", b"x"), listed=False)
    )


def _described(path: str, change: Callable[[str], str]) -> Callable[[Wacz], None]:
    """Return what edits a digest in datapackage.json, and makes its own digest again."""

    def do(wacz: Wacz) -> None:
        entry = wacz.entry(DATAPACKAGE)
        found = json.loads(entry.data)
        row = next(row for row in found["resources"] if row["path"] == path.removeprefix("data/"))
        row["hash"] = change(row["hash"])
        entry.data = json.dumps(found, indent=2).encode() + b"\n"
        wacz.entry(DATAPACKAGE_DIGEST).data = format_datapackage_digest(entry.data)

    return do


ZIP_DAMAGES = [
    ZipDamage(
        name="a flip in a stored record",
        do=_flipped(WARC, _PHOTO.offset + 2000),
        code="warc.record-damaged",
        path=WARC,
        record=5,
    ),
    ZipDamage(
        name="a flip in a list",
        do=_flipped(CAPTURE, _WHOLE.files[CAPTURE].index(b"preserve 0.1")),
        code="zip.crc-differs",
        path=CAPTURE,
    ),
    ZipDamage(name="both CRC-32 of an entry", do=_both(PAGES, crc=1), code="zip.crc-differs", path=PAGES),
    ZipDamage(name="one CRC-32 of an entry", do=_local(PAGES, crc=1), code="zip.headers-differ", path=PAGES),
    ZipDamage(
        name="the other CRC-32 of an entry", do=_central(PAGES, crc=1), code="zip.headers-differ", path=PAGES
    ),
    ZipDamage(
        name="a size in the entry's header",
        do=_local(PAGES, packed=9, size=9),
        code="zip.headers-differ",
        path=PAGES,
    ),
    ZipDamage(
        name="a size in the directory",
        do=_central(PAGES, packed=9, size=9),
        code="zip.headers-differ",
        path=PAGES,
    ),
    ZipDamage(
        name="an unpacked size in the directory",
        do=_central(PAGES, size=9),
        code="zip.entry-compressed",
        path=PAGES,
    ),
    ZipDamage(
        name="a method in the entry's header",
        do=_local(PAGES, method=8),
        code="zip.headers-differ",
        path=PAGES,
    ),
    ZipDamage(
        name="a name in the entry's header",
        do=_local(PAGES, name=b"pages/other.jsonl"),
        code="zip.headers-differ",
        path=PAGES,
    ),
    ZipDamage(name="a header destroyed", do=_zeroed_header, code="zip.headers-differ", path=RECORDS),
    ZipDamage(
        name="an offset in the directory", do=_entry(RECORDS, at=7), code="zip.entries-overlap", path=RECORDS
    ),
    ZipDamage(
        name="more entries in the end record",
        do=_set(end={"count": 11, "here": 11}),
        code="zip.headers-differ",
    ),
    ZipDamage(
        name="fewer entries in the end record",
        do=_set(end={"count": 9, "here": 9}),
        code="zip.headers-differ",
    ),
    ZipDamage(
        name="a name twice, the forged one last",
        do=_twice(forged_first=False),
        code="zip.name-twice",
        path=PAGES,
    ),
    ZipDamage(
        name="a name twice, the forged one first",
        do=_twice(forged_first=True),
        code="zip.name-twice",
        path=PAGES,
    ),
    ZipDamage(name="bytes before", do=_set(prefix=b"#!/bin/sh\n"), code="zip.bytes-added"),
    ZipDamage(
        name="bytes before, offsets counting them",
        do=lambda wacz: setattr(wacz.entries[0], "before", b"#!/bin/sh\n"),
        code="zip.bytes-added",
    ),
    ZipDamage(name="bytes between entries", do=_entry(RECORDS, before=b"junk"), code="zip.bytes-added"),
    ZipDamage(name="bytes before the directory", do=_set(before_directory=b"junk"), code="zip.bytes-added"),
    ZipDamage(name="bytes after", do=_set(after=b"junk"), code="zip.bytes-added"),
    ZipDamage(name="a page of zeros after", do=_set(after=bytes(4096)), code="zip.bytes-added"),
    ZipDamage(
        name="an entry hidden from the directory",
        do=_slipped,
        code="zip.entry-hidden",
        path="data/archive/x.warc.gz",
    ),
    ZipDamage(
        name="a file dropped from the directory",
        do=_entry(PAGES, listed=False),
        code="zip.entry-hidden",
        path=PAGES,
    ),
    ZipDamage(
        name="an entry hidden in another ZIP before",
        do=lambda wacz: setattr(wacz, "prefix", b"x" + Wacz.of(_WHOLE.files).assemble()),
        code="zip.entry-hidden",
        path=WARC,
    ),
    ZipDamage(name="an entry within another", do=_nested, code="zip.entries-overlap", path="data/zzz"),
    ZipDamage(name="a compressed WARC file", do=_deflated(WARC), code="zip.entry-compressed", path=WARC),
    ZipDamage(name="a compressed list", do=_deflated(RECORDS), code="zip.entry-compressed", path=RECORDS),
    ZipDamage(name="an encrypted entry", do=_both(PAGES, flags=1), code="zip.entry-compressed", path=PAGES),
    *(
        ZipDamage(name=f"the name {name!r}", do=_add(name), code="zip.name-unsafe", path=f"data/{shown}")
        for name, shown in (
            ("../../etc/passwd", "../../etc/passwd"),
            ("/etc/passwd", "/etc/passwd"),
            ("pages/../../x", "pages/../../x"),
            ("pages//x", "pages//x"),
            ("./x", "./x"),
            ("c:/x", "c:/x"),
            ("pages\\..\\x", "pages\\..\\x"),
            ("a\0b", "a\\x00b"),
            ("\x1b[2Jx", "\\x1b[2Jx"),
            ("x y", "x y"),
            ("x\ny", "x\\ny"),
            ("\u202egpj.exe", "���gpj.exe"),
            ("pages/p\u00e4ges.jsonl", "pages/p��ges.jsonl"),
            ("", ""),
            ("x" * 2000, "x" * 1024),
        )
    ),
    ZipDamage(
        name="a link",
        do=_add("zlink", b"/etc/passwd", central={"attributes": (stat.S_IFLNK | 0o777) << 16}),
        code="zip.entry-not-file",
        path="data/zlink",
    ),
    ZipDamage(
        name="a file that is a link by its attributes",
        do=_central(PAGES, attributes=(stat.S_IFLNK | 0o777) << 16),
        code="zip.entry-not-file",
        path=PAGES,
    ),
    ZipDamage(
        name="a pipe",
        do=_central(PAGES, attributes=(stat.S_IFIFO | 0o644) << 16),
        code="zip.entry-not-file",
        path=PAGES,
    ),
    ZipDamage(name="a folder", do=_add("zzz/", b""), code="zip.entry-not-file", path="data/zzz/"),
    ZipDamage(
        name="a file added", do=_add("pages/zzz.jsonl"), code="file.added", path="data/pages/zzz.jsonl"
    ),
    ZipDamage(
        name="a WARC file added",
        do=_add("archive/zzz.warc.gz", at=1),
        code="file.added",
        path="data/archive/zzz.warc.gz",
    ),
    ZipDamage(
        name="a name's twin",
        do=_add("pages/PAGES.jsonl", at=-1),
        code="file.name-twin",
        path="data/pages/PAGES.jsonl",
    ),
    ZipDamage(
        name="a file gone",
        do=lambda wacz: wacz.entries.remove(wacz.entry(PAGES)),
        code="file.missing",
        path=PAGES,
    ),
    ZipDamage(
        name="the WARC file gone",
        do=lambda wacz: wacz.entries.remove(wacz.entry(WARC)),
        code="file.missing",
        path=WARC,
    ),
    ZipDamage(name="a comment of the file", do=_set(comment=b"hello"), code="zip.comment"),
    ZipDamage(
        name="a comment that is a ZIP",
        do=_set(comment=Wacz.of({"data/x": b""}).assemble()),
        code="zip.comment",
    ),
    ZipDamage(
        name="a comment of an entry", do=_central(PAGES, comment=b"hello"), code="zip.comment", path=PAGES
    ),
    ZipDamage(name="a time", do=_both(PAGES, date=0x5D76, time=0x51E0), code="zip.form", path=PAGES),
    ZipDamage(name="a time in the directory", do=_central(PAGES, date=0x5D76), code="zip.form", path=PAGES),
    ZipDamage(name="a version", do=_both(PAGES, needed=45), code="zip.form", path=PAGES),
    ZipDamage(name="a mode", do=_central(PAGES, attributes=0x81ED0000), code="zip.form", path=PAGES),
    ZipDamage(name="the flag of UTF-8", do=_both(PAGES, flags=1 << 11), code="zip.form", path=PAGES),
    ZipDamage(name="an extra field", do=_both(PAGES, extra=b"UT\5\0\1\0\0\0\0"), code="zip.form", path=PAGES),
    ZipDamage(
        name="an extra field in the directory",
        do=_central(PAGES, extra=b"UT\5\0\1\0\0\0\0"),
        code="zip.form",
        path=PAGES,
    ),
    ZipDamage(
        name="a data descriptor",
        do=lambda wacz: (_both(PAGES, flags=8)(wacz), _entry(PAGES, after=b"PK\7\10" + bytes(12))(wacz)),
        code="zip.form",
        path=PAGES,
    ),
    ZipDamage(
        name="entries out of order",
        do=lambda wacz: wacz.entries.reverse(),
        code="zip.form",
        path="data/manifests/resources.jsonl",
    ),
    ZipDamage(name="a disk number in the end record", do=_set(end={"disk": 1}), code="zip.form"),
    ZipDamage(name="a cut in the end record", do=_cut(10), code="zip.truncated"),
    ZipDamage(name="a cut in the directory", do=_cut(300), code="zip.truncated"),
    ZipDamage(
        name="a cut before the directory",
        do=_set(change=lambda data: data[: data.index(b"PK\1\2")]),
        code="zip.truncated",
    ),
    ZipDamage(name="a cut in a record", do=_cut_in_photo, code="zip.truncated"),
    ZipDamage(
        name="a cut in an entry's header",
        do=_set(change=lambda data: data[: data.index(b"pages/pages.jsonl") + 3]),
        code="zip.truncated",
    ),
    ZipDamage(
        name="a cut in the directory's first header",
        do=_set(change=lambda data: data[: data.index(b"PK\1\2") + 9]),
        code="zip.truncated",
    ),
    ZipDamage(
        name="an entry's place in the directory",
        do=_entry("data/pages/pages.jsonl", at=1 << 30),
        code="zip.entries-overlap",
        path=PAGES,
    ),
    ZipDamage(name="a directory of zeros", do=_set(change=_zeroed_directory), code="zip.directory-damaged"),
    ZipDamage(
        name="a flip in the directory",
        do=_set(change=lambda data: data.replace(b"PK\1\2", b"PK\1\3", 1)),
        code="zip.directory-damaged",
    ),
    ZipDamage(
        name="an end record overwritten",
        do=_set(change=lambda data: data[:-22] + bytes(22)),
        code="zip.directory-damaged",
    ),
    ZipDamage(name="nothing", do=_set(change=lambda _: b""), code="zip.directory-damaged"),
    ZipDamage(
        name="no ZIP", do=_set(change=lambda data: b"<html>" * len(data)), code="zip.directory-damaged"
    ),
    ZipDamage(
        name="a digit of a digest in datapackage.json",
        do=_described(PAGES, lambda digest: digest[:-1] + ("0" if digest[-1] != "0" else "1")),
        code="datapackage.resource-differs",
        path=DATAPACKAGE,
    ),
    ZipDamage(
        name="a digest of a list in datapackage.json",
        do=_described(PAGES, lambda _: "sha256:" + "0123456789abcdef" * 4),
        code="datapackage.resource-differs",
        path=PAGES,
    ),
    ZipDamage(
        name="a digest of a WARC file in datapackage.json",
        do=_described(WARC, lambda _: "sha256:" + "0123456789abcdef" * 4),
        code="datapackage.resource-differs",
        path=DATAPACKAGE,
    ),
    ZipDamage(
        name="an index edited and put back",
        do=lambda wacz: setattr(wacz.entry(INDEX), "data", wacz.entry(INDEX).data + b"x"),
        code="index.member-damaged",
        path=INDEX,
    ),
]
"""Every damage with the primary finding it must give."""


def _both_wrong(wacz: Wacz) -> None:
    """A list whose CRC-32 alone is wrong, and the page list edited."""
    _both(REFERENCES, crc=1)(wacz)
    entry = wacz.entry(PAGES)
    entry.data = entry.data.replace(b"A post", b"A fake")


def _index_led_astray(wacz: Wacz) -> None:
    """An index edited, with its digests made again, and a wrong CRC-32 of a sound records.tsv."""
    sample = build()
    index_field(1, "url", "https://example.org/x")(sample)
    sample.remake()
    for path in (INDEX, IDX, DATAPACKAGE, DATAPACKAGE_DIGEST):
        wacz.entry(path).data = sample.files[path]
    _both(RECORDS, crc=1)(wacz)


_SECOND = WARC.replace("00000.", "00001.")


def _added(*paths: str) -> Callable[[Wacz], None]:
    """Return what edits some lists, and adds a WARC file that nothing speaks of."""

    def do(wacz: Wacz) -> None:
        for path in paths:
            data = wacz.entry(path).data
            wacz.entry(path).data = data.replace(b"A post", b"A fake").replace(b"gone.png\n", b"gone.jpg\n")
        _add(_SECOND.removeprefix("data/"), at=1)(wacz)

    return do


def _flipped_and_added(path: str) -> Callable[[Wacz], None]:
    """Return what damages a list, and adds a WARC file that no other speaks of."""

    def do(wacz: Wacz) -> None:
        _flipped(path, 30)(wacz)
        _add(_SECOND.removeprefix("data/"), at=1)(wacz)

    return do


ZIP_PAIRS: list[tuple[str, Callable[[Wacz], object], list[tuple[str, str]]]] = [
    (
        "a CRC-32 of a sound list, and another list edited",
        _both_wrong,
        [("pages.line-differs", PAGES), ("zip.crc-differs", REFERENCES)],
    ),
    (
        "datapackage.json edited, and a WARC file added",
        _added(DATAPACKAGE),
        [("file.added", _SECOND), ("datapackage.main-page-differs", DATAPACKAGE)],
    ),
    (
        "records.tsv edited, and a WARC file added",
        _added(RECORDS),
        [("file.added", _SECOND), ("records.line-differs", RECORDS)],
    ),
    (
        "a flip in datapackage.json, and a WARC file added",
        _flipped_and_added(DATAPACKAGE),
        [("datapackage.syntax", DATAPACKAGE), ("file.added", _SECOND)],
    ),
    (
        "a flip in records.tsv, and a WARC file added",
        _flipped_and_added(RECORDS),
        [("file.added", _SECOND), ("records.syntax", RECORDS)],
    ),
    (
        "a CRC-32 of a sound records.tsv, and the index edited",
        _index_led_astray,
        [("index.line-differs", INDEX), ("zip.crc-differs", RECORDS)],
    ),
]
"""Two faults at once, and all findings they must give."""


def unreadable(path: str) -> AbstractContextManager[object]:
    """Return a context in which one file in a ``.wacz`` cannot be read."""
    opened = Zipped.__call__

    def refuse(zipped: Zipped, asked: Path) -> BinaryIO:
        if asked == zipped.root / path:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return opened(zipped, asked)

    return mock.patch.object(Zipped, "__call__", refuse)


def _payload(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.startswith("data/")}


def inside() -> list[Damage]:
    """
    Return the damages of a package that are in its export too.

    A name with an escape in it is no name of an entry.
    """
    return [
        damage
        for damage in ALL_DAMAGES
        if _payload(damage.apply(build()).files) != _payload(_WHOLE.files)
        and damage.path.startswith("data/")
        and damage.path.isascii()
        and "\\" not in damage.path
    ]
