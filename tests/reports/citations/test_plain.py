"""Does a citation read as text?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.model.capture import Verdict
from preserve.reports.citations.plain import plain
from tests.reports.citations.conftest import DIGEST

if TYPE_CHECKING:
    from preserve.model.citation import Citation


def test_it_is_said(citation: Citation) -> None:
    """Authors, title, newspaper, day and address make a line; what pins the package follows."""
    lines = plain(citation).splitlines()
    assert (
        "Corwin Hallam, Jean de la Tour Jr. and Fisher and Sons News Agency. “The Lamplighters of Pellwick "
        f"Quay”. The Pellwick Evening Mercury, 1987-03-14. <{citation.url}>."
    ) == lines[0]
    assert "  Put on the web by Notes from Saltmarsh Lane on 2021-11-02." == lines[1]
    assert f"package 20261122T101500Z, {DIGEST} of tagmanifest-sha256.txt." in lines[2]
    assert "  Pictures: Photo: D. Farrant." in lines
    assert "Ansel Thwaite. “From the Wick Book”. <https://example.org/f/wick%20book.pdf>." in lines


def test_a_partial_capture_is_said(citation: Citation) -> None:
    """Whoever cites a capture with gaps, or a page that answered with an error, is told."""
    reasons = ("The page itself: The origin answered 404.",)
    text = plain(attrs.evolve(citation, verdict=Verdict.PARTIAL, reasons=reasons))
    assert "  The capture is partial. The page itself: The origin answered 404.\n" in text


def test_little_is_known(citation: Citation) -> None:
    """Without author, publication and day the title comes first."""
    bare = attrs.evolve(citation, authors=(), publication="", issued="", documents=())
    assert plain(bare).startswith(f"“{citation.title}”. <{citation.url}>.\n")
