"""
How do bytes cross one connection, with every wait under a deadline?

A wait is for readiness and nothing else: octets stay in the kernel until they are taken in one step
that cannot be cancelled, so neither a deadline nor a cancelled task loses an octet that arrived.
Nothing is read ahead: who does not ask for octets makes the peer wait. All calls return a ``Stop``
for what peer or network do; they raise for nothing but cancellation.

Works on selector event loops (all loops of POSIX systems).
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import attrs

from preserve.engines.wire.stop import Stop
from preserve.engines.wire.tls import RECORD_BYTES, VERIFIED, TlsLayer
from preserve.model.exchange import Ended

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from preserve.model.exchange import TlsFacts

__all__ = ["Connection"]

# One read. Larger ones make malloc go to the kernel for every buffer.
_READ_BYTES = 1 << 16
# After so many reads or sends without a wait the other tasks get their turn.
_STEPS_AT_ONCE = 8

_CLOSED = Stop(ended=Ended.DISCONNECT, reason="The engine was closed.")
_LATE = Stop(ended=Ended.TIME, reason="The deadline passed.")
_ENDED = Stop(ended=Ended.DISCONNECT, reason="The server ended the connection.", clean=True)


class Connection:
    """
    One TCP connection to one checked address, with or without TLS.

    Deadlines are instants of the event loop's clock. At most one task reads and one sends.
    """

    def __init__(self, address: str) -> None:
        self.peer: str | None = address.partition("%")[0]
        self.tls: TlsFacts | None = None
        self._address = address
        self._layer: TlsLayer | None = None
        self._unsent = b""
        self._flushing = asyncio.Lock()
        self._waiters: set[asyncio.Future[bool]] = set()
        self._steps = 0
        self._closed = False
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self._socket.settimeout(0)
        self._descriptor = self._socket.fileno()

    async def connect(self, port: int, deadline: float) -> Stop | None:
        """Connect to a port of the address; return why not, or None."""
        try:
            code = self._socket.connect_ex((self._address, port))
            if code == errno.EINPROGRESS:
                stopped = await self._ready(deadline, writing=True)
                if stopped is not None:
                    return stopped
                code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                return Stop(ended=Ended.FAILED, reason=f"{os.strerror(code)}.", transient=True)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as exc:
            return Stop(ended=Ended.FAILED, reason=f"{exc.strerror or exc}.", transient=True)
        return None

    async def start_tls(
        self, context: ssl.SSLContext, host: str, deadline: float, *, verdict: str = VERIFIED
    ) -> Stop | None:
        """
        Do the TLS handshake; return why it failed, or None.

        ``tls`` holds what was settled in both cases; its verdict is ``verdict`` or the reason.
        """
        try:
            layer = self._layer = TlsLayer(context, host)
        except ValueError as exc:
            return Stop(ended=Ended.FAILED, reason=f"The name {host} cannot stand in a TLS handshake: {exc}.")
        cut = False
        while True:
            done = layer.handshake()
            stopped = await self._flush(deadline)
            if isinstance(done, Stop):
                self.tls = layer.facts(done.reason)
                return attrs.evolve(done, transient=cut)
            if done:
                self.tls = layer.facts(verdict)
                return None
            data = stopped or await self._receive_raw(deadline)
            if isinstance(data, Stop):
                return Stop(
                    ended=Ended.FAILED,
                    reason=f"The TLS handshake did not come to its end: {data.reason}",
                    transient=data.ended is Ended.DISCONNECT,
                )
            cut = not data
            layer.feed(data)

    async def send(
        self, data: bytes, deadline: float, sent: Callable[[memoryview], None] | None = None
    ) -> Stop | None:
        """
        Send octets; return why not all of them went, or None.

        Args:
            data: What to send.
            deadline: By when the kernel must have taken all of it.
            sent: Called with each piece that the kernel took, in order.
        """
        view = memoryview(data)
        while view:
            await self._give_way()
            if self._layer is None:
                piece = await self._send_raw(view, deadline)
            else:
                piece = self._layer.write(view[:RECORD_BYTES])
                if isinstance(piece, int):
                    piece = await self._flush(deadline) or piece
            if isinstance(piece, Stop):
                return piece
            if sent is not None:
                sent(view[:piece])
            view = view[piece:]
        return None

    async def receive(self, deadline: float) -> bytes | Stop:
        """Return the next octets, never none; or why there are no more."""
        if self._layer is None:
            data = await self._receive_raw(deadline)
            return _ENDED if data == b"" else data
        while True:
            clear = self._layer.read()
            if clear is not None:
                return clear
            self._push()
            data = await self._receive_raw(deadline)
            if isinstance(data, Stop):
                return data
            self._layer.feed(data)

    def is_idle(self) -> bool:
        """
        Tell whether the peer has neither ended the connection nor said anything unasked.

        Reads what is there without waiting, so it is only for connections between two exchanges.
        """
        try:
            data = self._socket.recv(_READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return not self._closed
        except OSError:
            return False
        if self._layer is None or not data:
            return False
        # Session tickets are no answer to anything; they may come at any time.
        self._layer.feed(data)
        return self._layer.read() is None

    def close(self) -> None:
        """Close at once; whoever waits on the connection is told. Idempotent."""
        if self._closed:
            return
        self._closed = True
        for waiter in self._waiters:
            loop = waiter.get_loop()
            loop.remove_reader(self._descriptor)
            loop.remove_writer(self._descriptor)
            _settle(waiter, ready=False)
        if self._layer is not None and not self._unsent:
            self._layer.end()
            with suppress(OSError):
                self._socket.send(self._layer.take())
        self._socket.close()

    async def _receive_raw(self, deadline: float) -> bytes | Stop:
        """Return octets of the socket, or none at its end."""
        await self._give_way()
        while not self._closed:
            if asyncio.get_running_loop().time() >= deadline:
                return _LATE
            try:
                return self._socket.recv(_READ_BYTES)
            except (BlockingIOError, InterruptedError):
                stopped = await self._ready(deadline)
                if stopped is not None:
                    return stopped
            except OSError as exc:
                return _broken(exc)
        return _CLOSED

    async def _send_raw(self, view: memoryview, deadline: float) -> int | Stop:
        """Give octets to the kernel; return how many it took, at least one."""
        while not self._closed:
            try:
                return self._socket.send(view)
            except (BlockingIOError, InterruptedError):
                stopped = await self._ready(deadline, writing=True)
                if stopped is not None:
                    return stopped
            except OSError as exc:
                return _broken(exc)
        return _CLOSED

    async def _flush(self, deadline: float) -> Stop | None:
        """Send what TLS has made, all of it."""
        async with self._flushing:
            while True:
                if self._layer is not None:
                    self._unsent += self._layer.take()
                if not self._unsent:
                    return None
                taken = await self._send_raw(memoryview(self._unsent), deadline)
                if isinstance(taken, Stop):
                    return taken
                self._unsent = self._unsent[taken:]

    def _push(self) -> None:
        """
        Send what reading has made TLS say (answers to key updates: RFC 8446, section 4.6.3).

        The reader never waits for it, or a sender that is stuck would stop the reader. What does not
        go now goes with the next flush; a broken connection is noticed by the read that follows.
        """
        if self._layer is None or self._flushing.locked():
            return
        self._unsent += self._layer.take()
        if self._unsent:
            with suppress(OSError):
                self._unsent = self._unsent[self._socket.send(self._unsent) :]

    async def _give_way(self) -> None:
        """Let other tasks run now and then: a fast peer never makes us wait."""
        self._steps += 1
        if self._steps % _STEPS_AT_ONCE == 0:
            await asyncio.sleep(0)

    async def _ready(self, deadline: float, *, writing: bool = False) -> Stop | None:
        """Wait until the socket can be read (or written); return why not, or None."""
        loop = asyncio.get_running_loop()
        add, remove = (
            (loop.add_writer, loop.remove_writer) if writing else (loop.add_reader, loop.remove_reader)
        )
        waiter: asyncio.Future[bool] = loop.create_future()
        timer = loop.call_at(deadline, _settle, waiter, False)  # noqa: FBT003 - call_at takes no keywords
        add(self._descriptor, _settle, waiter, True)  # noqa: FBT003 - the same
        self._waiters.add(waiter)
        try:
            ready = await waiter
        finally:
            timer.cancel()
            self._waiters.discard(waiter)
            if not self._closed:
                remove(self._descriptor)
        if self._closed:
            return _CLOSED
        return None if ready else _LATE


def _settle(waiter: asyncio.Future[bool], ready: bool) -> None:  # noqa: FBT001 - called by the event loop
    """Wake who waits, once."""
    if not waiter.done():
        waiter.set_result(ready)


def _broken(exc: OSError) -> Stop:
    return Stop(ended=Ended.DISCONNECT, reason=f"The connection broke: {exc.strerror or exc}.")
