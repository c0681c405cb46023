"""How does a citation read as text?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.reports.citations.notes import document_note, page_notes

if TYPE_CHECKING:
    from preserve.model.citation import Citation, Name

__all__ = ["plain"]


def plain(citation: Citation) -> str:
    """Return a paragraph for the page, one for each document; days are written as ISO 8601 has them."""
    said = ". ".join(
        part
        for part in (
            _people(citation.authors),
            f"“{citation.title}”",
            ", ".join(part for part in (citation.publication, citation.section, citation.issued) if part),
            f"<{citation.url}>",
        )
        if part
    )
    lines = [f"{said}.", *(f"  {note}" for note in page_notes(citation))]
    for document in citation.documents:
        people = _people(document.authors)
        lines += [
            "",
            f"{people}{'. ' if people else ''}“{document.title}”. <{document.url}>.",
            f"  {document_note(document, citation)}",
        ]
    return "\n".join(lines) + "\n"


def _people(names: tuple[Name, ...]) -> str:
    words = [name.literal for name in names]
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
