"""Which day does the wording of a page name?"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

import attrs

__all__ = ["FoundDate", "find_date", "iso_instant"]

# Names of the months in the languages with the most pages that use them, full and as abbreviated.
_MONTHS = (
    "january jan januar jänner janvier janv enero ene gennaio gen januari janeiro januari января",
    "february feb februar février févr febrero febbraio februari fevereiro fev февраля",
    "march mar märz mrz mars marzo maart março марта",
    "april apr avril avr abril abr aprile апреля",
    "may mai mayo maggio mag mei maio мая",
    "june jun juni juin junio giugno giu junho июня",
    "july jul juli juillet juil julio luglio lug julho июля",
    "august aug août agosto ago augustus augusti августа",
    "september sep sept septembre septiembre settembre set setembro сентября",
    "october oct oktober okt octobre octubre ottobre ott outubro out октября",
    "november nov novembre noviembre novembro ноября",
    "december dec dezember dez décembre déc diciembre dic dicembre desember dezembro december декабря",
)
_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAME = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_YEAR = r"(1[4-9]\d\d|2[01]\d\d)(?!\d)"
_ANY_YEAR = re.compile(r"(?:1[4-9]|2[01])\d\d")
_DAY = r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|°)?"

# Each row: pattern, and which groups hold year, month and day (0: it names none).
_FORMS = tuple(
    (re.compile(pattern, re.IGNORECASE), order)
    for pattern, order in (
        (rf"(?<!\d){_YEAR}-(\d\d)-(\d\d)(?!\d)", (1, 2, 3)),
        (rf"(?<![\d/]){_YEAR}/(\d{{1,2}})/(\d{{1,2}})(?![\d/])", (1, 2, 3)),
        (rf"\b({_NAME})\b\.?\s+{_DAY}\s*,?\s+(?:of\s+)?{_YEAR}", (3, 1, 2)),
        (rf"{_DAY}\.?\s+(?:of\s+|de\s+|di\s+)?\b({_NAME})\b\.?,?\s+(?:de\s+|del\s+)?{_YEAR}", (3, 2, 1)),
        (rf"{_DAY}\.\s?(\d{{1,2}})\.\s?{_YEAR}", (3, 2, 1)),
        (rf"{_DAY}[/-](\d{{1,2}})[/-]{_YEAR}", (3, 0, 0)),
        (rf"{_YEAR}年\s*(\d{{1,2}})月\s*(\d{{1,2}})日", (1, 2, 3)),
        (rf"\b({_NAME})\b\.?\s+(?:de\s+)?{_YEAR}", (2, 1, 0)),
    )
)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|[+-]\d\d:?\d\d)?)?\Z"
)
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun montag dienstag "
    "mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi "
    "dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì "
    "sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"
)
_WEEKDAY = re.compile(rf"(?<!\w)(?:{_WEEKDAYS.replace(' ', '|')})\.?,?\s+\Z", re.IGNORECASE)


@attrs.frozen
class FoundDate:
    """A date in a text."""

    start: int
    end: int
    normal: str
    """``YYYY-MM-DD``, or ``YYYY-MM`` when no day is named; empty when day and month cannot be told apart."""


@lru_cache(maxsize=256)  # one line is asked for its date more than once
def find_date(text: str) -> FoundDate | None:
    """Return the first date that a text names, with the day of the week before it; None if there is none."""
    if _ANY_YEAR.search(text) is None:
        return None  # every form has a year, and most lines have none
    best: FoundDate | None = None
    for pattern, order in _FORMS:
        for found in pattern.finditer(text):
            normal = _slashed(found) if order[1:] == (0, 0) else _normal(found, order)
            if normal is None or (best is not None and best.start <= found.start()):
                continue
            best = FoundDate(found.start(), found.end(), normal)
            break
    if best is None:
        return None
    weekday = _WEEKDAY.search(text[: best.start])
    return attrs.evolve(best, start=weekday.start()) if weekday else best


def iso_instant(text: str) -> str:
    """Return an ISO 8601 date or instant as it is, the day of any other date, or nothing."""
    bare = text.strip()
    if _INSTANT.match(bare):
        year, month, day = (int(number) for number in bare[:10].split("-"))
        return bare if _day(year, month, day) else ""
    found = find_date(bare)
    return found.normal if found else ""


def _normal(found: re.Match[str], order: tuple[int, int, int]) -> str | None:
    year, month, day = (found[index] if index else "" for index in order)
    number = _NUMBERS.get(month.lower()) or (int(month) if month.isdecimal() else 0)
    return _day(int(year), number, int(day)) if day else f"{int(year):04d}-{number:02d}"


def _slashed(found: re.Match[str]) -> str | None:
    """Day and month separated by a slash: certain when one is above twelve or both are equal."""
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    readings = {_day(year, second, first), _day(year, first, second)} - {None}
    if not readings:
        return None
    return readings.pop() if len(readings) == 1 else ""


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
