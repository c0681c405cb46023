"""Does the worst exit code win, and is every code listed in the help?"""

from __future__ import annotations

import pytest

from preserve import errors
from preserve.cli.exits import EXIT_CODES, epilog, worst


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 3], 3),
        ([3, 4], 4),
        ([4, 5, 3], 5),
        ([5, 6], 6),
        ([6, 130, 2], 130),
        ([2, 0], 2),
        ([2, 3], 3),
    ],
)
def test_the_worst_wins(codes: list[int], expected: int) -> None:
    """Of several codes the first in 130, 6, 5, 4, 3, 2 wins."""
    assert expected == worst(codes)


def test_every_exception_has_a_code_of_the_table() -> None:
    """No exception of ours asks for a code that is not in the table, nor for 0 or 1."""
    classes = [getattr(errors, name) for name in errors.__all__]
    assert {error.exit_code for error in classes} <= set(EXIT_CODES) - {0, 1}


def test_the_help_lists_all() -> None:
    """The epilog has a line for every code."""
    lines = epilog().splitlines()
    assert all(any(line.split()[:1] == [str(code)] for line in lines) for code in EXIT_CODES)
