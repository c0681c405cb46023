"""Whom do the captions of a page name as the makers of its pictures?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from preserve.capturers.references import fold
from preserve.model.inspection import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["credit_claims", "read_credit"]

_NODES_MOST = 200
_CREDITS_MOST = 60
_CAPTION_MOST = 1000
_CREDIT_MOST = 200
_UP_MOST = 6
_READ_MOST = 400_000  # characters of all captions together
_MARKED = re.compile(
    r"(?<![a-z])(?:credits?|photographer|byline-photo|photo-by|copyright)(?![a-z])", re.IGNORECASE
)
# What a credit opens with: a kind of picture, or the sign of copyright.
_PICTURES = (
    "photo(?:graph)?s?|photography|picture|image|illustration|slide|plan|map|drawing|graphic|"
    "foto(?:s|graf(?:ie|in|ía)?)?|bild(?:er|nachweis|quelle)?|abbildung|zeichnung|karte|grafik|"
    "photographie|crédit(?:s)?(?: photo)?|imagen|fotografía|immagine|imagem|credit|фото"
)
_CREDIT = re.compile(
    rf"(?:^|(?<=[.!?;|(\[/\u2013\u2014\u2019\u201d\"]\s)|(?<=[.!?;|(\[/\u2013\u2014]))"
    rf"((?:{_PICTURES})\s*(?::|by\b|von\b|par\b|de\b|di\b|©|\(c\))\s*|©\s*|courtesy(?: of)?\s*:?\s+)"
    rf"([^\s:].*)\Z",
    re.IGNORECASE,
)
_EDGES = " .;|()[]"


def credit_claims(tree: LexborHTMLParser) -> Iterator[Claim]:
    """
    Yield a ``credit`` claim for each maker of pictures that captions name.

    ``value`` is the credit as it is written, ``normal`` what follows its opening word. Elements whose
    class is that of a credit are taken whole; of other captions the end, where it opens like a credit.
    """
    said: set[str] = set()
    read = 0
    for node in tree.css("figcaption, [class*=credit i], [class*=caption i]")[:_NODES_MOST]:
        marked = bool(_MARKED.search(node.attributes.get("class") or ""))
        text = node.text(separator=" ") or ""
        read += len(text)
        if read > _READ_MOST:
            return
        found = read_credit(fold(text, _CAPTION_MOST), whole=marked) if len(text) <= _CAPTION_MOST else None
        if found is None or found[0] in said:
            continue
        if not marked and any(
            _MARKED.search(inner.attributes.get("class") or "") for inner in node.css("[class]")
        ):
            continue
        said.add(found[0])
        yield Claim(name="credit", value=found[0], source="text", place=_place(node), normal=found[1])
        if len(said) == _CREDITS_MOST:
            return


def read_credit(text: str, *, whole: bool) -> tuple[str, str] | None:
    """
    Return the credit in a caption and whom it names; None if there is none.

    Args:
        text: The caption, white space folded.
        whole: Whether markup says that all of it is a credit.
    """
    found = _CREDIT.search(text)
    if found:
        value = text[found.start() :].strip()
        named = found[2].rstrip(_EDGES) if value.count("(") == value.count(")") else found[2].strip(_EDGES)
    elif whole:
        value = named = text.strip(_EDGES)
    else:
        return None
    return (value.strip(_EDGES), named) if named and len(value) <= _CREDIT_MOST else None


def _place(node: LexborNode) -> str:
    """Return where a caption stands: its element, and the closest one above it that has an id."""
    above = node.parent
    for _ in range(_UP_MOST):
        if above is None:
            break
        if above.id:
            return f"{above.tag}#{above.id[:40]} {node.tag}"
        above = above.parent
    return node.tag or ""
