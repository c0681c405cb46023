"""
What do the WARC files of a package hold, read with nothing of ours?

``records.tsv`` says where each record lies; ``gzip`` and a split at the first empty line do the rest.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Block", "read_blocks"]


@attrs.frozen(kw_only=True)
class Block:
    """One record."""

    fields: dict[str, str]
    """By name; of a repeated one the last."""
    lines: tuple[str, ...] = attrs.field(repr=False)
    """Every field as it stands."""
    block: bytes = attrs.field(repr=False)

    @property
    def kind(self) -> str:
        """WARC-Type."""
        return self.fields["WARC-Type"]

    @property
    def record_id(self) -> str:
        """WARC-Record-ID without angle brackets."""
        return self.fields["WARC-Record-ID"].strip("<>")

    @property
    def uri(self) -> str:
        """WARC-Target-URI."""
        return self.fields.get("WARC-Target-URI", "")


def read_blocks(package: Path) -> list[Block]:
    """Return every record in file order."""
    lines = (package / "data" / "manifests" / "records.tsv").read_text().splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    files = {row[0]: (package / "data" / "archive" / row[0]).read_bytes() for row in rows}
    return [_read(files[row[0]][int(row[1]) : int(row[1]) + int(row[2])]) for row in rows]


def _read(member: bytes) -> Block:
    head, _, rest = gzip.decompress(member).partition(b"\r\n\r\n")
    lines = tuple(head.decode().split("\r\n")[1:])
    fields = dict(line.split(": ", 1) for line in lines)
    length = int(fields["Content-Length"])
    assert b"\r\n\r\n" == rest[length:]
    return Block(fields=fields, lines=lines, block=rest[:length])
