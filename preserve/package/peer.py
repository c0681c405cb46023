"""
Does a reader that is not ours see the same records?

Asked of every package before it is published: what warcio cannot read is of no use to the field, and
that is better known now than in ten years. docs/decisions/0007-warcio.md.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from preserve.errors import PackageDamaged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from preserve.formats.records import RecordLine

__all__ = ["compare_with_warcio"]


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
