"""
A way to a server that takes time, as ways over the network do.

``python -m tests.bench.relay PORT MILLISECONDS``: passes connections on to a port of the loopback, and each
thing that a client says only after so long; prints its own port. In a process of its own, so that it takes no
time from those who are measured.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

_LOOPBACK = "127.0.0.1"
_PIECE = 1 << 18


async def relay(port: int, delay_s: float) -> None:
    """Listen on a free port, print it, and pass on until the process is ended."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait_s: float) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(_PIECE):
                if wait_s:
                    await asyncio.sleep(wait_s)
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(_LOOPBACK, port)
        await asyncio.gather(pass_on(reader, back, delay_s), pass_on(there, writer, 0))

    server = await asyncio.start_server(connected, _LOOPBACK, 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - that is how it tells
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(relay(int(sys.argv[1]), float(sys.argv[2]) / 1000))
