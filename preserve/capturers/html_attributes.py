"""What looks at an attribute of an element?"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Attributes", "Handler", "Handlers"]

Attributes: TypeAlias = dict[str, str]
"""Of one element; absent values are empty."""
Handler: TypeAlias = "Callable[[str, str, Attributes], None]"
"""Is given the element's tag, the attribute's name, and all attributes."""


class Handlers(dict[str, "Handler | None"]):
    """
    What looks at an attribute, by its name; None for one that is not looked at.

    Args:
        known: The names of the tables.
        data: For any other name that begins with ``data-``.
        event: For any other name that begins with ``on``.
    """

    def __init__(self, known: Mapping[str, Handler | None], *, data: Handler, event: Handler) -> None:
        super().__init__(known)
        self._data = data
        self._event = event

    def __missing__(self, name: str) -> Handler | None:
        """Return what looks at a name that is in no table, and remember it."""
        handler = self._data if name[:5] == "data-" else self._event if name[:2] == "on" else None
        self[name] = handler
        return handler
