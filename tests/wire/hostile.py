"""Which hostile servers and pages must a capture survive? The table; ``docs/wire.md`` shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.wire.hostile_pages import ADDRESSES, CONTENT, FILE_NAMES
from tests.wire.hostile_slow import ENDLESS, SLOW
from tests.wire.hostile_wire import BOMBS, BREAKS, REDIRECTS, TLS

if TYPE_CHECKING:
    from tests.wire.hostile_case import Hostile

__all__ = ["HOSTILE"]

HOSTILE: dict[str, Hostile] = {
    **SLOW,
    **ENDLESS,
    **REDIRECTS,
    **BREAKS,
    **BOMBS,
    **TLS,
    **FILE_NAMES,
    **ADDRESSES,
    **CONTENT,
}
