"""
How does one request go out and its response come back over an open connection?

The deadlines stand here: for the head, from the request's last octet to the head's last, however
slowly it drips; for silence, between two arrivals; for a body that drips; and for the whole.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable

import attrs

from preserve.engines.wire.connection import Connection
from preserve.engines.wire.message import Message
from preserve.engines.wire.rate import LeastRate
from preserve.engines.wire.stop import Stop
from preserve.engines.wire.tee import Downstream, Tee
from preserve.formats.http1 import EndReason, Framing
from preserve.model.capture import Limits
from preserve.model.exchange import Ended

__all__ = ["Conversation"]

log = logging.getLogger(__name__)


@attrs.define(eq=False, kw_only=True)
class Conversation:
    """
    One request and its response.

    Args:
        connection: Open, at a message boundary.
        message: The request.
        tee: Keeps what goes and comes.
        limits: Seconds to wait for what.
        deadline: For the whole exchange, by the event loop's clock.
        upload: The request's body, framed as its head says.
        downstream: Who else wants the response.
    """

    connection: Connection
    message: Message
    tee: Tee
    limits: Limits
    deadline: float
    upload: AsyncIterable[bytes] | None = None
    downstream: Downstream | None = None
    sent_at: float | None = attrs.field(default=None, init=False)
    """When the last octet of the request had gone; None while some have not."""
    dropped: bool = attrs.field(default=False, init=False)
    """The connection ended before an octet came."""
    _moved_at: float = attrs.field(default=0.0, init=False)
    _rate: LeastRate = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._rate = LeastRate(bytes_s=self.limits.least_rate_bytes_s, window_s=self.limits.least_rate_s)

    @property
    def reusable(self) -> bool:
        """Both messages ended in good order, and nothing follows."""
        end = self.tee.end
        return (
            end is not None
            and end.keep_alive
            and not self.tee.reader.surplus
            and self.sent_at is not None
            and not self.message.closes
        )

    @property
    def upgraded(self) -> bool:
        """The server goes on in another protocol."""
        head = self.tee.head
        return head is not None and head.framing is Framing.UPGRADE

    async def run(self) -> Stop | None:
        """Hold the conversation; return why the response is not whole, or None if it is."""
        self._moved_at = _now()
        stopped = await self.connection.send(
            self.message.head, self._until(), self.message.keeper(self.tee.sent)
        )
        if stopped is not None and stopped.ended is Ended.TIME:
            return await self._ended(stopped)
        if self.upload is None:
            # A server may answer and close before it has read all; so a failure to send is no end.
            self.sent_at = None if stopped else _now()
            return await self._read()
        sending = asyncio.create_task(self._send_body(self.upload))
        sending.add_done_callback(self._hang_up_if_broken)
        try:
            stopped = await self._read()
        finally:
            sending.cancel()
            await asyncio.wait({sending})
        broken = None if sending.cancelled() else sending.exception()
        if broken is None or stopped is None:
            return stopped
        return attrs.evolve(stopped, reason=f"The body to be sent broke off: {broken!r}.")

    async def _send_body(self, upload: AsyncIterable[bytes]) -> None:
        async for piece in upload:
            self._moved_at = _now()
            if await self.connection.send(piece, self._until(), self.tee.sent) is not None:
                return
        self.sent_at = _now()

    def _hang_up_if_broken(self, sending: asyncio.Task[None]) -> None:
        """The server would wait for the rest of the request: there is none."""
        if not sending.cancelled() and sending.exception() is not None:
            self.connection.close()

    async def _read(self) -> Stop | None:
        while True:
            data = await self.connection.receive(self._until())
            if isinstance(data, Stop):
                if data.ended is Ended.TIME and self._rate.is_met(_now()) and self._until() > _now():
                    continue  # the request moved on while we waited, or enough came
                return await self._ended(data)
            self._moved_at = _now()
            kept, stopped = self.tee.came(data)
            await self._pass_on(kept)
            if stopped is not None and self.tee.response is None:
                # A limit met by interim responses alone: they are kept, and answer nothing.
                return Stop(ended=Ended.FAILED, reason=f"Only interim responses came. {stopped.reason}")
            if stopped is not None or self.tee.end is not None:
                return stopped
            if self.tee.head is not None:
                self._rate.begin(self._moved_at)
                self._rate.came(len(data), self._moved_at)
            if self.upgraded:
                return None  # what it says from here on is not HTTP

    async def _ended(self, why: Stop) -> Stop | None:
        """Keep what the reader held back, and say how the response ended: nothing more comes."""
        said = self._deadline_met() if why.ended is Ended.TIME else why.reason
        kept, stopped = self.tee.came(b"")
        await self._pass_on(kept)
        if stopped is not None:
            return stopped
        if self.tee.silent:
            self.dropped = why.ended is not Ended.TIME
            return Stop(ended=Ended.FAILED, reason=f"No response came. {said}")
        if self.tee.response is None:
            return Stop(ended=Ended.FAILED, reason=f"Only interim responses came. {said}")
        end = self.tee.end.reason if self.tee.end else EndReason.CUT
        if end is EndReason.LIMIT:
            return Stop(
                ended=Ended.LENGTH,
                reason=f"The trailer section is longer than {self.limits.head_bytes} bytes; it was not read.",
            )
        if why.clean and end is not EndReason.CUT:
            return None
        return Stop(ended=why.ended, reason=f"{said} {self.tee.missing()}")

    def _until(self) -> float:
        """Return the next deadline, as things stand."""
        if self.sent_at is not None and self.tee.head is None:
            return min(self.deadline, self.sent_at + self.limits.head_s)
        least = self._rate.until()
        idle = self._moved_at + self.limits.idle_s
        return min(self.deadline, idle, idle if least is None else least)

    def _deadline_met(self) -> str:
        """Return which deadline passed, as a sentence."""
        if _now() >= self.deadline:
            return f"The exchange took longer than {self.limits.exchange_s:g} s."
        if self.sent_at is not None and self.tee.head is None:
            return f"The head did not come within {self.limits.head_s:g} s of the request."
        if _now() < self._moved_at + self.limits.idle_s:
            return (
                f"The body brought less than {self.limits.least_rate_bytes_s} bytes a second over "
                f"{self.limits.least_rate_s:g} s."
            )
        return f"Nothing moved for {self.limits.idle_s:g} s."

    async def _pass_on(self, pieces: list[bytes]) -> None:
        """Give what came to the downstream, as long as it takes it."""
        # In one write, and in no task of its own: a browser that gets head and body apart wakes twice.
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if self.downstream is None or not data:
            return
        try:
            async with asyncio.timeout(self.limits.idle_s):
                await self.downstream.write(data, self.tee.head)
        except Exception as exc:  # noqa: BLE001 - whatever it raises, the exchange goes on without it
            log.info(
                "wire.downstream-left",
                extra={"origin_host": self.message.origin.host, "why": type(exc).__name__},
            )
            self.downstream = None
        self._rate.pause(_now() - self._moved_at)
        self._moved_at = _now()


def _now() -> float:
    return asyncio.get_running_loop().time()
