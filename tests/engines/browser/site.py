"""Which pages do things to a browser that no page should, and what do they do?"""

from __future__ import annotations

import io
import threading
import time
import wave
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from PIL import Image

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

__all__ = ["FILES", "PAGES", "Site"]


def _png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def _wav(seconds: int) -> bytes:
    """Return silence: 8 bits, 8 kHz, one channel."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * seconds)
    return out.getvalue()


PNG = _png("teal")
FOLDER = Path(__file__).parent / "pages"
PAGES: Mapping[str, str] = {
    **{f"/{path.stem}": path.read_text() for path in sorted(FOLDER.glob("*.html"))},
    "/pictures": "<!DOCTYPE html><title>A page</title><h1>Words of the page</h1>"
    + "".join(f"<img loading=lazy src=/img/{number}.png>" for number in range(400)),
}

WORKER = """
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.url.endsWith("/said.txt")) { event.respondWith(new Response("made by the worker")); }
});
"""


FILES: Mapping[str, tuple[str, bytes, tuple[tuple[str, str], ...]]] = {
    "/sw.js": ("text/javascript", WORKER.encode(), ()),
    "/sounds/first.wav": ("audio/wav", _wav(30), ()),
    "/sounds/second.wav": ("audio/wav", _wav(20), ()),
    "/where": ("application/json", b'{"url": "/files/report.pdf"}', ()),
    "/files/report.pdf": (
        "application/pdf",
        b"%PDF-1.4\n" + b"x" * 12_000,
        (("Content-Disposition", 'attachment; filename="report.pdf"'),),
    ),
}
SMALL = ("/tiny/", "/piece/", "/count", "/beat/", "/sent")


class Site:
    """Serves the pages on a loopback port; ``asked`` is every path that was asked for."""

    def __init__(self, context: ssl.SSLContext | None = None, **names: str) -> None:
        self.names = names
        self.asked: list[str] = []
        self.tokens: list[str] = []
        """What each of them had for ``X-Token``."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self._do()

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._do()

            def _do(self) -> None:
                with suppress(ConnectionError):
                    site.answer(self)

            def handle(self) -> None:
                with suppress(OSError):  # a client that hangs up, in a handshake too
                    super().handle()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if context is not None:
            # The handshake comes with the first octets read, in the thread of the connection.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_port)

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.asked.append(handler.path)
        self.tokens.append(handler.headers.get("X-Token", ""))
        path = urlsplit(handler.path).path
        if path == "/stream":
            self._stream(handler)
            return
        kind, body, extra = self._what(path)
        handler.send_response(200 if kind else 404)
        handler.send_header("Content-Type", kind or "text/plain")
        handler.send_header("Content-Length", str(len(body)))
        if path.startswith("/once/"):
            handler.send_header("Connection", "close")
        for name, value in extra:
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def _what(self, path: str) -> tuple[str, bytes, tuple[tuple[str, str], ...]]:
        if path in PAGES:
            text = PAGES[path]
            for name, value in self.names.items():
                text = text.replace(name, value)
            return "text/html; charset=utf-8", text.encode(), (("Set-Cookie", "seen=here; Path=/"),)
        if path in FILES:
            return FILES[path]
        if path.endswith(".png"):
            return "image/png", PNG, ()
        if path.endswith((".txt", ".ico")) or path.startswith(SMALL):
            return "text/plain", b"words", ()
        return "", b"", ()

    def _stream(self, handler: BaseHTTPRequestHandler) -> None:
        """Send an event now and then, and never end."""
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        for number in range(600):
            handler.wfile.write(f"data: event {number}\n\n".encode())
            handler.wfile.flush()
            time.sleep(0.2)
