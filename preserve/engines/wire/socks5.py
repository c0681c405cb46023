"""
How is a SOCKS5 proxy asked for a connection?

RFC 1928, and RFC 1929 for user name and password. Only the command CONNECT; the proxy gets the host
name and looks it up itself. This is the dialogue as bytes in and out, without a socket: ``send`` what
``dialogue`` yields, and give it what came.
"""

from __future__ import annotations

from collections.abc import Generator
from ipaddress import IPv4Address, ip_address
from typing import TypeAlias

__all__ = ["Dialogue", "SocksRefusedError", "dialogue"]

Dialogue: TypeAlias = Generator[tuple[bytes, int], bytes, None]
"""Yields octets to send and how many to wait for; is sent exactly as many."""

_VERSION = 5
_NO_AUTH, _PASSWORD, _NONE_FITS = 0x00, 0x02, 0xFF
_CONNECT = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_ADDRESS_BYTES = {_IPV4: 4, _IPV6: 16}
_PASSWORD_VERSION = 1
_MOST_BYTES = 255

# RFC 1928, section 6.
_REPLIES = {
    1: "general failure of the proxy",
    2: "connection not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time to live expired",
    7: "command not supported",
    8: "address type not supported",
}


class SocksRefusedError(Exception):
    """The proxy does not do it, or speaks something else. The message is a sentence."""


def dialogue(host: str, port: int, pair: str = "") -> Dialogue:
    """
    Ask for a connection; returns when the proxy has made it.

    Args:
        host: A name, or an address as a URL has it.
        port: Of the server.
        pair: User name, colon, password; empty to come without.

    Raises:
        SocksRefusedError: If there will be none.
    """
    methods = bytes([_NO_AUTH, _PASSWORD] if pair else [_NO_AUTH])
    answer = yield bytes([_VERSION, len(methods)]) + methods, 2
    _check_version(answer)
    if answer[1] == _PASSWORD and pair:
        yield from _log_in(pair)
    elif answer[1] != _NO_AUTH:
        wants = "none of the ways to log in that were offered" if answer[1] == _NONE_FITS else "another way"
        raise SocksRefusedError(f"The proxy accepts {wants}.")
    head = yield bytes([_VERSION, _CONNECT, 0]) + _address(host) + port.to_bytes(2, "big"), 4
    _check_version(head)
    if head[1]:
        raise SocksRefusedError(f"The proxy says: {_REPLIES.get(head[1], f'reply {head[1]}')}.")
    # The address that the proxy bound says nothing about the server; it is read to find the end.
    size = _ADDRESS_BYTES.get(head[3])
    if size is None:
        if head[3] != _NAME:
            raise SocksRefusedError(f"The proxy's reply has an address of unknown type {head[3]}.")
        size = (yield b"", 1)[0]
    yield b"", size + 2


def _log_in(pair: str) -> Dialogue:
    user, _, password = (part.encode() for part in pair.partition(":"))
    if not (0 < len(user) <= _MOST_BYTES and 0 < len(password) <= _MOST_BYTES):
        raise SocksRefusedError("SOCKS5 carries user names and passwords of 1 to 255 octets.")
    octets = bytes([_PASSWORD_VERSION, len(user)]) + user + bytes([len(password)]) + password
    answer = yield octets, 2
    if answer[1]:
        raise SocksRefusedError("The proxy does not accept the user name and password.")


def _address(host: str) -> bytes:
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        name = host.encode()
        if len(name) > _MOST_BYTES:
            raise SocksRefusedError("SOCKS5 carries host names of at most 255 octets.") from None
        return bytes([_NAME, len(name)]) + name
    return bytes([_IPV4 if isinstance(address, IPv4Address) else _IPV6]) + address.packed


def _check_version(answer: bytes) -> None:
    if answer[0] != _VERSION:
        raise SocksRefusedError(f"The proxy does not speak SOCKS5: its answer begins with {answer[0]}.")
