"""What can be wrong with the blocks of an index? All digests are made again; blocks are of two lines."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING
from unittest import mock

import attrs

from preserve.formats import cdxj
from preserve.formats.gzip_write import write_member
from preserve.formats.lines import LINE_BYTES
from tests.checks.build import IDX, INDEX, RESOURCES, Sample, build
from tests.checks.damages import line, replace, value

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

__all__ = ["BLOCKS", "Blocks", "small_blocks"]


def small_blocks(lines: int = 2) -> AbstractContextManager[object]:
    """Return a context in which a block of the index has two lines, or some, and not three thousand."""
    return mock.patch.object(cdxj, "BLOCK_LINES", lines)


def _member(data: bytes) -> tuple[bytes, str]:
    out = io.BytesIO()
    written = write_member(out, [data])
    return out.getvalue(), str(written.digest)


def _write(sample: Sample, *blocks: bytes) -> None:
    """Write the index of blocks, and index.idx, with a line for each that holds any."""
    octets, rows = b"", [sample.list_lines(IDX)[0].decode()]
    for data in blocks:
        member, digest = _member(data)
        key, stamp = [*data.decode("utf-8", "replace").split(" ", 2), "", ""][:2]
        fields = (
            f'{{"offset": {len(octets)}, "length": {len(member)}, '
            f'"digest": "{digest}", "filename": "index.cdx.gz"}}'
        )
        if data:
            rows.append(f"{key} {stamp} {fields}")
        octets += member
    sample.files[INDEX] = octets
    sample.files[IDX] = "".join(f"{row}\n" for row in rows).encode()


def _of(*counts: int) -> Callable[[Sample], None]:
    """Return what puts the lines into blocks of some lengths."""

    def do(sample: Sample) -> None:
        lines = [f"{text}\n".encode() for text in sample.index_lines()]
        blocks, at = [], 0
        for count in counts:
            blocks.append(b"".join(lines[at : at + count]))
            at += count
        _write(sample, *blocks)

    return do


def _edited(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Sample], None]:
    """Return what changes the two blocks as texts."""

    def do(sample: Sample) -> None:
        lines = [f"{text}\n".encode() for text in sample.index_lines()]
        _write(sample, *change([b"".join(lines[:2]), b"".join(lines[2:])]))

    return do


def _flip_second(sample: Sample) -> None:
    length = int(sample.list_lines(IDX)[1].partition(b'"length": ')[2].partition(b",")[0])
    sample.edit(
        INDEX, lambda data: data[: length + 30] + bytes([data[length + 30] ^ 1]) + data[length + 31 :]
    )


def _crc(sample: Sample) -> None:
    """Give the only block another CRC-32, and index.idx the digest that it has then."""
    data = sample.files[INDEX]
    changed = data[:-8] + bytes([data[-8] ^ 1]) + data[-7:]
    sample.files[INDEX] = changed
    old, new = (hashlib.sha256(octets).hexdigest().encode() for octets in (data, changed))
    sample.edit(IDX, lambda text: text.replace(old, new))


def _rows(*numbers: int) -> Callable[[Sample], None]:
    """Return what writes index.idx of some of its lines, from 0."""
    return lambda sample: sample.set_lines(IDX, [sample.list_lines(IDX)[n] for n in numbers])


@attrs.frozen(kw_only=True)
class Blocks:
    """One thing that is wrong."""

    name: str
    do: Callable[[Sample], object]
    code: str
    path: str
    line: int | None = None
    offset: bool | None = None
    """Whether the finding is about a block behind the first."""
    lines: int = 2
    """Of a full block."""

    def make(self) -> Sample:
        """Return the package."""
        with small_blocks(self.lines):
            sample = build()
        self.do(sample)
        sample.remake()
        return sample


_MEMBER, _DIFFER, _SYNTAX = "index.member-damaged", "index.blocks-differ", "index.syntax"
BLOCKS = [
    Blocks(name="one block of four", do=_of(4), code=_MEMBER, path=INDEX, offset=False),
    Blocks(name="one line, then three", do=_of(1, 3), code=_MEMBER, path=INDEX, offset=False),
    Blocks(name="one line, one, then two", do=_of(1, 1, 2), code=_MEMBER, path=INDEX, offset=False),
    Blocks(name="three lines, then one", do=_of(3, 1), code=_MEMBER, path=INDEX, offset=False),
    Blocks(name="two lines, one, then one", do=_of(2, 1, 1), code=_MEMBER, path=INDEX, offset=True),
    Blocks(name="an empty block at the end", do=_of(2, 2, 0), code=_MEMBER, path=INDEX, offset=True),
    Blocks(
        name="an empty block behind the only one",
        do=_of(4, 0),
        code=_MEMBER,
        path=INDEX,
        offset=True,
        lines=4,
    ),
    Blocks(
        name="blocks of one line, and a resource edited",
        do=value(RESOURCES, 2, status=500),
        code="resources.line-differs",
        path=RESOURCES,
        line=2,
        lines=1,
    ),
    Blocks(name="a wrong CRC-32", do=_crc, code=_MEMBER, path=INDEX, offset=False, lines=4),
    Blocks(name="an empty block before", do=_of(0, 2, 2), code=_MEMBER, path=INDEX, offset=False),
    Blocks(name="no lines at all", do=_of(0), code="index.line-missing", path=INDEX),
    Blocks(name="the second damaged", do=_flip_second, code=_MEMBER, path=INDEX, offset=True),
    Blocks(name="blocks swapped", do=_edited(lambda b: b[::-1]), code="index.order", path=INDEX, line=3),
    Blocks(name="the second gone", do=_edited(lambda b: b[:1]), code="index.line-missing", path=INDEX),
    Blocks(
        name="a line without end",
        do=_edited(lambda b: [b[0], b[1][:-1]]),
        code=_SYNTAX,
        path=INDEX,
        line=4,
    ),
    Blocks(
        name="a carriage return",
        do=_edited(lambda b: [b[0], b[1].replace(b"\n", b"\r\n", 1)]),
        code=_SYNTAX,
        path=INDEX,
        line=3,
    ),
    Blocks(
        name="no text",
        do=_edited(lambda b: [b[0], b[1].replace(b"http", b"\xff\xfe", 1)]),
        code=_SYNTAX,
        path=INDEX,
        line=3,
    ),
    Blocks(
        name="a line too long",
        do=_edited(lambda b: [b[0], b[1].partition(b"\n")[0] + b"\n" + b"x" * (LINE_BYTES + 9) + b"\n"]),
        code=_SYNTAX,
        path=INDEX,
        line=4,
    ),
    Blocks(
        name="a line far too long",
        do=_edited(lambda b: [b[0], b[1].replace(b"\n", b"x" * (4 * LINE_BYTES) + b"\n", 1)]),
        code=_SYNTAX,
        path=INDEX,
        line=3,
    ),
    Blocks(name="lines of index.idx swapped", do=_rows(0, 2, 1), code=_DIFFER, path=IDX, line=2),
    Blocks(name="a line of index.idx gone", do=_rows(0, 1), code=_DIFFER, path=IDX, line=3),
    Blocks(name="a line of index.idx twice", do=_rows(0, 1, 2, 2), code=_DIFFER, path=IDX, line=4),
    Blocks(
        name="an offset of index.idx",
        do=line(IDX, 3, lambda text: text.replace(b'"offset": ', b'"offset": 1')),
        code=_DIFFER,
        path=IDX,
        line=3,
    ),
    Blocks(
        name="a file name of index.idx",
        do=replace(IDX, b'"index.cdx.gz"}\n', b'"x"}\n'),
        code=_DIFFER,
        path=IDX,
        line=1,
    ),
    Blocks(
        name="an index.idx without end",
        do=lambda s: s.edit(IDX, lambda data: data + b"x" * (8 * LINE_BYTES)),
        code=_DIFFER,
        path=IDX,
    ),
]
