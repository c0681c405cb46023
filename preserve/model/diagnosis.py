"""What is there on this machine for us to work with, and what is missing?"""

from __future__ import annotations

import attrs

__all__ = ["Diagnosis"]


@attrs.frozen(kw_only=True)
class Diagnosis:
    """One thing that ``preserve doctor`` looked at."""

    name: str
    ok: bool
    found: str
    """What was seen: a version, a path; or a sentence that says what is amiss."""
    remedy: str = ""
    """The command that mends it; empty if nothing is to be mended."""
