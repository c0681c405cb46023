"""Does the proxy take little memory, however much passes it, and whether the client reads or not?"""

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

from tests.wire.certificates import Authority as Certificates

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOST = "large.test"
BODY_BYTES = 300_000_000
MOST_MB = 100
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % BODY_BYTES

CODE = """
import asyncio, json, re, sys
from functools import partial
from pathlib import Path
from preserve.disk import Spool
from tests.engines.browser.harness import head, proxied

url, folder, ca_file, patience_s = json.loads(sys.argv[1])

async def main():
    async with proxied(ca_file=ca_file, spool=partial(Spool, Path(folder))) as scene:
        reader, writer = await scene.connect(url)
        writer.write(head(url))
        got = 0
        while got < 50_000_000:
            got += len(await reader.read(1 << 16))
        if patience_s:
            await asyncio.sleep(patience_s)
            writer.transport.abort()
        else:
            while got < 300_000_000:
                got += len(await reader.read(1 << 16))
        left = await scene.proxy.drain(100)
        (exchange,) = scene.exchanges
        peak = re.search("VmHWM:\\\\s*(\\\\d+) kB", Path("/proc/self/status").read_text())[1]
        print(json.dumps([left, exchange.ended, exchange.response.size_bytes, int(peak) / 1024]))

asyncio.run(main())
"""


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Serve 300 MB once, over http or https, from 64 KiB of memory."""
    piece = os.urandom(1 << 16)
    certificates = Certificates(tmp_path)
    server = socket.create_server(("127.0.0.1", 0))
    threads = []

    def serve(context: ssl.SSLContext | None) -> None:
        with suppress(OSError):
            peer, _ = server.accept()
            wire = context.wrap_socket(peer, server_side=True) if context else peer
            with wire:
                wire.recv(1 << 16)
                wire.sendall(HEAD)
                left = BODY_BYTES
                while left:
                    wire.sendall(piece[:left])
                    left -= min(left, len(piece))

    def start(scheme: str) -> str:
        context = certificates.context(HOST) if scheme == "https" else None
        threads.append(threading.Thread(target=serve, args=(context,), daemon=True))
        threads[0].start()
        return f"{scheme}://{HOST}:{server.getsockname()[1]}/large"

    yield start
    with suppress(OSError):
        server.shutdown(socket.SHUT_RDWR)
    server.close()
    for thread in threads:
        thread.join(20)


# Not getrusage: its peak counts what the process that started ours held before (Linux).
@pytest.mark.parametrize(("scheme", "patience_s"), [("http", 0), ("https", 0), ("https", 1)])
def test_300_mb_pass_in_little_memory(
    large: Callable[[str], str], tmp_path: Path, scheme: str, patience_s: int
) -> None:
    """300 MB pass within 100 MB of memory, client and proxy together; also when it stops and hangs up."""
    (tmp_path / "spool").mkdir()
    argument = [large(scheme), str(tmp_path / "spool"), str(tmp_path / "authority.pem"), patience_s]
    done = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps(argument)],
        check=True,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109 - the checkout, as pytest is run in it
    )
    left, ended, response_bytes, peak_mb = json.loads(done.stdout)
    assert (0, "whole", len(HEAD) + BODY_BYTES) == (left, ended, response_bytes)
    assert peak_mb < MOST_MB
