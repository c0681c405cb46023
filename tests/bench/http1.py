"""
How fast does the message reader go? Run by hand: ``python tests/bench/http1.py``.

Prints octets a second for a counted body in pieces of 64 KiB and for one in chunks of 16 KiB, the best
of five runs.
"""

from __future__ import annotations

import time

from preserve.formats.http1 import MessageReader

HEADS = {
    "counted": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
}
PIECES = {"counted": bytes(65_536), "chunked": (b"4000\r\n" + bytes(0x4000) + b"\r\n") * 4}
TIMES = 2000


def rate(kind: str) -> float:
    """Return octets a second."""
    reader = MessageReader("response")
    reader.feed(HEADS[kind])
    piece = PIECES[kind]
    began = time.perf_counter()
    for _ in range(TIMES):
        reader.feed(piece)
    return len(piece) * TIMES / (time.perf_counter() - began)


if __name__ == "__main__":
    for name in HEADS:
        print(f"{name}: {max(rate(name) for _ in range(5)) / 1e9:.1f} GB/s")  # noqa: T201 - that is what it is for
