"""Was everything had that the page asks for?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol, TypeVar

from preserve.model.capture import Outcome, Verdict
from preserve.model.reference import Kind, Reference, Role, State
from preserve.scope.states import GAPS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["REQUIRABLE", "is_gap", "judge_outcome", "missing_required"]

REQUIRABLE: dict[str, frozenset[Kind]] = {
    "documents": frozenset({Kind.DOCUMENT}),
    "images": frozenset({Kind.IMAGE, Kind.ICON}),
    "media": frozenset({Kind.MEDIA}),
    "styles": frozenset({Kind.STYLE}),
    "fonts": frozenset({Kind.FONT}),
    "scripts": frozenset({Kind.SCRIPT}),
    "frames": frozenset({Kind.FRAME}),
}
"""What a caller can require of a capture, and the kinds of references it is about."""

_COUNTED = frozenset({Role.PAGE, Role.REQUISITE, Role.DOCUMENT})


class _OfKind(Protocol):
    @property
    def kind(self) -> Kind: ...


_M = TypeVar("_M", bound=_OfKind)


def is_gap(reference: Reference) -> bool:
    """Say whether a reference should have been captured and was not. docs/format/package-1.md, section 12."""
    return reference.role in _COUNTED and reference.state in GAPS and not reference.speculative


def missing_required(missing: Iterable[_M], required: Iterable[str]) -> list[_M]:
    """
    Return what a caller requires and the capture does not hold.

    Args:
        missing: References that are gaps, and those absent at their origin: the origin says that they are
            not there, yet whoever requires them does not have them.
        required: Names of ``REQUIRABLE``.
    """
    kinds = frozenset[Kind]().union(*(REQUIRABLE[name] for name in required))
    return [one for one in missing if one.kind in kinds]


def judge_outcome(
    references: Iterable[Reference],
    *,
    engine: str,
    met: Iterable[str] = (),
    interrupted: bool = False,
) -> Outcome:
    """
    Return the outcome of a capture from its references.

    Args:
        references: All of them, the seed first; consumed.
        engine: Which engine saw the page.
        met: A sentence for every limit of the whole capture that was met.
        interrupted: Whether the caller cancelled.
    """
    gaps: Counter[tuple[Role, State]] = Counter()
    seed: Reference | None = None
    for reference in references:
        seed = seed or reference
        if is_gap(reference):
            gaps[reference.role, reference.state] += 1
    reasons = [*met]
    if seed is not None and seed.state is not State.CAPTURED:
        reasons.insert(0, f"The page itself: {seed.reason}")
    reasons += [
        f"{count} {role} reference{'s' if count > 1 else ''}: {state}."
        for (role, state), count in sorted(gaps.items())
        if role is not Role.PAGE
    ]
    nothing = seed is None or (seed.record is None and seed.state is not State.CAPTURED)
    whole = not reasons and not interrupted
    verdict = Verdict.FAILED if nothing else Verdict.COMPLETE if whole else Verdict.PARTIAL
    return Outcome(
        verdict=verdict, engine=engine, gaps=gaps.total(), reasons=tuple(reasons), interrupted=interrupted
    )
