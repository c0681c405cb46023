"""
Which addresses and ports may a capture connect to?

A page can name any address, and a name can resolve to any: without a guard, a hostile page has the
archivist's machine ask its own router or cloud metadata service, and keeps the answers in the
package. The table is our own because ``ipaddress.is_global`` of Python 3.11 calls ``64:ff9b::7f00:1``,
``2002:7f00:1::``, ``192.0.0.8``, multicast and ``fec0::1`` global.

Everything here is a function of its arguments; names are resolved in ``resolve``.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "BAD_PORTS",
    "METADATA",
    "NETWORKS",
    "Leave",
    "Network",
    "leave_for",
    "refuse_address",
    "refuse_port",
]


@attrs.frozen
class Network:
    """One row: a network that no public web server lives in."""

    network: IPv4Network | IPv6Network
    what: str
    source: str
    private: bool = False
    """Reached when the user allows private networks."""


@attrs.frozen
class Leave:
    """What the user allows."""

    private: bool = False
    """All private networks, this machine included."""
    named: tuple[IPv4Network | IPv6Network, ...] = ()
    """Private networks, or single addresses; only so is a metadata service reached."""

    def covers(self, address: IPv4Address | IPv6Address) -> bool:
        """Tell whether an address of a private network may be connected to."""
        return self.private or any(address in network for network in self.named)

    def names(self, address: IPv4Address | IPv6Address) -> bool:
        """Tell whether this very address was named, not just a network around it."""
        return any(network.num_addresses == 1 and address in network for network in self.named)


NO_LEAVE = Leave()


def _row(network: str, what: str, source: str, *, private: bool = False) -> Network:
    return Network(ip_network(network), what, source, private)


# The IANA special-purpose address registries, without the rows that are globally reachable
# (AS112, AMT). The first row that holds the address decides.
NETWORKS: tuple[Network, ...] = (
    _row("0.0.0.0/8", "this network", "RFC 791, section 3.2", private=True),
    _row("10.0.0.0/8", "private use", "RFC 1918", private=True),
    _row("100.64.0.0/10", "shared address space of carriers", "RFC 6598", private=True),
    _row("127.0.0.0/8", "loopback", "RFC 1122, section 3.2.1.3", private=True),
    _row("169.254.0.0/16", "link-local", "RFC 3927", private=True),
    _row("172.16.0.0/12", "private use", "RFC 1918", private=True),
    _row("192.0.0.0/24", "IETF protocol assignments", "RFC 6890, section 2.1"),
    _row("192.0.2.0/24", "documentation", "RFC 5737"),
    _row("192.88.99.0/24", "6to4 relays, deprecated", "RFC 7526"),
    _row("192.168.0.0/16", "private use", "RFC 1918", private=True),
    _row("198.18.0.0/15", "benchmarks", "RFC 2544", private=True),
    _row("198.51.100.0/24", "documentation", "RFC 5737"),
    _row("203.0.113.0/24", "documentation", "RFC 5737"),
    _row("224.0.0.0/4", "multicast", "RFC 5771"),
    _row("240.0.0.0/4", "reserved, limited broadcast", "RFC 1112, section 4; RFC 8190"),
    _row("::/128", "unspecified", "RFC 4291, section 2.5.2", private=True),
    _row("::1/128", "loopback", "RFC 4291, section 2.5.3", private=True),
    _row("64:ff9b:1::/48", "IPv4/IPv6 translation, local use", "RFC 8215", private=True),
    _row("100::/64", "discard-only", "RFC 6666"),
    _row("::/3", "not global unicast", "RFC 4291, section 2.4"),
    _row("2001::/32", "Teredo tunnels", "RFC 4380"),
    _row("2001:2::/48", "benchmarks", "RFC 5180"),
    _row("2001:10::/28", "ORCHID, deprecated", "RFC 4843"),
    _row("2001:20::/28", "ORCHIDv2", "RFC 7343"),
    _row("2001::/23", "IETF protocol assignments", "RFC 2928"),
    _row("2001:db8::/32", "documentation", "RFC 3849"),
    _row("2002::/16", "6to4 tunnels, deprecated", "RFC 3056; RFC 7526"),
    _row("3fff::/20", "documentation", "RFC 9637"),
    _row("5f00::/16", "segment routing identifiers", "RFC 9602"),
    _row("fc00::/7", "unique local", "RFC 4193", private=True),
    _row("fe80::/10", "link-local", "RFC 4291, section 2.5.6", private=True),
    _row("fec0::/10", "site-local, deprecated", "RFC 3879", private=True),
    _row("ff00::/8", "multicast", "RFC 4291, section 2.7"),
    _row("4000::/2", "not global unicast", "RFC 4291, section 2.4"),
    _row("8000::/1", "not global unicast", "RFC 4291, section 2.4"),
)

# Services that hand credentials to whoever asks from the machine they serve. Refused even where
# private networks are allowed, unless the user names the very address. Source: the vendors'
# documentation of their instance metadata service.
METADATA: dict[IPv4Address | IPv6Address, str] = {
    ip_address("169.254.169.254"): "Amazon, Google, Microsoft and others",
    ip_address("169.254.170.2"): "Amazon ECS tasks",
    ip_address("169.254.170.23"): "Amazon EKS pods",
    ip_address("100.100.100.200"): "Alibaba",
    ip_address("168.63.129.16"): "Microsoft Azure",
    ip_address("fd00:ec2::254"): "Amazon",
    ip_address("fd00:ec2::23"): "Amazon EKS pods",
    ip_address("fd20:ce::254"): "Google",
    ip_address("fd00:c1::a9fe:a9fe"): "Oracle",
}

# IPv6 forms that reach, or are rewritten to, an IPv4 address which stands in their last 32 bits.
_EMBEDDED: tuple[tuple[IPv6Network, str], ...] = (
    (IPv6Network("::ffff:0:0/96"), "RFC 4291, section 2.5.5.2: IPv4-mapped"),
    (IPv6Network("::ffff:0:0:0/96"), "RFC 2765, section 2.1: IPv4-translated"),
    (IPv6Network("64:ff9b::/96"), "RFC 6052, section 2.1: NAT64"),
    (IPv6Network("::/96"), "RFC 4291, section 2.5.5.1: IPv4-compatible"),
)
_NO_IPV4 = frozenset({IPv6Address("::"), IPv6Address("::1")})
_LOW_32 = 0xFFFFFFFF

# Ports of other protocols, to which no browser speaks HTTP. Fetch standard, "bad port".
BAD_PORTS: frozenset[int] = frozenset(
    [
        *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95),
        *(101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179),
        *(389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601),
        *(636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566),
        *(6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
    ]
)


def leave_for(allow_private: bool, networks: Iterable[str]) -> Leave:  # noqa: FBT001 - a field of the request
    """
    Return what a capture may connect to.

    Args:
        allow_private: All private networks.
        networks: Those that are allowed besides, each an address or CIDR.

    Raises:
        ValueError: If one is neither, or has bits set past its prefix.
    """
    return Leave(allow_private, tuple(ip_network(text) for text in networks))


def refuse_address(address: str, leave: Leave = NO_LEAVE) -> str:
    """
    Return why an address must not be connected to, as a sentence; an empty text if it may be.

    Args:
        address: An IPv4 or IPv6 address as ``getaddrinfo`` writes it, scope id allowed. What cannot
            be read as one is refused. (A URL's decimal, octal or hexadecimal spellings of IPv4 are
            undone by the URL parser.)
        leave: What the user allows.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return f"{address!r} is not an IP address."
    inner = _unwrapped(parsed)
    said = str(parsed) if inner == parsed else f"{parsed}, which leads to {inner},"
    if inner in METADATA:
        if leave.names(inner):
            return ""
        owner = METADATA[inner]
        return (
            f"{said} is a metadata service of cloud machines ({owner}); it is asked only where it is named."
        )
    for row in NETWORKS:
        if inner in row.network:
            if row.private and leave.covers(inner):
                return ""
            remedy = " Private networks can be allowed for a capture." if row.private else ""
            return f"{said} is in {row.network}: {row.what} ({row.source}).{remedy}"
    return ""


def refuse_port(port: int) -> str:
    """Return why a port must not be connected to, as a sentence; an empty text if it may be."""
    return f"Port {port} belongs to another protocol (Fetch standard, bad port)." if port in BAD_PORTS else ""


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, else the address itself."""
    if isinstance(address, IPv4Address) or address in _NO_IPV4:
        return address
    if any(address in network for network, _ in _EMBEDDED):
        return IPv4Address(int(address) & _LOW_32)
    return address
