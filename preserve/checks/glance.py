"""
Do all lists of a package agree at first sight?

The fast half of judging lists: one pass over records.tsv and resources.jsonl side by side, one over the
index, one over references.jsonl, without making objects of lines. It says yes only when every line is spelt
as we spell it and is exactly what follows from the others; then the judges of these lists would have nothing
to say, which a test holds against every damage we know. Else it says nothing, and they are asked.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from preserve.checks.evidence import Agreed, Tally, is_gap
from preserve.checks.extents import LightExtents
from preserve.checks.fixity import holds
from preserve.checks.index import META, Block, idx_line
from preserve.checks.layout import (
    CAPTURE,
    IDX,
    INDEX,
    RECORDS,
    REFERENCES,
    RESOURCES,
    is_warc,
    warc_path,
)
from preserve.checks.plan import light_plan
from preserve.checks.ranges import FACT_BYTES, fact
from preserve.checks.references import state_problem
from preserve.errors import PreserveError
from preserve.formats import cdxj, records, schemas
from preserve.formats.gzip_members import iter_members
from preserve.formats.lines import LINE_BYTES
from preserve.formats.shapes import Shapes, shapes_of
from preserve.formats.surt import surt
from preserve.formats.warc.unpack import Unpacked
from preserve.model.exchange import Ended
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.resource import Resource
from preserve.model.times import parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.extents import Extents
    from preserve.formats.gzip_members import Member
    from preserve.model.inspection import Json

__all__ = ["glance"]

_LISTS = (RECORDS, RESOURCES, REFERENCES, INDEX, IDX, CAPTURE)
_LEAST = 20
"""No gzip member is shorter."""
_BLOCK_MOST = 64 << 20
_LINE = re.compile(
    rb"([a-z0-9.-]+)\t(0|[1-9][0-9]{0,17})\t([1-9][0-9]{0,17})\t([0-9a-f]{64})\t([a-z]+)\t"
    rb"([0-9TZ:.-]{24})\t([!-~]+)\t([!-~]+)\n"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_PLAIN = re.compile(r"[!#-;=?-\[\]-~]+")
"""Text that stands in JSON, in a column and in a WARC header as it is."""
_MIME = re.compile(r"[ !#-\[\]-~]+")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_SEGMENT = r"[!$&-.0-;=@-Z_a-z~]+"
_USUAL_URL = re.compile(
    rf"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*)(/(?:{_SEGMENT}(?:/{_SEGMENT})*/?)?)"
)


class _Row(NamedTuple):
    """One line of records.tsv."""

    file: str
    offset: str
    length: str
    sha256: str
    type: str
    date: str
    id: str
    uri: str


def glance(evidence: Evidence, *, deep: bool) -> Agreed | None:
    """
    Return what the lists add up to, or None when not all is as usual.

    Args:
        evidence: The lists were measured.
        deep: Whether to tell what the records must declare.
    """
    if not all(holds(evidence, path) for path in _LISTS) or evidence.capture is None:
        return None
    try:
        return _Glance(evidence, deep=deep).look()
    except (_OddError, PreserveError, OSError, ValueError, KeyError, TypeError):
        return None


class _OddError(Exception):
    """Something is not as usual."""


class _Glance:
    def __init__(self, evidence: Evidence, *, deep: bool) -> None:
        self._evidence = evidence
        self._deep = deep
        self._files: dict[str, Extents] = {}
        self._count = 0
        self._responses: dict[str, int] = {}
        """Response id to its ordinal, and the place of its kind of answer in ``_answers``."""
        self._answers: dict[tuple[object, object], int] = {}
        self._others: set[int] = set()
        self._resources = 0
        self._payload_bytes = 0
        self._sum = 0
        self._key = os.urandom(16)
        self._facts: dict[str, bytearray] = {}
        self._shown: Resource | None = None
        self._seed = evidence.seed

    def look(self) -> Agreed:
        """Look at all lists."""
        self._records_and_resources()
        self._index()
        tally = self._references()
        return Agreed(
            plan=light_plan(self._files, self._count),
            responses=len(self._responses),
            resources=self._resources,
            payload_bytes=self._payload_bytes,
            tally=tally,
            shown=self._shown,
            facts={warc_path(name): bytes(made) for name, made in self._facts.items()},
        )

    # --- records.tsv and resources.jsonl

    def _records_and_resources(self) -> None:
        resources = self._lines(RESOURCES)
        shapes = shapes_of(Resource)
        group: dict[str, str] = {}
        waiting: tuple[_Row, str] | None = None
        places: list[tuple[str, int]] = []
        for row in self._rows():
            listed = records.lists(row.type, row.uri)
            if row.type != "response":
                mark = hash(row.id)
                if mark in self._others:
                    raise _OddError
                self._others.add(mark)
            if not listed:
                group[row.id] = row.type
                if self._deep:
                    places.append(self._place(row))
                continue
            if waiting is not None:
                self._pair(*waiting, shapes, group, places)
            group.clear()
            places = [self._place(row)] if self._deep else []
            waiting = (row, next(resources, ""))
        if waiting is not None:
            self._pair(*waiting, shapes, group, places)
        if next(resources, None) is not None or not self._responses:
            raise _OddError

    def _rows(self) -> Iterator[_Row]:  # noqa: C901 - one condition for each column
        tree = self._evidence.tree
        last = ""
        extents: LightExtents | None = None
        dates: set[bytes] = set()
        stream = self._evidence.open(RECORDS)
        if stream is None:
            raise _OddError
        with stream:
            if stream.readline(LINE_BYTES) != records.HEADER.encode():
                raise _OddError
            number = 1
            while raw := stream.readline(LINE_BYTES):
                found = _LINE.fullmatch(raw)
                if found is None:
                    raise _OddError
                row = _Row(*found.group().decode()[:-1].split("\t"))
                if found[6] not in dates:
                    if _DATE.fullmatch(row.date) is None:
                        raise _OddError
                    parse_iso(row.date)
                    dates.add(found[6])
                if row.file != last:
                    path = warc_path(row.file)
                    if row.file < last or not is_warc(path) or path not in tree.files:
                        raise _OddError
                    self._closed(extents)
                    extents, last = LightExtents(row.file), row.file
                    self._files[row.file] = extents
                    if self._deep:
                        self._facts[row.file] = bytearray()
                number += 1
                length = int(row.length)
                if extents is None or length < _LEAST or int(row.offset) != extents.end:
                    raise _OddError
                extents.append(number, length)
                yield row
        self._closed(extents)
        self._count = number - 1

    def _closed(self, extents: LightExtents | None) -> None:
        if extents is not None and extents.end != self._evidence.tree.files[warc_path(extents.file)]:
            raise _OddError

    def _place(self, row: _Row) -> tuple[str, int]:
        """Make room for what a record must declare."""
        facts = self._facts[row.file]
        facts += bytes(FACT_BYTES)
        return row.file, len(facts) - FACT_BYTES

    def _pair(
        self, row: _Row, text: str, shapes: Shapes, group: dict[str, str], places: list[tuple[str, int]]
    ) -> None:
        """Compare a response's line of resources.jsonl with its records, and add its line of the index."""
        found = shapes.fields(text)
        if (found["response"], found["url"], found["captured_at"]) != (row.id, row.uri, row.date):
            raise _OddError
        declared, status = found.get("declared_type"), found["status"]
        mime = str(declared or "").partition(";")[0].strip().lower() or "unk"
        payload, content = str(found["payload_digest"]), found.get("content_digest")
        if (
            row.id in self._responses
            or _PLAIN.fullmatch(row.uri) is None
            or _MIME.fullmatch(mime) is None
            or _DIGEST.fullmatch(payload) is None
            or _DIGEST.fullmatch(str(found["block_digest"])) is None
            or not (content is None or _DIGEST.fullmatch(str(content)))
        ):
            raise _OddError
        for name, kind in (("request", "request"), ("interim", "metadata")):
            record = found.get(name)
            if record is not None and group.get(str(record)) != kind:
                raise _OddError
        self._resources += 1
        self._payload_bytes += int(str(found["payload_bytes"]))
        if self._seed is not None and self._seed.record == row.id:
            self._shown = schemas.structure(Resource, found)
        if row.type != "response":
            return  # a rendition stands in no index, and nothing refers to it
        answer = self._answers.setdefault((status, found["ended"]), len(self._answers))
        self._responses[row.id] = len(self._responses) << 16 | answer
        date = row.date
        stamp = date[:4] + date[5:7] + date[8:10] + date[11:13] + date[14:16] + date[17:19] + date[20:23]
        line = (
            f'{_key(row.uri)} {stamp} {{"url": "{row.uri}", "mime": "{mime}", '
            f'"status": "{"-" if status is None else status}", "digest": "{payload}", '
            f'"length": "{row.length}", "offset": "{row.offset}", "filename": "{row.file}", '
            f'"recordDigest": "sha256:{row.sha256}"}}'
        )
        self._sum += self._hash(line.encode())
        if self._deep:
            self._declare(found, row, group, places)

    def _declare(
        self, found: dict[str, Json], row: _Row, group: dict[str, str], places: list[tuple[str, int]]
    ) -> None:
        """Note what a response and the records beside it must declare."""
        declared, status = found.get("declared_type"), found["status"]
        expected = Unpacked(
            type=b"response",
            date=b"",
            id=b"",
            uri=None,
            warcinfo=None,
            concurrent=None,
            block=str(found["block_digest"])[7:],
            payload=str(found["payload_digest"])[7:],
            payload_bytes=int(str(found["payload_bytes"])),
            status=None if status is None else int(str(status)),
            declared=None if declared is None else str(declared),
        )
        named = hashlib.blake2b(row.id.encode(), digest_size=FACT_BYTES).digest()
        beside = (found.get("request"), found.get("interim"))
        made = [fact(expected), *(named if record in beside else b"" for record in group)]
        for (file, at), octets in zip(places, made, strict=True):
            self._facts[file][at : at + len(octets)] = octets

    def _hash(self, line: bytes) -> int:
        return int.from_bytes(hashlib.blake2b(line, digest_size=16, key=self._key).digest())

    # --- the index

    def _index(self) -> None:
        """Compare the lines of the index, as a bag, with those that follow, and its blocks with index.idx."""
        stream = self._evidence.open(INDEX)
        if stream is None:
            raise _OddError
        found = count = 0
        last = b""
        wanted = [META]
        with stream:
            for member in iter_members(stream):
                block = Block(offset=member.offset)
                lines = _block_lines(member)
                if count % cdxj.BLOCK_LINES or not 0 < len(lines) <= cdxj.BLOCK_LINES:
                    raise _OddError
                for line in lines:
                    if line < last:
                        raise _OddError
                    last = line
                    found += self._hash(line)
                count += len(lines)
                if count > len(self._responses):
                    raise _OddError
                block.count, block.length, block.digest = len(lines), member.length, str(member.digest)
                block.first = b" ".join(lines[0].split(b" ", 2)[:2]).decode()
                wanted.append(idx_line(block))
        text = "".join(f"{line}\n" for line in wanted).encode()
        if (count, found) != (len(self._responses), self._sum) or self._evidence.document(IDX) != text:
            raise _OddError

    # --- references.jsonl

    def _references(self) -> Tally:
        shapes = shapes_of(Reference)
        answers = list(self._answers)
        url = self._evidence.capture.request.url if self._evidence.capture is not None else None
        count = gaps = last = 0
        problems: dict[tuple[object, ...], str] = {}
        for text in self._lines(REFERENCES):
            found = shapes.fields(text)
            source, record, kind, state = found["source"], found.get("record"), found["kind"], found["state"]
            if not count and (source, kind, found["url"]) != (None, Kind.PAGE, url):
                raise _OddError
            if source is None:
                if count and kind != Kind.ROBOTS:
                    raise _OddError
            else:
                ordinal = self._responses[str(source)] >> 16
                if ordinal < last:
                    raise _OddError
                last = ordinal
            answer = None if record is None else self._responses[str(record)] & 0xFFFF
            key = (state, answer)
            if key not in problems:
                status, ended = (None, None) if answer is None else answers[answer]
                problems[key] = state_problem(
                    State(str(state)),
                    None if answer is None else (status, Ended(str(ended))),  # type: ignore[arg-type]
                )
            if problems[key]:
                raise _OddError
            count += 1
            gaps += is_gap(Role(str(found["role"])), State(str(state)), bool(found.get("speculative")))
        if not count:
            raise _OddError
        return Tally(count=count, unread=0, gaps=gaps)

    def _lines(self, path: str) -> Iterator[str]:
        stream = self._evidence.open(path)
        if stream is None:
            raise _OddError
        with stream:
            while raw := stream.readline(LINE_BYTES + 1):
                if not raw.endswith(b"\n") or b"\r" in raw or len(raw) > LINE_BYTES:
                    raise _OddError
                yield raw[:-1].decode()


def _block_lines(member: Member) -> list[bytes]:
    """Return the lines of one gzip member of the index, bounded."""
    data = bytearray()
    for piece in member.chunks():
        data += piece
        if len(data) > _BLOCK_MOST:
            raise _OddError
    if member.problem is not None or not data.endswith(b"\n") or b"\r" in data:
        raise _OddError
    return bytes(data).split(b"\n")[:-1]


@lru_cache(maxsize=1024)
def _host(name: str) -> str:
    """Return the host's part of a key; an empty text for a name that is not plain."""
    return "" if "www" in name else ",".join(reversed(name.split(".")))


def _key(url: str) -> str:
    """Return the key of a URL, as ``surt`` does; those of most URLs need none of its care."""
    usual = _USUAL_URL.fullmatch(url)
    if usual is None or "/." in url or ".aspx" in url or not (host := _host(usual[1])):
        return surt(url)
    path = usual[2].lower()
    return f"{host}){path[:-1] if path.endswith('/') and len(path) > 1 else path}"
