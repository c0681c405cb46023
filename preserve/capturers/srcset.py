"""Which URLs does a ``srcset`` attribute hold? HTML Standard, 4.8.4.4 (parsing a srcset attribute)."""

from __future__ import annotations

import re

__all__ = ["CANDIDATES_MOST", "parse_srcset"]

CANDIDATES_MOST = 64
"""Candidates of one attribute that are read. Site builders write up to 20; a browser takes one."""

_SPACE_OR_COMMA = re.compile(r"[\t\n\f\r ,]*")
_URL = re.compile(r"[^\t\n\f\r ]+")
# A descriptor ends at a comma outside parentheses; an unclosed parenthesis takes the rest.
_DESCRIPTORS = re.compile(r"(?:[^,(]++|\([^)]*(?:\)|\Z))*+")


def parse_srcset(value: str) -> tuple[list[str], bool]:
    """
    Return the URL of every candidate, in order, as written, and whether there are more than are read.

    A URL may hold commas (``data:`` URLs do): only commas at its end are separators. Candidates whose
    descriptors a browser would refuse are returned too: another browser may take them.
    """
    found: list[str] = []
    position = _skip(_SPACE_OR_COMMA, value, 0)
    while position < len(value):
        if len(found) == CANDIDATES_MOST:
            return found, True
        start, position = position, _skip(_URL, value, position)
        written = value[start:position]
        if not written.endswith(","):
            position = _skip(_DESCRIPTORS, value, position)
        found.append(written.rstrip(","))
        position = _skip(_SPACE_OR_COMMA, value, position)
    return found, False


def _skip(pattern: re.Pattern[str], value: str, position: int) -> int:
    matched = pattern.match(value, position)
    return matched.end() if matched else position
