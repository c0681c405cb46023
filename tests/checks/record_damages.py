"""Which damages reach beyond one record, put there what is no record, or must be told in certain words?"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from preserve.formats.gzip_write import write_member
from tests.checks.build import RECORDS, WARC, Sample
from tests.checks.damages import STORED, STYLE, Damage, both, column, in_record, line, splice
from tests.checks.deep_damages import rewrite

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RECORD_DAMAGES", "no_header"]

_HEX = b"0123456789abcdef" * 4


def no_header(sample: Sample) -> None:
    """Put a member that is no record into a response's place, and make everything else again; once."""
    out = io.BytesIO()
    write_member(out, [b"It has no header.\r\n\r\n" + b"x" * 300])
    if not sample.files[WARC].startswith(out.getvalue(), sample.lines[STYLE].offset):
        rewrite(sample, STYLE, out.getvalue())


def _cut(number: int, by: int = 0) -> Callable[[Sample], None]:
    """Return what ends the WARC file where a record does, or some octets before."""
    return lambda sample: sample.edit(WARC, lambda data: data[: sample.lines[number].end - by])


_WARC: tuple[tuple[str, Callable[[Sample], object], str, int | None, str], ...] = (
    (
        "most of a record taken out of its middle",
        splice(STORED, 2000, b"", at=500),
        "warc.record-damaged",
        STORED,
        "",
    ),
    (
        "the last record that is left damaged",
        both(in_record(STORED, 60), _cut(STORED)),
        "warc.record-damaged",
        STORED,
        "",
    ),
    (
        "a cut inside the last record, said",
        _cut(8, 20),
        "warc.record-truncated",
        8,
        "ends at 6425, 20 bytes before the record",
    ),
    (
        "bytes appended, said",
        lambda s: s.edit(WARC, lambda data: data + b"junk" * 9),
        "warc.bytes-added",
        None,
        "at offset 6445 stands 36 bytes that belong to no record.",
    ),
)

RECORD_DAMAGES = [
    *(
        Damage(name=name, do=do, code=code, path=WARC, record=record, above=above, says=says)
        for above in ("", "bag", "all")
        for name, do, code, record, says in _WARC
    ),
    *(
        Damage(
            name="far more lines of records.tsv than there can be records",
            do=line(RECORDS, 10, lambda text: b"\n".join([text] * 1400)),
            code="records.line-extra",
            path=RECORDS,
            above=above,
            says="more lines than the WARC files can have records",
        )
        for above in ("", "bag", "all")
    ),
    Damage(
        name="the offset of a line about what is no record",
        base=no_header,
        do=column(5, 1, b"7"),
        code="records.order",
        path=RECORDS,
        line=5,
        above="all",
    ),
    Damage(
        name="the digest of a line about what is no record",
        base=no_header,
        do=column(5, 3, _HEX),
        code="bag.digest-mismatch",
        path=RECORDS,
    ),
]
"""Most of them bare, and with everything above them made again."""
