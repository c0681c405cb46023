"""
Questions asked of a package: measure once, judge many.

``verify`` asks all of one level (``levels``). How it goes: ``verification`` has every file read once
(``reading``, ``measure``), puts what was seen and what the package declares into ``evidence``, and asks the
judges in turn (``fixity``, ``structure``, ``bag``, ``warcs``, ``resources``, ``index``, ``references``,
``capture``, ``pages``, ``datapackage``). ``statements`` makes one finding of all that has one cause.

The names here are imported when they are first used (PEP 562), so that a worker process that reads records
(``ranges``) starts in half the time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from preserve.checks.levels import Level
    from preserve.checks.verification import examine, verify

__all__ = ["Level", "examine", "verify"]

_HOMES = {"Level": "levels", "examine": "verification", "verify": "verification"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
