"""
Has a JSON object the shape of one that was read before?

Reading an object into a class of the model takes three times as long as parsing it. Where a hundred thousand
lines have few shapes among them, each shape is read in full once, and of the others only the fields are
given: what would be refused then is refused here, because what it would be refused for is part of the shape.
"""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, get_args

import attrs

from preserve.formats.schemas import parse_json, structure

if TYPE_CHECKING:
    from preserve.model.inspection import Json

__all__ = ["Shapes", "shapes_of"]

_SHAPES_MOST = 2000
_NAMES_MOST = 100
"""A hostile line may have a hundred thousand names that the class does not know."""
_FACTS = "facts"
"""An object that may hold whatever JSON can say."""
_PLAIN = frozenset({str, int, bool, type(None)})
"""No numbers with a fraction: whether they have an end is asked by the rules."""


@cache
def shapes_of(cls: type[attrs.AttrsInstance]) -> Shapes:
    """Return what knows the shapes that were read so far in this process, of one class."""
    return Shapes(cls)


class Shapes:
    """
    Reads lines of JSON as objects of one class.

    Args:
        cls: An attrs class of the model.
    """

    def __init__(self, cls: type[attrs.AttrsInstance]) -> None:
        self._cls = cls
        self._known: dict[tuple[object, ...], tuple[str, ...]] = {}
        """Shapes, and the names in each whose values are lists or objects."""
        fields = attrs.fields(attrs.resolve_types(cls))
        self._lists = frozenset(field.name for field in fields if get_args(field.type)[:1] == (str,))
        self._enums = tuple(field.name for field in fields if _is_enum(field.type))

    def fields(self, text: str) -> dict[str, Json]:
        """
        Return the fields of an object as they stand in the line.

        Raises:
            JsonSyntaxError: If it is no object of the class.
        """
        try:
            value: dict[str, Json] = json.loads(text)
            kinds = tuple(map(type, value.values()))
            held = self._known[(tuple(value), kinds, tuple([value.get(name) for name in self._enums]))]
        except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
            return self._strictly(text)
        if not all(self._is_simple(name, value[name]) for name in held):
            return self._strictly(text)
        words = kinds.count(str) + sum(len(item) for item in map(value.get, held) if isinstance(item, list))
        if text.count('"') != 2 * (len(value) + words):
            # More quotes than names and words have: there are objects inside, or a name stands twice.
            parse_json(text)
        return value

    def _strictly(self, text: str) -> dict[str, Json]:
        """Read an object by all rules, and remember its shape."""
        value = parse_json(text)
        structure(self._cls, value)
        if not isinstance(value, dict):
            raise TypeError("an attrs class is read from objects alone")
        held = tuple(name for name, item in value.items() if type(item) not in _PLAIN)
        few = len(self._known) < _SHAPES_MOST and len(value) <= _NAMES_MOST
        if few and all(self._is_simple(name, value[name]) for name in held):
            kinds = tuple(map(type, value.values()))
            self._known[(tuple(value), kinds, tuple([value.get(name) for name in self._enums]))] = held
        return value

    def _is_simple(self, name: str, item: Json) -> bool:
        """Tell whether a list or object is empty, a list of words where these are asked for, or facts."""
        if not item or (name == _FACTS and type(item) is dict):
            return True
        return name in self._lists and type(item) is list and all(type(each) is str for each in item)


def _is_enum(kind: object) -> bool:
    return any(isinstance(each, type) and issubclass(each, StrEnum) for each in (kind, *get_args(kind)))
