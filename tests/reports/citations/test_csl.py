"""Is CSL-JSON read as it was meant, by a processor that is not ours?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from citeproc import (
    Citation as Cited,
)
from citeproc import (
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON

from preserve.reports.citations.csl import csl
from tests.reports.citations.conftest import AWKWARD, DIGEST, awkward

if TYPE_CHECKING:
    from preserve.model.citation import Citation

# The item types and variables of CSL 1.0.2 (specification, appendices III and IV) that we write.
TYPES = {"article-newspaper", "webpage", "document"}
TEXTS = {
    "id", "title", "container-title", "section", "URL", "language", "archive", "archive_location", "note",
}  # fmt: skip


def read(text: str) -> list[dict[str, Any]]:
    """Return the items, each of them made of variables of the specification, of their types."""
    items: list[dict[str, Any]] = json.loads(text)
    for item in items:
        assert item["type"] in TYPES
        rest = {key: value for key, value in item.items() if key not in TEXTS | {"type"}}
        assert all(isinstance(item[key], str) and item[key] for key in TEXTS & set(item))
        assert isinstance(rest.pop("number-of-pages", 1), int)
        for date in (rest.pop(name, {"date-parts": [[1]]}) for name in ("issued", "accessed")):
            (parts,) = date["date-parts"]
            assert 1 <= len(parts) <= 3
            assert all(isinstance(part, int) for part in parts)
        for name in rest.pop("author", []):
            assert set(name) <= {"family", "given", "non-dropping-particle", "suffix", "literal"}
        assert {} == rest
    return items


def rendered(items: list[dict[str, Any]]) -> str:
    """Return the bibliography of a citation processor in the style that it ships."""
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        bibliography.register(Cited([CitationItem(item["id"])]))
    return "\n".join(str(entry) for entry in bibliography.bibliography())


def test_what_was_printed(citation: Citation) -> None:
    """The page is an article of a newspaper, of the day of print, seen on the day of the capture."""
    page, document = read(csl(citation))
    assert "article-newspaper" == page["type"]
    assert ([[1987, 3, 14]], [[2026, 11, 22]]) == (
        page["issued"]["date-parts"],
        page["accessed"]["date-parts"],
    )
    assert [
        {"family": "Hallam", "given": "Corwin"},
        {"family": "Tour", "given": "Jean", "non-dropping-particle": "de la", "suffix": "Jr."},
        {"literal": "Fisher and Sons News Agency"},
    ] == page["author"]
    assert ("document", 9, DIGEST) == (
        document["type"],
        document["number-of-pages"],
        document["archive_location"],
    )


def test_a_processor_renders_it(citation: Citation) -> None:
    """A citation processor puts author, year, title, newspaper and address where its style wants them."""
    text = rendered(read(csl(attrs.evolve(citation, authors=citation.authors[:1]))))
    for part in ("Hallam", "1987", "The Lamplighters of Pellwick Quay", "The Pellwick Evening Mercury"):
        assert part in text
    assert "From the Wick Book" in text


@pytest.mark.parametrize("field", ["title", "publication", "section"])
def test_texts_come_back_as_they_were(citation: Citation, field: str) -> None:
    """JSON needs no escapes of ours: the text is as it was."""
    page = read(csl(awkward(citation, field)))[0]
    assert AWKWARD == page[{"publication": "container-title"}.get(field, field)]


def test_what_is_not_known_is_left_out(citation: Citation) -> None:
    """Without author, publication and day there are no empty variables."""
    bare = attrs.evolve(citation, authors=(), publication="", issued="", printed=False, documents=())
    (page,) = read(csl(bare))
    assert {"author", "container-title", "issued", "section"} & set(page) == set()
    assert "webpage" == page["type"]
