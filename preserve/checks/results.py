"""What do reading, comparing and opening leave for the judges?"""

from __future__ import annotations

from enum import StrEnum

import attrs

from preserve.checks.plan import Plan
from preserve.model.reference import Role, State
from preserve.model.resource import Resource

__all__ = ["Agreed", "Opened", "Standing", "Tally", "is_gap"]

_WANTED = frozenset({Role.PAGE, Role.REQUISITE, Role.DOCUMENT})
_NO_GAP = frozenset({State.CAPTURED, State.INLINE, State.NOT_FOLLOWED, State.ABSENT})


class Standing(StrEnum):
    """What is known about the bytes of a file."""

    SOUND = "sound"
    """They are those of the manifest, or nothing speaks against them."""
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


@attrs.frozen(kw_only=True)
class Tally:
    """What references.jsonl adds up to."""

    count: int
    """Lines."""
    unread: int
    """Lines that cannot be read."""
    gaps: int
    """Section 12."""


@attrs.frozen(kw_only=True)
class Opened:
    """What opening one payload showed, where it is not what is recorded."""

    number: int
    """Line of resources.jsonl."""
    record: str
    differing: tuple[tuple[str, str, str], ...] = ()
    """Name of a fact, as recorded, as seen now."""
    problems: tuple[str, ...] = ()
    """What is wrong with the content and was not recorded."""
    failed: str = ""
    """Why it could not be opened."""
    unread: bool = False
    """Whether that is because its WARC file cannot be read any more."""


@attrs.frozen(kw_only=True)
class Agreed:
    """What lists that agree at first sight add up to."""

    plan: Plan
    responses: int
    resources: int
    """Lines of resources.jsonl: responses and renditions."""
    payload_bytes: int
    tally: Tally
    shown: Resource | None


def is_gap(role: Role, state: State, speculative: bool) -> bool:  # noqa: FBT001 - a field of a reference
    """Tell whether a reference should have been captured and was not: section 12."""
    return role in _WANTED and state not in _NO_GAP and not speculative
