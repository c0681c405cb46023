"""
How does an origin behave that speaks to browsers only?

It looks at the first octets of every TLS connection, and hangs up unless HTTP/2 is offered, which our own
client never does. To a browser it then speaks HTTP/2, or HTTP/1.1 all the same.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import attrs
import h2.config
import h2.connection
import h2.events

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Picky"]

_LOOPBACK = "127.0.0.1"
_WAIT_S = 20.0


@attrs.define(eq=False, kw_only=True)
class Picky:
    """
    A server; used as a context manager.

    Args:
        context: Speaks TLS with it.
        protocol: ``h2`` or ``http/1.1``.
        pages: Path to media type and content, which goes out in gzip.
        name: The host name in ``url``.
    """

    context: ssl.SSLContext
    protocol: str
    pages: Mapping[str, tuple[str, bytes]]
    name: str
    heard: list[tuple[str, str, bytes]] = attrs.field(factory=list, init=False)
    """Method, path and body of every request."""
    refused: int = attrs.field(default=0, init=False)
    port: int = attrs.field(default=0, init=False)
    _listener: socket.socket = attrs.field(init=False)
    _threads: list[threading.Thread] = attrs.field(factory=list, init=False)
    _open: set[socket.socket] = attrs.field(factory=set, init=False)

    @property
    def url(self) -> str:
        """Scheme, name and port."""
        return f"https://{self.name}:{self.port}"

    def __enter__(self) -> Self:
        self.context.set_alpn_protocols([self.protocol])
        self._listener = socket.create_server((_LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for one in tuple(self._open):
            with suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_WAIT_S)
        self._listener.close()

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]  # ours
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(_WAIT_S)
        self._open.add(client)
        with suppress(OSError), client:
            if b"\x02h2" not in client.recv(1 << 14, socket.MSG_PEEK):
                self.refused += 1
                return
            with self.context.wrap_socket(client, server_side=True) as wire:
                self._open.add(wire)
                (self._speak_h2 if self.protocol == "h2" else self._speak_http_1)(wire)

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        self.heard.append((method, path, body))
        if path not in self.pages:
            return 404, "text/plain", b""
        media_type, content = self.pages[path]
        return 200, media_type, gzip.compress(content, mtime=0)

    def _speak_http_1(self, wire: ssl.SSLSocket) -> None:
        held = b""
        while True:
            while b"\r\n\r\n" not in held:
                data = wire.recv(1 << 16)
                if not data:
                    return
                held += data
            head, _, held = held.partition(b"\r\n\r\n")
            method, path, _ = head.decode("latin-1").split(" ", 2)
            status, media_type, body = self._answer(method, path, b"")
            wire.sendall(
                f"HTTP/1.1 {status} Fine\r\nContent-Type: {media_type}\r\nContent-Encoding: gzip\r\n"
                f"Content-Length: {len(body)}\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n".encode()
                + body
            )

    def _speak_h2(self, wire: ssl.SSLSocket) -> None:
        talk = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        talk.initiate_connection()
        wire.sendall(talk.data_to_send())
        asked: dict[int, tuple[str, str]] = {}
        bodies: dict[int, bytes] = {}
        while data := wire.recv(1 << 16):
            for event in talk.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    fields = {_text(name): _text(value) for name, value in event.headers}
                    asked[event.stream_id] = fields[":method"], fields[":path"]
                elif isinstance(event, h2.events.DataReceived):
                    bodies[event.stream_id] = bodies.get(event.stream_id, b"") + event.data
                    talk.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    stream = event.stream_id
                    status, media_type, body = self._answer(*asked[stream], bodies.get(stream, b""))
                    talk.send_headers(
                        stream,
                        [
                            (":status", str(status)),
                            ("content-type", media_type),
                            ("content-encoding", "gzip"),
                            ("set-cookie", "a=1"),
                            ("set-cookie", "b=2"),
                        ],
                    )
                    talk.send_data(stream, body, end_stream=True)
            wire.sendall(talk.data_to_send())


def _text(octets: bytes | str) -> str:
    return octets.decode("latin-1") if isinstance(octets, bytes) else octets
