"""What is installed under an entry-point group of ours?"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["load"]

P = TypeVar("P")


def load(group: str, protocol: type[P]) -> Iterator[P]:
    """
    Yield an instance of every class declared under ``preserve.<group>``, by name.

    Ours are declared the same way, in ``pyproject.toml``. A class is made without
    arguments. Importing a plug-in may raise whatever its module raises; that is the
    plug-in's fault and is not hidden.

    Args:
        group: The last part of the group's name, e.g. ``"capturers"``.
        protocol: The (runtime-checkable) Protocol that each must satisfy.

    Raises:
        TypeError: If a plug-in does not satisfy the protocol.
    """
    for point in sorted(entry_points(group=f"preserve.{group}"), key=lambda point: point.name):
        plugin = point.load()()
        if not isinstance(plugin, protocol):
            raise TypeError(f"entry point {point.name} of preserve.{group} is no {protocol.__name__}")
        yield plugin
