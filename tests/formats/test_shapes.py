"""Tests of ``preserve/formats/shapes.py``: what is refused at the first line is refused at the hundredth."""

from __future__ import annotations

import json

import pytest

from preserve.errors import JsonSyntaxError
from preserve.formats.schemas import dump_line, load
from preserve.formats.shapes import Shapes
from preserve.model.reference import Kind, Reference, Role, State

SOUND = dump_line(
    Reference(
        source=None,
        source_url=None,
        url="https://example.org/",
        written="/",
        kind=Kind.PAGE,
        role=Role.PAGE,
        state=State.CAPTURED,
    )
).decode()


def test_fields_are_those_of_the_line() -> None:
    """The fields are given as they stand in the line, from the first line of a shape and from the second."""
    shapes = Shapes(Reference)
    assert [json.loads(SOUND)] * 2 == [shapes.fields(SOUND), shapes.fields(SOUND)]


@pytest.mark.parametrize(
    "change",
    [
        ('"kind": "page"', '"kind": "pages"'),
        ('"kind": "page"', '"kind": 7'),
        ('"kind": "page"', '"kind": ["page"]'),
        ('"url": ', '"url": "x", "url": '),
        ('"line": null', '"line": true'),
        ('"line": null', '"line": 1.5'),
        ('"line": null', '"line": NaN'),
        ('"line": null', '"line": {}'),
        ('"written": "/"', '"written": null'),
        ('"written": "/"', '"odd": "/"'),
        ("{", "["),
        ("}", ""),
        ("{", "[" * 5000),
    ],
)
def test_what_is_refused_stays_refused(change: tuple[str, str]) -> None:
    """What is no object of the class is refused, though lines of its shape were read before."""
    shapes = Shapes(Reference)
    shapes.fields(SOUND)
    broken = SOUND.replace(*change, 1)
    with pytest.raises(JsonSyntaxError):
        load(Reference, broken)
    for _ in range(2):
        with pytest.raises(JsonSyntaxError):
            shapes.fields(broken)
