"""
Which module fetches what? The plain engine: our own HTTP/1.1 client, exact to the byte.

The names below are loaded when first asked for, so that importing one module of the package
(``guard``, say) does not import asyncio and ssl.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from preserve.engines.wire.exchange import Wire
    from preserve.engines.wire.plain import PlainEngine
    from preserve.engines.wire.tee import Downstream

__all__ = ["Downstream", "PlainEngine", "Wire"]

_HOMES = {"Downstream": "tee", "PlainEngine": "plain", "Wire": "exchange"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
