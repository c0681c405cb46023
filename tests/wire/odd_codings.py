"""Which content codings come, offered or not, whole or not?"""

from __future__ import annotations

import gzip
import zlib

import brotli  # type: ignore[import-untyped]  # it has no stubs

from tests.wire.case import LENGTH, OK, Odd, sized
from tests.wire.origin import End

__all__ = ["CODINGS"]

_TEXT = b"The quick brown fox jumps over the lazy dog. " * 20
_AS_CODED = (
    "The block keeps the coded octets; the resource names the coding and the decoded content's digest."
)

# A frame of the zstd format with one raw block: RFC 8878, sections 3.1.1 and 3.1.1.2.
_ZSTD = b"\x28\xb5\x2f\xfd\x20\x05" + b"\x29\x00\x00" + b"hello"

CODINGS: dict[str, Odd] = {
    "gzip": Odd(
        does="Sends gzip, which was offered.",
        becomes=_AS_CODED,
        head=sized(b"Content-Encoding: gzip\r\n", gzip.compress(_TEXT, mtime=0)),
        body=gzip.compress(_TEXT, mtime=0),
        end=End.KEEP,
    ),
    "deflate-not-offered": Odd(
        does="Sends deflate, which was not offered.",
        becomes=_AS_CODED,
        head=sized(b"Content-Encoding: deflate\r\n", zlib.compress(_TEXT)),
        body=zlib.compress(_TEXT),
        end=End.KEEP,
    ),
    "raw-deflate": Odd(
        does="Sends deflate without its zlib frame.",
        becomes=_AS_CODED,
        head=sized(b"Content-Encoding: deflate\r\n", zlib.compress(_TEXT)[2:-4]),
        body=zlib.compress(_TEXT)[2:-4],
        end=End.KEEP,
    ),
    "br-not-offered": Odd(
        does="Sends br, which was not offered.",
        becomes=_AS_CODED,
        head=sized(b"Content-Encoding: br\r\n", brotli.compress(_TEXT)),
        body=brotli.compress(_TEXT),
        end=End.KEEP,
    ),
    "zstd-not-offered": Odd(
        does="Sends zstd, which was not offered.",
        becomes=_AS_CODED,
        head=sized(b"Content-Encoding: zstd\r\n", _ZSTD),
        body=_ZSTD,
        end=End.KEEP,
    ),
    "gzip-twice": Odd(
        does="Sends gzip within gzip.",
        becomes=_AS_CODED,
        head=sized(
            b"Content-Encoding: gzip, gzip\r\n", gzip.compress(gzip.compress(_TEXT, mtime=0), mtime=0)
        ),
        body=gzip.compress(gzip.compress(_TEXT, mtime=0), mtime=0),
        end=End.KEEP,
    ),
    "gzip-in-two-members": Odd(
        does="Sends two gzip members in a row.",
        becomes=_AS_CODED,
        head=sized(b"Content-Encoding: x-gzip\r\n", 2 * gzip.compress(_TEXT, mtime=0)),
        body=2 * gzip.compress(_TEXT, mtime=0),
        end=End.KEEP,
    ),
    "gzip-cut-short": Odd(
        does="Sends half a gzip member as if it were whole.",
        becomes="The block as sent; that it could not be decoded is told.",
        head=sized(b"Content-Encoding: gzip\r\n", gzip.compress(_TEXT, mtime=0)[:30]),
        body=gzip.compress(_TEXT, mtime=0)[:30],
        says="gzip",
        end=End.KEEP,
    ),
    "gzip-that-is-none": Odd(
        does="Says gzip and sends plain text.",
        becomes="The block as sent; that it could not be decoded is told.",
        head=sized(b"Content-Encoding: gzip\r\n", _TEXT),
        body=_TEXT,
        says="gzip",
        end=End.KEEP,
    ),
    "unknown-coding": Odd(
        does="Sends a coding that nobody knows.",
        becomes="The block as sent; that there is no decoder is told.",
        head=OK + b"Content-Encoding: rot13\r\n" + LENGTH,
        body=b"uryyb",
        says="rot13",
        end=End.KEEP,
    ),
}
