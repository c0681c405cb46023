"""In which ways can a package be damaged, and what must be said of each?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

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
    urn,
    warc_record,
)

STORED = 5
"""Place of the photograph's response among the records: a stored member with room for damage."""
STYLE = 3


@attrs.frozen(kw_only=True)
class Damage:
    """One damage and the primary finding it must give."""

    name: str
    do: Callable[[Sample], object]
    code: str
    path: str
    record: int | None = None
    """Place of the record that is hit; its id and URL must be named."""
    line: int | None = None
    above: str = ""
    """What is made again to hide it: nothing, ``all``, or ``bag`` (all but the datapackage)."""
    says: str = ""
    """What must stand in its message."""
    base: Callable[[Sample], object] = lambda _: None
    """What makes another sound package of the sample before that."""

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that must name it: where all is made again, what only a record tells is for --deep."""
        of_record = "data/archive/" in self.path or self.path == RECORDS or bool(self.says)
        of_record = of_record and self.code != "warc.serial-gap"
        return ("deep",) if self.above == "all" and of_record else ("default", "deep")

    def apply(self, sample: Sample) -> Sample:
        """Damage a package and return it."""
        self.base(sample)
        self.do(sample)
        {"": lambda: None, "all": sample.remake, "bag": sample.remake_bag, "digest": sample.remake_digest}[
            self.above
        ]()
        return sample


def flip(path: str, offset: int, mask: int = 1) -> Callable[[Sample], None]:
    """Return what flips bits of one byte."""

    def do(sample: Sample) -> None:
        data = bytearray(sample.files[path])
        data[offset] ^= mask
        sample.files[path] = bytes(data)

    return do


def in_record(number: int, offset: int, mask: int = 1) -> Callable[[Sample], None]:
    """Return what flips bits of one byte of a record; a negative offset counts from its end."""

    def do(sample: Sample) -> None:
        line = sample.lines[number]
        flip(WARC, (line.offset if offset >= 0 else line.end) + offset, mask)(sample)

    return do


def splice(number: int, cut: int, put: bytes, *, at: int = 0) -> Callable[[Sample], None]:
    """Return what replaces bytes of the WARC file, from an offset in a record on."""

    def do(sample: Sample) -> None:
        start = sample.lines[number].offset + at
        sample.edit(WARC, lambda data: data[:start] + put + data[start + cut :])

    return do


def without(*numbers: int) -> Callable[[Sample], None]:
    """Return what removes records from the WARC file."""
    return lambda sample: sample.edit(
        WARC, lambda _: b"".join(sample.record(n) for n in range(len(sample.lines)) if n not in numbers)
    )


def order(*numbers: int) -> Callable[[Sample], None]:
    """Return what writes the records of the WARC file in another order."""
    return lambda sample: sample.edit(WARC, lambda _: b"".join(map(sample.record, numbers)))


def line(path: str, number: int, change: Callable[[bytes], bytes | None]) -> Callable[[Sample], None]:
    """Return what changes a line of a text file; None removes it."""

    def do(sample: Sample) -> None:
        lines: list[bytes | None] = list(sample.list_lines(path))
        lines[number - 1] = change(lines[number - 1] or b"")
        sample.edit(path, lambda _: b"".join(each + b"\n" for each in lines if each is not None))

    return do


def line_of(path: str, name: str, change: Callable[[bytes], bytes | None]) -> Callable[[Sample], None]:
    """Return what changes the line of a manifest about a file."""

    def do(sample: Sample) -> None:
        at = next(
            n for n, text in enumerate(sample.list_lines(path), 1) if text.endswith(b"  " + name.encode())
        )
        line(path, at, change)(sample)

    return do


def column(number: int, place: int, value: bytes) -> Callable[[Sample], None]:
    """Return what changes one column of a line of records.tsv."""

    def change(text: bytes) -> bytes:
        columns = text.split(b"\t")
        columns[place] = value
        return b"\t".join(columns)

    return line(RECORDS, number, change)


def value(path: str, number: int, **changes: object) -> Callable[[Sample], None]:
    """Return what sets keys of a line of JSON."""
    return lambda sample: sample.edit_line(path, number, lambda found: found.update(changes))


def document(path: str, *keys: Any, to: object) -> Callable[[Sample], None]:
    """Return what sets one value deep in a JSON document."""

    def change(found: Any) -> None:
        for key in keys[:-1]:
            found = found[key]
        found[keys[-1]] = to

    return lambda sample: sample.edit_json(path, change)


def index(change: Callable[[list[str]], list[str]]) -> Callable[[Sample], None]:
    """Return what writes the index again from changed lines, blocks included."""
    return lambda sample: sample.set_index(change(sample.index_lines()))


def index_field(place: int, name: str, to: str) -> Callable[[Sample], None]:
    """Return what sets a field of a line of the index."""

    def change(lines: list[str]) -> list[str]:
        key, stamp, text = lines[place].split(" ", 2)
        found = json.loads(text)
        found[name] = to
        return [*lines[:place], f"{key} {stamp} {json.dumps(found)}", *lines[place + 1 :]]

    return index(change)


def remove(path: str) -> Callable[[Sample], object]:
    """Return what deletes a file."""
    return lambda sample: sample.files.pop(path)


def add(path: str, data: bytes = b"new\n") -> Callable[[Sample], None]:
    """Return what adds a file."""
    return lambda sample: sample.files.__setitem__(path, data)


def rename(old: str, new: str) -> Callable[[Sample], None]:
    """Return what renames a file."""
    return lambda sample: sample.files.__setitem__(new, sample.files.pop(old))


def replace(path: str, old: bytes, new: bytes) -> Callable[[Sample], None]:
    """Return what replaces text in a file, once."""
    return lambda sample: sample.edit(path, lambda data: data.replace(old, new, 1))


def keep(path: str, step: Callable[[Sample], object]) -> Callable[[Sample], None]:
    """Return what does something and leaves one file as it was."""

    def do(sample: Sample) -> None:
        kept = sample.files[path]
        step(sample)
        sample.files[path] = kept

    return do


def keep_index(do: Callable[[Sample], object]) -> Callable[[Sample], None]:
    """Return what does something to the index and leaves its blocks in index.idx as they were."""
    return keep(IDX, do)


def both(*steps: Callable[[Sample], object]) -> Callable[[Sample], None]:
    """Return what does several things."""

    def do(sample: Sample) -> None:
        for step in steps:
            step(sample)

    return do


def _zeroed(sample: Sample) -> None:
    first, last = sample.lines[STORED], sample.lines[STORED + 1]
    start, stop = first.offset + 200, last.offset + 40
    sample.edit(WARC, lambda data: data[:start] + bytes(stop - start) + data[stop:])


_WARC = (
    ("a flip in a gzip header's magic", in_record(STORED, 0), "warc.record-damaged", STORED),
    ("a flip in a gzip header's time", in_record(STYLE, 5), "warc.record-damaged", STYLE),
    ("a flip in a WARC header", in_record(STORED, 40), "warc.record-damaged", STORED),
    ("a flip in a payload", in_record(STORED, 2000), "warc.record-damaged", STORED),
    ("a flip in deflate data", in_record(STYLE, 60), "warc.record-damaged", STYLE),
    ("a flip in a CRC", in_record(STORED, -7), "warc.record-damaged", STORED),
    ("a flip in an ISIZE", in_record(STYLE, -1, 0x80), "warc.record-damaged", STYLE),
    ("a flip in the first record", in_record(0, 30), "warc.record-damaged", 0),
    ("a flip in the last record", in_record(8, 30), "warc.record-damaged", 8),
    ("a byte put into a record", splice(STORED, 0, b"x", at=500), "warc.record-damaged", STORED),
    ("a byte taken out of a record", splice(STORED, 1, b"", at=500), "warc.record-damaged", STORED),
    ("a stretch of zeros over two records", _zeroed, "warc.record-damaged", STORED),
    ("a record replaced", splice(STORED, 0, b""), "", STORED),
    (
        "a cut inside the last record",
        lambda s: s.edit(WARC, lambda data: data[:-20]),
        "warc.record-truncated",
        8,
    ),
    (
        "a cut inside an earlier record",
        lambda s: s.edit(WARC, lambda data: data[: s.lines[STORED].offset + 700]),
        "warc.record-truncated",
        STORED,
    ),
    (
        "a cut between records",
        lambda s: s.edit(WARC, lambda data: data[: s.lines[STORED].offset]),
        "warc.record-missing",
        STORED,
    ),
    ("a record removed", without(STORED), "warc.record-missing", STORED),
    ("the first record removed", without(0), "warc.record-missing", 0),
    ("two records removed", without(3, 4), "warc.record-missing", 3),
    ("two records swapped", order(0, 1, 2, 5, 4, 3, 6, 7, 8), "warc.records-reordered", None),
)


def warc_damages(above: str) -> list[Damage]:
    """Return the damages of the WARC file that hit records."""
    return [
        Damage(name=name, do=do, code=code, path=WARC, record=record, above=above)
        for name, do, code, record in _WARC
        if code
    ]


def replaced(number: int) -> Callable[[Sample], None]:
    """Return what puts another sound record with the same id in the place of one."""

    def do(sample: Sample) -> None:
        found = sample.lines[number]
        other = warc_record(number + 1, str(found.uri), b"another body")
        splice(number, found.length, other)(sample)

    return do


def _appended(sample: Sample) -> None:
    sample.edit(WARC, lambda data: data + warc_record(77, "https://example.org/slipped-in", b"slipped in"))


def _inserted(sample: Sample) -> None:
    splice(STORED, 0, warc_record(77, "https://example.org/slipped-in", b"slipped in"))(sample)


def _same(
    rows: list[tuple[str, Callable[[Sample], object], str, str, int | None, int | None]],
) -> list[Damage]:
    """Return each damage bare and with everything above it made again."""
    return [
        Damage(
            name=name,
            do=do if above == "all" or path != INDEX else keep(IDX, do),
            code=code,
            path=path,
            record=record,
            line=number,
            above=above,
        )
        for above in ("", "bag", "all")
        for name, do, code, path, record, number in rows
    ]


_HEX = b"0123456789abcdef" * 4
_IN_LISTS = _same(
    [
        ("a sound record in another's place", replaced(STORED), "warc.record-changed", WARC, STORED, None),
        ("a sound record appended", _appended, "warc.record-added", WARC, None, None),
        ("a sound record inserted", _inserted, "warc.record-added", WARC, None, None),
        (
            "bytes appended",
            lambda s: s.edit(WARC, lambda d: d + b"junk" * 9),
            "warc.bytes-added",
            WARC,
            None,
            None,
        ),
        ("bytes between records", splice(STORED, 0, b"junk" * 9), "warc.bytes-added", WARC, None, None),
        ("a digest of records.tsv", column(5, 3, _HEX), "records.line-differs", RECORDS, STYLE, 5),
        ("an offset of records.tsv", column(5, 1, b"7"), "records.line-differs", RECORDS, STYLE, 5),
        ("a length of records.tsv", column(5, 2, b"7"), "records.line-differs", RECORDS, STYLE, 5),
        ("a type of records.tsv", column(5, 4, b"resource"), "records.line-differs", RECORDS, STYLE, 5),
        (
            "a date of records.tsv",
            column(5, 5, b"2026-11-22T10:15:01.000Z"),
            "records.line-differs",
            RECORDS,
            STYLE,
            5,
        ),
        ("an id of records.tsv", column(5, 6, urn(99).encode()), "records.line-differs", RECORDS, STYLE, 5),
        (
            "a URI of records.tsv",
            column(5, 7, b"https://example.org/x"),
            "records.line-differs",
            RECORDS,
            STYLE,
            5,
        ),
        (
            "the header of records.tsv",
            line(RECORDS, 1, lambda _: b"file"),
            "records.syntax",
            RECORDS,
            None,
            1,
        ),
        (
            "a line of records.tsv broken",
            line(RECORDS, 5, lambda t: t[:-60]),
            "records.syntax",
            RECORDS,
            None,
            5,
        ),
        (
            "a line of records.tsv removed",
            line(RECORDS, 5, lambda _: None),
            "records.line-missing",
            RECORDS,
            STYLE,
            None,
        ),
        (
            "the last line of records.tsv removed",
            line(RECORDS, 10, lambda _: None),
            "records.line-missing",
            RECORDS,
            8,
            None,
        ),
        (
            "a line of records.tsv doubled",
            line(RECORDS, 5, lambda text: text + b"\n" + text),
            "records.line-extra",
            RECORDS,
            STYLE,
            6,
        ),
        (
            "lines of records.tsv swapped",
            lambda s: s.set_lines(
                RECORDS, [s.list_lines(RECORDS)[n] for n in (0, 1, 2, 4, 3, 5, 6, 7, 8, 9)]
            ),
            "records.order",
            RECORDS,
            2,
            5,
        ),
        (
            "an index line's URL",
            index_field(1, "url", "https://example.org/x"),
            "index.line-differs",
            INDEX,
            None,
            2,
        ),
        ("an index line's offset", index_field(1, "offset", "1"), "index.line-differs", INDEX, None, 2),
        (
            "an index line's offset and its record's digest",
            both(index_field(1, "offset", "1"), index_field(1, "recordDigest", "sha256:00")),
            "index.line-differs",
            INDEX,
            None,
            2,
        ),
        ("an index line's status", index_field(0, "status", "404"), "index.line-differs", INDEX, None, 1),
        (
            "an index line's digest",
            index_field(0, "digest", "sha256:00"),
            "index.line-differs",
            INDEX,
            None,
            1,
        ),
        ("an index line removed", index(lambda lines: lines[:-1]), "index.line-missing", INDEX, None, None),
        (
            "an index line doubled",
            index(lambda lines: [lines[0], *lines]),
            "index.line-extra",
            INDEX,
            None,
            2,
        ),
        ("index lines swapped", index(lambda lines: lines[::-1]), "index.order", INDEX, None, None),
        (
            "an index line broken",
            index(lambda lines: [*lines[:-1], "com,example)/ 2026 {"]),
            "index.syntax",
            INDEX,
            None,
            4,
        ),
        ("a flip in the index", flip(INDEX, 30), "index.member-damaged", INDEX, None, None),
        (
            "index.idx edited",
            replace(IDX, b'"offset": 0', b'"offset": 1'),
            "index.blocks-differ",
            IDX,
            None,
            2,
        ),
        (
            "the header of index.idx",
            line(IDX, 1, lambda text: text + b" "),
            "index.blocks-differ",
            IDX,
            None,
            1,
        ),
        ("a line of index.idx removed", line(IDX, 2, lambda _: None), "index.blocks-differ", IDX, None, 2),
        ("the page's URL", value(PAGES, 2, url="https://example.org/x"), "pages.line-differs", PAGES, 1, 2),
        (
            "the page's date",
            value(PAGES, 2, ts="2027-01-01T00:00:00.000Z"),
            "pages.line-differs",
            PAGES,
            1,
            2,
        ),
        ("the page's title", value(PAGES, 2, title="Another"), "pages.line-differs", PAGES, 1, 2),
        ("the page's line removed", line(PAGES, 2, lambda _: None), "pages.line-differs", PAGES, 1, None),
        ("the page list broken", line(PAGES, 2, lambda _: b"{"), "pages.syntax", PAGES, None, None),
        (
            "a resource's status",
            value(RESOURCES, 2, status=500),
            "resources.line-differs",
            RESOURCES,
            STYLE,
            2,
        ),
        (
            "a resource's digest",
            value(RESOURCES, 2, payload_digest=f"sha256:{_HEX.decode()}"),
            "resources.line-differs",
            RESOURCES,
            STYLE,
            2,
        ),
        (
            "a resource's URL",
            value(RESOURCES, 2, url="https://example.org/x"),
            "resources.line-differs",
            RESOURCES,
            STYLE,
            2,
        ),
        (
            "a resource's request",
            value(RESOURCES, 2, request=urn(99)),
            "resources.line-differs",
            RESOURCES,
            STYLE,
            2,
        ),
        (
            "a resource's status, type and digest",
            value(RESOURCES, 2, status=203, declared_type="text/x", payload_digest=f"sha256:{_HEX.decode()}"),
            "resources.line-differs",
            RESOURCES,
            STYLE,
            2,
        ),
        ("a resource broken", line(RESOURCES, 2, lambda _: b"[]"), "resources.syntax", RESOURCES, STYLE, 2),
        (
            "a resource's URL twice",
            line(RESOURCES, 2, lambda t: t.replace(b'"url": ', b'"url":"https://e.org/", "url": ')),
            "resources.syntax",
            RESOURCES,
            STYLE,
            2,
        ),
        (
            "a resource removed",
            line(RESOURCES, 2, lambda _: None),
            "resources.line-missing",
            RESOURCES,
            STYLE,
            None,
        ),
        (
            "a resource put in",
            line(RESOURCES, 2, lambda t: t + b"\n" + t.replace(urn(4).encode(), urn(99).encode())),
            "resources.line-extra",
            RESOURCES,
            None,
            3,
        ),
        (
            "resources swapped",
            lambda s: s.set_lines(RESOURCES, [s.list_lines(RESOURCES)[n] for n in (0, 2, 1, 3)]),
            "resources.order",
            RESOURCES,
            None,
            None,
        ),
        (
            "a reference's state",
            value(REFERENCES, 3, state="absent-at-origin"),
            "references.state-differs",
            REFERENCES,
            STORED,
            3,
        ),
        (
            "a reference given up",
            value(REFERENCES, 3, state="failed"),
            "references.state-differs",
            REFERENCES,
            STORED,
            3,
        ),
        (
            "a reference's answer",
            value(REFERENCES, 3, record=urn(99)),
            "references.record-unknown",
            REFERENCES,
            None,
            3,
        ),
        (
            "a reference's source",
            value(REFERENCES, 3, source=urn(99)),
            "references.record-unknown",
            REFERENCES,
            None,
            3,
        ),
        (
            "the seed's URL",
            value(REFERENCES, 1, url="https://example.org/x"),
            "references.seed-differs",
            REFERENCES,
            None,
            1,
        ),
        (
            "the seed's kind",
            value(REFERENCES, 1, kind="link"),
            "references.seed-differs",
            REFERENCES,
            None,
            1,
        ),
        (
            "a source of the seed",
            value(REFERENCES, 1, source=urn(2)),
            "references.seed-differs",
            REFERENCES,
            None,
            1,
        ),
        (
            "a reference broken",
            line(REFERENCES, 3, lambda t: t[:-1]),
            "references.syntax",
            REFERENCES,
            None,
            3,
        ),
        (
            "a reference's URL twice",
            line(REFERENCES, 3, lambda t: t.replace(b'"url": ', b'"url":"https://e.org/", "url": ')),
            "references.syntax",
            REFERENCES,
            None,
            3,
        ),
        (
            "references out of order",
            lambda s: s.set_lines(REFERENCES, [s.list_lines(REFERENCES)[n] for n in (0, 4, 1, 2, 3)]),
            "references.order",
            REFERENCES,
            None,
            None,
        ),
        (
            "capture.json's counts",
            document(CAPTURE, "counts", "records", to=8),
            "capture.counts-differ",
            CAPTURE,
            None,
            None,
        ),
        (
            "capture.json's octets",
            document(CAPTURE, "counts", "payload_bytes", to=8),
            "capture.counts-differ",
            CAPTURE,
            None,
            None,
        ),
        (
            "capture.json's verdict",
            document(CAPTURE, "outcome", "verdict", to="partial"),
            "capture.outcome-differs",
            CAPTURE,
            None,
            None,
        ),
        (
            "capture.json's URL",
            document(CAPTURE, "request", "url", to="https://example.org/x"),
            "capture.name-differs",
            CAPTURE,
            None,
            None,
        ),
        (
            "capture.json's page folder",
            document(CAPTURE, "page", to="x-0123456789abcdef"),
            "capture.name-differs",
            CAPTURE,
            None,
            None,
        ),
        (
            "capture.json's name",
            document(CAPTURE, "capture", to="20261122T101501Z"),
            "capture.name-differs",
            CAPTURE,
            None,
            None,
        ),
        (
            "capture.json's version",
            document(CAPTURE, "package_version", to=2),
            "capture.version-differs",
            CAPTURE,
            None,
            None,
        ),
        (
            "capture.json broken",
            lambda s: s.edit(CAPTURE, lambda data: data[:-3]),
            "capture.syntax",
            CAPTURE,
            None,
            None,
        ),
    ]
)

_SEALED = [
    Damage(name="README.txt edited", do=flip("README.txt", 3), code="bag.digest-mismatch", path="README.txt"),
    Damage(name="a file gone", do=remove(IDX), code="file.missing", path=IDX),
    Damage(name="a file gone, hidden", do=remove(IDX), code="file.missing", path=IDX, above="all"),
    Damage(name="the WARC file gone", do=remove(WARC), code="file.missing", path=WARC),
    Damage(name="the WARC file gone, hidden", do=remove(WARC), code="file.missing", path=WARC, above="all"),
    Damage(name="records.tsv gone", do=remove(RECORDS), code="file.missing", path=RECORDS),
    Damage(name="resources.jsonl gone", do=remove(RESOURCES), code="file.missing", path=RESOURCES),
    Damage(name="capture.json gone", do=remove(CAPTURE), code="file.missing", path=CAPTURE),
    Damage(name="datapackage.json gone", do=remove(DATAPACKAGE), code="file.missing", path=DATAPACKAGE),
    Damage(name="bagit.txt gone", do=remove("bagit.txt"), code="file.missing", path="bagit.txt"),
    Damage(name="bag-info.txt gone", do=remove("bag-info.txt"), code="file.missing", path="bag-info.txt"),
    Damage(name="the manifest gone", do=remove(MANIFEST), code="file.missing", path=MANIFEST),
    Damage(name="the tag manifest gone", do=remove(TAGMANIFEST), code="file.missing", path=TAGMANIFEST),
    Damage(name="a file added", do=add("data/extra.txt"), code="file.added", path="data/extra.txt"),
    Damage(
        name="a file added, hidden",
        do=add("data/extra.txt"),
        code="file.added",
        path="data/extra.txt",
        above="all",
    ),
    Damage(
        name="a dot file added",
        do=add("data/archive/.DS_Store"),
        code="file.added",
        path="data/archive/.DS_Store",
    ),
    Damage(name="a file added at the root", do=add("notes.txt"), code="file.added", path="notes.txt"),
    Damage(
        name="a WARC file added",
        do=add(WARC.replace("00000.", "00001."), b"x"),
        code="file.added",
        path=WARC.replace("00000.", "00001."),
    ),
    Damage(name="a folder added", do=add("data/new/deep/file"), code="folder.added", path="data/new"),
    Damage(name="a folder added at the root", do=add("new/deep/file"), code="folder.added", path="new"),
    Damage(
        name="a name's twin",
        do=add("data/pages/Pages.jsonl"),
        code="file.name-twin",
        path="data/pages/Pages.jsonl",
    ),
    Damage(
        name="a name with an escape in it", do=add("data/\x1b[2Jx"), code="file.added", path="data/\\x1b[2Jx"
    ),
    Damage(name="a file renamed", do=rename(PAGES, "data/pages/page.jsonl"), code="file.renamed", path=PAGES),
    Damage(
        name="a file renamed in case",
        do=rename(PAGES, "data/pages/Pages.jsonl"),
        code="file.renamed",
        path=PAGES,
    ),
    Damage(name="a fetch.txt", do=add("fetch.txt"), code="bag.fetch-present", path="fetch.txt"),
    Damage(
        name="another manifest",
        do=add("manifest-md5.txt"),
        code="bag.manifest-foreign",
        path="manifest-md5.txt",
    ),
    Damage(
        name="another tag manifest, hidden",
        do=both(add("tagmanifest-md5.txt"), Sample.remake_tags),
        code="bag.manifest-foreign",
        path="tagmanifest-md5.txt",
    ),
]


def _pick(path: str, start: int, put: bytes) -> Callable[[Sample], None]:
    return lambda sample: sample.edit(path, lambda data: data[:start] + put + data[start + len(put) :])


def _digit(text: bytes) -> bytes:
    return (b"0" if text[:1] != b"0" else b"1") + text[1:]


def _digits(count: int) -> Callable[[bytes], bytes]:
    """Return what changes the first digits of a line."""
    return lambda text: bytes(b"10"[digit != 48] for digit in text[:count]) + text[count:]


def _other(text: bytes) -> bytes:
    return _HEX + text[64:]


_BAG = [
    Damage(
        name="a digit of the manifest",
        do=line_of(MANIFEST, WARC, _digit),
        code="bag.manifest-differs",
        path=MANIFEST,
    ),
    Damage(
        name="a digit of the manifest, hidden",
        do=both(line_of(MANIFEST, WARC, _digit), Sample.remake_tags),
        code="bag.manifest-differs",
        path=MANIFEST,
    ),
    Damage(
        name="a digest of the manifest",
        do=line_of(MANIFEST, PAGES, _other),
        code="bag.manifest-differs",
        path=MANIFEST,
    ),
    Damage(
        name="a digest of the manifest, hidden",
        do=both(line_of(MANIFEST, PAGES, _other), Sample.remake_tags),
        code="bag.manifest-differs",
        path=MANIFEST,
    ),
    Damage(
        name="a line of the manifest gone",
        do=line_of(MANIFEST, WARC, lambda _: None),
        code="bag.manifest-differs",
        path=MANIFEST,
    ),
    Damage(
        name="a line of the manifest gone, hidden",
        do=both(line_of(MANIFEST, WARC, lambda _: None), Sample.remake_tags),
        code="bag.manifest-differs",
        path=MANIFEST,
    ),
    Damage(
        name="a path of the manifest",
        do=line_of(MANIFEST, PAGES, lambda text: text + b"x"),
        code="bag.manifest-differs",
        path=MANIFEST,
    ),
    Damage(
        name="a line of the manifest in capitals",
        do=line_of(MANIFEST, PAGES, lambda t: t[:64].upper() + t[64:]),
        code="bag.manifest-form",
        path=MANIFEST,
    ),
    Damage(
        name="a line of the manifest in capitals, hidden",
        do=both(line_of(MANIFEST, PAGES, lambda t: t[:64].upper() + t[64:]), Sample.remake_tags),
        code="bag.manifest-form",
        path=MANIFEST,
    ),
    Damage(
        name="a manifest out of order",
        do=both(lambda s: s.set_lines(MANIFEST, s.list_lines(MANIFEST)[::-1]), Sample.remake_tags),
        code="bag.manifest-form",
        path=MANIFEST,
    ),
    Damage(
        name="a line of the manifest twice",
        do=both(line(MANIFEST, 1, lambda t: t + b"\n" + t), Sample.remake_tags),
        code="bag.manifest-form",
        path=MANIFEST,
    ),
    Damage(
        name="an unsafe path",
        do=both(line(MANIFEST, 1, lambda t: t + b"\n" + _HEX + b"  ../../etc/passwd"), Sample.remake_tags),
        code="bag.path-unsafe",
        path=MANIFEST,
    ),
    Damage(
        name="garbage after the manifest",
        do=lambda s: s.edit(MANIFEST, lambda d: d + b"junk"),
        code="bag.manifest-form",
        path=MANIFEST,
    ),
    Damage(
        name="the tag manifest's line of the manifest",
        do=line_of(TAGMANIFEST, MANIFEST, _other),
        code="bag.manifest-differs",
        path=TAGMANIFEST,
    ),
    Damage(
        name="the tag manifest's line of bagit.txt",
        do=line_of(TAGMANIFEST, "bagit.txt", _other),
        code="bag.manifest-differs",
        path=TAGMANIFEST,
    ),
    Damage(
        name="a digit of the tag manifest",
        do=line_of(TAGMANIFEST, "README.txt", _digit),
        code="bag.manifest-differs",
        path=TAGMANIFEST,
    ),
    Damage(
        name="a line of the tag manifest gone",
        do=line_of(TAGMANIFEST, "README.txt", lambda _: None),
        code="bag.manifest-differs",
        path=TAGMANIFEST,
    ),
    *(
        Damage(
            name=f"{count} digits of a line of the tag manifest",
            do=line_of(TAGMANIFEST, "README.txt", _digits(count)),
            code=code,
            path=path,
        )
        for count, code, path in (
            (16, "bag.manifest-differs", TAGMANIFEST),
            (17, "bag.digest-mismatch", "README.txt"),
        )
    ),
    Damage(
        name="a line more in the tag manifest",
        do=lambda s: s.edit(TAGMANIFEST, lambda data: data + _HEX + b"  zzz.txt\n"),
        code="bag.manifest-differs",
        path=TAGMANIFEST,
        line=5,
    ),
    Damage(
        name="a line more in the manifest",
        do=lambda s: s.edit(MANIFEST, lambda data: data + _HEX + b"  data/zzz\n"),
        code="bag.manifest-differs",
        path=MANIFEST,
    ),
    Damage(
        name="a line more in the manifest, hidden",
        do=both(lambda s: s.edit(MANIFEST, lambda d: d + _HEX + b"  data/zzz\n"), Sample.remake_tags),
        code="file.missing",
        path="data/zzz",
    ),
    Damage(
        name="all digests of the manifest",
        do=lambda s: s.set_lines(MANIFEST, list(map(_other, s.list_lines(MANIFEST)))),
        code="bag.manifest-differs",
        path=MANIFEST,
    ),
    Damage(
        name="bagit.txt edited",
        do=replace("bagit.txt", b"1.0", b"0.9"),
        code="bag.declaration",
        path="bagit.txt",
    ),
    Damage(
        name="bagit.txt edited, hidden",
        do=both(replace("bagit.txt", b"1.0", b"0.9"), Sample.remake_tags),
        code="bag.declaration",
        path="bagit.txt",
    ),
    *(
        Damage(name=f"bag-info.txt: {name}{hidden}", do=both(do, *steps), code=code, path="bag-info.txt")
        for hidden, steps in (("", ()), (", hidden", (Sample.remake_tags,)))
        for name, do, code in (
            ("URL", replace("bag-info.txt", b"a-post", b"b-post"), "bag.info-differs"),
            ("name", replace("bag-info.txt", b"/2026", b"/2027"), "bag.info-differs"),
            ("Oxum", replace("bag-info.txt", b"Oxum: ", b"Oxum: 1"), "bag.oxum-differs"),
            ("label", replace("bag-info.txt", b"Bagging-Date", b"Bagged"), "bag.info-form"),
            ("form", replace("bag-info.txt", b"Bagging-Date: ", b"Bagging-Date:  "), "bag.info-form"),
            ("date", replace("bag-info.txt", b"2026-11-22\n", b"yesterday\n"), "bag.info-form"),
        )
    ),
    *(
        Damage(name=f"datapackage: {name}{hidden}", do=do, code=code, path=DATAPACKAGE, above=above)
        for hidden, above in (("", ""), (", hidden from the bag", "bag"), (", hidden", "digest"))
        for name, do, code in (
            (
                "page",
                document(DATAPACKAGE, "mainPageUrl", to="https://example.org/x"),
                "datapackage.main-page-differs",
            ),
            ("title", document(DATAPACKAGE, "title", to="Another"), "datapackage.main-page-differs"),
            (
                "digest",
                document(DATAPACKAGE, "resources", 0, "hash", to=f"sha256:{_HEX.decode()}"),
                "datapackage.resource-differs",
            ),
            ("size", document(DATAPACKAGE, "resources", 0, "bytes", to=1), "datapackage.resource-differs"),
            ("name", document(DATAPACKAGE, "resources", 0, "name", to="x"), "datapackage.resource-differs"),
            (
                "file left out",
                lambda s: s.edit_json(DATAPACKAGE, lambda found: found["resources"].pop()),
                "datapackage.resource-differs",
            ),
            (
                "file put in",
                lambda s: s.edit_json(
                    DATAPACKAGE,
                    lambda found: found["resources"].append(
                        {"name": "x", "path": "zzz", "hash": f"sha256:{_HEX.decode()}", "bytes": 1}
                    ),
                ),
                "datapackage.resource-differs",
            ),
            ("version", document(DATAPACKAGE, "wacz_version", to="1.2.0"), "datapackage.syntax"),
            ("broken", lambda s: s.edit(DATAPACKAGE, lambda data: data[:-3]), "datapackage.syntax"),
        )
    ),
    Damage(
        name="datapackage-digest.json",
        do=document(DATAPACKAGE_DIGEST, "hash", to=f"sha256:{_HEX.decode()}"),
        code="datapackage.digest-differs",
        path=DATAPACKAGE_DIGEST,
    ),
    Damage(
        name="datapackage-digest.json, hidden",
        do=document(DATAPACKAGE_DIGEST, "hash", to=f"sha256:{_HEX.decode()}"),
        code="datapackage.digest-differs",
        path=DATAPACKAGE_DIGEST,
        above="bag",
    ),
]

_BROKEN = [
    Damage(
        name=f"datapackage-digest.json broken{hidden}",
        do=lambda s: s.edit(DATAPACKAGE_DIGEST, lambda data: data[:-3]),
        code="datapackage.digest-differs",
        path=DATAPACKAGE_DIGEST,
        above=above,
    )
    for hidden, above in (("", ""), (", hidden", "bag"))
]

_BLOCKS = [
    Damage(
        name="an index line's URL, its block not made again",
        do=keep_index(index_field(1, "url", "https://example.org/x")),
        code="index.line-differs",
        path=INDEX,
        line=2,
        above="all",
    )
]

DAMAGES: list[Damage] = [
    *warc_damages(""),
    *warc_damages("bag"),
    *warc_damages("all"),
    *_IN_LISTS,
    *_SEALED,
    *_BAG,
    *_BLOCKS,
    *_BROKEN,
]
