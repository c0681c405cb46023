"""Is a JSON document whole, and what is at its top? RFC 8259."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.inspection import Content, Inspection, Json, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["JsonCapturer"]

_BYTES_MOST = 16 << 20  # parsed it takes up to twenty times as much
_KEYS_MOST = 50
_KEY_CHARACTERS = 100
_KINDS: tuple[tuple[type, str], ...] = (
    (dict, "object"),
    (list, "array"),
    (str, "string"),
    (bool, "boolean"),
    (int, "number"),
    (float, "number"),
)


class JsonCapturer:
    """Parses JSON, and JSON Lines, to their end."""

    name = "json"
    media_types = frozenset(
        {
            "application/activity+json",
            "application/feed+json",
            "application/geo+json",
            "application/json",
            "application/ld+json",
            "application/vnd.api+json",
            "application/x-ndjson",
        }
    )

    def inspect(self, content: Content) -> Inspection:
        """Return the facts and problems of a document."""
        from json import loads  # noqa: PLC0415 - only where JSON is seen

        facts: dict[str, Json] = {"format": "JSON", "whole": None}
        if content.size_bytes > _BYTES_MOST:
            message = f"{content.size_bytes} bytes are more than the {_BYTES_MOST} that are parsed."
            return Inspection(facts=facts, problems=(Problem(code="json.too-large", message=message),))
        data = content.stream.read(_BYTES_MOST)
        lines = content.media_type == "application/x-ndjson"
        try:
            found = [loads(line) for line in data.splitlines() if line.strip()] if lines else loads(data)
        except (ValueError, RecursionError) as exc:
            words = "it is nested too deeply" if isinstance(exc, RecursionError) else str(exc)
            message = f"The document could not be parsed to its end: {words}."
            facts["whole"] = False
            return Inspection(facts=facts, problems=(Problem(code="json.unreadable", message=message),))
        return Inspection(facts=facts | {"whole": True} | dict(_top(found)))


def _top(found: object) -> Iterator[tuple[str, Json]]:
    """Yield ``top``, ``members`` and, of an object, the first ``keys``."""
    yield "top", next((name for kind, name in _KINDS if isinstance(found, kind)), "null")
    if isinstance(found, dict | list):
        yield "members", len(found)
    if isinstance(found, dict):
        keys = (key.encode("utf-8", "replace").decode()[:_KEY_CHARACTERS] for key in found)
        yield "keys", [key for key, _ in zip(keys, range(_KEYS_MOST), strict=False)]
