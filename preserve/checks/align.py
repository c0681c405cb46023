"""What was taken out, put in or moved between two lists that should be equal?"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, TypeVar

import attrs

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

__all__ = ["Alignment", "Gap", "align"]

T = TypeVar("T", bound="Hashable")


@attrs.frozen(kw_only=True)
class Gap:
    """A place where the lists differ: what stands on each side between two items that both have."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    left_at: int
    """Index on the left of the first item after the gap; its length at the end."""
    right_at: int
    """The same on the right."""


@attrs.frozen(kw_only=True)
class Alignment:
    """How two lists go together; indices of the left and of the right one."""

    kept: tuple[tuple[int, int], ...]
    """Items that both have, in the same order."""
    moved: tuple[tuple[int, int], ...]
    """Items that both have, out of order."""
    gaps: tuple[Gap, ...]


def align(left: Sequence[T], right: Sequence[T]) -> Alignment:
    """
    Align two lists by their longest common order. Time n log n.

    An item that stands twice on the left is taken for the first free place.
    """
    places: dict[T, list[int]] = {}
    for index in range(len(left) - 1, -1, -1):
        places.setdefault(left[index], []).append(index)
    pairs = [(places[item].pop(), index) for index, item in enumerate(right) if places.get(item)]
    kept = _longest_rising(pairs)
    kept_left = {want for want, _ in kept}
    moved = tuple((want, have) for want, have in pairs if want not in kept_left)
    known_left, known_right = {want for want, _ in pairs}, {have for _, have in pairs}
    gaps = []
    start_left = start_right = 0
    for want, have in (*kept, (len(left), len(right))):
        out = tuple(index for index in range(start_left, want) if index not in known_left)
        put = tuple(index for index in range(start_right, have) if index not in known_right)
        if out or put:
            gaps.append(Gap(left=out, right=put, left_at=want, right_at=have))
        start_left, start_right = want + 1, have + 1
    return Alignment(kept=tuple(kept), moved=moved, gaps=tuple(gaps))


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence whose left indices rise (patience sorting)."""
    tops: list[int] = []
    top_at: list[int] = []
    before: list[int] = []
    for at, (want, _) in enumerate(pairs):
        pile = bisect_left(tops, want)
        before.append(top_at[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(want)
            top_at.append(at)
        else:
            tops[pile], top_at[pile] = want, at
    found: list[tuple[int, int]] = []
    at = top_at[-1] if top_at else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]
