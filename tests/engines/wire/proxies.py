"""What does a proxy do that was not written to please us? Small ones, for scripts of ``conftest.Server``."""

from __future__ import annotations

import asyncio
import base64
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from tests.engines.wire.conftest import Peer

__all__ = ["HttpProxy", "SocksProxy"]

LOOPBACK = "127.0.0.1"


@attrs.define(eq=False, kw_only=True)
class _Proxy:
    """What both have in common: every name leads to this machine."""

    pair: str = ""
    """User name, colon, password that it wants."""
    asked: list[tuple[str, int]] = attrs.field(factory=list)
    """The servers that were asked for."""
    given: list[str] = attrs.field(factory=list)
    """The user names and passwords that came."""

    async def serve(self, peer: Peer) -> None:
        """Serve one connection."""
        raise NotImplementedError

    async def through(self, peer: Peer, host: str, port: int, yes: bytes, no: bytes) -> None:
        """Connect to a server and pass octets on until one side ends."""
        self.asked.append((host, port))
        try:
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            await peer.say(no)
            return
        peer.writer.write(yes)
        pumps = {
            asyncio.create_task(_pump(peer.reader, writer)),
            asyncio.create_task(_pump(reader, peer.writer)),
        }
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            writer.close()
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()


class HttpProxy(_Proxy):
    """Knows CONNECT and nothing else."""

    async def serve(self, peer: Peer) -> None:
        """Serve one connection."""
        head = await peer.request()
        if not head:
            return
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        if method != "CONNECT":
            await peer.say(b"HTTP/1.1 405 Only tunnels\r\nContent-Length: 0\r\n\r\n")
            return
        if self.pair:
            wanted = b"Basic " + base64.b64encode(self.pair.encode())
            fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
            if fields.get(b"Proxy-Authorization") != wanted:
                await peer.say(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
                return
            self.given.append(self.pair)
        host, _, port = target.rpartition(":")
        yes = b"HTTP/1.1 200 Connection established\r\nVia: a proxy\r\n\r\n"
        await self.through(peer, host, int(port), yes, b"HTTP/1.1 502 Not there\r\n\r\n")


class SocksProxy(_Proxy):
    """Knows the command CONNECT of SOCKS5, with and without password."""

    async def serve(self, peer: Peer) -> None:
        """Serve one connection."""
        with suppress(asyncio.IncompleteReadError):
            await self._serve(peer)

    async def _serve(self, peer: Peer) -> None:
        read = peer.reader.readexactly
        methods = await read((await read(2))[1])
        wanted = 2 if self.pair else 0
        if wanted not in methods:
            await peer.say(b"\x05\xff")
            return
        await peer.say(bytes([5, wanted]))
        if self.pair:
            user = await read((await read(2))[1])
            password = await read((await read(1))[0])
            self.given.append(f"{user.decode()}:{password.decode()}")
            known = self.given[-1] == self.pair
            await peer.say(b"\x01\x00" if known else b"\x01\x01")
            if not known:
                return
        kind = (await read(4))[3]
        if kind == 3:
            host = (await read((await read(1))[0])).decode()
        else:
            host = str(ip_address(await read({1: 4, 4: 16}[kind])))
        port = int.from_bytes(await read(2), "big")
        # The bound address comes as a name, as the RFC allows: its length is its own first octet.
        yes = b"\x05\x00\x00\x03\x05bound\x00\x00"
        await self.through(peer, host, port, yes, b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00")


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
