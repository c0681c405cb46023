"""Which of a page's claims about itself is shown first, and what do its address and response claim?"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from preserve.capturers.dates import iso_instant
from preserve.model.inspection import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from preserve.model.inspection import Json

__all__ = ["ORDER", "choose", "outer_claims"]

_DAY_LENGTH = len("1998-03-14")

# For each name of a claim its sources, best first. A source may be narrowed by the beginning of its place.
ORDER: dict[str, tuple[tuple[str, str], ...]] = {
    "title": (
        ("json-ld", ""),
        ("og", ""),
        ("html", "h1"),
        ("microdata", ""),
        ("html", "title"),
        ("meta", ""),
    ),
    "byline": (("text", ""), ("json-ld", ""), ("microdata", ""), ("meta", ""), ("og", ""), ("link", "")),
    "owner": (("json-ld", ""), ("meta", ""), ("og", "")),
    "published": (
        ("json-ld", ""),
        ("og", ""),
        ("microdata", ""),
        ("meta", ""),
        ("time", ""),
        ("text", ""),
        ("url", ""),
    ),
    "modified": (("json-ld", ""), ("og", ""), ("microdata", ""), ("meta", ""), ("time", ""), ("http", "")),
    "printed": (("text", ""),),
    "publisher": (("text", ""), ("json-ld", ""), ("og", ""), ("microdata", ""), ("meta", "")),
    "site": (("og", ""), ("meta", "")),
    "section": (("json-ld", ""), ("og", ""), ("microdata", ""), ("meta", "")),
    "dateline": (("text", ""), ("json-ld", ""), ("microdata", "")),
    "credit": (("text", ""), ("json-ld", ""), ("microdata", "")),
    "licence": (("link", ""), ("json-ld", ""), ("microdata", ""), ("meta", "")),
    "language": (("html", ""), ("http", ""), ("json-ld", ""), ("og", ""), ("microdata", ""), ("meta", "")),
    "canonical": (("link", ""), ("http", ""), ("og", "")),
    "description": (("og", ""), ("json-ld", ""), ("meta", "")),
}

_NAMED = frozenset({"byline", "owner", "publisher", "site"})
"""Claims that name somebody: an address in their place names nobody."""
_KEEPERS = frozenset({"owner", "site"})
_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|@|[^\s@]+@[^\s@]+\.)", re.IGNORECASE)
_URL_DAY = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})(?:([-/])(0?[1-9]|1[0-2])(?:\2(0?[1-9]|[12][0-9]|3[01]))?)(?![0-9])"
)
_URL_DIGITS = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?![0-9])")


def outer_claims(url: str, facts: Mapping[str, Json]) -> Iterator[Claim]:
    """
    Yield what the address of a page and the fields of its response claim about it.

    Args:
        url: After redirects.
        facts: Those of the response: ``last_modified`` and ``content_language`` as sent.
    """
    path = urlsplit(url).path
    found = _URL_DAY.search(path) or _URL_DIGITS.search(path)
    if found:
        year, month, day = found[1], found[found.re.groups - 1], found[found.re.groups]
        normal = "-".join(part.zfill(2) for part in (year, month, day) if part)
        if len(normal) < _DAY_LENGTH or iso_instant(normal):
            yield Claim(name="published", value=found[0], source="url", place="path", normal=normal)
    stated = facts.get("last_modified")
    if isinstance(stated, str) and stated:
        yield Claim(
            name="modified", value=stated, source="http", place="Last-Modified", normal=_http_date(stated)
        )
    language = facts.get("content_language")
    if isinstance(language, str) and language:
        yield Claim(name="language", value=language, source="http", place="Content-Language")


def _http_date(text: str) -> str:
    """Return the instant of an HTTP date (RFC 9110, 5.6.7); nothing for what is none."""
    try:
        return parsedate_to_datetime(text).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return ""


def choose(claims: Sequence[Claim]) -> dict[str, int]:
    """
    Return for each name of a claim the index of the one that is shown.

    The rule, so that two people come to the same answer: sources in the order of ``ORDER``, the first
    claim of the best source. With three exceptions. Of several bylines in the text, the first that does
    not name an owner of the site, because a republished article has its reporter in the text and the
    keeper of the site beside it. A name that is an address comes after every name that is none. A claim
    without a value is never chosen; one whose source is not listed comes last. docs/claims.md.
    """
    keepers = {_same(claim.value) for claim in claims if claim.name in _KEEPERS}
    best: dict[str, tuple[tuple[bool, int, bool], int]] = {}
    for index, claim in enumerate(claims):
        if not claim.value.strip():
            continue
        nobody = claim.name in _NAMED and bool(_ADDRESS.match(claim.value))
        kept = claim.name == "byline" and _same(claim.normal or claim.value) in keepers
        rank = (nobody, _rank(claim), kept)
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
