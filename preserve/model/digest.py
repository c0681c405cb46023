"""What is a digest, and how is one written?"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable
    from hashlib import _Hash

__all__ = ["ALGORITHMS", "Algorithm", "Digest", "hasher"]


@attrs.frozen(kw_only=True)
class Algorithm:
    """One row of the digest registry, ``manifests/registries/digests.json``."""

    name: str
    size_bytes: int
    writes: bool
    note: str


# The order is the order of preference when several digests of one thing are given.
ALGORITHMS: dict[str, Algorithm] = {
    row.name: row
    for row in (
        Algorithm(name="sha256", size_bytes=32, writes=True, note="What we write. FIPS 180-4."),
        Algorithm(name="sha512", size_bytes=64, writes=False, note="FIPS 180-4."),
        Algorithm(name="sha384", size_bytes=48, writes=False, note="FIPS 180-4."),
        Algorithm(name="sha224", size_bytes=28, writes=False, note="FIPS 180-4."),
        Algorithm(name="blake2b", size_bytes=64, writes=False, note="RFC 7693, 64 octets."),
        Algorithm(name="sha1", size_bytes=20, writes=False, note="Broken for collisions; read only."),
        Algorithm(name="md5", size_bytes=16, writes=False, note="Broken for collisions; read only."),
    )
}


def hasher(algorithm: str = "sha256") -> _Hash:
    """Return a new hashlib object for an algorithm of the registry."""
    return hashlib.new(ALGORITHMS[algorithm].name, usedforsecurity=False)


@attrs.frozen(order=True)
class Digest:
    """A digest value: the algorithm's name of the registry and lower-case hexadecimal."""

    algorithm: str
    value: str

    def __str__(self) -> str:
        """Return the labelled spelling, ``sha256:<hex>``, of WARC headers, CDXJ and JSON."""
        return f"{self.algorithm}:{self.value}"

    @classmethod
    def of(cls, data: bytes, algorithm: str = "sha256") -> Digest:
        """Return the digest of bytes in memory."""
        hashed = hasher(algorithm)
        hashed.update(data)
        return cls(algorithm, hashed.hexdigest())

    @classmethod
    def parse(cls, text: str) -> Digest:
        """
        Parse a labelled digest in hexadecimal, base32 or base64, any case of label and hex.

        Raises:
            ValueError: If the algorithm is not in the registry, or the value is not of its size.

        Source: WARC 1.1, section 5.8 (labelled-digest).
        """
        label, colon, value = text.strip().partition(":")
        name = label.lower().replace("-", "")
        row = ALGORITHMS.get(name)
        if not colon or row is None:
            raise ValueError(f"{text!r} is not a digest of a known algorithm")
        return cls(name, _decode(value, row).hex())


def _decode(value: str, row: Algorithm) -> bytes:
    """Return the octets of a digest value, told apart by its length."""
    size = row.size_bytes
    readers: dict[int, Callable[[str], bytes]] = {
        size * 2: bytes.fromhex,
        -(-size * 8 // 5): lambda text: base64.b32decode(_pad(text.upper(), 8)),
        -(-size * 8 // 6): lambda text: base64.urlsafe_b64decode(
            _pad(text.replace("+", "-").replace("/", "_"), 4)
        ),
    }
    bare = value.rstrip("=")
    try:
        octets = readers[len(bare)](bare)
    except (KeyError, ValueError, binascii.Error) as exc:
        raise ValueError(f"{value!r} is no {row.name} value") from exc
    if len(octets) != size:
        raise ValueError(f"{value!r} is no {row.name} value")
    return octets


def _pad(text: str, to: int) -> str:
    return text + "=" * (-len(text) % to)
