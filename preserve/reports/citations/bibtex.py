"""How is a citation written for BibTeX and biblatex?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from preserve.reports.citations.notes import day, document_note, page_notes

if TYPE_CHECKING:
    from preserve.model.citation import Citation, Name

__all__ = ["bibtex"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Characters that mean something to TeX (The TeXbook, chapter 7) or to BibTeX's reader of braces.
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPECIAL = re.compile("[" + re.escape("".join(_TEX)) + "]")
# biblatex and \url take an address as it is: only what would end or hide the field is percent-encoded.
_URL = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20", '"': "%22"}
_URL_SPECIAL = re.compile("[" + re.escape("".join(_URL)) + "]")


def bibtex(citation: Citation) -> str:
    """Return an ``@article`` for what a newspaper printed, else ``@misc``; and ``@misc`` for documents."""
    printed = citation.printed
    fields = {
        "author": _authors(citation.authors),
        "title": f"{{{_tex(citation.title)}}}",
        ("journal" if printed and citation.publication else "howpublished"): _tex(citation.publication),
        **_date(citation.issued),
        "url": _url(citation.url),
        "urldate": day(citation.captured_at),
        "language": _tex(citation.language),
        "note": _tex(" ".join(page_notes(citation))),
    }
    entries = [_entry("article" if "journal" in fields else "misc", citation.key, fields)]
    entries += [
        _entry(
            "misc",
            document.key,
            {
                "author": _authors(document.authors),
                "title": f"{{{_tex(document.title)}}}",
                "url": _url(document.url),
                "urldate": day(citation.captured_at),
                "note": _tex(document_note(document, citation)),
            },
        )
        for document in citation.documents
    ]
    return "\n".join(entries)


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = [f"  {name} = {_braced(name, value)},\n" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n{''.join(lines)}}}\n"


def _braced(name: str, value: str) -> str:
    """Return a value in braces; a month is one of BibTeX's own macros and has none."""
    return value if name == "month" else f"{{{value}}}"


def _date(issued: str) -> dict[str, str]:
    year, _, rest = issued.partition("-")
    month, _, number = rest.partition("-")
    named = _MONTHS[int(month) - 1] if month and 1 <= int(month) <= len(_MONTHS) else ""
    return {"year": year, "month": named, "day": number.lstrip("0")}


def _authors(names: tuple[Name, ...]) -> str:
    return " and ".join(_author(name) for name in names)


def _author(name: Name) -> str:
    """Return ``von Last, Jr, First``; a name without parts stands in braces and is not taken apart."""
    if not name.family:
        return f"{{{_tex(name.literal)}}}"
    last = " ".join(part for part in (_part(name.particle), _part(name.family)) if part)
    return ", ".join(part for part in (last, _part(name.suffix), _part(name.given)) if part)


def _part(text: str) -> str:
    """Return part of a name; in braces where a comma or "and" within would split it."""
    escaped = _tex(text)
    return f"{{{escaped}}}" if "," in text or " and " in f" {text} " else escaped


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda found: _TEX[found[0]], text)


def _url(text: str) -> str:
    return _URL_SPECIAL.sub(lambda found: _URL[found[0]], text)
