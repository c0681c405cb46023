"""
What are the bytes of each file?

The only reader of whole files: one read a file, in pieces, feeding every sink that wants the bytes.
Large files are read side by side in threads, for hashing lets other threads run; small ones in the
caller's own, for handing them over would cost more than reading them.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

import attrs

from preserve.checks.extents import Extents, ExtentSink
from preserve.checks.off import Off
from preserve.model.digest import Digest, hasher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from preserve.checks.tree import Opener

__all__ = ["KEEP_BYTES", "KEEP_LIST_BYTES", "Job", "Seen", "Tally", "measure", "measure_all"]

PIECE_BYTES = 1 << 18
"""Of 32 KiB to 1 MiB all take the same time within 2 %; smaller ones are told of sooner."""
_SMALL_PIECE_BYTES = 1 << 16
"""Of a file read in the caller's own thread: more room is taken from the system anew each time (20 %)."""
KEEP_BYTES = 16 << 20
"""A document up to this size is kept in memory, so that it is read once; a longer one is not interpreted."""
KEEP_LIST_BYTES = 4 << 20
"""The same of a list, which is read line by line; a longer one is read again."""
_ASIDE_BYTES = 8 << 20
"""A file above this size is read in a thread of its own: four milliseconds of hashing."""
_GROWTH_BYTES = 64 << 20
"""A file that has grown by this since its folder was listed is being written to: no read would end."""
_EVERY_S = 0.2
"""How often the caller is told of bytes while a large file is read."""


@attrs.frozen(kw_only=True)
class Job:
    """One file to read."""

    path: str
    size_bytes: int = 0
    """As the folder says: decides whether it is read in a thread of its own."""
    keep_bytes: int = 0
    """Up to which size its content is kept."""
    extents: Extents | None = None
    """What records.tsv says of it, for a WARC file whose records are to be compared."""
    again: bool = False
    """Whether this is a second read, which must come from the disk and not from the system's memory."""


@attrs.frozen(kw_only=True)
class Seen:
    """What one read of one file showed."""

    path: str
    size_bytes: int = 0
    """Bytes read."""
    digest: Digest | None = None
    """None when it could not be read to its end."""
    unreadable: str = ""
    """Why not."""
    content: bytes | None = None
    compared: bool = False
    """Whether its records were compared with records.tsv, not only its digest with the manifest."""
    off: tuple[Off, ...] = ()
    """The lines of records.tsv whose bytes are not what they say."""


class Tally:
    """How many bytes were read so far, in all threads, and the wish to stop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.size_bytes = 0
        self.stop = threading.Event()

    def add(self, size_bytes: int) -> None:
        """Count bytes."""
        with self._lock:
            self.size_bytes += size_bytes


def measure(root: Path, job: Job, opener: Opener, tally: Tally | None = None) -> Seen:
    """
    Read a file once and return what its bytes are. Never raises for what the disk does.

    Args:
        root: The package's folder.
        job: Which file, and which sinks.
        opener: How files are opened.
        tally: Counts the bytes; when its ``stop`` is set, reading ends early, and the result is of no use.
    """
    hashed, size = hasher(), 0
    kept: list[bytes] | None = [] if job.keep_bytes else None
    sink = ExtentSink(job.extents) if job.extents is not None else None
    try:
        with opener(root / job.path) as stream:
            if job.again:
                _forget(stream)
            piece = PIECE_BYTES if job.size_bytes > _ASIDE_BYTES else _SMALL_PIECE_BYTES
            while (data := stream.read(piece)) and not (tally and tally.stop.is_set()):
                hashed.update(data)
                size += len(data)
                if tally is not None:
                    tally.add(len(data))
                if size > job.size_bytes + _GROWTH_BYTES:
                    return Seen(path=job.path, size_bytes=size, unreadable="It grows while it is read")
                if sink is not None:
                    sink.write(memoryview(data))
                if kept is not None:
                    kept.append(data)
                    if size > job.keep_bytes:
                        kept = None
    except OSError as exc:
        return Seen(path=job.path, size_bytes=size, unreadable=exc.strerror or str(exc))
    if sink is not None:
        sink.close()
    return Seen(
        path=job.path,
        size_bytes=size,
        digest=Digest("sha256", hashed.hexdigest()),
        content=None if kept is None else b"".join(kept),
        compared=sink is not None,
        off=tuple(sink.off) if sink is not None else (),
    )


def _forget(stream: BinaryIO) -> None:
    """Ask the system to forget what it holds of a file in memory, so that it is read from the disk."""
    with suppress(OSError, AttributeError, ValueError):  # no file of a disk, or a system without the call
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure_all(
    root: Path,
    jobs: Iterable[Job],
    opener: Opener,
    *,
    threads: int,
    tally: Tally,
    tell: Callable[[Seen | None], None],
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[Seen]:
    """
    Yield what each file showed, as the reads end.

    Args:
        root: The package's folder.
        jobs: Large files are taken one by one, no more than are about to be read.
        opener: How files are opened; called in several threads.
        threads: How many large files are read at once.
        tally: Counts the bytes.
        tell: Called in the caller's thread with each file when it has been read, and with None now and then
            while large ones are; what it raises ends the reading and reaches the caller.
        meanwhile: Called once in the caller's thread, when large files are being read or all have been.
    """
    large: list[Job] = []
    for job in jobs:
        if job.size_bytes > _ASIDE_BYTES:
            large.append(job)
            continue
        seen = measure(root, job, opener, tally)
        tell(seen)
        yield seen
    if not large:
        meanwhile()
        return
    # The longest first, so that the last one to end is not also the last one to begin.
    large.sort(key=lambda job: -job.size_bytes)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="preserve-measure")
    try:
        for found in _side_by_side(
            pool, large, threads, lambda job: measure(root, job, opener, tally), meanwhile
        ):
            tell(found)
            if found is not None:
                yield found
    except BaseException:
        tally.stop.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _side_by_side(
    pool: ThreadPoolExecutor,
    jobs: list[Job],
    threads: int,
    read: Callable[[Job], Seen],
    meanwhile: Callable[[], None],
) -> Iterator[Seen | None]:
    """Yield what each file showed, and None whenever it takes a while until the next is done."""
    pending = iter(jobs)
    waiting = {pool.submit(read, job) for job in islice(pending, threads)}
    meanwhile()
    while waiting:
        ended, waiting = wait(waiting, timeout=_EVERY_S, return_when=FIRST_COMPLETED)
        if not ended:
            yield None
        for future in ended:
            yield future.result()
        waiting |= {pool.submit(read, job) for job in islice(pending, len(ended))}
