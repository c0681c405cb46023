"""Why did we, or the peer, stop before the end?"""

from __future__ import annotations

import attrs

from preserve.model.exchange import Ended

__all__ = ["Stop"]


@attrs.frozen(kw_only=True)
class Stop:
    """
    The end of something that was under way. A value, not an exception: nobody did anything wrong.

    Functions of this package return ``Stop | X``; the caller tells them apart with isinstance.
    """

    ended: Ended
    reason: str
    """A full sentence: what was expected, what was seen."""
    transient: bool = False
    """Nothing came yet, and asking again may go better."""
    clean: bool = False
    """The peer ended its side in good order (FIN, and for TLS a close_notify before it)."""
