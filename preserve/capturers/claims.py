"""Which of a page's claims about itself is shown first?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preserve.model.inspection import Claim

__all__ = ["ORDER", "choose"]

# For each name of a claim its sources, best first. A source may be narrowed by the beginning of its place.
ORDER: dict[str, tuple[tuple[str, str], ...]] = {
    "title": (("json-ld", ""), ("og", ""), ("html", "h1"), ("html", "title"), ("meta", "")),
    "byline": (("text", ""), ("json-ld", ""), ("meta", ""), ("html", ""), ("og", ""), ("link", "")),
    "owner": (("json-ld", ""), ("meta", ""), ("og", "")),
    "published": (("json-ld", ""), ("og", ""), ("meta", ""), ("time", ""), ("text", "")),
    "modified": (("json-ld", ""), ("og", ""), ("meta", ""), ("time", ""), ("http", "")),
    "printed": (("text", ""),),
    "publisher": (("json-ld", ""), ("og", ""), ("meta", "")),
    "language": (("html", ""), ("http", ""), ("json-ld", ""), ("og", ""), ("meta", "")),
    "canonical": (("link", ""), ("http", ""), ("og", "")),
    "description": (("og", ""), ("json-ld", ""), ("meta", "")),
}


def choose(claims: Sequence[Claim]) -> dict[str, int]:
    """
    Return for each name of a claim the index of the one that is shown.

    The rule, so that two people come to the same answer: sources in the order of ``ORDER``, the first
    claim of the best source. With one exception: of several bylines in the text, the first that does not
    name an owner of the site, because a republished article has its reporter in the text and the keeper
    of the site beside it. A claim without a value is never chosen; one whose source is not listed, last.
    """
    owners = {_same(claim.value) for claim in claims if claim.name == "owner"}
    best: dict[str, tuple[tuple[int, bool], int]] = {}
    for index, claim in enumerate(claims):
        if not claim.value.strip():
            continue
        rank = (_rank(claim), claim.name == "byline" and _same(claim.normal or claim.value) in owners)
        if claim.name not in best or rank < best[claim.name][0]:
            best[claim.name] = (rank, index)
    return {name: index for name, (_, index) in sorted(best.items())}


def _rank(claim: Claim) -> int:
    order = ORDER.get(claim.name, ())
    for rank, (source, place) in enumerate(order):
        if claim.source == source and claim.place.startswith(place):
            return rank
    return len(order)


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()
