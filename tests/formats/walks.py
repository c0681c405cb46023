"""Builders of WARC files, and a walk that is held to its promises, for the tests of the walk."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING

from preserve.formats.gzip_write import write_member
from preserve.formats.warc import NOTES, PROBLEMS, WalkedRecord, format_header, walk
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable

HTTP_RESPONSE = "application/http; msgtype=response"


def fields_of(number: int, kind: str = "resource", /, **more: str) -> list[tuple[str, str]]:
    """Return the fields of a record, without Content-Length."""
    return [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<urn:uuid:00000000-0000-4000-8000-{number:012}>"),
        ("WARC-Date", "2026-11-22T10:15:00.123Z"),
        *((name.replace("_", "-"), value) for name, value in more.items()),
    ]


def response_fields(number: int, block: bytes, body: bytes) -> list[tuple[str, str]]:
    """Return the fields of a response with its digests."""
    return fields_of(
        number,
        "response",
        WARC_Target_URI=f"http://a.example/{number}",
        WARC_Block_Digest=str(Digest.of(block)),
        WARC_Payload_Digest=str(Digest.of(body)),
        Content_Type=HTTP_RESPONSE,
    )


def plain(fields: Iterable[tuple[str, str]], block: bytes, length: int | None = None) -> bytes:
    """Return an uncompressed record."""
    stated = str(len(block) if length is None else length)
    return format_header([*fields, ("Content-Length", stated)]) + block + b"\r\n\r\n"


def member(data: bytes, level: int | None = None) -> bytes:
    """Return data as one gzip member."""
    out = io.BytesIO()
    write_member(out, [data], level=level)
    return out.getvalue()


def walked(octets: bytes, start: int = 0, stop: int | None = None, **how: bool) -> list[WalkedRecord]:
    """Walk, and hold the walk to its promises: full cover, true digests, known codes, sentences."""
    found = list(walk(io.BytesIO(octets), start=start, stop=stop, **how))
    end = len(octets) if stop is None else min(stop, len(octets))
    edges = [start, *(each.offset + each.length for each in found)]
    assert edges[:-1] == [each.offset for each in found]
    assert max(start, end) == edges[-1]
    assert all(before <= after for before, after in pairwise(edges))
    for each in found:
        assert {problem.code for problem in each.problems} <= set(PROBLEMS)
        assert all(problem.message.endswith(".") for problem in each.problems)
        octets_of = octets[each.offset : each.offset + each.length]
        expected = Digest.of(octets_of) if how.get("digests", True) and each.length else None
        assert expected == each.digest
    return found


def codes(found: Iterable[WalkedRecord]) -> list[list[str]]:
    """Return the codes of each record's problems, notes left out."""
    return [[problem.code for problem in each.problems if problem.code not in NOTES] for each in found]


def ids_of(found: Iterable[WalkedRecord]) -> list[str]:
    """Return the last digit of each record's id; ``-`` where no header was read."""
    return [each.header.record_id[-1:] if each.header else "-" for each in found]
