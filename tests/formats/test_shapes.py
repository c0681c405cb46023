"""Tests of ``preserve/formats/shapes.py``: what is refused at the first line is refused at the hundredth."""

from __future__ import annotations

import json

import pytest

from preserve.errors import JsonSyntaxError
from preserve.formats.schemas import dump_line, load
from preserve.formats.shapes import Shapes, shapes_of
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.resource import Resource
from tests.checks.build import RESOURCES, build

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


def test_many_names_are_not_remembered() -> None:
    """A line with more names than any class has is read, and takes no memory afterwards."""
    shapes = Shapes(Reference)
    many = SOUND.replace("{", "{" + "".join(f'"x{number}": 0, ' for number in range(500)), 1)
    assert 500 < len(shapes.fields(many))
    assert {} == shapes._known  # noqa: SLF001 - memory shows nowhere else


@pytest.mark.parametrize(
    "change",
    [
        ('"kind": "page"', '"kind": "pages"'),
        ('"kind": "page"', '"kind": 7'),
        ('"kind": "page"', '"kind": ["page"]'),
        ('"url": ', '"url": "x", "url": '),
        ('"url": ', '"url":"x", "url": '),
        ('"url": ', '"url" :"x", "url": '),
        ('"url": ', '"line": null, "url": '),
        ('"line": null', '"line":1, "line": null'),
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


def test_what_is_taken_stays_taken() -> None:
    """Lists of words, facts and words with quotes are given as they stand, however often they come."""
    text = dump_line(
        Reference(
            source=None,
            source_url=None,
            url='https://example.org/?a="b":',
            written="/",
            kind=Kind.PAGE,
            role=Role.PAGE,
            state=State.CAPTURED,
            reason='It says "no".',
        )
    ).decode()
    shapes = Shapes(Reference)
    assert [json.loads(text)] * 3 == [shapes.fields(text) for _ in range(3)]
    assert json.loads(SOUND) == shapes.fields(SOUND)


@pytest.mark.parametrize("twice", ['"a":1', '"a" : 1', '"a": "x"'])
def test_name_twice_inside_is_refused(twice: str) -> None:
    """Objects inside an object are looked at again, each time: a name may stand once in each."""
    shapes = shapes_of(Resource)
    sound = build().list_lines(RESOURCES)[0].decode()
    facts = sound.replace('"facts": {}', '"facts": {"a": 1}')
    assert facts != sound
    for _ in range(2):
        assert {"a": 1} == shapes.fields(facts)["facts"]
        with pytest.raises(JsonSyntaxError, match="twice"):
            shapes.fields(sound.replace('"facts": {}', f'"facts": {{{twice}, "a": 1}}'))
