"""
What do warcio and FastWARC read in WARC files?

Run in the environment of the oracles, which has nothing of ours::

    python read_records.py warcio|fastwarc FILE...

Prints one JSON object a record: its file, type, id, and the SHA-256 of its block as the tool reads it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_warcio(stream: BinaryIO) -> Iterator[tuple[str, str, bytes]]:
    """Yield type, id and block of each record."""
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 - the tool that was asked for

    for record in ArchiveIterator(stream, no_record_parse=True, verify_http=False):
        headers = record.rec_headers
        yield record.rec_type, headers.get_header("WARC-Record-ID"), record.raw_stream.read()


def read_fastwarc(stream: BinaryIO) -> Iterator[tuple[str, str, bytes]]:
    """Yield type, id and block of each record."""
    from fastwarc.warc import ArchiveIterator  # noqa: PLC0415 - the tool that was asked for

    for record in ArchiveIterator(stream, parse_http=False):
        yield record.headers["WARC-Type"], record.headers["WARC-Record-ID"], record.reader.read()


TOOLS = {"fastwarc": read_fastwarc, "warcio": read_warcio}


def main(tool: str, paths: list[str]) -> None:
    """Print what one tool reads in each file."""
    for path in paths:
        with Path(path).open("rb") as stream:
            for kind, identifier, block in TOOLS[tool](stream):
                row = {
                    "file": Path(path).name,
                    "type": kind,
                    "id": identifier.strip("<>"),
                    "block": hashlib.sha256(block).hexdigest(),
                }
                sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
