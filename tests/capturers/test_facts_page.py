"""Tests of docs/facts.md against what the capturers answer and can answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import preserve
from tests.capturers.corpus import CASES, inspected
from tests.capturers.test_kinds import CASES as KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs" / "facts.md").read_text()
_CAPTURERS = Path(preserve.__file__).parent / "capturers"
_FAMILIES = {"font", "image", "json", "media", "ole", "packed", "pdf", "rtf", "text", "xml"}
_CODE = re.compile(r"(?<=\")((?:font|image|json|media|ole|pdf|rtf|text|xml|zip)\.[a-z]+(?:-[a-z]+)*)\b(?=\")")


def _section(name: str) -> str:
    return PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def _named(facts: Any, section: str) -> Iterator[str]:
    """Yield the keys of facts, and of the objects among them, that a section does not name."""
    if isinstance(facts, list):
        for each in facts:
            yield from _named(each, section)
    elif isinstance(facts, dict):
        for key, value in facts.items():
            if f"`{key}`" not in section:
                yield key
            if key not in {"stated", "links"}:
                yield from _named(value, section)


@pytest.mark.filterwarnings("ignore")  # of Pillow, on damaged pictures
@pytest.mark.parametrize("name", [*CASES, *KINDS])
def test_every_fact_is_described(name: str) -> None:
    """Each key of the facts of every sample stands in the section of its capturer."""
    case = CASES.get(name) or KINDS[name]
    capturer, seen = inspected(case)
    assert [] == list(_named(dict(seen.facts), _section(capturer)))


@pytest.mark.filterwarnings("ignore")  # the same
@pytest.mark.parametrize("name", [*CASES, *KINDS])
def test_every_statement_is_described(name: str) -> None:
    """Each name under which something is stated stands somewhere in the page."""
    stated: Any = inspected(CASES.get(name) or KINDS[name])[1].facts.get("stated", {})
    assert set() == {key for key in stated if f"`{key}`" not in PAGE}


def test_every_problem_is_described() -> None:
    """Each code of a problem that stands in the source of a capturer stands in the page."""
    codes = {code for path in _CAPTURERS.glob("*.py") for code in _CODE.findall(path.read_text())}
    assert set() == {code for code in codes if f"`{code}`" not in PAGE}
    assert len(codes) > 25


def test_a_missing_fact_is_noticed() -> None:
    """A key that the page does not have is found, at any depth."""
    assert ["conjured", "conjured-too"] == list(
        _named({"conjured": 1, "tracks": [{"conjured-too": 1}]}, _section("media"))
    )
    assert _FAMILIES == {name for name in _FAMILIES if _section(name)}
