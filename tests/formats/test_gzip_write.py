"""How does ``preserve.formats.gzip_write`` decide, and which octets does it make?"""

from __future__ import annotations

import gzip
import io
import itertools
import random
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.formats.gzip_header import HEADER
from preserve.formats.gzip_write import Written, write_member
from preserve.model.digest import Digest

NOISE = random.Random(11).randbytes(300_000)  # noqa: S311 - noise, not a secret
HEAD = b"".join(b"WARC-Field-%03d: the same words on every line\r\n" % line for line in range(40))
ROOT = Path(__file__).parents[2]


def member(*pieces: bytes, level: int | None = None) -> bytes:
    """Return data in pieces as one member."""
    out = io.BytesIO()
    write_member(out, pieces, level=level)
    return out.getvalue()


def stored_blocks(octets: bytes) -> list[int]:
    """Return the sizes of a stored member's blocks; the last must be marked as that, and no other."""
    sizes, at, last = [], len(HEADER), False
    while not last:
        last, size, inverse = struct.unpack_from("<?HH", octets, at)
        assert 0xFFFF == size ^ inverse
        sizes.append(size)
        at += 5 + size
    assert len(octets) - 8 == at
    return sizes


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, [0]), (1, [1]), (65_535, [65_535]), (65_536, [65_535, 1]), (131_071, [65_535, 65_535, 1])],
)
def test_stored_data_is_cut_at_the_longest_block(size: int, expected: list[int]) -> None:
    """A stored member has blocks of 65 535 octets and a last one with the rest (RFC 1951, 3.2.4)."""
    assert expected == stored_blocks(member(NOISE[:size], level=0))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 200_000), max_size=6), st.sampled_from([None, 0, 6]))
def test_the_pieces_do_not_show(cuts: list[int], level: int | None) -> None:
    """The octets of a member depend on its data, not on the pieces in which it came."""
    data = HEAD + NOISE[:200_000]
    edges = [0, *sorted(cuts), len(data)]
    pieces = [data[start:stop] for start, stop in itertools.pairwise(edges)]
    assert member(data, level=level) == member(*pieces, level=level)


def test_a_head_that_shrinks_does_not_decide() -> None:
    """A record whose header and HTTP head are text and whose body is a picture is stored."""
    assert member(HEAD[:2000], NOISE[:20_000], level=0) == member(HEAD[:2000], NOISE[:20_000])


def test_what_is_small_is_deflated() -> None:
    """A record of a few hundred octets, such as a request, is deflated without being looked at first."""
    assert member(HEAD[:700], level=6) == member(HEAD[:700])
    assert len(member(HEAD[:700])) < 700 / 2


def test_text_is_hardly_larger_than_at_the_highest_level() -> None:
    """This project's documents, schemas and sources take at most 2 % more than at level 9."""
    texts = [
        path.read_bytes()
        for kind in ("docs/**/*.md", "manifests/**/*.json", "preserve/**/*.py", "preserve/demo/**/*.html")
        for path in ROOT.glob(kind)
    ]
    ours = sum(len(member(text)) for text in texts)
    highest = sum(len(member(text, level=9)) for text in texts)
    assert len(texts) > 100
    assert ours <= 1.02 * highest


@pytest.mark.parametrize("size", [0, 1, 4096, 70_000, 600_000])
@pytest.mark.parametrize("level", [None, 0, 1, 9])
def test_what_was_written_is_read_again(size: int, level: int | None) -> None:
    """A member unpacks to its data, also where that came in one long piece, and is as long as it is said."""
    data = (HEAD * 400)[:size]
    out = io.BytesIO()
    written = write_member(out, [data], level=level)
    octets = out.getvalue()
    assert data == gzip.decompress(octets)
    assert Written(length=len(octets), digest=Digest.of(octets)) == written


def test_a_long_piece_is_written_in_parts() -> None:
    """Of a piece of a megabyte no more than 300 KiB are written at once."""

    class Sizes(io.BytesIO):
        seen: tuple[int, ...] = ()

        def write(self, data: bytes, /) -> int:  # type: ignore[override] # as the writer calls it
            self.seen += (len(data),)
            return super().write(data)

    out = Sizes()
    write_member(out, [NOISE * 4], level=0)
    assert max(out.seen) <= 300 * 1024


@pytest.mark.parametrize(("size", "window", "memory"), [(4096, 12, 6), (4097, 15, 8), (70_000, 15, 8)])
def test_what_is_small_has_a_small_window(size: int, window: int, memory: int) -> None:
    """Data of up to 4 KiB is deflated with a window of that size, longer data as zlib does by itself."""
    data = b"".join(b"%d, " % (number * number) for number in range(12_000))[:size]
    coder = zlib.compressobj(6, zlib.DEFLATED, -window, memory)
    assert coder.compress(data) + coder.flush() == member(data)[len(HEADER) : -8]


@pytest.mark.parametrize(("size", "level"), [(4096, 6), (4097, 0)])
def test_noise_is_stored_when_it_is_long(size: int, level: int) -> None:
    """What has at most 4 KiB is deflated even if most of it does not shrink."""
    data = ((HEAD * 2)[:2048] + NOISE)[:size]
    assert member(data, level=level) == member(data)
    assert member(data, level=6 - level) != member(data)


@pytest.mark.parametrize(
    ("size", "starts"),
    [
        (65_536, (2048, 17_920, 33_792, 49_664)),
        (100_000, (2048, 17_920, 33_792, 49_664)),
        (4500, (2048, 3072)),
    ],
)
def test_samples_of_the_first_64_kib_decide(size: int, starts: tuple[int, ...]) -> None:
    """Samples of 1 KiB from the first 64 KiB are looked at; what shrinks elsewhere does not count."""
    text = bytearray((HEAD * 60)[:size])
    noise = bytearray(NOISE[:size])
    for start in starts:
        stretch = slice(start, start + 1024)
        text[stretch], noise[stretch] = noise[stretch], text[stretch]
    assert member(bytes(text), level=0) == member(bytes(text))
    assert member(bytes(noise), level=6) == member(bytes(noise))
