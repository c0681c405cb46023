"""How is each of our values written as a line of JSON?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from preserve.formats.schemas import dump_line, unstructure
from preserve.model.finding import Result
from preserve.reports.words import is_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preserve.errors import PreserveError
    from preserve.model.citation import Citation
    from preserve.model.diagnosis import Diagnosis
    from preserve.model.finding import Finding, Report
    from preserve.model.inspection import Json
    from preserve.model.listing import Skipped
    from preserve.model.package import Receipt
    from preserve.model.summary import Exported, Extracted, Open, Summary

__all__ = [
    "TYPES",
    "citation",
    "diagnosis",
    "error",
    "exported",
    "extracted",
    "gap",
    "package",
    "receipt",
    "report",
    "schema_of",
    "skipped",
    "summary",
]

# Every type of line a command writes with --json. Its schema is manifests/1/cli-<type>.schema.json.
TYPES = (
    "citation",
    "diagnosis",
    "error",
    "exported",
    "extracted",
    "finding",
    "gap",
    "package",
    "receipt",
    "report",
    "skipped",
    "summary",
)


def schema_of(kind: str) -> str:
    """Return the name of the schema of a type of line, e.g. ``preserve/cli-finding/1``."""
    return f"preserve/cli-{kind}/1"


def package(value: Summary) -> Iterator[bytes]:
    """Yield one ``package`` line: what ``show``, ``archive``, ``recover`` and ``demo`` say of a package."""
    yield _line("package", _fields(value))


def citation(value: Citation, name: str, text: str) -> Iterator[bytes]:
    """Yield one ``citation`` line: what is cited, the format asked for under ``format``, and its ``text``."""
    yield _line("citation", {**_fields(value), "format": name, "text": text})


def gap(value: Open, path: str) -> Iterator[bytes]:
    """Yield one ``gap`` line: a reference without its octets, and the package it belongs to."""
    yield _line("gap", {**_fields(value), "package": path})


def report(value: Report) -> Iterator[bytes]:
    """Yield a ``finding`` line for each primary finding, passes too, then the ``report`` line."""
    for finding in value.findings:
        yield _line("finding", {**_fields(finding), "package": value.package})
    kept: dict[str, Json] = {key: one for key, one in _fields(value).items() if key != "findings"}
    kept["result"] = value.result.value
    kept["exit_code"] = value.exit_code
    kept["findings"] = _tally(value.findings)
    yield _line("report", kept)


def exported(value: Exported) -> Iterator[bytes]:
    """Yield one ``exported`` line."""
    yield _line("exported", _fields(value))


def extracted(value: Extracted, folder: str) -> Iterator[bytes]:
    """Yield one ``extracted`` line: a file that was taken out, or could not be."""
    yield _line("extracted", {**_fields(value), "folder": folder})


def receipt(value: Receipt, path: str | None) -> Iterator[bytes]:
    """Yield one ``receipt`` line: where it was written (null: nowhere), and the receipt under ``receipt``."""
    yield _line("receipt", {"path": path, "receipt": unstructure(value)})


def diagnosis(value: Diagnosis) -> Iterator[bytes]:
    """Yield one ``diagnosis`` line: something that ``doctor`` looked at."""
    yield _line("diagnosis", _fields(value))


def skipped(value: Skipped) -> Iterator[bytes]:
    """Yield one ``skipped`` line: a page of a list that an earlier run archived."""
    yield _line("skipped", _fields(value))


def error(value: PreserveError) -> Iterator[bytes]:
    """Yield one ``error`` line: the class of errors.py, its sentence and its exit code."""
    facts: dict[str, Json] = {
        key: fact if isinstance(fact, bool | int | str) or fact is None else str(fact)
        for key, fact in value.facts.items()
        if not isinstance(fact, list | tuple | dict)
    }
    yield _line(
        "error",
        {
            "error": type(value).__name__,
            "message": value.message,
            "exit_code": value.exit_code,
            "facts": facts,
        },
    )


def summary(command: str, exit_code: int, counts: Mapping[str, int]) -> Iterator[bytes]:
    """Yield the last line of every command: its name, its exit code, and what it counted."""
    yield _line("summary", {"command": command, "exit_code": exit_code, "counts": dict(counts)})


def _tally(findings: tuple[Finding, ...]) -> dict[str, Json]:
    seen = [finding.result for finding in findings]
    return {result.value: seen.count(result) for result in Result}


def _line(kind: str, fields: Mapping[str, Json]) -> bytes:
    """Return a line; what could control a terminal is escaped as JSON allows (RFC 8259, section 7)."""
    line = dump_line({**fields, "type": kind, "schema": schema_of(kind)})
    if line.isascii():
        return line
    text = line.decode().removesuffix("\n")
    return "".join(json.dumps(one)[1:-1] if is_unsafe(one) else one for one in text).encode() + b"\n"


def _fields(value: object) -> dict[str, Json]:
    fields = unstructure(value)
    if not isinstance(fields, dict):
        raise TypeError(f"{type(value).__name__} is not a value with fields")
    return fields
