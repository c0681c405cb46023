"""Is it said what was taken out, and what could not be?"""

from __future__ import annotations

import attrs

from preserve.model.package import Receipt
from preserve.model.reference import Role
from preserve.model.summary import Exported, Extracted
from preserve.reports.taken import exported, extracted, receipt

_FILE = Extracted(
    path="documents/report.pdf",
    url="https://example.org/f",
    role=Role.DOCUMENT,
    record="urn:uuid:1",
    media_type="application/pdf",
    size_bytes=716_822,
    digest="sha256:" + "ab" * 32,
)


def test_files_and_sum() -> None:
    """Each file is a line with size and URL, and the last line sums up."""
    assert [
        "  documents/report.pdf  (717 kB)  https://example.org/f",
        "extracted 1 file, 717 kB, to out",
    ] == [line.text for line in extracted([_FILE], "out")]


def test_damaged_files_are_named() -> None:
    """A file too damaged to be taken out is named with what is wrong, and counted."""
    lost = attrs.evolve(_FILE, path="", problem="its digest differs.")
    lines = [line.text for line in extracted([_FILE, lost], "out")]
    assert "  not taken out  https://example.org/f: its digest differs." == lines[1]
    assert lines[-1].endswith("to out, 1 file too damaged")


def test_coded_files_are_said() -> None:
    """A file whose coding could not be undone says that it is still coded."""
    coded = attrs.evolve(_FILE, decoded=False)
    assert "(717 kB, still in its content coding)" in next(extracted([coded], "out")).text


def test_export_line() -> None:
    """An export is told with path, size and digest."""
    made = Exported(path="a.wacz", digest="sha256:00", size_bytes=2_000_000, package="/p")
    assert ["exported  a.wacz  (2.0 MB, sha256:00)"] == [line.text for line in exported(made)]


def test_receipt_line() -> None:
    """A receipt is told with what it pins."""
    made = Receipt(
        url="https://e/",
        page="e-1",
        capture="c",
        tagmanifest="sha256:00",
        files=1,
        bytes=1,
        records=1,
        sequence=1,
        previous=None,
    )
    assert ["receipt  r.json  pins e-1/c: sha256:00"] == [line.text for line in receipt(made, "r.json")]
