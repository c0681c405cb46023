"""Tests of ``preserve.capturers.pdf``, on documents that Pillow and pypdf write."""

from __future__ import annotations

import hashlib
import io
import logging
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, RectangleObject

from preserve.capturers.pdf import PdfCapturer
from preserve.model.inspection import Content, Inspection, Json
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep pypdf's warnings off the test's own log: a worker collects them."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _pictures() -> bytes:
    """Return a document of two pages with a JPEG each."""
    pages = [Image.new("RGB", size, "teal") for size in ((40, 30), (20, 10))]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], title="Two", author="Jane Roe")
    return out.getvalue()


_PICTURES = _pictures()


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _inspect(data: bytes) -> Inspection:
    content = Content(
        url="https://a.example/f/x.pdf",
        media_type="application/pdf",
        charset=None,
        size_bytes=len(data),
        stream=io.BytesIO(data),
    )
    return PdfCapturer().inspect(content)


def _images(seen: Inspection) -> list[dict[str, Json]]:
    return cast("list[dict[str, Json]]", seen.facts["images"])


def test_pages_metadata_and_images() -> None:
    """A document's pages, stated metadata and pictures are facts, and a whole one has no problems."""
    seen = _inspect(_PICTURES)
    metadata = cast("dict[str, Json]", seen.facts["metadata"])
    assert [2, True, False, 2] == [
        seen.facts[key] for key in ("pages", "readable", "encrypted", "image_count")
    ]
    assert ["Two", "Jane Roe"] == [metadata["title"], metadata["author"]]
    assert [(1, 40, 30, "DCTDecode"), (2, 20, 10, "DCTDecode")] == [
        (image["page"], image["width"], image["height"], image["filter"]) for image in _images(seen)
    ]
    assert seen.problems == ()


def test_image_digest_is_of_the_stored_stream() -> None:
    """The digest is that of the picture's octets as they stand in the file: here, a JPEG."""
    image = _images(_inspect(_PICTURES))[0]
    start = _PICTURES.index(b"\xff\xd8\xff")
    end = _PICTURES.index(b"\xff\xd9", start) + 2
    assert [image["sha256"], image["size_bytes"]] == [
        hashlib.sha256(_PICTURES[start:end]).hexdigest(),
        end - start,
    ]


def test_pictures_within_forms_are_found() -> None:
    """A picture that a form XObject draws is listed, where the page inherits its resources too."""
    writer = PdfWriter(clone_from=io.BytesIO(_PICTURES))
    page = writer.pages[0]
    form = DecodedStreamObject()
    form.update({NameObject("/Subtype"): NameObject("/Form"), NameObject("/Resources"): page["/Resources"]})
    objects = DictionaryObject({NameObject("/Fm0"): writer._add_object(form)})  # noqa: SLF001 - pypdf has no other way
    parent = page["/Parent"]
    assert isinstance(parent, DictionaryObject)
    parent[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): objects})
    del page["/Resources"]
    assert [(1, 40), (2, 20)] == [
        (image["page"], image["width"]) for image in _images(_inspect(_written(writer)))
    ]


def test_links_of_annotations() -> None:
    """A URI annotation is a link with its page, resolved against the document's address."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_uri(0, "../b.html#c", RectangleObject((0, 0, 9, 9)))
    assert [(link.url, link.kind, link.element, link.text) for link in _inspect(_written(writer)).links] == [
        ("https://a.example/b.html", Kind.LINK, "pdf", "page 1")
    ]


def test_an_empty_password_is_tried() -> None:
    """A document encrypted for printing only opens; one with a password is said to be closed."""
    for password, readable in (("", True), ("secret", False)):
        writer = PdfWriter(clone_from=io.BytesIO(_PICTURES))
        writer.encrypt(password, "owner", algorithm="AES-256")
        seen = _inspect(_written(writer))
        assert [True, readable] == [seen.facts["encrypted"], seen.facts["readable"]]
        assert [problem.code for problem in seen.problems] == ([] if readable else ["pdf.password"])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_PICTURES[:-200], "pdf.no-eof"),
        (_PICTURES[: len(_PICTURES) // 2], "pdf.no-eof"),
        (b"junk" * 10 + _PICTURES, "pdf.junk-before-header"),
        (b"", "pdf.no-header"),
        (b"%PDF-1.4\n%%EOF", "pdf.unreadable"),
    ],
)
def test_what_is_wrong_is_named(data: bytes, code: str) -> None:
    """A document that is cut, prefixed, empty or hollow has the problem by name."""
    assert code in [problem.code for problem in _inspect(data).problems]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_damage_raises(data: st.DataObject) -> None:
    """However a document is damaged, there is an inspection."""
    octets = bytearray(_PICTURES)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(octets) - 1))
        octets[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=20))
    assert "pages" in _inspect(bytes(octets)).facts
