"""Which sentences stand in the note of a citation, whatever its format?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.capture import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.model.citation import Citation, CitedDocument

__all__ = ["day", "document_note", "page_notes"]


def day(instant: str) -> str:
    """Return the day of an instant."""
    return instant[:10]


def page_notes(citation: Citation) -> Iterator[str]:
    """Yield who put it on the web, the capture with its digest, credits, licence, disagreements."""
    if citation.republished and (citation.site or citation.posted):
        on = f" on {citation.posted}" if citation.posted else ""
        yield f"Put on the web by {citation.site or 'the site of the address'}{on}."
    yield (
        f"Captured {citation.captured_at} by {citation.software}, package {citation.capture}, "
        f"{citation.tagmanifest} of tagmanifest-sha256.txt."
    )
    if citation.verdict is not Verdict.COMPLETE:
        yield " ".join((f"The capture is {citation.verdict}.", *citation.reasons))
    if citation.credits:
        yield f"Pictures: {'; '.join(citation.credits)}."
    if citation.licence:
        yield f"Licence, by the page's word: {citation.licence}."
    yield from citation.disputed


def document_note(document: CitedDocument, citation: Citation) -> str:
    """Return what a document is, where it was linked, and its digest."""
    pages = f", {document.pages} page{'' if document.pages == 1 else 's'}" if document.pages else ""
    return (
        f"Linked as “{document.name}” ({document.media_type}{pages}, {document.size_bytes} bytes, "
        f"{document.digest}) by {citation.url}, captured {citation.captured_at} in package "
        f"{citation.capture}, {citation.tagmanifest} of tagmanifest-sha256.txt."
    )
