"""Tests of the facts of ``preserve.capturers.pdf``, against what was written and two other readers."""

from __future__ import annotations

import hashlib
import io
import logging
from typing import TYPE_CHECKING, cast

import pikepdf
import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    RectangleObject,
    TextStringObject,
)

from preserve.capturers.pdf import PdfCapturer
from preserve.capturers.pdf_objects import date
from preserve.demo.document import PAGES, booklet
from preserve.model.inspection import Content, Inspection, Json

if TYPE_CHECKING:
    from collections.abc import Iterator

XMP = b"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''
 xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'
 xmlns:pdfuaid='http://www.aiim.org/pdfua/ns/id/' pdfaid:part='2' pdfaid:conformance='B'>
<pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>A title</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Jane Roe</rdf:li><rdf:li>John Doe</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep pypdf's warnings off the test's own log: a worker collects them."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _inspect(data: bytes) -> Inspection:
    content = Content(
        url="https://a.example/f/x.pdf",
        media_type="application/pdf",
        charset=None,
        size_bytes=len(data),
        stream=io.BytesIO(data),
    )
    return PdfCapturer().inspect(content)


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _facts(writer: PdfWriter) -> dict[str, Json]:
    seen = _inspect(_written(writer))
    assert () == seen.problems
    return dict(seen.facts)


def _blank(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 200)
    return writer


def test_pictures_of_nine_pages_are_those_that_pikepdf_sees() -> None:
    """Page, size and raw digest of every picture of the nine pages are those that pikepdf gives."""
    expected = []
    with pikepdf.open(io.BytesIO(booklet())) as document:
        for number, page in enumerate(document.pages, 1):
            # Not Page.images, which newer versions deprecate, nor get_images, which older ones lack.
            for image in page.resources.get("/XObject", pikepdf.Dictionary()).values():
                raw = image.read_raw_bytes()
                size = (int(str(image.Width)), int(str(image.Height)))
                expected.append((number, *size, hashlib.sha256(raw).hexdigest(), len(raw)))
    seen = cast("list[dict[str, Json]]", _inspect(booklet()).facts["images"])
    assert 6 == len(expected)
    names = ("page", "width", "height", "sha256", "size_bytes")
    assert expected == [tuple(image[name] for name in names) for image in seen]


def test_sizes_and_pictures_of_nine_pages_are_those_that_pdfium_sees() -> None:
    """The number of pages, their sizes and the pixels of their pictures are those that PDFium gives."""
    document = pypdfium2.PdfDocument(booklet())
    try:
        sizes = [document.get_page_size(number) for number in range(len(document))]
        pictures = [
            (number + 1, *image.get_px_size())
            for number in range(len(document))
            for image in document[number].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        ]
    finally:
        document.close()
    facts = _inspect(booklet()).facts
    runs = cast("list[dict[str, Json]]", facts["page_sizes"])
    assert [tuple(map(round, size)) for size in sizes] == [
        (round(cast("float", run["width"])), round(cast("float", run["height"])))
        for run in runs
        for _ in range(cast("int", run["pages"]))
    ]
    images = cast("list[dict[str, Json]]", facts["images"])
    assert pictures == [(image["page"], image["width"], image["height"]) for image in images]
    assert len(PAGES) == facts["pages"]


def test_statements_with_their_sources() -> None:
    """What the information dictionary and the XMP packet state stands side by side, with where it stood."""
    writer = _blank()
    writer.add_metadata(
        {
            "/Title": "A title",
            "/Author": "Somebody",
            "/Creator": "Word",
            "/CreationDate": "D:20190501102030+02'00'",
        }
    )
    packet = DecodedStreamObject()
    packet.set_data(XMP)
    writer.root_object[NameObject("/Metadata")] = writer._add_object(packet)  # noqa: SLF001 - pypdf has no other way
    facts = _facts(writer)
    stated = cast("dict[str, list[dict[str, Json]]]", facts["stated"])
    assert [{"value": "A title", "sources": ["info", "xmp"]}] == stated["title"]
    assert [("Somebody", ["info"]), ("Jane Roe", ["xmp"]), ("John Doe", ["xmp"])] == [
        (each["value"], each["sources"]) for each in stated["creator"]
    ]
    assert [["PDF/A-2B", "PDF/UA-1"], {"created": "2019-05-01T10:20:30+02:00"}] == [
        facts["conformance"],
        facts["dates"],
    ]
    metadata = cast("dict[str, str]", facts["metadata"])
    assert "D:20190501102030+02'00'" == metadata["created"]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("D:2019", "2019"),
        ("D:201905", "2019-05"),
        ("20190501", "2019-05-01"),
        ("D:20190501102030Z", "2019-05-01T10:20:30Z"),
        ("D:20190501102030-05'30'", "2019-05-01T10:20:30-05:30"),
        ("D:201905011020", "2019-05-01T10:20"),
        ("D:2019050110", "2019-05-01"),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_dates_are_read_as_far_as_they_go(stated: str, expected: str) -> None:
    """A date becomes what ISO 8601 has for it, as exact as it was stated; anything else becomes nothing."""
    assert expected == date(stated)


def test_outline_with_levels_and_pages() -> None:
    """The entries of the outline stand in order, with their level and the page they lead to."""
    writer = _blank(3)
    first = writer.add_outline_item(title="One", page_number=0)
    writer.add_outline_item(title="One and a half", page_number=1, parent=first)
    writer.add_outline_item(title="Two", page_number=2)
    assert [
        {"title": "One", "level": 1, "page": 1},
        {"title": "One and a half", "level": 2, "page": 2},
        {"title": "Two", "level": 1, "page": 3},
    ] == _facts(writer)["outline"]


def test_attachments_are_listed() -> None:
    """An attached file is listed with its name and the digest of its stream as stored."""
    writer = _blank()
    writer.add_attachment("notes.txt", b"in confidence")
    (found,) = cast("list[dict[str, Json]]", _facts(writer)["attachments"])
    assert ["notes.txt", hashlib.sha256(b"in confidence").hexdigest(), 13] == [
        found[name] for name in ("name", "sha256", "size_bytes")
    ]


def test_fonts_embedded_or_not() -> None:
    """A font is listed once, with its type, and whether the file has it."""
    facts = _inspect(booklet()).facts
    assert [("Times-Bold", "Type1", False), ("Times-Roman", "Type1", False)] == [
        (font["name"], font["type"], font["embedded"])
        for font in cast("list[dict[str, Json]]", facts["fonts"])
    ]
    writer = _blank()
    program = DecodedStreamObject()
    program.set_data(b"font")
    descriptor = DictionaryObject({NameObject("/FontFile2"): writer._add_object(program)})  # noqa: SLF001 - as above
    font = DictionaryObject(
        {
            NameObject("/Subtype"): NameObject("/TrueType"),
            NameObject("/BaseFont"): NameObject("/ABCDEF+Vera"),
            NameObject("/FontDescriptor"): descriptor,
        }
    )
    writer.pages[0][NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font, NameObject("/F2"): font})}
    )
    assert [{"name": "Vera", "type": "TrueType", "embedded": True, "subset": True}] == _facts(writer)["fonts"]


def test_pages_of_many_sizes() -> None:
    """Sizes stand in runs, as shown: crop box, rotation and user unit heeded."""
    writer = _blank(4)
    writer.pages[1].rotate(90)
    writer.pages[2][NameObject("/CropBox")] = RectangleObject((10, 10, 60, 60))
    writer.pages[3][NameObject("/UserUnit")] = NumberObject(2)
    assert [(100.0, 200.0), (200.0, 100.0), (50.0, 50.0), (200.0, 400.0)] == [
        (run["width"], run["height"]) for run in cast("list[dict[str, Json]]", _facts(writer)["page_sizes"])
    ]


@pytest.mark.parametrize("covered", [True, False])
def test_signatures_are_listed(*, covered: bool) -> None:
    """A signature that is present is listed, with what it states and whether it is over the whole file."""
    writer = _blank()
    signature = DictionaryObject(
        {
            NameObject("/SubFilter"): NameObject("/adbe.pkcs7.detached"),
            NameObject("/Name"): TextStringObject("Jane Roe"),
            NameObject("/M"): TextStringObject("D:20200101000000Z"),
            NameObject("/Contents"): ByteStringObject(b"\0" * 8),
            NameObject("/ByteRange"): ArrayObject([NumberObject(value) for value in (0, 9, 9, 111_111)]),
        }
    )
    field = DictionaryObject(
        {
            NameObject("/FT"): NameObject("/Sig"),
            NameObject("/T"): TextStringObject("Signature1"),
            NameObject("/V"): writer._add_object(signature),  # noqa: SLF001 - pypdf has no other way
        }
    )
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject([field])}
    )
    data = _written(writer)
    after = len(data) - 9 if covered else len(data) - 10
    data = data.replace(b"111111", b"%6d" % after)
    (found,) = cast("list[dict[str, Json]]", _inspect(data).facts["signatures"])
    assert ["Signature1", "Jane Roe", "2020-01-01T00:00:00Z", "adbe.pkcs7.detached", covered] == [
        found[name] for name in ("field", "name", "date", "filter", "covers_whole_file")
    ]


def test_encryption_is_described() -> None:
    """An encrypted document says with what, and what its author allows."""
    writer = _blank()
    writer.encrypt("", "owner", algorithm="AES-256")
    encryption = cast("dict[str, Json]", _facts(writer)["encryption"])
    assert ["Standard", 5, 256] == [encryption[name] for name in ("filter", "version", "bits")]
    assert "print" in cast("list[str]", encryption["allowed"])


def test_revisions_are_counted() -> None:
    """A document that was added to by saving it again says how often."""
    first = _written(_blank())
    out = io.BytesIO()
    writer = PdfWriter(io.BytesIO(first), incremental=True)
    writer.add_metadata({"/Title": "Later"})
    writer.write(out)
    assert [1, 2] == [_inspect(data).facts["revisions"] for data in (first, out.getvalue())]
    assert 1 == len(PdfReader(io.BytesIO(out.getvalue())).pages)


def test_language_tags_and_scripts() -> None:
    """Language, tagging and a script of the document are told from its catalogue."""
    writer = _blank()
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.beep()")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    writer.root_object[NameObject("/Lang")] = TextStringObject("de-DE")
    facts = _facts(writer)
    assert ["de-DE", False, True, 0] == [
        facts[name] for name in ("language", "tagged", "scripts", "form_fields")
    ]
