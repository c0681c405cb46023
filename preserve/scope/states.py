"""What became of a reference, judged from its address and the answer that came?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.documents import DEFAULT_GROUPS, GROUPS
from preserve.model.exchange import Ended
from preserve.model.reference import Kind, Link, Role, State
from preserve.model.url import FETCHABLE, parse
from preserve.scope.challenge import CHALLENGE_FACT, said_challenge
from preserve.scope.contents import judge_content
from preserve.scope.roles import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preserve.model.resource import Resource

__all__ = ["GAPS", "judge_address", "judge_answer", "judge_nothing"]

GAPS = frozenset(
    {
        State.ERROR,
        State.UNSUITABLE,
        State.TRUNCATED,
        State.REFUSED,
        State.FAILED,
        State.NOT_ATTEMPTED,
        State.UNRESOLVED,
    }
)
"""The states that are gaps when the role is page, requisite or document. docs/format/package-1.md, 12."""

_TRIED = frozenset({Kind.IMAGE, Kind.ICON, Kind.DOCUMENT, Kind.ROBOTS})
"""The kinds of which speculative references are tried."""

_ABSENT = frozenset({404, 410})
_SUCCESS = range(200, 300)
_REDIRECT = range(300, 400)


def judge_address(link: Link, documents: Iterable[str] = DEFAULT_GROUPS) -> tuple[State, str]:
    """
    Judge a reference before anything is asked: ``pending`` when its URL should be fetched.

    Args:
        link: As the capturer found it.
        documents: The groups of linked documents that are wanted.

    Returns:
        The state, and a sentence when it is not ``pending``, ``inline``.
    """
    if link.url is None:
        return _judge_missing(link)
    scheme, _, rest = link.url.partition(":")
    if scheme == "data":
        return State.INLINE, ""
    if scheme not in FETCHABLE:
        return State.NOT_FOLLOWED, f"The scheme {scheme}: names nothing that can be fetched over HTTP."
    aside = _why_aside(link, documents)
    if aside:
        return State.NOT_FOLLOWED, aside
    if "@" in rest.partition("?")[0]:
        parsed = parse(link.url)
        if parsed.username or parsed.password:
            return State.REFUSED, "The URL carries a user name or password; neither is sent nor stored."
    return State.PENDING, ""


def _why_aside(link: Link, documents: Iterable[str]) -> str:
    """Return why a reference is listed and not followed; empty if it is followed."""
    if RULES[link.kind].role is Role.NAVIGATION:
        return "A place to go, not a part of the page."
    if link.kind is Kind.DOCUMENT and link.group and link.group not in documents:
        return f"None of the {GROUPS[link.group].words} were asked for; --documents {link.group} keeps them."
    if link.speculative and link.kind not in _TRIED:
        return "It may be no reference; of such only pictures and documents are tried."
    return ""


def _judge_missing(link: Link) -> tuple[State, str]:
    if link.kind is Kind.DOCUMENT:
        reason = (
            "A download widget without an address: only a script knows where the file is."
            " --engine browser shows the page in a browser, which can press the button."
        )
        return State.UNRESOLVED, reason
    if RULES[link.kind].role is Role.NAVIGATION:
        return State.NOT_FOLLOWED, "A place to go, whose address is no URL."
    return State.REFUSED, f"{link.written[:200]!r} is not an address that can be resolved."


def judge_nothing(ended: Ended, reason: str) -> tuple[State, str]:
    """Judge a reference of whose answer nothing is stored."""
    states = {Ended.REFUSED: State.REFUSED, Ended.FAILED: State.FAILED}
    return states.get(ended, State.FAILED), reason or "No byte of an answer came."


def judge_answer(link: Link, resource: Resource) -> tuple[State, str]:
    """
    Judge a reference by the stored answer, redirects followed.

    Args:
        link: What the reference is, and the size that the page states for it, if it does.
        resource: The last response, with what its capturer saw.
    """
    if resource.ended is not Ended.WHOLE:
        return State.TRUNCATED, resource.reason or f"The answer ended early ({resource.ended})."
    status = resource.status
    if status is None:
        return State.ERROR, "The answer is no readable HTTP response; it is stored as it came."
    return _judge_status(status, resource) or judge_content(link, resource)


def _judge_status(status: int, resource: Resource) -> tuple[State, str] | None:
    """Judge an answer that is another than 2xx, or the challenge of a bot detector; None for all else."""
    challenge = said_challenge(resource.facts.get(CHALLENGE_FACT))
    if challenge:
        # Whatever its status, it is not what was asked for: neither captured nor absent.
        stored = State.UNSUITABLE if status in _SUCCESS or status in _ABSENT else State.ERROR
        return stored, f"The origin answered {status}. {challenge}"
    if status in _ABSENT:
        return State.ABSENT, f"The origin answered {status}."
    if status in _REDIRECT:
        return State.ERROR, resource.reason or f"The origin answered {status} and led nowhere."
    if status not in _SUCCESS:
        return State.ERROR, f"The origin answered {status}. {resource.reason}".rstrip()
    return None
