"""
Which frames cross a WebSocket?

RFC 6455, section 5.2: headers are read, payloads are counted and digested, nothing is held. Pure: octets
in, values out; what is no frame ends the list of its side.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Frame", "FrameReader"]

_OPCODES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
_FIN, _OPCODE, _MASKED, _LENGTH = 0x80, 0x0F, 0x80, 0x7F
_LENGTH_16, _LENGTH_64 = 126, 127
_MASK_BYTES = 4
_HEAD_LEAST = 2


@attrs.frozen(kw_only=True)
class Frame:
    """One frame."""

    opcode: str
    """``text``, ``binary``, ``continuation``, ``close``, ``ping``, ``pong``; else its number."""
    fin: bool
    """Whether it is the last of its message."""
    payload_bytes: int
    """As it stands on the wire; compressed where the two sides agreed on that."""
    sha256: str
    """Of the payload, unmasked, in lower-case hex."""


class FrameReader:
    """
    Reads the octets of one side of a WebSocket.

    Every frame is told when its last octet has come; how the octets are cut changes nothing.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._open: tuple[str, bool, int] | None = None
        """Opcode, fin and length of the frame whose payload is coming."""
        self._mask = b""
        self._left = 0
        self._phase = 0
        self._digest = hashlib.sha256()

    @property
    def is_within(self) -> bool:
        """Whether a frame has begun that is not whole."""
        return self._open is not None or bool(self._held)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that become whole with these octets."""
        self._held += data
        while self._open is not None or self._begin():
            frame = self._go_on()
            if frame is None:
                return
            yield frame

    def _begin(self) -> bool:
        """Read a frame's header, if all of it is there."""
        held = self._held
        if len(held) < _HEAD_LEAST:
            return False
        length, at = held[1] & _LENGTH, _HEAD_LEAST
        extra = {_LENGTH_16: 2, _LENGTH_64: 8}.get(length, 0)
        masked = bool(held[1] & _MASKED)
        end = at + extra + _MASK_BYTES * masked
        if len(held) < end:
            return False
        if extra:
            length = int.from_bytes(held[at : at + extra])
        number = held[0] & _OPCODE
        self._open = (_OPCODES.get(number, str(number)), bool(held[0] & _FIN), length)
        self._mask = bytes(held[end - _MASK_BYTES : end]) if masked else b""
        self._left, self._phase, self._digest = length, 0, hashlib.sha256()
        del held[:end]
        return True

    def _go_on(self) -> Frame | None:
        """Take what there is of the payload; return the frame if that was all of it."""
        assert self._open is not None  # noqa: S101 - feed() has looked
        piece = bytes(self._held[: self._left])
        del self._held[: len(piece)]
        self._left -= len(piece)
        self._digest.update(self._unmasked(piece))
        if self._left:
            return None
        opcode, fin, length = self._open
        self._open = None
        return Frame(opcode=opcode, fin=fin, payload_bytes=length, sha256=self._digest.hexdigest())

    def _unmasked(self, piece: bytes) -> bytes:
        """Undo the masking. RFC 6455, section 5.3."""
        if not self._mask or not piece:
            return piece
        turned = self._mask[self._phase :] + self._mask[: self._phase]
        self._phase = (self._phase + len(piece)) % _MASK_BYTES
        key = (turned * (len(piece) // _MASK_BYTES + 1))[: len(piece)]
        return (int.from_bytes(piece) ^ int.from_bytes(key)).to_bytes(len(piece))
