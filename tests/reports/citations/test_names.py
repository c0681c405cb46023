"""Are bylines taken apart into names, and names into their parts?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preserve.reports.citations.names import read_name, read_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jane Roe", ["Jane Roe"]),
        ("Jane Roe and John Doe", ["Jane Roe", "John Doe"]),
        ("Jane Roe, John Doe and Ann Poe", ["Jane Roe", "John Doe", "Ann Poe"]),
        ("Jane Roe, John Doe, and Ann Poe", ["Jane Roe", "John Doe", "Ann Poe"]),
        ("Anna Müller und Jörg Öst", ["Anna Müller", "Jörg Öst"]),
        ("Jean de la Tour et Zoé Roy", ["Jean de la Tour", "Zoé Roy"]),
        ("Ana García y Luis Paz", ["Ana García", "Luis Paz"]),
        ("Martin Luther King, Jr.", ["Martin Luther King Jr."]),
        ("Roe, Jane", ["Jane Roe"]),
        ("Reuters", ["Reuters"]),
        ("", []),
    ],
)
def test_bylines(text: str, names: list[str]) -> None:
    """Commas and the "and" of several languages stand between names."""
    assert names == [name.literal for name in read_names(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Jane Roe", ("Jane", "", "Roe", "")),
        ("Jean de la Tour", ("Jean", "de la", "Tour", "")),
        ("Ludwig van der Berg Smit", ("Ludwig", "van der", "Berg Smit", "")),
        ("Dr. Jane Q. Roe Jr.", ("Jane Q.", "", "Roe", "Jr.")),
        ("Reuters", ("", "", "", "")),
        ("The Evening Mercury Staff", ("", "", "", "")),
        ("Agent 47", ("", "", "", "")),
    ],
)
def test_parts(text: str, parts: tuple[str, str, str, str]) -> None:
    """Particles and suffixes are known; bodies and single words are left whole."""
    name = read_name(text)
    assert parts == (name.given, name.particle, name.family, name.suffix)


@given(st.text("ABcd ,.;&éandund1", max_size=80))
def test_any_text_is_read(text: str) -> None:
    """Whatever the text, there are at most twenty names and none is empty."""
    names = read_names(text)
    assert len(names) <= 20
    assert all(name.literal.strip() for name in names)
