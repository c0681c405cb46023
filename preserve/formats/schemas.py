"""
How do our values become JSON, and JSON our values again?

One converter (cattrs) does it for every attrs class of the model. It is strict: a text is no
number, a key stands once, and a fault names its path (``$.outcome.gaps``). Keys that a class
does not know are ignored, and a key left out takes its default; null where there is none and
the field allows it. docs/format/package-1.md, section 3.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar, get_args, get_origin

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn

from preserve.errors import JsonSyntaxError
from preserve.formats.lines import LINE_BYTES, lf_lines
from preserve.model.times import parse_iso, to_iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preserve.model.inspection import Json

__all__ = [
    "DOCUMENT_BYTES",
    "dump_json",
    "dump_line",
    "load",
    "parse_json",
    "read_lines",
    "structure",
    "unstructure",
]

T = TypeVar("T")

DOCUMENT_BYTES: Final = 64 << 20
"""The largest JSON document read whole. ``capture.json`` is the largest we write: some kilobytes."""

_FACTS_DEPTH: Final = 64
_NAMED_MOST: Final = 20


def dump_json(value: object) -> bytes:
    """
    Return a document: keys sorted, indented by two spaces, UTF-8, LF at the end.

    Args:
        value: An attrs value of the model, or JSON.

    Raises:
        ValueError: If it holds something that JSON cannot say: a NaN, an infinity, a key that is
            no text.
    """
    return _octets(
        json.dumps(unstructure(value), ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True)
    )


def dump_line(value: object) -> bytes:
    """Return one line of JSON Lines: keys sorted, separators ``", "`` and ``": "``, LF at the end."""
    return _octets(json.dumps(unstructure(value), ensure_ascii=False, allow_nan=False, sort_keys=True))


def unstructure(value: object) -> Json:
    """Return what JSON can say of a value: every field of an attrs class, tuples as lists."""
    plain: Json = _CONVERTER.unstructure(value)
    return plain


def parse_json(data: bytes | str) -> Json:
    """
    Parse one JSON text strictly: UTF-8, no key twice in an object, no NaN or infinity.

    Raises:
        JsonSyntaxError: If it is not that, or nests too deeply for this Python to read.

    Source: RFC 8259; RFC 7493 (I-JSON), section 2.3.
    """
    try:
        text = data if isinstance(data, str) else data.decode()
        parsed: Json = _DECODER.decode(text)
    except UnicodeDecodeError as exc:
        raise JsonSyntaxError(f"JSON must be UTF-8: byte {exc.start + 1} is not ({exc.reason}).") from exc
    except RecursionError as exc:
        raise JsonSyntaxError("The JSON nests too deeply.") from exc
    except ValueError as exc:
        raise JsonSyntaxError(f"Not JSON: {exc}.") from exc
    return parsed


def load(cls: type[T], data: bytes | str) -> T:
    """
    Parse JSON into an attrs class of the model.

    Raises:
        JsonSyntaxError: If it is not JSON, or not what the class asks for; all faults found, each
            with its path, are in the fact ``problems``, and the first of them in the message.
    """
    if len(data) > DOCUMENT_BYTES:
        raise JsonSyntaxError(f"The JSON document is longer than {DOCUMENT_BYTES} bytes.")
    return structure(cls, parse_json(data))


def structure(cls: type[T], value: Json) -> T:
    """
    Return the attrs value that parsed JSON describes: the opposite of ``unstructure``.

    Raises:
        JsonSyntaxError: As ``load`` does.
    """
    try:
        return _CONVERTER.structure(value, cls)
    except RecursionError as exc:
        raise JsonSyntaxError(f"The JSON nests too deeply for {cls.__name__}.") from exc
    except (cattrs.BaseValidationError, ValueError, TypeError) as exc:
        problems = tuple(cattrs.transform_error(exc, format_exception=_in_words))
        named = "; ".join(problems[:_NAMED_MOST])
        more = f"; and {len(problems) - _NAMED_MOST} more" if len(problems) > _NAMED_MOST else ""
        raise JsonSyntaxError(f"This is no {cls.__name__}: {named}{more}.", problems=problems) from exc


def read_lines(cls: type[T], stream: BinaryIO, *, most: int = LINE_BYTES) -> Iterator[T]:
    """
    Yield a value for each line of JSON Lines.

    Args:
        cls: An attrs class of the model.
        stream: Read forward from where it stands; left open.
        most: Octets of the longest line allowed.

    Raises:
        JsonSyntaxError: As ``load`` does, with the one-based number of the line as fact ``line``.
    """
    for number, text in lf_lines(stream, JsonSyntaxError, cls.__name__, most=most):
        try:
            yield load(cls, text)
        except JsonSyntaxError as exc:
            raise JsonSyntaxError(f"line {number}: {exc.message}", line=number, **exc.facts) from exc


def _octets(text: str) -> bytes:
    """Return UTF-8 with LF; half a surrogate pair, which UTF-8 cannot say, as its JSON escape."""
    return (text + "\n").encode("utf-8", "backslashreplace")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        last = {name: at for at, (name, _) in enumerate(pairs)}
        twice = next(name for at, (name, _) in enumerate(pairs) if last[name] != at)
        raise ValueError(f"the key {twice!r:.60} stands twice in one object")
    return made


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:40]} is out of range")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_refuse_constant, parse_float=_number)


def _in_words(exc: BaseException, _type: type | None) -> str:
    """Return one fault in words; cattrs adds where it is."""
    match exc:
        case KeyError():
            return "a required key is missing"
        case ValueError() | TypeError():
            return str(exc)
    return type(exc).__name__


def _must(words: str, value: object) -> ValueError:
    return ValueError(f"must be {words}, not {json.dumps(value, default=repr)[:60]}")


def _exactly(kind: type, words: str) -> Callable[[object, object], Any]:
    """Return a hook that lets one JSON type through, and never turns one into another."""

    def hook(value: object, _: object) -> object:
        if type(value) is not kind:
            raise _must(words, value)
        return value

    return hook


def _float(value: object, _: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _must("a number", value)
    return float(value)


def _enum(value: object, cls: type[StrEnum]) -> StrEnum:
    known = cls._value2member_map_
    if not isinstance(value, str) or value not in known:
        raise _must(f"one of {', '.join(str(member) for member in cls)}", value)
    return cls(value)


def _instant(value: object, _: object) -> dt.datetime:
    if not isinstance(value, str):
        raise _must("an instant", value)
    return parse_iso(value)


def _is_facts(kind: object) -> bool:
    """Whether it is ``Mapping[str, Json]``: whatever JSON can say."""
    return get_origin(kind) is Mapping and get_args(kind)[1] not in (str, int)


def _facts(value: object, _: object) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise _must("an object", value)
    return value


def _plain(value: object, depth: int = 0) -> Json:
    """Return facts as JSON: a number without end as text, anything else JSON cannot say is an error."""
    if depth > _FACTS_DEPTH:
        raise ValueError(f"facts may nest {_FACTS_DEPTH} deep")
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case StrEnum():
            return str(value)
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {_key(name): _plain(item, depth + 1) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item, depth + 1) for item in value]
        case _ if attrs.has(type(value)):
            return unstructure(value)
    raise ValueError(f"{value!r:.60} is not JSON")


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError(f"the key {name!r:.60} is no text")  # noqa: TRY004 - documented as ValueError
    return str(name)


def _structurer(cls: Any) -> Callable[[Any, Any], Any]:  # noqa: ANN401 - cattrs gives any attrs class
    """Return a reader of an attrs class that takes a key left out as null where null is allowed."""
    build = make_dict_structure_fn(cls, _CONVERTER)
    nullable = [
        field.name
        for field in attrs.fields(attrs.resolve_types(cls))
        if field.default is attrs.NOTHING and NoneType in get_args(field.type)
    ]

    def read(value: object, kind: object) -> object:
        if not isinstance(value, dict):
            raise _must("an object", value)
        return build(dict.fromkeys(nullable) | value if nullable else value, kind)

    return read


def _converter() -> cattrs.Converter:
    made = cattrs.Converter(forbid_extra_keys=False, detailed_validation=True)
    made.register_structure_hook(str, _exactly(str, "text"))
    made.register_structure_hook(int, _exactly(int, "a whole number"))
    made.register_structure_hook(bool, _exactly(bool, "true or false"))
    made.register_structure_hook(float, _float)
    made.register_structure_hook(dt.datetime, _instant)
    made.register_unstructure_hook(dt.datetime, to_iso)
    made.register_structure_hook(StrEnum, _enum)  # after str: the closer class wins
    made.register_structure_hook_func(_is_facts, _facts)
    made.register_unstructure_hook_func(_is_facts, _plain)
    made.register_unstructure_hook(dict, _plain)
    made.register_structure_hook_factory(attrs.has, _structurer)
    return made


_CONVERTER: Final = _converter()
