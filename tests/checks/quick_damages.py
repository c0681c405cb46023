"""What must ``--quick`` say, which reads the tag files and the data package and no more?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.checks.build import (
    CAPTURE,
    DATAPACKAGE,
    DATAPACKAGE_DIGEST,
    IDX,
    MANIFEST,
    PAGES,
    RECORDS,
    TAGMANIFEST,
    WARC,
    Sample,
)
from tests.checks.damages import (
    STORED,
    Damage,
    add,
    both,
    document,
    in_record,
    line_of,
    remove,
    replace,
    splice,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.checks.wacz import Wacz

__all__ = ["QUICK", "QUICK_ZIPS", "UNSEEN"]

_SIZE, _SAID, _LINES = "datapackage.resource-differs", "bag.digest-mismatch", "bag.manifest-differs"
_SECOND = WARC.replace("00000.", "00001.")
_HEX = b"0123456789abcdef" * 4


def _longer(path: str) -> Callable[[Sample], None]:
    return lambda sample: sample.edit(path, lambda data: data + b"\n")


def _swapped(one: str, other: str) -> Callable[[Sample], None]:
    """Return what puts two files in each other's place: their sizes add up as before."""

    def do(sample: Sample) -> None:
        sample.files[one], sample.files[other] = sample.files[other], sample.files[one]

    return do


def _size(number: int, by: int) -> Callable[[Sample], None]:
    """Return what adds to a size in datapackage.json."""

    def change(found: dict[str, list[dict[str, int]]]) -> None:
        found["resources"][number]["bytes"] += by

    return lambda sample: sample.edit_json(DATAPACKAGE, change)


QUICK = [
    Damage(name=name, do=do, code=code, path=path, above=above)
    for name, do, code, path, above in (
        ("bytes taken out of a record", splice(STORED, 9, b"", at=500), _SIZE, WARC, ""),
        ("a record removed", without(STORED), _SIZE, WARC, ""),
        ("a list that is longer", _longer(RECORDS), _SIZE, RECORDS, ""),
        ("capture.json cut", lambda s: s.edit(CAPTURE, lambda data: data[:-1]), _SIZE, CAPTURE, ""),
        ("an empty list", lambda s: s.edit(PAGES, lambda _: b""), _SIZE, PAGES, ""),
        (
            "a size in datapackage.json",
            document(DATAPACKAGE, "resources", 0, "bytes", to=1),
            _SIZE,
            DATAPACKAGE,
            "",
        ),
        ("a size in datapackage.json, hidden", _size(0, -1), _SIZE, DATAPACKAGE, "digest"),
        ("a larger size in datapackage.json, hidden", _size(3, 1), _SIZE, DATAPACKAGE, "digest"),
        (
            "a size in datapackage.json, its digest not made again",
            _size(0, 1),
            _SIZE,
            DATAPACKAGE,
            "bag",
        ),
        ("a list that is longer, hidden from the bag", _longer(RECORDS), _SIZE, DATAPACKAGE, "bag"),
        (
            "the title in datapackage.json, its digest not made again",
            document(DATAPACKAGE, "title", to="Another"),
            "datapackage.digest-differs",
            DATAPACKAGE_DIGEST,
            "bag",
        ),
        (
            "the digest of datapackage.json, hidden",
            document(DATAPACKAGE_DIGEST, "hash", to=f"sha256:{_HEX.decode()}"),
            "datapackage.digest-differs",
            DATAPACKAGE_DIGEST,
            "bag",
        ),
        ("datapackage.json gone", remove(DATAPACKAGE), "file.missing", DATAPACKAGE, ""),
        (
            "datapackage.json broken",
            lambda s: s.edit(DATAPACKAGE, lambda d: d[:-3]),
            "datapackage.syntax",
            DATAPACKAGE,
            "",
        ),
        (
            "datapackage.json broken, hidden",
            lambda s: s.edit(DATAPACKAGE, lambda d: d[:-3]),
            "datapackage.syntax",
            DATAPACKAGE,
            "digest",
        ),
        ("datapackage-digest.json gone", remove(DATAPACKAGE_DIGEST), "file.missing", DATAPACKAGE_DIGEST, ""),
        ("a WARC file gone", remove(WARC), "file.missing", WARC, ""),
        ("a list gone", remove(IDX), "file.missing", IDX, ""),
        ("the manifest gone", remove(MANIFEST), "file.missing", MANIFEST, ""),
        ("the tag manifest gone", remove(TAGMANIFEST), "file.missing", TAGMANIFEST, ""),
        ("a file added", add("data/extra"), "file.added", "data/extra", ""),
        (
            "a WARC file added",
            add(WARC.replace("00000.", "00001.")),
            "file.added",
            WARC.replace("00000.", "00001."),
            "",
        ),
        ("a folder added", add("data/new/file"), "folder.added", "data/new", ""),
        ("a name's twin", add("data/Datapackage.json"), "file.name-twin", "data/Datapackage.json", ""),
        ("a fetch.txt", add("fetch.txt"), "bag.fetch-present", "fetch.txt", ""),
        ("the README edited", replace("README.txt", b"A", b"B"), _SAID, "README.txt", ""),
        ("the declaration edited", replace("bagit.txt", b"1.0", b"0.9"), "bag.declaration", "bagit.txt", ""),
        (
            "Payload-Oxum",
            replace("bag-info.txt", b"Oxum: ", b"Oxum: 1"),
            "bag.oxum-differs",
            "bag-info.txt",
            "",
        ),
        ("a label", replace("bag-info.txt", b"Bagging-Date", b"Bagged"), "bag.info-form", "bag-info.txt", ""),
        ("a path in the manifest", line_of(MANIFEST, PAGES, lambda t: t + b"x"), _LINES, MANIFEST, ""),
        (
            "the manifest out of order",
            both(lambda s: s.set_lines(MANIFEST, s.list_lines(MANIFEST)[::-1]), Sample.remake_tags),
            "bag.manifest-form",
            MANIFEST,
            "",
        ),
        (
            "a path that leads out",
            both(
                line_of(MANIFEST, PAGES, lambda t: t + b"\n" + _HEX + b"  ../x"),
                Sample.remake_tags,
            ),
            "bag.path-unsafe",
            MANIFEST,
            "",
        ),
        *(
            (
                f"the manifest's line about {path} gone, hidden",
                both(line_of(MANIFEST, path, lambda _: None), Sample.remake_tags),
                _LINES,
                MANIFEST,
                "",
            )
            for path in (WARC, PAGES)
        ),
        (
            "a tag file that is not listed",
            line_of(TAGMANIFEST, "README.txt", lambda _: None),
            _LINES,
            TAGMANIFEST,
            "",
        ),
    )
]
"""Each with the one primary finding that ``--quick`` must give."""

UNSEEN: list[tuple[str, Callable[[Sample], object]]] = [
    ("a flip in a payload", in_record(STORED, 2000)),
    ("a digit of records.tsv", replace(RECORDS, b"urn:uuid:0", b"urn:uuid:1")),
    ("a status in capture.json", replace(CAPTURE, b'"plain"', b'"plein"')),
]
"""What has the right names and sizes passes: nothing of it is read."""


def _entry_longer(path: str) -> Callable[[Wacz], None]:
    def do(wacz: Wacz) -> None:
        wacz.entry(path).data += b"\n"

    return do


QUICK_ZIPS: list[tuple[str, Callable[[Wacz], object], str, str]] = [
    ("a list that is longer", _entry_longer(RECORDS), _SIZE, RECORDS),
    ("a WARC file that is longer", _entry_longer(WARC), _SIZE, WARC),
    (
        "datapackage.json that is longer",
        _entry_longer(DATAPACKAGE),
        "datapackage.digest-differs",
        DATAPACKAGE_DIGEST,
    ),
    ("a file gone", lambda wacz: wacz.entries.remove(wacz.entry(PAGES)), "file.missing", PAGES),
    ("a WARC file gone", lambda wacz: wacz.entries.remove(wacz.entry(WARC)), "file.missing", WARC),
    ("bytes after", lambda wacz: setattr(wacz, "after", b"junk"), "zip.bytes-added", ""),
]
"""The same of an exported file: name, what is done, code, path."""
