"""What does ``manifests/records.tsv`` say about each WARC file, however damaged it is?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.checks.declared import Row
from preserve.checks.extents import Extents
from preserve.formats import records
from preserve.formats.records import RecordLine

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Located", "Plan", "light_plan", "read_plan"]

_NOTED_MOST = 100
_EXCHANGED = frozenset({"response", "request", "metadata"})


@attrs.frozen(kw_only=True)
class Located:
    """A response record or a rendition, and where it stands."""

    ordinal: int
    """Among those of its list."""
    number: int
    """Line of records.tsv."""
    line: RecordLine


@attrs.frozen(kw_only=True)
class Plan:
    """What records.tsv says."""

    files: dict[str, Extents]
    """By name, in the order of their first line."""
    responses: dict[str, Located]
    """The response records by id, in order; of two with one id the first."""
    listed: dict[str, Located]
    """The same for the records that ``resources.jsonl`` lists: responses and renditions."""
    others: dict[str, str]
    """The records that are no responses: id to type."""
    places: dict[str, list[tuple[str, int]]]
    """By file: the id of each response, request and metadata record, and its index among the file's lines."""
    count: int
    """Lines after the header."""
    bad: tuple[Row[RecordLine], ...]
    """The first lines that cannot be read, the header included."""
    unordered: tuple[int, ...]
    """The first line numbers at which a file is named after one that sorts behind it."""
    surplus: bool
    """Whether there are more lines than there can be records; the rest was not read."""


def light_plan(files: dict[str, Extents], count: int) -> Plan:
    """Return a plan of lines that are all as usual, without the records' ids."""
    return Plan(
        files=files,
        responses={},
        listed={},
        others={},
        places={},
        count=count,
        bad=(),
        unordered=(),
        surplus=False,
    )


def read_plan(rows: Iterable[Row[RecordLine]], most: int) -> Plan:
    """
    Return what the lines of records.tsv say, the header among them.

    Args:
        rows: All lines, each parsed as one about a record.
        most: Lines that are read; there are no more records than that.
    """
    plan = Plan(
        files={}, responses={}, listed={}, others={}, places={}, count=0, bad=(), unordered=(), surplus=False
    )
    bad: list[Row[RecordLine]] = []
    unordered: list[int] = []
    count, last, surplus = 0, "", False
    for row in rows:
        surplus = row.number > most
        if surplus:
            break
        if row.number == 1:
            if row.text + "\n" != records.HEADER:
                bad.append(attrs.evolve(row, problem="It is not the header."))
            continue
        count += 1
        if row.value is None:
            bad += [row] if len(bad) < _NOTED_MOST else []
            continue
        name = row.value.file
        if name != last and name.encode() < last.encode() and len(unordered) < _NOTED_MOST:
            unordered.append(row.number)
        last = name
        _take(plan, row.number, row.value)
    return attrs.evolve(plan, count=count, bad=tuple(bad), unordered=tuple(unordered), surplus=surplus)


def _take(plan: Plan, number: int, line: RecordLine) -> None:
    extents = plan.files.get(line.file)
    if extents is None:
        extents = plan.files[line.file] = Extents(line.file)
    if line.type in _EXCHANGED:
        plan.places.setdefault(line.file, []).append((line.id, len(extents)))
    extents.add(number, line)
    if records.is_listed(line) and line.id not in plan.listed:
        plan.listed[line.id] = Located(ordinal=len(plan.listed), number=number, line=line)
    if line.type != "response":
        plan.others.setdefault(line.id, line.type)
    elif line.id not in plan.responses:
        plan.responses[line.id] = Located(ordinal=len(plan.responses), number=number, line=line)
