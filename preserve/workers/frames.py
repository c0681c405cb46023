"""How do a worker and its parent speak?"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preserve.model.inspection import Json

__all__ = ["ANSWER_BYTES", "TooLongError", "decode", "encode", "receive", "send"]

ANSWER_BYTES = 32 << 20
"""The longest answer: room for about 100 000 links."""

_WRAPPING = 64  # `{"answer":` and the brace
_PIECE = 1 << 20


class TooLongError(ValueError):
    """A frame states a length above what is allowed."""


def encode(value: Json) -> bytes:
    """Return a value as JSON; lone surrogates (file names, broken text) travel unharmed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def decode(frame: bytes) -> Any:  # noqa: ANN401 - this is where JSON is parsed
    """
    Return the value in a frame.

    Raises:
        ValueError: If it is not JSON.
        RecursionError: If it is nested too deeply.
    """
    return json.loads(frame.decode("utf-8", "surrogatepass"))


def send(pipe: IO[bytes], frame: bytes) -> None:
    """Write four octets of length, big-endian, and the frame to an unbuffered pipe (writes may be short)."""
    view = memoryview(len(frame).to_bytes(4, "big") + frame)
    while view:
        view = view[pipe.write(view) :]


def receive(pipe: IO[bytes]) -> bytes:
    """
    Read one frame.

    Raises:
        EOFError: If the pipe ends first.
        TooLongError: If it is longer than an answer may be.
    """
    length = int.from_bytes(_exactly(pipe, 4), "big")
    if length > ANSWER_BYTES + _WRAPPING:
        raise TooLongError(f"a frame of {length} bytes")
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    found = bytearray()
    while len(found) < length:
        piece = pipe.read(min(length - len(found), _PIECE))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)
