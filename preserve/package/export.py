"""How does a package become one file for delivery, the same to the bit every time?"""

from __future__ import annotations

import io
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import attrs

from preserve.disk import publish, storage_errors, walk_files
from preserve.errors import PackageDamaged, TargetExists
from preserve.formats import wacz
from preserve.model.digest import Digest, hasher
from preserve.package.reader import Package, open_package

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preserve.formats.bagit import ManifestLine

__all__ = ["export_wacz"]

_CHUNK = 1 << 18
_DATA = "data/"
_FILES_MOST = 100_000
"""Lines of a manifest that are taken in; WARC files of 256 MiB make 25 TB of so many."""


def export_wacz(package: Package | str | os.PathLike[str], out: str | os.PathLike[str]) -> Digest:
    """
    Write the package as a ``.wacz`` file; every file is compared with the bag's manifests as it is read.

    The file appears under its name when it is whole and flushed, and never replaces another. Two exports
    of one package are equal octet by octet.

    Args:
        package: The package, or the path of one.
        out: The file to make, in a folder that exists.

    Returns:
        The digest of the file.

    Raises:
        TargetExists: If something stands there already, whatever it is.
        PackageDamaged: If a file is missing, added or not what the manifests say; nothing is written then.
        StorageUnavailable: If the disk refuses.

    Source: docs/format/package-1.md, section 14.
    """
    opened = package if isinstance(package, Package) else open_package(package)
    target = Path(out)
    if os.path.lexists(target):
        raise TargetExists(f"{target} exists already; name a file that does not.", path=str(target))
    files = _payload(opened)
    staging = target.parent / f".preserve-{secrets.token_hex(4)}.partial"
    try:
        with storage_errors(f"write {target}", "Look whether its folder exists and has room."):
            with staging.open("xb") as file:
                _write(file, files, opened)
                file.flush()
                os.fsync(file.fileno())
            digest = _digest(staging)
        publish(staging, target)
    finally:
        with storage_errors(f"remove {staging}"):
            staging.unlink(missing_ok=True)
    return digest


@attrs.frozen(kw_only=True)
class _File:
    """One file of the payload, and what the manifest says of it."""

    package: Package
    path: str
    size_bytes: int
    expected: Digest

    @property
    def name(self) -> str:
        """The name inside of the WACZ."""
        return self.path.removeprefix(_DATA)

    def open(self) -> BinaryIO:
        """Return a reader that compares what it reads."""
        return io.BufferedReader(_Compared(self), _CHUNK)

    def compare(self, seen: Digest, size: int) -> None:
        """Refuse octets that are not the manifest's."""
        if seen != self.expected or size != self.size_bytes:
            raise PackageDamaged(
                f"{self.package.path / self.path}: sha256 differs from the manifest: expected "
                f"{self.expected}, read {seen} ({size} bytes); nothing was exported. See what is "
                f"damaged with: preserve verify {self.package.path}",
                path=self.path,
            )


class _Compared(io.RawIOBase):
    """A reader that hashes what passes and compares at the end of the file."""

    def __init__(self, file: _File) -> None:
        self._file = file
        self._stream = file.package.open(file.path)
        self._hashed = hasher()
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - typing names no buffer before 3.12
        view = memoryview(buffer).cast("B")
        data = self._stream.read(len(view))
        view[: len(data)] = data
        self._hashed.update(data)
        self._size += len(data)
        if not data:
            self._file.compare(Digest("sha256", self._hashed.hexdigest()), self._size)
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _write(file: BinaryIO, files: list[_File], package: Package) -> None:
    try:
        wacz.write_zip(file, [(one.name, one.size_bytes, one.open) for one in files])
    except ValueError as exc:  # a name that no package has, or a file that grew while it was read
        raise PackageDamaged(f"{package.path} cannot be exported: {exc}.", path=str(package.path)) from exc


def _payload(package: Package) -> list[_File]:
    """Return the files under ``data/``: those of the manifest, and the manifest that of the bag."""
    tags = {line.path: line.digest for line in _few(package, package.tagmanifest())}
    manifest = "manifest-sha256.txt"
    with package.open(manifest) as stream:
        seen = _hash(stream)
    if tags.get(manifest) != seen:
        raise PackageDamaged(
            f"{package.path / manifest}: expected {tags.get(manifest, 'a line')} of "
            f"tagmanifest-sha256.txt, read {seen}; nothing was exported.",
            path=manifest,
        )
    expected = {line.path: line.digest for line in _few(package, package.manifest())}
    sizes = _sizes(package)
    odd = sorted(expected.keys() ^ sizes.keys())
    if odd:
        what = "is in no manifest" if odd[0] in sizes else "is missing"
        raise PackageDamaged(
            f"{package.path / odd[0]} {what}; nothing was exported. "
            f"See what is damaged with: preserve verify {package.path}",
            path=odd[0],
        )
    for path in expected:
        if not path.isascii():
            raise PackageDamaged(f"{package.path / path}: names in a package are ASCII.", path=path)
    return [
        _File(package=package, path=path, size_bytes=sizes[path], expected=digest)
        for path, digest in sorted(expected.items())
    ]


def _few(package: Package, lines: Iterable[ManifestLine]) -> list[ManifestLine]:
    kept: list[ManifestLine] = []
    for line in lines:
        if len(kept) == _FILES_MOST:
            raise PackageDamaged(f"{package.path}: a manifest has more than {_FILES_MOST} lines.")
        kept.append(line)
    return kept


def _sizes(package: Package) -> dict[str, int]:
    sizes: dict[str, int] = {}
    root = package.path / "data"
    with storage_errors(f"read {root}"):
        for entry in walk_files(root):
            if entry.kind not in {"file", "folder"}:
                raise PackageDamaged(
                    f"{root / entry.path} is a {entry.kind}; a package holds plain files only.",
                    path=_DATA + entry.path,
                )
            if entry.kind == "file":
                sizes[_DATA + entry.path] = entry.size_bytes
    return sizes


def _digest(path: Path) -> Digest:
    with path.open("rb") as stream:
        return _hash(stream)


def _hash(stream: BinaryIO) -> Digest:
    hashed = hasher()
    while data := stream.read(_CHUNK):
        hashed.update(data)
    return Digest("sha256", hashed.hexdigest())
