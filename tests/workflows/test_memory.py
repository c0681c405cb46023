"""Does a capture take little memory, however large a body is?"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BODY_BYTES = 200 << 20
MOST_MB = 100

CODE = """
import json, re, sys
from pathlib import Path
import preserve
url, into = json.loads(sys.argv[1])
package = preserve.archive(url, into, allow_private_network=True)
print(json.dumps([
    package.capture.counts.payload_bytes,
    int(re.search("VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024,
]))
"""


@pytest.fixture
def large() -> Iterator[str]:
    """Serve a body of 200 MiB that does not compress, under every path, from 64 KiB of memory."""
    piece = os.urandom(1 << 16)
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
        % BODY_BYTES
    )
    nothing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            with suppress(OSError):
                peer, _ = server.accept()
                with peer:
                    if b"GET /robots.txt" in peer.recv(1 << 16):
                        peer.sendall(nothing)
                        continue
                    peer.sendall(head)
                    for _ in range(BODY_BYTES // len(piece)):
                        peer.sendall(piece)
                continue
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/scan.bin"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


# Not getrusage: its peak counts what the process that started ours held before (Linux).
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_a_large_body_is_never_held_in_memory(large: str, tmp_path: Path) -> None:
    """The peak of our process stays below 100 MB while a body of twice that is fetched, kept and checked."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps([large, str(tmp_path)])],
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert 0 == done.returncode, done.stderr
    payload, peak_mb = json.loads(done.stdout)
    assert BODY_BYTES == payload
    assert peak_mb < MOST_MB
