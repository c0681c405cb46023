"""Tests of ``preserve.capturers.sizes``."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.capturers.sizes import find_size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Download • 717KB", (716_500, 717_499)),
        ("717 kB", (716_500, 717_499)),
        ("1.5 kB", (1_450, 1_549)),
        ("12,5KB", (12_450, 12_549)),
        ("1.2 MB", (1_150_000, 1_249_999)),
        ("1,2 Mo", (1_150_000, 1_249_999)),
        ("1.234 MB", (1_233_500, 1_234_499)),
        ("1,234 KB", (1_233_500, 1_234_499)),
        ("12 345 KB", (12_344_500, 12_345_499)),
        ("(2,345,678 bytes)", (2_345_678, 2_345_678)),
        ("3 KiB", (2_560, 3_583)),
        ("2 GB", (1_500_000_000, 2_499_999_999)),
        ("0 KB", (0, 499)),
        ("717", None),
        ("v1.717KB", None),
        ("717KBps", None),
        ("5 b", None),
        ("", None),
    ],
)
def test_wording_allows_a_range(text: str, expected: tuple[int, int] | None) -> None:
    """A stated size allows what rounds to it."""
    assert find_size(text) == expected


@given(st.integers(0, 10**9))
@settings(max_examples=200, deadline=None)
def test_a_rounded_size_holds_the_size(size: int) -> None:
    """The size that was rounded to whole kilobytes is within what the wording allows."""
    found = find_size(f"Download • {(size + 500) // 1000}KB")
    assert found is not None
    assert found[0] <= size <= found[1]


@given(st.text("0123456789., KMBkibytes", max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_wording_is_read(text: str) -> None:
    """Whatever is written, the least is not above the most."""
    found = find_size(text)
    assert found is None or 0 <= found[0] <= found[1]
