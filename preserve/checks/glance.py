"""
Do all lists of a package agree at first sight?

The fast half of judging lists: one pass over records.tsv and resources.jsonl side by side, one over the
index, one over references.jsonl, hundreds of lines at a time, without making objects of lines. It says yes
only when every line is spelt as we spell it and is exactly what follows from the others; then the judges of
these lists would have nothing to say, which a test holds against every damage we know. Else it says nothing,
and they are asked.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections import Counter
from io import BytesIO
from itertools import compress
from operator import not_
from typing import TYPE_CHECKING

from preserve.checks.fixity import holds
from preserve.checks.index import META, Block, idx_line
from preserve.checks.layout import CAPTURE, IDX, INDEX, RECORDS, REFERENCES, RESOURCES
from preserve.checks.plan import light_plan
from preserve.checks.ranges import ALONE, LINKED, NOTHING, response_declaration
from preserve.checks.references import state_problem
from preserve.checks.results import Agreed, Tally, is_gap
from preserve.checks.usual import OddError, UsualRecords, line_blocks
from preserve.checks.usual_index import block_text, index_lines
from preserve.errors import PreserveError
from preserve.formats import cdxj, records, schemas
from preserve.formats.written import Written
from preserve.model.digest import Digest
from preserve.model.exchange import Ended
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preserve.checks.deep import Deepening
    from preserve.checks.evidence import Evidence
    from preserve.checks.usual import Run
    from preserve.formats.written import Texts

__all__ = ["glance"]

_LISTS = (RECORDS, RESOURCES, REFERENCES, INDEX, IDX, CAPTURE)
_MEMBER_MOST = 8 << 20
_PARTS = 8
_ALONE = dict.fromkeys(LINKED, ALONE)
"""A record that no response claims must name none. (One that names a request instead is looked at again.)"""
_BESIDE_MOST = 10_000
"""Records that belong to one response."""
_DIGEST = r"sha256:[0-9a-f]{64}"
# The fields that are compared, sorted: so they are given.
_RESOURCES = Written(
    Resource,
    {
        "block_digest": _DIGEST,
        "captured_at": "",
        "content_digest": _DIGEST,
        "declared_type": "",
        "ended": "",
        "interim": "",
        "payload_bytes": "",
        "payload_digest": _DIGEST,
        "request": "",
        "response": "",
        "status": "",
        # What stands in JSON, in a column and in a WARC header as it is.
        "url": r"[!#-;=?-\[\]-~]++",
    },
)
_REFERENCES = Written(
    Reference, dict.fromkeys(("kind", "record", "role", "source", "speculative", "state", "url"), "")
)


def glance(evidence: Evidence, *, deepening: Deepening | None = None) -> Agreed | None:
    """
    Return what the lists add up to, or None when not all is as usual.

    Args:
        evidence: The lists were measured.
        deepening: Told where records lie as soon as it is known, whatever is seen afterwards, and what each
            of them must declare.
    """
    if not all(holds(evidence, path) for path in _LISTS) or evidence.capture is None:
        return None
    try:
        return _Glance(evidence, deepening).look()
    except (OddError, PreserveError, OSError, ValueError, KeyError, TypeError):
        return None


class _Glance:
    def __init__(self, evidence: Evidence, deepening: Deepening | None) -> None:
        self._evidence = evidence
        self._deepening = deepening
        self._records = UsualRecords(evidence, deepening.begin if deepening is not None else _ignore)
        self._resource_lines = _Lines(evidence, RESOURCES)
        self._responses: dict[str, int] = {}
        """Response id to its ordinal."""
        self._answers = array("I")
        """Of each response the place of its kind of answer among ``_kinds``."""
        self._kinds: dict[tuple[str | None, str | None], int] = {}
        self._others = array("q")
        """Hashes of the ids of all records that are no responses."""
        self._resources = 0
        self._payload_bytes = 0
        self._sum = 0
        self._key = os.urandom(16).hex()
        self._shown: Resource | None = None
        self._seed = evidence.seed

    def look(self) -> Agreed:
        """Look at all lists."""
        self._records_and_resources()
        self._index()
        tally = self._references()
        return Agreed(
            plan=light_plan(self._records.files, self._records.count),
            responses=len(self._responses),
            resources=self._resources,
            payload_bytes=self._payload_bytes,
            tally=tally,
            shown=self._shown,
        )

    # --- records.tsv and resources.jsonl

    def _records_and_resources(self) -> None:
        held: list[tuple[str, ...]] = []
        for rows in self._records.blocks():
            self._others.extend([hash(row[6]) for row in rows if row[4] != "response"])
            if len(held) > _BESIDE_MOST:
                raise OddError
            held += rows
            starts = [
                at for at, row in enumerate(held) if row[4] == "response" or records.lists(row[4], row[7])
            ]
            if starts:
                if self._deepening is not None:
                    self._deepening.declare([_ALONE.get(row[4], NOTHING) for row in held[: starts[0]]])
                self._pairs(held, starts)
                held = held[starts[-1] :]  # what follows the last one may go on in the next block
        if held:
            self._pairs(held, [0, len(held)])
        if not self._resource_lines.is_at_end() or not self._responses or _has_twins(self._others):
            raise OddError

    def _pairs(self, rows: list[tuple[str, ...]], starts: list[int]) -> None:
        """
        Compare records with their lines of resources.jsonl, and add their lines of the index.

        Args:
            rows: Lines of records.tsv.
            starts: Index of each that resources.jsonl lists, and where the last of them ends: up to the next
                one stands what belongs to it.
        """
        listed = [rows[at] for at in starts[:-1]]
        if not listed:
            return
        lines = self._resource_lines.take(len(listed))
        fields = _RESOURCES.rows(lines)
        _, captured, _, _, ended, interim, sizes, _, request, response, status, url = zip(
            *fields, strict=True
        )
        _, _, _, _, types, dates, ids, uris = zip(*listed, strict=True)
        if (response, url, captured) != (ids, uris, dates):
            raise OddError
        for start, stop, asked, learnt in zip(starts, starts[1:], request, interim, strict=False):
            if stop == start + 2 and learnt is None:  # as most are
                _, _, _, _, kind, _, record, _ = rows[start + 1]
                if (kind, record) == ("request", asked):
                    continue
            beside = {row[6]: row[4] for row in rows[start + 1 : stop]}
            if asked is not None and beside.get(asked) != "request":
                raise OddError
            if learnt is not None and beside.get(learnt) != "metadata":
                raise OddError
        self._resources += len(listed)
        self._payload_bytes += sum(map(int, sizes))
        if self._seed is not None and self._seed.record in ids:
            self._shown = schemas.load(Resource, lines[ids.index(self._seed.record)])
        # A rendition stands in no index, and nothing refers to it.
        stored = [kind == "response" for kind in types]
        self._take(list(compress(ids, stored)), list(compress(ids, map(not_, stored))))
        kinds = self._kinds
        answers = compress(zip(status, ended, strict=True), stored)
        self._answers.extend([kinds.setdefault(answer, len(kinds)) for answer in answers])
        self._sum += self._hashed(index_lines(listed, fields))
        if self._deepening is not None:
            self._deepening.declare(_declared(rows, starts, fields))

    def _take(self, responses: list[str], renditions: list[str]) -> None:
        """Note which records are responses; no id may stand twice."""
        count = len(self._responses)
        self._responses.update(zip(responses, range(count, count + len(responses)), strict=True))
        once = self._responses.keys().isdisjoint(renditions)
        if len(self._responses) != count + len(responses) or not once:
            raise OddError

    def _hashed(self, lines: Iterable[str]) -> int:
        """
        Return a sum that two lists share only if they have the same lines, in whatever order.

        Nobody can choose lines for it: Python's hash (SipHash) has a key of its own in each process, and if
        the user has fixed that one, then what each text begins with is not known before.
        """
        key = self._key
        return sum([hash(key + line) for line in lines])

    # --- the index

    def _index(self) -> None:
        """Compare the lines of the index, as a bag, with those that follow, and its blocks with index.idx."""
        stream, idx = self._evidence.open(INDEX), self._evidence.document(IDX)
        if stream is None or idx is None:
            raise OddError
        found = count = at = 0
        last = ""
        wanted = [META]
        with stream:
            for stated in cdxj.read_idx(BytesIO(idx)):
                if stated.length > _MEMBER_MOST:
                    raise OddError
                block, hashed, last = self._index_block(stream.read(stated.length), last)
                if count % cdxj.BLOCK_LINES or not 0 < block.count <= cdxj.BLOCK_LINES:
                    raise OddError
                block.offset = at
                at += block.length
                found += hashed
                count += block.count
                if count > len(self._responses):
                    raise OddError
                wanted.append(idx_line(block))
            more = stream.read(1)
        text = "".join(f"{line}\n" for line in wanted).encode()
        if more or (count, found) != (len(self._responses), self._sum) or idx != text:
            raise OddError

    def _index_block(self, member: bytes, last: str) -> tuple[Block, int, str]:
        """Return a block of lines in order after ``last``, their sum, and the last of them."""
        lines = block_text(member).split("\n")
        if lines[0] < last or lines != sorted(lines):
            raise OddError
        digest = Digest("sha256", hashlib.sha256(member).hexdigest())
        first = " ".join(lines[0].split(" ", 2)[:2])
        block = Block(offset=0, count=len(lines), length=len(member), digest=str(digest), first=first)
        return block, self._hashed(lines), lines[-1]

    # --- references.jsonl

    def _references(self) -> Tally:
        responses, kinds = self._responses, list(self._kinds)
        url = self._evidence.capture.request.url if self._evidence.capture is not None else None
        count = gaps = last = 0
        for text in line_blocks(self._evidence, REFERENCES):
            lines = text.split("\n")
            kind, record, role, source, speculative, state, urls = zip(*_REFERENCES.rows(lines), strict=True)
            if not count and (source[0], kind[0], urls[0]) != (None, Kind.PAGE, url):
                raise OddError
            rootless = [at for at, each in enumerate(source) if each is None]
            if any(kind[at] != Kind.ROBOTS for at in rootless if count or at):
                raise OddError
            places = [responses[each] for each in source if each is not None]
            if places:
                if places[0] < last or places != sorted(places):
                    raise OddError
                last = places[-1]
            answers = [None if each is None else self._answers[responses[each]] for each in record]
            count += len(lines)
            for each, many in Counter(zip(state, answers, role, speculative, strict=True)).items():
                became, answer = State(str(each[0])), None if each[1] is None else kinds[each[1]]
                if state_problem(became, None if answer is None else _answer(*answer)):
                    raise OddError
                gaps += many * is_gap(Role(str(each[2])), became, each[3] == "true")
        if not count:
            raise OddError
        return Tally(count=count, unread=0, gaps=gaps)


class _Lines:
    """The lines of a list, as many at a time as are asked for."""

    def __init__(self, evidence: Evidence, path: str) -> None:
        self._blocks = line_blocks(evidence, path)
        self._held: list[str] = []

    def take(self, count: int) -> list[str]:
        """Return the next lines; there must be so many."""
        while len(self._held) < count:
            more = next(self._blocks, None)
            if more is None:
                raise OddError
            self._held += more.split("\n")
        taken, self._held = self._held[:count], self._held[count:]
        return taken

    def is_at_end(self) -> bool:
        """Tell whether all lines were taken."""
        return not self._held and next(self._blocks, None) is None


def _ignore(_: Run) -> None:
    """Do nothing."""


def _declared(rows: list[tuple[str, ...]], starts: list[int], fields: list[Texts]) -> list[str]:
    """Return what responses and the records beside them must declare."""
    made: list[str] = []
    for start, stop, found in zip(starts, starts[1:], fields, strict=False):
        if rows[start][4] != "response":
            made += [_ALONE.get(row[4], NOTHING) for row in rows[start:stop]]
            continue
        block, _, _, declared, ended, interim, size, payload, request, response, status, _ = found
        made.append(response_declaration(ended, block, payload, size, status, declared))
        for row in rows[start + 1 : stop]:
            if row[6] in (request, interim):
                made.append(str(response))
            else:
                made.append(_ALONE.get(row[4], NOTHING))
    return made


def _has_twins(numbers: array[int]) -> bool:
    """Tell whether a number stands twice; a set of all would take as much memory as everything else."""
    return any(
        len(part) != len(set(part))
        for rest in range(_PARTS)
        for part in ([number for number in numbers if number % _PARTS == rest],)
    )


def _answer(status: str | None, ended: str | None) -> tuple[int | None, Ended]:
    return None if status is None else int(status), Ended(str(ended))
