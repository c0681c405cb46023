"""Which damages are there of a package with two WARC files?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.checks.build import INDEX, RECORDS, WARC, Sample, build
from tests.checks.damages import Damage, index, keep_index, line, remove, rename

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LARGER", "SECOND"]

SECOND = WARC.replace("00000.", "00001.")
_PHOTO, _LAST = 6, 9
_GONE = "records.line-missing"
"""Places of the photograph's response and of the last record; five records are in each file."""


def _several(sample: Sample) -> None:
    """Put the package into two WARC files."""
    made = build(per_file=2)
    sample.files, sample.lines = made.files, made.lines


def _record(number: int, change: Callable[[bytes], bytes]) -> Callable[[Sample], None]:
    """Return what changes the bytes of one record in its file."""

    def do(sample: Sample) -> None:
        found = sample.lines[number]
        path = f"data/archive/{found.file}"
        sample.edit(path, lambda d: d[: found.offset] + change(d[found.offset : found.end]) + d[found.end :])

    return do


def _lines(*numbers: int) -> Callable[[Sample], None]:
    """Return what writes records.tsv of some of its lines; the header is 0."""
    return lambda sample: sample.set_lines(RECORDS, [sample.list_lines(RECORDS)[n] for n in numbers])


def _renamed(number: int, serial: bytes) -> Callable[[Sample], None]:
    """Return what gives a line of records.tsv the name of another file."""
    return line(RECORDS, number, lambda text: text.replace(b"-00001.", b"-%s." % serial))


def _third(sample: Sample) -> None:
    """List all records of the second file as those of a third, which is not there."""
    lines = sample.list_lines(RECORDS)
    more = [text.replace(b"-00001.", b"-00002.") for text in lines[6:]]
    sample.set_lines(RECORDS, [*lines, *more])


def _led_astray(lines: list[str]) -> list[str]:
    return [text.replace("-00001.", "-00000.") for text in lines]


def _flipped(octets: bytes) -> bytes:
    return octets[:30] + bytes([octets[30] ^ 1]) + octets[31:]


LARGER = [
    Damage(
        name=f"two files: {name}",
        base=_several,
        do=do if above == "all" or path != INDEX else keep_index(do),
        code=code,
        path=path,
        record=record,
        line=number,
        above=above,
    )
    for above in ("", "bag", "all")
    for name, do, code, path, record, number in (
        ("a flip", _record(_PHOTO, _flipped), "warc.record-damaged", SECOND, _PHOTO, None),
        ("a record removed", _record(_PHOTO, lambda _: b""), "warc.record-missing", SECOND, _PHOTO, None),
        ("a cut", _record(_LAST, lambda data: data[:-5]), "warc.record-truncated", SECOND, _LAST, None),
        (
            "bytes appended",
            _record(_LAST, lambda data: data + b"junk" * 9),
            "warc.bytes-added",
            SECOND,
            None,
            None,
        ),
        ("the second gone", remove(SECOND), "file.missing", SECOND, None, None),
        ("the first gone", remove(WARC), "file.missing", WARC, None, None),
        (
            "lines in the order of the files turned around",
            _lines(0, *range(6, 11), *range(1, 6)),
            "records.order",
            RECORDS,
            None,
            7,
        ),
        (
            "a line among those of the other",
            _lines(0, 1, 2, 3, 6, 4, 5, 7, 8, 9, 10),
            "records.order",
            RECORDS,
            None,
            6,
        ),
        ("no line of the second", _lines(*range(6)), _GONE, RECORDS, None, None),
        ("no line of the first", _lines(0, *range(6, 11)), _GONE, RECORDS, None, None),
        (
            "a line with the other's name",
            _renamed(8, b"00000"),
            "records.line-missing",
            RECORDS,
            _PHOTO,
            None,
        ),
        ("a line with no file's name", _renamed(8, b"00002"), _GONE, RECORDS, _PHOTO, None),
        ("lines of a third", _third, "records.line-extra", RECORDS, None, 12),
        ("an index that leads to the other", index(_led_astray), "index.line-differs", INDEX, None, 2),
    )
] + [
    Damage(
        name="two files: one renamed",
        base=_several,
        do=rename(SECOND, SECOND.replace("00001.", "00002.")),
        code="file.renamed",
        path=SECOND,
    )
]
"""Each bare, and with everything above it made again."""
