"""
Which packages does the verifier's benchmark read?

Made once from fixed numbers and kept: sealed by our own sealing code, with WARC files whose size, number of
records and compression are chosen.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
import shutil
import uuid
from typing import TYPE_CHECKING

import attrs

from preserve import archive
from preserve.demo import DemoServer
from preserve.formats.records import RecordLine
from preserve.formats.wacz import FileEntry
from preserve.formats.warc import warcinfo_block, write_record
from preserve.model.capture import CaptureRequest, ClockFacts, Outcome, Verdict
from preserve.model.digest import Digest, hasher
from preserve.model.exchange import Ended
from preserve.model.inspection import Claim
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.resource import Resource
from preserve.model.times import stamp14, to_iso
from preserve.model.url import UriR
from preserve.package.seal import Sealing, seal
from preserve.package.staging import Staging

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["SHAPES", "Shape", "make_copies", "make_demo", "make_package"]

_MIB = 1 << 20
_AT = dt.datetime(2026, 11, 22, 10, 15, tzinfo=dt.UTC)
_WORDS = re.findall(
    r"\w+",
    "the of and to in a legion Russian France that with was for on his at archive from by letter regiment "
    "which photograph document were had be not this volunteer or Mourmelon transport as it an division he",
)


@attrs.frozen(kw_only=True)
class Shape:
    """What one package is like."""

    name: str
    files: int
    """WARC files."""
    file_bytes: int
    """How long each is, to within one record; 0: as long as its records make it."""
    exchanges: int = 0
    """How many, where that and not the length decides."""
    body_bytes: int = 700_000
    text_every: int = 0
    """Each so many bodies is text that shrinks to a third; 0: none is."""
    level: int | None = None
    """Of compression; None: as our writer chooses."""


SHAPES = {
    shape.name: shape
    for shape in (
        Shape(name="four", files=4, file_bytes=256 * _MIB),
        Shape(name="one", files=1, file_bytes=256 * _MIB),
        Shape(name="level9", files=2, file_bytes=256 * _MIB, body_bytes=120_000, text_every=2, level=9),
        Shape(name="small", files=1, file_bytes=0, exchanges=100_000, body_bytes=60, text_every=1),
    )
}


def make_package(folder: Path, shape: Shape) -> Path:
    """Return the folder of the package of a shape, made if it is not there yet."""
    home = folder / shape.name
    done = sorted(home.glob("*/*Z"))
    if done:
        return done[0]
    shutil.rmtree(home, ignore_errors=True)
    url = UriR(f"https://bench.example/{shape.name}/")
    staging = Staging.create(
        home,
        request=CaptureRequest(url=url, as_given=url),
        began_at=_AT,
        software="preserve bench",
        user_agent="preserve-bench",
    )
    assert staging is not None
    made = _Made(staging, shape, url)
    made.run()
    return staging.publish()


def make_demo(folder: Path) -> Path:
    """Return a package of our demo page, captured if it is not there yet."""
    home = folder / "demo"
    done = sorted(home.glob("*/*Z"))
    if done:
        return done[0]
    with DemoServer() as server:
        return archive(server.url, home, allow_private_network=True).path


def make_copies(folder: Path, package: Path, count: int) -> list[Path]:
    """Return that many packages with the bytes of one, as hard links: no room is taken, all are read."""
    home = folder / "copies"
    targets = [home / f"{number:05d}" / package.parent.name / package.name for number in range(count)]
    files = [path.relative_to(package) for path in sorted(package.rglob("*")) if path.is_file()]
    for target in targets:
        if target.exists():
            continue
        for path in files:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            os.link(package / path, target / path)
    return targets


class _Made:
    """One package while it is made."""

    def __init__(self, staging: Staging, shape: Shape, url: UriR) -> None:
        self._staging = staging
        self._shape = shape
        self._url = url
        self._random = random.Random(shape.name)  # noqa: S311 - the same octets every time
        self._noise = self._random.randbytes(1 << 22)
        self.lines: list[RecordLine] = []
        self.files: list[FileEntry] = []
        self.resources: list[Resource] = []

    def run(self) -> None:
        """Write the WARC files and seal."""
        for _ in range(self._shape.files):
            self._file()
        first = self.resources[0]
        title = Claim(name="title", value="A benchmark", source="html")
        sealing = Sealing(
            warcs=self.files,
            lines=self.lines,
            resources=self.resources,
            references=[_reference(one, None if one is first else first) for one in self.resources],
            shown=first,
            claims=(title,),
            chosen={"title": 0},
            outcome=Outcome(verdict=Verdict.COMPLETE, engine="plain"),
            clock=ClockFacts(began_at=to_iso(_AT), ended_at=to_iso(_AT)),
            environment={},
        )
        seal(self._staging, sealing, lambda _: None)

    def _file(self) -> None:
        name = f"{self._staging.staged.page}-{stamp14(_AT)}-{len(self.files):05d}.warc.gz"
        folder = self._staging.bag / "data" / "archive"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("xb") as out:
            warc = _Warc(out, name, self.lines, self._id)
            info = warc.add(
                [
                    ("WARC-Type", "warcinfo"),
                    ("WARC-Filename", name),
                    ("Content-Type", "application/warc-fields"),
                ],
                warcinfo_block([("software", "preserve bench"), ("format", "WARC File Format 1.1")]),
                None,
            )
            warc.info = info
            while not self._is_full(warc):
                self.resources.append(self._exchange(warc))
        digest = Digest("sha256", warc.hash.hexdigest())
        self.files.append(FileEntry(path=f"archive/{name}", digest=digest, size_bytes=warc.offset))

    def _is_full(self, warc: _Warc) -> bool:
        shape = self._shape
        return warc.offset >= shape.file_bytes if shape.file_bytes else len(self.resources) >= shape.exchanges

    def _id(self) -> str:
        return uuid.UUID(int=self._random.getrandbits(128), version=4).urn

    def _body(self) -> tuple[str, bytes]:
        shape, number = self._shape, len(self.resources)
        if not number or (shape.text_every and number % shape.text_every == 0):
            text = " ".join(self._random.choices(_WORDS, k=shape.body_bytes // 7 + 1))
            return "text/html; charset=utf-8", f"<!doctype html><p>{number} {text}".encode()
        at = self._random.randrange(len(self._noise) - shape.body_bytes)
        return "image/jpeg", b"%d" % number + self._noise[at : at + shape.body_bytes]

    def _exchange(self, warc: _Warc) -> Resource:
        number = len(self.resources)
        url = f"{self._url}{number // 50}/thing-{number}.html" if number else self._url
        kind, body = self._body()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        payload = str(Digest.of(body))
        common = [("WARC-Warcinfo-ID", f"<{warc.info}>"), ("WARC-Target-URI", url)]
        response = warc.add(
            [
                ("WARC-Type", "response"),
                *common,
                ("WARC-IP-Address", "192.0.2.7"),
                ("WARC-Payload-Digest", payload),
                ("Content-Type", "application/http; msgtype=response"),
            ],
            head + body,
            self._shape.level,
        )
        asked = f"GET /{number} HTTP/1.1\r\nHost: bench.example\r\nUser-Agent: preserve\r\n\r\n".encode()
        request = warc.add(
            [
                ("WARC-Type", "request"),
                *common,
                ("WARC-Concurrent-To", f"<{response}>"),
                ("WARC-Payload-Digest", str(Digest.of(b""))),
                ("Content-Type", "application/http; msgtype=request"),
            ],
            asked,
            self._shape.level,
        )
        return Resource(
            url=url,
            role=Role.REQUISITE if number else Role.PAGE,
            status=200,
            captured_at=to_iso(_AT),
            ended=Ended.WHOLE,
            response=response,
            request=request,
            block_digest=str(Digest.of(head + body)),
            payload_digest=payload,
            payload_bytes=len(body),
            content_digest=payload,
            content_bytes=len(body),
            declared_type=kind,
            sniffed_type=kind.partition(";")[0],
        )


class _Warc:
    def __init__(self, out: BinaryIO, name: str, lines: list[RecordLine], new_id: Callable[[], str]) -> None:
        self._out, self._name, self._lines, self._new_id = out, name, lines, new_id
        self.info = ""
        self.offset = 0
        self.hash = hasher()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        self.offset += len(data)
        return int(self._out.write(data))

    def add(self, fields: list[tuple[str, str]], block: bytes, level: int | None) -> str:
        record, offset = self._new_id(), self.offset
        known = dict(fields)
        everything = [
            *fields,
            ("WARC-Record-ID", f"<{record}>"),
            ("WARC-Date", to_iso(_AT)),
            ("WARC-Block-Digest", str(Digest.of(block))),
        ]
        written = write_record(self, everything, [block], len(block), level=level)
        self._lines.append(
            RecordLine(
                file=self._name,
                offset=offset,
                length=written.length,
                sha256=written.digest.value,
                type=known["WARC-Type"],
                date=to_iso(_AT),
                id=record,
                uri=known.get("WARC-Target-URI"),
            )
        )
        return record


def _reference(resource: Resource, source: Resource | None) -> Reference:
    return Reference(
        source=source.response if source else None,
        source_url=source.url if source else None,
        url=resource.url,
        written=resource.url,
        kind=Kind.IMAGE if source else Kind.PAGE,
        role=resource.role,
        state=State.CAPTURED,
        record=resource.response,
        line=3 if source else None,
    )
