"""May a pattern that takes letters in any case be found in a text?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["may_have"]

# Letters that a regular expression without regard to case takes for those of ASCII, and ``lower`` leaves.
_ALIKE = str.maketrans({"\u017f": "s", "\u0131": "i", "\u0307": None})


def may_have(text: str, words: Iterable[str]) -> bool:
    """
    Return whether one of a pattern's words stands in a text: False only where the pattern finds nothing.

    A search without regard to case looks at every character again; most texts are told by this in a
    tenth of its time.

    Args:
        text: Any.
        words: In lower case; whatever the pattern finds has one of them in it.
    """
    lower = text.lower()
    if not lower.isascii():
        lower = lower.translate(_ALIKE)
    for word in words:  # noqa: SIM110 - a generator takes as long as three words
        if word in lower:
            return True
    return False
