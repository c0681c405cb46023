"""Which further damages are there: records as wholes, cut and emptied files, names and notations?"""

from __future__ import annotations

import gzip
import hashlib
import json
from itertools import chain
from typing import TYPE_CHECKING

from preserve.formats.gzip_write import write_member
from preserve.formats.lines import LINE_BYTES
from tests.checks.build import (
    CAPTURE,
    DATAPACKAGE,
    DATAPACKAGE_DIGEST,
    IDX,
    INDEX,
    MANIFEST,
    PAGE,
    PAGES,
    RECORDS,
    REFERENCES,
    RESOURCES,
    TAGMANIFEST,
    WARC,
    Sample,
)
from tests.checks.damages import (
    DAMAGES,
    STORED,
    STYLE,
    Damage,
    add,
    both,
    document,
    in_record,
    line,
    order,
    remove,
    replace,
    splice,
    value,
)
from tests.checks.larger_damages import LARGER
from tests.checks.record_damages import RECORD_DAMAGES
from tests.checks.rich_damages import BARE, RICH
from tests.checks.worded_damages import WORDED

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ALL_DAMAGES", "FURTHER"]

_MD5 = "d41d8cd98f00b204e9800998ecf8427e"
_HEX = b"0123456789abcdef" * 4


class _Out(bytearray):
    """Takes what is written."""

    def write(self, data: bytes) -> int:
        self.extend(data)
        return len(data)


def _again(number: int, head: bytes = b"") -> Callable[[Sample], object]:
    """Return what compresses a record anew: the same content, other bytes, the header as ours or another."""

    def do(sample: Sample) -> None:
        packed = gzip.compress(gzip.decompress(sample.record(number)), 1, mtime=0)
        member = (head or sample.record(number)[:10]) + packed[10:]
        splice(number, sample.lines[number].length, member)(sample)

    return do


def _merged(sample: Sample) -> None:
    """Put two records into one gzip member."""
    content = gzip.decompress(sample.record(STYLE) + sample.record(STYLE + 1))
    packed = _Out()
    write_member(packed, [content])
    length = sample.lines[STYLE].length + sample.lines[STYLE + 1].length
    splice(STYLE, length, bytes(packed))(sample)


def _split(sample: Sample) -> None:
    """Put one record into two gzip members."""
    content = gzip.decompress(sample.record(STORED))
    packed = _Out()
    write_member(packed, [content[:900]])
    write_member(packed, [content[900:]])
    splice(STORED, sample.lines[STORED].length, bytes(packed))(sample)


def _unpacked(sample: Sample) -> None:
    """Store a record without compression, as plain WARC."""
    splice(STORED, sample.lines[STORED].length, gzip.decompress(sample.record(STORED)))(sample)


def _twice(number: int) -> Callable[[Sample], object]:
    return lambda sample: splice(number, 0, sample.record(number))(sample)


def _emptied(path: str) -> Callable[[Sample], object]:
    return lambda sample: sample.edit(path, lambda _: b"")


def _shortened(path: str, by: int = 30) -> Callable[[Sample], object]:
    return lambda sample: sample.edit(path, lambda data: data[:-by])


def _padded(path: str) -> Callable[[Sample], object]:
    return lambda sample: sample.edit(path, lambda data: data + bytes(4096))


def _last_line(path: str) -> Callable[[Sample], object]:
    return lambda sample: sample.set_lines(path, sample.list_lines(path)[:-1])


_WARC = [
    ("a flip in a gzip header's method", in_record(STYLE, 2), "warc.record-damaged", STYLE),
    ("a flip in a gzip header's flags", in_record(STYLE, 3), "warc.record-damaged", STYLE),
    ("a flip in a gzip header's extra flags", in_record(STYLE, 8), "warc.record-damaged", STYLE),
    ("a flip in a gzip header's system", in_record(STYLE, 9), "warc.record-damaged", STYLE),
    ("a flip in the last byte of a record", in_record(STORED, -1), "warc.record-damaged", STORED),
    ("a disk block of zeros", splice(STORED, 512, bytes(512), at=1024), "warc.record-damaged", STORED),
    ("a record compressed anew", _again(STYLE), "warc.record-changed", STYLE),
    (
        "a record compressed by gzip",
        _again(STYLE, b"\x1f\x8b\x08\0\0\0\0\0\2\3"),
        "warc.record-damaged",
        STYLE,
    ),
    ("a record split in two members", _split, "warc.record-damaged", STORED),
    ("two records in one member", _merged, "warc.record-damaged", STYLE),
    ("a record that is not compressed", _unpacked, "warc.record-damaged", STORED),
    ("a record twice", _twice(STORED), "warc.record-added", STORED),
    ("a record moved to the end", order(0, 1, 2, 4, 5, 6, 7, 8, 3), "warc.records-reordered", STYLE),
    ("the records turned around", order(8, 7, 6, 5, 4, 3, 2, 1, 0), "warc.records-reordered", None),
    (
        "the last record removed",
        lambda s: s.edit(WARC, lambda d: d[: s.lines[8].offset]),
        "warc.record-missing",
        8,
    ),
    ("an empty WARC file", _emptied(WARC), "warc.record-missing", 0),
    ("zeros after the WARC file", _padded(WARC), "warc.bytes-added", None),
]

_WARC_DAMAGES = [
    Damage(name=name, do=do, code=code, path=WARC, record=record, above=above)
    for above in ("", "bag", "all")
    for name, do, code, record in _WARC
]

# Lists that were cut, emptied or padded: bare, and with all above made again.
_LISTS = [
    Damage(name=name, do=do, code=code, path=path, above=above)
    for above in ("", "bag", "all")
    for name, do, code, path in (
        ("records.tsv empty", _emptied(RECORDS), "records.line-missing", RECORDS),
        ("records.tsv cut", _shortened(RECORDS), "records.syntax", RECORDS),
        ("zeros after records.tsv", _padded(RECORDS), "records.syntax", RECORDS),
        ("resources.jsonl empty", _emptied(RESOURCES), "resources.line-missing", RESOURCES),
        ("resources.jsonl cut", _shortened(RESOURCES), "resources.syntax", RESOURCES),
        ("the last resource removed", _last_line(RESOURCES), "resources.line-missing", RESOURCES),
        ("references.jsonl empty", _emptied(REFERENCES), "references.seed-differs", REFERENCES),
        ("references.jsonl cut", _shortened(REFERENCES), "references.syntax", REFERENCES),
        ("the page list empty", _emptied(PAGES), "pages.syntax", PAGES),
        ("the page list cut", _shortened(PAGES), "pages.syntax", PAGES),
        ("a second page", line(PAGES, 2, lambda text: text + b"\n" + text), "pages.line-differs", PAGES),
        ("the index empty", _emptied(INDEX), "index.member-damaged", INDEX),
        ("the index cut", _shortened(INDEX), "index.member-damaged", INDEX),
        ("zeros after the index", _padded(INDEX), "index.member-damaged", INDEX),
        ("index.idx empty", _emptied(IDX), "index.blocks-differ", IDX),
        ("index.idx cut", _shortened(IDX), "index.blocks-differ", IDX),
        (
            "a block's length in index.idx",
            replace(IDX, b'"length": ', b'"length": 1'),
            "index.blocks-differ",
            IDX,
        ),
        (
            "a block's digest in index.idx",
            replace(IDX, b'"sha256:', b'"sha256:0'),
            "index.blocks-differ",
            IDX,
        ),
        (
            "a block too many in index.idx",
            line(IDX, 2, lambda text: text + b"\n" + text),
            "index.blocks-differ",
            IDX,
        ),
        ("capture.json empty", _emptied(CAPTURE), "capture.syntax", CAPTURE),
        ("zeros after capture.json", _padded(CAPTURE), "capture.syntax", CAPTURE),
        (
            "capture.json's claims removed",
            document(CAPTURE, "claims", to=[]),
            "capture.claims-differ",
            CAPTURE,
        ),
    )
]


def _rubbish(octets: bytes) -> Callable[[bytes], bytes]:
    return lambda _: octets


def _end_cut(path: str) -> Callable[[Sample], object]:
    return lambda sample: sample.edit(path, lambda data: data[:-1])


# Lines that are no lines of ours, in each list that is read line by line.
_NO_LINES = [
    Damage(name=f"{name} in {path}", do=do, code=code, path=path, record=record, line=number, above=above)
    for above in ("", "bag", "all")
    for path, code, number, last, hit, end in (
        (RECORDS, "records.syntax", 5, 10, None, None),
        (RESOURCES, "resources.syntax", 2, 4, STYLE, 7),
        (REFERENCES, "references.syntax", 3, 5, None, None),
    )
    for name, do, number, record in (
        ("a line too long", line(path, number, _rubbish(b"x" * (LINE_BYTES + 9))), number, hit),
        ("no text", line(path, number, lambda text: text[:9] + b"\xff" + text[9:]), number, hit),
        ("a carriage return", line(path, number, lambda text: text + b"\r"), number, hit),
        ("half a surrogate pair", line(path, number, lambda text: text[:9] + b"\xed\xa0\x80"), number, hit),
        ("nothing in a line", line(path, number, _rubbish(b"")), number, hit),
        ("no end", _end_cut(path), last, end),
        ("a line more that is none", lambda s, p=path: s.edit(p, lambda d: d + b"{}\n"), last + 1, None),
    )
]

_FIRST_LINES = [
    Damage(name=name, do=do, code=code, path=path, line=1, above=above)
    for above in ("", "bag", "all")
    for name, do, code, path in (
        (
            "another first line of the page list",
            line(PAGES, 1, lambda text: text.replace(b"Pages", b"Sites")),
            "pages.syntax",
            PAGES,
        ),
        ("no reference at all", _emptied(REFERENCES), "references.seed-differs", REFERENCES),
        ("no first line in index.idx", line(IDX, 1, lambda _: None), "index.blocks-differ", IDX),
    )
]


def _renamed(old: str, new: str, *paths: str) -> Callable[[Sample], None]:
    """Return what changes part of the WARC file's name in some files, the lists among them."""

    def do(sample: Sample) -> None:
        index = [text.replace(old, new) for text in sample.index_lines()]
        for path in (RECORDS, *paths):
            sample.edit(path, lambda data: data.replace(old.encode(), new.encode()))
        sample.files[WARC.replace(old, new)] = sample.files.pop(WARC)
        sample.set_index(index)

    return do


_SERIAL, _OTHER_SERIAL = "-00000.warc", "-00007.warc"
_NAMED = [
    Damage(
        name="another serial",
        do=_renamed(_SERIAL, _OTHER_SERIAL),
        code="warc.serial-gap",
        path=WARC.replace(_SERIAL, _OTHER_SERIAL),
        above="all",
    ),
    Damage(
        name="a page folder that the URL does not make",
        do=_renamed(
            PAGE, PAGE[:-1] + ("0" if PAGE[-1] != "0" else "1"), CAPTURE, DATAPACKAGE, "bag-info.txt"
        ),
        code="capture.name-differs",
        path=CAPTURE,
        above="all",
    ),
]

_CHANGED = [
    Damage(name=name, do=do, code="bag.digest-mismatch", path=path)
    for name, do, path in (
        ("a byline in capture.json", replace(CAPTURE, b'"html"', b'"meta"'), CAPTURE),
        (
            "keys of capture.json in another order",
            lambda s: s.edit(CAPTURE, lambda d: json.dumps(json.loads(d)).encode()),
            CAPTURE,
        ),
        ("the reason of a reference", replace(REFERENCES, b"answered 404", b"answered 405"), REFERENCES),
        ("a fact of a resource", value(RESOURCES, 1, facts={"pages": 9}), RESOURCES),
    )
]

_COUNTED = [
    Damage(name=name, do=do, code="capture.counts-differ", path=path, above=above)
    for above, path in (("", REFERENCES), ("bag", REFERENCES), ("all", CAPTURE))
    for name, do in (
        ("the last reference removed", _last_line(REFERENCES)),
        ("a reference twice", line(REFERENCES, 3, lambda text: text + b"\n" + text)),
    )
]


def _entry(**changes: object) -> Callable[[Sample], object]:
    """Return what changes the last file that datapackage.json describes."""
    return lambda sample: sample.edit_json(DATAPACKAGE, lambda found: found["resources"][-1].update(changes))


def _reverse(found: dict[str, list[object]]) -> None:
    found["resources"].reverse()


_DATAPACKAGE = [
    Damage(name=f"datapackage: {name}{hidden}", do=do, code=code, path=DATAPACKAGE, above=above)
    for hidden, above in (("", ""), (", hidden from the bag", "bag"), (", hidden", "digest"))
    for name, do, code in (
        ("another algorithm", _entry(hash=f"md5:{_MD5}"), "datapackage.resource-differs"),
        ("no algorithm", _entry(hash=_HEX.decode()), "datapackage.syntax"),
        ("an unknown algorithm", _entry(hash="crc:00"), "datapackage.syntax"),
        (
            "a path out of it",
            _entry(path="../../bag-info.txt", name="bag-info.txt"),
            "datapackage.resource-differs",
        ),
        ("an absolute path", _entry(path="/etc/passwd", name="passwd"), "datapackage.resource-differs"),
        ("a negative size", _entry(bytes=-1), "datapackage.syntax"),
        (
            "files in another order",
            lambda s: s.edit_json(DATAPACKAGE, _reverse),
            "datapackage.resource-differs",
        ),
        ("empty", _emptied(DATAPACKAGE), "datapackage.syntax"),
        ("no files", document(DATAPACKAGE, "resources", to=[]), "datapackage.resource-differs"),
        ("another profile", document(DATAPACKAGE, "profile", to="wacz"), "datapackage.syntax"),
    )
]

_GONE = [
    Damage(name=f"{path} gone{hidden}", do=remove(path), code="file.missing", path=path, above=above)
    for hidden, above in (("", ""), (", hidden", "bag"))
    for path in (DATAPACKAGE_DIGEST, INDEX, PAGES, REFERENCES)
]

_ADDED = [
    Damage(name=f"{path!r} added{hidden}", do=add(path), code="file.added", path=shown, above=above)
    for hidden, above in (("", ""), (", hidden", "all"))
    for path, shown in (
        ("data/extra", "data/extra"),
        ("data/archive/extra", "data/archive/extra"),
        ("data/archive/extra.warc.gz", "data/archive/extra.warc.gz"),
        ("data/indexes/extra.cdx", "data/indexes/extra.cdx"),
        ("data/pages/extraPages.jsonl", "data/pages/extraPages.jsonl"),
        ("data/manifests/.hidden", "data/manifests/.hidden"),
        ("data/\u202egpj.exe", "data/\\u202egpj.exe"),
        ("data/a\nb", "data/a\\nb"),
    )
] + [
    Damage(name=f"{path!r} added{hidden}", do=both(add(path), *steps), code="file.added", path=path)
    for hidden, steps in (("", ()), (", hidden", (Sample.remake_tags,)))
    for path in ("extra", ".hidden", "README.md", "Thumbs.db", "-rf")
]

_TWINS = [
    Damage(name=f"the twin {path!r}", do=add(path), code="file.name-twin", path=shown)
    for path, shown in (
        ("data/datapac\u212aage.json", "data/datapac\u212aage.json"),
        ("README.TXT", "README.TXT"),
        ("data/manifests/Records.tsv", "data/manifests/Records.tsv"),
    )
]

_FOREIGN = [
    Damage(name=f"{path} added{hidden}", do=both(add(path), *steps), code="bag.manifest-foreign", path=path)
    for hidden, steps in (("", ()), (", hidden", (Sample.remake_tags,)))
    for path in ("manifest-sha512.txt", "manifest-blake2b.txt", "Manifest-MD5.txt", "tagmanifest-sha3.txt")
]


def _downgraded(name: str) -> Callable[[Sample], object]:
    """Return what puts a manifest with MD5 in the place of one with SHA-256."""

    def do(sample: Sample) -> None:
        del sample.files[name]
        inside = name == MANIFEST
        lines = [
            f"{hashlib.md5(data, usedforsecurity=False).hexdigest()}  {path}\n"
            for path, data in sorted(sample.files.items())
            if path.startswith("data/") == inside
        ]
        sample.files[name.replace("sha256", "md5")] = "".join(lines).encode()

    return do


_NOTATIONS = (
    "/etc/passwd",
    "//server/share/x",
    "../x",
    "data/../../x",
    "data/..",
    "..\\x",
    "data\\..\\..\\x",
    "\\\\server\\share\\x",
    "C:\\x",
    "c:/x",
    "~/x",
    "~root/x",
    "$HOME/x",
    "%USERPROFILE%\\x",
    "data//x",
    "data/./x",
)


def _line_added(path: str) -> Callable[[Sample], object]:
    """Return what adds a line about a path to the payload manifest, and makes its digest again."""
    return both(
        line(MANIFEST, 1, lambda text: text + b"\n" + _HEX + b"  " + path.encode()), Sample.remake_tags
    )


_PATHS = [
    Damage(name=f"the path {path!r}", do=_line_added(path), code="bag.path-unsafe", path=MANIFEST)
    for path in _NOTATIONS
]

_DECLARATIONS = [
    Damage(name=f"bagit.txt: {name}{hidden}", do=both(do, *steps), code="bag.declaration", path="bagit.txt")
    for hidden, steps in (("", ()), (", hidden", (Sample.remake_tags,)))
    for name, do in (
        ("empty", _emptied("bagit.txt")),
        ("a byte order mark", lambda s: s.edit("bagit.txt", lambda data: b"\xef\xbb\xbf" + data)),
        ("carriage returns", lambda s: s.edit("bagit.txt", lambda data: data.replace(b"\n", b"\r\n"))),
        ("another encoding", replace("bagit.txt", b"UTF-8", b"UTF-16")),
        ("a line more", lambda s: s.edit("bagit.txt", lambda data: data + b"X: y\n")),
        ("lines swapped", lambda s: s.set_lines("bagit.txt", s.list_lines("bagit.txt")[::-1])),
    )
]

_INFO = [
    Damage(name=f"bag-info.txt: {name}{hidden}", do=both(do, *steps), code=code, path="bag-info.txt")
    for hidden, steps in (("", ()), (", hidden", (Sample.remake_tags,)))
    for name, do, code in (
        ("empty", _emptied("bag-info.txt"), "bag.info-form"),
        ("a label twice", line("bag-info.txt", 2, lambda text: text + b"\n" + text), "bag.info-form"),
        (
            "a label more",
            lambda s: s.edit("bag-info.txt", lambda data: data + b"Contact: x\n"),
            "bag.info-form",
        ),
        (
            "labels swapped",
            lambda s: s.set_lines("bag-info.txt", s.list_lines("bag-info.txt")[::-1]),
            "bag.info-form",
        ),
        ("folded", replace("bag-info.txt", b"Agent: preserve", b"Agent: preserve\n "), "bag.info-form"),
        ("no colon", replace("bag-info.txt", b"Date: ", b"Date "), "bag.info-form"),
        ("no text", replace("bag-info.txt", b"Date: ", b"Date: \xff"), "bag.info-form"),
        ("files in the Oxum", line("bag-info.txt", 5, lambda text: text + b"0"), "bag.oxum-differs"),
        ("no Oxum", line("bag-info.txt", 5, lambda _: b"Payload-Oxum: many"), "bag.info-form"),
    )
]

_TAGS = [
    *(
        Damage(name=f"{path} replaced by MD5", do=_downgraded(path), code="file.missing", path=path)
        for path in (MANIFEST, TAGMANIFEST)
    ),
    Damage(
        name="a fetch.txt, hidden",
        do=both(add("fetch.txt", b"https://example.org/x 1 data/x\n"), Sample.remake_tags),
        code="bag.fetch-present",
        path="fetch.txt",
    ),
    Damage(name="the manifest empty", do=_emptied(MANIFEST), code="bag.manifest-differs", path=MANIFEST),
    Damage(
        name="the manifest empty, hidden",
        do=both(_emptied(MANIFEST), Sample.remake_tags),
        code="bag.manifest-differs",
        path=MANIFEST,
    ),
    Damage(
        name="the tag manifest empty", do=_emptied(TAGMANIFEST), code="bag.manifest-differs", path=TAGMANIFEST
    ),
    Damage(name="README.txt empty", do=_emptied("README.txt"), code="bag.digest-mismatch", path="README.txt"),
]

FURTHER = list(
    chain(
        _WARC_DAMAGES,
        _LISTS,
        _NO_LINES,
        _FIRST_LINES,
        _NAMED,
        _CHANGED,
        _COUNTED,
        _DATAPACKAGE,
        _GONE,
        _ADDED,
        _TWINS,
        _FOREIGN,
        _PATHS,
        _DECLARATIONS,
        _INFO,
        _TAGS,
    )
)
ALL_DAMAGES = [*DAMAGES, *FURTHER, *LARGER, *RICH, *BARE, *RECORD_DAMAGES, *WORDED]
"""All of them."""
