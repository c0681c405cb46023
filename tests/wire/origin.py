"""
What does a server say when every octet, pause and ending is in our hands?

A threaded server of plain sockets on loopback. For each request it looks the path up, plays a script
step by step, and keeps its own record of what it heard and said: the truth that the records of a
package are held against. It knows nothing of HTTP but where a request ends: after its head, or as many
octets later as it states.
"""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING, Self, TypeAlias

import attrs

from tests.wire.tls_side import TlsSide

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["LOOPBACK", "Drip", "End", "Origin", "Pause", "Script", "Talk"]

LOOPBACK = "127.0.0.1"
_WAIT_S = 20.0
_HEAD_END = b"\r\n\r\n"


class End(Enum):
    """What becomes of the connection after a script. Without one it ends in good order."""

    KEEP = auto()
    """It waits for the next request."""
    CUT = auto()
    """FIN without the close_notify of TLS; without TLS an end in good order."""
    RESET = auto()
    """RST."""
    HOLD = auto()
    """It stays open and silent until the client goes."""


@attrs.frozen
class Pause:
    """Nothing, for a while."""

    seconds: float


@attrs.frozen
class Drip:
    """The same octets again and again until the client goes."""

    data: bytes
    pause_s: float = 0.0


_Wire: TypeAlias = "socket.socket | TlsSide"

Script: TypeAlias = tuple[bytes | Pause | Drip | End, ...]
"""Octets are sent; in them ``%ORIGIN%``, ``%PORT%`` and ``%N%`` (a new number each time) are filled in."""


@attrs.define(eq=False, kw_only=True)
class Talk:
    """One request and what it was answered."""

    path: str
    """The target without its query; empty for what is said before any request."""
    heard: bytes
    said: bytearray = attrs.field(factory=bytearray)
    connection: int
    answered: bool = True
    """False for a request that came when the server had ended its side."""


@attrs.define(eq=False, kw_only=True)
class Origin:
    """
    A server; used as a context manager.

    Args:
        scripts: Path to what each request of it is answered, the last one for all further requests. A
            path that ends in ``*`` stands for all that begin so.
        opening: Said on every connection before anything is read.
        context: Speaks TLS with it.
        name: The host name in ``url``.
    """

    scripts: Mapping[str, tuple[Script, ...]] = attrs.field(factory=dict)
    opening: Script = ()
    context: ssl.SSLContext | None = None
    name: str = LOOPBACK
    talks: list[Talk] = attrs.field(factory=list, init=False)
    connections: int = attrs.field(default=0, init=False)
    port: int = attrs.field(default=0, init=False)
    _listener: socket.socket = attrs.field(factory=socket.socket, init=False)
    _closing: threading.Event = attrs.field(factory=threading.Event, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    _open: dict[int, socket.socket] = attrs.field(factory=dict, init=False)
    _threads: list[threading.Thread] = attrs.field(factory=list, init=False)
    _asked: dict[str, int] = attrs.field(factory=dict, init=False)
    _number: int = attrs.field(default=0, init=False)

    @property
    def url(self) -> str:
        """Scheme, name and port."""
        return f"{'https' if self.context else 'http'}://{self.name}:{self.port}"

    def said(self, path: str) -> list[Talk]:
        """Return the talks about a path, in the order of asking."""
        with self._lock:
            return [talk for talk in self.talks if talk.path == path]

    def __enter__(self) -> Self:
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((LOOPBACK, 0))
        self._listener.listen(64)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        with self._lock:
            still = list(self._open.values())
        for one in still:
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
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                number = self.connections
                self._open[number] = client
            self._start(self._serve, client, number)

    def _serve(self, client: socket.socket, number: int) -> None:
        """Hold one connection; whatever the client does to it only ends it."""
        client.settimeout(_WAIT_S)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with suppress(OSError):
                self._hold(client, number)
        finally:
            with self._lock:
                del self._open[number]
            client.close()

    def _hold(self, client: socket.socket, number: int) -> None:
        wire = client if self.context is None else TlsSide(client, self.context)
        if self.opening:
            talk = Talk(path="", heard=b"", connection=number)
            self._keep(talk)
            if self._play(wire, self.opening, talk) is not End.KEEP:
                self._leave(client, wire, number, self.opening[-1])
                return
        held = bytearray()
        while True:
            head = self._request(wire, held)
            if not head:
                return
            path = _path(head)
            talk = Talk(path=path, heard=head + self._body(wire, held, head), connection=number)
            self._keep(talk)
            script = self._script(path)
            if self._play(wire, script, talk) is not End.KEEP:
                self._leave(client, wire, number, script[-1] if script else None)
                return

    def _keep(self, talk: Talk) -> None:
        with self._lock:
            self.talks.append(talk)

    def _script(self, path: str) -> Script:
        key = path if path in self.scripts else self._pattern(path)
        with self._lock:
            turn = self._asked[key] = self._asked.get(key, -1) + 1
        answers = self.scripts.get(key, (_MISSING,))
        return answers[min(turn, len(answers) - 1)]

    def _pattern(self, path: str) -> str:
        fitting = [key for key in self.scripts if key.endswith("*") and path.startswith(key[:-1])]
        return max(fitting, key=len, default=path)

    @staticmethod
    def _request(wire: _Wire, held: bytearray) -> bytes:
        """Return the next request head; nothing when the client has gone."""
        while _HEAD_END not in held:
            data = wire.recv(1 << 16)
            if not data:
                return b""
            held += data
        end = held.index(_HEAD_END) + len(_HEAD_END)
        head = bytes(held[:end])
        del held[:end]
        return head

    @staticmethod
    def _body(wire: _Wire, held: bytearray, head: bytes) -> bytes:
        """Return the body of a request that states its length."""
        found = re.search(rb"\r\ncontent-length:[ ]*([0-9]+)\r\n", head, re.IGNORECASE)
        length = int(found[1]) if found else 0
        while len(held) < length:
            data = wire.recv(1 << 16)
            if not data:
                break
            held += data
        body = bytes(held[:length])
        del held[:length]
        return body

    def _play(self, wire: _Wire, script: Script, talk: Talk) -> End | None:
        for step in script:
            if isinstance(step, End):
                return step
            if isinstance(step, Pause):
                self._closing.wait(step.seconds)
            elif isinstance(step, Drip):
                while not self._closing.is_set():
                    self._say(wire, step.data, talk)
                    self._closing.wait(step.pause_s)
            else:
                self._say(wire, step, talk)
        return None

    def _say(self, wire: _Wire, data: bytes, talk: Talk) -> None:
        if b"%" in data:
            with self._lock:
                self._number += 1
                number = self._number
            data = data.replace(b"%ORIGIN%", self.url.encode()).replace(b"%PORT%", b"%d" % self.port)
            data = data.replace(b"%N%", b"%d" % number)
        talk.said += data
        wire.sendall(data)

    def _leave(self, client: socket.socket, wire: _Wire, number: int, end: object) -> None:
        """End the connection so; then hear the client out, or what it has not read yet would be lost."""
        if end is End.RESET:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            return
        if end is not End.HOLD:
            if isinstance(wire, TlsSide) and end is not End.CUT:
                with suppress(OSError):
                    wire.say_goodbye()
            client.shutdown(socket.SHUT_WR)
        held = bytearray()
        while head := self._request(wire, held):
            self._keep(Talk(path=_path(head), heard=head, connection=number, answered=False))


def _path(head: bytes) -> str:
    words = head.split(b" ", 2)
    return words[1].decode("latin-1").partition("?")[0] if len(words) > 1 else ""


_MISSING: Script = (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", End.KEEP)
