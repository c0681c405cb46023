"""
What are the bytes of each file?

The only reader of whole files: one read a file, in 1 MiB pieces, feeding every sink that wants the
bytes. Files are read side by side in threads, for hashing lets other threads run.
"""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import attrs

from preserve.checks.extents import Extents, ExtentSink, Off
from preserve.model.digest import Digest, hasher
from preserve.model.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from preserve.checks.tree import Opener
    from preserve.model.progress import OnProgress

__all__ = ["Job", "Seen", "measure", "measure_all"]

PIECE_BYTES = 1 << 20
KEEP_BYTES = 16 << 20
"""A file up to this size is kept in memory when it is to be interpreted, so that it is read once."""


@attrs.frozen(kw_only=True)
class Job:
    """One file to read."""

    path: str
    keep: bool = False
    """Whether its content is wanted afterwards; a larger file is then read again."""
    extents: Extents | None = None
    """What records.tsv says of it, for a WARC file."""


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
    off: tuple[Off, ...] = ()
    """The lines of records.tsv whose bytes are not what they say."""


def measure(root: Path, job: Job, opener: Opener, stop: threading.Event | None = None) -> Seen:
    """
    Read a file once and return what its bytes are. Never raises for what the disk does.

    Args:
        root: The package's folder.
        job: Which file, and which sinks.
        opener: How files are opened.
        stop: When set, reading ends early; the result is then of no use.
    """
    hashed, size = hasher(), 0
    kept: list[bytes] | None = [] if job.keep else None
    sink = ExtentSink(job.extents) if job.extents is not None else None
    try:
        with opener(root / job.path) as stream:
            while (data := stream.read(PIECE_BYTES)) and not (stop and stop.is_set()):
                hashed.update(data)
                size += len(data)
                if sink is not None:
                    sink.write(memoryview(data))
                if kept is not None:
                    kept.append(data)
                    if size > KEEP_BYTES:
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
        off=tuple(sink.off) if sink is not None else (),
    )


def measure_all(
    root: Path, jobs: Iterable[Job], opener: Opener, *, threads: int, on_progress: OnProgress, total: int
) -> Iterator[Seen]:
    """
    Yield what each file showed, as the reads end.

    Args:
        root: The package's folder.
        jobs: Taken one by one, no more than are about to be read.
        opener: How files are opened; called in several threads.
        threads: How many files are read at once.
        on_progress: Called in the caller's thread after each file (``file.measured``); what it raises
            ends the reading and reaches the caller.
        total: Number of files, for progress.
    """
    stop = threading.Event()
    waiting: set[Future[Seen]] = set()
    done = size = 0
    pool = ThreadPoolExecutor(threads, thread_name_prefix="preserve-measure")
    try:
        pending = iter(jobs)
        while True:
            while len(waiting) < threads and (job := next(pending, None)) is not None:
                waiting.add(pool.submit(measure, root, job, opener, stop))
            if not waiting:
                return
            ended, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ended:
                seen = future.result()
                done += 1
                size += seen.size_bytes
                on_progress(
                    Progress(step="file.measured", detail=seen.path, done=done, total=total, size_bytes=size)
                )
                yield seen
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
