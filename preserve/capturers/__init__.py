"""
What is inside a payload: facts, links, claims, problems?

Pure; run in a worker: ``workers.submit("preserve.capturers:inspect", argument, file=...)``, whose answer
``read_answer`` turns into values again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import BinaryIO

import attrs

from preserve.formats.schemas import structure, unstructure
from preserve.model.inspection import Capturer, Content, Inspection, Json, Problem
from preserve.plugins import load

__all__ = ["Answer", "inspect", "read_answer"]

_MESSAGE_MOST = 300


@attrs.frozen(kw_only=True)
class Answer:
    """What a worker answered about one payload."""

    capturer: str
    """The name of the capturer that opened it; empty if none is for its type."""
    inspection: Inspection


def inspect(stream: BinaryIO, argument: Json) -> dict[str, Json]:
    """
    Open a payload with the capturer for its type and return what it saw, as JSON.

    Args:
        stream: The decoded payload, seekable, at its first byte.
        argument: ``url``, ``media_type`` (sniffed), ``charset`` (or null), ``size_bytes``, and ``pixels``
            where every pixel of a picture is to be decoded.

    Returns:
        ``capturer`` and ``inspection``; for a type that no capturer is for, an empty name and inspection.
    """
    content = structure(_Asked, argument)
    capturer = _by_type().get(content.media_type)
    if capturer is None:
        return {"capturer": "", "inspection": unstructure(Inspection())}
    inspection = capturer.inspect(
        Content(
            url=content.url,
            media_type=content.media_type,
            charset=content.charset,
            size_bytes=content.size_bytes,
            stream=stream,
            pixels=content.pixels,
        )
    )
    return {"capturer": capturer.name, "inspection": unstructure(inspection)}


def read_answer(answer: Json) -> Answer:
    """
    Return a worker's answer as values; what libraries logged meanwhile (``log``) becomes problems.

    Raises:
        JsonSyntaxError: If it is no answer of ``inspect``.
    """
    read = structure(_Answered, answer)
    said = [
        fold for entry in read.log if (fold := " ".join(entry.get("message", "").split())[:_MESSAGE_MOST])
    ]
    problems = tuple(Problem(code=f"{read.capturer or 'capturer'}.warning", message=text) for text in said)
    inspection = attrs.evolve(read.inspection, problems=(*read.inspection.problems, *problems))
    return Answer(capturer=read.capturer, inspection=inspection)


@attrs.frozen(kw_only=True)
class _Asked:
    url: str
    media_type: str
    charset: str | None = None
    size_bytes: int = 0
    pixels: bool = False


@attrs.frozen(kw_only=True)
class _Answered:
    capturer: str
    inspection: Inspection
    log: tuple[Mapping[str, str], ...] = ()


@cache
def _by_type() -> Mapping[str, Capturer]:
    """Return every installed capturer by the types it opens; the first of two by name."""
    found: dict[str, Capturer] = {}
    # A Protocol is what `load` asks for; mypy wants a concrete class (its issue 4717).
    for capturer in load("capturers", Capturer):  # type: ignore[type-abstract]
        for media_type in sorted(capturer.media_types):
            found.setdefault(media_type, capturer)
    return found
