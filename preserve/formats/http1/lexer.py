"""
What stands in the start line and the field lines of a head?

Lenient: whatever a reader of the web puts up with is read, and said as a problem. Problems are
counted by kind, so a hostile head of thousands of odd lines makes a handful of sentences.
"""

from __future__ import annotations

import re

import attrs

from preserve.formats.http1.events import Fields, ParsedHead, Role

__all__ = ["START_LINES", "could_start", "lex_fields", "lex_start"]

_STATUS_LINE = re.compile(
    rb"(?P<version>HTTP/[0-9]{1,3}(?:\.[0-9]{1,3})?|ICY)(?P<gap>[ \t]+)(?P<status>[0-9]{3})"
    rb"(?:[ \t](?P<reason>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_REQUEST_LINE = re.compile(
    rb"(?P<method>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?P<gap>[ \t]+)(?P<target>[^ \t].*?)(?P<gap2>[ \t]+)"
    rb"(?P<version>HTTP/[0-9]{1,3}(?:\.[0-9]{1,3})?)[ \t]*",
    re.IGNORECASE | re.DOTALL,
)
START_LINES = {"response": _STATUS_LINE, "request": _REQUEST_LINE}
"""RFC 9112, sections 4 and 3."""

_STATUS_OPENINGS = (b"HTTP/", b"ICY ", b"ICY\t")
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # RFC 9110, section 5.5: not in a field value
_BLANK = b" \t"

# What nearly every head is made of, and nothing odd is in it: one look tells, and finds what the lexer below
# would find, in a fifth of its time. The repetitions give nothing back, so it is linear.
_USUAL_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-5][0-9]{2} [^\x00-\x08\x0a-\x1f\x7f]*+\r")
_USUAL_REQUEST_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]++) ([^\x00-\x20\x7f]++) (HTTP/1\.[01])\r")
_USUAL_FIELDS = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++:[^\x00-\x08\x0a-\x1f\x7f]*+\r\n)++\r\n")
_VERSION_END, _STATUS_END = 8, 12

# What the lexer puts up with.
_ODDITIES = {
    "lower-case": "the protocol's name is not in capitals (RFC 9112, 2.3)",
    "version": "the version is neither HTTP/1.0 nor HTTP/1.1 (RFC 9112, 2.3)",
    "gap": "the parts of the start line are not separated by one space (RFC 9112, 3 and 4)",
    "target-space": "the request target holds white space (RFC 9112, 3)",
    "status": "the status code is outside 100-599 (RFC 9110, 15)",
    "bare-lf": "a line ends with LF alone (RFC 9112, 2.2)",
    "many-cr": "a line ends with more than one CR (RFC 9112, 2.2)",
    "orphan": "a line before the first field begins with white space and was passed over (RFC 9112, 2.2)",
    "colon": "a field line has no colon and was passed over (RFC 9112, 5)",
    "nameless": "a field line has no name and was passed over (RFC 9112, 5)",
    "space": "white space stands before the colon of a field line (RFC 9112, 5.1)",
    "name": "a field name holds octets that are not of a token (RFC 9110, 5.6.2)",
    "folded": "a field line is folded (RFC 9112, 5.2)",
    "control": "a control character stands in a value (RFC 9110, 5.5)",
}


@attrs.define
class _Oddities:
    """Kind to how often and in which line first."""

    seen: dict[str, tuple[int, int]] = attrs.field(factory=dict)

    def note(self, kind: str, line: int) -> None:
        times, first = self.seen.get(kind, (0, line))
        self.seen[kind] = (times + 1, first)

    def sentences(self, where: str) -> tuple[str, ...]:
        return tuple(
            f"In line {first} of the {where} {_ODDITIES[kind]}"
            + (f"; so in {times} lines." if times > 1 else ".")
            for kind, (times, first) in self.seen.items()
        )


def could_start(kind: Role, opening: bytes) -> bool:
    """Tell whether the first octets (any number) may be the beginning of a start line."""
    if kind == "request":
        return not opening or _TOKEN.match(opening) is not None
    seen = opening[:5].upper()
    return any(seen.startswith(known[: len(seen)]) for known in _STATUS_OPENINGS)


def lex_start(kind: Role, line: bytes) -> tuple[ParsedHead, tuple[str, ...]] | None:
    """
    Read a start line, without the LF that ends it.

    Returns:
        A head without fields, and what was odd; None if it is no start line of that kind.

    Source: RFC 9112, sections 3 and 4.
    """
    usual = _usual_start(kind, line)
    if usual is not None:
        return usual, ()
    odd = _Oddities()
    text = _chomp(line, 1, odd)
    found = START_LINES[kind].fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict(default=b"")
    version = parts["version"]
    if version != version.upper():
        odd.note("lower-case", 1)
    if version.upper() not in {b"HTTP/1.0", b"HTTP/1.1"}:
        odd.note("version", 1)
    if parts["gap"] != b" " or parts.get("gap2", b" ") != b" ":
        odd.note("gap", 1)
    if _CONTROL.search(text):
        odd.note("control", 1)
    if kind == "request":
        if any(blank in parts["target"] for blank in (b" ", b"\t")):
            odd.note("target-space", 1)
        head = ParsedHead(version=version, method=parts["method"], target=parts["target"])
    else:
        status = int(parts["status"])
        if not 100 <= status <= 599:  # noqa: PLR2004 - the classes of RFC 9110, section 15
            odd.note("status", 1)
        head = ParsedHead(version=version, status=status, reason=parts["reason"])
    return head, odd.sentences("head")


def _usual_start(kind: Role, line: bytes) -> ParsedHead | None:
    """Read a start line in which nothing is odd; None if that is not certain."""
    if kind == "request":
        found = _USUAL_REQUEST_LINE.fullmatch(line)
        return found and ParsedHead(version=found[3], method=found[1], target=found[2])
    if not _USUAL_STATUS_LINE.fullmatch(line):
        return None
    return ParsedHead(
        version=line[:_VERSION_END],
        status=int(line[_VERSION_END + 1 : _STATUS_END]),
        reason=line[_STATUS_END + 1 : -1],
    )


def lex_fields(section: bytes, *, where: str = "head", first_line: int = 2) -> tuple[Fields, tuple[str, ...]]:
    """
    Read field lines up to the empty line, which may be missing; a last line without LF is not read.

    Args:
        section: Header section or trailer section.
        where: What the section is called in problems.
        first_line: Number of its first line there.

    Returns:
        The fields, and what was odd. Takes time linear in the section.

    Source: RFC 9112, section 5.
    """
    if _USUAL_FIELDS.fullmatch(section):
        split = (line.partition(b":") for line in section[:-4].split(b"\r\n"))
        return tuple((name, value.strip(_BLANK)) for name, _, value in split), ()
    odd = _Oddities()
    fields: list[tuple[bytes, list[bytes]]] = []
    latest: list[bytes] | None = None  # the parts of the value that a folded line would continue
    for number, line in enumerate(section.split(b"\n")[:-1], first_line):
        text = _chomp(line, number, odd)
        if not text:
            break
        if text[0] in _BLANK:
            odd.note("orphan" if latest is None and not fields else "folded", number)
            if latest is not None:
                latest.append(text.strip(_BLANK))
            continue
        latest = None
        name, colon, value = text.partition(b":")
        spelt = name.rstrip(_BLANK)
        if not colon or not spelt:
            odd.note("nameless" if colon else "colon", number)
            continue
        if spelt != name:
            odd.note("space", number)
        if not _TOKEN.fullmatch(spelt):
            odd.note("name", number)
        if _CONTROL.search(value):
            odd.note("control", number)
        latest = [value.strip(_BLANK)]
        fields.append((spelt, latest))
    joined = tuple((name, b" ".join(part for part in parts if part)) for name, parts in fields)
    return joined, odd.sentences(where)


def _chomp(line: bytes, number: int, odd: _Oddities) -> bytes:
    """Return the line, which has no LF any more, without its CR."""
    text = line.rstrip(b"\r")
    if len(line) != len(text) + 1:
        odd.note("bare-lf" if text == line else "many-cr", number)
    return text
