"""
Who clears up after a browser when we cannot: what this program does.

It is run beside each browser as a process of its own (``python -I caretaker.py FOLDER``) and waits at its
standard input, the other end of which is held by us alone. When that end closes, however we ended, it
kills what still runs with something in FOLDER on its command line, and removes FOLDER. It imports
nothing of ours, so that it starts in a moment and needs nothing that could be missing.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path

__all__ = ["clear", "main", "users"]

_ROUNDS = 100
_PAUSE_S = 0.1
_PATIENT_ROUNDS = 30
"""For so long a browser may end by itself; then it is killed."""


def users(folder: str) -> list[int]:
    """Return the processes that name something in a folder on their command line, but for this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended
        if any(folder.encode() + b"/" in word for word in words):
            found.append(int(entry.name))
    return found


def clear(folder: str) -> None:
    """Kill who uses the folder, and remove it. Takes ten seconds at most."""
    for turn in range(_ROUNDS):
        running = users(folder)
        if turn >= _PATIENT_ROUNDS:
            for number in running:
                try:
                    os.kill(number, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        if not running:
            shutil.rmtree(folder, ignore_errors=True)
            if not os.path.lexists(folder):
                return
        time.sleep(_PAUSE_S)


def main(folder: str) -> None:
    """Wait until standard input ends, then clear up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    clear(folder)


if __name__ == "__main__":
    main(sys.argv[1])
