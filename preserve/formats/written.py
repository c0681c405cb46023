"""
Is a line of JSON spelt as we spell an object of one class, and what are some of its fields?

The lines of a list are written by one function (``schemas.dump_line``): keys sorted, each value in its place.
One pattern made from the class says yes to such a line and gives the fields asked for, in a third of the time
that parsing takes. A line that does not fit it is parsed (``shapes``), and refused if it must be.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, TypeAlias, get_args

import attrs

from preserve.errors import JsonSyntaxError
from preserve.formats.schemas import parse_json
from preserve.formats.shapes import shapes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Texts", "Written"]

Texts: TypeAlias = "tuple[str | None, ...]"
"""Fields of one line: text as it is meant, anything else as JSON spells it, None for null."""

_FACTS = "facts"
_FACTS_MARK = "<facts>"
_ANY = r"(?s:.*)"
# No group may give anything back (the plus after a repetition): each line is gone over once.
_INSIDE = r'[^"\\\x00-\x1f]*+'
_TEXT = f'"{_INSIDE}"'
_WHOLE = r"(?:0|[1-9][0-9]{0,17}+)"
_TEXTS = rf"\[(?:{_TEXT}(?:, {_TEXT})*+)?+\]"


class Written:
    """
    Reads some fields of lines that are objects of one class.

    Args:
        cls: An attrs class of the model.
        wanted: The fields to give, sorted by name, each with what its text must be: a pattern without groups
            that fits nothing which JSON escapes, or an empty text if any will do.
    """

    def __init__(self, cls: type[attrs.AttrsInstance], wanted: Mapping[str, str]) -> None:
        self._shapes = shapes_of(cls)
        self._wanted = {name: re.compile(pattern or _ANY) for name, pattern in wanted.items()}
        fields = sorted(attrs.fields(attrs.resolve_types(cls)), key=lambda field: field.name)
        parts = [f'"{field.name}": {_value(field.name, field.type, wanted)}' for field in fields]
        spelt = rf"\{{{', '.join(parts)}\}}"
        self._usual = re.compile(spelt.replace(_FACTS_MARK, r"\{\}"))
        # Up to where the next name stands. If that is an object as a whole, then it is the facts.
        after = next((field.name for field in fields if field.name > _FACTS), "")
        some = rf'(?P<facts>(?>\{{.*?\}}(?=, "{after}": )))'
        self._with_facts = re.compile(spelt.replace(_FACTS_MARK, some))

    def rows(self, lines: Iterable[str]) -> list[Texts]:
        """
        Return the fields of each line, in the order of their names.

        Raises:
            JsonSyntaxError: If a line is no object of the class.
            ValueError: If a text is not what it must be.
        """
        match = self._usual.fullmatch
        return [usual.groups() if (usual := match(line)) else self._other(line) for line in lines]

    def _other(self, line: str) -> Texts:
        """Return the fields of a line that has facts, or is spelt in another way."""
        found = self._with_facts.fullmatch(line)
        if found is None or not _is_object(found["facts"]):
            return self._parsed(line)
        texts, at = found.groups(), self._with_facts.groupindex["facts"]
        return texts[: at - 1] + texts[at:]

    def _parsed(self, line: str) -> Texts:
        value = self._shapes.fields(line)
        texts = []
        for name, pattern in self._wanted.items():
            item = value.get(name)
            text = item if item is None or isinstance(item, str) else json.dumps(item)
            if text is not None and pattern.fullmatch(text) is None:
                raise ValueError(f"{name} is {text!r:.80}")
            texts.append(text)
        return tuple(texts)


def _is_object(text: str) -> bool:
    """Tell whether a text is one object of JSON by all rules."""
    try:
        return isinstance(parse_json(text), dict)
    except JsonSyntaxError:
        return False


def _value(name: str, kind: object, wanted: Mapping[str, str]) -> str:
    """Return the pattern of a value; a group gives a text without its quotes, anything else as it stands."""
    if name == _FACTS:
        return _FACTS_MARK
    null = "null|" if NoneType in get_args(kind) else ""
    (one,) = {*get_args(kind)} - {NoneType} if null else {kind}
    give = "(" if name in wanted else "(?:"
    if one is bool:
        return f"{give}true|false)"
    if one is int:
        return f"(?:{null}{give}{_WHOLE}))"
    if isinstance(one, type) and issubclass(one, str):
        words = "|".join(map(re.escape, one)) if issubclass(one, StrEnum) else _INSIDE
        return f'(?:{null}"{give}{wanted.get(name) or words})")'
    # Of lists only those of words: what else there may be is parsed.
    return _TEXTS if get_args(one) == (str, ...) else r"\[\]"
