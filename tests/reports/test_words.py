"""Is foreign text written so that it cannot control a terminal, and are numbers readable?"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.reports.words import count, duration, number, printable, short, size

_FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("Größe 大小 🗺", "Größe 大小 🗺"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("two\nlines\r", "two\\x0alines\\x0d"),
        ("c1 \x9b31m", "c1 \\x9b31m"),
        ("fdp\u202egpj.exe", "fdp\\u202egpj.exe"),
        ("lone \ud800", "lone \\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("👩\u200d🔬", "👩\u200d🔬"),
    ],
)
def test_controls_are_escaped(text: str, expected: str) -> None:
    """What could control a terminal or reverse a name is written as an escape; all else stays."""
    assert expected == printable(text)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_printable_is_safe_and_stable(text: str) -> None:
    """Printable text has no control, can be encoded, and a second pass changes nothing."""
    safe = printable(text)
    assert not _FORBIDDEN & {unicodedata.category(letter) for letter in safe}
    assert safe == safe.encode().decode()
    assert safe == printable(safe)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=600), st.integers(min_value=8, max_value=80))
def test_short_keeps_its_bound(text: str, most: int) -> None:
    """Shortened text is never longer than asked."""
    assert len(short(text, most)) <= most


def test_short_keeps_both_ends() -> None:
    """The middle goes, because the end of a name tells as much as its beginning."""
    assert "abcde…xyz" == short("abcdefghijklmnopqrstuvwxyz", 9)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (716_822, "717 kB"),
        (999_600, "1.0 MB"),
        (1_893_112, "1.9 MB"),
        (10**18, "1 000 PB"),
    ],
)
def test_sizes(octets: int, expected: str) -> None:
    """Sizes are decimal, with two digits at least."""
    assert expected == size(octets)


def test_counts() -> None:
    """A count agrees with its noun, and digits stand in threes."""
    assert ["1 page", "2 pages", "0 indices", "3 197 842"] == [
        count(1, "page"),
        count(2, "page"),
        count(0, "index", "indices"),
        number(3_197_842),
    ]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.2, "0 s"), (59.4, "59 s"), (61, "1 min"), (3600, "1 h 0 min"), (7500, "2 h 5 min")],
)
def test_duration(seconds: float, expected: str) -> None:
    """A time to wait is told in seconds, minutes, or hours and minutes."""
    assert expected == duration(seconds)
