"""
How do octets come from the browser and go to it, in bounded memory?

What it sends is read no faster than it is asked for; what it gets is written no faster than it takes it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Client"]

_HELD_BYTES = 1 << 18
"""What may have come and not been asked for yet."""
_PIECE_BYTES = 1 << 16
_TLS_HANDSHAKE = 0x16
"""The content type of the first octet of TLS. RFC 8446, section 5.1."""


class Client(asyncio.Protocol):
    """
    One connection of the browser with the proxy, with TLS once ``start_tls`` was called.

    At most one task reads and one writes.

    Args:
        begin: Called with the client when it has connected.
    """

    def __init__(self, begin: Callable[[Client], None]) -> None:
        self._begin = begin
        self._transport: asyncio.Transport | None = None
        self._came: deque[bytes] = deque()
        self._held = 0
        self._ended = False
        self._lost = False
        self._tls: ssl.SSLObject | None = None
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._can_read = asyncio.Event()
        self._can_write = asyncio.Event()
        self._can_write.set()

    @property
    def is_lost(self) -> bool:
        """Whether it has hung up."""
        return self._lost

    async def read(self) -> bytes:
        """Return the next octets; none at the end."""
        if self._tls is None:
            return await self._read_raw()
        while True:
            try:
                return self._tls.read(_PIECE_BYTES)
            except ssl.SSLWantReadError:
                await self._feed_tls()
            except ssl.SSLError:
                return b""

    async def write(self, data: bytes) -> None:
        """
        Hand octets to the kernel, as it takes them.

        Raises:
            ConnectionResetError: If the browser has hung up.
        """
        if self._tls is None:
            await self._write_raw(data)
            return
        view = memoryview(data)
        while view:
            try:
                taken = self._tls.write(view[:_PIECE_BYTES])
            except ssl.SSLError as exc:
                raise ConnectionResetError("The TLS connection of the browser is broken.") from exc
            view = view[taken:]
            await self._write_raw(self._out.read())

    async def speaks_tls(self) -> bool:
        """Tell whether what comes next is TLS; waits for its first octet and leaves it where it is."""
        while not self._came and not self._ended:
            await self._wait_to_read()
        return bool(self._came) and self._came[0][0] == _TLS_HANDSHAKE

    async def start_tls(self, context: ssl.SSLContext) -> bool:
        """Do the server's part of a handshake; tell whether it went well."""
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._write_raw(self._out.read())
                if self._ended and not self._came:
                    return False
                await self._feed_tls()
            except ssl.SSLError:
                await self._write_raw(self._out.read())
                return False
            else:
                await self._write_raw(self._out.read())
                return True

    def close(self) -> None:
        """Hang up when what was written has gone. Idempotent."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._tls is not None and not self._lost:
            with suppress(ssl.SSLError):
                self._tls.unwrap()  # our close_notify is made; the browser's is not waited for
            transport.write(self._out.read())
        transport.close()

    def abort(self) -> None:
        """Hang up at once, whatever was written. Idempotent."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin. Called by the event loop."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP is a stream
        self._transport = transport
        self._begin(self)

    def data_received(self, data: bytes) -> None:
        """Hold what came until it is asked for. Called by the event loop."""
        self._came.append(data)
        self._held += len(data)
        if self._held > _HELD_BYTES and self._transport is not None:
            self._transport.pause_reading()
        self._can_read.set()

    def eof_received(self) -> bool:
        """Note that no more will come; what is under way still goes out. Called by the event loop."""
        self._ended = True
        self._can_read.set()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits. Called by the event loop."""
        del exc  # how it ended says nothing
        self._ended = self._lost = True
        self._can_read.set()
        self._can_write.set()

    def pause_writing(self) -> None:
        """Make writers wait. Called by the event loop."""
        self._can_write.clear()

    def resume_writing(self) -> None:
        """Let writers go on. Called by the event loop."""
        self._can_write.set()

    async def _wait_to_read(self) -> None:
        self._can_read.clear()
        await self._can_read.wait()

    async def _read_raw(self) -> bytes:
        while not self._came:
            if self._ended:
                return b""
            await self._wait_to_read()
        data = self._came.popleft()
        was, self._held = self._held, self._held - len(data)
        if was > _HELD_BYTES >= self._held and self._transport is not None and not self._lost:
            self._transport.resume_reading()
        return data

    async def _feed_tls(self) -> None:
        data = await self._read_raw()
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()

    async def _write_raw(self, data: bytes) -> None:
        if self._lost or self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("The browser has hung up.")
        if data:
            self._transport.write(data)
        await self._can_write.wait()
        if self._lost:
            raise ConnectionResetError("The browser has hung up.")
