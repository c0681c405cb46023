"""
How are the tag files of a bag written and read?

RFC 8493 (BagIt 1.0), and older versions as far as their tag files look the same. The writer makes
what docs/format/package-1.md section 5 asks for; the reader takes what the RFC allows. Whether the
files agree with each other and with the payload is for checks to say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve.errors import BagSyntaxError
from preserve.formats.lines import any_lines
from preserve.model.digest import ALGORITHMS, Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "BAGIT_TXT",
    "BAG_INFO_LABELS",
    "Declaration",
    "ManifestLine",
    "Oxum",
    "format_bag_info",
    "format_manifest",
    "parse_bag_info",
    "parse_declaration",
    "parse_manifest",
    "parse_oxum",
    "safe_path",
]

BAGIT_TXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
"""The whole of ``bagit.txt``. RFC 8493, section 2.1.1."""

BAG_INFO_LABELS = (
    "Bag-Software-Agent",
    "Bagging-Date",
    "External-Identifier",
    "Internal-Sender-Identifier",
    "Payload-Oxum",
    "Preserve-Package-Version",
)
"""The labels of our ``bag-info.txt``, in this order. docs/format/package-1.md, section 5.3."""

_DECLARATION_MOST = 1000
_TAG_MOST = 64 * 1024
_TAGS_MOST = 10_000
_OXUM = re.compile(r"([0-9]{1,19})\.([0-9]{1,19})")
# RFC 8493, 2.1.3: "checksum and filepath separated by one or more linear whitespace characters";
# md5sum and its kin put a * before the path for files read in binary mode.
_MANIFEST_LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+\*?(.+)", re.DOTALL)
_VERSION = re.compile(r"BagIt-Version: ([0-9]+\.[0-9]+)")
_ENCODING = re.compile(r"Tag-File-Character-Encoding: (\S+)")
# RFC 8493, 2.1.3: only these three are encoded, and nothing else is to be decoded.
_DECODED = {"%25": "%", "%0A": "\n", "%0D": "\r"}
_ENCODED = re.compile(r"%25|%0[AD]", re.IGNORECASE)
_UNSAFE = (
    (re.compile(r"[/\\]"), "is absolute"),
    (re.compile(r"~"), "begins with ~, which shells replace by a home folder"),
    (re.compile(r"[A-Za-z]:"), "begins with a drive letter"),
    (re.compile(r"%[^%/\\]*%|\$"), "begins with a variable that shells replace"),
    (re.compile(r"(.*[/\\])?\\?\.\\?\.([/\\]|\Z)", re.DOTALL), "leads out of its folder with .."),
    (re.compile(r"(.*/)?(/|\Z)", re.DOTALL), "has an empty part"),
    (re.compile(r"(.*/)?\.(/|\Z)", re.DOTALL), "has a part . that says nothing"),
    (re.compile(r".*\x00", re.DOTALL), "holds a NUL"),
)


@attrs.frozen(kw_only=True)
class ManifestLine:
    """One file of a payload or tag manifest."""

    digest: Digest
    path: str
    """Relative to the bag, with ``/``, decoded."""


@attrs.frozen(kw_only=True)
class Oxum:
    """Octets and files of a payload. RFC 8493, section 2.2.2."""

    octets: int
    files: int

    def __str__(self) -> str:
        """Return the spelling of ``Payload-Oxum``."""
        return f"{self.octets}.{self.files}"


@attrs.frozen(kw_only=True)
class Declaration:
    """What ``bagit.txt`` declares. RFC 8493, section 2.1.1."""

    version: str
    encoding: str


def safe_path(path: str) -> str:
    """
    Return a path of a manifest as it may be joined to the bag's folder; a leading ``./`` is dropped.

    Raises:
        BagSyntaxError: If it could name something outside the bag, on this system or another, or
            is not in its only form: absolute, ``..``, ``~``, drive letters, shell variables, NUL,
            empty parts, inner ``.``.

    Source: RFC 8493, sections 2.1.3 and 5.2.
    """
    bare = path
    while bare.startswith("./"):
        bare = bare[2:]
    for pattern, words in _UNSAFE:
        if pattern.match(bare):
            raise BagSyntaxError(f"The path {path!r:.200} {words}.", path=path)
    return bare


def format_manifest(lines: Iterable[ManifestLine]) -> Iterator[bytes]:
    """Yield the lines of a manifest sorted by the octets of their paths: hex, two SP, path, LF."""
    for line in sorted(lines, key=lambda line: line.path.encode()):
        path = re.sub(r"[%\n\r]", lambda found: f"%{ord(found.group()):02X}", line.path)
        yield f"{line.digest.value}  {path}\n".encode()


def parse_manifest(
    stream: BinaryIO, algorithm: str, *, encoding: str = "utf-8", what: str = ""
) -> Iterator[ManifestLine]:
    """
    Yield the lines of a payload or tag manifest, in file order.

    Args:
        stream: Read forward from where it stands; left open.
        algorithm: From the manifest's name, e.g. ``sha256``.
        encoding: What ``bagit.txt`` declares.
        what: The file's name for messages; ``manifest-<algorithm>.txt`` when empty.

    Raises:
        BagSyntaxError: With the one-based number of the line as fact ``line``: not a digest and a
            path, a digest that the algorithm cannot make, or a path that ``safe_path`` refuses.

    Source: RFC 8493, sections 2.1.3 and 2.2.1.
    """
    what = what or f"manifest-{algorithm}.txt"
    row = ALGORITHMS.get(algorithm)
    if row is None:
        raise BagSyntaxError(f"{what}: the algorithm {algorithm!r:.40} is not known.", line=0)
    for number, text in any_lines(stream, BagSyntaxError, what, encoding=encoding):
        found = _MANIFEST_LINE.fullmatch(text)
        if found is None:
            raise BagSyntaxError(
                f"{what} line {number}: expected a digest, white space and a path, found {text!r:.200}.",
                line=number,
            )
        value, path = found[1].lower(), _ENCODED.sub(lambda hit: _DECODED[hit.group().upper()], found[2])
        if len(value) != row.size_bytes * 2:
            raise BagSyntaxError(
                f"{what} line {number}: a {algorithm} digest has {row.size_bytes * 2} digits, "
                f"this one {len(value)}.",
                line=number,
            )
        try:
            yield ManifestLine(digest=Digest(algorithm, value), path=safe_path(path))
        except BagSyntaxError as exc:
            raise BagSyntaxError(f"{what} line {number}: {exc.message}", line=number, path=path) from exc


def parse_oxum(text: str) -> Oxum:
    """
    Parse a Payload-Oxum value: octet count, a full stop, file count.

    Raises:
        BagSyntaxError: If either number is missing or not decimal.

    Source: RFC 8493, section 2.2.2.
    """
    found = _OXUM.fullmatch(text.strip(" \t"))
    if found is None:
        raise BagSyntaxError(f"Payload-Oxum must be <octets>.<files>, not {text!r:.80}.")
    return Oxum(octets=int(found[1]), files=int(found[2]))


def format_bag_info(pairs: Iterable[tuple[str, str]]) -> bytes:
    """
    Return ``bag-info.txt``: label, colon, SP, value, LF, in the order given, never folded.

    Raises:
        ValueError: If a label or value could be read as something else.
    """
    lines = []
    for label, value in pairs:
        if not re.fullmatch(r"[^\s:][^\r\n:]*(?<!\s)", label) or not re.fullmatch(r"\S([^\r\n]*\S)?", value):
            raise ValueError(f"{label!r}: {value!r} cannot be a line of bag-info.txt")
        lines.append(f"{label}: {value}\n")
    return "".join(lines).encode()


def parse_bag_info(
    stream: BinaryIO, *, encoding: str = "utf-8", what: str = "bag-info.txt"
) -> list[tuple[str, str]]:
    """
    Return label and value of every element, in file order; folded values are joined with a space.

    Args:
        stream: Read to its end; left open.
        encoding: What ``bagit.txt`` declares.
        what: The file's name, for messages.

    Raises:
        BagSyntaxError: With the number of the line as fact ``line``.

    Source: RFC 8493, section 2.2.2. White space around the label is taken too, as versions before
    1.0 allowed it.
    """
    pairs: list[tuple[str, str]] = []
    for number, text in any_lines(stream, BagSyntaxError, what, encoding=encoding, most=_TAG_MOST):
        if not text.strip():
            continue
        if text[0] in " \t" and pairs:
            label, value = pairs[-1]
            pairs[-1] = (label, f"{value} {text.strip()}".strip())
        else:
            label, colon, value = text.partition(":")
            if not colon or not label.strip() or text[0] in " \t":
                raise BagSyntaxError(
                    f"{what} line {number}: expected <label>: <value>, found {text!r:.200}.", line=number
                )
            pairs.append((label.strip(), value.strip()))
        if len(pairs) > _TAGS_MOST or len(pairs[-1][1]) > _TAG_MOST:
            raise BagSyntaxError(f"{what} line {number}: there is too much of it.", line=number)
    return pairs


def parse_declaration(stream: BinaryIO) -> Declaration:
    """
    Parse ``bagit.txt``.

    Raises:
        BagSyntaxError: If it is not exactly the two lines that the RFC asks for, in UTF-8 without
            byte order mark.

    Source: RFC 8493, section 2.1.1.
    """
    lines = []
    for number, text in any_lines(stream, BagSyntaxError, "bagit.txt", most=_DECLARATION_MOST):
        if number > len((_VERSION, _ENCODING)):
            raise BagSyntaxError(f"bagit.txt line {number}: there must be two lines.", line=number)
        lines.append(text)
    found = []
    for number, pattern in enumerate((_VERSION, _ENCODING), 1):
        text = lines[number - 1] if number <= len(lines) else ""
        hit = pattern.fullmatch(text)
        if hit is None:
            wanted = pattern.pattern.partition(":")[0]
            raise BagSyntaxError(
                f"bagit.txt line {number}: expected {wanted}: <value>, found {text!r:.80}.", line=number
            )
        found.append(hit[1])
    return Declaration(version=found[0], encoding=found[1])
