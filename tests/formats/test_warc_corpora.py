"""Do other projects' WARC files yield what is known about them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preserve.formats.warc import NOTES, WalkedRecord, open_record, walk

if TYPE_CHECKING:
    from pathlib import Path

SOUND = {
    # name: number of records, notes
    "warcio/example.warc": (6, {"warc.not-checked"}),
    "warcio/example.warc.gz": (6, {"warc.not-checked"}),
    "warcio/example-iana.org-chunked.warc": (3, {"warc.payload-digest-unframed"}),
    "warcio/example-resource.warc.gz": (3, set()),
    "warcio/post-test.warc.gz": (6, {"gzip.extra-fields"}),
    "warcio/example-space-in-target-uri.warc.gz": (2, {"gzip.extra-fields", "warc.odd-field"}),
    "warcio/example-wget-bad-target-uri.warc.gz": (6, {"gzip.extra-fields", "warc.odd-field"}),
    "pywacz/example-collection.warc": (4, set()),
    "pywacz/example-collection-with-lists.warc": (38, set()),
    "pywacz/example-iana.warc": (118, {"warc.not-checked", "warc.payload-digest-unframed"}),
    "pywacz/example-resource.warc.gz": (3, {"warc.not-checked"}),
    "pywacz/example-warcinfo-metadata.warc": (4, {"warc.payload-digest-unframed"}),
}


def walked(path: Path) -> list[WalkedRecord]:
    """Walk a sample, and hold it to cover every octet."""
    with path.open("rb") as stream:
        found = list(walk(stream))
    assert path.stat().st_size == sum(each.length for each in found)
    return found


def damage(found: list[WalkedRecord]) -> list[tuple[str, list[str]]]:
    """Return type and codes of each record."""
    return [
        (
            each.header.type if each.header else "-",
            [problem.code for problem in each.problems if problem.code not in NOTES],
        )
        for each in found
    ]


@pytest.mark.parametrize("name", SOUND)
def test_sound_samples_are_sound(name: str, corpora: Path) -> None:
    """Every record of a sound sample is sound, and what is odd about it is noted."""
    count, notes = SOUND[name]
    found = walked(corpora / name)
    assert count == len(found)
    assert all(each.is_sound and each.header and each.block_digest for each in found)
    assert notes == {problem.code for each in found for problem in each.problems}


@pytest.mark.parametrize("name", SOUND)
def test_sound_samples_can_be_opened(name: str, corpora: Path) -> None:
    """Every record of a sound sample can be opened at its place, and its block read."""
    found = walked(corpora / name)
    with (corpora / name).open("rb") as stream:
        for each in found:
            record = open_record(stream, each.offset, each.length)
            assert each.header == record.header
            assert record.header.content_length == sum(map(len, record.block()))


def test_a_wrong_length_is_told_of_its_record(corpora: Path) -> None:
    """In ``example-trunc.warc`` one Content-Length is too short by two; the record after it is found."""
    found = walked(corpora / "warcio/example-trunc.warc")
    wrong = ["warc.block-length", "warc.block-digest", "warc.payload-digest"]
    assert [("warcinfo", []), ("warcinfo", []), ("response", wrong), ("request", [])] == damage(found)
    assert "Content-Length is 973, but the block has 975 octets" in found[2].problems[0].message


def test_members_that_do_not_match_records_are_told(corpora: Path) -> None:
    """One member for a whole file, and a record in three members, are told, and all records found."""
    shared = ["warc.member-shared"]
    assert [
        ("warcinfo", shared),
        ("warcinfo", shared),
        ("response", shared),
        ("request", shared),
        ("revisit", ["warc.block-digest", *shared]),
        ("request", shared),
    ] == damage(walked(corpora / "warcio/example-bad-non-chunked.warc.gz"))
    assert ["warcinfo", "response", "request", "revisit", "request", "response"] == [
        kind for kind, codes in damage(walked(corpora / "warcio/example-bad.warc.gz.bad")) if codes == shared
    ]
    assert [
        ("response", ["warc.missing-separator", "warc.block-digest", "warc.record-spread", *shared]),
        ("request", shared),
    ] == damage(walked(corpora / "warcio/example-wrong-chunks.warc.gz"))


def test_wrong_digests_are_told_with_record_and_uri(corpora: Path) -> None:
    """A declared digest that cannot be one is told, naming the record and its URI."""
    found = walked(corpora / "warcio/example-digest.warc")
    assert [["warc.payload-digest"], [], [], []] == [codes for _, codes in damage(found)]
    message = found[0].problems[0].message
    assert "urn:uuid:a9c5c23a-0221-11e7-8fe3-0242ac120007" in message
    assert "http://example.com/" in message


@pytest.mark.parametrize("name", ["bad.arc", "example.arc", "example-space-in-url.arc", "example.arc.gz"])
def test_what_is_no_warc_is_garbage(name: str, corpora: Path) -> None:
    """ARC files hold no WARC record; all of their octets are told as garbage."""
    assert {("-", ("warc.garbage",))} == {
        (kind, tuple(codes)) for kind, codes in damage(walked(corpora / "warcio" / name))
    }
