"""Which addresses and ports does the guard refuse?"""

from __future__ import annotations

import subprocess
import sys
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.engines.wire.guard import BAD_PORTS, NETWORKS, Leave, leave_for, refuse_address, refuse_port
from preserve.model.url import parse

PRIVATE_TOO = Leave(private=True)

# Host as a URL may spell it, and a word of the reason.
FORBIDDEN = [
    ("127.0.0.1", "loopback"),
    ("127.1", "loopback"),
    ("0x7f.1", "loopback"),
    ("0x7f000001", "loopback"),
    ("2130706433", "loopback"),
    ("017700000001", "loopback"),
    ("0177.0.0.01", "loopback"),
    ("127.0.0.1.", "loopback"),
    ("①②⑦.⓪.⓪.①", "loopback"),
    ("127。0。0。1", "loopback"),
    ("%31%32%37.0.0.1", "loopback"),
    ("0", "this network"),
    ("0.0.0.0", "this network"),  # noqa: S104 - nothing is bound
    ("10.0.0.1", "private use"),
    ("172.16.0.1", "private use"),
    ("172.31.255.255", "private use"),
    ("192.168.1.1", "private use"),
    ("0xc0a80101", "private use"),
    ("100.64.0.1", "carriers"),
    ("100.127.255.255", "carriers"),
    ("169.254.1.1", "link-local"),
    ("169.254.169.254", "metadata"),
    ("0xa9fea9fe", "metadata"),
    ("2852039166", "metadata"),
    ("168.63.129.16", "metadata"),
    ("192.0.0.8", "IETF"),
    ("192.0.2.1", "documentation"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.9", "documentation"),
    ("192.88.99.1", "6to4"),
    ("198.18.0.1", "benchmarks"),
    ("198.19.255.255", "benchmarks"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.255", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("[::]", "unspecified"),
    ("[::1]", "loopback"),
    ("[0:0:0:0:0:0:0:1]", "loopback"),
    ("[::ffff:127.0.0.1]", "loopback"),
    ("[::ffff:7f00:1]", "loopback"),
    ("[::ffff:0:10.0.0.1]", "private use"),
    ("[::ffff:a9fe:a9fe]", "metadata"),
    ("[::127.0.0.1]", "loopback"),
    ("[64:ff9b::7f00:1]", "loopback"),
    ("[64:ff9b::169.254.169.254]", "metadata"),
    ("[64:ff9b:1::1]", "local use"),
    ("[100::1]", "discard"),
    ("[2001::1]", "Teredo"),
    ("[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "Teredo"),
    ("[2001:2::1]", "benchmarks"),
    ("[2001:10::1]", "ORCHID"),
    ("[2001:2f::1]", "ORCHIDv2"),
    ("[2001:1::1]", "IETF"),
    ("[2001:db8::1]", "documentation"),
    ("[3fff::1]", "documentation"),
    ("[2002:7f00:1::]", "6to4"),
    ("[5f00::1]", "segment"),
    ("[fc00::1]", "unique local"),
    ("[fd12:3456::1]", "unique local"),
    ("[fd00:ec2::254]", "metadata"),
    ("[fe80::1]", "link-local"),
    ("[fec0::1]", "site-local"),
    ("[ff02::1]", "multicast"),
    ("[4000::1]", "not global unicast"),
    ("[8000::1]", "not global unicast"),
    ("[1::1]", "not global unicast"),
]
PUBLIC = [
    *("1.1.1.1", "93.184.215.14", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.0.1"),
    *("172.32.0.1", "192.0.1.1", "192.167.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "134744072"),
    *("[2606:4700::1111]", "[2a00::1]", "[2001:4860::8888]", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]"),
]
# Also refused to those who may reach private networks.
NEVER = [
    *("169.254.169.254", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]"),
    *("100.100.100.200", "224.0.0.1", "255.255.255.255", "192.0.2.1", "[2001:db8::1]", "[2002:7f00:1::]"),
    *("[ff02::1]", "[2001::1]", "[4000::1]"),
]
PRIVATE = [
    *(
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "0.0.0.0",  # noqa: S104 - nothing is bound
    ),
    *("[::1]", "[fd12::1]", "[fe80::1]", "[::ffff:10.0.0.1]"),
]


def address(host: str) -> str:
    """Return the address that the URL parser makes of a spelling."""
    return parse(f"http://{host}/").hostname.strip("[]")


@pytest.mark.parametrize(("host", "word"), FORBIDDEN)
def test_forbidden_address_is_refused(host: str, word: str) -> None:
    """An address where no public server lives is refused in every spelling, with its reason."""
    why = refuse_address(address(host))
    assert True is (word in why), why


@pytest.mark.parametrize("host", PUBLIC)
def test_public_address_is_allowed(host: str) -> None:
    """A public address is allowed, also one just outside a forbidden network."""
    assert "" == refuse_address(address(host))


@pytest.mark.parametrize("host", NEVER)
def test_some_addresses_are_never_allowed(host: str) -> None:
    """Metadata services, and what is no private network, stay refused when private networks are allowed."""
    assert "" != refuse_address(address(host), PRIVATE_TOO)


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_can_be_allowed(host: str) -> None:
    """Private networks and the machine itself are reached when the user allows them."""
    assert "" == refuse_address(address(host), PRIVATE_TOO)


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "1.2.3.4.5", "::g", "[::1]", "1.2.3.4/8"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """What cannot be read as an address is refused."""
    assert f"{text!r} is not an IP address." == refuse_address(text)


def test_scope_does_not_hide_an_address() -> None:
    """A link-local address is refused with its scope id too."""
    assert True is ("link-local" in refuse_address("fe80::1%eth0"))


@settings(max_examples=200, deadline=None)
@given(st.ip_addresses(v=4).filter(lambda found: not found.is_global))
def test_stricter_than_the_standard_library(found: object) -> None:
    """What the standard library does not call global is refused."""
    assert "" != refuse_address(str(found))


@settings(max_examples=200, deadline=None)
@given(st.ip_addresses(v=6).filter(lambda found: not found.is_global and int(found) >> 125))
def test_stricter_than_the_standard_library_for_ipv6(found: object) -> None:
    """The same holds for IPv6 but ::/3, in which addresses stand for IPv4 ones."""
    assert "" != refuse_address(str(found))


def test_all_rows_can_be_reached() -> None:
    """Every row of the table decides for some address: none is hidden by a row before it."""
    hidden = [
        str(row.network)
        for index, row in enumerate(NETWORKS)
        if any(
            earlier.network.version == row.network.version
            and int(earlier.network[0]) <= int(row.network[0])
            and int(row.network[-1]) <= int(earlier.network[-1])
            for earlier in NETWORKS[:index]
        )
    ]
    assert [] == hidden


def test_ipv6_outside_global_unicast_is_covered() -> None:
    """No IPv6 address outside 2000::/3 is allowed, but the two forms that stand for IPv4."""
    edges = [ip_address(int(ip_network("2000::/3")[0]) - 1), ip_address(int(ip_network("2000::/3")[-1]) + 1)]
    assert [True, True] == [bool(refuse_address(str(edge), PRIVATE_TOO)) for edge in edges]


@pytest.mark.parametrize("port", [0, 22, 25, 110, 6667, 10080])
def test_ports_of_other_protocols_are_refused(port: int) -> None:
    """A port to which browsers do not speak HTTP is refused."""
    assert f"Port {port} belongs to another protocol (Fetch standard, bad port)." == refuse_port(port)


@pytest.mark.parametrize("port", [80, 443, 8080, 8443, 3000, 65535])
def test_ports_of_web_servers_are_allowed(port: int) -> None:
    """The usual ports of web servers are allowed."""
    assert "" == refuse_port(port)
    assert False is (port in BAD_PORTS)


def test_import_is_cheap() -> None:
    """Importing the guard imports neither asyncio nor ssl."""
    code = "import sys, preserve.engines.wire.guard; print({'asyncio', 'ssl'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "set()\n" == done.stdout


@pytest.mark.parametrize(
    ("named", "reached", "refused"),
    [
        ("10.0.0.0/8", "10.1.2.3", "192.168.0.1"),
        ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
        ("fd12::/16", "fd12::1", "fd13::1"),
        ("127.0.0.0/8", "::ffff:127.0.0.1", "::1"),
        ("169.254.169.254", "169.254.169.254", "169.254.170.2"),
        ("169.254.169.254/32", "::ffff:a9fe:a9fe", "169.254.1.1"),
        ("fd00:ec2::254", "fd00:ec2::254", "169.254.169.254"),
        ("169.254.0.0/16", "169.254.1.1", "169.254.169.254"),
        ("fd00:ec2::/32", "fd00:ec2::1", "fd00:ec2::254"),
        ("0.0.0.0/0", "192.168.0.1", "169.254.169.254"),
        ("0.0.0.0/0", "10.0.0.1", "224.0.0.1"),
        ("::/0", "fe80::1", "2002:7f00:1::"),
    ],
)
def test_only_what_was_named_is_reached(named: str, reached: str, refused: str) -> None:
    """A named network opens its private addresses only; a metadata service must be named by itself."""
    leave = leave_for(allow_private=False, networks=[named])
    assert ("", True) == (refuse_address(reached, leave), bool(refuse_address(refused, leave)))


def test_metadata_can_be_named_beside_all_private_networks() -> None:
    """All private networks and one metadata service can be allowed together."""
    leave = leave_for(allow_private=True, networks=["169.254.169.254"])
    assert ["", "", True] == [
        refuse_address("10.0.0.1", leave),
        refuse_address("169.254.169.254", leave),
        bool(refuse_address("fd00:ec2::254", leave)),
    ]


@pytest.mark.parametrize("text", ["10.0.0.1/8", "10.0.0.0/33", "example.org", ""])
def test_what_is_no_network_cannot_be_named(text: str) -> None:
    """A name, and a network with bits set past its prefix, are no networks."""
    with pytest.raises(ValueError, match=r"network|address|host bits|netmask"):
        leave_for(allow_private=False, networks=[text])
