"""
Which URLs does a list name? docs/cli.md says the same for those who write lists.

One URL a line, in UTF-8. What follows a ``#`` at the start of a line, or after white space, is a comment;
a ``#`` inside a URL is its fragment. A line that is no URL is the caller's to judge; what can be said of
it as text is said here, and no line stops the reading of the others.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, BinaryIO

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LINE_BYTES", "Entry", "read_list"]

LINE_BYTES = 1 << 17
"""The longest line read, its end included: twice the longest URL that a server was seen to accept."""

_COMMENT = re.compile(r"(^|\s)#.*", re.DOTALL)


@attrs.frozen(kw_only=True)
class Entry:
    """One line of a list that is neither empty nor a comment."""

    line: int
    """Counted from one."""
    text: str
    """Without comment and surrounding space; empty when there is a problem."""
    problem: str = ""
    """Why the line cannot be a URL, as a sentence."""


def read_list(stream: BinaryIO) -> Iterator[Entry]:
    """
    Yield what the lines of a list say, in their order.

    Args:
        stream: Read forward to its end; left open. A byte order mark and CR before LF are passed over.
    """
    number = 0
    while raw := stream.readline(LINE_BYTES + 1):
        number += 1
        if len(raw) > LINE_BYTES:
            while not raw.endswith(b"\n") and (raw := stream.readline(LINE_BYTES)):
                pass
            yield Entry(line=number, text="", problem=f"The line is longer than {LINE_BYTES} bytes.")
            continue
        try:
            text = raw.removeprefix(codecs.BOM_UTF8 if number == 1 else b"").decode()
        except UnicodeDecodeError as exc:
            yield Entry(line=number, text="", problem=f"Byte {exc.start + 1} of the line is not UTF-8.")
            continue
        text = _COMMENT.sub("", text).strip()
        if len(text.split()) > 1:
            problem = "White space stands between two words; expected one URL a line, with %20 for a space."
            yield Entry(line=number, text="", problem=problem)
        elif text:
            yield Entry(line=number, text=text)
