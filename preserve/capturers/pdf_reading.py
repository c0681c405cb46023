"""What does pypdf see in a document? Content streams are not decoded: that can be done later."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from pypdf import PasswordType, PdfReader

from preserve.capturers.pdf_document import (
    attachments,
    document_facts,
    encryption,
    outline,
    signatures,
    statements,
)
from preserve.capturers.pdf_objects import FAULTS
from preserve.capturers.pdf_pages import Pages
from preserve.capturers.references import LinkList, fold, link_counts
from preserve.model.inspection import Content, Inspection, Json, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read"]

_PAGES_MOST = 20_000
_FAULTS_MOST = 20
_EOF = b"%%EOF"
_HEAD_BYTES = 1024
_END = b"\nstartxref\n0\n%%EOF\n"


def read(content: Content, problems: list[Problem]) -> Inspection:
    """
    Return what a document holds, with the problems found before and here.

    The facts are listed in docs/facts.md.
    """
    content.stream.seek(0)
    reading = _Reading(content, content.stream.read(), problems)
    reading.read()
    facts = reading.facts
    damaged = any(problem.code in _DAMAGES for problem in problems)
    facts["whole"] = False if damaged else (True if facts["readable"] else None)
    return Inspection(
        facts=facts, links=tuple(reading.links.links), problems=(*problems, *reading.links.problems)
    )


_DAMAGES = frozenset({"pdf.no-eof", "pdf.no-header", "pdf.page-unreadable", "pdf.unreadable"})


class _Reading:
    """One document being read: facts, links and problems as they come."""

    def __init__(self, content: Content, data: bytes, problems: list[Problem]) -> None:
        self._data = data
        self._problems = problems
        self.links = LinkList(content.url)
        self.facts: dict[str, Json] = {"pages": None, "encrypted": False, "readable": False}

    def read(self) -> None:
        """Read all that can be read; each part that fails is a problem and the next is tried."""
        try:
            reader = self._opened()
            self.facts["version"] = str(reader.pdf_header).removeprefix("%PDF-")
            self.facts["encrypted"] = bool(reader.is_encrypted)
            if reader.is_encrypted:
                self._try("encryption", lambda: {"encryption": encryption(reader)})
            if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
                message = "The document opens only with a password; nothing in it was read."
                self._problem("pdf.password", message)
                return
            count = len(reader.pages)
        except FAULTS as exc:
            self._fault("pdf.unreadable", "The document could not be opened", exc)
            return
        self.facts |= {"readable": True, "pages": count, "revisions": self._revisions()}
        pages = self._pages(reader, count)
        self._try("metadata", lambda: statements(reader))
        self._try("catalogue", lambda: document_facts(reader))
        self._try("outline", lambda: {"outline": outline(reader)})
        self._try("attachments", lambda: {"attachments": attachments(reader, pages.attached)})
        self._try("signatures", lambda: {"signatures": signatures(reader, len(self._data))})
        self.facts |= pages.facts()
        self.facts["links"] = link_counts(self.links.links)

    def _opened(self) -> PdfReader:
        """Open the document; one whose end is missing, with an end added, so that its objects are sought."""
        try:
            return PdfReader(BytesIO(self._data))
        except FAULTS:
            if _EOF in self._data[-_HEAD_BYTES:]:
                raise
            return PdfReader(BytesIO(self._data + _END))

    def _revisions(self) -> int:
        """Count the ends of file, of which a linearised document has one more. Sections 7.5.6 and annex F."""
        return self._data.count(_EOF) - (b"/Linearized" in self._data[:_HEAD_BYTES])

    def _pages(self, reader: PdfReader, count: int) -> Pages:
        pages = Pages(self.links)
        if count > _PAGES_MOST:
            self._problem("pdf.too-many-pages", f"Only the first {_PAGES_MOST} of {count} pages were opened.")
        faults = 0
        for number in range(min(count, _PAGES_MOST)):
            try:
                pages.take(reader.pages[number], number + 1)
            except FAULTS as exc:
                faults += 1
                self._fault("pdf.page-unreadable", f"Page {number + 1} could not be read", exc)
            if faults >= _FAULTS_MOST:
                self._problem("pdf.page-unreadable", f"Pages after page {number + 1} were not tried.")
                break
        return pages

    def _try(self, part: str, get: Callable[[], dict[str, Json]]) -> None:
        try:
            self.facts |= get()
        except FAULTS as exc:
            self._fault("pdf.part-unreadable", f"Its {part} could not be read", exc)

    def _fault(self, code: str, sentence: str, exc: BaseException) -> None:
        words = fold(str(exc)).rstrip(".") or type(exc).__name__
        self._problem(code, f"{sentence}: {words}.")

    def _problem(self, code: str, message: str) -> None:
        self._problems.append(Problem(code=code, message=message))
