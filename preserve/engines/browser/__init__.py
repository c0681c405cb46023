"""
Which module fetches what a reader sees? The browser engine: Chromium behind our recording proxy.

Every octet that the browser sends or gets goes through the wire engine. The names below are loaded when
first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from preserve.engines.browser.authority import Authority
    from preserve.engines.browser.proxy import RecordingProxy

__all__ = ["Authority", "RecordingProxy"]

_HOMES = {"Authority": "authority", "RecordingProxy": "proxy"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
