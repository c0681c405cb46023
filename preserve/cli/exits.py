"""Which exit codes are there, and which one wins?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["EXIT_CODES", "epilog", "worst"]

# docs/exit-codes.md is held against this table. 1 is never returned on purpose: it is what Python itself
# returns for a crash or a broken import.
EXIT_CODES = {
    0: "all that was asked was done, and holds",
    1: "reserved: a crash of Python itself",
    2: "wrong usage: an option, a URL or a path that cannot be meant",
    3: "incomplete: captured with gaps, or something could not be checked",
    4: "the environment failed: network, disk, a missing program",
    5: "not trusted: a required signature or timestamp is missing or wrong",
    6: "damaged",
    130: "interrupted",
}

_FIRST_WINS = (130, 6, 5, 4, 3, 2)


def worst(codes: Iterable[int]) -> int:
    """Return the first of 130, 6, 5, 4, 3, 2 that is among the codes; 0 if none is."""
    seen = set(codes)
    return next((code for code in _FIRST_WINS if code in seen), 0)


def epilog() -> str:
    r"""Return the table for ``--help``; ``\b`` keeps click from filling its lines."""
    rows = "\n".join(f"  {code:>3}  {meaning}" for code, meaning in EXIT_CODES.items())
    return f"\b\nExit codes (of several the first in 130, 6, 5, 4, 3, 2 wins):\n{rows}"
