"""
Do the lists say what the unpacked records declare? docs/format/package-1.md, sections 6 and 10.2.

While the records were read, it was seen of which ranges all declare what follows from ``resources.jsonl``. In
the others each record left 16 octets that stand for what it declares; only where these differ is the record
opened again, to say in what.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from preserve.checks.layout import RECORDS, RESOURCES, is_warc, warc_path
from preserve.checks.ranges import FACT_BYTES, declaration, fact
from preserve.checks.resources import differs
from preserve.checks.statements import Fault, say, shown
from preserve.errors import PreserveError
from preserve.formats import warc
from preserve.formats.warc.unpack import Unpacked, declared_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement
    from preserve.model.resource import Resource

__all__ = ["judge_unpacked"]

_NO_FACT = bytes(FACT_BYTES)


def judge_unpacked(evidence: Evidence) -> Iterator[Statement]:
    """Say where resources.jsonl and the stored records do not agree, beyond what the other lists show."""
    unread = [path for path in evidence.tree.files if is_warc(path) and path not in evidence.facts]
    for path in sorted(unread):
        by_lines = evidence.sound(path) and path not in evidence.lost
        fault = evidence.upset.get(path, RECORDS if by_lines else path)
        text = f"The records of {shown(path)} could not be unpacked in their places."
        yield say("check.not-done", fault, text, path=path)
    if evidence.glance is not None:
        return
    facts = _facts(evidence)
    named = Counter(
        record
        for _, resource in evidence.resources.values()
        for record in (resource.request, resource.interim)
    )
    for number, resource in evidence.resources.values():
        stored = facts.get(resource.response)
        if stored is not None and stored != fact(declaration(_expected(resource))):
            yield from _differs(evidence, number, resource)
        wanted = fact(resource.response)
        for name, record in (("request", resource.request), ("interim", resource.interim)):
            stored = facts.get(record or "")
            if stored is not None and stored != wanted:
                if named[record] > 1:  # it is the record of another response, which names it, too
                    problem = f"{name} is {shown(record)}, which belongs to another response"
                    yield differs(evidence, RESOURCES, number, resource, problem)
                else:
                    yield _unlinked(evidence, name, record or "", resource)
    yield from _unnamed(evidence, facts, named)


def _facts(evidence: Evidence) -> dict[str, bytes]:
    """Return what records declare by their ids; those that were found at fault already are left out."""
    found: dict[str, bytes] = {}
    for name, numbers in evidence.whole_plan.places.items():
        facts = evidence.facts.get(warc_path(name))
        if facts is None:
            continue
        for record, index in numbers:
            made = facts[index * FACT_BYTES : (index + 1) * FACT_BYTES]
            if made not in (_NO_FACT, b""):
                found[record] = made
    return found


def _expected(resource: Resource) -> Unpacked:
    return Unpacked(
        type=b"response",
        concurrent=None,
        ended=resource.ended,
        block=resource.block_digest.removeprefix("sha256:"),
        payload=resource.payload_digest.removeprefix("sha256:"),
        payload_bytes=resource.payload_bytes,
        status=resource.status,
        declared=resource.declared_type,
    )


def _differs(evidence: Evidence, number: int, resource: Resource) -> Iterator[Statement]:
    line = evidence.responses[resource.response].line
    found = _read(evidence, resource.response)
    if found is None:
        return
    expected = _named(_expected(resource))
    observed = _named(found)
    names = [name for name, value in observed.items() if value != expected[name]]
    if not names:
        return
    text = (
        f"{RESOURCES} line {number} differs from its stored response {shown(line.id)} in {', '.join(names)}."
    )
    yield say(
        "resources.line-differs",
        evidence.blame(RESOURCES, warc_path(line.file)),
        text,
        path=RESOURCES,
        line=number,
        record=line.id,
        url=line.uri,
        expected="; ".join(f"{name} {observed[name]}" for name in names),
        observed="; ".join(f"{name} {expected[name]}" for name in names),
    )


def _named(unpacked: Unpacked) -> dict[str, str]:
    return {
        "block_digest": unpacked.block,
        "payload_digest": str(unpacked.payload),
        "payload_bytes": str(unpacked.payload_bytes),
        "status": str(unpacked.status),
        "declared_type": str(unpacked.declared),
        "ended": unpacked.ended,
    }


def _read(evidence: Evidence, record: str) -> Unpacked | None:
    """Return what a response record declares, read by the rules; None when it cannot be read."""
    line = evidence.responses[record].line
    stream = evidence.open(warc_path(line.file))
    if stream is None:
        return None
    with stream:
        try:
            one = next(warc.walk(stream, start=line.offset, stop=line.end))
            head = warc.http_head(warc.open_record(stream, line.offset, line.length))
        except (PreserveError, OSError, StopIteration):
            return None
    parsed = head.parsed if head is not None else None
    declared = parsed.get(b"content-type") if parsed is not None else None
    return Unpacked(
        type=b"response",
        concurrent=None,
        ended=(one.header.get("WARC-Truncated") if one.header is not None else None) or "whole",
        block=one.block_digest.value if one.block_digest is not None else "-",
        payload=one.payload_digest.value if one.payload_digest is not None else None,
        payload_bytes=one.payload_bytes or 0,
        status=parsed.status if parsed is not None else None,
        declared=None if declared is None else declared_text(declared),
    )


def _unnamed(evidence: Evidence, facts: dict[str, bytes], named: Counter[str | None]) -> Iterator[Statement]:
    """Say which records name a response whose line names another record, or none."""
    lists = {fact(response): entry for response, entry in evidence.resources.items()}
    for record, kind in evidence.whole_plan.others.items():
        number, resource = lists.get(facts.get(record, b""), (0, None))
        if resource is not None and not named[record]:
            name = "request" if kind == "request" else "interim"
            stated = shown(getattr(resource, name) or "null")
            problem = f"{name} is {stated}, though the {kind} record {shown(record)} names it as its response"
            yield differs(evidence, RESOURCES, number, resource, problem)


def _unlinked(evidence: Evidence, name: str, record: str, resource: Resource) -> Statement:
    line = evidence.responses[resource.response].line
    path = warc_path(line.file)
    text = (
        f"{path}: the {name} record {shown(record)} must name {shown(resource.response)}, its response, in "
        "WARC-Concurrent-To, as resources.jsonl does; it names another record or none."
    )
    return say(
        "warc.header-unspecified",
        Fault(path),
        text,
        record=record,
        url=line.uri,
        expected=resource.response,
    )
