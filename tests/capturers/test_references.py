"""Tests of ``preserve.capturers.references``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.capturers import references
from preserve.capturers.references import LinkList, fold, link_counts
from preserve.model.reference import Kind

if TYPE_CHECKING:
    import pytest


def test_links_past_the_limit_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list stops at its limit, and that there were more is a problem."""
    monkeypatch.setattr(references, "_LINKS_MOST", 2)
    links = LinkList("https://a.example/")
    for name in "abc":
        assert not links.overflowed
        links.add(name, Kind.LINK, element="a", attribute="href")
    assert links.overflowed
    assert ["a", "b"] == [link.written for link in links.links]
    assert ["links.too-many"] == [problem.code for problem in links.problems]


def test_a_list_within_its_limits_has_no_problems() -> None:
    """Links that fit are resolved and counted by kind."""
    links = LinkList("https://a.example/b/")
    links.add(" c ", Kind.LINK, element="a", attribute="href")
    links.add("", Kind.DOCUMENT, element="div", attribute="role", resolvable=False)
    assert ["https://a.example/b/c", None] == [link.url for link in links.links]
    assert {"document": 1, "link": 1} == link_counts(links.links)
    assert links.problems == []


def test_white_space_is_folded() -> None:
    """Every run of white space is one space, and the text is cut."""
    assert ["a b", "a b", ""] == [fold(" a\n\u00a0b "), fold("a bc", 3), fold(None)]
