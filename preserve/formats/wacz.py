"""
What makes the folder ``data/`` a WACZ?

WACZ 1.1.1: the Frictionless data package with its digest, and the page list; the ZIP for delivery
is made by ``write_zip``. docs/format/package-1.md, sections 9, 11 and 14.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

import attrs

from preserve.errors import JsonSyntaxError, WaczSyntaxError
from preserve.formats.lines import lf_lines
from preserve.formats.schemas import DOCUMENT_BYTES, parse_json
from preserve.formats.zip_store import write_zip
from preserve.model.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from preserve.model.inspection import Json

__all__ = [
    "DATAPACKAGE",
    "PROFILE",
    "WACZ_VERSION",
    "Datapackage",
    "FileEntry",
    "Page",
    "format_datapackage",
    "format_datapackage_digest",
    "format_pages",
    "parse_datapackage",
    "parse_datapackage_digest",
    "parse_pages",
    "write_zip",
]

PROFILE = "data-package"
WACZ_VERSION = "1.1.1"
DATAPACKAGE = "datapackage.json"

# Without it frictionless 5 (which `wacz validate` runs) takes .tsv and .jsonl for tables, guesses the
# type of each column from the first hundred rows, and refuses the package for the row that differs:
# a reference whose text is "2026" before one whose text is "Contact" is enough.
_TYPE = "file"

_PAGES_HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "Pages"}


@attrs.frozen(kw_only=True)
class FileEntry:
    """One file of the data package."""

    path: str
    """Relative to ``data/``, with ``/``."""
    digest: Digest
    size_bytes: int


@attrs.frozen(kw_only=True)
class Datapackage:
    """What ``datapackage.json`` says."""

    profile: str
    wacz_version: str
    title: str
    software: str
    created: str
    main_page_url: str | None
    main_page_date: str | None
    resources: tuple[FileEntry, ...]


@attrs.frozen(kw_only=True)
class Page:
    """One line of the page list."""

    id: str
    url: str
    ts: str
    """WARC-Date of the response shown."""
    title: str


def format_datapackage(
    *,
    title: str,
    software: str,
    created: str,
    main_page_url: str | None,
    main_page_date: str | None,
    files: Iterable[FileEntry],
) -> bytes:
    """
    Return ``datapackage.json``; the two keys of the main page are left out when there is none.

    Args:
        title: For people.
        software: Name and version.
        created: ``YYYY-MM-DDTHH:MM:SSZ``.
        main_page_url: The page a player opens first; None when the package shows no page.
        main_page_date: Its WARC-Date.
        files: Every file under ``data/`` but the two datapackage files, in any order.

    Source: WACZ 1.1.1, section 5.1.1; docs/format/package-1.md, section 11.
    """
    main = {"mainPageUrl": main_page_url, "mainPageDate": main_page_date}
    return _document(
        {
            "profile": PROFILE,
            "wacz_version": WACZ_VERSION,
            "title": title,
            "software": software,
            "created": created,
            **{key: value for key, value in main.items() if value is not None},
            "resources": [
                {
                    "name": file.path.rpartition("/")[2],
                    "path": file.path,
                    "hash": str(file.digest),
                    "bytes": file.size_bytes,
                    "type": _TYPE,
                }
                for file in sorted(files, key=lambda file: file.path.encode())
            ],
        }
    )


def format_datapackage_digest(datapackage: bytes) -> bytes:
    """Return ``datapackage-digest.json`` for the octets of a ``datapackage.json``."""
    return _document({"path": DATAPACKAGE, "hash": str(Digest.of(datapackage))})


def parse_datapackage(data: bytes) -> Datapackage:
    """
    Parse ``datapackage.json``, ours or of another writer of WACZ 1.x.

    Raises:
        WaczSyntaxError: If it is not JSON or a key that WACZ requires is missing or of another
            kind; the fact ``path`` says where.
    """
    root = _object(data, DATAPACKAGE)
    resources = root.get("resources")
    if not isinstance(resources, list):
        raise _fault(DATAPACKAGE, "$.resources", "a list")
    return Datapackage(
        profile=_text(root, "profile", DATAPACKAGE),
        wacz_version=_text(root, "wacz_version", DATAPACKAGE),
        title=_text_or_none(root, "title", DATAPACKAGE) or "",
        software=_text_or_none(root, "software", DATAPACKAGE) or "",
        created=_text_or_none(root, "created", DATAPACKAGE) or "",
        main_page_url=_text_or_none(root, "mainPageUrl", DATAPACKAGE),
        main_page_date=_text_or_none(root, "mainPageDate", DATAPACKAGE),
        resources=tuple(_file(item, f"$.resources[{at}]") for at, item in enumerate(resources)),
    )


def parse_datapackage_digest(data: bytes) -> Digest:
    """
    Return the digest that ``datapackage-digest.json`` states.

    Raises:
        WaczSyntaxError: If it states none, or one of another file than ``datapackage.json``.
    """
    what = "datapackage-digest.json"
    root = _object(data, what)
    if _text(root, "path", what) != DATAPACKAGE:
        raise _fault(what, "$.path", f'"{DATAPACKAGE}"')
    return _digest(root, "$.hash", what)


def format_pages(pages: Iterable[Page]) -> bytes:
    """Return ``pages.jsonl``: the header line, then a line a page. WACZ 1.1.1, section 5.2.1."""
    lines = [_PAGES_HEADER]
    lines += [{"id": page.id, "title": page.title, "ts": page.ts, "url": page.url} for page in pages]
    return b"".join(_octets(json.dumps(line, ensure_ascii=False)) for line in lines)


def parse_pages(stream: BinaryIO) -> Iterator[Page]:
    """
    Yield the pages of a page list; keys that we do not know are ignored.

    Args:
        stream: Read forward from where it stands; left open.

    Raises:
        WaczSyntaxError: If the first line is no ``json-pages-1.0`` header, or a line is no page;
            the fact ``line`` is its one-based number.
    """
    what = "pages.jsonl"
    header = False
    for number, text in lf_lines(stream, WaczSyntaxError, what):
        here = f"{what} line {number}"
        root = _object(text, here, line=number)
        if not header:
            if root.get("format") != _PAGES_HEADER["format"]:
                raise _fault(here, "$.format", '"json-pages-1.0"', line=number)
            header = True
            continue
        yield Page(
            id=_text_or_none(root, "id", here, line=number) or "",
            url=_text(root, "url", here, line=number),
            ts=_text(root, "ts", here, line=number),
            title=_text_or_none(root, "title", here, line=number) or "",
        )
    if not header:
        raise WaczSyntaxError(f"{what}: is empty; the header line is missing.", line=1)


def _document(value: Mapping[str, object]) -> bytes:
    return _octets(json.dumps(value, ensure_ascii=False, indent=2))


def _octets(text: str) -> bytes:
    # Half a surrogate pair in a page's title becomes U+FFFD: players cannot read its JSON escape.
    return (text + "\n").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _fault(what: str, path: str, words: str, *, line: int = 0) -> WaczSyntaxError:
    return WaczSyntaxError(f"{what}: {path} must be {words}.", path=path, line=line)


def _object(data: bytes | str, what: str, *, line: int = 0) -> dict[str, Json]:
    if len(data) > DOCUMENT_BYTES:
        raise WaczSyntaxError(f"{what}: longer than {DOCUMENT_BYTES} bytes.", line=line)
    try:
        parsed = parse_json(data)
    except JsonSyntaxError as exc:
        raise WaczSyntaxError(f"{what}: {exc.message}", line=line) from exc
    if not isinstance(parsed, dict):
        raise _fault(what, "$", "an object", line=line)
    return parsed


def _text(root: Mapping[str, Json], key: str, what: str, *, line: int = 0) -> str:
    value = root.get(key)
    if not isinstance(value, str):
        raise _fault(what, f"$.{key}", "text", line=line)
    return value


def _text_or_none(root: Mapping[str, Json], key: str, what: str, *, line: int = 0) -> str | None:
    return None if root.get(key) is None else _text(root, key, what, line=line)


def _digest(root: Mapping[str, Json], path: str, what: str) -> Digest:
    value = root.get("hash")
    try:
        return Digest.parse(value if isinstance(value, str) else "")
    except ValueError as exc:
        raise _fault(what, path, "a digest such as sha256:9f86d0...") from exc


def _file(item: Json, path: str) -> FileEntry:
    if not isinstance(item, dict):
        raise _fault(DATAPACKAGE, path, "an object")
    name, size = item.get("path"), item.get("bytes")
    if not isinstance(name, str) or not name:
        raise _fault(DATAPACKAGE, f"{path}.path", "text")
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise _fault(DATAPACKAGE, f"{path}.bytes", "a whole number, 0 or more")
    return FileEntry(path=name, digest=_digest(item, f"{path}.hash", DATAPACKAGE), size_bytes=size)
