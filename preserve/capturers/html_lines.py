"""Which lines of text does the reader of a page see, and where do they stand?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

import attrs

from preserve.capturers.hints import may_have

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

__all__ = ["Line", "read_lines"]

# HTML Standard 15.3: elements that begin a line of their own.
_BLOCKS = frozenset(
    """address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p
    pre search section summary table tbody td tfoot th thead tr ul""".split()  # noqa: SIM905 - a table of words
)
_UNSEEN = frozenset(
    """head script style template noscript textarea select svg iframe object audio
    video""".split()  # noqa: SIM905 - a table of words
)
_ASIDE = frozenset({"aside", "figcaption", "footer", "nav", "form", "button"})
_ASIDE_WORDS = ("comment", "respond", "related", "sidebar", "credit", "caption")
_ASIDE_NAME = re.compile(
    r"(?<![a-z])(?:comments?|respond|related|sidebar|credit|caption)(?![a-z])", re.IGNORECASE
)
_NO_ELEMENT = frozenset({"-", "_", "!"})
_LINE_MOST = 600
_PATH_MOST = 6

_Step: TypeAlias = "tuple[Iterator[LexborNode], str, bool, bool]"
"""Of an open element: children to come, its name in a path, whether it is aside, and whether a block."""


@attrs.frozen
class Line:
    """One line of text."""

    text: str
    """White space folded, at most 600 characters."""
    place: str
    """CSS-like path of the block that holds it, its last six steps."""
    aside: bool
    """Whether it stands in navigation, captions, comments and the like."""
    size: int
    """Characters, uncut."""


def read_lines(root: LexborNode) -> Iterator[Line]:
    """Yield the lines that are not empty, in document order. Takes any depth of nesting."""
    names = _Names()
    texts: list[str] = []
    steps: list[_Step] = [(iter([root]), "", False, False)]
    while steps:
        children, _, aside, ends = steps[-1]
        step: _Step | None = None
        for node in children:
            tag = node.tag or ""
            if tag == "-text":
                texts.append(node.text_content or "")
            elif tag not in _UNSEEN and tag[:1] not in _NO_ELEMENT:
                named, marked = names.of(node, tag)
                ends = tag in _BLOCKS
                step = (node.iter(include_text=True), named, aside or marked or tag in _ASIDE, ends)
                break
        if ends and texts:
            whole = " ".join("".join(texts).split())
            texts.clear()
            if whole:
                yield _line(whole, steps)
        if step is None:
            steps.pop()
        else:
            steps.append(step)
    whole = " ".join("".join(texts).split())
    if whole:
        yield _line(whole, [])


def _line(whole: str, steps: list[_Step]) -> Line:
    place = " > ".join([step[1] for step in steps[-_PATH_MOST:] if step[1]])
    return Line(whole[:_LINE_MOST], place, steps[-1][2] if steps else False, len(whole))


class _Names:
    """The steps of elements in a path; those that are named alike are looked at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], tuple[str, bool]] = {}

    def of(self, node: LexborNode, tag: str) -> tuple[str, bool]:
        """Return an element's step, and whether its names mark what is beside the article."""
        attributes = node.attributes
        if not attributes:
            return tag, False
        id_, classes = attributes.get("id") or "", attributes.get("class") or ""
        key = (tag, id_, classes)
        found = self._known.get(key)
        if found is None:
            words = f"{id_} {classes}"
            first = classes.split(maxsplit=1)
            marked = may_have(words, _ASIDE_WORDS) and _ASIDE_NAME.search(words) is not None
            found = self._known[key] = (f"{tag}.{first[0][:40]}" if first else tag), marked
        return found
