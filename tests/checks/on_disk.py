"""Which faults show only on a disk: links, pipes, refusals, reads that do not repeat?"""

from __future__ import annotations

import errno
import io
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import attrs

from preserve.checks import reading
from preserve.checks.tree import Opener, never_follow
from tests.checks.build import (
    CAPTURE,
    DATAPACKAGE,
    DATAPACKAGE_DIGEST,
    IDX,
    INDEX,
    MANIFEST,
    NAME,
    PAGE,
    PAGES,
    RECORDS,
    REFERENCES,
    RESOURCES,
    TAGMANIFEST,
    WARC,
    Sample,
    build,
)
from tests.checks.damages import STORED, in_record, remove, replace

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import BinaryIO


@attrs.frozen(kw_only=True)
class OnDisk:
    """One fault of a package on disk and what must be said of it."""

    name: str
    code: str
    path: str
    exit_code: int
    do: Callable[[Path], object] = lambda _: None
    opener: Callable[[], Opener] = lambda: never_follow
    level: str = "default"
    more: tuple[tuple[str, str], ...] = ()
    """Other findings it must give: code and path."""
    unchecked: tuple[str, ...] | None = None
    """Where what goes with the finding must say that a comparison could not be made; None: anywhere."""
    also: tuple[tuple[str, str], ...] = ()
    """What must stand among what goes with the finding: code and path."""
    long: bool = False
    """Whether the file is too long to be kept in memory, and so read from the disk each time."""

    def lists(self) -> AbstractContextManager[object]:
        """Return a context in which the file is as long as it should be."""
        if not self.long:
            return nullcontext()
        kept_bytes = reading._kept_bytes  # noqa: SLF001 - of the one file alone it is another
        return mock.patch.object(
            reading, "_kept_bytes", lambda path: 0 if path == self.path else kept_bytes(path)
        )


def _swap(path: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    """Return what puts something else in a file's place."""

    def do(root: Path) -> None:
        (root / path).unlink()
        make(root / path)

    return do


def _link(target: Path) -> None:
    elsewhere = target.parents[4] / "elsewhere"
    elsewhere.write_bytes(build().files[PAGES])
    target.symlink_to(elsewhere)


def _link_folder(root: Path) -> None:
    elsewhere = root.parent.parent / "archive"
    (root / "data" / "archive").rename(elsewhere)
    (root / "data" / "archive").symlink_to(elsewhere)


def _socket(root: Path) -> None:
    _socket_at(root / "s")


def _socket_at(target: Path) -> None:
    # A socket's path may be 107 octets long, so it is bound by a short one and moved.
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as bound:
        bound.bind(f"{short}/s")
        shutil.move(f"{short}/s", target)


def _link_of(path: str) -> Callable[[Path], object]:
    """Return what makes a link to the same bytes, kept elsewhere."""

    def make(target: Path) -> None:
        elsewhere = target.parents[path.count("/") + 2] / "elsewhere"
        elsewhere.write_bytes(build().files[path])
        target.symlink_to(elsewhere)

    return make


def _put(path: str, make: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda root: make(root / path)


def _remove_folder(root: Path) -> None:
    for path in sorted((root / "data" / "indexes").iterdir()):
        path.unlink()
    (root / "data" / "indexes").rmdir()


def refusing(name: str, code: int = errno.EIO) -> Callable[[], Opener]:
    """Return what makes an opener that cannot read files of a name."""

    def make() -> Opener:
        def opener(path: Path) -> BinaryIO:
            if path.name == name.rpartition("/")[2]:
                raise OSError(code, os.strerror(code))
            return never_follow(path)

        return opener

    return make


def refusing_later(name: str, first: int, *, midway: bool = False) -> Callable[[], Opener]:
    """
    Return what makes an opener that cannot read a file any more after it was read some times.

    Args:
        name: Of the file.
        first: Which time it is read first cannot be.
        midway: Whether it can still be opened.
    """

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().read(min(size or 0, 300))

        def readinto(self, buffer: Any) -> int:
            data = self.read(len(buffer))
            buffer[: len(data)] = data
            return len(data)

    def make() -> Opener:
        count = 0

        def opener(path: Path) -> BinaryIO:
            nonlocal count
            count += path.name == name.rpartition("/")[2]
            if count < first or path.name != name.rpartition("/")[2]:
                return never_follow(path)
            if midway:
                return Failing(path.read_bytes())
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        return opener

    return make


def _failing_midway() -> Opener:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().read(min(size or 1, 100))

    def opener(path: Path) -> BinaryIO:
        return Failing(path.read_bytes()) if path.name == WARC.rpartition("/")[2] else never_follow(path)

    return opener


def changing(name: str, offset: int, *reads: int) -> Callable[[], Opener]:
    """Return what makes an opener some of whose reads of a file, by default the first, show a flipped bit."""

    def make() -> Opener:
        count = 0

        def opener(path: Path) -> BinaryIO:
            nonlocal count
            if path.name != name.rpartition("/")[2]:
                return never_follow(path)
            count += 1
            if count not in (reads or (1,)):
                return never_follow(path)
            data = bytearray(path.read_bytes())
            data[offset] ^= 1
            return io.BytesIO(bytes(data))

        return opener

    return make


def _sample_with(change: Callable[[Path], object]) -> Callable[[Path], None]:
    return lambda root: (change(root), None)[1]


def _with(*steps: Callable[[Sample], object]) -> Callable[[Path], object]:
    """Return what writes the package again, damaged in some ways."""

    def do(root: Path) -> None:
        sample = build()
        for step in steps:
            step(sample)
        shutil.rmtree(root)
        sample.write(root.parent.parent)

    return do


def _version(root: Path) -> None:
    sample = build()
    info = sample.files["bag-info.txt"].replace(b"Version: 1", b"Version: 2")
    sample.files["bag-info.txt"] = info
    sample.remake_tags()
    sample.write(root.parent.parent)


def _version_with_link(root: Path) -> None:
    _version(root)
    _swap(PAGES, _link)(root)


def _huge(path: str) -> Callable[[Path], None]:
    """Return what makes a document too large to be kept, and every digest above it again."""

    def do(root: Path) -> None:
        sample = build()
        sample.files[path] = sample.files[path].rstrip() + b" " * (16 << 20) + b"\n"
        if path == DATAPACKAGE:
            sample.remake_digest()
        else:
            sample.remake_bag() if path == DATAPACKAGE_DIGEST else sample.remake()
        sample.write(root.parent.parent)

    return do


CLOSED = ("", "data", "data/archive", "data/indexes", "data/manifests", "data/pages")
"""Folders that may refuse to be listed."""
_LISTED_BY = ("bag-info.txt", "bag-info.txt", *(DATAPACKAGE,) * 2, *(DATAPACKAGE_DIGEST,) * 2)
_LISTS = (RECORDS, RESOURCES, REFERENCES, CAPTURE, PAGES, IDX)
UNCHECKED: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "quick"): (*_LISTED_BY, *_LISTS, INDEX, "README.txt", "bagit.txt", MANIFEST, TAGMANIFEST),
    ("", "default"): (
        *_LISTED_BY,
        *_LISTS * 2,
        *(INDEX,) * 4,
        "README.txt",
        "bagit.txt",
        MANIFEST,
        TAGMANIFEST,
    ),
    ("data", "quick"): (*_LISTED_BY[1:], *_LISTS, INDEX, WARC),
    ("data", "default"): (*_LISTED_BY[1:], *_LISTS * 2, *(INDEX,) * 4, WARC),
    ("data/archive", "quick"): (WARC, "bag-info.txt"),
    ("data/archive", "default"): (WARC, "bag-info.txt", DATAPACKAGE, RECORDS),
    ("data/indexes", "quick"): (INDEX, IDX, "bag-info.txt"),
    ("data/indexes", "default"): (*(INDEX, IDX, DATAPACKAGE) * 2, "bag-info.txt"),
    ("data/manifests", "quick"): (*_LISTS[:4], "bag-info.txt"),
    ("data/manifests", "default"): (
        *_LISTS[:4] * 2,
        *(INDEX,) * 2,
        PAGES,
        *(DATAPACKAGE,) * 5,
        "bag-info.txt",
    ),
    ("data/pages", "quick"): (PAGES, "bag-info.txt"),
    ("data/pages", "default"): (PAGES, PAGES, DATAPACKAGE, "bag-info.txt"),
}
"""Where it must say that something could not be compared, by folder and level; --deep adds to it."""


def closing(folder: str) -> AbstractContextManager[object]:
    """Return a context in which a folder of a package cannot be listed, by its path in the package."""
    scandir = os.scandir

    def refuse(path: Path) -> object:
        inside = path.as_posix().partition(f"{PAGE}/{NAME}")[2].strip("/")
        if inside == folder:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return scandir(path)

    return mock.patch("preserve.checks.tree.os.scandir", refuse)


_BLOCKS_EDITED = (replace(IDX, b'"offset": 0', b'"offset": 1'), Sample.remake)
_NEEDED_BY: dict[str, tuple[str, ...]] = {
    # Of each its digest cannot be compared; and then what a list is compared with.
    "bag-info.txt": ("bag-info.txt",),
    WARC: (WARC,),
    INDEX: (INDEX,),
    IDX: (IDX,),
    PAGES: (PAGES,),
    DATAPACKAGE: (DATAPACKAGE, DATAPACKAGE),
    DATAPACKAGE_DIGEST: (DATAPACKAGE_DIGEST,),
    CAPTURE: (CAPTURE, PAGES),
    RECORDS: (RECORDS, RESOURCES, INDEX, REFERENCES, CAPTURE, PAGES, DATAPACKAGE),
    RESOURCES: (RESOURCES, INDEX, REFERENCES, CAPTURE, PAGES, DATAPACKAGE),
    REFERENCES: (REFERENCES, CAPTURE, CAPTURE, PAGES, DATAPACKAGE),
}

ON_DISK = [
    OnDisk(
        name="a link in a file's place",
        do=_swap(PAGES, _link),
        code="file.not-regular",
        path=PAGES,
        exit_code=6,
    ),
    OnDisk(
        name="a pipe in a file's place",
        do=_swap(IDX, os.mkfifo),
        code="file.not-regular",
        path=IDX,
        exit_code=6,
    ),
    OnDisk(
        name="a folder in a file's place",
        do=_swap(IDX, Path.mkdir),
        code="file.missing",
        path=IDX,
        exit_code=6,
    ),
    *(
        OnDisk(name=f"{what} in the place of {path}", do=_swap(path, make), code=code, path=path, exit_code=6)
        for path in sorted(build().files)
        for what, make, code in (
            ("a link", _link_of(path), "file.not-regular"),
            ("a link to itself", lambda target: target.symlink_to(target.name), "file.not-regular"),
            ("a link to nothing", lambda target: target.symlink_to("/nothing/there"), "file.not-regular"),
            ("a pipe", os.mkfifo, "file.not-regular"),
            ("a socket", _socket_at, "file.not-regular"),
            ("a folder", Path.mkdir, "file.missing"),
        )
    ),
    *(
        OnDisk(
            name=f"{what} added in {folder}",
            do=_put(f"{folder}/x", make),
            code=code,
            path=f"{folder}/x",
            exit_code=6,
        )
        for folder in ("data", "data/archive", "data/manifests")
        for what, make, code in (
            (
                "a link to a file of the package",
                lambda target: target.symlink_to("../../README.txt"),
                "file.not-regular",
            ),
            ("a link to the folder above", lambda target: target.symlink_to(".."), "file.not-regular"),
            ("a pipe", os.mkfifo, "file.not-regular"),
            ("a socket", _socket_at, "file.not-regular"),
            ("a folder", Path.mkdir, "folder.added"),
        )
    ),
    OnDisk(name="a socket", do=_socket, code="file.not-regular", path="s", exit_code=6),
    OnDisk(
        name="a link in a folder's place",
        do=_link_folder,
        code="file.not-regular",
        path="data/archive",
        exit_code=6,
    ),
    OnDisk(
        name="a folder gone",
        do=_remove_folder,
        code="file.missing",
        path="data/indexes/index.cdx.gz",
        exit_code=6,
    ),
    OnDisk(
        name="an empty folder",
        do=lambda root: (root / "data" / "new").mkdir(),
        code="folder.added",
        path="data/new",
        exit_code=6,
    ),
    *(
        OnDisk(
            name=f"{path} cannot be read",
            opener=refusing(path),
            code="file.not-readable",
            path=path,
            exit_code=3,
            unchecked=(path, *_NEEDED_BY.get(path, ())),
        )
        for path in sorted(build().files)
    ),
    OnDisk(
        name="a disk that fails midway",
        opener=_failing_midway,
        code="file.not-readable",
        path=WARC,
        exit_code=3,
    ),
    *(
        OnDisk(
            name=f"a damaged WARC file that cannot be {how} time {first}, {name}, {level}",
            do=_with(*steps),
            opener=refusing_later(WARC, first, midway=midway),
            code="bag.digest-mismatch",
            path=WARC,
            exit_code=6,
            level=level,
            also=(("file.not-readable", WARC),),
            more=more,
        )
        for how, midway in (("opened", False), ("read", True))
        for first in (2, 3)
        for level in ("default", "deep")
        for name, steps, more in (
            ("with its lines", (in_record(STORED, 400),), ()),
            ("without", (in_record(STORED, 400), remove(RECORDS)), (("file.missing", RECORDS),)),
        )
    ),
    *(
        OnDisk(
            name=f"{path}, a long list that cannot be {how} time {2 + len(more)}, {level}",
            do=do,
            opener=refusing_later(path, 2 + len(more), midway=midway),
            code="file.not-readable",
            path=path,
            exit_code=exit_code,
            level=level,
            long=True,
            more=more,
        )
        for path, do, more, exit_code in (
            *((path, lambda _: None, (), 3) for path in (RECORDS, RESOURCES, REFERENCES, INDEX)),
            *((path, lambda _: None, (), 3) for path in (MANIFEST, TAGMANIFEST)),
            *(
                (path, _with(*_BLOCKS_EDITED), (("index.blocks-differ", IDX),), 6)
                for path in (RECORDS, RESOURCES)
            ),
            (REFERENCES, _with(*_BLOCKS_EDITED), (("index.blocks-differ", IDX),), 6),
        )
        for how, midway in (("opened", False), ("read", True))
        for level in ("default", "deep")
    ),
    *(
        OnDisk(
            name=f"a record damaged, and records.tsv, a long list that cannot be {how} time {first}, {level}",
            do=_with(in_record(STORED, 400)),
            opener=refusing_later(RECORDS, first, midway=midway),
            code="file.not-readable",
            path=RECORDS,
            exit_code=6,
            level=level,
            long=True,
            more=(("warc.record-damaged", WARC),),
        )
        for how, midway in (("opened", False), ("read", True))
        for first in (2, 3, 4, 5)
        for level in ("default", "deep")
    ),
    *(
        OnDisk(
            name=f"a sound WARC file that cannot be {how} time {first}, {level}",
            opener=refusing_later(WARC, first, midway=midway),
            code="file.not-readable",
            path=WARC,
            exit_code=3,
            level=level,
            unchecked=unchecked,
            also=also,
        )
        for how, midway in (("opened", False), ("read", True))
        for first, level, unchecked, also in (
            (2, "deep", (WARC,), ()),
            (2, "contents", (WARC,), ()),
            (3, "contents", (), (("contents.not-opened", RESOURCES),)),
            (5, "contents", (), (("contents.not-opened", RESOURCES),)),
        )
    ),
    *(
        OnDisk(
            name=f"{path} reads differently",
            opener=changing(path, 40),
            code="media.unstable",
            path=path,
            exit_code=6,
        )
        for path in (WARC, PAGES, RESOURCES, "bag-info.txt")
    ),
    OnDisk(
        name="a record reads differently",
        opener=changing(WARC, 4000),
        code="media.unstable",
        path=WARC,
        exit_code=6,
    ),
    *(
        OnDisk(
            name=f"a record reads differently in reads {reads} with --deep",
            opener=changing(WARC, 4000, *reads),
            code="media.unstable",
            path=WARC,
            exit_code=6,
            level="deep",
        )
        for reads in ((1,), (2,))
    ),
    OnDisk(
        name="records.tsv reads differently",
        opener=changing(RECORDS, 300),
        code="media.unstable",
        path=RECORDS,
        exit_code=6,
    ),
    OnDisk(
        name="a package of a later version",
        do=_version,
        code="package.version-unsupported",
        path="bag-info.txt",
        exit_code=3,
    ),
    *(
        OnDisk(
            name=f"{name} in a package of a later version",
            do=do,
            opener=opener,
            code=code,
            path=PAGES,
            exit_code=exit_code,
            more=(("package.version-unsupported", "bag-info.txt"),),
        )
        for name, do, opener, code, exit_code in (
            (
                "a link",
                _version_with_link,
                lambda: never_follow,
                "file.not-regular",
                6,
            ),
            ("a file that cannot be read", _version, refusing(PAGES), "file.not-readable", 3),
        )
    ),
    *(
        OnDisk(
            name=f"{path} cannot be read with --deep",
            opener=refusing(path),
            code="file.not-readable",
            path=path,
            exit_code=3,
            level="deep",
            unchecked=(path, WARC, *_NEEDED_BY[path]),
        )
        for path in (WARC, RECORDS)
    ),
    *(
        OnDisk(name=f"{path} of 16 MiB", do=_huge(path), code="file.too-large", path=path, exit_code=3)
        for path in (CAPTURE, PAGES, DATAPACKAGE, DATAPACKAGE_DIGEST)
    ),
    OnDisk(
        name="another folder name",
        do=lambda root: root.rename(root.with_name("copy")),
        code="package.folder-name",
        path="",
        exit_code=0,
    ),
]
"""Every fault with the primary finding it must give."""
