"""
In how many ways can a page name an address that must not be asked?

Three tables: what a URL may say, what a redirect may say, what a name server may say. The metadata
service of cloud machines stands for all that is forbidden even where private networks are allowed.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ANSWERS", "METADATA", "PRIVATE"]

METADATA: Final[dict[str, str]] = {
    # Notation: the host as written in a URL.
    "dotted": "169.254.169.254",
    "decimal": "2852039166",
    "hexadecimal": "0xA9FEA9FE",
    "octal": "025177524776",
    "hexadecimal-parts": "0xa9.0xfe.0xa9.0xfe",
    "octal-parts": "0251.0376.0251.0376",
    "leading-zeros": "0000251.0000376.0000251.0000376",
    "mixed-parts": "169.0xfe.0251.254",
    "three-parts": "169.254.43518",
    "two-parts": "169.16689662",
    "trailing-dot": "169.254.169.254.",
    "percent-encoded": "%31%36%39.254.169.254",
    "full-width": "\uff11\uff16\uff19\uff0e\uff12\uff15\uff14.169.254",
    "ideographic-dots": "169。254。169。254",
    "circled": "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
    "mapped": "[::ffff:169.254.169.254]",
    "mapped-hexadecimal": "[::FFFF:A9FE:A9FE]",
    "mapped-in-full": "[0000:0000:0000:0000:0000:ffff:a9fe:a9fe]",
    "compatible": "[::169.254.169.254]",
    "translated": "[::ffff:0:a9fe:a9fe]",
    "nat64": "[64:ff9b::a9fe:a9fe]",
    "6to4": "[2002:a9fe:a9fe::]",
    "own-ipv6": "[fd00:ec2::254]",
}
"""The metadata service, refused though private networks are allowed."""

PRIVATE: Final[dict[str, str]] = {
    "loopback": "127.0.0.1",
    "loopback-decimal": "2130706433",
    "loopback-hexadecimal": "0x7f.1",
    "loopback-octal": "0177.0.0.01",
    "loopback-short": "127.1",
    "loopback-elsewhere": "127.255.255.254",
    "this-network": "0",
    "loopback-6": "[::1]",
    "unspecified-6": "[::]",
    "mapped": "[::ffff:127.0.0.1]",
    "nat64": "[64:ff9b::7f00:1]",
    "nat64-local": "[64:ff9b:1::7f00:1]",
    "6to4": "[2002:7f00:1::]",
    "teredo": "[2001:0:7f00:1::1]",
    "private-10": "10.0.0.1",
    "private-172": "172.31.255.255",
    "private-192": "192.168.1.1",
    "carrier": "100.64.0.1",
    "link-local": "169.254.1.1",
    "link-local-6": "[fe80::1]",
    "unique-local": "[fd12:3456::1]",
    "site-local": "[fec0::1]",
    "multicast": "224.0.0.1",
    "multicast-6": "[ff02::1]",
    "broadcast": "255.255.255.255",
    "protocol-assignments": "192.0.0.8",
    "documentation": "203.0.113.7",
}
"""What is refused unless private networks are allowed; the last five even then."""

ANSWERS: Final[dict[str, tuple[str, ...]]] = {
    "metadata": ("169.254.169.254",),
    "metadata-mapped": ("::ffff:169.254.169.254",),
    "metadata-mapped-hexadecimal": ("::ffff:a9fe:a9fe",),
    "metadata-nat64": ("64:ff9b::a9fe:a9fe",),
    "metadata-compatible": ("::a9fe:a9fe",),
    "metadata-translated": ("::ffff:0:a9fe:a9fe",),
    "metadata-ipv6": ("fd00:ec2::254",),
    "metadata-elsewhere": ("100.100.100.200",),
    "metadata-with-scope": ("fd00:ec2::254%eth0",),
    "6to4": ("2002:a9fe:a9fe::",),
    "teredo": ("2001:0:a9fe:a9fe::1",),
    "multicast": ("239.255.255.250",),
    "multicast-ipv6": ("ff05::c",),
    "reserved": ("240.0.0.1",),
    "broadcast": ("255.255.255.255",),
    "documentation": ("192.0.2.1",),
    "documentation-ipv6": ("2001:db8::1",),
    "protocol-assignments": ("192.0.0.8",),
    "discard": ("100::1",),
    "never-assigned": ("4000::1",),
    "first-good-then-bad": ("127.0.0.1", "169.254.169.254"),
    "first-bad-then-good": ("169.254.169.254", "127.0.0.1"),
    "bad-among-many": (*(f"127.0.0.{number}" for number in range(1, 60)), "::ffff:a9fe:a9fe"),
    "no-notation-of-an-address": ("0251.0376.0251.0376",),
}
"""What a name server may answer, refused though private networks are allowed."""
