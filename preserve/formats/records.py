"""What does ``manifests/records.tsv`` say about every record of every WARC file?"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve.errors import RecordsSyntaxError
from preserve.formats.lines import lf_lines
from preserve.model.times import parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "COLUMNS",
    "HEADER",
    "RecordLine",
    "escape_uri",
    "format_line",
    "is_listed",
    "lists",
    "parse_line",
    "read",
]

COLUMNS = ("file", "offset", "length", "sha256", "type", "date", "id", "uri")
"""docs/format/package-1.md, section 7, in this order."""

HEADER = "\t".join(COLUMNS) + "\n"
"""The first line of the file."""

_NONE = "-"
_LEARNT = ("dns:", "urn:x-preserve:")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_ABOVE_0 = re.compile(r"[1-9][0-9]{0,18}")
_HEX = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"[^\x00-\x20\x7f/\\]+")
_WORD = re.compile(r"[^\x00-\x20\x7f]+")
_ESCAPED = re.compile(r"[\x00-\x20\x7f]")
_RULES = {
    "file": (_FILE, "a file name without white space or slash"),
    "offset": (_NUMBER, "a decimal number without leading zeros"),
    "length": (_ABOVE_0, "a decimal number above 0 without leading zeros: no gzip member is empty"),
    "sha256": (_HEX, "64 lower-case hexadecimal digits"),
    "type": (_WORD, "a word"),
    "date": (_WORD, "an instant"),
    "id": (_WORD, "a URI without white space"),
    "uri": (_WORD, "a URI without white space, or -"),
}
# The rules of all columns in one go: records.tsv has a line for every record.
_LINE = re.compile("\t".join(f"({pattern.pattern})" for pattern, _ in _RULES.values()) + "\n?")


@attrs.frozen(kw_only=True)
class RecordLine:
    """One record: where it lies, what it is, and the digest of its octets as they stand in the file."""

    file: str
    """Name of the WARC file in ``archive/``."""
    offset: int
    """First octet of the record's gzip member in the file."""
    length: int
    """Octets of the member."""
    sha256: str
    """Of the member's octets, 64 lower-case hexadecimal digits."""
    type: str
    """WARC-Type."""
    date: str
    """WARC-Date."""
    id: str
    """WARC-Record-ID without angle brackets."""
    uri: str | None
    """WARC-Target-URI as ``escape_uri`` writes it; None when the record has none."""

    @property
    def end(self) -> int:
        """The offset at which the next record begins."""
        return self.offset + self.length


def is_listed(line: RecordLine) -> bool:
    """
    Return whether a record has a line in ``resources.jsonl``: a response, or a rendition.

    Renditions are the resource records but for what was learnt on the way, whose URI begins with
    ``dns:`` or ``urn:x-preserve:``. docs/format/package-1.md, section 10.2.
    """
    return lists(line.type, line.uri or "")


def lists(kind: str, uri: str) -> bool:
    """Return the same as ``is_listed`` by type and URI of a record."""
    if kind == "resource":
        return not uri.startswith(_LEARNT)
    return kind == "response"


def escape_uri(uri: str) -> str:
    """
    Return a URI as the column ``uri`` writes it.

    White space and control characters become ``%XX``.

    Source: docs/format/package-1.md, section 7.
    """
    return _ESCAPED.sub(lambda found: f"%{ord(found.group()[0]):02X}", uri)


def format_line(line: RecordLine) -> str:
    """
    Return the line with its LF; ``uri`` is escaped.

    Raises:
        ValueError: If a value cannot stand in its column.
    """
    uri = _NONE if line.uri is None else escape_uri(line.uri)
    columns = (line.file, line.offset, line.length, line.sha256, line.type, line.date, line.id, uri)
    text = "\t".join(map(str, columns))
    try:
        parse_line(text)
    except RecordsSyntaxError as exc:
        raise ValueError(exc.message) from exc
    return text + "\n"


def parse_line(text: str) -> RecordLine:
    """
    Parse one line, with or without its LF.

    Raises:
        RecordsSyntaxError: If there are not eight columns, or one does not hold what it must; the
            fact ``column`` names it.
    """
    found = _LINE.fullmatch(text)
    if found is None or not _is_date(found[6]):
        raise _fault(text)
    file, offset, length, sha256, kind, date, name, uri = found.groups()
    return RecordLine(
        file=file,
        offset=int(offset),
        length=int(length),
        sha256=sha256,
        type=kind,
        date=date,
        id=name,
        uri=None if uri == _NONE else uri,
    )


def read(stream: BinaryIO) -> Iterator[RecordLine]:
    """
    Yield every line after the header, in file order.

    Whether the lines of a file cover it without gap is a question for a check, not for the reader.

    Args:
        stream: Read forward from where it stands; left open.

    Raises:
        RecordsSyntaxError: With the one-based number of the line as fact ``line``.
    """
    lines = lf_lines(stream, RecordsSyntaxError, "records.tsv")
    first = next(lines, None)
    if first is None or first[1] + "\n" != HEADER:
        raise RecordsSyntaxError(f"records.tsv line 1: must be the header {HEADER!r}.", line=1)
    for number, text in lines:
        try:
            yield parse_line(text)
        except RecordsSyntaxError as exc:
            raise RecordsSyntaxError(
                f"records.tsv line {number}: {exc.message}", line=number, **exc.facts
            ) from exc


@lru_cache(maxsize=256)
def _is_date(text: str) -> bool:
    """Tell whether a date can be read; records of one exchange share theirs."""
    try:
        parse_iso(text)
    except ValueError:
        return False
    return True


def _fault(text: str) -> RecordsSyntaxError:
    """Return what is wrong with a line that is none: the first column that breaks its rule."""
    values = text.removesuffix("\n").split("\t")
    if len(values) != len(COLUMNS):
        return RecordsSyntaxError(f"Expected {len(COLUMNS)} columns, found {len(values)}.", column="")
    for column, value in zip(COLUMNS, values, strict=True):
        pattern, words = _RULES[column]
        if pattern.fullmatch(value) is None:
            return RecordsSyntaxError(f"{column} must be {words}, not {value!r:.80}.", column=column)
    text = "date must be an instant such as 2026-11-22T10:15:00Z"
    return RecordsSyntaxError(f"{text}, not {values[5]!r:.80}.", column="date")
