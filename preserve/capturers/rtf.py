"""What does an RTF document state of itself, and is its end there? Rich Text Format 1.9.1."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from preserve.capturers.stated import Stated
from preserve.model.inspection import Content, Inspection, Json, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RtfCapturer"]

_HEAD_BYTES = 1 << 20  # the information group stands before the text
_CODEPAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_INFO = re.compile(
    rb"\{\\(title|author|subject|keywords|doccomm|operator|company)\b ?((?:[^{}\\]|\\.)*+)\}", re.DOTALL
)
_COUNTS = re.compile(rb"\\nof(pages|words)(\d{1,9})")
_ESCAPES = re.compile(r"\\u(-?\d{1,5})\??|\\'([0-9a-fA-F]{2})|\\([{}\\])|\\[a-z]+-?\d* ?")
_NAMES = {
    "title": "title",
    "author": "creator",
    "subject": "subject",
    "keywords": "keywords",
    "doccomm": "caption",
    "operator": "modified-by",
    "company": "company",
}


class RtfCapturer:
    """Reads the information group of RTF documents."""

    name = "rtf"
    media_types = frozenset({"application/rtf"})

    def inspect(self, content: Content) -> Inspection:
        """Return the facts and problems of a document. Never raises for what is in it."""
        data = content.stream.read()
        head = data[:_HEAD_BYTES]
        whole = data.rstrip(b"\0\r\n\t ").endswith(b"}")
        stated = Stated()
        stated.add("info", _statements(head))
        facts: dict[str, Json] = {"format": "RTF", "whole": whole, "stated": stated.facts()}
        facts |= {found[1].decode(): int(found[2]) for found in _COUNTS.finditer(head)}
        message = "The document is cut short: it does not end with the brace that it began with."
        problems = () if whole else (Problem(code="rtf.truncated", message=message),)
        return Inspection(facts=facts, problems=problems)


def _statements(head: bytes) -> Iterator[tuple[str, str]]:
    page = _CODEPAGE.search(head)
    codec = f"cp{page[1].decode()}" if page else "cp1252"
    for found in _INFO.finditer(head):
        yield _NAMES[found[1].decode()], _text(found[2], codec)


def _text(octets: bytes, codec: str) -> str:
    """Return text with its escapes undone."""

    def plain(escape: re.Match[str]) -> str:
        if escape[1]:
            return chr(int(escape[1]) & 0xFFFF)
        if escape[2]:
            return _decoded(bytes.fromhex(escape[2]), codec)
        return escape[3] or ""

    return _ESCAPES.sub(plain, _decoded(octets, codec))


def _decoded(octets: bytes, codec: str) -> str:
    try:
        return octets.decode(codec, "replace")
    except LookupError:
        return octets.decode("cp1252", "replace")
