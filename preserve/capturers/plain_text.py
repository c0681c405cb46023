"""In which encoding is a text, and how long is it?"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from preserve.model.inspection import Content, Inspection, Json, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TextCapturer"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TABLES = {"text/csv": ",;\t|", "text/tab-separated-values": "\t"}
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_LAST_RESORT = "windows-1252"
_SAMPLE = 65_536


class TextCapturer:
    """Reads plain text and tables of text."""

    name = "text"
    media_types = frozenset(
        {
            "text/calendar",
            "text/csv",
            "text/markdown",
            "text/plain",
            "text/tab-separated-values",
            "text/vcard",
            "text/vtt",
        }
    )

    def inspect(self, content: Content) -> Inspection:
        """Return the facts and problems of a text. Whether all of it is there, a text does not say."""
        data = content.stream.read()
        encoding, source = _encoding(data, content.charset)
        problems = []
        if source == "guessed":
            message = (
                f"The text is not sound in UTF-8, and states no encoding that it is in; read as {encoding}."
            )
            problems.append(Problem(code="text.encoding-unknown", message=message))
        facts: dict[str, Json] = {
            "format": content.media_type.removeprefix("text/"),
            "encoding": encoding,
            "encoding_from": source,
            "lines": _lines(data, encoding),
            "whole": None,
            "controls": bool(encoding.startswith("utf-8") and _CONTROLS.search(data)),
        }
        delimiters = _TABLES.get(content.media_type)
        if delimiters:
            facts |= dict(_table(data[:_SAMPLE].decode(encoding, "replace"), delimiters))
        return Inspection(facts=facts, problems=tuple(problems))


def _encoding(data: bytes, declared: str | None) -> tuple[str, str]:
    """Return the encoding in which a text can be read, and what says so."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name, "bom"
    for name, source in (((declared or "").lower(), "declared"), ("utf-8", "content")):
        try:
            data.decode(name)
        except (LookupError, ValueError):
            continue
        return name, source
    return _LAST_RESORT, "guessed"


def _lines(data: bytes, encoding: str) -> int:
    """Count the lines, the last one too if nothing ends it."""
    width = 2 if "16" in encoding else 4 if "32" in encoding else 1
    ends = data.count(b"\n") or data.count(b"\r")
    return ends + (bool(data) and data.rstrip(b"\0")[-1:] not in {b"\n", b"\r"} and len(data) >= width)


def _table(text: str, delimiters: str) -> Iterator[tuple[str, Json]]:
    """Yield ``delimiter`` and ``columns`` of the first line."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = max(delimiters, key=unquoted.count)
    yield "delimiter", delimiter
    yield "columns", unquoted.count(delimiter) + 1 if first.strip() else 0
