"""Under which name may a stranger's file stand on any disk?"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

__all__ = ["NAME_BYTES", "Names", "last_part", "safe_name", "suggested"]

NAME_BYTES: Final = 120
"""Octets of the longest name made: file systems take 255 (eCryptfs 143), and ``-2`` must still fit."""

_EXTENSION_BYTES = 16
_LOOKED_AT = 4096
# Names that Windows keeps for devices, whatever the extension: "Naming Files, Paths, and Namespaces",
# Microsoft Learn; the superscript digits and the console's own names are on the same page.
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(\.|$)", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[/\\]")
_RESERVED = frozenset('<>:"|?*\x7f')
# Controls, format characters, surrogates, separators: what hides or reorders the rest of a name.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# The extensions that fit a sniffed type, the usual one first. Of a type that is not here, or is too wide to
# tell (text/plain, application/zip: an office file is one), the name keeps what it has.
_EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "application/pdf": ("pdf",),
    "application/xhtml+xml": ("xhtml", "html", "htm", "xht"),
    "application/json": ("json", "map", "webmanifest"),
    "font/otf": ("otf",),
    "font/ttf": ("ttf",),
    "font/woff": ("woff",),
    "font/woff2": ("woff2",),
    "image/avif": ("avif",),
    "image/bmp": ("bmp",),
    "image/gif": ("gif",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png", "apng"),
    "image/svg+xml": ("svg",),
    "image/tiff": ("tif", "tiff"),
    "image/webp": ("webp",),
    "image/x-icon": ("ico", "cur"),
    "image/vnd.microsoft.icon": ("ico", "cur"),
    "text/css": ("css",),
    "text/html": ("html", "htm", "xhtml"),
    "text/javascript": ("js", "mjs"),
}


def suggested(url: str, file_name: str | None, media_type: str) -> str:
    """
    Return the safe name for a file: what the server calls it, else the end of its URL.

    Args:
        url: Where it came from.
        file_name: From Content-Disposition, as sent; None if there is none.
        media_type: Sniffed. An extension that does not fit it is not removed but followed by one that does.
    """
    fallback = "file"
    name = safe_name(file_name or "") or safe_name(last_part(url)) or fallback
    fitting = _EXTENSIONS.get(media_type, ())
    extension = _split(name)[1][1:].lower()
    return name if not fitting or extension in fitting else _cut(name, len(fitting[0]) + 1) + f".{fitting[0]}"


def last_part(url: str) -> str:
    """
    Return the last part of a URL's path, percent-decoded; empty if there is none. Never raises.

    urllib's urlsplit refuses some texts that a damaged package may hold in the place of a URL.
    """
    path = re.split(r"[?#]", url, maxsplit=1)[0].partition("://")[2].partition("/")[2]
    return unquote(path.rstrip("/").rpartition("/")[2], errors="replace")


def safe_name(text: str) -> str:
    """
    Return a file name that every common file system takes and that leads nowhere; empty if nothing is left.

    Only what follows the last ``/`` or backslash counts. Control and format characters and those that
    Windows reserves are percent-encoded; a name that hides, is an option or names a device is led by ``_``;
    spaces and dots at the end go; the name is cut to ``NAME_BYTES`` octets of UTF-8, its extension kept.
    """
    last = unicodedata.normalize("NFC", _SEPARATORS.split(text[-_LOOKED_AT:])[-1])
    name = "".join(_encoded(letter) for letter in last).strip(" ").rstrip(". ")
    if not name:
        return ""
    if name[0] in ".-~" or _DEVICE.match(name):
        name = f"_{name}"
    return _cut(name, 0)


class Names:
    """The names given out so far; where a disk might take two for one, the later one gets a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def give(self, folder: str, name: str) -> str:
        """Return ``folder/name``, numbered before the extension when a name like it was given out."""
        wanted = f"{folder}/{name}" if folder else name
        path, key = wanted, _key(wanted)
        first = key
        while key in self._taken:
            number = self._next[first] = self._next.get(first, 1) + 1
            stem, extension = _split(name)
            numbered = f"{stem}-{number}{extension}"
            path = f"{folder}/{numbered}" if folder else numbered
            key = _key(path)
        self._taken.add(key)
        return path


def _key(path: str) -> str:
    """Return what is equal for names that Windows or macOS may take for the same file."""
    return unicodedata.normalize("NFKD", path.casefold())


def _encoded(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Zs":
        return " "
    if letter not in _RESERVED and category not in _UNSAFE:
        return letter
    return "".join(f"%{octet:02X}" for octet in letter.encode("utf-8", "surrogatepass"))


def _split(name: str) -> tuple[str, str]:
    """Return stem and extension with its dot; an extension is short and has no space."""
    stem, dot, extension = name.rpartition(".")
    if not stem or not extension or len(extension.encode()) > _EXTENSION_BYTES or " " in extension:
        return name, ""
    return stem, dot + extension


def _cut(name: str, spare: int) -> str:
    """Return the name with its stem cut so that all of it takes ``NAME_BYTES`` octets at most."""
    if len(name.encode()) <= NAME_BYTES - spare:
        return name
    stem, extension = _split(name)
    room = NAME_BYTES - spare - len(extension.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + extension
