"""
Does a reader that is not ours see the same records?

Asked of every package before it is published: what warcio cannot read is of no use to the field, and
that is better known now than in ten years. docs/decisions/0007-warcio.md.

It takes about as long as our own check, so it runs beside it, in a worker.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from preserve.errors import PackageDamaged, WorkerFailed
from preserve.formats import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from preserve.formats.records import RecordLine
    from preserve.model.inspection import Json
    from preserve.workers.pool import Workers

__all__ = ["Comparison", "compare_in_worker", "compare_with_warcio"]

_LEAST_S = 60.0
_LEAST_BYTES_S = 1_000_000  # a slow disk; a worker that is stopped costs time and nothing else


class Comparison:
    """
    A comparison of a bag's WARC files with its records.tsv that goes on in a worker.

    Args:
        bag: The sealed folder; nothing in it changes meanwhile.
        workers: One of them is used until ``result`` has returned.
    """

    def __init__(self, bag: Path, workers: Workers) -> None:
        self._archive = bag / "data" / "archive"
        self._lines = bag / "data" / "manifests" / "records.tsv"
        size = sum(path.stat().st_size for path in self._archive.iterdir())
        self._answer: Future[Json] = workers.submit(
            "preserve.package.peer:compare_in_worker",
            str(self._archive),
            timeout_s=_LEAST_S + size / _LEAST_BYTES_S,
            file=self._lines,
        )

    def result(self) -> None:
        """
        Wait until it is done. Unless the worker found all in order, compare again here, without its limits.

        A worker's verdict alone refuses no package: warcio takes the MemoryError of a body that inflates
        a thousandfold for the end of the compression, and goes on with the octets as they are.

        Raises:
            PackageDamaged: As ``compare_with_warcio``.
        """
        try:
            if self._answer.result() is None:
                return
        except WorkerFailed:
            pass  # what it may have been is seen below
        with self._lines.open("rb") as stream:
            compare_with_warcio(self._archive, records.read(stream))


def compare_in_worker(stream: BinaryIO, argument: Json) -> Json:
    """Compare the lines in ``stream`` with the folder named; return what is wrong as a sentence, or None."""
    try:
        compare_with_warcio(Path(str(argument)), records.read(stream))
    except PackageDamaged as exc:
        return exc.message
    return None


def compare_with_warcio(archive: Path, lines: Iterable[RecordLine]) -> None:
    """
    Read every WARC file with warcio, headers and lengths, and compare with our own list of records.

    Reads and inflates every byte once more; holds no block in memory.

    Args:
        archive: The folder of the WARC files.
        lines: What we wrote, in file order.

    Raises:
        PackageDamaged: If warcio sees another record, or none where there should be one.
    """
    expected: dict[str, list[RecordLine]] = defaultdict(list)
    for line in lines:
        expected[line.file].append(line)
    for file, ours in expected.items():
        seen = _seen(archive / file)
        for line in ours:
            theirs = next(seen, None)
            if theirs != (line.type, line.id, line.uri, line.offset, line.length):
                raise PackageDamaged(
                    f"warcio reads {file} differently: at byte {line.offset} expected the {line.type} record "
                    f"{line.id}, seen {theirs}. The package was not published.",
                    file=file,
                    record=line.id,
                )
        if next(seen, None) is not None:
            raise PackageDamaged(
                f"warcio sees more records in {file} than we wrote; the package was not published."
            )


def _seen(path: Path) -> Iterator[tuple[str, str, str | None, int, int]]:
    with path.open("rb") as stream:
        # no_record_parse: heads and bodies are ours to judge, and may be as odd as the origin made them.
        records = ArchiveIterator(stream, no_record_parse=True)
        try:
            for record in records:
                record_id = (record.rec_headers.get_header("WARC-Record-ID") or "").strip("<>")
                uri = record.rec_headers.get_header("WARC-Target-URI")
                offset, kind = records.get_record_offset(), record.rec_type
                yield kind, record_id, uri, offset, records.get_record_length()
        except ArchiveLoadFailed as exc:
            raise PackageDamaged(
                f"warcio cannot read {path.name}: {exc}. The package was not published."
            ) from exc
