"""
What becomes of a connection when page and server go on as a WebSocket?

Octets pass both ways as they come. The handshake is an exchange like any other; the frames are listed, one
JSON object a line, with length and digest and without their payload: docs/format/package-1.md, section 6.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from preserve.engines.browser.frames import FrameReader
from preserve.engines.wire.stop import Stop
from preserve.model.exchange import Artefact
from preserve.model.times import to_iso

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import AsyncIterator, Callable

    from preserve.engines.browser.client import Client
    from preserve.engines.wire.connection import Connection
    from preserve.model.capture import Limits
    from preserve.model.exchange import WritableSpool
    from preserve.model.url import UriR

__all__ = ["FRAMES", "WebSocket"]

FRAMES = "application/x-ndjson"


class WebSocket:
    """
    One WebSocket between browser and origin.

    Args:
        url: Of its handshake.
        client: The browser's side.
        limits: Of the capture.
        spool: For the list of frames; closed by whoever gets the artefact.
        clock: Returns the present, an aware UTC datetime.
    """

    def __init__(
        self,
        url: UriR,
        client: Client,
        limits: Limits,
        *,
        spool: WritableSpool,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._url = url
        self._client = client
        self._limits = limits
        self._spool = spool
        self._clock = clock
        self._began_at = clock()
        self._frames = 0
        self._octets = 0
        self.began = False
        """Whether the origin agreed to it."""
        self.ended = ""
        """Why it ended, as a sentence."""

    async def run(self, connection: Connection, beyond: bytes) -> None:
        """
        Pass octets until one side ends, or a limit is met.

        Args:
            connection: With the origin.
            beyond: What the origin said right behind its handshake.

        Raises:
            StorageUnavailable: If the spool cannot take the list.
        """
        self.began = True
        until = asyncio.get_running_loop().time() + self._limits.capture_s
        both = {
            asyncio.create_task(self._from_server(connection, beyond, until)),
            asyncio.create_task(self._from_page(connection, until)),
        }
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.wait(both)
        for task in both:
            failure = None if task.cancelled() else task.exception()
            if failure is not None and not isinstance(failure, ConnectionResetError):
                raise failure

    def artefact(self) -> Artefact:
        """Return the list of frames."""
        return Artefact(
            url=f"urn:x-preserve:websocket:{self._url}",
            media_type=FRAMES,
            made_at=self._began_at,
            content=self._spool,
            kind="websocket",
            facts={"frames": self._frames, "octets": self._octets, "ended": self.ended},
        )

    def close(self) -> None:
        """Give up the list."""
        self._spool.close()

    async def _from_server(self, connection: Connection, beyond: bytes, until: float) -> None:
        reader = FrameReader()
        async for data in _received(connection, beyond, until):
            self._list("server", reader, data)
            await self._client.write(data)
            if self._is_full():
                return
        self.ended = self.ended or "The server ended it."

    async def _from_page(self, connection: Connection, until: float) -> None:
        reader = FrameReader()
        while data := await self._client.read():
            self._list("page", reader, data)
            if isinstance(await connection.send(data, until), Stop) or self._is_full():
                return
        self.ended = self.ended or "The page ended it."

    def _list(self, side: str, reader: FrameReader, data: bytes) -> None:
        self._octets += len(data)
        for frame in reader.feed(data):
            self._frames += 1
            line = {
                "at": to_iso(self._clock()),
                "from": side,
                "opcode": frame.opcode,
                "fin": frame.fin,
                "payload_bytes": frame.payload_bytes,
                "digest": f"sha256:{frame.sha256}",
            }
            self._spool.write(json.dumps(line).encode() + b"\n")

    def _is_full(self) -> bool:
        if self._octets <= self._limits.body_bytes:
            return False
        self.ended = f"More than {self._limits.body_bytes} bytes crossed it, the limit for one response."
        return True


async def _received(connection: Connection, beyond: bytes, until: float) -> AsyncIterator[bytes]:
    if beyond:
        yield beyond
    while not isinstance(data := await connection.receive(until), Stop):
        yield data
