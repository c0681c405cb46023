"""
Which files are read, and which of them twice?

Every file is read once. One whose digest is not the one in the manifest, or whose length is not the one
that records.tsv adds up to, is read once more, from the disk: a difference between the two reads is the
medium's, and of a WARC file the second read tells which records are not what their lines say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.checks.deep import Deepening
from preserve.checks.fixity import read_manifest
from preserve.checks.glance import glance
from preserve.checks.layout import (
    DATAPACKAGE,
    DATAPACKAGE_DIGEST,
    FILES,
    INDEX,
    MANIFEST,
    RECORDS,
    REFERENCES,
    RESOURCES,
    TAG_FILES,
    TAGMANIFEST,
    is_payload,
    is_warc,
)
from preserve.checks.levels import Level
from preserve.checks.measure import KEEP_BYTES, KEEP_LIST_BYTES, Job, Tally, measure, measure_all
from preserve.model.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.extents import Extents
    from preserve.checks.measure import Seen
    from preserve.model.progress import OnProgress

__all__ = ["read_package"]

_QUICK = frozenset({*TAG_FILES, TAGMANIFEST, DATAPACKAGE, DATAPACKAGE_DIGEST})
"""What is read at the level that reads no more than it must: the tag files, and what lists sizes."""
_LISTS = frozenset({RECORDS, RESOURCES, REFERENCES, INDEX})
"""What is read line by line, and may be long."""


def read_package(evidence: Evidence, level: Level, *, jobs: int, on_progress: OnProgress) -> None:
    """
    Measure what a level asks for.

    Args:
        evidence: Takes what was seen.
        level: How thoroughly.
        jobs: How many large files, or parts of them, are worked on at once.
        on_progress: Told in this thread; what it raises ends the reading.
    """
    files = evidence.tree.files
    if level is Level.QUICK:
        _Reading(evidence, [path for path in files if path in _QUICK], jobs, on_progress).files(
            lambda _: True
        )
        return
    reading = _Reading(evidence, files, jobs, on_progress)
    reading.files(lambda path: not is_warc(path))
    if level is Level.DEFAULT:
        reading.files(is_warc, meanwhile=lambda: _look(evidence))
    else:
        with Deepening(evidence, jobs) as deepening:
            if level is Level.DEEP:
                evidence.glance = glance(evidence, deepening=deepening)
            deepening.settle()
            reading.more(deepening.size_bytes)
            reading.files(is_warc)
            deepening.finish(reading.went)
        if level is Level.CONTENTS:
            from preserve.checks.opening import open_contents  # noqa: PLC0415 - capturers, for this alone

            reading.more(sum(row.value.content_bytes or 0 for row in evidence.resource_rows if row.value))
            open_contents(evidence, jobs=jobs, tell=reading.opened)
    reading.again()


def _kept_bytes(path: str) -> int:
    """Return up to which size the content of a file is kept when it has been read."""
    if path in _LISTS:
        return KEEP_LIST_BYTES
    return KEEP_BYTES if path in FILES else 0


def _look(evidence: Evidence) -> None:
    """Compare the lists, while the WARC files are being read where these are large."""
    evidence.glance = glance(evidence)


class _Reading:
    """The reading of one package."""

    def __init__(
        self, evidence: Evidence, paths: Iterable[str], threads: int, on_progress: OnProgress
    ) -> None:
        self._evidence = evidence
        self._sizes = {path: evidence.tree.files[path] for path in sorted(paths)}
        self._threads = threads
        self._tally = Tally()
        self._on_progress = on_progress
        self._done = 0
        self._total_bytes = sum(self._sizes.values())

    def files(self, wanted: Callable[[str], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
        """Read some of the files."""
        evidence = self._evidence
        jobs = (
            Job(path=path, size_bytes=size, keep_bytes=_kept_bytes(path))
            for path, size in self._sizes.items()
            if wanted(path)
        )
        for seen in measure_all(
            evidence.root,
            jobs,
            evidence.opener,
            threads=self._threads,
            tally=self._tally,
            tell=self._tell,
            meanwhile=meanwhile,
        ):
            evidence.seen[seen.path] = seen

    def again(self) -> None:
        """Read those again that are not what was sealed."""
        evidence = self._evidence
        suspects = list(_suspects(evidence))
        if suspects and evidence.glance is not None:
            evidence.glance = None  # the digests of single records are wanted, too
            suspects = list(_suspects(evidence))
        for path, extents in suspects:
            self.more(self._sizes[path])
            self._report("file.reread", path)
            job = Job(path=path, size_bytes=self._sizes[path], extents=extents, again=True)
            again = measure(evidence.root, job, evidence.opener, self._tally)
            evidence.again[path] = again
            if again.digest is None:
                evidence.lost[path] = again.unreadable
            elif extents is not None:
                evidence.seen[path] = attrs.evolve(evidence.seen[path], compared=True, off=again.off)

    def more(self, size_bytes: int) -> None:
        """Expect more bytes."""
        self._total_bytes += size_bytes

    def went(self, size_bytes: int) -> None:
        """Count bytes that somebody else read."""
        self._tally.add(size_bytes)
        self._report("records.unpacked", "")

    def opened(self, size_bytes: int) -> None:
        """Count bytes of a content that was given to a capturer."""
        self._tally.add(size_bytes)
        self._report("content.opened", "")

    def _tell(self, seen: Seen | None) -> None:
        if seen is None:
            self._report("bytes.measured", "")
        else:
            self._done += 1
            self._report("file.measured", seen.path)

    def _report(self, step: str, detail: str) -> None:
        self._on_progress(
            Progress(
                step=step,
                detail=detail,
                done=self._done,
                total=len(self._sizes),
                size_bytes=self._tally.size_bytes,
                total_bytes=self._total_bytes,
            )
        )


def _suspects(evidence: Evidence) -> Iterator[tuple[str, Extents | None]]:
    """Yield what must be read again, and the lines to compare a WARC file with."""
    lists_hold = _holds(evidence, RECORDS)
    for path, seen in evidence.seen.items():
        if seen.digest is None:
            continue
        extents = evidence.extents(path)
        if extents is None or not extents.coherent or seen.compared:
            if not _holds(evidence, path):
                yield path, None
        elif not lists_hold or not _holds(evidence, path) or extents.end != seen.size_bytes:
            yield path, extents


def _holds(evidence: Evidence, path: str) -> bool:
    """Tell whether a file has the digest of its line; a file without one has nothing to be held against."""
    if evidence.zipped is not None:
        described = evidence.described.get(path)
        if not evidence.zipped.has_its_crc(path):
            return False
        return evidence.digest(path) == described if described else not is_warc(path)
    _, listed = read_manifest(evidence, MANIFEST if is_payload(path) else TAGMANIFEST).lines.get(
        path, (0, "")
    )
    if (is_warc(path) or path == RECORDS) and evidence.doubted(path):
        return False  # the manifest may have been made again
    return evidence.digest(path) == listed if listed else not is_warc(path)
