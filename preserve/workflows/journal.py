"""
Which pages of a list are done? A file beside the archive remembers. docs/format/journal-1.md.

A line is added, and flushed to stable storage, when a page has ended. What a crash leaves of a last line
is cut off before the next line is added; the page it spoke of is then archived again.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from preserve.disk import fsync_folder, lock, storage_errors
from preserve.errors import JsonSyntaxError
from preserve.formats.schemas import dump_line, read_lines
from preserve.model.journal import JOURNAL_SCHEMA, JournalLine
from preserve.model.url import UriR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["JOURNAL_NAME", "Journal", "open_journal"]

JOURNAL_NAME = "archive.journal.jsonl"
_PIECE = 1 << 16


class Journal:
    """What earlier runs did, and where this one writes what it does. Made by ``open_journal``."""

    def __init__(self, out: BinaryIO, path: Path, last: dict[UriR, JournalLine]) -> None:
        self._out = out
        self._path = path
        self._last = last

    def last(self, url: UriR) -> JournalLine | None:
        """Return what came of a page when it was archived last; None if it never was."""
        return self._last.get(url)

    def add(self, line: JournalLine) -> None:
        """
        Remember what came of a page; on return it is on stable storage.

        Raises:
            StorageUnavailable: If the disk cannot take it.
        """
        with storage_errors(f"write to {self._path}", "Free some room, then run the command again."):
            end = self._out.seek(0, os.SEEK_END)
            left = memoryview(dump_line(line))
            try:
                while left:
                    left = left[self._out.write(left) :]
                os.fsync(self._out.fileno())
            except OSError:
                self._out.truncate(end)  # the next line must not follow upon half a line
                raise
        self._last[UriR(line.url)] = line


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """
    Open a journal, made if absent with the folder it is in, and hold its lock until the block ends.

    Raises:
        Locked: If another process is at work with it.
        JsonSyntaxError: If a line, but for a last one that was cut off, is none of a journal.
        StorageUnavailable: If it cannot be read or written.
    """
    with storage_errors(f"make the folder of {path}", "Choose another folder with --into."):
        path.parent.mkdir(parents=True, exist_ok=True)
    with lock(path):
        with storage_errors(f"open {path}"):
            _cut_torn(path)
            fsync_folder(path.parent)
        with storage_errors(f"read {path}"), path.open("rb") as stream:
            last = {UriR(line.url): line for line in _read(stream, path)}
        # Unbuffered, so that what could not be written is not tried again on closing.
        with path.open("ab", buffering=0) as out:
            yield Journal(out, path, last)


def _read(stream: BinaryIO, path: Path) -> Iterator[JournalLine]:
    try:
        for line in read_lines(JournalLine, stream):
            _refuse_other(line)
            yield line
    except JsonSyntaxError as exc:
        raise JsonSyntaxError(
            f"{path} is no journal of ours: {exc.message} Move it away, then run the command again; every "
            "page is then archived anew.",
            path=str(path),
        ) from exc


def _refuse_other(line: JournalLine) -> None:
    if line.schema != JOURNAL_SCHEMA:
        raise JsonSyntaxError(f"expected a line of {JOURNAL_SCHEMA}, found one of {line.schema}.")


def _cut_torn(path: Path) -> None:
    """Cut off what stands after the last LF: the beginning of a line that a crash cut short."""
    with path.open("r+b") as stream:
        size = end = stream.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - _PIECE)
            stream.seek(start)
            at = stream.read(end - start).rfind(b"\n")
            if at >= 0:
                end = start + at + 1
                break
            end = start
        if end < size:
            stream.truncate(end)
            stream.flush()
            os.fsync(stream.fileno())
