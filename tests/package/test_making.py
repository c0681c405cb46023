"""What can be made of the files that were taken out, and does it stand beside them?"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it has no types
from PIL import Image
from pypdf import PdfWriter

from preserve.capturers.html_text import text_of
from preserve.capturers.pdf_repair import repair_report
from preserve.demo.document import PAGES, booklet
from preserve.errors import ProgramMissing, UsageError
from preserve.model.reference import Kind, Role
from preserve.package.extract import extract
from preserve.package.making import check_kinds

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve.model.summary import Extracted
    from preserve.package.reader import Package

    Build = Callable[..., Package]

_SCHEMA = Path(__file__).parents[2] / "manifests" / "1" / "extracted.schema.json"


def _attached() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 50)
    writer.add_attachment("../notes.txt", b"in confidence")
    writer.add_attachment("notes.txt", b"another")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _document(item: Any, data: bytes) -> Any:
    return item(
        url="https://example.org/f/it.pdf",
        body=data,
        sniffed="application/pdf",
        kind=Kind.DOCUMENT,
        role=Role.DOCUMENT,
    )


def _files(out: Path) -> dict[str, Any]:
    listing = json.loads((out / "extracted.json").read_bytes())
    Draft202012Validator(json.loads(_SCHEMA.read_bytes())).validate(listing)
    return {one["path"]: one for one in listing["files"]}


def test_text_beside_page_and_document(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """The text of a page and of the nine pages of a PDF stand beside them, and in the listing."""
    package = build(page_item, _document(item, booklet()))
    extract(package, tmp_path / "out", make=["text"])
    assert "A post\n" == (tmp_path / "out" / "page.html.txt").read_text()
    pages = (tmp_path / "out" / "documents" / "it.pdf.txt").read_text().split("\f")[:-1]
    assert len(PAGES) == len(pages)
    for written, read in zip(PAGES, pages, strict=True):
        assert written.heading in " ".join(read.split())
    (made,) = _files(tmp_path / "out")["documents/it.pdf"]["made"]
    assert ["text", "documents/it.pdf.txt"] == [made["kind"], made["path"]]


def test_the_text_of_nine_pages_is_that_which_pdfium_reads(
    build: Build, item: Any, page_item: Any, tmp_path: Path
) -> None:
    """Words and their order on each of the nine pages are those that PDFium reads."""
    extract(build(page_item, _document(item, booklet())), tmp_path / "out", make=["text"])
    pages = (tmp_path / "out" / "documents" / "it.pdf.txt").read_text().split("\f")[:-1]
    document = pypdfium2.PdfDocument(booklet())
    try:
        expected = [page.get_textpage().get_text_bounded().split() for page in document]
    finally:
        document.close()
    assert expected == [page.split() for page in pages]


def test_attachments_under_safe_names(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """What is attached to a PDF is taken out, under names that lead nowhere and do not meet."""
    package = build(page_item, _document(item, _attached()))
    extract(package, tmp_path / "out", make=["attachments"])
    folder = tmp_path / "out" / "documents" / "it.pdf.attached"
    assert {"notes.txt": b"in confidence", "notes-2.txt": b"another"} == {
        path.name: path.read_bytes() for path in folder.iterdir()
    }
    made = _files(tmp_path / "out")["documents/it.pdf"]["made"]
    assert ["../notes.txt", "notes.txt"] == [one["name"] for one in made]


def test_a_thumbnail_of_every_page(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """Each page of a PDF is drawn, its longer side 320 pixels, and none of them is empty."""
    extract(build(page_item, _document(item, booklet())), tmp_path / "out", make=["thumbnails"])
    drawn = sorted((tmp_path / "out" / "documents").glob("it.pdf.page-*.png"))
    assert 9 == len(drawn)
    for path in drawn:
        with Image.open(path) as picture:
            assert 320 == max(picture.size)
            assert (255, 255) != picture.convert("L").getextrema()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (booklet(), {"opens": True, "pages": 9, "warnings": False, "problems": False, "repairable": True}),
        (
            booklet()[: booklet().rindex(b"startxref")],
            {"opens": True, "pages": 9, "warnings": True, "problems": False, "repairable": True},
        ),
        (
            b"%PDF-1.4\n",
            {"opens": False, "pages": None, "warnings": False, "problems": True, "repairable": False},
        ),
    ],
    ids=["whole", "cut", "hollow"],
)
def test_the_repair_report(data: bytes, expected: dict[str, object]) -> None:
    """The report tells a whole document, one that was mended to be read, and one that cannot be."""
    report = json.loads(repair_report(io.BytesIO(data)))
    seen = {name: report[name] for name in expected} | {
        name: bool(report[name]) for name in ("warnings", "problems")
    }
    assert expected == seen


def test_formats_by_pronom(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """Each file gets its identifier in PRONOM, in a worker of its own, and nothing is put beside it."""
    package = build(page_item, _document(item, booklet()))
    files = extract(package, tmp_path / "out", make=["pronom"])
    found: dict[str, Extracted] = {file.path: file for file in files}
    assert "fmt/17" == found["documents/it.pdf"].pronom
    assert found["page.html"].pronom
    assert () == found["page.html"].made
    assert "fmt/17" == _files(tmp_path / "out")["documents/it.pdf"]["pronom"]


def test_what_cannot_be_made_is_said(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """Of a PDF that cannot be read the reason is listed, and the file is taken out all the same."""
    files = extract(
        build(page_item, _document(item, b"%PDF-1.4")),
        tmp_path / "out",
        make=["text", "attachments", "thumbnails"],
    )
    (document,) = (file for file in files if file.path == "documents/it.pdf")
    assert {"text", "attachments", "thumbnails"} == {made.kind for made in document.made if made.problem}
    assert (tmp_path / "out" / "documents" / "it.pdf").read_bytes() == b"%PDF-1.4"


def test_what_is_unknown_or_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be made is refused; an extra that is missing is named with its command."""
    with pytest.raises(UsageError, match="cannot be made"):
        check_kinds(["conjure"])
    monkeypatch.setattr("preserve.package.making.find_spec", lambda _: None)
    with pytest.raises(ProgramMissing, match=r"pip install 'preserve\[pdf\]'"):
        check_kinds(["thumbnails"])
    assert ("text", "attachments") == check_kinds(["attachments", "text"])


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<title>A  page</title><p>One</p><p>Two<br>three</p>", "A page\nOne\nTwo\nthree\n"),
        (b"<script>x()</script><style>p{}</style><div>seen<template>not</template></div>", "seen\n"),
        (b"<meta charset=latin-1><p>zw\xf6lf", "zwölf\n"),
        (b"", "\n"),
    ],
)
def test_text_of_a_page(page: bytes, expected: str) -> None:
    """The text of a page is what a reader sees, a line for each block, behind its title."""
    assert expected == text_of(page, None)
