"""
What was a body before its content codings were applied?

Everything streams: no piece given is longer than ``PIECE``, so a small body that inflates to
gigabytes meets a limit before it meets the memory. The decoders for ``br`` and ``zstd`` are an
extra and are imported when the first such body comes.
"""

from __future__ import annotations

import contextlib
import importlib
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Protocol, TypeAlias

import attrs

from preserve.errors import CodingError, CodingLimit, CodingUnknown

__all__ = ["CODINGS_MOST", "PIECE", "Load", "content_codings", "decode"]

PIECE = 65_536
"""Octets of a decoded piece, at most."""

CODINGS_MOST = 5
"""Codings of one body, at most; curl has the same limit."""

_FEED = 16_384
# Octets given to a decoder at once. zlib copies what it did not use at every call, so this bounds
# what thousands of empty gzip members in a row cost.

_RATIO_FREE = 1_048_576
# The ratio counts past the first MiB: a short text of blanks is no attack.

_ZSTD_WINDOW_LOG = 23
# RFC 9659, section 3: a decoder may refuse windows larger than 8 MiB.

_BROTLI_STEP = 32
# Octets given at once to a brotli before 1.2, which cannot be told to stop: a command of some ten
# octets may stand for 16 MiB (RFC 7932, section 9.2). Delete when brotli 1.2 is the least we take.

_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's windowBits for RFC 1952, 1950 and 1951
_GZIP_ID1 = b"\x1f"
_ZLIB_HEADER = 2

Load: TypeAlias = Callable[[str], ModuleType]
"""What imports a module by name, ``importlib.import_module`` or a double."""
_Decoder: TypeAlias = Callable[[Iterable[bytes]], Iterator[bytes]]


def content_codings(values: Iterable[bytes]) -> tuple[str, ...]:
    """
    Return the codings that Content-Encoding fields name, lower-case, first applied first.

    Args:
        values: Every value of the field, in order.

    Source: RFC 9110, section 8.4.
    """
    members = b",".join(values).decode("latin-1").split(",")
    return tuple(coding for member in members if (coding := member.strip(" \t").lower()))


def decode(
    chunks: Iterable[bytes],
    codings: Sequence[str],
    *,
    max_bytes: int,
    max_ratio: int = 200,
    load: Load = importlib.import_module,
) -> Iterator[bytes]:
    """
    Undo content codings, the last applied first.

    What could be decoded before a fault or a limit is given before the exception.

    Args:
        chunks: The entity body, in pieces of any size; consumed as the result is.
        codings: As ``content_codings`` returns them.
        max_bytes: Limit of the content, and of what each coding on the way to it decodes to.
        max_ratio: Limit of the same, in multiples of the octets of the entity body taken so far;
            counts past the first MiB.
        load: Imports the decoders of the extra when they are needed.

    Returns:
        The content, in pieces of at most ``PIECE`` octets, none empty. An empty body has empty
        content whatever its codings.

    Raises:
        CodingUnknown: At once, when there is no decoder for a coding.
        CodingLimit: At once for more than ``CODINGS_MOST`` codings; later at the limits above.
        CodingError: When the body is not what the coding describes, ends early, or goes on after its end.

    Source: RFC 9110, section 8.4.1; RFC 1950, 1951, 1952; RFC 7932; RFC 8878.
    """
    if len(codings) > CODINGS_MOST:
        raise CodingLimit(
            f"The body has {len(codings)} content codings; at most {CODINGS_MOST} are undone.",
            codings=tuple(codings),
        )
    decoders = [_decoder(coding, load) for coding in reversed(codings)]
    meter = _Meter(max_bytes=max_bytes, max_ratio=max_ratio)
    pieces = meter.taking(chunks)
    for undo in decoders:
        pieces = meter.giving(undo(pieces))
    return pieces if decoders else meter.giving(pieces)


@attrs.define(kw_only=True)
class _Meter:
    """Counts the octets of the entity body, and holds what is made of them against the limits."""

    max_bytes: int
    max_ratio: int
    taken: int = 0

    def taking(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            for start in range(0, len(chunk), _FEED):
                piece = bytes(chunk[start : start + _FEED])
                self.taken += len(piece)
                yield piece

    def giving(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        given = 0
        for piece in pieces:
            most = min(self.max_bytes, max(_RATIO_FREE, self.taken * self.max_ratio))
            if given + len(piece) > most:
                if most > given:
                    yield piece[: most - given]
                raise self._passed(most)
            given += len(piece)
            yield piece

    def _passed(self, most: int) -> CodingLimit:
        if most == self.max_bytes:
            return CodingLimit(
                f"The body decodes to more than {most} octets, the limit.",
                max_bytes=most,
                taken_bytes=self.taken,
            )
        return CodingLimit(
            f"The body decodes to more than {self.max_ratio} times its size:"
            f" the first {self.taken} octets make more than {most}.",
            max_ratio=self.max_ratio,
            taken_bytes=self.taken,
        )


class _Inflater(Protocol):
    """What ``zlib.decompressobj`` makes."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...
    def copy(self) -> _Inflater: ...


class _Brotli(Protocol):
    """What ``brotli.Decompressor`` makes; the last two are new in 1.2."""

    def process(self, data: bytes, /, output_buffer_limit: int = ...) -> bytes: ...
    def is_finished(self) -> bool: ...
    def can_accept_more_data(self) -> bool: ...


class _Zstd(Protocol):
    """What ``ZstdDecompressor`` makes, PEP 784."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def _identity(chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield from chunks


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Inflate gzip members up to the last; zero octets may pad the end. RFC 1952, section 2.2."""
    member: _Inflater | None = None
    members = 0
    for chunk in chunks:
        rest = chunk
        while rest:
            if member is None:
                rest = rest.lstrip(b"\0") if members else rest
                if not rest:
                    break
                if members and rest[:1] != _GZIP_ID1:
                    raise _fault("gzip", f"octets that are no gzip member follow member {members}")
                member = zlib.decompressobj(_GZIP)
            try:
                rest = yield from _inflated(member, rest)
            except zlib.error as error:
                raise _fault("gzip", f"zlib says {str(error)!r} of member {members + 1}") from error
            if member.eof:
                member, members = None, members + 1
    if member is not None:
        raise _fault("gzip", f"the body ends inside member {members + 1}")


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """
    Inflate a zlib stream, or the bare DEFLATE data that some servers send. RFC 9110, section 8.4.1.2.

    Its first two octets tell: as bare data a header of RFC 1950 would be a stored block with padding
    bits set, which no compressor makes.
    """
    stream: _Inflater | None = None
    rest = b""
    for chunk in chunks:
        rest += chunk
        if stream is None:
            if len(rest) < _ZLIB_HEADER:
                continue
            stream = zlib.decompressobj(_ZLIB if _is_zlib(rest) else _RAW)
        if not stream.eof:
            try:
                rest = yield from _inflated(stream, rest)
            except zlib.error as error:
                raise _fault("deflate", f"zlib says {str(error)!r}") from error
        if stream.eof and rest:
            raise _fault("deflate", "octets follow its end")
    if rest or (stream is not None and not stream.eof):
        raise _fault("deflate", "the body ends inside it")


def _is_zlib(opening: bytes) -> bool:
    """Tell whether CMF and FLG stand there. RFC 1950, section 2.2."""
    method, window = opening[0] & 0x0F, opening[0] >> 4
    return method == 8 and window <= 7 and (opening[0] * 256 + opening[1]) % 31 == 0  # noqa: PLR2004 - RFC 1950


def _inflated(stream: _Inflater, data: bytes) -> Generator[bytes, None, bytes]:
    """Give what the octets inflate to, also those before a fault; return what follows the stream's end."""
    while True:
        before = stream.copy()  # about a microsecond: zlib forgets what it made in a call that fails
        try:
            piece = stream.decompress(data, PIECE)
        except zlib.error:
            yield from _salvaged(before, data)
            raise
        if piece:
            yield piece
        if stream.eof:
            return stream.unused_data
        data = stream.unconsumed_tail
        if not data and len(piece) < PIECE:
            return b""


def _salvaged(stream: _Inflater, data: bytes) -> Iterator[bytes]:
    """Give what octets inflate to up to the fault in them; no more than a piece, or it had come before."""
    made = bytearray()
    with contextlib.suppress(zlib.error):
        for at in range(len(data)):
            made += stream.decompress(data[at : at + 1], PIECE)
    if made:
        yield bytes(made)


def _brotli(load: Load) -> _Decoder:
    library = _import("br", ("brotli",), load)
    error: type[Exception] = library.error

    def undo(chunks: Iterable[bytes]) -> Iterator[bytes]:
        stream: _Brotli = library.Decompressor()
        fed = False
        for chunk in chunks:
            fed = True
            try:
                yield from _unbrotlied(stream, chunk)
            except error as fault:
                raise _fault("br", f"brotli says {str(fault)!r}") from fault
        if fed and not stream.is_finished():
            raise _fault("br", "the body ends inside it")

    return undo


def _unbrotlied(stream: _Brotli, chunk: bytes) -> Iterator[bytes]:
    if not hasattr(stream, "can_accept_more_data"):
        for start in range(0, len(chunk), _BROTLI_STEP):
            made = stream.process(chunk[start : start + _BROTLI_STEP])
            for at in range(0, len(made), PIECE):
                yield made[at : at + PIECE]
        return
    piece = stream.process(chunk, output_buffer_limit=PIECE)
    while piece:  # can_accept_more_data() does not tell: it says yes while output is held back
        yield from (piece[at : at + PIECE] for at in range(0, len(piece), PIECE))
        piece = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=PIECE)
    if not stream.can_accept_more_data():
        raise _fault("br", "octets follow its end")


def _zstd(load: Load) -> _Decoder:
    library = _import("zstd", ("compression.zstd", "backports.zstd"), load)
    error: type[Exception] = library.ZstdError
    options = {library.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}

    def undo(chunks: Iterable[bytes]) -> Iterator[bytes]:
        frame: _Zstd | None = None
        for chunk in chunks:
            rest = chunk
            while rest:
                frame = frame or library.ZstdDecompressor(options=options)
                try:
                    rest = yield from _unzstd(frame, rest)
                except error as fault:
                    raise _fault("zstd", f"zstd says {str(fault)!r}") from fault
                if frame.eof:
                    frame = None
        if frame is not None:
            raise _fault("zstd", "the body ends inside a frame")

    return undo


def _unzstd(frame: _Zstd, data: bytes) -> Generator[bytes, None, bytes]:
    while True:
        piece = frame.decompress(data, PIECE)
        data = b""
        if piece:
            yield piece
        if frame.eof:
            return frame.unused_data
        if frame.needs_input:
            return b""


_ALWAYS: dict[str, _Decoder] = {
    "identity": _identity,
    "gzip": _gunzip,
    "x-gzip": _gunzip,  # RFC 9110, section 8.4.1.3
    "deflate": _inflate,
}
_EXTRA: dict[str, Callable[[Load], _Decoder]] = {"br": _brotli, "zstd": _zstd}


def _decoder(coding: str, load: Load) -> _Decoder:
    if coding in _ALWAYS:
        return _ALWAYS[coding]
    if coding in _EXTRA:
        return _EXTRA[coding](load)
    known = ", ".join([*_ALWAYS, *_EXTRA])
    raise CodingUnknown(
        f"There is no decoder for the content coding {coding!r}; known are {known}.", coding=coding
    )


def _import(coding: str, names: tuple[str, ...], load: Load) -> ModuleType:
    """Return the first library of the names that is installed."""
    for name in names:
        with contextlib.suppress(ImportError):
            return load(name)
    raise CodingUnknown(
        f"The body has the content coding {coding!r}, and {' or '.join(names)} is not installed."
        " Install it with: pip install 'preserve[codings]'",
        coding=coding,
    )


def _fault(coding: str, what: str) -> CodingError:
    return CodingError(
        f"The content coding {coding} could not be undone to the end: {what}.", coding=coding, what=what
    )
