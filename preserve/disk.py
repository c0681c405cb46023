"""How do bytes reach the disk so that nothing is lost, half-written or replaced?"""

from __future__ import annotations

import ctypes
import errno
import io
import os
import stat
import sys
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import attrs

from preserve.errors import Locked, StorageUnavailable, TargetExists

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "Entry",
    "Spool",
    "fsync_folder",
    "fsync_tree",
    "lock",
    "publish",
    "remove_tree",
    "storage_errors",
    "walk_files",
    "write_new",
]

_RENAME_NOREPLACE = 1
_AT_FDCWD = -100
_CRUMB_BYTES = 4096
_PIECE_BYTES = 1 << 18
_HELD = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})
_GLANCE_S = 0.05
_UNSUPPORTED = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})


@contextmanager
def storage_errors(doing: str, remedy: str = "") -> Iterator[None]:
    """
    Translate an OSError of the disk into StorageUnavailable, with what was being done.

    Args:
        doing: What was tried, as in "Could not <doing>".
        remedy: A sentence that says what to do; empty for none.
    """
    try:
        yield
    except OSError as exc:
        where = f" ({exc.filename})" if exc.filename else ""
        hint = f" {remedy}" if remedy else ""
        raise StorageUnavailable(
            f"Could not {doing}: {exc.strerror or exc}{where}.{hint}", doing=doing
        ) from exc


class Spool:
    """
    Bytes kept for a while: in memory up to a size, then in an unnamed file. Satisfies ``Stored``.

    Args:
        folder: Where the file is made; None for the system's temporary folder.
        memory_bytes: Above this the bytes move to a file.
        name: The file's name in ``folder``, for bytes that another process must open; it is removed
            on closing. None for a file without a name.
    """

    def __init__(
        self, folder: Path | None = None, memory_bytes: int = 1 << 20, *, name: str | None = None
    ) -> None:
        self._folder = folder
        self._name = name
        self._memory_bytes = memory_bytes
        self._parts: list[bytes] = []
        self._crumbs = bytearray()
        self._file: BinaryIO | None = None
        self._size = 0
        self._closed = False

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        return self._size

    @property
    def path(self) -> Path | None:
        """The file's path, when the bytes moved to a file with a name."""
        return self._folder / self._name if self._folder and self._name and self._file else None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """
        Add bytes at the end.

        Raises:
            StorageUnavailable: If the spool's folder cannot take them.
        """
        if self._closed:
            raise ValueError("the spool is closed")
        piece = bytes(data)
        self._size += len(piece)
        if self._file is None and self._size <= self._memory_bytes:
            self._keep(piece)
            return
        with storage_errors("keep a body in the spool folder", "Free some room and run the command again."):
            if self._file is None:
                # Unbuffered, so that readers with their own offset see every byte at once.
                self._file = self._make()
                _write_all(self._file, b"".join(self._held()))
                self._parts.clear()
            _write_all(self._file, piece)

    def _keep(self, piece: bytes) -> None:
        """Keep a piece in memory: a large one as it is, small ones together (a list entry costs 40 bytes)."""
        if len(piece) < _CRUMB_BYTES:
            self._crumbs += piece
        else:
            self._held().append(piece)

    def _held(self) -> list[bytes]:
        if self._crumbs:
            self._parts.append(bytes(self._crumbs))
            self._crumbs.clear()
        return self._parts

    def _make(self) -> BinaryIO:
        if self._folder and self._name:
            return (self._folder / self._name).open("x+b", buffering=0)
        return tempfile.TemporaryFile(dir=self._folder, buffering=0)  # owned: see close

    def open(self) -> BinaryIO:
        """Return a new reader at the first byte; any number may be open while the spool is."""
        if self._closed:
            raise ValueError("the spool is closed")
        if self._file is None:
            return io.BytesIO(b"".join(self._held()))
        return io.BufferedReader(_Window(self._file.fileno(), self._size), 1 << 16)

    def pieces(self) -> Iterator[bytes]:
        """Yield all bytes in order, those in memory without copying them; the spool stays open meanwhile."""
        if self._closed:
            raise ValueError("the spool is closed")
        if self._file is None:
            yield from tuple(self._held())
            return
        at = 0
        while piece := os.pread(self._file.fileno(), min(_PIECE_BYTES, self._size - at), at):
            yield piece
            at += len(piece)

    def close(self) -> None:
        """Free the memory or the file. Idempotent."""
        self._closed = True
        self._parts.clear()
        self._crumbs.clear()
        path = self.path
        if self._file is not None:
            self._file.close()
            self._file = None
        if path is not None:
            path.unlink(missing_ok=True)


class _Window(io.RawIOBase):
    """A reader with its own position in a file that others read too (pread)."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - typing names no buffer before 3.12
        view = memoryview(buffer).cast("B")
        data = os.pread(self._descriptor, min(len(view), max(0, self._size - self._at)), self._at)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def _write_all(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


@attrs.frozen(kw_only=True)
class Entry:
    """One thing in a folder tree."""

    path: str
    """Relative to the tree's root, with ``/``; undecodable bytes as surrogate escapes."""
    kind: str
    """``file``, ``folder``, ``link``, or ``other`` (socket, pipe, device)."""
    size_bytes: int
    links: int


def walk_files(root: Path) -> Iterator[Entry]:
    """
    Yield everything below a folder, links not followed, sorted by path bytes within each folder.

    Folders are yielded before what is in them. Depth is not bounded by the interpreter's stack.

    Raises:
        OSError: If a folder cannot be read; the caller knows what that means to it.
    """
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(root / folder) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
        folders = []
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            seen = entry.stat(follow_symlinks=False)
            kind = _kind(seen.st_mode)
            yield Entry(path=path, kind=kind, size_bytes=seen.st_size, links=seen.st_nlink)
            if kind == "folder":
                folders.append(path)
        waiting.extend(reversed(folders))


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"


def write_new(path: Path, data: bytes) -> None:
    """
    Write a file that must not exist yet, and flush it to stable storage.

    Raises:
        TargetExists: If something is there already.
        StorageUnavailable: If it cannot be written.
    """
    try:
        with storage_errors(f"write {path}"), path.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except StorageUnavailable as exc:
        if isinstance(exc.__cause__, FileExistsError):
            raise TargetExists(f"{path} exists already; name a file that does not.", path=str(path)) from exc
        raise


def fsync_folder(path: Path) -> None:
    """Flush a folder's own entries to stable storage (where the system can)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_tree(root: Path) -> None:
    """Flush every file and folder of a tree to stable storage, the root last."""
    folders = [root]
    for entry in walk_files(root):
        path = root / entry.path
        if entry.kind == "folder":
            folders.append(path)
        elif entry.kind == "file":
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    for folder in reversed(folders):
        fsync_folder(folder)


def publish(source: Path, target: Path) -> None:
    """
    Rename a folder or file to a name that is free, in one step, and flush the parent folder.

    Nothing is ever replaced: rename(2) would silently replace an empty folder, so Linux is asked
    with RENAME_NOREPLACE. Where the file system cannot do that, the name is looked at first.

    Raises:
        TargetExists: If the name is taken.
        StorageUnavailable: If the rename is refused.
    """
    with storage_errors(f"publish {target}"):
        try:
            _rename_noreplace(source, target)
        except FileExistsError as exc:
            raise TargetExists(
                f"{target} exists already; nothing was written over.", path=str(target)
            ) from exc
        fsync_folder(target.parent)


def _rename_noreplace(source: Path, target: Path) -> None:
    rename = (
        getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    )
    if rename is not None:
        if rename(_AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), _RENAME_NOREPLACE) == 0:
            return
        code = ctypes.get_errno()
        if code not in _UNSUPPORTED:
            raise OSError(code, os.strerror(code), str(target))
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    source.rename(target)


def remove_tree(root: Path) -> None:
    """Remove a folder of ours with all that is in it; links are removed, not followed."""
    entries = list(walk_files(root))
    for entry in reversed(entries):
        path = root / entry.path
        if entry.kind == "folder":
            path.rmdir()
        else:
            path.unlink()
    root.rmdir()


@contextmanager
def lock(path: Path, *, wait_s: float = 0) -> Iterator[None]:
    """
    Hold an exclusive lock on a file, made if absent, until the block ends or the process dies.

    Args:
        path: The file.
        wait_s: How long to wait for another holder. A process that was killed while it started
            another one leaves the lock to that one for some milliseconds.

    Raises:
        Locked: If another process holds it.
        StorageUnavailable: If the file cannot be made.
    """
    with storage_errors(f"lock {path}"):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
    try:
        _take(descriptor, path, time.monotonic() + wait_s)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, until: float) -> None:
    try:
        _lock_now(descriptor)
    except OSError as exc:
        if exc.errno in _HELD and time.monotonic() < until:
            time.sleep(_GLANCE_S)
            _take(descriptor, path, until)
            return
        if exc.errno not in _HELD:
            raise StorageUnavailable(f"Could not lock {path}: {exc.strerror}.", path=str(path)) from exc
        raise Locked(
            f"{path.parent} is in use by another process; wait until it has finished.", path=str(path)
        ) from exc


if sys.platform == "win32":
    import msvcrt

    def _lock_now(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock_now(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
