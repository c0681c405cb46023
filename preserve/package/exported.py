"""How is an exported ``.wacz`` read as the package it was made from? docs/format/package-1.md, section 14."""

from __future__ import annotations

import io
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve.errors import PackageDamaged, StorageUnavailable
from preserve.formats.zip_read import ZipMember, read_zip
from preserve.formats.zip_section import ZipSection
from preserve.package.reader import Package

if TYPE_CHECKING:
    import os

__all__ = ["ExportedPackage", "is_export"]

_MAGIC = b"PK\3\4"
_DATA = "data/"


@attrs.frozen(kw_only=True, slots=False)
class ExportedPackage(Package):
    """
    A package in a ``.wacz`` file: all that is below ``data/``, and no bag.

    Nothing is read from a file whose ZIP is not exactly as specified, for software may differ about what is
    in it: ``verify`` says what is wrong.
    """

    @property
    def name(self) -> str:
        """The name of the capture; the file's own may be any."""
        return self.capture.capture

    @property
    def page(self) -> str:
        """The name of the page folder it was exported from."""
        return self.capture.page

    @property
    def pin(self) -> str:
        """An empty text: the tag manifest was left behind."""
        return ""

    @cached_property
    def _members(self) -> dict[str, ZipMember]:
        try:
            with self.path.open("rb") as stream:
                listing = read_zip(stream)
        except OSError as exc:
            raise StorageUnavailable(
                f"Could not read {self.path}: {exc.strerror or exc}.", path=str(self.path)
            ) from exc
        if listing.problems:
            raise PackageDamaged(
                f"{self.path} is not exactly as it was exported. {listing.problems[0].message} See all that "
                f"is wrong with: preserve verify {self.path}",
                path=str(self.path),
            )
        return {f"{_DATA}{member.name}": member for member in listing.members}

    def open(self, name: str) -> BinaryIO:
        """Open a file of the package by its path there, ``data/`` included; the caller closes it."""
        member = self._members.get(name)
        if member is None:
            raise PackageDamaged(f"{self.path} has no {name}.", path=name)
        try:
            stream = self.path.open("rb")
        except OSError as exc:
            raise StorageUnavailable(f"Could not read {self.path}: {exc.strerror}.", path=name) from exc
        return io.BufferedReader(ZipSection(stream, member))


def is_export(path: str | os.PathLike[str]) -> bool:
    """Tell whether a path is a file with the name or the first bytes of a ``.wacz``."""
    given = Path(path)
    if not given.is_file():
        return False
    if given.suffix.lower() == ".wacz":
        return True
    with given.open("rb") as stream:
        return stream.read(len(_MAGIC)) == _MAGIC
