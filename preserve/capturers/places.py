"""In which line of its source does an element of the tree stand?"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from preserve.capturers.line_numbers import LineNumbers

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ATTRIBUTES_MOST", "OneLine", "Places"]

# HTML Standard 13.2.5, as much as is needed to find start tags: comments and the elements whose content is
# text are leapt over. Quantifiers are possessive: no input makes it look at a character often.
_TAG = re.compile(r"<(?:([a-zA-Z][^\s/>]*+)([^>\"']*+(?:(?:\"[^\"]*+\"|'[^']*+')[^>\"']*+)*+)>?|!--)")
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


class _Tags:
    """The start tags of one name, and how far the tree has come among them."""

    __slots__ = ("asked", "attributes", "floor", "matched", "offsets", "text_only")

    def __init__(self, name: str) -> None:
        self.text_only = name in _TEXT_ONLY
        self.offsets: list[int] = []
        self.attributes: list[str] = []
        self.asked = 0
        """The element that was asked for last: the how-manieth of its name."""
        self.floor = 0
        """Its tag is none before this one: the first after those that earlier elements were matched with."""
        self.matched = -1


class Places:
    """
    The start tags of a source, to be asked for in document order.

    The parser does not say where an element came from. So each element is matched with the next start
    tag of its name that holds the given value; an element that the parser made up (or moved) finds none.

    Args:
        source: The decoded page, line ends made LF.
    """

    def __init__(self, source: str) -> None:
        self._tags = _start_tags(source)
        self._lines = LineNumbers(source)
        self.entered: dict[str, int] = defaultdict(int)
        """How many elements of each name the tree has had so far: counted by who walks it."""

    def end_of_reading(self) -> int | None:
        """Return where a tag stands that has more attributes than can be compared; None if there is none."""
        starts = [
            offset
            for tags in self._tags.values()
            if max(map(len, tags.attributes)) > ATTRIBUTES_MOST
            for offset, attributes in zip(tags.offsets, tags.attributes, strict=True)
            if len(attributes) > ATTRIBUTES_MOST and _count(attributes) > ATTRIBUTES_MOST
        ]
        return min(starts, default=None)

    def count(self, names: Iterable[str]) -> int:
        """Return how many start tags have one of these names."""
        return sum(len(self._tags[name].offsets) for name in names if name in self._tags)

    def tags_with(self, words: Iterable[str]) -> frozenset[str]:
        """Return the names of the elements with one of these words in an attribute, in any case."""
        known = tuple(words)
        found = set()
        for name, tags in self._tags.items():
            together = "\0".join(tags.attributes).lower()
            if any(word in together for word in known):
                found.add(name)
        return frozenset(found)

    def line(self, tag: str, value: str) -> int | None:
        """Return the line of the last element's start tag, which holds ``value``; None if none is near."""
        tags = self._tags.get(tag)
        if tags is None:
            return None
        entered = self.entered[tag]
        if tags.asked != entered:
            tags.asked = entered
            tags.floor = tags.matched + 1
        expected = entered - 1
        index = max(tags.floor, expected - _NEAR)
        most = min(len(tags.attributes), expected + _NEAR + 1)
        while index < most:
            attributes = tags.attributes[index]
            if value in attributes or ("&" in attributes and _is_quoted(value, attributes)):
                tags.matched = index
                return self._lines.at(tags.offsets[index])
            index += 1
        return None


def _start_tags(source: str) -> dict[str, _Tags]:
    """Return the start tags of a source by their names in lower case."""
    named: dict[str, _Tags] = {}
    spelt: dict[str, _Tags] = {}
    position = 0
    while True:
        for found in _TAG.finditer(source, position):
            name, attributes = found.groups()
            if name is None:
                closed = _COMMENT_END.search(source, found.end())
                position = closed.end() if closed else len(source)
                break
            tags = spelt.get(name)
            if tags is None:
                lower = name.lower() if name.isascii() else name
                tags = spelt[name] = named.get(lower) or _Tags(lower)
                named[lower] = tags
            tags.offsets.append(found.start())
            tags.attributes.append(attributes)
            if tags.text_only:
                position = _closing(source, name, found.end())
                break
        else:
            return named


def _is_quoted(value: str, attributes: str) -> bool:
    """Return whether a value stands in attributes with character references."""
    return value.replace("&", "&amp;") in attributes or value in html.unescape(attributes)


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
        # like their start tags nearly always; what is missed costs a line its number. One sign is found
        # faster still, and most data and style sheets have none before their end.
        start = max(position, source.find("<", position))
        while (start := source.find(f"</{name}", start)) >= 0:
            start += len(name) + 2
            if source[start : start + 1] in _END_OF_NAME:
                return start - len(name) - 2
    closing = _TEXT_ONLY[name.lower()].search(source, position)
    return closing.start() if closing else len(source)
