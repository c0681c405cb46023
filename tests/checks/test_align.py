"""Tests of ``preserve/checks/align.py``."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from preserve.checks.align import Gap, align


def test_equal_lists_have_no_gap() -> None:
    """Two equal lists go together item by item."""
    found = align("abc", "abc")
    assert (((0, 0), (1, 1), (2, 2)), (), ()) == (found.kept, found.moved, found.gaps)


def test_what_was_taken_out_is_a_gap() -> None:
    """An item that only the left list has is a gap, before the item that follows it."""
    assert (Gap(left=(1,), right=(), left_at=2, right_at=1),) == align("abc", "ac").gaps


def test_what_was_put_in_is_a_gap() -> None:
    """An item that only the right list has is a gap; at the end it is before nothing."""
    assert (Gap(left=(), right=(2,), left_at=2, right_at=3),) == align("ab", "abx").gaps


def test_what_was_replaced_is_one_gap() -> None:
    """What stands in place of something is in one gap with it."""
    assert (Gap(left=(1,), right=(1, 2), left_at=2, right_at=3),) == align("abc", "axyc").gaps


def test_what_was_moved_is_no_gap() -> None:
    """The fewest items possible are called moved."""
    found = align("abcde", "bcdea")
    assert (((0, 4),), ()) == (found.moved, found.gaps)


@given(left=st.lists(st.integers(0, 9), max_size=12), right=st.lists(st.integers(0, 9), max_size=12))
def test_every_item_is_accounted_for(left: list[int], right: list[int]) -> None:
    """Each item of either list is kept, moved or in a gap, once; kept ones rise on both sides."""
    found = align(left, right)
    pairs = [*found.kept, *found.moved]
    assert sorted(range(len(left))) == sorted(
        [want for want, _ in pairs] + [index for gap in found.gaps for index in gap.left]
    )
    assert sorted(range(len(right))) == sorted(
        [have for _, have in pairs] + [index for gap in found.gaps for index in gap.right]
    )
    assert all(left[want] == right[have] for want, have in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in zip(found.kept, found.kept[1:], strict=False))
