"""What is in the package's folder, seen without opening or following anything?"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

import attrs

from preserve.errors import NotAPackage, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Opener", "Tree", "never_follow", "shown_path", "survey"]

Opener: TypeAlias = "Callable[[Path], BinaryIO]"
"""Opens one regular file for reading, unbuffered or not; raises OSError when it cannot."""

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@attrs.frozen(kw_only=True)
class Tree:
    """Everything below the package's folder; paths relative, with ``/``."""

    files: dict[str, int]
    """Regular files: path to size in bytes."""
    folders: frozenset[str]
    others: dict[str, str]
    """Links, pipes, sockets, devices: path to what it is."""
    closed: dict[str, str]
    """Folders that could not be listed, and entries that could not be looked at: path to the reason."""

    def hidden(self, path: str) -> str | None:
        """Return the folder that could not be listed and may hold a path; None if there is none."""
        return next((above for above in _above(path) if above in self.closed), None)

    def blocked(self, path: str) -> str | None:
        """Return the link or device that stands in place of a path or of a folder on its way."""
        return next((here for here in (*_above(path), path) if here in self.others), None)

    def gone(self, path: str) -> str:
        """Return the topmost folder on the way to a path that is not there; the path itself if all are."""
        return next((above for above in _above(path) if above and above not in self.folders), path)


def _above(path: str) -> list[str]:
    """Return the folders on the way to a path, the package's own (an empty text) first."""
    parts = path.split("/")[:-1]
    return ["", *("/".join(parts[: count + 1]) for count in range(len(parts)))]


def survey(root: Path) -> Tree:
    """
    List a package's folder.

    Links are listed and not followed. A folder that cannot be read is noted, never raised.

    Raises:
        NotAPackage: If there is no folder at the path.
        StorageUnavailable: If the path cannot be looked at.
    """
    try:
        is_folder = root.is_dir()
    except OSError as exc:
        raise StorageUnavailable(
            f"{shown_path(root)} could not be looked at: {exc.strerror or exc}.", path=str(root)
        ) from exc
    if not is_folder:
        raise NotAPackage(
            f"{shown_path(root)} is no folder; name the folder of a package, such as 20261122T101500Z.",
            path=str(root),
        )
    files: dict[str, int] = {}
    folders: set[str] = set()
    others: dict[str, str] = {}
    closed: dict[str, str] = {}
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(root / folder) as found:
                entries = list(found)
        except OSError as exc:
            closed[folder] = exc.strerror or str(exc)
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            try:
                seen = entry.stat(follow_symlinks=False)
            except OSError as exc:
                closed[path] = exc.strerror or str(exc)
                continue
            if stat.S_ISDIR(seen.st_mode):
                folders.add(path)
                waiting.append(path)
            elif stat.S_ISREG(seen.st_mode):
                files[path] = seen.st_size
            else:
                others[path] = _kind(seen.st_mode)
    return Tree(files=files, folders=frozenset(folders), others=others, closed=closed)


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFLNK: "a symbolic link",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFBLK: "a block device",
        stat.S_IFCHR: "a character device",
    }
    return kinds.get(stat.S_IFMT(mode), "no regular file")


def shown_path(path: Path) -> str:
    """Return a path for a message."""
    text = str(path)
    return text if text.isprintable() else ascii(text)


def never_follow(path: Path) -> BinaryIO:
    """
    Open a regular file for reading, unbuffered; never a link, pipe or device, and never waiting.

    Raises:
        OSError: If it cannot be opened, or is no regular file.
    """
    descriptor = os.open(path, _FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{shown_path(path)} is no regular file")
    return os.fdopen(descriptor, "rb", buffering=0)
