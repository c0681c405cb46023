"""What must be said where more than one thing is to be said: two faults at once, or another version?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from tests.checks.build import (
    CAPTURE,
    DATAPACKAGE,
    DATAPACKAGE_DIGEST,
    IDX,
    INDEX,
    MANIFEST,
    PAGES,
    RECORDS,
    REFERENCES,
    RESOURCES,
    TAGMANIFEST,
    WARC,
    Sample,
)
from tests.checks.damages import (
    STORED,
    add,
    both,
    column,
    document,
    flip,
    in_record,
    line,
    line_of,
    remove,
    replace,
    replaced,
    value,
)
from tests.checks.deep_damages import Edit, field
from tests.checks.record_damages import no_header

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["COMBINED", "Combined"]

_HEX = b"0123456789abcdef" * 4
_MISMATCH, _LINES, _GONE = "bag.digest-mismatch", "bag.manifest-differs", "file.missing"


@attrs.frozen(kw_only=True)
class Combined:
    """What is done, and all findings it must give."""

    name: str
    do: Callable[[Sample], object]
    wanted: tuple[tuple[str, str], ...]
    """Code and path of each."""
    levels: tuple[str, ...] = ("default", "deep")


def _other(text: bytes) -> bytes:
    return _HEX + text[64:]


def _again(sample: Sample) -> None:
    """Make the payload manifest again, and nothing that is above it."""
    tags = {path: sample.files[path] for path in (TAGMANIFEST, "bag-info.txt")}
    sample.remake_bag()
    sample.files |= tags


def _later(sample: Sample) -> None:
    """Make it a package of a version that is not known."""
    info = sample.files["bag-info.txt"]
    sample.files["bag-info.txt"] = info.replace(b"Version: 1", b"Version: 2")
    sample.remake_tags()


def _second_described(sample: Sample) -> None:
    """Let datapackage.json describe a second WARC file, which is not there."""
    path = WARC.replace("00000.", "00001.").removeprefix("data/")
    row = {"name": path.rpartition("/")[2], "path": path, "hash": f"sha256:{_HEX.decode()}", "bytes": 1}
    sample.edit_json(DATAPACKAGE, lambda found: found["resources"].insert(1, row))


_TAG_LINE = line_of(TAGMANIFEST, MANIFEST, _other)
_PAIRS: tuple[tuple[str, Callable[[Sample], object], Iterable[tuple[str, str]]], ...] = (
    (
        "a file edited and the manifest made again",
        both(replace(PAGES, b"A post", b"A fake"), _again),
        (("pages.line-differs", PAGES), (_MISMATCH, MANIFEST)),
    ),
    (
        "a record damaged and the manifest made again",
        both(in_record(STORED, 2000), _again),
        (("warc.record-damaged", WARC), (_MISMATCH, MANIFEST)),
    ),
    (
        "a file added and the manifest made again",
        both(add("data/extra"), _again),
        (("file.added", "data/extra"), (_MISMATCH, MANIFEST)),
    ),
    (
        "the manifest's digest and a file",
        both(_TAG_LINE, flip(PAGES, 60)),
        (("pages.syntax", PAGES), (_MISMATCH, MANIFEST)),
    ),
    (
        "the manifest's digest and that of datapackage.json",
        both(_TAG_LINE, document(DATAPACKAGE_DIGEST, "hash", to=f"sha256:{_HEX.decode()}"), _again),
        (("datapackage.digest-differs", DATAPACKAGE_DIGEST), (_MISMATCH, MANIFEST)),
    ),
    (
        "a file edited and its line gone",
        both(replace(PAGES, b"A post", b"A fake"), line_of(MANIFEST, PAGES, lambda _: None)),
        (("pages.line-differs", PAGES), (_LINES, MANIFEST)),
    ),
    (
        "the README edited and a line of the manifest gone",
        both(replace("README.txt", b"A p", b"B p"), line_of(MANIFEST, PAGES, lambda _: None)),
        ((_MISMATCH, "README.txt"), (_LINES, MANIFEST)),
    ),
    (
        "a WARC file's line and datapackage.json gone",
        both(line_of(MANIFEST, WARC, lambda _: None), remove(DATAPACKAGE)),
        ((_GONE, DATAPACKAGE), (_LINES, MANIFEST)),
    ),
    (
        "a WARC file's line edited and datapackage.json gone",
        both(line_of(MANIFEST, WARC, _other), remove(DATAPACKAGE)),
        ((_GONE, DATAPACKAGE), (_LINES, MANIFEST)),
    ),
    (
        "that, and records.tsv edited, so that nothing vouches for the WARC file",
        both(
            line_of(MANIFEST, WARC, _other),
            remove(DATAPACKAGE),
            Sample.remake_tags,
            column(5, 3, _HEX),
        ),
        ((_MISMATCH, WARC), (_GONE, DATAPACKAGE), ("records.line-differs", RECORDS)),
    ),
    (
        "the line of datapackage-digest.json, and datapackage.json gone",
        both(line_of(MANIFEST, DATAPACKAGE_DIGEST, _other), remove(DATAPACKAGE), Sample.remake_tags),
        ((_MISMATCH, DATAPACKAGE_DIGEST), (_GONE, DATAPACKAGE)),
    ),
    (
        "capture.json edited and its line gone, so that datapackage.json is all there is to go by",
        both(
            replace(CAPTURE, b'"html"', b'"meta"'),
            line_of(MANIFEST, CAPTURE, lambda _: None),
            Sample.remake_tags,
        ),
        (("datapackage.resource-differs", CAPTURE), (_LINES, MANIFEST)),
    ),
    (
        "the kind of the seed, and capture.json gone",
        both(value(REFERENCES, 1, kind="link"), remove(CAPTURE)),
        (("references.seed-differs", REFERENCES), (_GONE, CAPTURE)),
    ),
    (
        "a line of the manifest, and the WARC file gone",
        both(line_of(MANIFEST, PAGES, _other), remove(WARC)),
        ((_GONE, WARC), (_LINES, MANIFEST)),
    ),
    (
        "a line of the manifest, and WARC file and records.tsv gone",
        both(line_of(MANIFEST, PAGES, _other), remove(WARC), remove(RECORDS)),
        ((_GONE, WARC), (_GONE, RECORDS), (_LINES, MANIFEST)),
    ),
    (
        "two folders gone",
        both(remove(INDEX), remove(IDX), remove(PAGES)),
        ((_GONE, INDEX), (_GONE, PAGES)),
    ),
    (
        "two files of one folder gone",
        both(remove(RESOURCES), remove(RECORDS)),
        ((_GONE, RESOURCES), (_GONE, RECORDS)),
    ),
    (
        "two records",
        both(in_record(1, 30), in_record(7, 30)),
        (("warc.record-damaged", WARC), ("warc.record-damaged", WARC)),
    ),
    (
        "a record and the index",
        both(in_record(1, 30), flip(INDEX, 30)),
        (("warc.record-damaged", WARC), ("index.member-damaged", INDEX)),
    ),
    (
        "a record, and records.tsv gone",
        both(in_record(STORED, 2000), remove(RECORDS)),
        (("warc.record-damaged", WARC), (_GONE, RECORDS)),
    ),
    (
        "a cut, and records.tsv gone",
        both(lambda s: s.edit(WARC, lambda data: data[:-20]), remove(RECORDS)),
        (("warc.record-truncated", WARC), (_GONE, RECORDS)),
    ),
    (
        "a line of records.tsv, and resources.jsonl gone",
        both(column(5, 5, b"2026-11-22T10:15:01.000Z"), remove(RESOURCES)),
        (("records.line-differs", RECORDS), (_GONE, RESOURCES)),
    ),
    (
        "the index damaged, and its blocks edited",
        both(flip(INDEX, 30), replace(IDX, b'"offset": 0', b'"offset": 1')),
        (("index.member-damaged", INDEX), (_MISMATCH, IDX)),
    ),
)

_UNKNOWN = ("package.version-unsupported", "bag-info.txt")
_VERSION: tuple[tuple[str, Callable[[Sample], object], Iterable[tuple[str, str]]], ...] = (
    ("as it is", lambda _: None, ()),
    ("a file gone", remove(RECORDS), ((_GONE, RECORDS),)),
    ("a file added", add("data/extra"), (("file.added", "data/extra"),)),
    ("a file that it may have", both(add("data/new.json"), Sample.remake_bag), ()),
    ("a tag file that it may have", both(add("notes.txt"), Sample.remake_tags), ()),
    (
        "that tag file gone",
        both(add("notes.txt"), Sample.remake_tags, remove("notes.txt")),
        ((_GONE, "notes.txt"),),
    ),
    ("a folder gone", both(remove(INDEX), remove(IDX)), ((_GONE, INDEX),)),
    ("the README edited", replace("README.txt", b"A", b"B"), ((_MISMATCH, "README.txt"),)),
    ("the manifest gone", remove(MANIFEST), ((_GONE, MANIFEST),)),
    (
        "the manifest gone, and no trace of it",
        both(remove(MANIFEST), line_of(TAGMANIFEST, MANIFEST, lambda _: None)),
        (("check.not-done", MANIFEST),),
    ),
    (
        "a line of the manifest gone",
        both(line_of(MANIFEST, PAGES, lambda _: None), Sample.remake_tags),
        ((_LINES, MANIFEST),),
    ),
    (
        "a path that leads out",
        both(line_of(MANIFEST, PAGES, lambda t: t + b"\n" + _HEX + b"  ../x"), Sample.remake_tags),
        (("bag.path-unsafe", MANIFEST),),
    ),
)

_LAST = 7
"""Place of the last response's record."""
_OTHER_URL = "https://example.org/x"


def _gone_and_filled(sample: Sample) -> None:
    """Leave the WARC file ending where the fifth record ended, by octets that belong to no record."""
    gone, start = sample.lines[2], sample.lines[STORED].offset
    sample.edit(WARC, lambda d: d[: gone.offset] + d[gone.end : start] + b"x" * gone.length)


COMBINED = [
    *(
        Combined(
            name=f"a WARC file in datapackage.json that is not there{hidden}",
            do=both(_second_described, step),
            wanted=(("datapackage.resource-differs", DATAPACKAGE),),
        )
        for hidden, step in (
            ("", lambda _: None),
            (", hidden from the bag", Sample.remake_bag),
            (", hidden", Sample.remake_digest),
        )
    ),
    *(
        Combined(
            name=f"two records replaced{hidden}",
            do=both(replaced(_LAST), replaced(STORED), *steps),
            wanted=(("warc.record-changed", WARC),) * 2,
            levels=levels,
        )
        for hidden, steps, levels in (
            ("", (), ("default", "deep")),
            (", hidden", (Sample.remake,), ("deep",)),
        )
    ),
    Combined(
        name="a record replaced, and the last line of records.tsv gone, hidden",
        do=both(replaced(STORED), line(RECORDS, 10, lambda _: None), Sample.remake),
        wanted=(("warc.record-changed", WARC), ("records.line-missing", RECORDS)),
        levels=("deep",),
    ),
    *(
        Combined(
            name=f"a record and a request replaced: {later} and {earlier}",
            do=both(replaced(later), replaced(earlier), Sample.remake),
            wanted=(("warc.record-changed", WARC), ("records.line-differs", RECORDS)),
            levels=("deep",),
        )
        for later, earlier in ((STORED, 2), (6, 3))
    ),
    Combined(
        name="a URL in records.tsv, hidden, and the same in resources.jsonl",
        do=both(column(5, 7, _OTHER_URL.encode()), Sample.remake, value(RESOURCES, 2, url=_OTHER_URL)),
        wanted=(("records.line-differs", RECORDS), (_MISMATCH, RESOURCES)),
        levels=("deep",),
    ),
    Combined(
        name="a URL in resources.jsonl, hidden, and the same in records.tsv",
        do=both(value(RESOURCES, 2, url=_OTHER_URL), Sample.remake, column(5, 7, _OTHER_URL.encode())),
        wanted=(("records.line-differs", RECORDS),),
    ),
    *(
        Combined(
            name=f"a record, one {name} that was sealed so, and records.tsv gone",
            do=both(do, in_record(1, 30), remove(RECORDS)),
            wanted=(*(("warc.record-damaged", WARC),) * 2, (_GONE, RECORDS)),
        )
        for name, do in (
            ("without a header", no_header),
            ("with a date that is none", Edit(name="", record=3, change=field(b"WARC-Date", b"x")).apply),
        )
    ),
    Combined(
        name="a file that was added, all made again, and records.tsv edited",
        do=both(add("data/extra"), Sample.remake, column(5, 3, _HEX)),
        wanted=(("file.added", "data/extra"), ("records.line-differs", RECORDS)),
    ),
    Combined(
        name="a record gone, and as many octets in the place of the last ones",
        do=_gone_and_filled,
        wanted=(("warc.record-missing", WARC), ("warc.record-damaged", WARC)),
    ),
    *(Combined(name=name, do=do, wanted=tuple(wanted)) for name, do, wanted in _PAIRS),
    *(
        Combined(
            name=f"another version: {name}",
            do=both(_later, do),
            wanted=(*wanted, _UNKNOWN),
            levels=("quick", "default", "deep"),
        )
        for name, do, wanted in _VERSION
    ),
    Combined(
        name="another version: a record damaged",
        do=both(_later, in_record(STORED, 2000)),
        wanted=((_MISMATCH, WARC), _UNKNOWN),
    ),
]
