"""
How is an exported ``.wacz`` read like a package's folder?

docs/format/package-1.md, section 14. The files in it are those below ``data/`` of the package, and are
called so here.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve.checks.tree import Tree, never_follow, shown_path
from preserve.errors import StorageUnavailable
from preserve.formats.zip_read import ZipListing, ZipMember, read_zip
from preserve.formats.zip_section import ZipSection
from preserve.package.exported import is_export

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

__all__ = ["PREFIX", "Zipped", "open_zip"]

PREFIX = "data/"


@attrs.frozen(kw_only=True)
class Zipped:
    """A ``.wacz`` file that can be read like a package's folder; itself the opener of its files."""

    path: Path
    """Where it lies, links resolved."""
    root: Path
    """Its path as given, under which its files are asked for."""
    listing: ZipListing
    members: dict[str, ZipMember]
    """By path in the package."""
    crcs: dict[str, int]
    """The CRC-32 of every file that was read from its first byte to its last."""

    @property
    def tree(self) -> Tree:
        """What a folder with these files would hold."""
        folders = {path[:at] for path in self.members for at, char in enumerate(path) if char == "/"}
        return Tree(
            files={path: member.size for path, member in self.members.items()},
            folders=frozenset(folders),
            others={},
            closed={},
        )

    def may_be_ours(self, marks: AbstractSet[str]) -> bool:
        """Tell whether one of some files is or was in it, or so much is destroyed that any may have been."""
        names = {*self.members, *(f"{PREFIX}{name}" for name in self.listing.lost)}
        return not (self.listing.whole and names.isdisjoint(marks))

    def has_its_crc(self, path: str) -> bool:
        """Tell whether a file that was read has the CRC-32 of its headers."""
        return path not in self.crcs or self.crcs[path] in self.members[path].crc

    def __call__(self, path: Path) -> BinaryIO:
        """Open a file by its path below ``root``, for reading and seeking."""
        name = path.relative_to(self.root).as_posix()
        stream = never_follow(self.path)
        return ZipSection(stream, self.members[name], partial(self.crcs.__setitem__, name))  # type: ignore[return-value] # a raw file


def open_zip(path: Path) -> Zipped | None:
    """
    Read the headers of a ``.wacz`` file; None if there is none at the path.

    Raises:
        StorageUnavailable: If the file cannot be read.
    """
    try:
        if not is_export(path):
            return None
        there = path.resolve()
        with never_follow(there) as stream:
            listing = read_zip(stream)
    except OSError as exc:
        raise StorageUnavailable(
            f"{shown_path(path)} could not be read: {exc.strerror or exc}.", path=str(path)
        ) from exc
    members = {f"{PREFIX}{member.name}": member for member in listing.members}
    return Zipped(path=there, root=path, listing=listing, members=members, crcs={})
