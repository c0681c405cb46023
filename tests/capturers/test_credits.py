"""Tests of ``preserve.capturers.credits``."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from preserve.capturers.credits import credit_claims, read_credit


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("Photo: D. Farrant", ("Photo: D. Farrant", "D. Farrant")),
        ("The quay. Photo: D. Farrant, Mercury", ("Photo: D. Farrant, Mercury", "D. Farrant, Mercury")),
        ("The quay (Photo by D. Farrant)", ("Photo by D. Farrant", "D. Farrant")),
        ("Der Kai. Foto: Anna Vogt/dpa", ("Foto: Anna Vogt/dpa", "Anna Vogt/dpa")),
        ("Le quai. Crédit photo : Zoé Roy", ("Crédit photo : Zoé Roy", "Zoé Roy")),
        ("The quay. © 2019 Jane Roe", ("© 2019 Jane Roe", "2019 Jane Roe")),
        ("The quay. Courtesy of the Trust", ("Courtesy of the Trust", "the Trust")),
        ("Plan: Parish of Pellwick", ("Plan: Parish of Pellwick", "Parish of Pellwick")),
        ("A photo of a lamp.", None),
        ("They photographed the map by night", None),
        ("Photo:", None),
        ("", None),
    ],
)
def test_credits_in_captions(text: str, credit: tuple[str, str] | None) -> None:
    """The end of a caption that opens like a credit is one."""
    assert credit == read_credit(text, whole=False)


def test_what_is_marked_is_taken_whole() -> None:
    """What markup calls a credit is one without an opening word."""
    assert ("D. Farrant / Mercury",) * 2 == read_credit("D. Farrant / Mercury", whole=True)


def test_each_maker_once_with_the_place() -> None:
    """A credit that stands twice is one claim; its place names the figure."""
    html = (
        '<figure id=a><figcaption>One. <span class="credit">Photo: X Y</span></figcaption></figure>'
        "<figure id=b><figcaption>Two. Photo: X Y</figcaption></figure><figcaption>Photo: Z</figcaption>"
    )
    found = [(claim.value, claim.normal, claim.place) for claim in credit_claims(LexborHTMLParser(html))]
    assert [("Photo: Z", "Z", "figcaption"), ("Photo: X Y", "X Y", "figure#a span")] == sorted(
        found, key=lambda one: one[2]
    )


def test_many_captions_are_bounded() -> None:
    """A page of ten thousand captions makes at most sixty claims."""
    html = "".join(f"<figcaption>Photo: X{number}</figcaption>" for number in range(10_000))
    assert 60 == len(list(credit_claims(LexborHTMLParser(html))))
