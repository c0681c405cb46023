"""
How deep do the elements of a page stand in each other, and where should reading it end?

The parser looks through all open elements again and again, so that its time grows with the square of
their number: 20 000 take a third of a second, 200 000 more than half a minute. Browsers keep 512.
"""

from __future__ import annotations

import re

__all__ = ["DEEP_MOST", "SHALLOW", "end_of_reading"]

DEEP_MOST = 20_000
"""Elements within each other; deeper ones are not read."""

_STRIDE = 16_384

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# HTML Standard 13.1.2: elements without content, and those that the next of their kind closes.
SHALLOW = frozenset(
    """a area base basefont bgsound br col dd dt embed frame hr image img input li link meta nobr optgroup
    option p param rp rt source tbody td tfoot th thead tr track wbr""".split()  # noqa: SIM905 - a table of words
)
"""Elements that none stand in, or that none of their kind stand in."""


def end_of_reading(source: str, shallow: int = 0) -> int | None:
    """
    Return where elements begin to stand too deep; None if they never do. An estimate, on the safe side.

    Args:
        source: The decoded page.
        shallow: How many start tags of ``SHALLOW`` elements it is known to have, at the least.
    """
    signs = _signs(source) - shallow
    if signs <= DEEP_MOST or signs - source.count("</") <= DEEP_MOST:
        return None
    deep = 0
    for found in _TAG.finditer(source):
        if found[2].lower() in SHALLOW:
            continue
        if found[1]:
            deep = max(0, deep - 1)
        else:
            deep += 1
            if deep > DEEP_MOST:
                return found.start()
    return None


def _signs(source: str) -> int:
    """Return how many ``<`` a source has; style sheets and data, which have none, are leapt over."""
    signs, position = 0, source.find("<")
    while position >= 0:
        signs += source.count("<", position, position + _STRIDE)
        position = source.find("<", position + _STRIDE)
    return signs
