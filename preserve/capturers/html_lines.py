"""Which lines of text does the reader of a page see, and where do they stand?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

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
_ASIDE_NAME = re.compile(
    r"(?<![a-z])(?:comments?|respond|related|sidebar|credit|caption)(?![a-z])", re.IGNORECASE
)
_LINE_MOST = 600
_PATH_MOST = 6


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
    texts: list[str] = []
    steps: list[tuple[Iterator[LexborNode], str, bool, bool]] = [(iter([root]), "", False, False)]
    while steps:
        children, _, aside, block = steps[-1]
        node = next(children, None)
        if node is None:
            if block:
                yield from _line(texts, steps)
            steps.pop()
            continue
        tag = node.tag or ""
        if tag == "-text":
            texts.append(node.text(deep=False) or "")
        elif tag[:1] not in {"-", "_", "!"} and tag not in _UNSEEN:
            starts = tag in _BLOCKS
            if starts:
                yield from _line(texts, steps)
            named, marked = _name(node, tag)
            steps.append((node.iter(include_text=True), named, aside or marked or tag in _ASIDE, starts))
    yield from _line(texts, [])


def _line(texts: list[str], steps: list[tuple[Iterator[LexborNode], str, bool, bool]]) -> Iterator[Line]:
    whole = " ".join("".join(texts).split())
    texts.clear()
    if whole:
        place = " > ".join(step[1] for step in steps[-_PATH_MOST:] if step[1])
        yield Line(whole[:_LINE_MOST], place, steps[-1][2] if steps else False, len(whole))


def _name(node: LexborNode, tag: str) -> tuple[str, bool]:
    """Return an element's step in a path, and whether its names mark what is beside the article."""
    attributes = node.attributes
    words = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"
    first = (attributes.get("class") or "").split()
    return (f"{tag}.{first[0][:40]}" if first else tag), bool(_ASIDE_NAME.search(words))
