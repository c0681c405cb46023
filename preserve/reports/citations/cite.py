"""What is cited of a package: which author, which publication, which day?"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from preserve.model.citation import Citation, CitedDocument, Name
from preserve.reports.citations.names import read_names
from preserve.reports.words import printable

if TYPE_CHECKING:
    from preserve.model.inspection import Claim
    from preserve.model.summary import Document, Summary

__all__ = ["cite"]

_TEXT_MOST = 500
_NAME_MOST = 120
_CREDITS_MOST = 40
_DOCUMENTS_MOST = 50
_DISPUTED_MOST = 10
_REASONS_MOST = 3
_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|@|[^\s@]+@[^\s@]+\.)", re.IGNORECASE)
_SMALL = frozenset(
    """the a an and of der die das ein eine le la les un une el los las il lo gli de du des in
    on""".split()  # noqa: SIM905 - a table of words
)
_TEXT = "text"
_SITED = frozenset({"site", "publisher"})
_NAMES = frozenset({"byline", "owner", "publisher"})


def cite(summary: Summary) -> Citation:
    """
    Return how a package is cited, from the claims that were chosen for display. docs/claims.md.

    An article that the text says was printed elsewhere is cited as that print; who put it on the web is
    named as such. Then its author is whom the text names: whom only the metadata name keeps the site.
    """
    chosen = {name: claim for name, claim in summary.chosen.items() if claim.value.strip()}
    republished = _republished(summary, chosen)
    authors = _authors(summary, chosen, republished=republished)
    publication, site = _value(chosen.get("publisher")), _site(summary)
    posted = _day(chosen.get("published"))
    issued = _day(chosen.get("printed")) or (_earlier(summary, posted) if republished else posted)
    title = _clean(summary.title, _TEXT_MOST)
    key = _key(authors, publication or site, issued, title, summary.capture)
    return Citation(
        package=summary.path,
        key=key,
        title=title,
        authors=authors,
        republished=republished,
        printed=republished or "printed" in chosen,
        publication=publication or site,
        issued=issued,
        site=site if republished else "",
        posted=posted if republished else "",
        section="" if republished else _value(chosen.get("section")),
        language=_value(chosen.get("language")),
        licence=_clean(_normal(chosen.get("licence")), _TEXT_MOST),
        url=printable(summary.shown_url or summary.url),
        captured_at=printable(summary.began_at),
        capture=printable(summary.capture),
        software=printable(summary.software),
        verdict=summary.verdict,
        reasons=tuple(_clean(reason, _TEXT_MOST) for reason in summary.reasons[:_REASONS_MOST]),
        tagmanifest=printable(summary.tagmanifest),
        credits=_credits(summary),
        disputed=(*_unsaid(chosen, authors), *_disputed(summary)),
        documents=tuple(
            _document(document, f"{key}document{number}")
            for number, document in enumerate(summary.documents[:_DOCUMENTS_MOST], 1)
        ),
    )


def _republished(summary: Summary, chosen: dict[str, Claim]) -> bool:
    """Tell whether the text names a newspaper, or a day of print, that the metadata do not own to."""
    publisher = chosen.get("publisher")
    if publisher is None or publisher.source != _TEXT:
        return "printed" in chosen and not _same_days(chosen)
    paper = _folded(_normal(publisher))
    theirs = [
        _folded(claim.value) for claim in summary.claims if claim.name in _SITED and claim.source != _TEXT
    ]
    return not any(paper in one or one in paper for one in theirs if one)


def _same_days(chosen: dict[str, Claim]) -> bool:
    """Tell whether an article was printed within about the month in which it was put on the web."""
    printed, posted = _day(chosen.get("printed")), _day(chosen.get("published"))
    return not posted or not printed or printed[:7] == posted[:7]


def _authors(summary: Summary, chosen: dict[str, Claim], *, republished: bool) -> tuple[Name, ...]:
    byline = chosen.get("byline")
    if byline is None or _ADDRESS.match(byline.value):
        return ()
    if byline.source == _TEXT:
        return read_names(_clean(_normal(byline), _TEXT_MOST))
    if republished:
        return ()
    # A list of authors is one claim for each, all of the same place.
    listed = dict.fromkeys(
        _clean(_normal(claim), _NAME_MOST)
        for claim in summary.claims
        if (claim.name, claim.source, claim.place) == ("byline", byline.source, byline.place)
        and not _ADDRESS.match(claim.value)
    )
    return tuple(name for text in listed for name in read_names(text))


def _earlier(summary: Summary, posted: str) -> str:
    """Return the first day that the text of a republished article gives for a publication before this."""
    days = (_day(claim) for claim in summary.claims if claim.name == "published" and claim.source == _TEXT)
    return next((day for day in days if day and posted and day[:7] < posted[:7]), "")


def _site(summary: Summary) -> str:
    """Return the name of the site: what the metadata call it, or its publisher."""
    named = [claim for name in ("site", "publisher") for claim in summary.claims if claim.name == name]
    return next(
        (
            _clean(claim.value, _NAME_MOST)
            for claim in named
            if claim.source != _TEXT and claim.value.strip() and not _ADDRESS.match(claim.value)
        ),
        "",
    )


def _credits(summary: Summary) -> tuple[str, ...]:
    found = dict.fromkeys(
        _clean(claim.value, _TEXT_MOST) for claim in summary.claims if claim.name == "credit"
    )
    return tuple(found)[:_CREDITS_MOST]


def _disputed(summary: Summary) -> tuple[str, ...]:
    return tuple(
        f"On {'who wrote it' if one.about == 'authorship' else printable(one.about)} the page says: "
        + "; ".join(
            f"{_clean(_named(claim), _NAME_MOST)} ({printable(claim.name)}, {printable(claim.source)})"
            for claim in one.claims[:_DISPUTED_MOST]
        )
        + "."
        for one in summary.contradictions[:_DISPUTED_MOST]
    )


def _unsaid(chosen: dict[str, Claim], authors: tuple[Name, ...]) -> tuple[str, ...]:
    """Say whom the metadata name, when nobody is cited as the author."""
    byline = chosen.get("byline")
    if authors or byline is None:
        return ()
    named = f"{_clean(byline.value, _NAME_MOST)} ({printable(byline.source)})"
    return (f"The text names no author; the metadata name {named}, who may be the keeper of the site.",)


def _document(document: Document, key: str) -> CitedDocument:
    return CitedDocument(
        key=key,
        title=_clean(document.title or document.name, _TEXT_MOST),
        name=_clean(document.name, _TEXT_MOST),
        authors=read_names(_clean(document.author, _NAME_MOST)) if document.author.strip() else (),
        url=printable(document.url),
        media_type=printable(document.media_type),
        size_bytes=document.size_bytes,
        digest=printable(document.digest),
        pages=document.pages,
    )


def _key(authors: tuple[Name, ...], publication: str, issued: str, title: str, capture: str) -> str:
    who = (authors[0].family or authors[0].literal) if authors else publication
    word = next((word for word in title.split() if len(word) > 2 and _folded(word) not in _SMALL), "")  # noqa: PLR2004 - a word
    return "".join(_ascii(part) for part in (who, issued[:4], word)) or f"capture{_ascii(capture)}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)[:24]


def _named(claim: Claim) -> str:
    """Return a name without the rest of its line; anything else as the page has it."""
    return _normal(claim) if claim.name in _NAMES else claim.value


def _normal(claim: Claim | None) -> str:
    return (claim.normal or claim.value) if claim else ""


def _value(claim: Claim | None) -> str:
    """Return what is shown of a claim: for names, what is left when the rest of a line is taken away."""
    if claim is None or (claim.name in _SITED and _ADDRESS.match(claim.value)):
        return ""
    return _clean(_normal(claim), _NAME_MOST)


def _day(claim: Claim | None) -> str:
    found = _DAY.match(claim.normal) if claim else None
    return found[0] if found else ""


def _clean(text: str, most: int) -> str:
    """Return one line that can control no terminal, at most so many characters."""
    safe = printable(" ".join(text[: 4 * most].split()))
    return safe if len(safe) <= most else safe[: most - 1].rstrip() + "…"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).removeprefix("the ")
