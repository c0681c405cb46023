"""What did a capturer see inside a payload?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, Protocol, TypeAlias, runtime_checkable

import attrs

from preserve.model.problem import Problem
from preserve.model.reference import Link

__all__ = ["Capturer", "Claim", "Content", "Inspection", "Json", "Problem"]

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@attrs.frozen(kw_only=True)
class Claim:
    """One statement that a page makes about itself, with its source: never a fact of ours."""

    name: str
    """``title``, ``byline``, ``owner``, ``published``, ``modified``, ``printed``, ``publisher``, ``site``,
    ``section``, ``dateline``, ``credit``, ``licence``, ``language``, ``canonical``, ``description``."""
    value: str
    """As the page says it, white space folded."""
    source: str
    """``json-ld``, ``microdata``, ``og``, ``meta``, ``time``, ``text``, ``link``, ``html``, ``url``,
    ``http``."""
    place: str = ""
    """Where: a JSON path, a property name, a CSS-like path of the element."""
    normal: str = ""
    """The value in a normal form when one is certain: an ISO date, a resolved URL."""


@attrs.frozen(kw_only=True)
class Content:
    """A decoded payload given to a capturer."""

    url: str
    media_type: str
    """Sniffed, lower-case, without parameters."""
    charset: str | None
    """From the Content-Type header, as sent."""
    size_bytes: int
    stream: BinaryIO
    """Seekable, at the first byte."""
    pixels: bool = False
    """Decode every pixel of a picture, and say what it is like; else only where nothing else tells
    whether it is whole."""


@attrs.frozen(kw_only=True)
class Inspection:
    """Facts, links and problems of one payload. All of it can be written as JSON."""

    facts: Mapping[str, Json] = attrs.field(factory=dict)
    links: tuple[Link, ...] = ()
    claims: tuple[Claim, ...] = ()
    problems: tuple[Problem, ...] = ()


@runtime_checkable
class Capturer(Protocol):
    """What opens one kind of payload. By entry point: ``preserve.capturers``. Run in a worker."""

    name: str
    media_types: frozenset[str]

    def inspect(self, content: Content) -> Inspection:
        """
        Return what is inside.

        Never raises for what the payload holds: that is a problem of the inspection. It may use the
        memory and time its worker was given; being killed for more is a problem the caller writes.
        """
        ...
