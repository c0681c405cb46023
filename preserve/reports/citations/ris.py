"""How is a citation written in RIS, the tagged format of reference managers?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.reports.citations.notes import day, document_note, page_notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preserve.model.citation import Citation, Name

__all__ = ["ris"]

_END = "\r\n"
"""Every line ends so (RIS Format Specifications, 2011)."""
_PRINT, _WEB, _FILE = "NEWS", "ELEC", "GEN"


def ris(citation: Citation) -> str:
    """Return an entry of type NEWS for what a newspaper printed, else ELEC; then GEN for each document."""
    kind = _PRINT if citation.printed else _WEB
    lines = [
        *_entry(
            kind,
            [
                *_authors(citation.authors),
                ("TI", citation.title),
                ("T2", citation.publication),
                ("SE", citation.section),
                ("PY", citation.issued[:4]),
                ("DA", _date(citation.issued)),
                ("LA", citation.language),
                ("UR", citation.url),
                ("Y2", _date(day(citation.captured_at))),
                *(("N1", note) for note in page_notes(citation)),
                *(("L1", document.url) for document in citation.documents),
                ("ID", citation.key),
            ],
        )
    ]
    for document in citation.documents:
        lines += _entry(
            _FILE,
            [
                *_authors(document.authors),
                ("TI", document.title),
                ("UR", document.url),
                ("Y2", _date(day(citation.captured_at))),
                ("N1", document_note(document, citation)),
                ("ID", document.key),
            ],
        )
    return _END.join(lines) + _END


def _entry(kind: str, fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"TY  - {kind}"
    yield from (f"{tag}  - {value}" for tag, value in fields if value)
    yield "ER  - "


def _authors(names: tuple[Name, ...]) -> Iterator[tuple[str, str]]:
    """Yield ``Family, Given, Suffix``; a name without parts as it is, its commas taken out."""
    for name in names:
        if not name.family:
            yield "AU", name.literal.replace(",", "")
            continue
        family = " ".join(part for part in (name.particle, name.family) if part)
        yield "AU", ", ".join(part for part in (family, name.given, name.suffix) if part)


def _date(iso: str) -> str:
    """Return ``YYYY/MM/DD/``: four parts, of which the last ones may be empty."""
    return "/".join([*iso.split("-"), "", "", ""][:4]) if iso else ""
