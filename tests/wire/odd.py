"""Which odd exchanges must be kept, octet for octet? The table; ``docs/wire.md`` shows it."""

from __future__ import annotations

from tests.wire.case import IDLE_S, WHOLE_S, Odd
from tests.wire.odd_bodies import BODILESS, CHUNKS, LENGTHS
from tests.wire.odd_codings import CODINGS
from tests.wire.odd_heads import FIELDS, INTERIM, START_LINES
from tests.wire.odd_redirects import REDIRECTS

__all__ = ["IDLE_S", "LANDED", "ODD", "WHOLE_S"]

ODD: dict[str, Odd] = {
    **START_LINES,
    **FIELDS,
    **INTERIM,
    **LENGTHS,
    **BODILESS,
    **CHUNKS,
    **CODINGS,
    **REDIRECTS,
}

LANDED = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nlanded"
"""What redirects lead to."""
