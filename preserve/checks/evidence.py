"""What do the judges have before them: what was measured, and what the package declares?"""

from __future__ import annotations

import io
from array import array
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import attrs

from preserve.checks.declared import Row, parsed, rows, split_lines
from preserve.checks.layout import (
    BAG_INFO,
    CAPTURE,
    DATAPACKAGE,
    DATAPACKAGE_DIGEST,
    RECORDS,
    REFERENCES,
    RESOURCES,
    is_payload,
    is_warc,
)
from preserve.checks.measure import Seen
from preserve.checks.plan import Plan, read_plan
from preserve.checks.results import Agreed, Opened, Standing, Tally, is_gap
from preserve.checks.tree import Opener, Tree
from preserve.checks.zipped import Zipped
from preserve.formats import bagit, records, schemas, wacz
from preserve.formats.lines import LINE_BYTES
from preserve.formats.records import RecordLine
from preserve.model.package import CaptureFile
from preserve.model.reference import Reference
from preserve.model.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from preserve.checks.extents import Extents
    from preserve.checks.plan import Located
    from preserve.formats.wacz import Datapackage

__all__ = ["Evidence"]

T = TypeVar("T")

_MEMBER_LEAST = 20
"""No gzip member is shorter: ten octets of header, two of deflate, eight of trailer (RFC 1952)."""
_LINES_SPARE = 1000
_PIECE_BYTES = 1 << 16
_BUFFER_BYTES = 1 << 17
_OF_LISTS = (
    "whole_plan",
    "_line_starts",
    "resource_rows",
    "resources",
    "_reference_tally",
    "seed",
    "_shown",
)
"""What is kept of lists once it was made."""


@attrs.define(slots=False)
class Evidence:
    """
    Everything about one package that judges may ask for. Declarations are read when first asked for.

    Memory grows with the number of responses (about 1 kB each) and of records (about 100 bytes each).
    """

    root: Path
    opener: Opener
    tree: Tree
    placed: bool
    zipped: Zipped | None = None
    """The ``.wacz`` file that stands for the folder, and has no bag; None for a package's folder."""
    seen: dict[str, Seen] = attrs.field(factory=dict)
    standing: dict[str, Standing] = attrs.field(factory=dict)
    lost: dict[str, str] = attrs.field(factory=dict)
    """Files that were read once and then could not be read again: path to the reason."""
    again: dict[str, Seen] = attrs.field(factory=dict)
    """What a second read showed of files that are not what was sealed."""
    opened: int = 0
    """How many contents were opened."""
    odd_contents: list[Opened] = attrs.field(factory=list)
    """Those that are not what is recorded of them."""
    glance: Agreed | None = None
    """What was seen of lists that agree at first sight; None when they must be compared line by line."""
    taken_apart: dict[str, object] = attrs.field(factory=dict)
    """What others have made of a file and will want again, by path."""
    facts: dict[str, bytes] = attrs.field(factory=dict)
    """
    What the records of a WARC file declare where they were unpacked, 16 octets a line.

    Zeros for those that declare what they must, or of which nothing is known; empty if all declare that.
    """
    mismatched: list[str] = attrs.field(factory=list)
    """Files whose digest is not that of the manifest."""
    upset: dict[str, str] = attrs.field(factory=dict)
    """Paths that are missing, added or replaced: to the file or folder that it is laid to."""

    # --- bytes

    def digest(self, path: str) -> str | None:
        """Return the measured SHA-256 in hexadecimal; None for what was not read."""
        seen = self.seen.get(path)
        return seen.digest.value if seen is not None and seen.digest is not None else None

    def readable(self, path: str) -> bool:
        """Tell whether a file was read to its end, and each further time that its lines were wanted."""
        return self.digest(path) is not None and path not in self.lists_lost()

    def lists_lost(self) -> set[str]:
        """Return the lists that were measured and then could not be read line by line."""
        return {path for path in self.lost if not is_warc(path) and self.document(path) is None}

    def forget_lists(self) -> None:
        """Forget what was made of lists, one of which turned out not to be readable to its end."""
        self.glance = None
        for name in _OF_LISTS:
            self.__dict__.pop(name, None)

    def steady(self, path: str) -> bool:
        """Tell whether a file that was read twice, if it was, read the same both times."""
        again = self.again.get(path)
        return again is None or again.digest == self.seen[path].digest

    def sound(self, path: str) -> bool:
        """Tell whether nothing speaks against a file's bytes."""
        return self.standing.get(path) is Standing.SOUND

    def blame(self, *paths: str) -> str:
        """
        Return which of files that do not agree is at fault.

        That is the first not sound; else the first that datapackage.json describes otherwise, for manifests
        may have been made again around it; else the first.
        """
        there = [path for path in paths if self.zipped is None or is_payload(path)]
        unsound = next((path for path in there if not self.sound(path)), None)
        return unsound or next(filter(self.doubted, there), there[0])

    def doubted(self, path: str) -> bool:
        """Tell whether a datapackage.json that has its digest gives a file another one than it has."""
        return self.datapackage_agrees and self.described.get(path) not in (None, self.digest(path))

    def upset_payload(self) -> list[str]:
        """Return what is missing, added or damaged below ``data/``: its sums then differ."""
        damaged = (path for path, standing in self.standing.items() if standing is Standing.DAMAGED)
        upset = [fault for path, fault in self.upset.items() if is_payload(path)]
        return upset + [path for path in sorted(damaged) if is_payload(path)]

    def open(self, path: str) -> BinaryIO | None:
        """Return a reader of a file that was measured; None if it cannot be read."""
        seen = self.seen.get(path)
        if seen is None or seen.digest is None or path in self.lists_lost():
            return None
        if seen.content is not None:
            return io.BytesIO(seen.content)
        try:
            return io.BufferedReader(self.opener(self.root / path), _BUFFER_BYTES)  # type: ignore[type-var] # a raw file
        except OSError as exc:
            self.lost[path] = exc.strerror or str(exc)
            return None

    def document(self, path: str) -> bytes | None:
        """Return a whole file; None if it was not read or is too large to be kept."""
        seen = self.seen.get(path)
        return seen.content if seen is not None else None

    def rows(self, path: str, read: Callable[[str], T]) -> Iterator[Row[T]]:
        """Yield a row for each line of a file; none when it cannot be read."""
        stream = self.open(path)
        if stream is None:
            return
        with stream:
            try:
                yield from rows(split_lines(stream), read)
            except OSError as exc:
                self.lost[path] = exc.strerror or str(exc)

    # --- what the package declares

    @cached_property
    def _records_most(self) -> int:
        octets = sum(size for path, size in self.tree.files.items() if is_warc(path))
        return octets // _MEMBER_LEAST + _LINES_SPARE

    @property
    def plan(self) -> Plan:
        """Where records.tsv says that the records lie; their ids are in ``whole_plan``."""
        return self.glance.plan if self.glance is not None else self.whole_plan

    @cached_property
    def whole_plan(self) -> Plan:
        """What records.tsv says, read once."""
        return read_plan(self.rows(RECORDS, records.parse_line), self._records_most)

    def extents(self, path: str) -> Extents | None:
        """Return the lines of records.tsv about a WARC file; None if there are none."""
        return self.plan.files.get(path.rpartition("/")[2]) if is_warc(path) else None

    @cached_property
    def _line_starts(self) -> array[int]:
        """Where each line of records.tsv begins; read when lines must be read again."""
        starts, at, fresh = array("Q"), 0, True
        stream = self.open(RECORDS)
        if stream is None:
            return starts
        with stream:
            while len(starts) <= self._records_most and (piece := stream.readline(_PIECE_BYTES)):
                if fresh:
                    starts.append(at)
                at += len(piece)
                fresh = piece.endswith(b"\n")
        return starts

    def line_start(self, number: int) -> int:
        """Return the offset in records.tsv at which a line begins, by its one-based number."""
        return self._line_starts[number - 1]

    def record_lines(self, numbers: Iterable[int]) -> dict[int, RecordLine]:
        """Return the lines of records.tsv with the given numbers that can be read; reads them again."""
        wanted = sorted(numbers)
        stream = self.open(RECORDS) if wanted else None
        if stream is None:
            return {}
        found: dict[int, RecordLine] = {}
        with stream:
            try:
                for number in wanted:
                    stream.seek(self._line_starts[number - 1])
                    line, _ = parsed(
                        lambda raw: records.parse_line(raw.decode()), stream.readline(LINE_BYTES)
                    )
                    if isinstance(line, RecordLine):
                        found[number] = line
            except OSError as exc:
                self.lost[RECORDS] = exc.strerror or str(exc)
            except IndexError as exc:
                self.lost[RECORDS] = str(exc)
        return found

    @property
    def responses(self) -> dict[str, Located]:
        """The response records by id, in the order of records.tsv."""
        return self.whole_plan.responses

    @property
    def listed(self) -> dict[str, Located]:
        """The records that resources.jsonl lists by id, in the order of records.tsv."""
        return self.whole_plan.listed

    def reference_rows(self) -> Iterator[Row[Reference]]:
        """Yield the lines of references.jsonl."""
        return self.rows(REFERENCES, lambda text: schemas.load(Reference, text))

    @cached_property
    def resource_rows(self) -> list[Row[Resource]]:
        """
        The lines of resources.jsonl, read once, without their facts: those are not compared at this level.

        No more than ``resources_most``; what is beyond has no response.
        """
        found = self.rows(RESOURCES, lambda text: schemas.load(Resource, text))
        return [
            attrs.evolve(row, text="", value=row.value and attrs.evolve(row.value, facts={}, problems=()))
            for row in islice(found, self.resources_most)
        ]

    @property
    def resources_most(self) -> int:
        """How many lines of resources.jsonl are read: more than there can be responses."""
        return 2 * len(self.listed) + _LINES_SPARE

    @cached_property
    def resources(self) -> dict[str, tuple[int, Resource]]:
        """Line number and resource of each stored response or rendition that has one, by record id."""
        found: dict[str, tuple[int, Resource]] = {}
        for row in self.resource_rows:
            if row.value is not None and row.value.response in self.listed:
                found.setdefault(row.value.response, (row.number, row.value))
        return found

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many responses there are, lines of resources.jsonl, and octets of payload by these."""
        if self.glance is not None:
            return self.glance.responses, self.glance.resources, self.glance.payload_bytes
        octets = sum(row.value.payload_bytes for row in self.resource_rows if row.value is not None)
        return len(self.responses), len(self.resource_rows), octets

    @property
    def reference_tally(self) -> Tally:
        """What references.jsonl adds up to."""
        return self.glance.tally if self.glance is not None else self._reference_tally

    @cached_property
    def _reference_tally(self) -> Tally:
        count = unread = gaps = 0
        for row in self.reference_rows():
            count += 1
            unread += row.value is None
            gaps += row.value is not None and is_gap(row.value.role, row.value.state, row.value.speculative)
        return Tally(count=count, unread=unread, gaps=gaps)

    @cached_property
    def seed(self) -> Reference | None:
        """The first line of references.jsonl."""
        return next((row.value for row in self.reference_rows()), None)

    @property
    def sources_of_page(self) -> tuple[str, ...]:
        """The files from which the page shown follows, those most likely to be wrong first."""
        return CAPTURE, REFERENCES, RESOURCES, RECORDS

    @property
    def shown(self) -> Resource | None:
        """The stored response that answers the seed."""
        return self.glance.shown if self.glance is not None else self._shown

    @cached_property
    def _shown(self) -> Resource | None:
        record = self.seed.record if self.seed is not None else None
        found = self.resources.get(record) if record is not None else None
        return found[1] if found is not None else None

    @cached_property
    def _capture(self) -> tuple[object, str]:
        data = self.document(CAPTURE)
        return (None, "") if data is None else parsed(lambda octets: schemas.load(CaptureFile, octets), data)

    @property
    def capture(self) -> CaptureFile | None:
        """capture.json; None if it cannot be read."""
        value = self._capture[0]
        return value if isinstance(value, CaptureFile) else None

    @property
    def capture_problem(self) -> str:
        """Why capture.json could not be interpreted; empty if it could, or was not there."""
        return self._capture[1]

    @cached_property
    def bag_info(self) -> tuple[tuple[str, str], ...] | None:
        """Labels and values of bag-info.txt; None if it cannot be read."""
        data = self.document(BAG_INFO)
        value, _ = (None, "") if data is None else parsed(bagit.parse_bag_info, io.BytesIO(data))
        return tuple(value) if isinstance(value, list) else None

    def label(self, name: str) -> str | None:
        """Return the first value of a label of bag-info.txt."""
        return next((value for label, value in self.bag_info or () if label == name), None)

    @cached_property
    def _datapackage(self) -> tuple[object, str]:
        data = self.document(DATAPACKAGE)
        return (None, "") if data is None else parsed(wacz.parse_datapackage, data)

    @property
    def datapackage(self) -> Datapackage | None:
        """datapackage.json; None if it cannot be read."""
        value = self._datapackage[0]
        return value if isinstance(value, wacz.Datapackage) else None

    @property
    def datapackage_problem(self) -> str:
        """Why datapackage.json could not be interpreted; empty if it could, or was not there."""
        return self._datapackage[1]

    @cached_property
    def described(self) -> dict[str, str]:
        """The digests that datapackage.json gives, by path in the package."""
        found = self.datapackage
        return {f"data/{entry.path}": entry.digest.value for entry in found.resources} if found else {}

    @cached_property
    def datapackage_agrees(self) -> bool:
        """Whether datapackage-digest.json has the digest of datapackage.json."""
        data = self.document(DATAPACKAGE_DIGEST)
        if data is None:
            return False
        value, _ = parsed(wacz.parse_datapackage_digest, data)
        return getattr(value, "value", None) == self.digest(DATAPACKAGE)

    def covered(self, path: str) -> bool:
        """Tell whether every byte of a WARC file was compared with records.tsv, and is what it says."""
        seen, extents = self.seen.get(path), self.extents(path)
        if seen is None or not seen.compared or extents is None or not self.steady(path):
            return False
        return extents.coherent and extents.end == seen.size_bytes and not seen.off
