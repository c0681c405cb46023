"""How is a handful of small sites served, whose answers wait until they are let go?"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["PATIENCE_S", "Site", "Sites"]

PATIENCE_S = 30.0
"""Nothing takes longer; what does hangs."""

_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010100000000376ef9240000000a4944415478da6360000000020001e527defc0000000049454e44ae426082"
)
"""One black pixel."""


class Site(ThreadingHTTPServer):
    """
    One host of loopback. ``/`` and ``/N`` are pages; ``/with-image`` has an image; ``/gone`` is not there.

    ``asked`` lists the paths in the order of their arrival, but for robots.txt. A path in ``held`` is
    answered when ``let_go`` is called.
    """

    daemon_threads = True

    def __init__(self, address: str) -> None:
        self.asked: list[str] = []
        self.held: set[str] = set()
        self._changed = threading.Condition()
        super().__init__((address, 0), _Handler)

    def server_bind(self) -> None:
        """Bind without asking the resolver for the host's name."""
        super(ThreadingHTTPServer, self).server_bind()
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment] # IPv4

    def url(self, path: str = "/") -> str:
        """Return the address of a path."""
        return f"http://{self.server_name}:{self.server_port}{path}"

    def take(self, path: str) -> None:
        """Note a request, and wait as long as its path is held."""
        with self._changed:
            if path != "/robots.txt":
                self.asked.append(path)
            self._changed.notify_all()
            self._changed.wait_for(lambda: path not in self.held, PATIENCE_S)

    def wait_for(self, path: str) -> None:
        """Wait until a path has been asked for."""
        with self._changed:
            assert self._changed.wait_for(lambda: path in self.asked, PATIENCE_S), self.asked

    def let_go(self) -> None:
        """Answer what is held."""
        with self._changed:
            self.held.clear()
            self._changed.notify_all()

    def handle_error(self, *_: object) -> None:
        """Say nothing: the client has gone, as it should."""


class _Handler(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.take(self.path)
        image = "<img src=/image.png>" if self.path == "/with-image" else ""
        body = f"<!DOCTYPE html><title>Page {self.path}</title><p>Text.</p>{image}".encode()
        if self.path == "/image.png":
            body = _PNG
        self.send_response(404 if self.path in {"/gone", "/robots.txt", "/favicon.ico"} else 200)
        self.send_header("Content-Type", "image/png" if body is _PNG else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Sites:
    """Serves so many sites, each at a loopback address of its own, from enter to exit."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._held = ExitStack()
        self.sites: list[Site] = []

    def __enter__(self) -> Self:
        """Bind and begin to answer."""
        for index in range(self._number):
            site = Site(f"127.0.0.{index + 1}")
            thread = threading.Thread(target=site.serve_forever, args=(0.05,))
            thread.start()
            self._held.callback(site.server_close)
            self._held.callback(thread.join)
            self._held.callback(site.shutdown)
            self._held.callback(site.let_go)
            self.sites.append(site)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Answer what is held, and end."""
        self._held.close()

    def __getitem__(self, index: int) -> Site:
        """Return one of them."""
        return self.sites[index]
