"""
Which of several answers to one URL answers the references to it?

A browser may ask for a URL many times: ranges of a film, a counter that is polled, an image again after
an error. All answers are stored; a reference points to one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.exchange import Ended
from preserve.scope.challenge import CHALLENGE_FACT

if TYPE_CHECKING:
    from preserve.model.resource import Resource

__all__ = ["is_better", "is_piece"]

_SUCCESS = range(200, 300)
_REDIRECT = range(300, 400)
_PARTIAL = 206
_NOT_MODIFIED = 304


def is_piece(status: int | None, content_range: str | None) -> bool:
    """
    Tell whether an answer is a part of what stands at its URL, and not the whole.

    Args:
        status: Of the answer.
        content_range: Its Content-Range field, if it has one.

    Source: RFC 9110, sections 14.4 and 15.3.7.
    """
    if status != _PARTIAL:
        return False
    unit, _, rest = (content_range or "").strip().partition(" ")
    span, _, size = rest.partition("/")
    first, _, last = span.partition("-")
    numbers = first.strip(), last.strip(), size.strip()
    if unit.lower() != "bytes" or not all(number.isdecimal() for number in numbers):
        return True
    return not (int(first) == 0 and int(last) + 1 == int(size))


def is_better(new: Resource, old: Resource, *, new_piece: bool = False, old_piece: bool = False) -> bool:
    """Tell whether a later answer should stand for its URL instead of an earlier one: if it says more."""
    return _rank(new, piece=new_piece) > _rank(old, piece=old_piece)


def _rank(answer: Resource, *, piece: bool) -> int:
    status = answer.status
    if status is None or status == _NOT_MODIFIED:
        return 0
    whole = answer.ended is Ended.WHOLE
    if answer.facts.get(CHALLENGE_FACT):
        return 1
    if status in _SUCCESS:
        return 5 if whole and not piece else 3
    if status in _REDIRECT:
        return 4 if whole else 1
    return 2 if whole else 1
