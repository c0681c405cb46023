"""Is everything a person asks about a package said in words?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from preserve.model.capture import Verdict
from preserve.reports.shown import LISTED, gaps_only, shown

if TYPE_CHECKING:
    from preserve.model.summary import Summary


def _text(summary: Summary) -> str:
    return "\n".join(line.text for line in shown(summary))


@pytest.mark.parametrize(
    "part",
    [
        "The legion that never was",
        "https://example.org/post",
        "shown       https://www.example.org/post",
        "byline      Anna Weaver  [text]",
        "owner       Ivan Blogger  [json-ld]",
        "The page does not agree with itself about who wrote it:",
        "legion report.pdf: application/pdf, 9 pages, 717 kB (716 822 bytes)",
        "Images (2, 1.1 MB)",
        "1200 \u00d7 800  image/jpeg  1.1 MB  https://example.org/a.jpg",
        "Absent at their origin, which said so (1)",
        "Gaps (1)",
        "number 2 of this page",
        "preserve verify /archive/",
        "sha256sum -c --quiet tagmanifest-sha256.txt manifest-sha256.txt",
    ],
)
def test_it_is_said(summary: Summary, part: str) -> None:
    """Page, claims, disagreement, documents, images, gaps and how to verify are all said."""
    assert part in _text(summary)


def test_every_maker_of_pictures_is_named(summary: Summary) -> None:
    """The credits of a page are listed, each once; of very many a screenful, and the rest is counted."""
    makers = [attrs.evolve(summary.claims[0], name="credit", value=f"Photo: {one}") for one in "ABA"]
    text = _text(attrs.evolve(summary, claims=tuple(makers), chosen={"credit": makers[0]}))
    assert "  credit      Photo: A  [text]\n              Photo: B\n" in text
    many = [attrs.evolve(makers[0], value=f"Photo: {number}") for number in range(100)]
    text = _text(attrs.evolve(summary, claims=tuple(many), chosen={"credit": many[0]}))
    assert f"{100 - LISTED} more are listed with --json" in text


def test_complete_says_by_whom(summary: Summary) -> None:
    """A complete capture claims no more than what its engine can see."""
    text = _text(attrs.evolve(summary, verdict=Verdict.COMPLETE, gaps=(), reasons=()))
    assert "complete: nothing the page asks for, as far as this engine sees, is missing" in text
    assert "none, as seen by the engine “plain”" in text


def test_a_page_without_answer_is_said(summary: Summary) -> None:
    """A package that shows no page says that."""
    assert "no readable answer for the page itself" in _text(attrs.evolve(summary, shown_url=None))


def test_long_lists_are_cut(summary: Summary) -> None:
    """A thousand images are cut to a screenful, and the rest is counted."""
    many = attrs.evolve(summary, images=summary.images * 500, documents=summary.documents * 100)
    assert f"{1000 - LISTED} more are listed with --json" in _text(many)


def test_every_gap_on_request(summary: Summary) -> None:
    """With --gaps no list is cut."""
    many = attrs.evolve(summary, gaps=summary.gaps * 500)
    assert 500 == sum(line.text.startswith("  gap") for line in gaps_only(many, every=True))


def test_nothing_controls_the_terminal(summary: Summary) -> None:
    """Hostile claims, names and reasons are escaped wherever they stand."""
    evil = "\x1b]8;;http://evil\x07"
    claim = attrs.evolve(summary.claims[0], value=evil, place=evil, normal=evil + "x")
    hostile = attrs.evolve(
        summary,
        title=evil,
        reasons=(evil,),
        recovered=evil,
        chosen={evil: claim, "byline": claim},
        contradictions=(attrs.evolve(summary.contradictions[0], about=evil, claims=(claim, claim)),),
        documents=(attrs.evolve(summary.documents[0], name=evil, url=evil, media_type=evil),),
        images=(attrs.evolve(summary.images[0], url=evil, media_type=evil),),
        gaps=(attrs.evolve(summary.gaps[0], url=evil, reason=evil, source_url=evil, text=evil),),
    )
    assert not {"\x1b", "\x07"} & set(_text(hostile).replace("\n", ""))


def test_an_export_has_no_pin(summary: Summary) -> None:
    """Of an exported file no digest of the tag manifest is claimed, nor a check by sha256sum."""
    text = "\n".join(line.text for line in shown(attrs.evolve(summary, tagmanifest="")))
    assert "not in it" in text
    assert "sha256sum" not in text
