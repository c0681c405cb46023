"""
How is the header of a WARC record written and read?

WARC 1.1, section 4: a version line, named fields, an empty line. Writing is strict; reading takes
what the field's tools have written in twenty years (LF alone, folded lines, values in Latin-1) and
says what was odd.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from preserve.errors import WarcSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "FIELD_ORDER",
    "HEADER_MOST_BYTES",
    "RecordHeader",
    "format_header",
    "header_oddities",
    "lex_fields",
    "lex_header",
    "parse_header",
    "warcinfo_block",
]

FIELD_ORDER = (
    "WARC-Type",
    "WARC-Record-ID",
    "WARC-Date",
    "WARC-Warcinfo-ID",
    "WARC-Filename",
    "WARC-Target-URI",
    "WARC-Concurrent-To",
    "WARC-Refers-To",
    "WARC-IP-Address",
    "WARC-Protocol",
    "WARC-Cipher-Suite",
    "WARC-Identified-Payload-Type",
    "WARC-Truncated",
    "WARC-Block-Digest",
    "WARC-Payload-Digest",
    "Content-Type",
    "Content-Length",
)
"""The order in which we write fields: package specification, section 6."""

HEADER_MOST_BYTES = 1024 * 1024
"""A longer header is not read. Real ones take a kilobyte; a URL may take a few hundred."""

_MANDATORY = ("WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length")  # WARC 1.1, section 5.1
_URI_FIELDS = ("WARC-Target-URI", "WARC-Refers-To-Target-URI", "WARC-Profile")
_REPEATABLE = frozenset({"warc-concurrent-to", "warc-protocol"})
_TOLD_MOST = 8
"""A header of a megabyte of nonsense needs no sentence for each line."""
_VERSION_LINE = "WARC/1.1"
_VERSION = re.compile(rb"WARC/(\d+\.\d+)")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_LENGTH = re.compile(r"[0-9]{1,18}")


@attrs.frozen(kw_only=True)
class RecordHeader:
    """The header of one record: version such as ``b"1.1"`` and fields in order."""

    version: bytes
    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return the first value of that name, in any case; None if there is none."""
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: str) -> list[str]:
        """Return every value of that name, in any case, in order."""
        return self._values.get(name.lower(), [])[:]

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, value in self.fields:
            found.setdefault(key.lower(), []).append(value)
        return found

    @property
    def type(self) -> str:
        """WARC-Type as written; empty if there is none."""
        return self.get("WARC-Type") or ""

    @property
    def record_id(self) -> str:
        """WARC-Record-ID without angle brackets; empty if there is none."""
        return _bare(self.get("WARC-Record-ID") or "")

    @property
    def date(self) -> str:
        """WARC-Date as written; empty if there is none."""
        return self.get("WARC-Date") or ""

    @property
    def target_uri(self) -> str | None:
        """WARC-Target-URI without angle brackets (wget 1.19 wrote them); None if there is none."""
        value = self.get("WARC-Target-URI")
        return None if value is None else _bare(value)

    @property
    def content_type(self) -> str | None:
        """Content-Type as written; None if there is none."""
        return self.get("Content-Type")

    @property
    def content_length(self) -> int:
        """
        Octets of the block.

        Raises:
            WarcSyntaxError: If Content-Length is absent, not a decimal number, or contradicts itself.
        """
        values = sorted(set(self.get_all("Content-Length")))
        if len(values) == 1 and _LENGTH.fullmatch(values[0]):
            return int(values[0])
        seen = ", ".join(values) or "none"
        raise WarcSyntaxError(
            f"The record {self.record_id[:80] or 'without id'} needs one decimal Content-Length; "
            f"seen: {seen[:80]!r}.",
            record_id=self.record_id,
        )


def format_header(fields: Iterable[tuple[str, str]]) -> bytes:
    """
    Return the header of a record: version line, the fields in the order given, an empty line.

    Raises:
        ValueError: If a name is no token, or a value could not be read back as it is: it has CR, LF
            or another control character, or white space at an end.

    Source: WARC 1.1, section 4.
    """
    lines = [_VERSION_LINE, *_format_fields(fields), "", ""]
    return "\r\n".join(lines).encode()


def warcinfo_block(fields: Iterable[tuple[str, str]]) -> bytes:
    """
    Return a block of type ``application/warc-fields``.

    Raises:
        ValueError: As for ``format_header``.
    """
    return "".join(f"{line}\r\n" for line in _format_fields(fields)).encode()


def parse_header(data: bytes) -> RecordHeader:
    """
    Parse the octets of a header, from ``WARC/`` to its empty line (which may be absent).

    Raises:
        WarcSyntaxError: If the version line or a field cannot be read.
    """
    header, faults = lex_header(data)
    if faults or header is None:
        raise WarcSyntaxError(" ".join(faults))
    return header


def lex_header(data: bytes) -> tuple[RecordHeader | None, tuple[str, ...]]:
    """
    Read as much of a header as can be read; never raises.

    Returns:
        The header, None when it has neither a version nor a field; and a sentence for every line
        that could not be read.
    """
    first, _, rest = data.partition(b"\n")
    version = _VERSION.fullmatch(first.rstrip(b"\r \t"))
    faults = []
    if version is None:
        faults.append(f"A WARC record begins with a line such as WARC/1.1; seen: {_show(first)}.")
    fields, bad_lines = lex_fields(rest)
    faults += [f"A line of the header has no field name: {_show(line)}." for line in bad_lines[:_TOLD_MOST]]
    if len(bad_lines) > _TOLD_MOST:
        faults.append(f"{len(bad_lines) - _TOLD_MOST} more lines of the header have no field name.")
    if version is None and not fields:
        return None, tuple(faults)
    return RecordHeader(version=version[1] if version else b"", fields=fields), tuple(faults)


def lex_fields(data: bytes) -> tuple[tuple[tuple[str, str], ...], tuple[bytes, ...]]:
    """
    Read named fields, up to an empty line or the end: of a header or of an ``application/warc-fields`` block.

    A line that begins with white space continues the one before (WARC 1.1, section 4). Values are
    UTF-8; what is not is read as Latin-1.

    Returns:
        The fields, and the lines that are none.
    """
    lines: list[list[bytes]] = []
    for raw in data.split(b"\n"):
        line = raw.removesuffix(b"\r")
        if not line:
            break
        if line[:1] in {b" ", b"\t"} and lines:
            lines[-1].append(line)
        else:
            lines.append([line])
    fields, bad = [], []
    for parts in lines:
        name, colon, value = b" ".join(part.strip(b" \t\r") for part in parts).partition(b":")
        text = _text(name.rstrip(b" \t"))
        if colon and _TOKEN.fullmatch(text):
            fields.append((text, _text(value.strip(b" \t"))))
        else:
            bad.append(parts[0])
    return tuple(fields), tuple(bad)


def header_oddities(header: RecordHeader, data: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Say what a readable header lacks and what is odd in it.

    Args:
        header: What was read.
        data: The octets it was read from.

    Returns:
        A sentence for every mandatory field that is absent, and one for every oddity of form.
    """
    absent = tuple(
        f"The record has no {name}, which every record must have (WARC 1.1, section 5.1)."
        for name in _MANDATORY
        if header.get(name) is None
    )
    odd = []
    for name in _URI_FIELDS:
        value = header.get(name) or ""
        if value.startswith("<"):
            odd.append(f"{name} has angle brackets, which this field must not have.")
        if " " in value:
            odd.append(f"{name} has a space, which a URI cannot have: {value[:80]!r}.")
    counts = Counter(name.lower() for name, _ in header.fields)
    repeated = [
        f"{name[:80]} stands {count} times; it may stand once."
        for name, count in counts.items()
        if count > 1 and name.startswith(("warc-", "content-")) and name not in _REPEATABLE
    ]
    odd += repeated[:_TOLD_MOST]
    lines = data.split(b"\n")[:-1]
    if any(not line.endswith(b"\r") for line in lines):
        odd.append("Lines of the header end with LF alone; CRLF is the line end of WARC.")
    if any(line[:1] in {b" ", b"\t"} for line in lines):
        odd.append("The header has folded lines.")
    return absent, tuple(odd)


def _format_fields(fields: Iterable[tuple[str, str]]) -> list[str]:
    lines = []
    for name, value in fields:
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"{name!r} is not a field name")
        if _CONTROL.search(value) or value != value.strip(" \t"):
            raise ValueError(f"{name}: {value!r} cannot stand in a field")
        lines.append(f"{name}: {value}")
    return lines


def _bare(value: str) -> str:
    return value[1:-1] if value.startswith("<") and value.endswith(">") else value


def _text(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _show(octets: bytes) -> str:
    return repr(octets[:60])[1:]
