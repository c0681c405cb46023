"""Does a walk find every record, account for every octet and survive any damage?"""

from __future__ import annotations

import io
import random
import tracemalloc
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.formats.gzip_members import HEADER
from preserve.formats.warc import NOTES, PROBLEMS, WalkedRecord, walk, write_record
from preserve.model.digest import Digest
from tests.formats.walks import (
    HTTP_RESPONSE,
    codes,
    fields_of,
    ids_of,
    member,
    plain,
    response_fields,
    walked,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FAST = settings(max_examples=150, deadline=None)
BODY = b"hello world, hello world, hello again\r\n" * 2
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 78\r\n\r\n" + BODY
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


@attrs.frozen(kw_only=True)
class Sample:
    """A file of sound records and their places."""

    octets: bytes
    ids: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    """Offset and length."""


BLOCKS = [(b"software: preserve\r\n", b"software: preserve\r\n"), (RESPONSE, BODY), (CHUNKED, b"hello")]


def sample(make: Callable[[bytes], bytes]) -> Sample:
    """Return three records, each made of its uncompressed octets."""
    parts = [make(plain(response_fields(i, *pair), pair[0])) for i, pair in enumerate(BLOCKS)]
    starts = [sum(map(len, parts[:i])) for i in range(len(parts))]
    ids = tuple(f"urn:uuid:00000000-0000-4000-8000-{i:012}" for i in range(len(parts)))
    places = tuple((start, len(part)) for start, part in zip(starts, parts, strict=True))
    return Sample(octets=b"".join(parts), ids=ids, places=places)


SAMPLES = {
    "deflated": sample(member),
    "stored": sample(lambda data: member(data, level=0)),
    "uncompressed": sample(lambda data: data),
}
each_sample = pytest.mark.parametrize("sound", SAMPLES.values(), ids=SAMPLES)


def sound_places(found: Iterable[WalkedRecord]) -> set[tuple[str, int, int]]:
    """Return id, offset and length of every record without damage."""
    return {
        (each.header.record_id, each.offset, each.length) for each in found if each.header and each.is_sound
    }


def expected_places(sound: Sample, start: int, stop: int, shift: int = 0) -> set[tuple[str, int, int]]:
    """Return id and place of the records outside ``[start, stop)``, those behind it moved by ``shift``."""
    places = set()
    for identity, (offset, length) in zip(sound.ids, sound.places, strict=True):
        if offset + length <= start:
            places.add((identity, offset, length))
        elif offset >= stop:
            places.add((identity, offset + shift, length))
    return places


# -- undamaged files -----------------------------------------------------------------------------------


@each_sample
def test_sound_records_are_found(sound: Sample) -> None:
    """Every record comes with its place, header and digests, and no problem."""
    found = walked(sound.octets)
    assert sound.places == tuple((each.offset, each.length) for each in found)
    assert [()] * 3 == [each.problems for each in found]
    for each, identity, (block, body) in zip(found, sound.ids, BLOCKS, strict=True):
        assert each.header is not None
        assert identity == each.header.record_id
        assert (Digest.of(block), Digest.of(body)) == (each.block_digest, each.payload_digest)
        assert len(body) == each.payload_bytes


@each_sample
def test_ranges_are_walked_side_by_side(sound: Sample) -> None:
    """Walks of parts, cut where records begin, find together what one walk finds."""
    middle = sound.places[1][0]
    parts = walked(sound.octets, 0, middle) + walked(sound.octets, middle)
    assert walked(sound.octets) == parts


@each_sample
def test_digests_can_be_left_out(sound: Sample) -> None:
    """Without digests the same records are found, and nothing is claimed of their octets."""
    found = walked(sound.octets, digests=False)
    assert sound.places == tuple((each.offset, each.length) for each in found)
    assert {(None, None, None)} == {(each.digest, each.block_digest, each.payload_digest) for each in found}


def test_nothing_holds_no_record() -> None:
    """Of an empty file, and of a start past its end, nothing comes."""
    assert [] == walked(b"")
    assert [] == walked(b"abc", 7)


blocks = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(
        [b"\r\n\r\n", RESPONSE, b"\r\n\r\nWARC/1.1\r\nWARC-Type: a\r\n\r\n", b"WARC/1.1\r\n", b"a" * 70_000]
    ),
)


@FAST
@given(st.lists(st.tuples(blocks, st.sampled_from([None, 0, 9])), max_size=5))
def test_what_is_written_is_found(written: list[tuple[bytes, int | None]]) -> None:
    """Whatever the blocks hold, records inside them too, the records written are those found."""
    out = io.BytesIO()
    expected = []
    for number, (block, level) in enumerate(written):
        offset = out.tell()
        made = write_record(out, fields_of(number), [block], len(block), level=level)
        expected.append((offset, made.length, made.digest, Digest.of(block), ()))
    found = walked(out.getvalue())
    seen = [(each.offset, each.length, each.digest, each.block_digest, each.problems) for each in found]
    assert expected == seen


# -- damage, everywhere --------------------------------------------------------------------------------


@each_sample
def test_a_flipped_octet_harms_one_record(sound: Sample) -> None:
    """With a bit of any octet changed, the others are found in their places, and no block is mistaken."""
    known = {Digest.of(block) for block, _ in BLOCKS}
    for at in range(len(sound.octets)):
        octets = bytearray(sound.octets)
        octets[at] ^= 1 << (at * 5 % 8)
        found = walked(bytes(octets))
        harmless = expected_places(sound, at, at + 1)
        assert harmless <= sound_places(found), at
        assert all(each.block_digest in known for each in found if each.is_sound and each.header), at


@each_sample
def test_a_cut_harms_one_record(sound: Sample) -> None:
    """Cut anywhere, the records before the cut are found, and the cut one is told, with its place."""
    edges = {0, *(offset + length for offset, length in sound.places)}
    for at in range(len(sound.octets)):
        found = walked(sound.octets[:at])
        whole = expected_places(sound, at, len(sound.octets))
        assert whole == sound_places(found), at
        assert len(whole) + (at not in edges) == len(found), at


@each_sample
@pytest.mark.parametrize("new", [b"", b"\0\0", b"\r\n\r\nx"], ids=["deleted", "grown", "grown by lines"])
def test_a_shift_harms_one_record(sound: Sample, new: bytes) -> None:
    """With an octet deleted, or others in its stead, the records before and behind it are found."""
    for at in range(0, len(sound.octets), 2):
        octets = sound.octets[:at] + new + sound.octets[at + 1 :]
        harmless = expected_places(sound, at, at + 1, len(new) - 1)
        assert harmless <= sound_places(walked(octets)), at


@each_sample
def test_a_zeroed_stretch_harms_what_it_touches(sound: Sample) -> None:
    """With a stretch of zeros anywhere, the records that it does not touch are found."""
    for size in (16, 150):
        for at in range(0, len(sound.octets) - size, 5):
            octets = sound.octets[:at] + bytes(size) + sound.octets[at + size :]
            harmless = expected_places(sound, at, at + size)
            assert harmless <= sound_places(walked(octets)), (at, size)


@each_sample
def test_octets_between_records_are_garbage(sound: Sample) -> None:
    """Octets between records, before the first and after the last are told, and the records found."""
    for junk in (b"\0" * 40, b"junk", HEADER, b"<html>\r\n\r\n", b"\x1f\x8b", b"\r\n\r\n\r\n"):
        for at in (*(offset for offset, _ in sound.places), len(sound.octets)):
            found = walked(sound.octets[:at] + junk + sound.octets[at:])
            assert set(sound.ids) == {each.header.record_id for each in found if each.header}
            assert any(codes(found)), (junk, at)


@each_sample
def test_without_resynchronising_the_rest_is_one_stretch(sound: Sample) -> None:
    """With ``resync=False`` the damaged record takes the rest of the file."""
    start, length = sound.places[1]
    octets = sound.octets[: start + 10] + bytes(60) + sound.octets[start + 70 :]
    found = walked(octets, resync=False)
    if sound is not SAMPLES["uncompressed"]:
        assert [sound.places[0], (start, len(octets) - start)] == [
            (each.offset, each.length) for each in found
        ]
    assert not found[1].is_sound
    assert length


@FAST
@given(st.binary(max_size=600))
def test_any_octets_can_be_walked(octets: bytes) -> None:
    """Random octets, bare or after something like a beginning, are walked whole."""
    for lead in (b"", HEADER, member(b"WARC/1.1\r\n")[:14], b"WARC/1.1\r\nContent-Length: 7\r\n\r\n"):
        walked(lead + octets)
    walked(member(b"WARC/1.0\r\nWARC-Type: a\r\n" + octets) + octets)


@FAST
@given(st.data())
def test_records_mixed_with_octets_are_all_found(data: st.DataObject) -> None:
    """Whole members are found though random octets stand between them."""
    parts = data.draw(st.lists(st.one_of(st.binary(max_size=40), st.integers(0, 9)), max_size=8))
    octets = b"".join(
        part if isinstance(part, bytes) else member(plain(fields_of(part), b"abc")) for part in parts
    )
    found = walked(octets)
    assert [str(part) for part in parts if isinstance(part, int)] == [
        identity for identity in ids_of(found) if identity != "-"
    ]


# -- each fault by its code ----------------------------------------------------------------------------

RECORD = plain(fields_of(1), b"abc")
NEXT = plain(fields_of(2), b"xyz")
SHORT = plain(fields_of(1), b"abc", 2)
LONG = plain(fields_of(1), b"abc", 90)
BARE = RECORD[:-4]
NOISE = random.Random(3).randbytes(3000)  # noqa: S311 - noise, not a secret
STORED = member(plain(fields_of(1), NOISE), level=0)

FAULTS: dict[str, tuple[bytes, str, list[list[str]]]] = {
    # name: octets, ids found, codes of each
    "gzip header": (b"\x1e" + member(RECORD)[1:] + member(NEXT), "12", [["gzip.bad-header"], []]),
    "gzip flags": (
        member(RECORD)[:3] + b"\x04" + member(RECORD)[4:] + member(NEXT),
        "12",
        [["gzip.bad-header"], []],
    ),
    "gzip header gone": (bytes(60) + member(RECORD)[60:] + member(NEXT), "-2", [["warc.garbage"], []]),
    "no whole gzip header": (b"\x1f\x8b" + bytes(30) + member(NEXT), "-2", [["gzip.bad-header"], []]),
    "truncated": (member(NEXT) + STORED[:2000], "21", [[], ["gzip.truncated"]]),
    "truncated in its trailer": (member(RECORD)[:-2], "1", [["gzip.truncated"]]),
    "truncated before another": (STORED[:2000] + member(NEXT), "12", [["gzip.truncated"], []]),
    "data": (STORED[:10] + b"\x07" + STORED[11:] + member(NEXT), "-2", [["gzip.bad-data"], []]),
    "CRC32": (
        member(RECORD)[:-8] + bytes(4) + member(RECORD)[-4:] + member(NEXT),
        "12",
        [["gzip.bad-crc"], []],
    ),
    "ISIZE": (member(RECORD)[:-1] + b"\1" + member(NEXT), "12", [["gzip.bad-size"], []]),
    "block too long": (member(SHORT) + member(NEXT), "12", [["warc.block-length"], []]),
    "block too short": (member(LONG) + member(NEXT), "12", [["warc.block-length"], []]),
    "block too short, last": (member(LONG), "1", [["warc.block-length"]]),
    "absurd length": (
        member(plain(fields_of(1), b"abc", 10**17)) + member(NEXT),
        "12",
        [["warc.block-length"], []],
    ),
    "no separator": (member(BARE) + member(NEXT), "12", [["warc.missing-separator"], []]),
    "one CRLF": (member(RECORD[:-2]) + member(NEXT), "12", [["warc.missing-separator"], []]),
    "three CRLF": (member(RECORD + b"\r\n") + member(NEXT), "12", [["warc.missing-separator"], []]),
    "more in the member": (member(RECORD + b"junk") + member(NEXT), "12", [["warc.garbage"], []]),
    "no record in a member": (member(b"hello") + member(NEXT), "-2", [["warc.garbage"], []]),
    "empty member": (member(b"") + member(NEXT), "-2", [["warc.empty-member"], []]),
    "empty member at the end": (member(NEXT) + member(b""), "2-", [[], ["warc.empty-member"]]),
    "several in a member": (
        member(RECORD + NEXT + RECORD) + member(NEXT),
        "1212",
        [["warc.member-shared"]] * 3 + [[]],
    ),
    "several, one framed wrongly": (
        member(SHORT + NEXT),
        "12",
        [["warc.block-length", "warc.member-shared"], ["warc.member-shared"]],
    ),
    "several, garbage between": (
        member(RECORD + b"junk\r\n\r\n" + NEXT),
        "12",
        [["warc.garbage", "warc.member-shared"], ["warc.member-shared"]],
    ),
    "several, much garbage between": (
        member(RECORD + b"junk" * 40_000 + b"\r\n\r\n" + NEXT),
        "12",
        [["warc.garbage", "warc.member-shared"], ["warc.member-shared"]],
    ),
    "several, the last cut short": (
        (member(RECORD + NEXT + plain(fields_of(3), NOISE), level=0))[:2000] + member(RECORD),
        "1231",
        [["warc.member-shared"], ["warc.member-shared"], ["gzip.truncated", "warc.member-shared"], []],
    ),
    "spread over members": (
        member(RECORD[:50]) + member(RECORD[50:-5]) + member(RECORD[-5:]) + member(NEXT),
        "12",
        [["warc.record-spread"], []],
    ),
    "separator in its own member": (
        member(BARE) + member(b"\r\n\r\n") + member(NEXT),
        "12",
        [["warc.record-spread"], []],
    ),
    "spread, then damaged": (
        member(RECORD[:50]) + member(RECORD[50:])[:-8] + bytes(8) + member(NEXT),
        "12",
        [["gzip.bad-crc", "gzip.bad-size", "warc.record-spread"], []],
    ),
    "no length": (
        member(b"WARC/1.1\r\nWARC-Record-ID: <1>\r\n\r\nabc\r\n\r\n") + member(NEXT),
        "12",
        [
            ["warc.missing-field", "warc.missing-field", "warc.missing-field", "warc.bad-header"],
            [],
        ],
    ),
    "no colon": (
        member(RECORD.replace(b"WARC-Date:", b"WARC-Date;")) + member(NEXT),
        "12",
        [["warc.bad-header", "warc.missing-field"], []],
    ),
    "version": (member(RECORD.replace(b"WARC/", b"WORC/")) + member(NEXT), "12", [["warc.bad-header"], []]),
    "endless header": (
        member(RECORD[:-11] + b"A: b\r\n" * 400_000) + member(NEXT),
        "12",
        [["warc.bad-header"], []],
    ),
    "plain: block too long": (SHORT + NEXT, "12", [["warc.block-length"], []]),
    "plain: block too short": (LONG + NEXT, "12", [["warc.block-length"], []]),
    "plain: neither end nor record follows": (NEXT + SHORT + b"xx", "21", [[], ["warc.block-length"]]),
    "plain: truncated": (NEXT + LONG, "21", [[], ["warc.truncated"]]),
    "plain: truncated in its header": (NEXT + RECORD[:100], "21", [[], ["warc.bad-header"]]),
    "plain: one CRLF": (RECORD[:-2] + NEXT, "12", [["warc.missing-separator"], []]),
    "plain: three CRLF": (RECORD + b"\r\n" + NEXT, "12", [["warc.missing-separator"], []]),
    "plain: garbage": (RECORD + b"junk junk\r\n\r\n" + NEXT, "1-2", [[], ["warc.garbage"], []]),
    "plain: version": (
        NEXT + RECORD.replace(b"WARC/", b"WORC/") + NEXT,
        "212",
        [[], ["warc.bad-header"], []],
    ),
    "plain: absurd length": (plain(fields_of(1), b"abc", 10**17) + NEXT, "12", [["warc.block-length"], []]),
    "plain, then gzip": (RECORD + member(NEXT) + RECORD, "121", [[], [], []]),
    "block digest": (
        member(plain(fields_of(1, WARC_Block_Digest=str(Digest.of(b"x"))), b"abc")),
        "1",
        [["warc.block-digest"]],
    ),
    "payload digest": (
        member(plain(response_fields(1, CHUNKED, b"hallo"), CHUNKED)),
        "1",
        [["warc.payload-digest"]],
    ),
    "digest that is none": (
        member(plain(fields_of(1, WARC_Block_Digest="sha1:11"), b"abc")),
        "1",
        [["warc.block-digest"]],
    ),
}


@pytest.mark.parametrize(("octets", "ids", "expected"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_told(octets: bytes, ids: str, expected: list[list[str]]) -> None:
    """Each fault is told by its code, of the record that has it, and the record after it is found."""
    found = walked(octets)
    assert (list(ids), expected) == (ids_of(found), codes(found))


NOTED = {
    "gzip.extra-fields": HEADER[:3] + b"\x08" + HEADER[4:] + b"a.warc\0" + member(RECORD)[10:],
    "warc.odd-field": member(RECORD.replace(b"\r\n", b"\n", 3)),
    "warc.payload-digest-unframed": member(
        plain(response_fields(1, CHUNKED, CHUNKED.partition(b"\r\n\r\n")[2]), CHUNKED)
    ),
    "warc.not-checked": member(plain(fields_of(1, WARC_Block_Digest="crc32:00000000"), b"abc")),
}


@pytest.mark.parametrize(("code", "octets"), NOTED.items(), ids=NOTED)
def test_each_note_leaves_the_record_sound(code: str, octets: bytes) -> None:
    """What is only noted is no damage."""
    found = walked(octets)
    assert ([code], True) == ([problem.code for problem in found[0].problems], found[0].is_sound)


def test_every_code_has_a_broken_sample() -> None:
    """Each row of the table of problems is produced by a sample above."""
    told = {code for _, _, expected in FAULTS.values() for some in expected for code in some}
    assert set(PROBLEMS) == told | set(NOTED)
    assert set(NOTED) == NOTES


def test_headers_that_run_into_each_other_are_told_apart() -> None:
    """Where the empty line after a header is lost, the next version line begins the next record."""
    octets = b"WARC/1.1\r\nA: b\r\n" * 3 + RECORD[: RECORD.index(b"\r\n\r\n")] + bytes(40) + NEXT
    found = walked(octets)
    assert ["", "", "", "1", "2"] == ids_of(found)
    assert [["warc.bad-header"]] * 4 + [[]] == codes(found)


def test_thousands_of_faults_are_told_in_few_sentences() -> None:
    """A header of nothing but bad lines, or of digests, does not make as many problems."""
    many = b"WARC/1.1\r\n" + b"x\r\n" * 50_000 + b"WARC-Block-Digest: sha1:x\r\n" * 1000 + RECORD[10:]
    (found,) = walked(member(many))
    assert len(found.problems) < 40
    assert {"warc.bad-header", "warc.block-digest", "warc.not-checked", "warc.odd-field"} == {
        problem.code for problem in found.problems
    }


def test_declared_digests_of_any_spelling_are_compared() -> None:
    """Digests of other algorithms, in base32 or upper case, are verified."""
    spellings = [
        "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5",
        "SHA-1:A9993E364706816ABA3E25717850C26C9CD0D89D",
        "md5:900150983cd24fb0d6963f7d28e17f72",
        "sha256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
    ]
    for text in spellings:
        fields = fields_of(1, WARC_Block_Digest=text, WARC_Payload_Digest=text)
        assert [[]] == codes(walked(member(plain(fields, b"abc"))))
        assert [["warc.block-digest", "warc.payload-digest"]] == codes(walked(member(plain(fields, b"abd"))))


UNFRAMED = {
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "chunked, then surplus": CHUNKED + b"surplus",
    "stored decoded under its old head": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nlonger than three",
    "no body allowed": b"HTTP/1.1 204 No Content\r\n\r\nbut a body",
    "no head of HTTP": b"SIP/2.0 200 OK\r\nA: b\r\n\r\nbody\r\n\r\nmore",
}


@pytest.mark.parametrize("block", UNFRAMED.values(), ids=UNFRAMED)
def test_a_digest_of_all_after_the_head_is_noted(block: bytes) -> None:
    """A payload digest over whatever follows the head is advice; over anything else it is damage."""
    for body, expected in ((block.partition(b"\r\n\r\n")[2], True), (block[:-1], False)):
        (found,) = walked(member(plain(response_fields(1, block, body), block)))
        code = "warc.payload-digest-unframed" if expected else "warc.payload-digest"
        assert ([code], expected) == ([problem.code for problem in found.problems], found.is_sound)


@pytest.mark.parametrize("more", [{}, {"WARC_Segment_Number": "1"}], ids=["revisit", "segment"])
def test_a_payload_that_is_elsewhere_is_not_judged(more: dict[str, str]) -> None:
    """The payload digest of a revisit or a segment is said to be not checked, and no digest is claimed."""
    kind = "response" if more else "revisit"
    fields = fields_of(1, kind, WARC_Payload_Digest=str(Digest.of(b"?")), Content_Type=HTTP_RESPONSE, **more)
    (found,) = walked(member(plain(fields, RESPONSE)))
    assert (True, None, None) == (found.is_sound, found.payload_digest, found.payload_bytes)
    assert ["warc.not-checked"] == [problem.code for problem in found.problems]


def test_a_stored_archive_in_a_block_is_left_alone() -> None:
    """A WARC inside a sound record, compressed or not, is block and gives no records of its own."""
    inner = SAMPLES["deflated"].octets + SAMPLES["uncompressed"].octets
    octets = member(plain(fields_of(7), inner), level=0) + member(NEXT)
    assert ["7", "2"] == ids_of(walked(octets))
    assert ["7", "2"] == ids_of(walked(plain(fields_of(7), inner) + NEXT))
    # Its own CRC32 being wrong is no reason to look inside, as long as a record follows it.
    damaged = bytearray(octets)
    damaged[len(octets) - len(member(NEXT)) - 5] ^= 1
    assert ["7", "2"] == ids_of(walked(bytes(damaged)))


# -- bounds --------------------------------------------------------------------------------------------


def peak_bytes(octets: bytes) -> int:
    """Return the most memory that a walk takes."""
    stream = io.BytesIO(octets)
    tracemalloc.start()
    for _ in walk(stream):
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_a_large_record_takes_little_memory() -> None:
    """A bomb in a block, of a record or of none, is streamed."""
    zeros = bytes(12 * 1024 * 1024)
    bombs = [
        member(plain(fields_of(1), zeros)),
        member(zeros),
        member(plain(fields_of(1), b"") + zeros),
        member(b"WARC/1.1\r\n" + zeros),
        plain(fields_of(1), zeros),
        b"WARC/1.1\r\n" + zeros,
    ]
    for octets in bombs:
        assert peak_bytes(octets) < 6 * 1024 * 1024


def test_many_false_beginnings_take_bounded_work() -> None:
    """A file in which every few octets seem to begin a member to its end is walked in a few passes."""

    class Counting(io.BytesIO):
        count = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.count += len(data)
            return data

    # Each beginning is a stored block that says it is 65535 octets long and runs over those that follow.
    false = HEADER + b"\x00\xff\xff\x00\x00" + b"WARC/"
    octets = false * 100_000
    stream = Counting(octets)
    found = list(walk(stream, digests=False))
    assert sum(each.length for each in found) == len(octets)
    assert stream.count < 64 * len(octets)
