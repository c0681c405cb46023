"""Which PDFs, whole and damaged in named ways, are in the corpus?"""

from __future__ import annotations

import io
from typing import Any, Literal

import pikepdf
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    RectangleObject,
)

from preserve.demo.document import booklet
from tests.capturers.corpus_case import Case

__all__ = ["DOCUMENTS"]


def _pictures() -> bytes:
    pages = [Image.new("RGB", size, "teal") for size in ((40, 30), (20, 10))]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], title="Two", author="Jane Roe")
    return out.getvalue()


_TWO = _pictures()
_NINE = booklet()


def _saved(source: bytes = _TWO, **how: Any) -> bytes:
    """Return a document as qpdf writes it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(source)) as document:
        document.save(out, deterministic_id="encryption" not in how, **how)
    return out.getvalue()


def _encrypted(revision: Literal[2, 3, 4, 6], password: str = "") -> bytes:
    strong = revision > 3
    locked = pikepdf.Encryption(owner="owner", user=password, R=revision, aes=strong, metadata=strong)
    return _saved(encryption=locked)


def _made(change: Any = None, pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 200)
    if change is not None:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _told(writer: PdfWriter) -> None:
    packet = DecodedStreamObject()
    packet.set_data(
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        b"<rdf:Description xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'"
        b" pdfaid:part='1' pdfaid:conformance='A'/>"
        b"</rdf:RDF></x:xmpmeta>"
    )
    writer.root_object[NameObject("/Metadata")] = writer._add_object(packet)  # noqa: SLF001 - pypdf has no other way
    writer.add_metadata({"/Title": "Told", "/CreationDate": "D:20190501", "/ModDate": "D:20200229235959Z"})


def _attached(writer: PdfWriter) -> None:
    writer.add_attachment("a.txt", b"one")
    writer.add_attachment("b.txt", b"two")


def _linked(writer: PdfWriter) -> None:
    writer.add_uri(0, "https://b.example/", RectangleObject((0, 0, 9, 9)))


def _outlined(writer: PdfWriter) -> None:
    writer.add_outline_item(title="One", page_number=0)


def _looping_outline(writer: PdfWriter) -> None:
    writer.add_outline_item(title="One", page_number=0)
    item = writer.add_outline_item(title="Two", page_number=0)
    found = item.get_object()
    assert isinstance(found, DictionaryObject)
    found[NameObject("/Next")] = item
    found[NameObject("/First")] = item


def _looping_names(writer: PdfWriter) -> None:
    tree = DictionaryObject()
    reference = writer._add_object(tree)  # noqa: SLF001 - pypdf has no other way
    tree[NameObject("/Kids")] = ArrayObject([reference, reference])
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): reference})


def _looping_form(writer: PdfWriter) -> None:
    form = DecodedStreamObject()
    form[NameObject("/Subtype")] = NameObject("/Form")
    reference = writer._add_object(form)  # noqa: SLF001 - pypdf has no other way
    resources = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/F"): reference})})
    form[NameObject("/Resources")] = resources
    writer.pages[0][NameObject("/Resources")] = resources


def _odd_values(writer: PdfWriter) -> None:
    page = writer.pages[0]
    page[NameObject("/MediaBox")] = ArrayObject([NumberObject(1)])
    page[NameObject("/Annots")] = NumberObject(3)
    page[NameObject("/Resources")] = ArrayObject()


_TREE = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >> endobj
trailer << /Root 1 0 R /Size 4 >>
startxref
0
%%EOF
"""
_OPEN: dict[str, Any] = {"readable": True, "whole": True, "pages": 2, "image_count": 2}
_SHUT: dict[str, Any] = {"readable": False, "whole": None, "pages": None, "encrypted": True}
_EOF, _START = "pdf.no-eof", "pdf.no-startxref"
_GONE = (_EOF, _START, "pdf.unreadable", "pdf.warning")

DOCUMENTS: dict[str, Case] = {
    "nine-pages": Case(
        _NINE,
        {
            "pages": 9,
            "image_count": 6,
            "whole": True,
            "page_sizes": [{"width": 595.0, "height": 842.0, "pages": 9}],
            "stated": {"title": "From the Wick Book", "creator": "Ansel Thwaite"},
        },
    ),
    "two-pictures": Case(_TWO, _OPEN | {"stated": {"title": "Two", "creator": "Jane Roe"}, "revisions": 1}),
    "object-streams": Case(_saved(object_stream_mode=pikepdf.ObjectStreamMode.generate), _OPEN),
    "linearised": Case(_saved(linearize=True), _OPEN | {"revisions": 1}),
    "readable-source": Case(_saved(qdf=True), _OPEN),
    "version-2": Case(_saved(force_version="2.0"), _OPEN | {"version": "2.0"}),
    "locked-rc4-40": Case(_encrypted(2), _OPEN | {"encrypted": True}),
    "locked-rc4-128": Case(_encrypted(3), _OPEN | {"encrypted": True}),
    "locked-aes-128": Case(_encrypted(4), _OPEN | {"encrypted": True}),
    "locked-aes-256": Case(_encrypted(6), _OPEN | {"encrypted": True}),
    "password-rc4": Case(_encrypted(3, "secret"), _SHUT, ("pdf.password",)),
    "password-aes": Case(_encrypted(6, "secret"), _SHUT, ("pdf.password",)),
    "told": Case(
        _made(_told),
        {
            "conformance": ["PDF/A-1A"],
            "dates": {"created": "2019-05-01", "modified": "2020-02-29T23:59:59Z"},
            "stated": {"title": "Told"},
        },
    ),
    "attachments": Case(_made(_attached), {"whole": True, "pages": 1}),
    "link": Case(_made(_linked), {"links": {"link": 1}}),
    "outline": Case(_made(_outlined), {"outline": [{"title": "One", "level": 1, "page": 1}]}),
    "looping-outline": Case(_made(_looping_outline), {"pages": 1, "whole": True}),
    "looping-names": Case(_made(_looping_names), {"pages": 1, "attachments": []}),
    "looping-form": Case(_made(_looping_form), {"pages": 1, "image_count": 0}),
    "odd-values": Case(_made(_odd_values), {"pages": 1, "page_sizes": []}),
    "rotated": Case(
        _made(lambda writer: writer.pages[0].rotate(90)),
        {"page_sizes": [{"width": 200.0, "height": 100.0, "pages": 1}]},
    ),
    "hundred-pages": Case(_made(pages=100), {"pages": 100, "image_count": 0, "whole": True}),
    "no-eof": Case(_TWO[:-6], _OPEN | {"whole": False}, (_EOF, "pdf.warning")),
    "cut-late": Case(_TWO[:-200], {"whole": False}, _GONE),
    "cut-half": Case(_TWO[: len(_TWO) // 2], {"whole": False}, _GONE),
    "cut-nine": Case(_NINE[: len(_NINE) // 2], {"whole": False}, _GONE),
    "head-only": Case(_TWO[:20], {"whole": False, "readable": False}, _GONE),
    "hollow": Case(b"%PDF-1.4\n%%EOF", {"whole": False, "readable": False}, (_START, "pdf.unreadable")),
    "junk-before": Case(b"junk" * 10 + _TWO, {"pages": 2}, ("pdf.junk-before-header", "pdf.warning")),
    "junk-after": Case(_TWO + b"\0" * 2000, {"pages": 2}, (_EOF, _START)),
    "wrong-startxref": Case(
        _TWO[: _TWO.rindex(b"startxref")] + b"startxref\n3\n%%EOF\n", {"pages": 2}, ("pdf.warning",)
    ),
    "shifted-objects": Case(_TWO[:9] + b"%" + b"x" * 30 + b"\n" + _TWO[9:], {"pages": 2}, ("pdf.warning",)),
    "page-tree-in-itself": Case(_TREE, {"readable": False}, ("pdf.unreadable", "pdf.warning")),
}
