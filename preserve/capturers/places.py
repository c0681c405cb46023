"""In which line of its source does an element of the tree stand?"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ATTRIBUTES_MOST", "OneLine", "Places"]

# HTML Standard 13.2.5, as much as is needed to find start tags: comments and the elements whose content is
# text are leapt over. Quantifiers are possessive: no input makes it look at a character often.
_TAG = re.compile(r"<([a-zA-Z][^\s/>]*+)((?:[^>\"']++|\"[^\"]*\"|'[^']*')*+)>?|<!--")
_COMMENT_END = re.compile(r"--!?>")
_TEXT_ONLY = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
ATTRIBUTES_MOST = 5_000
"""Attributes of one element: the parser compares each with all before it."""
_NEAR = 32  # how far off the count of a name's tags may be: the parser clones, implies and moves elements
_END_OF_NAME = frozenset(" \t\n\f\r/>")


class Places:
    """
    The start tags of a source, to be asked for in document order.

    The parser does not say where an element came from. So each element is matched with the next start
    tag of its name that holds the given value; an element that the parser made up (or moved) finds none.

    Args:
        source: The decoded page, line ends made LF.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._tags: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._entered: dict[str, int] = defaultdict(int)
        self._floor: dict[str, int] = defaultdict(int)
        self._matched: dict[str, int] = defaultdict(lambda: -1)
        self._at = 0
        self._line = 1
        position = 0
        while found := _TAG.search(source, position):
            position = found.end()
            name = found[1]
            if name is None:
                closed = _COMMENT_END.search(source, position)
                position = closed.end() if closed else len(source)
                continue
            lower = name.lower()
            self._tags[lower].append((found.start(), found[2]))
            if lower in _TEXT_ONLY:
                position = _closing(source, name, position)

    def end_of_reading(self) -> int | None:
        """Return where a tag stands that has more attributes than can be compared; None if there is none."""
        starts = [
            offset
            for tags in self._tags.values()
            for offset, attributes in tags
            if len(attributes) > ATTRIBUTES_MOST and _count(attributes) > ATTRIBUTES_MOST
        ]
        return min(starts, default=None)

    def tags_with(self, words: Iterable[str]) -> frozenset[str]:
        """Return the names of the elements with one of these words in an attribute, in any case."""
        known = tuple(words)
        found = set()
        for name, tags in self._tags.items():
            together = "\0".join([attributes for _, attributes in tags]).lower()
            if any(word in together for word in known):
                found.add(name)
        return frozenset(found)

    def enter(self, tag: str) -> None:
        """Go on to the next element; called for every element of the tree, in document order."""
        self._entered[tag] += 1
        self._floor[tag] = self._matched[tag] + 1

    def line(self, tag: str, value: str) -> int | None:
        """Return the line of the entered element's start tag, which holds ``value``; None if none is near."""
        tags = self._tags.get(tag)
        if tags is None:
            return None
        expected = self._entered[tag] - 1
        quoted = value.replace("&", "&amp;") if "&" in value else value
        for index in range(max(self._floor[tag], expected - _NEAR), min(len(tags), expected + _NEAR + 1)):
            offset, attributes = tags[index]
            if (
                value in attributes
                or quoted in attributes
                or ("&" in attributes and value in html.unescape(attributes))
            ):
                self._matched[tag] = index
                return self._line_at(offset)
        return None

    def _line_at(self, offset: int) -> int:
        """Return the line of an offset, counted from the last one that was asked for."""
        if offset >= self._at:
            self._line += self._source.count("\n", self._at, offset)
        else:
            self._line -= self._source.count("\n", offset, self._at)
        self._at = offset
        return self._line


def _count(attributes: str) -> int:
    """Return about how many attributes there are."""
    return len(_QUOTED.sub("", attributes).replace("/", " ").split())


class OneLine(Places):
    """A source within an attribute: all of it stands in the line of that."""

    def __init__(self, line: int | None) -> None:
        super().__init__("")
        self._only = line

    def line(self, tag: str, value: str) -> int | None:  # noqa: ARG002 - the place of all
        """Return the one line."""
        return self._only


def _closing(source: str, name: str, position: int) -> int:
    """Return where an element whose content is text ends: its end tag, or the end of the source."""
    if name.islower() or name.isupper():
        # The search for fixed text is many times as fast as one in any case, and end tags are spelt
        # like their start tags nearly always; what is missed costs a line its number.
        start = position
        while (start := source.find(f"</{name}", start)) >= 0:
            start += len(name) + 2
            if source[start : start + 1] in _END_OF_NAME:
                return start - len(name) - 2
    closing = _TEXT_ONLY[name.lower()].search(source, position)
    return closing.start() if closing else len(source)
