"""Tests of preserve.checks.ranges: what passes at first sight passes by the rules, whatever the line says."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from preserve.checks import ranges
from preserve.errors import PreserveError
from preserve.formats.gzip_write import write_member
from preserve.formats.inflate import inflater
from tests.checks.build import WARC, build

if TYPE_CHECKING:
    from collections.abc import Sequence

SOUND = build()
FILE = WARC.rpartition("/")[2]
COUNT = 5


def _rewritten(column: str, value: bytes) -> tuple[bytes, list[bytes], bytes]:
    """
    Return the first records with a value instead of another one, in headers and lines alike.

    Returns:
        The WARC file, its lines in records.tsv, and the id of its first record.
    """
    first = SOUND.lines[0].id.encode()
    old = {"id": SOUND.lines[1].id.encode(), "uri": (SOUND.lines[1].uri or "").encode(), "warcinfo": first}
    data, lines = b"", []
    for line in SOUND.lines[:COUNT]:
        member = SOUND.files[WARC][line.offset : line.end]
        header, end, block = bytes(inflater().decompress(member, 1 << 20)).partition(b"\r\n\r\n")
        out = io.BytesIO()
        write_member(out, [header.replace(old[column], value), end, block])
        texts = [FILE, len(data), len(out.getvalue()), hashlib.sha256(out.getvalue()).hexdigest()]
        texts += [line.type, line.date, line.id, line.uri or "-"]
        row = [str(text).encode() for text in texts]
        row[6:] = [text.replace(old[column], value) for text in row[6:]]
        lines.append(b"\t".join(row) + b"\n")
        data += out.getvalue()
    return data, lines, value if column == "warcinfo" else first


def _read(data: bytes, lines: Sequence[bytes], warcinfo: bytes) -> ranges.Ranged | str:
    """Return what is read, or the kind of error."""
    text = warcinfo.decode("utf-8", "surrogateescape")
    try:
        return ranges.read_range(io.BytesIO(data), lines, FILE, 0, text)
    except (ValueError, PreserveError) as exc:
        return type(exc).__name__


@pytest.mark.parametrize("column", ["id", "uri", "warcinfo"])
@given(value=st.binary(max_size=3).map(lambda odd: b"urn:uuid:1" + odd + b"2"))
@example(value=b"urn:uuid:12")
@example(value=b"urn:\r")
@example(value=b"urn:<x>")
@example(value=b"urn: x")
@example(value=b"urn:\xff")
@example(value="urn:ä".encode())
@settings(max_examples=150, deadline=None)
def test_odd_values_are_left_to_the_rules(column: str, value: bytes) -> None:
    """A value that header and line share is judged as if nothing could be told at first sight."""
    if b"\n" in value or b"\t" in value:
        return
    rewritten = _rewritten(column, value)
    seen = _read(*rewritten)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "unpack", lambda *_: None)
        assert _read(*rewritten) == seen


def test_line_of_another_place_is_refused() -> None:
    """Lines that are of another file, or do not begin where the last record ended, are no range."""
    data, lines, warcinfo = _rewritten("id", b"urn:uuid:9")
    assert isinstance(_read(data, lines, warcinfo), ranges.Ranged)
    for odd in ([lines[0], *lines[2:]], [lines[0].replace(FILE.encode(), b"x.warc.gz")], [b"one\ttwo\n"]):
        assert "ValueError" == _read(data, odd, warcinfo)
