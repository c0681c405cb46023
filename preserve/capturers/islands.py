r"""
Which URLs stand in the data that a page carries for its scripts?

Site builders put the state of a page into it as JSON, and the address of a document or of a picture in
full size often stands nowhere else. Nothing is parsed: strings that begin like an address are looked
for, JSON's escapes undone, so that the time is that of a search and broken JSON gives what it has. What
is found is speculative: no one can say whether a script would ever have asked for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from preserve.capturers.documents import is_document_url
from preserve.model.documents import extension_of
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DataUrl", "documents_in_code", "is_picture", "urls_in_data"]

# A string that is an address by its beginning: absolute, without scheme, or from the root.
_STRING = re.compile(
    r"\"((?:https?:)?(?:/|\\/|\\u002[fF])[^\"\\\s<>{}]*(?:\\(?:/|u[0-9a-fA-F]{4}|[^\"\s])[^\"\\\s<>{}]*)*)\""
)
# The first solidus of each of them, and little else; and the quotation mark, where one may be an escape.
_SOLIDUS = re.compile(
    r"/(?:(?<=\"/)|(?<=\"\\/)|(?<=\"http:/)|(?<=\"https:/)|(?<=\"http:\\/)|(?<=\"https:\\/))"
)
_OPENING = re.compile(r"\"(?=https?:|/|\\[/u])")
# The file host of one large site builder: the string is relative to /_files/ of the site.
_USER_FILE = re.compile(
    r"[\"/]((?:_files\\?/)?ugd\\?/[\w~.%-]{4,200}\.(?:pdf|docx?|xlsx?|pptx?|zip|epub))[\"?\\]"
)
_USER_FOLDER = re.compile(r"/(?:(?<=ugd/)|(?<=ugd\\/))")
_IN_CODE = re.compile(
    r"([\"'`])((?:[^\"'`\\\s<>]|\\[/u])[^\"'`\s<>]*?\.pdf(?:[?#][^\"'`\s<>]*)?)\1", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_PICTURES = frozenset(
    "jpg jpeg png gif webp avif svg svgz bmp tif tiff jxl jp2 heic ico".split()  # noqa: SIM905 - a table of words
)
_URL_MOST = 4096
_LISTED_MOST = 5_000  # strings of one piece of data that are looked at: a reference needs a second look
_CODE_MOST = 200


@attrs.frozen
class DataUrl:
    """One address in data."""

    url: str
    """Escapes undone."""
    kind: Kind
    """``image`` and ``document`` by their extension; ``link`` for all others."""
    offset: int
    """Where its string begins."""


def is_picture(url: str) -> bool:
    """Return whether an address's path, without query and fragment, ends like a picture's name."""
    return extension_of(url) in _PICTURES


def urls_in_data(text: str) -> Iterator[DataUrl]:
    """Yield the addresses that stand in JSON, each once."""
    seen: set[str] = set()
    for found in _strings(text):
        written = found[1]
        if written in seen or len(written) > _URL_MOST:
            continue
        seen.add(written)
        if len(seen) > _LISTED_MOST:
            return
        url = _unescape(written) if "\\" in written else written
        kind = _kind(url)
        # An absolute address is listed in any case; one from the root may be anything but a picture's name.
        if kind is not Kind.LINK or url[:4] == "http":
            yield DataUrl(url, kind, found.start())
    if _USER_FOLDER.search(text) is not None:
        for found in _USER_FILE.finditer(text):
            url = "/_files/" + found[1].replace("\\", "").removeprefix("_files/")
            if url not in seen:
                seen.add(url)
                yield DataUrl(url, Kind.DOCUMENT, found.start())


def documents_in_code(text: str) -> Iterator[DataUrl]:
    """Yield the strings in a script, or in an event handler, that end like a PDF's address, each once."""
    if ".pdf" not in text and ".PDF" not in text:
        return
    seen: set[str] = set()
    for found in _IN_CODE.finditer(text):
        written = found[2]
        if written in seen or len(written) > _URL_MOST or len(seen) == _CODE_MOST:
            continue
        seen.add(written)
        yield DataUrl(_unescape(written), Kind.DOCUMENT, found.start())


def _strings(text: str) -> Iterator[re.Match[str]]:
    """Yield what ``_STRING.finditer`` would, in a fifth of the time: most of such data are no addresses."""
    end = 0
    for start in _openings(text):
        found = _STRING.match(text, start) if start >= end else None
        if found is not None:
            end = found.end()
            yield found


def _openings(text: str) -> Iterator[int]:
    """Yield where a string may begin that is an address, in order."""
    if "\\" in text and "\\u002" in text:
        for opening in _OPENING.finditer(text):
            yield opening.start()
    else:
        for solidus in _SOLIDUS.finditer(text):
            yield text.rfind('"', 0, solidus.start())


def _kind(url: str) -> Kind:
    if is_document_url(url):
        return Kind.DOCUMENT
    return Kind.IMAGE if is_picture(url) else Kind.LINK


def _unescape(text: str) -> str:
    """Undo the escapes of a JSON string, RFC 8259, section 7; half a surrogate pair is U+FFFD."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
