"""How does ``preserve.formats.gzip_write`` decide, and which octets does it make?"""

from __future__ import annotations

import io
import itertools
import random
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.formats.gzip_header import HEADER
from preserve.formats.gzip_write import write_member

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
