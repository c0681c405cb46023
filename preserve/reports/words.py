"""How are names, counts, sizes and foreign text written so that a person can read them safely?"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

import attrs

__all__ = ["Line", "Tone", "count", "duration", "is_unsafe", "number", "printable", "short", "size"]

# Categories of Unicode (UAX 44, table 12) that move, hide or reorder what stands around them: controls,
# format characters (bidirectional overrides, U+2066 and the like), surrogates, separators of lines and
# paragraphs. Private use and unassigned code points show as boxes at worst and stay.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_KEPT = frozenset("\u200c\u200d\u00ad")  # joiners and the soft hyphen: scripts and emoji need them
_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
_STEP = 1000
_TEN = 9.95
_MINUTE_S = 60


class Tone(StrEnum):
    """How a line is meant; a terminal may give it a colour, a file gets the text alone."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    FAINT = "faint"
    HEAD = "head"


@attrs.frozen
class Line:
    """One line of a text report, without its line end and safe to send to a terminal."""

    text: str
    tone: Tone = Tone.PLAIN


def printable(text: str) -> str:
    r"""
    Return one line that cannot control a terminal or hide its own order.

    Control characters, terminal sequences, line breaks, bidirectional overrides and lone surrogates
    are written as ``\x1b``, ``\u202e`` and so on; all else stays as it is. A second pass changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(letter) for letter in text)


def is_unsafe(letter: str) -> bool:
    """Whether a character moves, hides or reorders what stands around it on a terminal."""
    return letter not in _KEPT and unicodedata.category(letter) in _UNSAFE


def _escaped(letter: str) -> str:
    if not is_unsafe(letter):
        return letter
    point = ord(letter)
    return (
        f"\\x{point:02x}" if point <= 0xFF else f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"  # noqa: PLR2004 - widths of the three spellings
    )


def short(text: str, most: int = 100) -> str:
    """Return printable text of at most that many characters, its middle replaced by ``…`` if longer."""
    safe = printable(text[: 4 * most] + text[-most:] if len(text) > 5 * most else text)
    if len(safe) <= most:
        return safe
    tail = most // 3
    return f"{safe[: most - tail - 1]}…{safe[-tail:]}"


def number(value: int) -> str:
    """Return ``3 197 842``: digits in threes, as in the style guide's examples."""
    return f"{value:,}".replace(",", " ")


def count(value: int, one: str, many: str = "") -> str:
    """Return ``1 document`` or ``2 documents``."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def size(octets: int) -> str:
    """Return ``717 kB`` or ``1.9 MB``: decimal units (IEC 80000-13: kB is 1000 bytes)."""
    value = float(octets)
    for unit in _UNITS:
        if value < _STEP - 0.5 or unit == _UNITS[-1]:
            break
        value /= _STEP
    if unit == _UNITS[0]:
        return count(octets, "byte")
    return f"{value:.1f} {unit}" if value < _TEN else f"{number(round(value))} {unit}"


def duration(seconds: float) -> str:
    """Return ``8 s``, ``3 min`` or ``2 h 5 min``: as exactly as it is wanted while waiting."""
    if seconds < _MINUTE_S:
        return f"{round(seconds)} s"
    minutes = round(seconds / _MINUTE_S)
    hours, rest = divmod(minutes, 60)
    return f"{number(hours)} h {rest} min" if hours else f"{minutes} min"
