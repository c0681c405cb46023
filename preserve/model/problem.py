"""What is odd about some octets?"""

from __future__ import annotations

import attrs

__all__ = ["Problem"]


@attrs.frozen(kw_only=True)
class Problem:
    """Something odd about a payload or an exchange; never a reason to drop it."""

    code: str
    """A dotted name, e.g. ``pdf.no-eof``, ``image.truncated``."""
    message: str
    """A full sentence."""
