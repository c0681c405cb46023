"""
What does a page ask of robots in its ``X-Robots-Tag`` fields and ``meta`` elements?

There is no standard; the words are those that the search engines document: rules separated by commas,
in a field after the name of the robot they are for and a colon.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preserve.model.inspection import Json

__all__ = ["ROBOTS_FACT", "RobotsTag", "agent_of", "forbids_archiving", "parse_field", "parse_meta"]

ROBOTS_FACT = "robots"
"""The fact of a resource that lists what it says to robots, each as ``RobotsTag.as_fact`` gives it."""

_MOST = 2000
"""Characters of one statement that are read."""

# Rules with a value of their own after a colon; any other word before a colon is the name of a robot.
_VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_AGENT = re.compile(r"\s*(\*|[A-Za-z0-9_.-]+)\s*:(.*)", re.DOTALL)
_COMPATIBLE = re.compile(r"\(compatible;\s*([A-Za-z_-]+)")
_TOKEN = re.compile(r"[A-Za-z_-]+")
_OURS = "preserve"
_ALL = frozenset({"", "*"})
_FORBIDDING = frozenset({"noarchive", "none"})


@attrs.frozen(kw_only=True)
class RobotsTag:
    """One statement."""

    source: str
    """``header`` or ``meta``."""
    agent: str = ""
    """The robot it is for, as written; empty: every robot."""
    rules: tuple[str, ...] = ()
    """Lower-case, in order."""

    def as_fact(self) -> dict[str, Json]:
        """Return it as ``resources.jsonl`` keeps it."""
        return {"source": self.source, "agent": self.agent, "rules": list(self.rules)}


def agent_of(user_agent: str) -> str:
    """Return the name by which rules address a User-Agent. RFC 9309, section 2.2.1 (product token)."""
    found = _COMPATIBLE.search(user_agent)
    if found is not None:
        return found[1]
    first = _TOKEN.match(user_agent)
    return first[0] if first is not None else _OURS


def parse_field(value: str) -> RobotsTag:
    """Parse the value of an ``X-Robots-Tag`` field."""
    found = _AGENT.fullmatch(value[:_MOST])
    if found is None or found[1].lower() in _VALUED:
        return RobotsTag(source="header", rules=_rules(value))
    return RobotsTag(source="header", agent=found[1], rules=_rules(found[2]))


def parse_meta(name: str, content: str) -> RobotsTag | None:
    """Parse a ``meta`` element; None if it does not speak to robots."""
    lowered = name.strip().lower()
    if lowered != "robots" and not lowered.endswith("bot"):
        return None
    return RobotsTag(
        source="meta", agent="" if lowered == "robots" else name.strip()[:_MOST], rules=_rules(content)
    )


def forbids_archiving(facts: Json, agent: str) -> bool:
    """
    Tell whether statements forbid keeping a copy: ``noarchive``, or ``none``.

    Args:
        facts: The fact ``robots`` of a resource, a list of what ``as_fact`` gives.
        agent: Our name, lower-case; what is said to other robots does not count.
    """
    said: Iterable[Json] = facts if isinstance(facts, list) else ()
    for each in said:
        if isinstance(each, dict) and str(each.get("agent", "")).lower() in {*_ALL, agent}:
            rules = each.get("rules")
            if isinstance(rules, list) and any(rule in _FORBIDDING for rule in rules):
                return True
    return False


def _rules(text: str) -> tuple[str, ...]:
    return tuple(rule for part in text[:_MOST].split(",") if (rule := " ".join(part.lower().split())))
