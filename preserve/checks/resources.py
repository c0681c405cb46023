"""Does ``resources.jsonl`` list what is stored? docs/format/package-1.md, section 10.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.checks.align import align
from preserve.checks.layout import RECORDS, RESOURCES
from preserve.checks.statements import say, shown
from preserve.formats.records import escape_uri
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.declared import Row
    from preserve.checks.evidence import Evidence
    from preserve.checks.plan import Located
    from preserve.checks.statements import Statement
    from preserve.model.resource import Resource

__all__ = ["differs", "judge_resources"]


def judge_resources(evidence: Evidence) -> Iterator[Statement]:
    """Say where the resources and the response records do not agree, line by line."""
    if evidence.glance is not None:
        return
    for path in (RESOURCES, RECORDS):
        if not evidence.readable(path):
            text = "The resources could not be compared with the records."
            yield say("check.not-done", path, text, path=RESOURCES)
            return
    records = list(evidence.listed)
    found: list[str] = []
    numbers: list[int] = []
    if len(evidence.resource_rows) == evidence.resources_most:
        text = f"{RESOURCES} has far more lines than there are responses; the rest was not read."
        yield say("resources.line-extra", evidence.blame(RESOURCES, RECORDS), text)
    for row in evidence.resource_rows:
        if row.value is None:
            yield say(
                "resources.syntax",
                RESOURCES,
                f"{RESOURCES} line {row.number} cannot be read. {row.problem}",
                line=row.number,
                record=records[row.number - 1] if row.number <= len(records) else None,
                url=_url(evidence, records[row.number - 1]) if row.number <= len(records) else None,
            )
        else:
            yield from _line(evidence, row, row.value)
        found.append(row.value.response if row.value is not None else f"line {row.number}")
        numbers.append(row.number)
    yield from _compare(evidence, records, found, numbers)


def _url(evidence: Evidence, record: str) -> str | None:
    return evidence.listed[record].line.uri


def _line(evidence: Evidence, row: Row[Resource], resource: Resource) -> Iterator[Statement]:
    """Compare one line with the line of its response."""
    for name in ("block_digest", "payload_digest", "content_digest"):
        value = getattr(resource, name)
        try:
            if value is not None:
                Digest.parse(value)
        except ValueError as exc:
            yield differs(evidence, RESOURCES, row.number, resource, f"{name}: {exc}")
    located = evidence.listed.get(resource.response)
    if located is not None:
        yield from _against(evidence, row, resource, located)
    for name, kind in (("request", "request"), ("interim", "metadata")):
        record = getattr(resource, name)
        if record is not None and evidence.whole_plan.others.get(record) != kind:
            problem = f"{name} is {shown(record)}, which is no {kind} record of records.tsv"
            yield differs(evidence, evidence.blame(RESOURCES, RECORDS), row.number, resource, problem)


def _against(
    evidence: Evidence, row: Row[Resource], resource: Resource, located: Located
) -> Iterator[Statement]:
    line = located.line
    for name, stated, wanted in (
        ("url", escape_uri(resource.url), line.uri),
        ("captured_at", resource.captured_at, line.date),
    ):
        if stated != wanted:
            problem = f"{name} is {shown(stated)}, records.tsv line {located.number} has {shown(wanted)}"
            yield differs(evidence, evidence.blame(RESOURCES, RECORDS), row.number, resource, problem)


def differs(evidence: Evidence, fault: str, number: int, resource: Resource, problem: str) -> Statement:
    """Return what is to be said of a line that differs from what it is about."""
    located = evidence.listed.get(resource.response)
    return say(
        "resources.line-differs",
        fault,
        f"{RESOURCES} line {number}: {problem}.",
        path=RESOURCES,
        line=number,
        record=resource.response,
        url=resource.url if located is None else located.line.uri,
    )


def _compare(
    evidence: Evidence, records: list[str], found: list[str], numbers: list[int]
) -> Iterator[Statement]:
    """Compare which responses are listed, and in which order."""
    fault = evidence.blame(RESOURCES, RECORDS)
    alignment = align(records, found)
    for want, have in alignment.moved:
        text = f"{RESOURCES} line {numbers[have]} is not in the place of its record {shown(records[want])}."
        yield say(
            "resources.order",
            fault,
            text,
            path=RESOURCES,
            line=numbers[have],
            record=records[want],
            url=_url(evidence, records[want]),
        )
    for gap in alignment.gaps:
        for want in gap.left:
            located = evidence.listed[records[want]]
            text = (
                f"{RESOURCES} has no line for the response {shown(records[want])} "
                f"(records.tsv line {located.number})."
            )
            yield say(
                "resources.line-missing",
                fault,
                text,
                path=RESOURCES,
                record=records[want],
                url=located.line.uri,
            )
        for have in gap.right:
            if not found[have].startswith("line "):
                text = f"{RESOURCES} line {numbers[have]} lists {shown(found[have])}, which is no response."
                yield say(
                    "resources.line-extra",
                    fault,
                    text,
                    path=RESOURCES,
                    line=numbers[have],
                    record=found[have],
                )
