"""How does a server end its side of TLS without losing what the client is still sending?"""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

__all__ = ["TlsSide"]

_Result = TypeVar("_Result")
_READ_BYTES = 1 << 16


class TlsSide:
    """
    The server's side of TLS over a plain socket, which stays the owner's.

    ``ssl.SSLSocket.unwrap`` waits for the client's answer and throws away a request that comes instead.
    Here octets go to and fro through memory, so the alert is sent and what comes afterwards is read.

    Args:
        plain: Connected; its timeout is in force.
        context: Of the server.

    Raises:
        OSError: As a socket would, here and in all methods.
    """

    def __init__(self, plain: socket.socket, context: ssl.SSLContext) -> None:
        self._plain = plain
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._do(self._tls.do_handshake)

    def recv(self, most: int) -> bytes:
        """Return what the client said; nothing when it has ended its side in good order."""
        try:
            return self._do(lambda: self._tls.read(most))
        except ssl.SSLZeroReturnError:
            return b""

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        self._do(lambda: self._tls.write(data))

    def say_goodbye(self) -> None:
        """Send close_notify, and wait for nothing."""
        with suppress(ssl.SSLWantReadError):
            self._tls.unwrap()
        self._flush()

    def _do(self, action: Callable[[], _Result]) -> _Result:
        while True:
            try:
                done = action()
            except ssl.SSLWantReadError:
                self._flush()
            else:
                self._flush()
                return done
            if data := self._plain.recv(_READ_BYTES):
                self._in.write(data)
            else:
                self._in.write_eof()

    def _flush(self) -> None:
        if data := self._out.read():
            self._plain.sendall(data)
