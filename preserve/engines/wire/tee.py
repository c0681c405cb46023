"""
Which octet belongs to which part of an exchange?

``formats.http1`` says where each message begins and ends; every octet goes, as it came, into the
spool of its part. What a limit cuts off is not kept, and the exchange says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import attrs

from preserve.engines.wire.stop import Stop
from preserve.formats.http1 import Body, End, EndReason, Framing, Head, MessageReader
from preserve.model.capture import Limits
from preserve.model.exchange import Ended, WritableSpool

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["Budget", "Downstream", "Tee"]


class Downstream(Protocol):
    """Who else wants the response as it comes: a browser behind the recording proxy."""

    async def write(self, data: bytes, head: Head | None) -> None:
        """
        Take the next octets. Whatever it raises, the exchange goes on without it.

        Args:
            data: As they came; the first of them begin with the head.
            head: Of the final response; None while only interim ones came.
        """
        ...


@attrs.define(eq=False, kw_only=True)
class Budget:
    """How many body octets all exchanges of one capture may still bring."""

    left: int


@attrs.define(eq=False, kw_only=True)
class Tee:
    """
    The three parts of one exchange, as far as they came.

    Args:
        spool: Makes an empty spool.
        reader: Of a response to the method that was asked.
        limits: For heads and body.
        budget: Of the whole capture.
        upgrades: Whether another protocol was asked for.
    """

    spool: Callable[[], WritableSpool]
    reader: MessageReader
    limits: Limits
    budget: Budget
    upgrades: bool = False
    """Another protocol was asked for: its octets are no part of the response, and go to ``beyond``."""
    beyond: bytes = attrs.field(default=b"", init=False)
    request: WritableSpool | None = attrs.field(default=None, init=False)
    interim: WritableSpool | None = attrs.field(default=None, init=False)
    response: WritableSpool | None = attrs.field(default=None, init=False)
    head: Head | None = attrs.field(default=None, init=False)
    """The final response's."""
    end: End | None = attrs.field(default=None, init=False)
    entity_bytes: int = attrs.field(default=0, init=False)
    _head_bytes: int = attrs.field(default=0, init=False)
    _body_bytes: int = attrs.field(default=0, init=False)

    @property
    def silent(self) -> bool:
        """Not one octet came."""
        return self.interim is None and self.response is None

    def sent(self, data: memoryview) -> None:
        """Keep octets of the request."""
        self.request = self._keep(self.request, data)

    def came(self, data: bytes) -> tuple[list[bytes], Stop | None]:
        """
        Keep what came; empty data means that no more will.

        Returns:
            The octets kept, in order, and why nothing more may come, if a limit is met.
        """
        events = self.reader.feed(data) if data else self.reader.close()
        return self._sorted(events)

    def close(self) -> None:
        """Give up what was kept."""
        for part in (self.request, self.interim, self.response):
            if part is not None:
                part.close()

    def _sorted(self, events: Sequence[Head | Body | End]) -> tuple[list[bytes], Stop | None]:
        kept: list[bytes] = []
        for event in events:
            stopped: Stop | None = None
            if isinstance(event, Head):
                stopped = self._take_head(event, kept)
            elif isinstance(event, Body):
                stopped = self._take_body(event, kept)
            else:
                self.end = event
            if stopped is not None:
                return kept, stopped
        return kept, None

    def _take_head(self, head: Head, kept: list[bytes]) -> Stop | None:
        self._head_bytes += len(head.raw)
        kept.append(head.raw)
        if head.interim:
            self.interim = self._keep(self.interim, head.raw)
        else:
            self.head = head
            self.response = self._keep(self.response, head.raw)
        return self._head_limit() if self._head_bytes > self.limits.head_bytes else None

    def _take_body(self, body: Body, kept: list[bytes]) -> Stop | None:
        if self.upgrades and self.head is not None and self.head.framing is Framing.UPGRADE:
            self.beyond += body.raw
            return None
        wanted = len(body.raw)
        of_response, of_capture = self.limits.body_bytes - self._body_bytes, self.budget.left
        allowed = max(0, min(wanted, of_response, of_capture))
        raw = bytes(body.raw[:allowed])
        self._body_bytes += allowed
        self.budget.left -= allowed
        self.entity_bytes += len(body.entity)
        self.response = self._keep(self.response, raw)
        kept.append(raw)
        if self.head is not None and self.head.over_limit:
            return self._head_limit()
        if allowed == wanted:
            return None
        if of_response <= of_capture:
            limit = f"{self.limits.body_bytes} bytes, the limit for one response"
        else:
            limit = f"what was left of the {self.limits.capture_bytes} bytes that the capture may take"
        return Stop(ended=Ended.LENGTH, reason=f"The body is longer than {limit}; the rest was left.")

    def _head_limit(self) -> Stop:
        return Stop(
            ended=Ended.LENGTH,
            reason=f"The head of the response is longer than {self.limits.head_bytes} bytes.",
        )

    def _keep(self, part: WritableSpool | None, data: bytes | memoryview) -> WritableSpool | None:
        """Write to the part's spool, made with its first octet."""
        if not data:
            return part
        spool = self.spool() if part is None else part
        spool.write(data)
        return spool

    def missing(self) -> str:
        """Return how much of the response came, as a sentence."""
        head = self.head
        if head is None or (
            head.parsed is None and self.end is not None and self.end.reason is EndReason.CUT
        ):
            return "The head of the response is not whole."
        if head.framing is Framing.LENGTH:
            return f"{self.entity_bytes} of {head.length} bytes of the body came."
        if head.framing is Framing.CHUNKED:
            return f"The last chunk is missing; {self.entity_bytes} bytes of the body came."
        return f"{self.entity_bytes} bytes of the body came."
