"""How do a worker and its parent speak?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from preserve.model.inspection import Json

__all__ = ["ANSWER_BYTES", "Sink", "Source", "TooLongError", "decode", "encode", "receive", "send"]

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


class Sink(Protocol):
    """The end of a pipe that is written to; a write may be short."""

    def write(self, data: memoryview, /) -> int:
        """Take some of the octets and return how many."""
        ...


class Source(Protocol):
    """The end of a pipe that is read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many octets, none at the end."""
        ...


def send(pipe: Sink, *frames: bytes) -> None:
    """Write each frame behind four octets of its length, big-endian, all in one go: one wake is enough."""
    view = memoryview(b"".join(part for frame in frames for part in (len(frame).to_bytes(4, "big"), frame)))
    while view:
        view = view[pipe.write(view) :]


def receive(pipe: Source) -> bytes:
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


def _exactly(pipe: Source, length: int) -> bytes:
    pieces: list[bytes] = []
    left = length
    while left:
        piece = pipe.read(min(left, _PIECE))
        if not piece:
            raise EOFError
        pieces.append(piece)
        left -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
