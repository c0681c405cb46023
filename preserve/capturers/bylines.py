"""
Who wrote an article and when was it printed, by the words in its body?

Republished articles name their reporter and print date in the text, while the page's metadata names who
keeps the site. So the text is read: for a line that opens like a byline, for a name with a post or a
newspaper, and for a date that is near one of them or is introduced as that of the first publication.
What is found are claims; where lines could be read in two ways, none is made.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import islice
from typing import TYPE_CHECKING

import attrs

from preserve.capturers.credits import read_credit
from preserve.capturers.dates import find_date
from preserve.capturers.sources import PAPER, is_paper, is_title, read_dateline, read_source
from preserve.model.inspection import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from preserve.capturers.html_lines import Line

__all__ = ["Byline", "Dated", "read_byline", "read_dated", "text_claims"]

_LINES_MOST = 4000
_CLAIMS_MOST = 10
_BYLINE_MOST = 160  # characters: a byline stands alone
_NEAR = 3  # lines between a byline and its date
_NAMES_MOST = 12  # words
_POSTED_WORDS = range(2, 5)  # of a name that is followed by a post or a newspaper
_DATED_MOST = 320  # characters: a sentence about the first publication
_DATELINE_LINES = 200
_PARAGRAPH_LEAST = 60  # characters: a dateline opens a paragraph, not a heading
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_LENGTH = len("1998-03-14")

# Openers. The first row is followed by names and nothing else; the second are common words of their
# languages and so ask for two names and the end of the line or a separator.
_OPENER = re.compile(
    r"(?:(?:story|text|words|written|reported|reporting|article|report|a report|interview|compiled)\s+by\b:?"
    r"|(?:text|story|words|author|autorin|autor|auteur|autore|reporter|byline|bericht|ein bericht von"
    r"|text von|reportage|texte|texto|testo|автор)\s*:"
    r"|by\b:?)\s*",
    re.IGNORECASE,
)
_OPENER_ALONE = re.compile(
    r"(?:(?:written |story |text |words )?by|von|par|por|di|door|av|af|text|texte|texto)\s*:?", re.IGNORECASE
)
_OPENER_MOST = 12
_SHORT_OPENER = re.compile(r"(?:von|par|por|di|door|av|af)\s+", re.IGNORECASE)
_PARTICLES = frozenset(
    """and und et y e och og & de la le du des der den van von zu zur di da del della dos das do bin ibn al el
    ten ter af av""".split()  # noqa: SIM905 - a table of words
)
_NOT_NAMES = frozenset(
    """january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday the a an this that these those our we it in on at i photo photos
    picture pictures image images photograph photography photographs today yesterday now then""".split()  # noqa: SIM905 - a table of words
)
_WORD = re.compile(r"[^\W\d_](?:[\w'\u2019.\-]*[\w.])?|&")
# "Jane Roe, John Doe and Ann Poe": a comma goes on only where a further name and an "and" follow.
_GAP = re.compile(r"\s+|,\s+(?=[^,.|]{3,40}(?:,| and | und | & | et ))")
_SEPARATOR = re.compile(
    r"\s*(?:[,|•·\u2013\u2014/:;(]|-(?=\s)|\Z|(?:of|for|from|in|at)\s+(?:the\s+)?(?=[A-Z]))", re.IGNORECASE
)
_EDGES = " ,|•·\u2013\u2014-/;:()"
_POST = re.compile(
    r"\b(?:writer|reporter|correspondent|editor|columnist|journalist|redakteur(?:in)?|korrespondent(?:in)?"
    r"|journaliste|envoyé spécial|redactor|corresponsal)\b"
    r"|\bspecial to\b|\bfor the\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[,|•·\u2013\u2014/]\s*|\s+-\s+")
_POSTED = re.compile(
    r"(?:published|posted|first published|veröffentlicht|erschienen|publié(?:e)? le|publié|publicado(?: el)?"
    r"|pubblicato(?: il)?|gepubliceerd(?: op)?|опубликовано)(?: on| am)?",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?:of|for|from|in|at)\s+", re.IGNORECASE)
# Words that introduce the date of a publication before this one.
_PRINTED = re.compile(
    r"\b(?:in print|print(?:ed)? (?:on|edition|in|date)|printed|reprinted|newspaper|republished from"
    r"|(?:first|originally) (?:published|printed|appeared|ran)"
    r"|appeared (?:in|on)|zuerst erschienen|erstmals|gedruckt|ursprünglich|paru"
    r"|publié pour la première fois|imprimé|publicado originalmente|impreso|pubblicato originariamente)\b",
    re.IGNORECASE,
)


@attrs.frozen
class Byline:
    """A line read as a byline."""

    name: str
    value: str
    """Name and what it was given with, up to a date."""


@attrs.frozen
class Dated:
    """A line read as the date of a publication."""

    normal: str
    """ISO day or month; empty where day and month cannot be told apart."""
    printed: bool
    """Whether the line itself says that something was printed: by a word, or a newspaper's name."""
    paper: str = ""
    """The newspaper, when the line is its name and a date."""
    posted: bool = False
    """Whether the line says "published" and a date, and not of which publication."""


def text_claims(lines: Iterable[Line], web_days: AbstractSet[str]) -> Iterator[Claim]:
    """
    Yield ``byline``, ``printed``, ``published``, ``publisher``, ``credit`` and ``dateline`` claims.

    A date beside a byline is that of the print when the page's metadata say that the page itself was
    published on another day; when they agree with it, or say nothing, it is the page's.

    Args:
        lines: Of the page, in order.
        web_days: Days (``YYYY-MM-DD``) on which metadata say the page was published or changed.
    """
    article = list(islice((line for line in lines if not line.aside), _LINES_MOST))
    yield from _dateline(article)
    kept = [line for line in article if line.size <= _DATED_MOST]
    bylines = [_read(kept, index) for index in range(len(kept))]
    found = 0
    for index, (line, byline) in enumerate(zip(kept, bylines, strict=True)):
        near = any(bylines[max(0, index - _NEAR) : index + _NEAR])
        claims = [
            *_byline(line, byline),
            *_dated(line, bylines, index, web_days),
            *_publisher(line, byline, near=near),
            *_credit(line, near=near),
        ]
        yield from claims
        found += len(claims)
        if found >= _CLAIMS_MOST:
            return


def _read(lines: list[Line], index: int) -> Byline | None:
    """Return the byline that a line is, the line above it read with it when that is an opener alone."""
    text = lines[index].text
    opener = lines[index - 1].text if index else ""
    if len(opener) <= _OPENER_MOST and _OPENER_ALONE.fullmatch(opener):
        return read_byline(f"{opener} {text}")
    return read_byline(text)


def _byline(line: Line, byline: Byline | None) -> Iterator[Claim]:
    if byline:
        yield Claim(name="byline", value=byline.value, source="text", place=line.place, normal=byline.name)


def _dated(
    line: Line, bylines: list[Byline | None], index: int, web_days: AbstractSet[str]
) -> Iterator[Claim]:
    dated = read_dated(line.text, near=any(bylines[max(0, index - _NEAR) : index + 2]))
    if dated:
        elsewhere = bool(web_days) and bool(dated.normal) and not _same_day(dated.normal, web_days)
        name = "printed" if dated.printed or (elsewhere and not dated.posted) else "published"
        yield Claim(name=name, value=line.text, source="text", place=line.place, normal=dated.normal)


def _publisher(line: Line, byline: Byline | None, *, near: bool) -> Iterator[Claim]:
    """Yield the newspaper that a line names: with a date, as the source, in or near a byline."""
    dated = read_dated(line.text, near=False)
    paper = (dated.paper if dated else "") or read_source(line.text) or ""
    if not paper and byline:
        paper = _paper_beside(byline)
    elif not paper and near and is_paper(line.text):
        paper = line.text
    if paper:
        yield Claim(name="publisher", value=line.text, source="text", place=line.place, normal=paper)


def _credit(line: Line, *, near: bool) -> Iterator[Claim]:
    """Yield whom a line in or near a byline names as the maker of pictures: ``Photos by Jane Roe``."""
    found = read_credit(line.text, whole=False) if near and line.size <= _BYLINE_MOST else None
    if found:
        yield Claim(name="credit", value=found[0], source="text", place=line.place, normal=found[1])


def _paper_beside(byline: Byline) -> str:
    """Return the newspaper that a byline was given with; the last part of it that can be one."""
    for part in reversed(_PARTS.split(byline.value.removeprefix(byline.name).strip(_EDGES))):
        paper = _JOINED.sub("", part.strip(_EDGES))
        if PAPER.search(paper) and is_title(paper) and not _POST.search(paper):
            return paper[0].upper() + paper[1:]
    return ""


def _dateline(lines: list[Line]) -> Iterator[Claim]:
    for line in lines[:_DATELINE_LINES]:
        place = read_dateline(line.text) if line.size >= _PARAGRAPH_LEAST else None
        if place:
            yield Claim(name="dateline", value=place, source="text", place=line.place)
            return


def _same_day(normal: str, web_days: AbstractSet[str]) -> bool:
    """Whether a day is one of the page's, a day off allowed: the reader's time zone is not the server's."""
    days = [dt.date.fromisoformat(day) for day in (normal, *web_days) if _ISO_DAY.fullmatch(day)]
    return len(normal) == _DAY_LENGTH and any(abs((day - days[0]).days) <= 1 for day in days[1:])


def read_dated(text: str, *, near: bool) -> Dated | None:
    """
    Return the date of publication that a line states; None if it states none.

    A line states it with a word such as "printed" or "originally published"; as a newspaper's name and
    a date and nothing else; or, near a byline, as a date alone or one that ends the byline.
    """
    date = find_date(text) if len(text) <= _DATED_MOST else None
    if date is None:
        return None
    before, after = text[: date.start].strip(_EDGES), text[date.end :].strip(_EDGES + ".")
    alone = len(text) <= _BYLINE_MOST and not after
    newspaper = alone and bool(before) and is_title(before) and bool(PAPER.search(before))
    if newspaper or _PRINTED.search(text):
        return Dated(date.normal, printed=True, paper=_paper(before) if newspaper else "")
    if alone and _POSTED.fullmatch(before):
        return Dated(date.normal, printed=False, posted=True)
    byline = read_byline(text) if alone else None
    if byline:
        return Dated(date.normal, printed=bool(PAPER.search(byline.value)))
    return Dated(date.normal, printed=False) if alone and near and not before else None


def _paper(text: str) -> str:
    """Return the newspaper's name in what stands before a date: the last part that looks like one."""
    parts = [part.strip() for part in _PARTS.split(text)]
    return next((part for part in reversed(parts) if PAPER.search(part)), text)


def read_byline(text: str) -> Byline | None:
    """Return what a line says as a byline; None if it is none."""
    if len(text) > _BYLINE_MOST:
        return None
    opener = _OPENER.match(text)
    short = None if opener else _SHORT_OPENER.match(text)
    rest = text[opener.end() :] if opener else text[short.end() :] if short else text
    name, after = _names(rest)
    words = name.split()
    if not words or (opener is None and short is None and len(words) not in _POSTED_WORDS):
        return None
    date = find_date(after)
    said = rest if date is None else name + after[: date.start]
    ends = _SEPARATOR.match(after) or (date is not None and not after[: date.start].strip())
    if not ends:
        return None
    said = said.lstrip(_EDGES).rstrip(_EDGES.replace(")", ""))
    extra = said[len(name) :].strip(_EDGES)
    plausible = (
        (opener is not None and (len(words) > 1 or not extra) and not extra.endswith("."))
        or (short is not None and len(words) > 1 and (not extra or is_title(extra)))
        or (opener is None and short is None and _has_post(words, extra))
    )
    return Byline(name, said or name) if plausible else None


def _has_post(words: list[str], extra: str) -> bool:
    """Whether a line without opener, a name and what follows it, has a post or a newspaper there."""
    if not extra or extra.endswith(".") or PAPER.search(" ".join(words)):
        return False
    named = (
        PAPER.search(extra)
        and is_title(extra)
        and extra.lower().startswith(("the ", "die ", "der ", "le ", "la ", "el "))
    )
    return bool(named) or (bool(_POST.search(extra)) and len(extra.split()) <= _NAMES_MOST // 2)


def _is_no_name(rest: str) -> bool:
    """Whether what follows a comma is a post or a newspaper, up to the next comma."""
    part = rest.partition(",")[0]
    return bool(_POST.search(part) or PAPER.search(part))


def _names(text: str) -> tuple[str, str]:
    """Return the capitalised words (and particles between them) that a text begins with, and the rest."""
    end, position, words = 0, 0, 0
    while words < _NAMES_MOST and (found := _WORD.match(text, position)):
        word = found[0]
        if word.lower().rstrip(".") in _NOT_NAMES:
            break
        if word[0].isupper():
            end = found.end()
        elif word.lower() not in _PARTICLES:
            break
        words += 1
        position = found.end()
        gap = _GAP.match(text, position)
        if gap is None or ("," in gap[0] and _is_no_name(text[gap.end() :])):
            break
        position = gap.end()
    return text[:end].rstrip(","), text[end:]
