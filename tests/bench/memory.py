"""
How much memory does a capture take? Run by hand: ``python -m tests.bench.memory``.

Prints the peak of resident memory of our own process, and of all capturer workers together, for one body of
1 GB (from a sparse file) and for the 4 401 resources of the benchmark. Linux.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.corpus import make_site, serve

_EVERY_S = 0.02
_BODY_BYTES = 1_000_000_000


def peaks(command: list[str]) -> tuple[float, float]:
    """Run a command; return the peaks in MB of its process (VmHWM) and of all others below it together."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    own, others, most = 0, {0: 0}, 0
    while process.poll() is None:
        own = max(own, _peak_kib(process.pid))
        others = {pid: _now_kib(pid) for pid in _below(process.pid)}
        most = max(most, sum(others.values()))
        time.sleep(_EVERY_S)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return own * 1024 / 1e6, most * 1024 / 1e6


def _status(pid: int, name: str) -> int:
    """Return a number of /proc/PID/status, 0 when the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def _peak_kib(pid: int) -> int:
    return _status(pid, "VmHWM")


def _now_kib(pid: int) -> int:
    return _status(pid, "VmRSS")


def _below(pid: int) -> list[int]:
    found: list[int] = []
    waiting = [pid]
    while waiting:
        for listed in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            try:
                below = [int(child) for child in listed.read_text().split()]
            except (FileNotFoundError, ProcessLookupError):
                continue
            found += below
            waiting += below
    return found


def main() -> None:
    """Measure both captures and print what they took."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "preserve-bench")
    folder = asked.parse_args().folder
    site = make_site(folder)
    large = folder / "large"
    large.mkdir(exist_ok=True)
    with (large / "scan.pdf").open("wb") as out:
        out.write(b"%PDF-1.4\n")
        out.truncate(_BODY_BYTES)
    (large / "index.html").write_text("<!doctype html><title>One</title><a href=scan.pdf>Scan</a>")
    out_folder = folder / "out"
    for name, served in (("one body of 1 GB", large), ("4 401 resources", site)):
        shutil.rmtree(out_folder, ignore_errors=True)
        with serve(served, folder / "nginx") as base:
            ours = [sys.executable, "-m", "tests.bench.ours", f"{base}/index.html", str(out_folder), "6"]
            own, workers = peaks(ours)
        print(f"{name}: {own:.0f} MB, capturer workers {workers:.0f} MB")  # noqa: T201 - that is what it is for
    shutil.rmtree(out_folder, ignore_errors=True)


if __name__ == "__main__":
    main()
