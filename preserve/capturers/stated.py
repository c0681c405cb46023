"""What do the metadata in a file state, and in which of them does it stand?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.capturers.references import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preserve.model.inspection import Json

__all__ = ["Stated"]

_VALUE_MOST = 2_000
_VALUES_MOST = 50


class Stated:
    """
    Statements in the order found: a name, and its values with where each was found.

    They are claims of whoever wrote the file, kept side by side where they do not agree.
    """

    def __init__(self) -> None:
        self._found: dict[str, dict[str, list[str]]] = {}

    def add(self, source: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Take in names and values of one source (``exif``, ``xmp``, ``iptc``, …)."""
        for name, value in pairs:
            bare = fold(value.replace("\0", " ").encode("utf-8", "replace").decode(), _VALUE_MOST)
            values = self._found.setdefault(name, {}) if bare else {}
            if bare in values or len(values) < _VALUES_MOST:
                sources = values.setdefault(bare, [])
                if source not in sources:
                    sources.append(source)

    def facts(self) -> dict[str, Json]:
        """Return ``{name: [{"value": ..., "sources": [...]}, ...]}``, by name."""
        return {
            name: [{"value": value, "sources": [*sources]} for value, sources in values.items()]
            for name, values in sorted(self._found.items())
        }
