"""Is RIS read as it was meant, by a parser that is not ours?"""

from __future__ import annotations

from typing import Any

import attrs
import rispy

from preserve.model.citation import Citation, Name
from preserve.reports.citations.ris import ris
from tests.reports.citations.conftest import AWKWARD, DIGEST


def read(text: str) -> list[dict[str, Any]]:
    """Return the entries, none of them with a tag that the parser does not know."""
    entries: list[dict[str, Any]] = rispy.loads(text)
    assert [] == [entry["unknown_tag"] for entry in entries if entry.get("unknown_tag")]
    return entries


def test_what_was_printed_is_news(citation: Citation) -> None:
    """Authors, title, newspaper, days, address, note and document stand under their tags."""
    page, _ = read(ris(citation))
    wanted = {
        "type_of_reference": "NEWS",
        "authors": ["Hallam, Corwin", "de la Tour, Jean, Jr.", "Fisher and Sons News Agency"],
        "title": citation.title,
        "secondary_title": "The Pellwick Evening Mercury",
        "year": "1987",
        "date": "1987/03/14/",
        "access_date": "2026/11/22/",
        "urls": [citation.url],
        "language": "en-GB",
        "id": citation.key,
    }
    assert wanted == {key: page[key] for key in wanted}
    assert DIGEST in " ".join(page["notes"])
    assert [citation.documents[0].url] == [page["file_attachments1"]]


def test_documents_are_entries(citation: Citation) -> None:
    """A linked document is an entry of its own, with its digest."""
    _, document = read(ris(citation))
    assert ("GEN", ["Thwaite, Ansel"]) == (document["type_of_reference"], document["authors"])
    assert DIGEST in document["notes"][0]


def test_a_page_of_the_web(citation: Citation) -> None:
    """What no newspaper printed is ELEC; a month without day leaves the day empty."""
    (page,) = read(ris(attrs.evolve(citation, printed=False, issued="1998-12", documents=())))
    assert ("ELEC", "1998/12//") == (page["type_of_reference"], page["date"])


def test_texts_come_back_as_they_were(citation: Citation) -> None:
    """RIS has no escapes: a text of one line needs none, and one that looks like a tag is none."""
    texts = (AWKWARD, "ER  - x", "TY  - JOUR")
    for text in texts:
        page, _ = read(ris(attrs.evolve(citation, title=text, credits=(text,))))
        assert text == page["title"]
        assert f"Pictures: {text}." in page["notes"]


def test_a_body_with_commas_is_not_taken_apart(citation: Citation) -> None:
    """Commas separate the parts of names, so a name without parts loses its own."""
    (page, _) = read(ris(attrs.evolve(citation, authors=(Name(literal="Fisher, Sons and Co"),))))
    assert ["Fisher Sons and Co"] == page["authors"]


def test_every_line_has_tag_and_end(citation: Citation) -> None:
    """Each line is a tag of two characters, two spaces, a hyphen and a space, and ends with CR LF."""
    lines = ris(citation).split("\r\n")
    assert "" == lines.pop()
    assert all(line[2:6] == "  - " and line[:2].isalnum() for line in lines)
