"""Tests of ``preserve.capturers.places`` and ``preserve.capturers.nesting``."""

from __future__ import annotations

import pytest

from preserve.capturers.nesting import DEEP_MOST, SHALLOW, end_of_reading
from preserve.capturers.places import Places


def _lines(source: str, asked: list[tuple[str, str]]) -> list[int | None]:
    places = Places(source)
    found = []
    for tag, value in asked:
        places.entered[tag] += 1
        found.append(places.line(tag, value))
    return found


def test_elements_are_matched_in_order() -> None:
    """The same value in two elements has two lines, in any spelling of a name; what is made up has none."""
    source = "<img src=a>\n<IMG src='a'><p>\n<img\nsrc='b&amp;c'><script>\n<img src=a></script>\n<img src=a>"
    asked = [("img", "a"), ("img", "a"), ("p", ""), ("img", "b&c"), ("script", ""), ("img", "a"), ("b", "")]
    assert [1, 2, 2, 3, 4, 6, None] == _lines(source, asked)


def test_an_element_may_be_asked_for_twice() -> None:
    """Two values of one element have the same line, and the next element is not taken for it."""
    places = Places("<img src=a srcset=b>\n<img src=a srcset=b>")
    found = []
    for _ in range(2):
        places.entered["img"] += 1
        found += [places.line("img", "a"), places.line("img", "b")]
    assert [1, 1, 2, 2] == found


def test_lines_go_back_too() -> None:
    """An element that the parser has moved before others has its own line still."""
    places = Places("<table>\n<tr>\n<a href=x>")
    for tag in ("a", "table", "tr"):
        places.entered[tag] += 1
    assert [3, 1, 2] == [places.line(tag, "") for tag in ("a", "table", "tr")]


def test_names_are_lower_case_in_ascii_only() -> None:
    """A name with the sign for kelvin is not that of a link. HTML Standard 13.2.5.8."""
    source = "<lin\u212a href=a>\n<LINK href=a>"
    assert [2, 1] == _lines(source, [("link", "a"), ("lin\u212a", "a")])
    assert 1 == Places(source).count(SHALLOW)


@pytest.mark.parametrize("inner", ["<br><img src=a>", "<li>a</li>", "<p>a</p>"])
def test_many_elements_are_not_deep(inner: str) -> None:
    """However many elements stand beside each other, reading does not end; within each other it does."""
    source = f"<ul>{inner * DEEP_MOST}</ul>"
    assert (None, None) == (end_of_reading(source), end_of_reading(source, Places(source).count(SHALLOW)))
    deep = source + "<b>" * (DEEP_MOST + 1)
    expected = len(deep) - len("<b>")
    assert (expected, expected) == (end_of_reading(deep), end_of_reading(deep, Places(deep).count(SHALLOW)))
