"""
Is what came what the reference is for?

By what the bytes are and never by what the server calls them: a login page in the place of a PDF, a
page in the place of a picture, a PDF that has lost its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.documents import GROUPS, suits
from preserve.model.reference import Kind, State
from preserve.scope.roles import RULES

if TYPE_CHECKING:
    from preserve.model.reference import Link
    from preserve.model.resource import Resource

__all__ = ["judge_content", "meets"]

_NO_END = frozenset({"pdf.no-eof"})
"""Problems of a capturer that say that content has lost its end."""


def judge_content(link: Link, resource: Resource) -> tuple[State, str]:
    """Judge a whole answer of status 2xx by its content, and its size by what the page states."""
    rule, seen = RULES[link.kind], resource.sniffed_type
    if seen in rule.unsuited or (rule.suits and not seen.startswith(rule.suits)):
        reason = f"The answer is {seen}, which is not what a reference to {_a(link.kind)} is for."
        if link.kind is Kind.DOCUMENT:
            reason += " A page in its place may ask to sign in: --cookies and --auth do."
        return State.UNSUITABLE, reason
    if link.kind is Kind.DOCUMENT and not suits(link.group, seen):
        words = GROUPS[link.group].words
        return State.UNSUITABLE, f"The answer is {seen}; address or wording announce {words}."
    return _judge_size(link, resource)


def meets(stated_bytes: tuple[int, int] | None, resource: Resource) -> bool:
    """Return whether content has the size that a page states for it."""
    size = resource.content_bytes
    return stated_bytes is not None and size is not None and stated_bytes[0] <= size <= stated_bytes[1]


def _judge_size(link: Link, resource: Resource) -> tuple[State, str]:
    size, stated = resource.content_bytes, link.stated_bytes
    lacks_end = any(problem.code in _NO_END for problem in resource.problems)
    differs = stated is not None and size is not None and not meets(stated, resource)
    reasons = []
    if differs and stated is not None:
        reasons.append(f"The page states a size of {stated[0]} to {stated[1]} bytes; {size} bytes came.")
    if lacks_end:
        reasons.append("It has no end mark (%%EOF).")
    if differs and lacks_end and stated is not None and size is not None and size < stated[0]:
        # The transfer was whole, so it was cut before it was sent: two witnesses, and no other explanation.
        return State.UNSUITABLE, " ".join([*reasons, "The origin keeps it cut short."])
    return State.CAPTURED, " ".join(reasons)


def _a(kind: Kind) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
