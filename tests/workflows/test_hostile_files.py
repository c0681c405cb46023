"""Tests of a capture of hostile files: it goes on, says what was wrong, and leaves a valid package."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import preserve
from tests.capturers.hostile_files import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LARGEST = 8 << 20
"""Octets of the largest file served here; tests/capturers/test_hostile.py opens the larger ones too."""


class _Handler(BaseHTTPRequestHandler):
    files: dict[str, tuple[str, bytes]]

    def do_GET(self) -> None:
        media_type, body = self.files.get(self.path, ("", b""))
        self.send_response(200 if media_type else 404)
        self.send_header("Content-Type", media_type or "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _served(files: dict[str, tuple[str, bytes]]) -> Iterator[str]:
    """Serve files, and a page that refers to all of them; yield its address."""
    objects = "".join(f"<object data='{path}'></object>" for path in files)
    page = f"<!DOCTYPE html><title>Hostile</title>{objects}".encode()
    handler = type("Handler", (_Handler,), {"files": files | {"/": ("text/html", page)}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_a_page_of_hostile_files_becomes_a_valid_package(tmp_path: Path) -> None:
    """Every hostile file is stored whole, what is wrong with it is recorded, and the package verifies."""
    made = {name: (hostile.declared, hostile.make()) for name, hostile in HOSTILE.items()}
    files = {f"/{name}": file for name, file in made.items() if len(file[1]) <= _LARGEST}
    # Four times what a capture gives: the machine may have much else to do.
    limits = preserve.Limits(inspect_s=120.0)
    with _served(files) as page:
        package = preserve.archive(page, tmp_path, engine="plain", allow_private_network=True, limits=limits)
    assert preserve.Verdict.COMPLETE is package.capture.outcome.verdict
    resources = {resource.url.rpartition("/")[2]: resource for resource in package.resources()}
    served = [name for name in HOSTILE if f"/{name}" in files]
    assert len(served) > 25
    for name in served:
        codes = {problem.code for problem in resources[name].problems}
        expected = HOSTILE[name].problem
        assert "capturer.failed" not in codes, name
        assert HOSTILE[name].pixels or not expected or expected in codes, (name, codes)
    assert [] == [finding for finding in preserve.verify(package.path).findings if finding.result != "pass"]


def test_a_file_that_needs_too_much_is_kept_and_said(tmp_path: Path) -> None:
    """A file whose opening takes more memory than allowed is stored whole, and the one after it is opened."""
    files = {
        "/a": ("application/json", b"[" + b"{}," * 5_000_000 + b"{}]"),
        "/b": ("application/json", b'{"a": 1}'),
    }
    limits = preserve.Limits(inspect_s=120.0, inspect_memory_bytes=400 << 20)
    with _served(files) as page:
        package = preserve.archive(page, tmp_path, engine="plain", allow_private_network=True, limits=limits)
    resources = {resource.url.rpartition("/")[2]: resource for resource in package.resources()}
    assert ["capturer.failed"] == [problem.code for problem in resources["a"].problems]
    assert "memory" in resources["a"].problems[0].message
    assert [len(files["/a"][1]), True] == [resources["a"].payload_bytes, resources["b"].facts["whole"]]
    assert 0 == preserve.verify(package.path).exit_code
