"""
What can be made of a preserved file when it is asked for: text, attachments, thumbnails, a report?

Pure; run in a worker: ``workers.submit("preserve.capturers.making:make", argument, file=...)``. Nothing of
this is made at capture: it can be had from the preserved octets at any time.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import attrs

from preserve.formats.schemas import structure

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from preserve.model.inspection import Json


__all__ = ["MAKERS", "applies", "make"]

_PDF = frozenset({"application/pdf"})
_HTML = frozenset({"text/html", "application/xhtml+xml"})

MAKERS: dict[str, frozenset[str]] = {
    "text": _PDF | _HTML,
    "attachments": _PDF,
    "thumbnails": _PDF,
    "repair-report": _PDF,
    "pronom": frozenset(),
}
"""What can be made, and of which media types; none stands for all."""

MADE_BYTES = 20 << 20
"""All that one job may make: with what base64 adds it fits an answer of a worker."""


def applies(kind: str, media_type: str) -> bool:
    """Tell whether something of this kind can be made of such a file."""
    return not MAKERS[kind] or media_type in MAKERS[kind]


def make(stream: BinaryIO, argument: Json) -> dict[str, Json]:
    """
    Make what is asked for, and return it as JSON.

    Args:
        stream: The preserved file; for ``pronom`` a file on a disk, which is identified by its path.
        argument: ``kind``, ``media_type``, ``charset`` (or null).

    Returns:
        ``files``: ``name`` and ``data`` (base64) of each; ``identifier``, of PRONOM; ``problems``: sentences.
    """
    asked = structure(_Asked, argument)
    files, problems = _BY_KIND[asked.kind](stream, asked)
    identifier = ""
    if asked.kind == "pronom":
        (_, data), *_ = files
        identifier, files = data.decode(), []
    within: list[Json] = []
    left = MADE_BYTES
    for name, data in files:
        left -= len(data)
        if left < 0:
            problems = [
                *problems,
                f"Only the first {len(within)} of {len(files)} files were made: too large.",
            ]
            break
        within.append({"name": name, "data": b64encode(data).decode()})
    return {"files": within, "identifier": identifier, "problems": [*problems]}


@attrs.frozen(kw_only=True)
class _Asked:
    kind: str
    media_type: str
    charset: str | None = None


_Made = tuple[list[tuple[str, bytes]], list[str]]


def _text(stream: BinaryIO, asked: _Asked) -> _Made:
    if asked.media_type in _HTML:
        from preserve.capturers.html_text import text_of  # noqa: PLC0415 - only where a page is read

        return [("txt", text_of(stream.read(), asked.charset).encode())], []
    from preserve.capturers.pdf_making import text_of_pages  # noqa: PLC0415 - only where a PDF is read

    text, problems = text_of_pages(stream)
    return [("txt", text.encode("utf-8", "replace"))], problems


def _attachments(stream: BinaryIO, _asked: _Asked) -> _Made:
    from preserve.capturers.pdf_making import attached  # noqa: PLC0415 - only where a PDF is read

    return attached(stream, MADE_BYTES)


def _thumbnails(stream: BinaryIO, _asked: _Asked) -> _Made:
    from preserve.capturers.pdf_drawing import thumbnails  # noqa: PLC0415 - an extra

    return thumbnails(stream)


def _repair_report(stream: BinaryIO, _asked: _Asked) -> _Made:
    from preserve.capturers.pdf_repair import repair_report  # noqa: PLC0415 - an extra

    return [("repair.json", repair_report(stream))], []


def _pronom(stream: BinaryIO, _asked: _Asked) -> _Made:
    from pygfried import identify  # noqa: PLC0415 - an extra

    found = identify(str(stream.name))
    return [("", (found or "").encode())], []


_BY_KIND: dict[str, Callable[[BinaryIO, _Asked], _Made]] = {
    "text": _text,
    "attachments": _attachments,
    "thumbnails": _thumbnails,
    "repair-report": _repair_report,
    "pronom": _pronom,
}
