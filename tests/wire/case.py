"""What is one row of the table of odd exchanges?"""

from __future__ import annotations

import attrs

from preserve.model.exchange import Ended
from preserve.model.reference import State
from tests.wire.origin import Drip, End, Pause, Script

__all__ = ["IDLE_S", "LENGTH", "OK", "WHOLE_S", "Odd", "sized"]

IDLE_S = 2.0
WHOLE_S = 15.0
"""The deadlines in force: for silence, and for a whole exchange."""

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 5\r\n\r\n"


@attrs.frozen(kw_only=True)
class Odd:
    """
    An exchange that is not as the standards have it, or rarely seen.

    What the server says is ``interim``, ``head``, ``body`` and ``surplus`` in a row: into which record
    each of them goes is the expectation.
    """

    does: str
    """What the server does."""
    becomes: str
    """What the record becomes."""
    interim: bytes = b""
    """1xx responses: the block of a metadata record."""
    head: bytes = b""
    body: bytes = b""
    """With ``head`` the block of the response record."""
    surplus: bytes = b""
    """Belongs to no message and is not kept."""
    entity: bytes | None = None
    """The payload, where it is not ``body``."""
    status: int | None = 200
    ended: Ended = Ended.WHOLE
    cut_by: Ended | None = None
    """How it ends over TLS, where that is another end."""
    state: State = State.CAPTURED
    """Of the reference, where the exchange is whole."""
    says: str = ""
    """Words of a problem, or of the reason, that must be told."""
    end: End | None = None
    """What becomes of the connection; None: it ends in good order."""
    piece: int = 0
    """Octets sent at once; 0: all."""
    to: str = ""
    """Where a redirect leads: the path of another row, or one that answers ``landed``."""

    @property
    def response(self) -> bytes:
        """The octets of the response record."""
        return self.head + self.body

    @property
    def script(self) -> Script:
        """What the origin plays."""
        said = self.interim + self.response + self.surplus
        end = (self.end,) if self.end else ()
        if not self.piece:
            return (said, *end)
        steps: list[bytes | Pause | Drip | End] = []
        for at in range(0, len(said), self.piece):
            steps += [said[at : at + self.piece], Pause(0.002)]
        return (*steps, *end)

    def ended_over(self, scheme: str) -> Ended:
        """Return how the exchange ends."""
        return self.cut_by if self.cut_by and scheme == "https" else self.ended

    def state_over(self, scheme: str) -> State:
        """Return what becomes of the reference."""
        ended = self.ended_over(scheme)
        if ended is Ended.FAILED:
            return State.FAILED
        return self.state if ended is Ended.WHOLE else State.TRUNCATED

    @property
    def deadline(self) -> str:
        """What limits the time it may take."""
        return f"{IDLE_S:g} s of silence" if self.end is End.HOLD else f"{WHOLE_S:g} s"


def sized(fields: bytes, body: bytes) -> bytes:
    """Return a head with these fields and the length of the body."""
    return OK + fields + b"Content-Length: %d\r\n\r\n" % len(body)
