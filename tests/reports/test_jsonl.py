"""Is every line of JSON what its schema in manifests/ says?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from preserve.errors import CodingUnknown, NotAPackage
from preserve.model.diagnosis import Diagnosis
from preserve.model.finding import Finding, Report, Result, Where
from preserve.model.listing import Skipped
from preserve.model.package import Receipt
from preserve.model.reference import Role
from preserve.model.summary import Exported, Extracted, Open, Summary
from preserve.reports import jsonl

_MANIFESTS = Path(__file__).parents[2] / "manifests" / "1"
_DIGEST = "sha256:" + "ab" * 32
Valid = Callable[[Iterable[bytes]], list[Mapping[str, Any]]]


def test_package_line(summary: Summary, valid: Valid) -> None:
    """A package line holds the whole summary, claims and lists included."""
    (line,) = valid(jsonl.package(summary))
    assert ("package", "preserve/cli-package/1") == (line["type"], line["schema"])
    assert ["Anna Weaver", "legion report.pdf"] == [line["claims"][0]["value"], line["documents"][0]["name"]]


def test_gap_line(summary: Summary, valid: Valid) -> None:
    """A gap line says which package it belongs to."""
    (line,) = valid(jsonl.gap(summary.gaps[0], "/p"))
    assert ["/p", "failed"] == [line["package"], line["state"]]


def test_report_lines(valid: Valid) -> None:
    """Each primary finding is a line, its consequences inside; the report's line comes last."""
    also = Finding(code="c.d", result=Result.FAIL, message="So too.")
    finding = Finding(
        code="a.b", result=Result.FAIL, where=Where(path="x", offset=0), message="It broke.", also=(also,)
    )
    first, last = valid(jsonl.report(Report(package="/p", findings=(finding,), files=3)))
    assert ["finding", "c.d", "/p"] == [first["type"], first["also"][0]["code"], first["package"]]
    assert ["report", "fail", 6, 1] == [
        last["type"],
        last["result"],
        last["exit_code"],
        last["findings"]["fail"],
    ]


def test_other_lines(valid: Valid) -> None:
    """Exports, extracted files, receipts, errors and the summary are valid by their schemas."""
    file = Extracted(
        path="page.html",
        url="https://e/",
        role=Role.PAGE,
        record="urn:uuid:1",
        media_type="text/html",
        size_bytes=1,
        digest=_DIGEST,
    )
    receipt = Receipt(
        url="https://e/",
        page="e-1",
        capture="c",
        tagmanifest=_DIGEST,
        files=1,
        bytes=1,
        records=1,
        sequence=1,
        previous=None,
    )
    lines = valid(
        [
            *jsonl.exported(Exported(path="a.wacz", digest=_DIGEST, size_bytes=2, package="/p")),
            *jsonl.extracted(file, "out"),
            *jsonl.receipt(receipt, None),
            *jsonl.error(NotAPackage("It is none.", path=Path("/p"), line=3)),
            *jsonl.summary("show", 2, {"packages": 0}),
        ]
    )
    assert ["exported", "extracted", "receipt", "error", "summary"] == [line["type"] for line in lines]
    assert {"path": "/p", "line": 3} == lines[3]["facts"]


@pytest.mark.parametrize(("error", "code"), [(NotAPackage("No."), 2), (CodingUnknown("No."), 3)])
def test_an_error_carries_its_code(error: NotAPackage | CodingUnknown, code: int, valid: Valid) -> None:
    """An error line has the class's name and exit code."""
    (line,) = valid(jsonl.error(error))
    assert [type(error).__name__, code] == [line["error"], line["exit_code"]]


def test_every_type_has_a_schema() -> None:
    """There is one schema for each type of line, no more."""
    assert sorted(jsonl.TYPES) == sorted(
        path.name.removeprefix("cli-").removesuffix(".schema.json") for path in _MANIFESTS.glob("cli-*.json")
    )


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("package", Summary),
        ("gap", Open),
        ("finding", Finding),
        ("exported", Exported),
        ("extracted", Extracted),
        ("skipped", Skipped),
        ("diagnosis", Diagnosis),
    ],
)
def test_schemas_list_every_field(kind: str, value: type[attrs.AttrsInstance]) -> None:
    """A field added to a value must be added to its schema, and every key is required."""
    schema = json.loads((_MANIFESTS / f"cli-{kind}.schema.json").read_bytes())
    fields = {field.name for field in attrs.fields(value)}
    assert fields <= set(schema["properties"])
    assert set(schema["properties"]) == set(schema["required"])


def test_lone_surrogates_are_written(summary: Summary, valid: Valid) -> None:
    """Half a surrogate pair in a title does not stop the line."""
    (line,) = valid(jsonl.package(attrs.evolve(summary, title="half \ud800")))
    assert "half \ud800" == line["title"]
