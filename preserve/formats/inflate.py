"""
Which inflater is used where speed counts and every answer is checked?

ISA-L, where the extra ``fast`` is installed, else zlib. Of those that can be had for Python it was the
fastest on level-9 text (2.1 GB/s of output against 1.8 of zlib-ng and 0.9 of zlib; libdeflate, 2.5, cannot
read a member in pieces). Both check CRC32 and ISIZE of a member themselves. Where one refuses, the reader
that names damage looks again, always with zlib, so that what is said does not depend on what is installed.
"""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FASTER", "InflateError", "Inflater", "inflater"]


class Inflater(Protocol):
    """What unpacks one gzip member, as ``zlib.decompressobj(31)`` does."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended and its trailer was right."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What came after the member."""
        ...

    @property
    def unconsumed_tail(self) -> bytes:
        """What was not looked at because there was enough output."""
        ...

    def decompress(self, data: bytes | memoryview, max_length: int = 0, /) -> bytes:
        """Return the next output."""
        ...


_GZIP = 31

_MAKERS: dict[str, Callable[[int], Inflater]] = {"zlib": zlib.decompressobj}
InflateError: tuple[type[Exception], ...] = (zlib.error,)
"""What any of them raises."""
try:
    _isal = import_module("isal.isal_zlib")  # by name: mypy has nothing to look for where it is not installed
except ImportError:
    FASTER = False
else:
    FASTER = True
    _MAKERS["isal"] = _isal.decompressobj
    InflateError = (zlib.error, _isal.error)


def inflater() -> Inflater:
    """Return what unpacks one gzip member."""
    return _MAKERS["isal" if FASTER else "zlib"](_GZIP)
