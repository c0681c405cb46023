"""Does Ctrl-C at the real program seal what there is?"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.checks.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE_S = 30.0


class _Slow(ThreadingHTTPServer):
    """Serves a page at once, and its image only when told."""

    def __init__(self) -> None:
        self.asked, self.answer = threading.Event(), threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """Say nothing: the client has gone, as it should."""


class _Handler(BaseHTTPRequestHandler):
    server: _Slow

    def do_GET(self) -> None:
        if self.path == "/slow.png":
            self.server.asked.set()
            self.server.answer.wait(_PATIENCE_S)
        body = b"<title>Slow</title><img src=slow.png>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def slow() -> Iterator[_Slow]:
    """Serve from enter to exit."""
    server = _Slow()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.answer.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_first_ctrl_c_seals(slow: _Slow, tmp_path: Path) -> None:
    """Ctrl-C while an image is awaited seals the page as partial and interrupted: exit code 130."""
    code = "import sys; from preserve.cli.main import run; sys.exit(run(sys.argv[1:]))"
    url = f"http://127.0.0.1:{slow.server_port}/"
    arguments = ["archive", url, "--into", str(tmp_path), "--allow-private-network", "--json"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert slow.asked.wait(_PATIENCE_S)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=_PATIENCE_S)
    package, summary = map(json.loads, out.splitlines())
    assert [130, 130] == [process.returncode, summary["exit_code"]]
    assert ["partial", True, "not-attempted"] == [
        package["verdict"],
        package["interrupted"],
        package["gaps"][0]["state"],
    ]
    assert "sealing what there is" in err
    assert "Traceback" not in err


def test_ctrl_c_ends_a_verification(tmp_path: Path) -> None:
    """Ctrl-C while packages are verified reports those that are done and counts the others: exit code 130."""
    build().write(tmp_path / "1")
    waits = build().write(tmp_path / "2")
    # The real program, which takes its time over the second package.
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it\n"
        "from preserve import checks; from preserve.workflows import verify as workflow\n"
        "real = checks.verify\n"
        "def slow(path, **options):\n"
        "    if '/2/' in str(path):\n"
        "        print('waiting', file=sys.stderr, flush=True); time.sleep(600)\n"
        "    return real(path, **options)\n"
        "workflow.checks.verify = slow\n"
        "from preserve.cli.main import run; sys.exit(run(sys.argv[1:]))"
    )
    paths = [str(next((tmp_path / "1").glob("*/*Z"))), str(waits)]
    with subprocess.Popen(
        [sys.executable, "-c", code, "verify", "--json", *paths],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "waiting" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=_PATIENCE_S)
    lines = [json.loads(line) for line in out.splitlines()]
    summary = lines[-1]
    assert [130, 130] == [process.returncode, summary["exit_code"]]
    assert {"packages": 1, "not_checked": 1, "failed": 0} == {
        name: summary["counts"][name] for name in ("packages", "not_checked", "failed")
    }
    assert "Traceback" not in err
