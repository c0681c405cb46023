"""How is a citation written as CSL-JSON, which citation processors read?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from preserve.reports.citations.notes import day, document_note, page_notes

if TYPE_CHECKING:
    from preserve.model.citation import Citation, Name
    from preserve.model.inspection import Json

__all__ = ["csl"]


def csl(citation: Citation) -> str:
    """Return a list of items (CSL 1.0.2): the page, then each document."""
    page: dict[str, Json] = {
        "id": citation.key,
        "type": "article-newspaper" if citation.printed else "webpage",
        "title": citation.title,
        "author": [_name(name) for name in citation.authors],
        "container-title": citation.publication,
        "section": citation.section,
        "issued": _date(citation.issued),
        "accessed": _date(day(citation.captured_at)),
        "URL": citation.url,
        "language": citation.language,
        "archive": citation.capture,
        "archive_location": citation.tagmanifest,
        "note": " ".join(page_notes(citation)),
    }
    items: list[Json] = [_filled(page)]
    for document in citation.documents:
        item: dict[str, Json] = {
            "id": document.key,
            "type": "document",
            "title": document.title,
            "author": [_name(name) for name in document.authors],
            "accessed": _date(day(citation.captured_at)),
            "URL": document.url,
            "number-of-pages": document.pages,
            "archive": citation.capture,
            "archive_location": document.digest,
            "note": document_note(document, citation),
        }
        items.append(_filled(item))
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _filled(item: dict[str, Json]) -> Json:
    return {key: value for key, value in item.items() if value}


def _name(name: Name) -> Json:
    if not name.family:
        return {"literal": name.literal}
    return {
        key: value
        for key, value in (
            ("family", name.family),
            ("given", name.given),
            ("non-dropping-particle", name.particle),
            ("suffix", name.suffix),
        )
        if value
    }


def _date(iso: str) -> Json:
    return {"date-parts": [[int(part) for part in iso.split("-")]]} if iso else None
