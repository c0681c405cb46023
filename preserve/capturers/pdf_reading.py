"""What does pypdf see in a document?"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from preserve.capturers.references import LinkList, fold, link_counts
from preserve.model.digest import Digest
from preserve.model.inspection import Content, Inspection, Json, Problem
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["read"]

# What pypdf was seen to raise on malformed documents (fuzzed), beside its own errors: it trusts the types
# of what it reads. MemoryError is not among them: that is for the worker to report.
FAULTS = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

_PAGES_MOST = 20_000
_IMAGES_MOST = 5_000
_FORMS_DEEP = 8  # form XObjects within one another
_VALUE_MOST = 1_000

# Document information dictionary, ISO 32000-2 table 349
_METADATA = {
    "title": "/Title",
    "author": "/Author",
    "subject": "/Subject",
    "keywords": "/Keywords",
    "creator": "/Creator",
    "producer": "/Producer",
    "created": "/CreationDate",
    "modified": "/ModDate",
}


def read(content: Content, problems: list[Problem]) -> Inspection:
    """
    Return what a document holds, with the problems found before and here.

    Facts: ``version``, ``pages``, ``encrypted``, ``readable`` (opened without a password), ``metadata``
    (strings as stated), ``image_count`` (pictures as they stand on pages; in-line images are not
    counted) and ``images``: ``page``, ``name``, ``width``, ``height``, ``filter``, and ``sha256`` and
    ``size_bytes`` of the stream as stored, its filters not undone.
    """
    reading = _Reading(content, problems)
    reading.read()
    return Inspection(
        facts=reading.facts, links=tuple(reading.links.links), problems=(*problems, *reading.links.problems)
    )


class _Reading:
    """One document being read: facts, links and problems as they come."""

    def __init__(self, content: Content, problems: list[Problem]) -> None:
        self._content = content
        self._problems = problems
        self._digests: dict[tuple[int, int], tuple[str, int]] = {}
        self._images: list[Json] = []
        self.links = LinkList(content.url)
        self.facts: dict[str, Json] = {"pages": None, "encrypted": False, "readable": False}

    def read(self) -> None:
        """Read all that can be read; each part that fails is a problem and the next is tried."""
        try:
            reader = PdfReader(self._content.stream)
            self.facts["version"] = str(reader.pdf_header).removeprefix("%PDF-")
            self.facts["encrypted"] = bool(reader.is_encrypted)
            if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
                self._problem(
                    "pdf.password", "The document opens only with a password; nothing in it was read."
                )
                return
            pages = len(reader.pages)
        except FAULTS as exc:
            self._fault("pdf.unreadable", "The document could not be opened", exc)
            return
        self.facts["readable"] = True
        self.facts["pages"] = pages
        self._try("metadata", "The metadata could not be read", lambda: _metadata(reader))
        if pages > _PAGES_MOST:
            self._problem("pdf.too-many-pages", f"Only the first {_PAGES_MOST} of {pages} pages were opened.")
        for number in range(min(pages, _PAGES_MOST)):
            try:
                self._page(reader.pages[number], number + 1)
            except FAULTS as exc:
                self._fault("pdf.page-unreadable", f"Page {number + 1} could not be read", exc)
        self.facts["image_count"] = len(self._images)
        self.facts["images"] = self._images
        self.facts["links"] = link_counts(self.links.links)

    def _page(self, page: DictionaryObject, number: int) -> None:
        for name, image in _images(_inherited(page, "/Resources"), _FORMS_DEEP, set()):
            if len(self._images) >= _IMAGES_MOST:
                break
            self._image(image, name, number)
        for annotation in _array(page.get("/Annots")):
            action = _dictionary(_dictionary(annotation).get("/A"))
            uri = _text(action.get("/URI"))
            if uri:
                self.links.add(uri, Kind.LINK, element="pdf", attribute="annotation", text=f"page {number}")

    def _image(self, image: StreamObject, name: str, number: int) -> None:
        reference = image.indirect_reference
        key = (reference.idnum, reference.generation) if reference else (0, id(image))
        if key not in self._digests:
            # The base class gives the stream as stored; subclasses undo the filters.
            raw = StreamObject.get_data(image)
            self._digests[key] = (Digest.of(raw).value, len(raw))
        sha256, size = self._digests[key]
        filters = [_text(entry) for entry in _array(image.get("/Filter"))] or [_text(image.get("/Filter"))]
        self._images.append(
            {
                "page": number,
                "name": name.removeprefix("/"),
                "width": _number(image.get("/Width")),
                "height": _number(image.get("/Height")),
                "filter": " ".join(entry.removeprefix("/") for entry in filters),
                "sha256": sha256,
                "size_bytes": size,
            }
        )

    def _try(self, fact: str, sentence: str, get: Callable[[], Json]) -> None:
        try:
            self.facts[fact] = get()
        except FAULTS as exc:
            self._fault(f"pdf.no-{fact}", sentence, exc)

    def _fault(self, code: str, sentence: str, exc: BaseException) -> None:
        words = fold(str(exc)) or type(exc).__name__
        self._problem(code, f"{sentence}: {words}.")

    def _problem(self, code: str, message: str) -> None:
        self._problems.append(Problem(code=code, message=message))


def _metadata(reader: PdfReader) -> Json:
    information = reader.metadata or DictionaryObject()
    stated = {name: _text(information.get(key)) for name, key in _METADATA.items()}
    return {name: value for name, value in stated.items() if value}


def _inherited(page: DictionaryObject, key: str) -> DictionaryObject:
    """Return an attribute of a page or of the nodes above it. ISO 32000-2, 7.7.3.4."""
    node = page
    for _ in range(_VALUE_MOST):
        if key in node:
            return _dictionary(node.get(key))
        node = _dictionary(node.get("/Parent"))
        if not node:
            break
    return DictionaryObject()


def _images(resources: DictionaryObject, deep: int, seen: set[int]) -> Iterator[tuple[str, StreamObject]]:
    """Yield name and stream of every image XObject, those within form XObjects too."""
    objects = _dictionary(resources.get("/XObject"))
    for name in objects:
        entry = _object(objects.get(name))
        if not isinstance(entry, StreamObject):
            continue
        if entry.get("/Subtype") == "/Image":
            yield str(name), entry
        elif deep and id(entry) not in seen:
            seen.add(id(entry))
            yield from _images(_dictionary(entry.get("/Resources")), deep - 1, seen)


def _object(value: object) -> object:
    return value.get_object() if isinstance(value, IndirectObject | PdfObject) else value


def _dictionary(value: object) -> DictionaryObject:
    found = _object(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _array(value: object) -> list[object]:
    found = _object(value)
    return list(found) if isinstance(found, ArrayObject) else []


def _text(value: object) -> str:
    """Return a string or name as text that can be written as UTF-8; empty for anything else."""
    found = _object(value)
    if isinstance(found, bytes):
        found = found.decode("latin-1")
    return fold(found.encode("utf-8", "replace").decode(), _VALUE_MOST) if isinstance(found, str) else ""


def _number(value: object) -> int | None:
    found = _object(value)
    return int(found) if isinstance(found, int) else None
