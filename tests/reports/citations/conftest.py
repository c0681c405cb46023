"""Which citation do the tests of the formats share?"""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from preserve.model.capture import Verdict
from preserve.model.citation import Citation, CitedDocument, Name

DIGEST = "sha256:" + "ab" * 32
AWKWARD = r"50% & {braces} \ $1 #2 a_b ~ ^ “quotes” Ünïcode"
"""A text with every character that means something in one of the formats."""


def awkward(citation: Citation, field: str) -> Citation:
    """Return a citation in which one field is the awkward text."""
    changes: dict[str, Any] = {field: AWKWARD}
    return attrs.evolve(citation, **changes)


@pytest.fixture
def citation() -> Citation:
    """A republished article with three authors, credits, a dispute and a document."""
    return Citation(
        package="/archive/page/20261122T101500Z",
        key="hallam1987lamplighters",
        title="The Lamplighters of Pellwick Quay",
        authors=(
            Name(literal="Corwin Hallam", given="Corwin", family="Hallam"),
            Name(literal="Jean de la Tour Jr.", given="Jean", particle="de la", family="Tour", suffix="Jr."),
            Name(literal="Fisher and Sons News Agency"),
        ),
        republished=True,
        printed=True,
        publication="The Pellwick Evening Mercury",
        issued="1987-03-14",
        site="Notes from Saltmarsh Lane",
        posted="2021-11-02",
        language="en-GB",
        url="https://example.org/post?a=1&b=%20#x",
        captured_at="2026-11-22T10:15:00.000Z",
        capture="20261122T101500Z",
        software="preserve 0.1.0",
        verdict=Verdict.COMPLETE,
        tagmanifest=DIGEST,
        credits=("Photo: D. Farrant",),
        disputed=("On who wrote it the page says: A (byline, text); B (owner, json-ld).",),
        documents=(
            CitedDocument(
                key="hallam1987lamplightersdocument1",
                title="From the Wick Book",
                name="wick book.pdf",
                authors=(Name(literal="Ansel Thwaite", given="Ansel", family="Thwaite"),),
                url="https://example.org/f/wick%20book.pdf",
                media_type="application/pdf",
                size_bytes=716_822,
                digest=DIGEST,
                pages=9,
            ),
        ),
    )
