"""Tests of the finding codes: the table, what is made from it, and that every code is used and was seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from preserve import checks
from preserve.checks import verify
from preserve.model.finding import Result
from preserve.model.findings import CODES
from tests.checks.build import RECORDS, build
from tests.checks.content_damages import ODD
from tests.checks.deep_damages import EDITS
from tests.checks.further_damages import ALL_DAMAGES
from tests.checks.on_disk import ON_DISK
from tests.checks.receipt_faults import RECEIPT_FAULTS
from tests.checks.zip_damages import ZIP_DAMAGES
from tests.remake_findings import PAGE, REGISTRY, page, registry

ROOT = Path(checks.__file__).parent
SOURCES = [path.read_text() for path in (*sorted(ROOT.glob("*.py")), ROOT.parent / "formats" / "zip_read.py")]
FAMILIES = {code.partition(".")[0] for code in CODES}
LOOK_ALIKE = {
    "capture.json",
    "datapackage.json",
    "content.opened",
    "file.measured",
    "file.reread",
    "records.unpacked",
    "index.idx",
    "pages.jsonl",
    "records.tsv",
    "references.jsonl",
    "resources.jsonl",
    "warc.truncated",
}
"""Names of files, of a step and of a problem of a record, which have the form of a code."""
NEVER_PRIMARY = {"check.not-done"}
"""It says what follows from another finding."""


def test_registry_is_up_to_date() -> None:
    """manifests/registries/finding-codes.json is what the table gives; if not: tests/remake_findings.py."""
    assert registry() == REGISTRY.read_bytes()


def test_page_is_up_to_date() -> None:
    """docs/findings.md is what the table gives; if not: tests/remake_findings.py."""
    assert page() == PAGE.read_text()


def test_every_code_is_used() -> None:
    """Every code of the table stands in a check, and every code in a check stands in the table."""
    named = {code for text in SOURCES for code in re.findall(r'"([a-z]+\.[a-z]+(?:-[a-z]+)*)"', text)}
    assert set(CODES) == {code for code in named if code.partition(".")[0] in FAMILIES} - LOOK_ALIKE


def test_every_code_has_a_broken_sample() -> None:
    """Each code that is not a pass is the primary finding of at least one damaged package of the tests."""
    samples = (ALL_DAMAGES, ZIP_DAMAGES, EDITS, ON_DISK, ODD, RECEIPT_FAULTS)
    seen = {sample.code for each in samples for sample in each}
    wanted = {code for code, row in CODES.items() if row.result is not Result.PASS}
    assert wanted - NEVER_PRIMARY == seen


def test_what_could_not_be_compared_is_said(tmp_path: Path) -> None:
    """Comparisons that a missing file prevents are listed under its finding."""
    sample = build()
    del sample.files[RECORDS]
    (finding,) = (
        found for found in verify(sample.write(tmp_path)).findings if found.result is not Result.PASS
    )
    assert "file.missing" == finding.code
    assert NEVER_PRIMARY <= {also.code for also in finding.also}


@pytest.mark.parametrize("code", CODES)
def test_row_is_complete(code: str) -> None:
    """Every row has a dotted code, its own key, and full sentences."""
    row = CODES[code]
    assert code == row.code
    assert re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)*", code)
    assert not row.title.endswith(".")
    assert row.meaning.endswith(".")
    assert row.remedy.endswith(".")
    assert row.clause
