"""How is a package read, without trusting its names, links or sizes?"""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import attrs

from preserve.errors import (
    BagSyntaxError,
    NotAPackage,
    PackageDamaged,
    StorageUnavailable,
    SyntaxFault,
)
from preserve.formats import bagit, codings, records, schemas, warc
from preserve.model.digest import Digest, hasher
from preserve.model.package import PACKAGE_VERSION, CaptureFile
from preserve.model.reference import Reference
from preserve.model.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.formats.bagit import ManifestLine
    from preserve.formats.records import RecordLine
    from preserve.formats.warc import Record
    from preserve.model.url import UriR

__all__ = ["Package", "find_packages", "is_package", "open_package", "packages_in"]

T = TypeVar("T")

_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z")
# Any one of these makes a folder a package of ours, so that a damaged one can still be opened and judged.
_MARKS = ("data/manifests/capture.json", "data/manifests/records.tsv", "data/manifests/resources.jsonl")
_VERSION_LABEL = b"Preserve-Package-Version:"
_HEAD = 1 << 16
_CHUNK = 1 << 18
_NEVER_FOLLOW = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NO_FILE = frozenset({errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.ENAMETOOLONG})
_NOTHING_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
_RATIO_MOST = 1100
"""Decoded size over coded size: deflate itself cannot pass 1032 (RFC 1951), so more is two layers of it."""
_CONTENT_MOST = 1 << 40
_MANY = 3


@attrs.frozen(kw_only=True)
class Package:
    """
    One package, opened for reading. Nothing is read before it is asked for, and nothing is kept open.

    Every method that reads raises PackageDamaged when a file is missing, is no plain file, is reached
    through a link, or is not in its format; and StorageUnavailable when the disk refuses.
    """

    path: Path

    @property
    def name(self) -> str:
        """The folder's own name: the capture's, as long as nobody renamed it."""
        return self.path.name

    @property
    def page(self) -> str:
        """The name of the folder it stands in."""
        return self.path.parent.name

    @cached_property
    def capture(self) -> CaptureFile:
        """
        ``manifests/capture.json``, read once.

        Raises:
            NotAPackage: If the package is of a version that this software does not know.
        """
        self._refuse_newer()
        name = "data/manifests/capture.json"
        with self._answering(name), self.open(name) as stream:
            return schemas.load(CaptureFile, stream.read(schemas.DOCUMENT_BYTES + 1))

    @property
    def url(self) -> UriR:
        """The normalised URL that was archived."""
        return self.capture.request.url

    def open(self, name: str) -> BinaryIO:
        """
        Open a file of the package for reading; the caller closes it.

        Args:
            name: Relative to the package, with ``/``, as manifests spell it.
        """
        full = self.path / self._safe(name)
        try:
            self._refuse_links(name)
            descriptor = os.open(full, _NEVER_FOLLOW)
        except FileNotFoundError as exc:
            raise PackageDamaged(
                f"{full} is missing; the package cannot be read without it.", path=name
            ) from exc
        except ValueError as exc:  # a NUL, or a lone surrogate that no file system takes
            raise self._no_file(name) from exc
        except OSError as exc:
            if exc.errno in _NO_FILE:
                raise self._no_file(name) from exc
            raise StorageUnavailable(f"Could not read {full}: {exc.strerror}.", path=name) from exc
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise self._no_file(name)
        return os.fdopen(descriptor, "rb")

    def manifest(self) -> Iterator[ManifestLine]:
        """Yield the lines of the payload manifest, in file order."""
        return self._manifest("manifest-sha256.txt")

    def tagmanifest(self) -> Iterator[ManifestLine]:
        """Yield the lines of the tag manifest, in file order."""
        return self._manifest("tagmanifest-sha256.txt")

    def tagmanifest_digest(self) -> Digest:
        """Return the digest of ``tagmanifest-sha256.txt``, which pins every octet of the package."""
        hashed = hasher()
        name = "tagmanifest-sha256.txt"
        with self._answering(name), self.open(name) as stream:
            while data := stream.read(_CHUNK):
                hashed.update(data)
        return Digest("sha256", hashed.hexdigest())

    @property
    def pin(self) -> str:
        """What pins every octet of the package, as text: ``tagmanifest_digest``; empty if it has no bag."""
        return str(self.tagmanifest_digest())

    def bag_info(self) -> list[tuple[str, str]]:
        """Return the labels and values of ``bag-info.txt``, in file order."""
        with self._answering("bag-info.txt"), self.open("bag-info.txt") as stream:
            return bagit.parse_bag_info(stream)

    def records(self) -> Iterator[RecordLine]:
        """Yield every record's line of ``records.tsv``, in file order."""
        name = "data/manifests/records.tsv"
        with self._answering(name), self.open(name) as stream:
            yield from records.read(stream)

    def resources(self) -> Iterator[Resource]:
        """Yield every resource, renditions too, in the order of its record."""
        return self._lines(Resource, "data/manifests/resources.jsonl")

    def references(self) -> Iterator[Reference]:
        """Yield every reference, the seed first."""
        return self._lines(Reference, "data/manifests/references.jsonl")

    def responses(self) -> Iterator[tuple[Resource, RecordLine]]:
        """Yield every stored response with the line of its record; as ``listed``, without renditions."""
        for resource, line in self.listed():
            if line.type == "response":
                yield resource, line

    def listed(self) -> Iterator[tuple[Resource, RecordLine]]:
        """
        Yield every resource with the line of its record: both files are read once, side by side.

        Raises:
            PackageDamaged: If the two files do not list the same responses in the same order.
        """
        lines = (line for line in self.records() if records.is_listed(line))
        for resource in self.resources():
            line = next(lines, None)
            if line is None or line.id != resource.response:
                raise PackageDamaged(
                    f"{self.path}: resources.jsonl names response {resource.response}, records.tsv "
                    f"has {line.id if line else 'no further response'} in its place.",
                    record=resource.response,
                )
            yield resource, line

    def find_record(self, record: str) -> RecordLine:
        """Return the line of a record by its id without angle brackets; reads ``records.tsv`` up to it."""
        for line in self.records():
            if line.id == record:
                return line
        raise PackageDamaged(f"{self.path}: records.tsv has no record {record}.", record=record)

    @contextmanager
    def open_record(self, record: RecordLine | str) -> Iterator[Record]:
        """
        Open a record by its line or id, for as long as the ``with`` block lasts.

        What the record itself raises later (SyntaxFault) is not translated.
        """
        line = self.find_record(record) if isinstance(record, str) else record
        name = f"data/archive/{line.file}"
        with self.open(name) as stream:
            with self._answering(f"{name}, record {line.id}"):
                opened = warc.open_record(stream, line.offset, line.length)
            yield opened

    def payload(self, resource: Resource, line: RecordLine | None = None) -> Iterator[bytes]:
        """
        Yield the entity body of a resource, content codings kept, in bounded pieces.

        Args:
            resource: One of ``resources()``.
            line: Its line of ``records.tsv`` where known, as ``responses()`` gives it; searched otherwise.
        """
        found = line or self.find_record(resource.response)
        with (
            self._answering(f"data/archive/{found.file}, record {found.id}"),
            self.open_record(found) as record,
        ):
            yield from warc.payload(record)

    def content(self, resource: Resource, line: RecordLine | None = None) -> Iterator[bytes]:
        """
        Yield the content of a resource, content codings undone, in bounded pieces.

        Raises:
            CodingError: If a coding cannot be undone (CodingUnknown, CodingLimit: see errors.py).
        """
        payload = self.payload(resource, line)
        if not resource.codings:
            yield from payload
            return
        most = resource.content_bytes if resource.content_bytes is not None else _CONTENT_MOST
        ratio = min(self.capture.request.limits.decode_ratio, _RATIO_MOST)
        yield from codings.decode(payload, resource.codings, max_bytes=most, max_ratio=ratio)

    def _refuse_newer(self) -> None:
        try:
            version = dict(self.bag_info()).get("Preserve-Package-Version", "")[:9]
        except PackageDamaged:
            return  # what capture.json says may still be read
        if version.isdecimal() and int(version) > PACKAGE_VERSION:
            raise NotAPackage(
                f"{self.path} is a package of version {version}; this software reads version "
                f"{PACKAGE_VERSION}: install a newer one.",
                path=str(self.path),
            )

    def _manifest(self, name: str) -> Iterator[ManifestLine]:
        with self._answering(name), self.open(name) as stream:
            yield from bagit.parse_manifest(stream, "sha256")

    def _lines(self, cls: type[T], name: str) -> Iterator[T]:
        with self._answering(name), self.open(name) as stream:
            yield from schemas.read_lines(cls, stream)

    def _safe(self, name: str) -> str:
        try:
            return bagit.safe_path(name)
        except BagSyntaxError as exc:
            raise PackageDamaged(f"{self.path}: {exc.message}", path=name) from exc

    def _refuse_links(self, name: str) -> None:
        folder = self.path
        for part in name.split("/")[:-1]:
            folder /= part
            if not stat.S_ISDIR(folder.lstat().st_mode):
                raise self._no_file(name)

    def _no_file(self, name: str) -> PackageDamaged:
        return PackageDamaged(
            f"{self.path / name} is not a plain file of the package (a link, folder or device stands "
            "there or on the way); links are never followed.",
            path=name,
        )

    @contextmanager
    def _answering(self, what: str) -> Iterator[None]:
        """Translate what the formats raise into PackageDamaged, and what the disk raises."""
        try:
            yield
        except SyntaxFault as exc:
            raise PackageDamaged(f"{self.path / what}: {exc.message}", path=what) from exc
        except OSError as exc:
            raise StorageUnavailable(
                f"Could not read {self.path / what}: {exc.strerror or exc}.", path=what
            ) from exc


def open_package(path: str | os.PathLike[str]) -> Package:
    """
    Return the package at a path.

    Args:
        path: The package's folder; any file or folder in it; a page folder, of which the newest package
            is opened (``packages_in`` lists them all); or a ``.wacz`` file that was exported. The path
            itself may be a link.

    Raises:
        NotAPackage: If there is none; the sentence says what is there instead.
        StorageUnavailable: If the path cannot be looked at.
    """
    from preserve.package.exported import ExportedPackage, is_export  # noqa: PLC0415 - it is a kind of Package

    given = Path(path)
    try:
        start = given.resolve(strict=True)
        if start.is_dir() and (found := packages_in(start)):
            return Package(path=found[-1])
        for folder in (start, *start.parents):
            if folder.is_dir() and is_package(folder):
                return Package(path=folder)
        if is_export(start):
            return ExportedPackage(path=start)
        raise NotAPackage(_instead(given, start), path=str(given))
    except (OSError, RuntimeError, ValueError) as exc:
        # ValueError: a NUL in the path. RuntimeError: a loop of links, before Python 3.13.
        if isinstance(exc, OSError) and exc.errno not in _NOTHING_THERE:
            raise StorageUnavailable(f"Could not read {given}: {exc.strerror}.", path=str(given)) from exc
        raise NotAPackage(f"{given} does not exist; name the folder of a package.", path=str(given)) from exc


def find_packages(path: str | os.PathLike[str]) -> list[Package]:
    """
    Return every package that a path stands for, for those who check them all.

    Args:
        path: A page folder or a folder of page folders gives all packages in it, by page and oldest
            first, also folders that have the name of a package and nothing of one in them; anything
            else gives the one package of ``open_package``.

    Raises:
        NotAPackage: If there is none.
        StorageUnavailable: If the path cannot be looked at.
    """
    given = Path(path)
    try:
        if not given.is_dir() or is_package(given):
            return [open_package(given)]
        pages = (given, *sorted(child for child in given.iterdir() if child.is_dir()))
        found = [Package(path=child) for page in pages for child in _named(page) if child.is_dir()]
    except OSError as exc:
        raise StorageUnavailable(f"Could not read {given}: {exc.strerror}.", path=str(given)) from exc
    return found or [open_package(given)]


def packages_in(folder: Path) -> list[Path]:
    """Return the packages of a page folder, oldest first; empty for every other folder."""
    return [child for child in _named(folder) if is_package(child)]


def _named(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if _NAME.fullmatch(child.name))


def is_package(folder: Path) -> bool:
    """Tell whether a folder bears a mark of a package of ours, be it whole or damaged."""
    if any((folder / mark).is_file() for mark in _MARKS):
        return True
    info = folder / "bag-info.txt"
    if not info.is_file():
        return False
    with info.open("rb") as stream:
        return _VERSION_LABEL in stream.read(_HEAD)


def _instead(given: Path, start: Path) -> str:
    """Say what stands where no package is."""
    if start.is_file():
        return f"{given} is a file outside of any package; name the folder of a package."
    staging = next((folder for folder in (start, *start.parents) if folder.name.endswith(".partial")), None)
    if staging is not None:
        return f"{given} is an unfinished capture; seal it with: preserve recover {staging}"
    if (start / "bagit.txt").is_file():
        return f"{given} is a BagIt bag, but none that preserve made: bag-info.txt has no package version."
    pages = [child.name for child in start.iterdir() if child.is_dir() and packages_in(child)]
    if pages:
        names = ", ".join(sorted(pages)[:_MANY]) + (", …" if len(pages) > _MANY else "")
        return f"{given} holds the packages of {len(pages)} pages; name one of them: {names}"
    return f"{given} holds no package; name a folder such as 20261122T101500Z inside of its page folder."
