"""Is BibTeX read as it was meant, by a parser that is not ours?"""

from __future__ import annotations

import attrs
import pytest
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts

from preserve.model.citation import Citation, Name
from preserve.reports.citations.bibtex import bibtex
from tests.reports.citations.conftest import AWKWARD, DIGEST, awkward

Entries = dict[str, dict[str, str]]


def read(text: str) -> Entries:
    """Return each entry's fields by key, TeX decoded but for addresses; fail on what the parser dislikes."""
    library = parse_string(text)
    decoded = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert [] == [*library.failed_blocks, *library.comments, *decoded.failed_blocks]
    found: Entries = {}
    for entry in decoded.entries:
        # The decoder makes of TeX's circumflex a letter of its own, U+02C6.
        fields = {field.key: field.value.replace("\u02c6", "^") for field in entry.fields}
        fields["url"] = library.entries_dict[entry.key]["url"]
        found[entry.key] = {"type": entry.entry_type, **fields}
    return found


def test_what_was_printed_is_an_article(citation: Citation) -> None:
    """Author, title, newspaper, day of print, address and day of capture stand in their fields."""
    page = read(bibtex(citation))["hallam1987lamplighters"]
    wanted = {
        "type": "article",
        "journal": "The Pellwick Evening Mercury",
        "year": "1987",
        "day": "14",
        "url": citation.url,
        "urldate": "2026-11-22",
        "language": "en-GB",
    }
    assert wanted == {key: page[key] for key in wanted}
    assert "The Lamplighters of Pellwick Quay" == page["title"].strip("{}")
    for part in (DIGEST, "2026-11-22T10:15:00.000Z", "Photo: D. Farrant", "Notes from Saltmarsh Lane"):
        assert part in page["note"]


def test_months_are_macros(citation: Citation) -> None:
    """A month is BibTeX's own macro, and a date without a day has none."""
    assert "\n  month = mar,\n  day = {14},\n" in bibtex(citation)
    text = bibtex(attrs.evolve(citation, issued="1998-12"))
    assert "\n  month = dec,\n" in text
    assert "day =" not in text


def test_authors_are_told_apart(citation: Citation) -> None:
    """Particles and suffixes go where BibTeX looks for them; a body with "and" in its name stays one."""
    library = parse_string(bibtex(citation), append_middleware=[SeparateCoAuthors(), SplitNameParts()])
    found = [
        (part.first, part.von, part.last, part.jr)
        for part in library.entries_dict["hallam1987lamplighters"]["author"]
    ]
    assert [
        (["Corwin"], [], ["Hallam"], []),
        (["Jean"], ["de", "la"], ["Tour"], ["Jr."]),
        ([], [], ["{Fisher and Sons News Agency}"], []),
    ] == found


def test_documents_are_entries(citation: Citation) -> None:
    """A linked document is an entry of its own, with its digest, size and pages."""
    document = read(bibtex(citation))["hallam1987lamplightersdocument1"]
    assert ("misc", "Thwaite, Ansel") == (document["type"], document["author"])
    for part in (DIGEST, "9 pages", "716822 bytes", "wick book.pdf"):
        assert part in document["note"]


@pytest.mark.parametrize("field", ["title", "publication", "site", "language"])
def test_texts_come_back_as_they_were(citation: Citation, field: str) -> None:
    """Characters that mean something to TeX or BibTeX are escaped, so that the text comes back."""
    page = read(bibtex(awkward(citation, field)))[citation.key]
    where = {"publication": "journal", "site": "note"}.get(field, field)
    assert AWKWARD in page[where]


def test_names_come_back_as_they_were(citation: Citation) -> None:
    """The same for names, whole and in parts."""
    names = (Name(literal=AWKWARD), Name(literal="x", given="A & B", family="C, and D"))
    page = read(bibtex(attrs.evolve(citation, authors=names)))[citation.key]
    assert page["author"].startswith(f"{AWKWARD} and ")
    assert "A & B" in page["author"]


@pytest.mark.parametrize("evil", ["}", "{", "}}\n@misc{x,", "\\", "\\}", '"', "%", "@comment{"])
def test_no_text_ends_its_field(citation: Citation, evil: str) -> None:
    """Braces and backslashes that are not in pairs end neither field nor entry, in texts and in addresses."""
    text = bibtex(attrs.evolve(citation, title=evil, url=f"https://example.org/?{evil}", credits=(evil,)))
    assert {citation.key, f"{citation.key}document1"} == set(read(text))


def test_a_page_of_the_web_is_misc(citation: Citation) -> None:
    """What no newspaper printed is @misc, with its site under howpublished; empty fields are left out."""
    bare = attrs.evolve(
        citation, republished=False, printed=False, authors=(), issued="", language="", documents=()
    )
    page = read(bibtex(bare))[citation.key]
    assert ("misc", "The Pellwick Evening Mercury") == (page["type"], page["howpublished"])
    assert set() == {"author", "year", "month", "day", "language", "journal"} & set(page)
