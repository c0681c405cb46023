"""How is the demo site served on this machine?"""

from __future__ import annotations

import gzip
import socket
import threading
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

from preserve.demo.live import COUNTER_PATH, LIVE_PATH
from preserve.demo.live_routes import live_site
from preserve.demo.page import POST_PATH
from preserve.demo.routes import NOT_FOUND, Response, site

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DemoServer"]

_IDLE_S = 30.0
"""A connection on which nothing comes for this long is closed."""
_CHUNK = 1024
"""Small, so that even a style sheet takes more than one."""
_TEXT = ("text/", "application/json")


class DemoServer:
    """
    Serves the demo site on a free port of the loopback address, in threads, from enter to exit.

    HTTP/1.1 with connections kept open; gzip for text where the client offers it; most bodies with their
    length, one chunked. It says no Date, because nothing in it depends on a clock (RFC 9110, 6.6.1).

    >>> with DemoServer() as server:  # doctest: +SKIP
    ...     preserve.archive(server.url, into="my-archive", allow_private_network=True)
    """

    def __init__(self) -> None:
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port: ``http://127.0.0.1:PORT``."""
        if self._server is None:
            raise RuntimeError("the demo server has a port only between enter and exit")
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """The address of the post."""
        return self.origin + POST_PATH

    @property
    def live_url(self) -> str:
        """The address of the page that only a browser sees whole."""
        return self.origin + LIVE_PATH

    @property
    def asked(self) -> tuple[tuple[str, str], ...]:
        """Every request so far: method and target, in the order of their arrival."""
        return tuple(self._server.asked) if self._server else ()

    def __enter__(self) -> Self:
        """Bind the port, draw the site, and begin to answer."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.answers = {**site(self.origin), **live_site()}
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="preserve-demo")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection and the port; every thread has ended on return."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()
        self._server = self._thread = None


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    """So that server_close waits for the threads."""
    answers: Mapping[str, Response]

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.asked: list[tuple[str, str]] = []
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind without asking the resolver for the host's name, as HTTPServer does."""
        super(ThreadingHTTPServer, self).server_bind()
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def hold(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def release(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def hang_up(self) -> None:
        """Wake every thread that waits for a request on an open connection."""
        with self._lock:
            for connection in self._open:
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_S
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        self.server.hold(self.request)
        super().setup()

    def handle(self) -> None:
        """Answer until the connection ends; a client that breaks it off is none of our business."""
        with suppress(ConnectionError):
            super().handle()

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.server.release(self.request)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, *_: object) -> None:
        """Say nothing: a library does not print."""

    def _answer(self, *, with_body: bool) -> None:
        self.server.asked.append((self.command, self.path))
        path, _, query = self.path.partition("?")
        counted = query and path == COUNTER_PATH
        answer = self.server.answers.get(path if counted else self.path, NOT_FOUND)
        body, headers = answer.body, list(answer.headers)
        if answer.media_type.startswith(_TEXT):
            headers.append(("Vary", "Accept-Encoding"))
            if _takes_gzip(self.headers.get("Accept-Encoding", "")):
                headers.append(("Content-Encoding", "gzip"))
                body = _gzipped(body)
        headers.append(
            ("Transfer-Encoding", "chunked") if answer.chunked else ("Content-Length", str(len(body)))
        )
        self.send_response_only(answer.status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(_chunks(body) if answer.chunked else body)


def _takes_gzip(offered: str) -> bool:
    """Return whether an Accept-Encoding field offers gzip with a weight above 0. RFC 9110, 12.5.3."""
    for offer in offered.lower().split(","):
        coding, _, weight = offer.replace(" ", "").partition(";q=")
        if coding in {"gzip", "*"}:
            return weight.strip("0.") != "" or weight == ""
    return False


@cache
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


def _chunks(body: bytes) -> bytes:
    """Return a body in the chunked transfer coding. RFC 9112, 7.1."""
    pieces = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
