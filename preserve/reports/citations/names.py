"""Which authors does a byline name, and which part of a name is the family's?"""

from __future__ import annotations

import re

from preserve.model.citation import Name

__all__ = ["read_name", "read_names"]

_AUTHORS_MOST = 20
_BETWEEN = re.compile(
    r"\s*[,;]\s*(?:(?:and|und|et|y|e|och|og|en|и|&)\s+)?|\s+(?:and|und|et|y|e|och|og|en|и|&)\s+"
)
_TURNED = re.compile(r"([^\s,]+(?:[ -][^\s,]+)?), ([^\s,]+(?: [^\s,]+){0,2})")
_PARTICLES = frozenset(
    """de la le du des der den van von zu zur di da del della dos das do bin ibn al el ten ter af
    av""".split()  # noqa: SIM905 - a table of words
)
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
# Words in the names of those who are no persons.
_BODY = re.compile(
    r"\b(?:times|post|herald|chronicle|tribune|gazette|news|journal|press|zeitung|courier|mercury|staff|team|desk"
    r"|redaktion|rédaction|redacción|redazione|editors?|editorial|agency|agencies|agence|agentur|bureau|group|magazine"
    r"|company|inc|ltd|gmbh|association|society|institute|university|museum|library|archive|trust|council|ministry"
    r"|correspondents?|contributors?|admin|anonymous|blog|notes)\b",
    re.IGNORECASE,
)
_WORDS_MOST = 6
_TITLES = frozenset({"dr", "dr.", "prof", "prof.", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "sir", "dame"})


def read_names(text: str) -> tuple[Name, ...]:
    """Return the authors that ``Jane Roe, John Doe and Ann Poe`` names, at most twenty."""
    text = " ".join(text.split())
    turned = _TURNED.fullmatch(text)
    if (
        turned
        and len(turned[1].split()) == 1
        and turned[2].lower() not in _SUFFIXES
        and " " not in turned[2].strip()
    ):
        return (Name(literal=f"{turned[2]} {turned[1]}", family=turned[1], given=turned[2]),)
    parts: list[str] = []
    for part in _BETWEEN.split(text):
        if part.lower() in _SUFFIXES and parts:
            parts[-1] += f" {part}"
        elif part:
            parts.append(part)
    return tuple(read_name(part) for part in parts[:_AUTHORS_MOST])


def read_name(text: str) -> Name:
    """Return one name in its parts; whole where it is no person's or its parts cannot be told."""
    words = text.split()
    while len(words) > 2 and words[0].lower() in _TITLES:  # noqa: PLR2004 - a name keeps two words
        words = words[1:]
    suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else ""  # noqa: PLR2004 - the same
    if not 2 <= len(words) <= _WORDS_MOST or _BODY.search(text) or any(map(str.isdigit, text)):  # noqa: PLR2004 - the same
        return Name(literal=text)
    first = next(
        (at for at, word in enumerate(words) if at and word.lower() in _PARTICLES and word.islower()), None
    )
    end = len(words) - 1
    if first is not None and first < end:
        while end > first + 1 and words[end - 1].lower() not in _PARTICLES:
            end -= 1
        particle, family = " ".join(words[first:end]), " ".join(words[end:])
        return Name(
            literal=text, given=" ".join(words[:first]), particle=particle, family=family, suffix=suffix
        )
    return Name(literal=text, given=" ".join(words[:-1]), family=words[-1], suffix=suffix)
