"""Are content codings undone exactly, in bounded pieces, and never past a limit?"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import importlib
import tracemalloc
import zlib
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, cast

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.errors import CodingError, CodingLimit, CodingUnknown
from preserve.formats.codings import CODINGS_MOST, PIECE, Load, content_codings, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

FAST = settings(max_examples=150, deadline=None)
MIB = 1_048_576
TEXT = b"".join(b"%d: the reader we write for opens a file in twenty years\n" % n for n in range(15_000))


def bare(data: bytes) -> bytes:
    """Return raw DEFLATE data."""
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


ENCODE: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": lambda data: gzip.compress(data, 6, mtime=0),
    "x-gzip": lambda data: gzip.compress(data, 0, mtime=0),
    "deflate": zlib.compress,
}


def undo(
    body: bytes | Iterable[bytes],
    *codings: str,
    max_bytes: int = 100 * MIB,
    max_ratio: int = 200,
    load: Load = importlib.import_module,
) -> tuple[bytes, CodingError | None]:
    """Return what was decoded, and the error that ended it."""
    made: list[bytes] = []
    chunks = [body] if isinstance(body, bytes) else body
    try:
        for piece in decode(chunks, codings, max_bytes=max_bytes, max_ratio=max_ratio, load=load):
            assert 0 < len(piece) <= PIECE
            made.append(piece)
    except CodingError as error:
        return b"".join(made), error
    return b"".join(made), None


def split(data: bytes, size: int) -> list[bytes]:
    """Return the data in pieces of the size."""
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("coding", ENCODE)
@pytest.mark.parametrize("size", [13, 4096, 10**9])
def test_a_coding_is_undone_however_the_body_is_split(coding: str, size: int) -> None:
    """What a coding made of a text becomes the text again."""
    assert (TEXT, None) == undo(split(ENCODE[coding](TEXT), size), coding)


@FAST
@given(
    data=st.binary(max_size=300),
    codings=st.lists(st.sampled_from(sorted(ENCODE)), max_size=CODINGS_MOST),
    size=st.integers(1, 40),
)
def test_codings_are_undone_last_first(data: bytes, codings: list[str], size: int) -> None:
    """Codings applied one after the other are undone in the opposite order."""
    body = data
    for coding in codings:
        body = ENCODE[coding](body)
    assert (data, None) == undo(split(body, size), *codings)


@FAST
@given(
    body=st.one_of(
        st.binary(max_size=80),
        st.binary(max_size=80).map(lambda junk: gzip.compress(b"a", mtime=0)[:10] + junk),
    ),
    codings=st.lists(st.sampled_from(sorted(ENCODE)), max_size=3),
    size=st.integers(1, 40),
)
def test_any_octets_give_content_or_a_coding_error(body: bytes, codings: list[str], size: int) -> None:
    """No body makes the decoder raise anything but a CodingError, and no split changes what it makes."""
    made, error = undo(split(body, size), *codings)
    again, other = undo(body, *codings)
    assert (made, str(error)) == (again, str(other))


@FAST
@given(data=st.binary(max_size=200), end=st.integers(0, 250), size=st.integers(1, 40))
def test_a_truncated_body_gives_what_it_holds_and_an_error(data: bytes, end: int, size: int) -> None:
    """A body cut anywhere but at its ends decodes to a prefix of the content, then raises."""
    for coding in ("gzip", "x-gzip", "deflate"):
        body = ENCODE[coding](data)
        made, error = undo(split(body[:end], size), coding)
        assert data.startswith(made)
        assert (0 < end < len(body)) == (error is not None)
        if end >= len(body):
            assert data == made


@pytest.mark.parametrize("codings", [(), ("identity",), ("gzip",), ("deflate",), ("gzip", "deflate")])
def test_an_empty_body_is_empty(codings: Sequence[str]) -> None:
    """A body of no octets has no content, whatever its codings."""
    assert (b"", None) == undo([], *codings)
    assert (b"", None) == undo([b"", b""], *codings)


def test_bare_deflate_is_undone() -> None:
    """DEFLATE data without the zlib header is taken for the deflate coding too."""
    for data in (b"", b"a", TEXT, bytes(100_000)):
        for size in (1, 1000) if len(data) < 2 else (997, 10**9):
            assert (data, None) == undo(split(bare(data), size), "deflate")


def test_bare_deflate_that_looks_like_a_header_of_zlib_is_undone() -> None:
    """Octets that would be a zlib header but for their window, larger than RFC 1950 allows, are bare data."""
    stored = b"\x88\x1c\x00\xe3\xff" + bytes(range(28)) + b"\x03\x00"
    assert int.from_bytes(stored[:2]) % 31 == 0
    assert (bytes(range(28)), None) == undo(stored, "deflate")


def test_gzip_is_gzip_and_nothing_else() -> None:
    """A body that is called gzip and is a zlib stream or bare deflate data is an error."""
    for body in (zlib.compress(TEXT), bare(TEXT)):
        made, error = undo(body, "gzip")
        assert b"" == made
        assert error is not None
        assert "of member 1" in error.message


def test_gzip_members_in_a_row_are_one_content() -> None:
    """Members are undone one after the other, padding of zero octets at the end is passed over."""
    body = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")
    for size in (1, 7, 10**9):
        assert (b"one two", None) == undo(split(body, size), "gzip")
        assert (b"one two", None) == undo(split(body + bytes(700), size), "gzip")


@pytest.mark.parametrize(
    ("coding", "body", "made", "what"),
    [
        ("gzip", gzip.compress(b"whole", mtime=0) + b"\n", b"whole", "follow member 1"),
        ("gzip", gzip.compress(b"whole", mtime=0) + b"\x1f", b"whole", "inside member 2"),
        ("gzip", gzip.compress(b"whole", mtime=0) + b"\x1fxyz", b"whole", "member 2"),
        ("gzip", b"plain text", b"", "member 1"),
        ("gzip", gzip.compress(b"whole", mtime=0)[:-8] + bytes(8), b"whole", "incorrect data check"),
        ("gzip", gzip.compress(b"whole", mtime=0)[:-4] + bytes(4), b"whole", "incorrect length check"),
        ("deflate", zlib.compress(b"whole") + b"x", b"whole", "octets follow its end"),
        ("deflate", bare(b"whole") + b"x", b"whole", "octets follow its end"),
        ("deflate", zlib.compress(b"whole")[:-4] + bytes(4), b"whole", "incorrect data check"),
        ("deflate", b"\xff", b"", "ends inside"),
        ("deflate", b"\xff\xff", b"", "invalid block type"),
    ],
)
def test_a_fault_comes_after_what_was_decoded(coding: str, body: bytes, made: bytes, what: str) -> None:
    """All content before a fault is given, then the fault is said."""
    for size in (1, 10**9):
        content, error = undo(split(body, size), coding)
        assert made == content
        assert what in str(error)
        assert type(error) is CodingError


def test_content_before_a_damaged_block_is_given() -> None:
    """A flipped octet in the middle loses nothing of what inflates before it."""
    body = bytearray(zlib.compress(TEXT))
    body[len(body) // 2 :] = b"\xff" * 1000
    made, error = undo(bytes(body), "deflate")
    assert TEXT.startswith(made[:-300])
    assert len(made) > len(TEXT) // 3
    assert error is not None


def test_a_bomb_meets_the_ratio() -> None:
    """Ten megabytes of zeros in ten kilobytes stop at two hundred times what was taken."""
    made, error = undo(split(gzip.compress(bytes(10 * MIB)), 512), "gzip")
    assert isinstance(error, CodingLimit)
    assert "200 times its size" in str(error)
    assert MIB <= len(made) < 3 * MIB


def test_a_bomb_in_a_bomb_meets_the_ratio_of_the_body() -> None:
    """Zeros deflated twice are measured against the body, not against what lies between."""
    body = gzip.compress(gzip.compress(bytes(10 * MIB)))
    made, error = undo(body, "gzip", "gzip")
    assert isinstance(error, CodingLimit)
    assert MIB == len(made)
    assert len(body) < 1000


def test_a_bomb_on_the_way_meets_the_limit() -> None:
    """What lies between two codings is held against the limits too."""
    inner = gzip.compress(b"small") + bytes(10 * MIB)
    _, error = undo(gzip.compress(inner), "gzip", "gzip", max_ratio=10**6, max_bytes=2 * MIB)
    assert isinstance(error, CodingLimit)


def test_a_bomb_takes_little_memory() -> None:
    """A hundred megabytes of zeros in one chunk are decoded within two."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(deflater.compress(bytes(MIB)) for _ in range(100)) + deflater.flush()
    tracemalloc.start()
    try:
        taken = sum(1 for _ in decode([body], ["gzip"], max_bytes=10**10, max_ratio=10**6))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert taken >= 100 * MIB // PIECE
    assert peak < 2 * MIB


def test_the_first_mebibyte_has_no_ratio() -> None:
    """A short body may decode to any multiple of its size within the first MiB."""
    assert (bytes(MIB), None) == undo(gzip.compress(bytes(MIB)), "gzip", max_ratio=1)
    assert undo(gzip.compress(bytes(MIB + 1)), "gzip", max_ratio=1)[1]


@pytest.mark.parametrize("codings", [(), ("gzip",), ("gzip", "deflate")])
def test_the_limit_of_size_is_met_to_the_octet(codings: Sequence[str]) -> None:
    """A content of as many octets as the limit passes; one more raises, after the limit's octets."""
    body = TEXT
    for coding in codings:
        body = ENCODE[coding](body)
    assert (TEXT, None) == undo(body, *codings, max_bytes=len(TEXT))
    made, error = undo(body, *codings, max_bytes=len(TEXT) - 1)
    assert TEXT[:-1] == made
    assert isinstance(error, CodingLimit)


def test_many_codings_are_refused() -> None:
    """A body of more codings than the limit is not decoded."""
    with pytest.raises(CodingLimit, match="6 content codings"):
        decode([b""], ["gzip"] * (CODINGS_MOST + 1), max_bytes=1)


def test_thousands_of_empty_members_end() -> None:
    """A body of nothing but empty members has empty content."""
    assert (b"", None) == undo(gzip.compress(b"", mtime=0) * 20_000, "gzip")


def test_an_unknown_coding_is_named() -> None:
    """A coding without decoder is said before the body is touched."""
    with pytest.raises(CodingUnknown, match="'compress'; known are identity, gzip") as caught:
        decode(iter([b"x"]), ["gzip", "compress"], max_bytes=1)
    assert 3 == caught.value.exit_code
    assert "compress" == caught.value.coding


def nothing(name: str) -> ModuleType:
    """Import nothing."""
    raise ModuleNotFoundError(name)


@pytest.mark.parametrize(
    ("coding", "library"), [("br", "brotli"), ("zstd", "compression.zstd or backports.zstd")]
)
def test_a_missing_extra_is_one_sentence_with_the_command(coding: str, library: str) -> None:
    """Where the extra is not installed, the error names the library and the command that installs it."""
    expected = (
        f"The body has the content coding '{coding}', and {library} is not installed."
        " Install it with: pip install 'preserve[codings]'"
    )
    with pytest.raises(CodingUnknown) as caught:
        decode([b"x"], [coding], max_bytes=1, load=nothing)
    assert expected == caught.value.message


def test_extras_are_not_imported_for_other_codings() -> None:
    """A body without br and zstd imports no decoder of the extra."""
    assert (b"a", None) == undo(gzip.compress(b"a"), "gzip", load=nothing)


def installed(*names: str) -> bool:
    """Tell whether one of the modules can be imported."""
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
            return True
    return False


# "preserve " * 40 as brotli 1.2 and zstd 1.5 code it
CODED = {
    "br": (bytes.fromhex("1b6701f8a540e0aa11c68a011a3c03"), ("brotli",)),
    "zstd": (
        bytes.fromhex("28b52ffd6068008500004870726573657276652001005c54cb11"),
        ("compression.zstd", "backports.zstd"),
    ),
}


@pytest.mark.parametrize("coding", CODED)
def test_the_extra_undoes_its_codings_where_it_is_installed(coding: str) -> None:
    """A br or zstd body is decoded where a library is installed, and the coding is named where none is."""
    body, names = CODED[coding]
    if not installed(*names):
        with pytest.raises(CodingUnknown):
            decode([body], [coding], max_bytes=1)
        return
    for size in (1, 10**9):
        assert (b"preserve " * 40, None) == undo(split(body, size), coding)
        assert type(undo(split(body[:-1], size), coding)[1]) is CodingError
        assert type(undo(split(body + b"x", size), coding)[1]) is CodingError


@attrs.define
class OldBrotli:
    """The face of a brotli before 1.2, on zlib: it cannot be told to stop."""

    inflater: zlib._Decompress = attrs.field(factory=zlib.decompressobj)

    def process(self, data: bytes) -> bytes:
        """Return all that the octets make."""
        if self.inflater.eof:
            raise zlib.error("excess")
        return self.inflater.decompress(data)

    def is_finished(self) -> bool:
        """Tell whether the stream has ended."""
        return self.inflater.eof


@attrs.define
class NewBrotli(OldBrotli):
    """The face of brotli 1.2 on zlib: it keeps what it did not use."""

    def process(self, data: bytes, output_buffer_limit: int = 0) -> bytes:
        """Return no more than the limit."""
        if self.inflater.eof:
            raise zlib.error("excess")
        return self.inflater.decompress(self.inflater.unconsumed_tail + data, output_buffer_limit)

    def can_accept_more_data(self) -> bool:
        """Tell whether all octets were used."""
        return not self.inflater.unconsumed_tail and not self.inflater.unused_data


# bz2's decompressor has the face that PEP 784 gives to zstd's
ZSTD = SimpleNamespace(
    ZstdDecompressor=lambda options: bz2.BZ2Decompressor() if options else None,
    ZstdError=OSError,
    DecompressionParameter=SimpleNamespace(window_log_max=1),
)
DOUBLES: dict[str, tuple[str, SimpleNamespace, Callable[[bytes], bytes]]] = {
    "br before 1.2": ("br", SimpleNamespace(Decompressor=OldBrotli, error=zlib.error), zlib.compress),
    "br": ("br", SimpleNamespace(Decompressor=NewBrotli, error=zlib.error), zlib.compress),
    "zstd": ("zstd", ZSTD, bz2.compress),
}


@pytest.mark.parametrize("name", DOUBLES)
def test_decoders_of_the_extra_are_fed_in_bounded_pieces(name: str) -> None:
    """A decoder with the extra's face gives all of a content, however long, split, cut or followed."""
    coding, library, encode = DOUBLES[name]

    def load(_name: str) -> ModuleType:
        return cast("ModuleType", library)

    assert (b"", None) == undo([], coding, load=load)
    for data in (b"", b"abc", TEXT, bytes(5 * MIB)):
        body = encode(data)
        for size in (997, 10**9):
            assert (data, None) == undo(split(body, size), coding, load=load, max_ratio=10**6)
            made, error = undo(split(body[:-1], size), coding, load=load, max_ratio=10**6)
            assert data.startswith(made)
            assert "ends inside" in str(error)
            _, error = undo([*split(body, size), b"x"], coding, load=load, max_ratio=10**6)
            assert type(error) is CodingError
    made, error = undo(encode(bytes(20 * MIB)), coding, load=load)
    assert isinstance(error, CodingLimit)


def test_zstd_frames_in_a_row_are_one_content() -> None:
    """Frames are undone one after the other."""
    body = bz2.compress(b"one ") + bz2.compress(b"two")
    assert (b"one two", None) == undo(body, "zstd", load=lambda _name: cast("ModuleType", ZSTD))


def test_content_codings_of_fields() -> None:
    """Members of all fields stand in order, in lower case, without white space and empty ones."""
    assert ("gzip", "br", "x-gzip", "\xe4") == content_codings([b"GZIP ,, br", b"", b"\tx-gzip", b"\xe4"])
    assert () == content_codings([])
