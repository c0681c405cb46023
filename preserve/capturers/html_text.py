"""What does a page say, as plain text for search?"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from preserve.capturers.charset import decode_html

__all__ = ["text_of"]

_UNSEEN = ("script", "style", "noscript", "template", "head")
# What begins a new line when a browser shows it.
_BLOCKS = (
    "address, article, aside, blockquote, br, caption, dd, div, dl, dt, fieldset, figcaption, figure, "
    "form, footer, h1, h2, h3, h4, h5, h6, header, hr, legend, li, main, nav, ol, option, p, pre, section, "
    "summary, table, tr, ul"
)
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_LINES = re.compile(r" ?\n[ \n]*")


def text_of(data: bytes, charset: str | None) -> str:
    """
    Return the text of a page, a line for each block, ending with a line feed.

    Args:
        data: The page.
        charset: Its encoding, if known; else as a browser would find it.
    """
    tree = LexborHTMLParser(decode_html(data, charset).text)
    titled = tree.css_first("title")
    title = " ".join(titled.text().split()) if titled is not None else ""
    tree.strip_tags([*_UNSEEN])
    for block in tree.css(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    body = tree.body.text() if tree.body else ""
    text = _LINES.sub("\n", _SPACES.sub(" ", body)).strip()
    return "\n".join(part for part in (title, text) if part) + "\n"
