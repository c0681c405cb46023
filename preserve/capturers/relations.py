"""What is a link of some relations, in an element or in a field? HTML Standard, 4.6.7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.capturers.html_tables import PRELOADED, RELS
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["kind_of_rel"]

_AHEAD = frozenset({"preload", "prefetch"})


def kind_of_rel(rels: Collection[str], loaded_as: str) -> Kind | None:
    """
    Return what a link of these relations is; None where none of them tells.

    Args:
        rels: Lower-case.
        loaded_as: The attribute or parameter ``as``, for what is loaded ahead.
    """
    kind = next((kind for rel, kind in RELS.items() if rel in rels), None)
    if kind is None and not _AHEAD.isdisjoint(rels):
        return PRELOADED.get(loaded_as.lower(), Kind.DATA if "preload" in rels else Kind.LINK)
    return kind
