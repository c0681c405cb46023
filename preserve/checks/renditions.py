"""
Does ``resources.jsonl`` say of each rendition what its stored record says?

docs/format/package-1.md, section 10.2. Of responses this is told by what their records declare
(``unpacked``). Renditions are few, so their records are opened once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.checks.layout import RECORDS, RESOURCES, warc_path
from preserve.checks.statements import say, shown
from preserve.formats import records, schemas, warc
from preserve.model.reference import Role
from preserve.model.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement
    from preserve.formats.records import RecordLine

__all__ = ["judge_renditions"]


def judge_renditions(evidence: Evidence) -> Iterator[Statement]:
    """Say where a line about a rendition differs from its record; damaged records were named before."""
    if evidence.glance is not None and evidence.glance.responses == evidence.glance.resources:
        return  # there are none
    listed = {
        row.value.response: (row.number, row.value)
        for row in evidence.rows(RESOURCES, _rendition)
        if row.value is not None
    }
    for row in evidence.rows(RECORDS, _resource_record) if listed else ():
        if row.value is not None and row.value.id in listed:
            yield from _compare(evidence, *listed.pop(row.value.id), row.value)


def _rendition(text: str) -> Resource | None:
    """Return a line of resources.jsonl if it is about a rendition; lines of others are not read."""
    found = schemas.load(Resource, text) if f'"{Role.RENDITION}"' in text else None
    return found if found is not None and found.role is Role.RENDITION else None


def _resource_record(text: str) -> RecordLine | None:
    return records.parse_line(text) if "\tresource\t" in text else None


def _compare(evidence: Evidence, number: int, resource: Resource, line: RecordLine) -> Iterator[Statement]:
    path = warc_path(line.file)
    stream = evidence.open(path)
    if stream is None:
        return
    with stream:
        try:
            one = next(warc.walk(stream, start=line.offset, stop=line.end), None)
        except OSError as exc:
            evidence.lost[path] = exc.strerror or str(exc)
            return
    if one is None or not one.is_sound or one.header is None:
        return
    stored = {
        "block_digest": str(one.block_digest),
        "payload_digest": str(one.block_digest),
        "payload_bytes": one.header.get("Content-Length"),
        "declared_type": one.header.get("Content-Type"),
    }
    stated = {name: str(getattr(resource, name)) for name in stored}
    names = [name for name, value in stored.items() if value != stated[name]]
    if names:
        text = f"{RESOURCES} line {number} differs from its stored rendition {shown(line.id)} in "
        yield say(
            "resources.line-differs",
            evidence.blame(RESOURCES, path),
            f"{text}{', '.join(names)}.",
            path=RESOURCES,
            line=number,
            record=line.id,
            url=line.uri,
            expected="; ".join(f"{name} {stored[name]}" for name in names),
            observed="; ".join(f"{name} {stated[name]}" for name in names),
        )
