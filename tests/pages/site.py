"""
What does the server of the small pages say?

Each case has a folder of its name; ``page`` in it is the page. A file that a case does not give is
answered by its name: ``no-…`` is 404, ``bad-…`` 500, ``login…`` a page that asks to sign in, ``cut-…``
a PDF without its end, ``zip-…`` an archive, ``to-NAME`` leads to NAME; all others by their extension.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.pages.case import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.pages.case import Case

__all__ = ["PDF_BYTES", "PICTURE", "serving"]

PDF_BYTES = 1234
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f0003860180a5e3d3a40000000049454e44ae426082"
)
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
)
_LOGIN = b"<!doctype html><title>Sign in</title><form method=post><input type=password name=p></form>"
_ZIP = b"PK\x05\x06" + bytes(18)
_TYPES = {
    "css": "text/css",
    "csv": "text/csv",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
    "woff2": "font/woff2",
    "xhtml": "application/xhtml+xml",
    "mp4": "video/mp4",
    "odt": "application/vnd.oasis.opendocument.text",
    "vtt": "text/vtt",
    "zip": "application/zip",
}


_BODIES = {
    "css": b"a{}",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "html": b"<!doctype html><title>x</title>",
    "woff2": b"wOF2\0\1\0\0" + bytes(40),
    "mp4": b"\0\0\0\x20ftypisom" + bytes(40),
    "odt": _ZIP,
    "json": b"{}",
    "webmanifest": b"{}",
    "vtt": b"WEBVTT\n",
}


@contextmanager
def serving(cases: Iterable[Case]) -> Iterator[str]:
    """Serve the cases until the end of the block; give the origin."""
    given = {f"/{case.name}/{path}": answer for case in cases for path, answer in _answers(case).items()}
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(given)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _answers(case: Case) -> dict[str, Answer]:
    html = case.html.encode() if isinstance(case.html, str) else case.html
    answers = {"page": Answer(html, case.media_type)}
    for path, content in case.files.items():
        answers[path] = (
            content if isinstance(content, Answer) else Answer(content.encode(), _TYPES[_extension(path)])
        )
    return answers


def _handler(given: Mapping[str, Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            answer = given.get(path) or _by_name(path)
            name = path.rpartition("/")[2]
            self.send_response(302 if name.startswith("to-") else answer.status)
            if name.startswith("to-"):
                self.send_header("Location", name.removeprefix("to-"))
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _by_name(path: str) -> Answer:
    name = path.rpartition("/")[2]
    extension = _extension(name)
    rules = (
        (name.startswith("no-") or name in {"robots.txt", "favicon.ico"}, Answer(b"gone", "text/plain", 404)),
        (name.startswith("bad-"), Answer(b"broken", "text/plain", 500)),
        (name.startswith("login"), Answer(_LOGIN, "text/html")),
        (name.startswith("zip-") or extension == "zip", Answer(_ZIP, "application/zip")),
        (name.startswith("cut-"), Answer(_PDF.ljust(PDF_BYTES - 500), "application/pdf")),
        (extension == "pdf", Answer(_pdf(), "application/pdf")),
        (extension in {"png", "jpg", "gif", "ico"}, Answer(PICTURE, "image/png")),
    )
    other = Answer(_BODIES.get(extension, b"1\n"), _TYPES.get(extension, "text/plain"))
    return next((answer for holds, answer in rules if holds), other)


def _pdf() -> bytes:
    """Return a document of one empty page, of a known size."""
    at = [_PDF.index(b"%d 0 obj" % number) for number in (1, 2, 3)]
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in at)
    tail = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    room = PDF_BYTES - len(table) - len(tail % 1000)
    body = _PDF.ljust(room - 1) + b"\n"
    return body + table + tail % len(body)


def _extension(path: str) -> str:
    return path.rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
