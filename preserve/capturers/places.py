"""In which line of its source does an element of the tree stand?"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import defaultdict

__all__ = ["Places"]

# HTML Standard 13.2.5, as much as is needed to find start tags: comments and the elements whose content is
# text are leapt over. Quantifiers are possessive: no input makes it look at a character often.
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<([a-zA-Z][^\s/>]*+)((?:[^>\"']++|\"[^\"]*\"|'[^']*')*+)>?", re.DOTALL)
_TEXT_ONLY = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
_NEAR = 32  # how far off the count of a name's tags may be: the parser clones, implies and moves elements


class Places:
    """
    The start tags of a source, to be asked for in document order.

    The parser does not say where an element came from. So each element is matched with the next start
    tag of its name that holds the given value; an element that the parser made up (or moved) finds none.

    Args:
        source: The decoded page.
    """

    def __init__(self, source: str) -> None:
        self._newlines = [found.start() for found in re.finditer(r"\r\n?|\n", source)]
        self._tags: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._entered: dict[str, int] = defaultdict(int)
        self._floor: dict[str, int] = defaultdict(int)
        self._matched: dict[str, int] = defaultdict(lambda: -1)
        position = 0
        while found := _TAG.search(source, position):
            position = found.end()
            name = (found[1] or "").lower()
            if name:
                self._tags[name].append((found.start(), found[2]))
            if name in _TEXT_ONLY:
                closing = _TEXT_ONLY[name].search(source, position)
                position = closing.start() if closing else len(source)

    def enter(self, tag: str) -> None:
        """Go on to the next element; called for every element of the tree, in document order."""
        self._entered[tag] += 1
        self._floor[tag] = self._matched[tag] + 1

    def line(self, tag: str, value: str) -> int | None:
        """Return the line of the entered element's start tag, which holds ``value``; None if none is near."""
        tags = self._tags.get(tag, [])
        expected = self._entered[tag] - 1
        for index in range(max(self._floor[tag], expected - _NEAR), min(len(tags), expected + _NEAR + 1)):
            offset, attributes = tags[index]
            if value in attributes or ("&" in attributes and value in html.unescape(attributes)):
                self._matched[tag] = index
                return bisect_right(self._newlines, offset - 1) + 1
        return None
