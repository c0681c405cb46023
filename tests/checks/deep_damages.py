"""
Which changes of a record contradict the package only inside the record itself?

Every digest, length and offset outside of it is made again, in all lists and manifests: --deep alone sees
them.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from preserve.formats.gzip_write import write_member
from tests.checks.build import RECORDS, RESOURCES, WARC, build, urn
from tests.checks.damages import STORED, STYLE

if TYPE_CHECKING:
    from tests.checks.build import Sample

_REQUEST = STYLE + 1
_END = b"\r\n\r\n"


@attrs.frozen(kw_only=True)
class Edit:
    """One change of a record, and the primary finding that --deep must give."""

    name: str
    record: int
    change: Callable[[bytes, bytes], tuple[bytes, bytes]]
    """Header and block (with what follows it) to changed ones."""
    code: str = "warc.record-damaged"
    path: str = WARC
    line: int | None = None
    member: Callable[[bytes], bytes] = lambda octets: octets
    """What is done to the octets of the member."""
    says: str = ""
    """What must stand in its message."""
    per_file: int = 4
    """Exchanges of one WARC file; the record is in the first."""

    def apply(self, sample: Sample) -> Sample:
        """Change the record and make all else again."""
        if self.per_file != 4:
            made = build(per_file=self.per_file)
            sample.files, sample.lines = made.files, made.lines
        rewrite(sample, self.record, self.packed(sample))
        return sample

    def packed(self, sample: Sample) -> bytes:
        """Return the changed member."""
        header, _, block = zlib.decompress(sample.record(self.record), 31).partition(_END)
        out = io.BytesIO()
        write_member(out, self.change(header + _END, block))
        return self.member(out.getvalue())


def rewrite(sample: Sample, number: int, member: bytes) -> None:
    """Put another member in a record's place; make its line, those behind it, index and digests again."""
    name = WARC.rpartition("/")[2]
    parts = [sample.record(each) for each, line in enumerate(sample.lines) if line.file == name]
    parts[number] = member
    data = b"".join(parts)
    assert data != sample.files[WARC]
    sample.files[WARC] = data
    moved: dict[str, tuple[int, bytes]] = {}
    lines, at = [], 0
    for text in sample.list_lines(RECORDS):
        columns = text.split(b"\t")
        if columns[0] == name.encode():
            part = parts.pop(0)
            moved[columns[1].decode()] = (at, part)
            columns[1:4] = [b"%d" % at, b"%d" % len(part), hashlib.sha256(part).hexdigest().encode()]
            at += len(part)
        lines.append(b"\t".join(columns))
    sample.set_lines(RECORDS, lines)
    index = []
    for entry in sample.index_lines():
        key, stamp, fields = entry.split(" ", 2)
        value = json.loads(fields)
        if value["filename"] == name:
            offset, part = moved[value["offset"]]
            value |= {
                "offset": str(offset),
                "length": str(len(part)),
                "recordDigest": f"sha256:{hashlib.sha256(part).hexdigest()}",
            }
        index.append(f"{key} {stamp} {json.dumps(value)}")
    sample.set_index(index)
    sample.remake()


def field(
    name: bytes, to: bytes | None, *, old: bytes = b""
) -> Callable[[bytes, bytes], tuple[bytes, bytes]]:
    """Return what gives a field another value, or removes it; with ``old`` only that part of the value."""

    def change(header: bytes, block: bytes) -> tuple[bytes, bytes]:
        made = []
        for text in header.split(b"\r\n"):
            if not text.startswith(name + b": "):
                made.append(text)
            elif to is not None:
                made.append(text.replace(old, to) if old else name + b": " + to)
        return b"\r\n".join(made), block

    return change


def body(*digests: bytes) -> Callable[[bytes, bytes], tuple[bytes, bytes]]:
    """Return what edits a body and makes the digests of the given names again."""

    def change(header: bytes, block: bytes) -> tuple[bytes, bytes]:
        edited = block[:-8] + bytes([block[-8] ^ 1]) + block[-7:]
        stored = edited[: -len(_END)]
        of = {b"WARC-Block-Digest": stored, b"WARC-Payload-Digest": stored.partition(_END)[2]}
        for name in digests:
            value = hashlib.sha256(of[name]).hexdigest().encode()
            header, _ = field(name, b"sha256:" + value)(header, edited)
        return header, edited

    return change


def _both(
    *changes: Callable[[bytes, bytes], tuple[bytes, bytes]],
) -> Callable[[bytes, bytes], tuple[bytes, bytes]]:
    def change(header: bytes, block: bytes) -> tuple[bytes, bytes]:
        for each in changes:
            header, block = each(header, block)
        return header, block

    return change


def _status(header: bytes, block: bytes) -> tuple[bytes, bytes]:
    edited = block.replace(b"200", b"203", 1)
    value = hashlib.sha256(edited[: -len(_END)]).hexdigest().encode()
    return field(b"WARC-Block-Digest", b"sha256:" + value)(header, edited)


def _swapped(header: bytes, block: bytes) -> tuple[bytes, bytes]:
    lines = header.removesuffix(_END).split(b"\r\n")
    lines[2], lines[3] = lines[3], lines[2]
    return b"\r\n".join(lines) + _END, block


def _doubled(header: bytes, block: bytes) -> tuple[bytes, bytes]:
    """Let the field of the block's digest stand twice."""
    lines = header.split(b"\r\n")
    at = next(n for n, text in enumerate(lines) if text.startswith(_BLOCK))
    return b"\r\n".join([*lines[: at + 1], *lines[at:]]), block


_UNSPECIFIED = "warc.header-unspecified"
_BLOCK, _PAYLOAD = b"WARC-Block-Digest", b"WARC-Payload-Digest"


def _second_warcinfo(header: bytes, block: bytes) -> tuple[bytes, bytes]:
    """Make a record one that stands at the beginning of a file."""
    for name in (b"WARC-Warcinfo-ID", b"WARC-Payload-Digest", b"WARC-Concurrent-To"):
        header, block = field(name, None)(header, block)
    return field(b"WARC-Type", b"warcinfo")(header, block)


def _truncated(reason: bytes) -> Callable[[bytes, bytes], tuple[bytes, bytes]]:
    """Return what gives a record a reason for which it is not whole."""
    return lambda header, block: (
        header.replace(_BLOCK, b"WARC-Truncated: " + reason + b"\r\n" + _BLOCK),
        block,
    )


EDITS = (
    Edit(name="a body edited", record=STORED, change=body()),
    Edit(name="a body edited, block digest made again", record=STORED, change=body(_BLOCK)),
    Edit(name="a body edited, payload digest made again", record=STORED, change=body(_PAYLOAD)),
    Edit(
        name="a body edited, both digests made again",
        record=STORED,
        change=body(_BLOCK, _PAYLOAD),
        code="resources.line-differs",
        path=RESOURCES,
        line=3,
    ),
    Edit(
        name="a status edited, block digest made again",
        record=STORED,
        change=_status,
        code="resources.line-differs",
        path=RESOURCES,
        line=3,
    ),
    Edit(
        name="a body edited, both digests stripped",
        record=STORED,
        change=_both(body(), field(_BLOCK, None), field(_PAYLOAD, None)),
        code=_UNSPECIFIED,
    ),
    Edit(
        name="the block digest stripped",
        record=STYLE,
        change=field(_BLOCK, None),
        code=_UNSPECIFIED,
        says="It must have one WARC-Block-Digest with a sha256 value; it has no such field.",
    ),
    Edit(name="the payload digest stripped", record=STYLE, change=field(_PAYLOAD, None), code=_UNSPECIFIED),
    Edit(
        name="a request's digest stripped", record=_REQUEST, change=field(_PAYLOAD, None), code=_UNSPECIFIED
    ),
    *(
        Edit(
            name=f"a digest stripped in record {record} of the first of several files",
            record=record,
            change=field(_BLOCK, None),
            code=_UNSPECIFIED,
            per_file=per_file,
        )
        for record, per_file in ((1, 2), (4, 2), (0, 1), (2, 1))
    ),
    Edit(name="another label", record=STYLE, change=field(_BLOCK, b"sha512:", old=b"sha256:")),
    Edit(
        name="an unknown label",
        record=STYLE,
        change=field(_BLOCK, b"sha3:", old=b"sha256:"),
        code=_UNSPECIFIED,
    ),
    Edit(
        name="another warcinfo record named",
        record=STYLE,
        change=field(b"WARC-Warcinfo-ID", f"<{urn(99)}>".encode()),
        code=_UNSPECIFIED,
        says=f"must be <{urn(1)}>, the first record of the file; it is <{urn(99)}>.",
    ),
    Edit(
        name="no warcinfo record named",
        record=STYLE,
        change=field(b"WARC-Warcinfo-ID", None),
        code=_UNSPECIFIED,
        says=f"must be <{urn(1)}>, the first record of the file; it is absent.",
    ),
    Edit(
        name="a warcinfo record that names one",
        record=0,
        change=lambda header, block: (
            header.replace(b"\r\nWARC-Record-ID", b"\r\nWARC-Warcinfo-ID: <urn:x:y>\r\nWARC-Record-ID"),
            block,
        ),
        code=_UNSPECIFIED,
        says="Its WARC-Warcinfo-ID must be absent, the first record of the file; it is <urn:x:y>.",
    ),
    Edit(
        name="two block digests",
        record=STYLE,
        change=_doubled,
        code=_UNSPECIFIED,
        says="warc-block-digest stands 2 times; it may stand once.",
    ),
    Edit(
        name="another response named",
        record=_REQUEST,
        change=field(b"WARC-Concurrent-To", f"<{urn(2)}>".encode()),
        code=_UNSPECIFIED,
    ),
    Edit(
        name="no response named",
        record=_REQUEST,
        change=field(b"WARC-Concurrent-To", None),
        code=_UNSPECIFIED,
    ),
    *(
        Edit(name=f"another {name}", record=STYLE, change=field(b"WARC-" + name.encode(), value), code=code)
        for name, value, code in (
            ("Target-URI", b"https://example.org/x", "warc.record-changed"),
            ("Date", b"2026-11-22T10:15:01.000Z", "warc.record-changed"),
            ("Type", b"resource", "warc.record-damaged"),
            ("Record-ID", f"<{urn(99)}>".encode(), "warc.record-changed"),
        )
    ),
    Edit(name="a length too small", record=STYLE, change=field(b"Content-Length", b"40")),
    Edit(name="a length too large", record=STYLE, change=field(b"Content-Length", b"99999")),
    Edit(
        name="line feeds alone",
        record=STYLE,
        change=lambda header, block: (header.replace(b"\r\n", b"\n"), block),
        code=_UNSPECIFIED,
    ),
    Edit(
        name="fields in another order",
        record=STYLE,
        change=_swapped,
        code=_UNSPECIFIED,
    ),
    Edit(
        name="truncated though it is whole",
        record=STYLE,
        change=_truncated(b"time"),
        code="resources.line-differs",
        path=RESOURCES,
        line=2,
    ),
    *(
        Edit(name=f"truncated by {reason!r}", record=STYLE, change=_truncated(reason), code=_UNSPECIFIED)
        for reason in (b"whole", b"Time", b"unspecified", b"time\r\nWARC-Truncated: time")
    ),
    Edit(name="a second warcinfo record", record=_REQUEST, change=_second_warcinfo, code=_UNSPECIFIED),
    Edit(
        name="the name of another file",
        record=0,
        change=field(b"WARC-Filename", b"a-20261122101500-00001.warc.gz"),
        code=_UNSPECIFIED,
    ),
    Edit(name="no separator", record=STYLE, change=lambda header, block: (header, block[:-2])),
    Edit(
        name="octets behind the record",
        record=STYLE,
        change=lambda header, block: (header, block + b"x" * 40),
    ),
    Edit(
        name="a record behind the record",
        record=STYLE,
        change=lambda header, block: (header, block + zlib.decompress(build().record(7), 31)),
    ),
    Edit(
        name="a time in the gzip header",
        record=STYLE,
        change=lambda header, block: (header, block),
        member=lambda octets: octets[:4] + b"\1" + octets[5:],
    ),
    Edit(
        name="a wrong CRC",
        record=STORED,
        change=lambda header, block: (header, block),
        member=lambda octets: octets[:-8] + bytes([octets[-8] ^ 1]) + octets[-7:],
    ),
)
