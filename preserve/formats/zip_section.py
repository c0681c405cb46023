"""What is in one stored entry of a ZIP, read like a file of its own?"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve.formats.zip_read import ZipMember

__all__ = ["ZipSection"]


class ZipSection(io.RawIOBase):
    """
    The data of an entry, unbuffered and seekable.

    Args:
        stream: The ZIP, for this reader alone; closed with it.
        member: As ``read_zip`` lists it.
        summed: Told the CRC-32 when the data has been read once from its first octet to its last.
    """

    def __init__(
        self, stream: BinaryIO, member: ZipMember, summed: Callable[[int], object] | None = None
    ) -> None:
        self._stream = stream
        self._member = member
        self._tell_sum = summed
        self._at = 0
        self._crc = self._summed = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to an offset in the entry and return it."""
        self._at = max(0, offset + (0, self._at, self._member.size)[whence])
        return self._at

    def tell(self) -> int:
        """Return the offset in the entry."""
        return self._at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - typing names no buffer before 3.12
        """Fill a buffer; no octet outside of the entry is ever given."""
        view = memoryview(buffer).cast("B")
        wanted = max(0, min(len(view), self._member.size - self._at))
        self._stream.seek(self._member.start + self._at)
        data = self._stream.read(wanted) if wanted else b""
        view[: len(data)] = data
        if self._summed == self._at and self._tell_sum is not None:
            self._crc = zlib.crc32(data, self._crc)
            self._summed += len(data)
            if self._summed == self._member.size:
                self._tell_sum(self._crc)
                self._tell_sum = None
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        """Close the ZIP too."""
        self._stream.close()
        super().close()
