"""How is a text file read line by line, when a hostile one must not fill memory?"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.errors import SyntaxFault

__all__ = ["LINE_BYTES", "any_lines", "lf_lines"]

LINE_BYTES = 1 << 20
"""The longest line read, its end included: well above any URL that a server was seen to accept."""

_PIECE_BYTES = 1 << 16
# Those that tag files of bags were seen in. Python's codecs also know some that are no encodings of text.
_ENCODINGS = frozenset(
    {"ascii", "cp1252", "iso8859-1", "iso8859-15", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-8"}
)
_ENDS = re.compile("\r\n|\r|\n")


def lf_lines(
    stream: BinaryIO, fault: type[SyntaxFault], what: str, *, most: int = LINE_BYTES
) -> Iterator[tuple[int, str]]:
    """
    Yield one-based number and text of each line of UTF-8 text whose lines all end with LF.

    Args:
        stream: Read forward from where it stands; left open.
        fault: What to raise.
        what: The file's name, for messages.
        most: Octets of the longest line allowed, LF included.

    Raises:
        SyntaxFault: The given class, with the fact ``line``, for a line that is too long, is not
            UTF-8, holds a CR or does not end with LF.

    Source: docs/format/package-1.md, section 3.
    """
    number = 0
    while raw := stream.readline(most + 1):
        number += 1
        if len(raw) > most:
            raise fault(f"{what} line {number}: longer than {most} bytes.", line=number)
        if not raw.endswith(b"\n"):
            raise fault(f"{what} line {number}: the last line does not end with LF.", line=number)
        if b"\r" in raw:
            raise fault(f"{what} line {number}: holds a carriage return.", line=number)
        try:
            yield number, raw[:-1].decode()
        except UnicodeDecodeError as exc:
            raise fault(
                f"{what} line {number}: byte {exc.start + 1} is not UTF-8 ({exc.reason}).", line=number
            ) from exc


def any_lines(
    stream: BinaryIO,
    fault: type[SyntaxFault],
    what: str,
    *,
    encoding: str = "utf-8",
    most: int = LINE_BYTES,
) -> Iterator[tuple[int, str]]:
    """
    Yield number and text of each line that ends with LF, CR, CRLF or the end of the file.

    Args:
        stream: Read forward from where it stands; left open.
        fault: What to raise.
        what: The file's name, for messages.
        encoding: A codec's name; one that is not known is a fault.
        most: Characters of the longest line allowed.

    Raises:
        SyntaxFault: The given class, with the fact ``line``.

    Source: RFC 8493, section 2.1.3 (line endings) and 2.1.1 (encodings).
    """
    number, rest = 0, ""
    for piece, final in _decoded(stream, fault, what, encoding):
        text = rest + piece
        start = 0
        for end in _ENDS.finditer(text):
            if end.end() == len(text) and end.group() == "\r" and not final:
                break  # an LF may follow in the next piece
            number += 1
            if end.start() - start > most:
                raise fault(f"{what} line {number}: longer than {most} characters.", line=number)
            yield number, text[start : end.start()]
            start = end.end()
        rest = text[start:]
        if len(rest) > most + 1:
            raise fault(f"{what} line {number + 1}: longer than {most} characters.", line=number + 1)
    if len(rest) > most:
        raise fault(f"{what} line {number + 1}: longer than {most} characters.", line=number + 1)
    if rest:
        yield number + 1, rest


def _decoded(
    stream: BinaryIO, fault: type[SyntaxFault], what: str, encoding: str
) -> Iterator[tuple[str, bool]]:
    """Yield pieces of text, the last one marked."""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        name = ""
    if name not in _ENCODINGS:
        raise fault(f"{what}: the encoding {encoding!r:.40} is not known.", line=0)
    decoder = codecs.getincrementaldecoder(name)()
    final = False
    while not final:
        data = stream.read(_PIECE_BYTES)
        final = not data
        try:
            yield decoder.decode(data, final), final
        except UnicodeError as exc:
            raise fault(f"{what}: is not {encoding} text ({exc}).", line=0) from exc
