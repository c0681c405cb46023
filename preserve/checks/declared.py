"""
What does the package say about itself, line by line, however damaged it is?

A line that cannot be read is a row with a problem, and the next line is read all the same. Lines and
documents are bounded, so a hostile file costs no more memory than a sound one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Generic, TypeVar

import attrs

from preserve.errors import PreserveError
from preserve.formats.lines import LINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Row", "parsed", "rows", "split_lines"]

T = TypeVar("T")

_SKIP_BYTES = 1 << 16


@attrs.frozen(kw_only=True)
class Row(Generic[T]):
    """One line of a list."""

    number: int
    """One-based."""
    text: str = ""
    """Without its LF; empty when the line is no text."""
    value: T | None = None
    """None when it cannot be read."""
    problem: str = ""
    """Why not: a sentence."""


def parsed(read: Callable[[T], object], data: T) -> tuple[object, str]:
    """Return what a parser of ours makes of hostile input and an empty text, or None and its complaint."""
    try:
        return read(data), ""
    except PreserveError as exc:
        return None, exc.message
    except (ValueError, RecursionError) as exc:
        return None, f"{type(exc).__name__}: {exc}."


def split_lines(stream: BinaryIO, most: int = LINE_BYTES) -> Iterator[tuple[bytes, str]]:
    """
    Yield every line without its LF, and what is wrong with its form: an empty text when nothing is.

    A line above ``most`` octets is passed over in pieces and comes as an empty one.
    """
    while raw := stream.readline(most + 1):
        if raw.endswith(b"\n"):
            yield raw[:-1], "" if b"\r" not in raw else "It holds a carriage return."
        elif len(raw) <= most:
            yield raw, "It does not end with a line feed."
        else:
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(_SKIP_BYTES)
            yield b"", f"It is longer than {most} bytes."


def rows(lines: Iterable[tuple[bytes, str]], read: Callable[[str], T], *, start: int = 1) -> Iterator[Row[T]]:
    """
    Yield a row for each line.

    Args:
        lines: As ``split_lines`` gives them.
        read: Parses the text of a line; raises a PreserveError or ValueError.
        start: Number of the first line.
    """
    for number, (raw, problem) in enumerate(lines, start):
        try:
            text = raw.decode()
        except UnicodeDecodeError as exc:
            yield Row(number=number, problem=problem or f"Byte {exc.start + 1} of it is not UTF-8.")
            continue
        if problem:
            yield Row(number=number, text=text, problem=problem)
            continue
        try:
            yield Row(number=number, text=text, value=read(text))
        except PreserveError as exc:
            yield Row(number=number, text=text, problem=exc.message)
        except (ValueError, RecursionError) as exc:
            yield Row(number=number, text=text, problem=f"{type(exc).__name__}: {exc}.")
