"""Tests of preserve.formats.window."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.formats.window import Window

PIECE = 128 * 1024
DATA = bytes(n * n % 251 for n in range(2 * PIECE + 100))


class Counted(io.BytesIO):
    """A stream that notes how many octets each read asked for, and gives fewer."""

    def __init__(self, data: bytes, most: int = 1 << 30) -> None:
        super().__init__(data)
        self.most = most
        self.asked: list[int] = []

    def read(self, size: int | None = -1) -> bytes:
        """Give at most as much as a read may give here."""
        self.asked.append(size if size is not None else -1)
        return super().read(min(size or 0, self.most))


@given(
    places=st.lists(
        st.tuples(st.integers(0, len(DATA) + 5), st.sampled_from([0, 1, 2, 60, PIECE, PIECE + 1])), min_size=1
    ),
    stop=st.none() | st.integers(0, len(DATA) + 5),
)
@settings(max_examples=60, deadline=None)
def test_octets_are_those_of_the_stream(places: list[tuple[int, int]], stop: int | None) -> None:
    """In whatever order it is asked, a window gives the octets of the stream up to its stop."""
    window = Window(Counted(DATA, 50_000), stop)
    seen = DATA[:stop]
    assert len(seen) == window.stop
    for offset, size in places:
        assert seen[offset : offset + size] == window.at(offset, size)


def test_going_forward_reads_each_octet_once() -> None:
    """A piece is kept until something outside of it is asked for, and never read past the stop."""
    stream = Counted(DATA)
    window = Window(stream, len(DATA) - 50)
    for offset in range(0, PIECE, 64):
        assert DATA[offset : offset + 64] == window.at(offset, 64)
    assert [PIECE] == stream.asked
    assert DATA[PIECE - 1 : PIECE + 1] == window.at(PIECE - 1, 2)
    assert DATA[PIECE - 1 : PIECE] == window.at(PIECE - 1, 1)
    assert [PIECE, PIECE] == stream.asked
    window.at(PIECE - 2, 1)
    assert [PIECE] * 3 == stream.asked
    window.at(len(DATA) - 60, 100)
    assert 10 == stream.asked[-1]


@pytest.mark.parametrize(
    ("start", "stop"), [(0, len(DATA)), (5, PIECE + 5), (7, 8), (9, 9), (9, 8), (3, 1 << 40)]
)
def test_pieces_cover_a_stretch(start: int, stop: int) -> None:
    """The octets of a stretch come in order, in pieces of bounded size, none of them empty."""
    pieces = list(Window(io.BytesIO(DATA)).pieces(start, stop))
    assert DATA[start:stop] == b"".join(pieces)
    assert all(0 < len(piece) <= PIECE for piece in pieces)


def test_pieces_end_where_the_stream_became_shorter() -> None:
    """Of a stream that lost its end since the window was made, what is left comes, and then nothing."""
    stream = io.BytesIO(DATA)
    window = Window(stream)
    stream.truncate(PIECE + 10)
    assert DATA[: PIECE + 10] == b"".join(window.pieces(0, len(DATA)))
    assert PIECE + 10 == window.stop


@pytest.mark.parametrize("overlap", [3, 6])
@pytest.mark.parametrize("stop", [None, 2 * PIECE + 50])
def test_every_match_is_found_once(overlap: int, stop: int | None) -> None:
    """A match is found wherever it stands, also across pieces; none before the start or past the stop."""
    last = stop or len(DATA)
    places = [4, PIECE - 4, PIECE, PIECE + 4, 2 * PIECE - 1, last - 4]
    data = bytearray(len(DATA) + 4)
    for at in (0, *places, last + (-2 if stop is None else 0)):
        data[at : at + 4] = b"WARC"
    del data[len(DATA) :]
    data[last - 4 : last] = b"WARC"
    window = Window(io.BytesIO(data), stop)
    assert places == list(window.find(re.compile(b"WARC"), 2, overlap))
    for begin in range(PIECE - 8, PIECE + 1):
        first = next(window.find(re.compile(b"WARC"), begin, overlap))
        assert first == (PIECE - 4 if begin <= PIECE - 4 else PIECE)


@pytest.mark.parametrize("start", [0, 5])
def test_match_where_a_piece_ends_is_found_once(start: int) -> None:
    """A match that begins with the first octet behind a piece belongs to the next piece alone."""
    data = b"-" * (PIECE + start) + b"WARC" + b"-" * PIECE
    found = list(Window(io.BytesIO(data)).find(re.compile(b"WARC"), start, 6))
    assert [PIECE + start] == found


def test_a_read_that_gives_less_is_gone_on_with() -> None:
    """Where a stream gives less than was asked for, the rest is asked for, and no more."""
    stream = Counted(DATA, 60)
    assert DATA[5:105] == Window(stream, 105).at(5, 100)
    assert [100, 40] == stream.asked
