"""Which newspaper, and which place, does the text of an article say that it comes from?"""

from __future__ import annotations

import re

from preserve.capturers.hints import may_have

__all__ = ["PAPER", "is_paper", "is_title", "read_dateline", "read_source"]

# Nouns that end or begin the names of newspapers.
PAPER = re.compile(
    r"\b(?:times|post|herald|chronicle|tribune|gazette|news|journal|press|zeitung|courier|star|observer|mail|telegraph"
    r"|guardian|examiner|bulletin|register|independent|sun|globe|weekly|record|dispatch|ledger|sentinel|mercury|standard"
    r"|echo|argus|advertiser|enquirer|inquirer|messenger|monitor|citizen|daily|evening|morning|rundschau|anzeiger"
    r"|nachrichten|tageblatt|kurier|blatt|figaro|monde|gazzetta|corriere|stampa|país|mundo|diario|magazine|review)\b",
    re.IGNORECASE,
)
# Of those the ones that are little else; after an article ("The Post") the others count too.
_CERTAIN = re.compile(
    r"\b(?:times|herald|chronicle|tribune|gazette|zeitung|courier|observer|telegraph|guardian|examiner|sentinel"
    r"|mercury|enquirer|inquirer|rundschau|anzeiger|tageblatt|kurier|corriere|gazzetta)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|der|die|das|le|la|el|il|de|het) ", re.IGNORECASE)
_NO_NAME = re.compile(
    r"\b(?:latest|more|top|breaking|our|your|new|about|all|share|subscribe|follow|read|newsletter|email|mail|page)\b",
    re.IGNORECASE,
)
_PAPER_WORDS = range(2, 7)
_SOURCE_MOST = 320  # characters: a sentence about the first publication
# Words that are followed by the name of what an article was printed in before.
_FROM = re.compile(
    r"\b(?:(?:re(?:published|printed)|reposted|taken|courtesy)(?: here)?(?: with(?: kind)? permission)?"
    r"(?: of| from)|special to|from the pages of"
    r"|(?:first|originally) (?:published|printed|appeared|ran)(?: (?:in print|online))?"
    r" (?:in|by)(?: the pages of)?"
    r"|(?:this (?:article|story|report|essay|interview) )(?:appeared|ran|was published)(?: (?:in|on))"
    r"|(?:zuerst|erstmals|ursprünglich|original) (?:erschienen|veröffentlicht|abgedruckt)"
    r" (?:in|im)(?: de[rnm])?"
    r"|(?:erschien|erschienen)(?: zuerst| erstmals) (?:in|im)(?: de[rnm])?"
    r"|(?:article |texte )?(?:paru|publié)(?: initialement| d'abord| à l'origine| pour la première fois)?"
    r" (?:dans|par)"
    r"|publicado (?:originalmente|por primera vez) (?:en|por|no|na|em)"
    r"|(?:pubblicato|apparso) (?:originariamente|originalmente|per la prima volta) (?:su|in|da|ne[il]?)"
    r"|eerder (?:verschenen|gepubliceerd) in)\s+",
    re.IGNORECASE,
)
# One of them is in each of those.
_FROM_HINTS = (
    *("published", "printed", "reposted", "taken", "courtesy", "special to", "from the pages", "appeared"),
    *(" ran", "erschien", "veröffentlicht", "abgedruckt", "paru", "publié", "publicado"),
    *("pubblicato", "apparso", "verschenen", "gepubliceerd"),
)
# The name: words with capitals, numbers, and the small words between them.
_NAME = re.compile(
    r"[\"'\u2018\u201c\u201e\u00ab]?\s?((?:(?:the|der|die|das|le|la|les|el|il|lo|de|het) )?"
    r"[A-ZÀ-ÖØ-ÞА-Я][\w'\u2019&.-]*(?: (?:(?:of|and|the|de|la|del|della|des|du|der|für|e|y|et|und|&) ){0,2}"
    r"(?:[A-ZÀ-ÖØ-ÞА-Я][\w'\u2019&-]*))*)"
)
_DATELINE = re.compile(
    r"([A-ZÀ-ÖØ-ÞА-Я][A-ZÀ-ÖØ-ÞА-Я .'\u2019-]{2,40}"
    r"(?:, [A-ZÀ-Þ][\w. ]{1,30}?)?(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?"
    r"(?: \([A-Za-z ]{2,20}\))?)\s?(?:[\u2014\u2013]|--| - )\s?\S"
)
_NOT_SOURCES = frozenset(
    {"January", "February", "March", "April", "May", "June", "July", "August", "September"}
)
_NOT_SOURCES |= {"October", "November", "December", "I", "A", "An", "The", "This", "Monday", "Sunday", "Page"}


def is_paper(text: str) -> bool:
    """Whether a line is the name of a newspaper and nothing else."""
    return (
        len(text.split()) in _PAPER_WORDS
        and all(word[0].isalpha() or word == "&" for word in text.split())
        and is_title(text)
        and not _NO_NAME.search(text)
        and bool((PAPER if _ARTICLE.match(text) else _CERTAIN).search(text))
    )


def read_source(text: str) -> str | None:
    """Return what a line says an article was republished from or first appeared in; None if nothing."""
    if len(text) > _SOURCE_MOST or not may_have(text, _FROM_HINTS):
        return None
    for found in _FROM.finditer(text):
        named = _NAME.match(text, found.end())
        if named:
            name = named[1].rstrip(" .,'\u2019-")
            if name.split()[0] not in _NOT_SOURCES or len(name.split()) > 1:
                return name[0].upper() + name[1:]
    return None


def read_dateline(text: str) -> str | None:
    """Return the place (with day and agency as written) that opens a report, ``PARIS, May 3 (AFP) —``."""
    found = _DATELINE.match(text)
    return found[1].strip() if found else None


def is_title(text: str) -> bool:
    """Whether every longer word begins with a capital, as in the name of a newspaper."""
    words = [word for word in re.findall(r"[^\W\d_][\w'\u2019-]*", text) if len(word) > 3]  # noqa: PLR2004 - "of", "the"
    return bool(words) and all(word[0].isupper() for word in words)
