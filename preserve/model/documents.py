"""
Which kinds of documents are there, and by what are they known?

One table of groups: what ``--documents`` names, the extensions and declared types that announce one,
and the sniffed types that confirm it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ALL_GROUPS",
    "DEFAULT_GROUPS",
    "GROUPS",
    "Group",
    "extension_of",
    "group_by_name",
    "group_by_type",
    "suits",
]


@attrs.frozen(kw_only=True)
class Group:
    """One kind of document."""

    words: str
    """What a person calls it."""
    extensions: tuple[str, ...]
    types: tuple[str, ...]
    """Beginnings of the media types that announce it in ``type`` attributes, and confirm it when sniffed."""
    also: tuple[str, ...] = ()
    """Beginnings of sniffed types that confirm it though they announce nothing: containers, plain text."""


_OLE = "application/x-ole-storage"
_ZIP = "application/zip"
_TEXT = "text/plain"

GROUPS: Mapping[str, Group] = {
    "pdf": Group(words="PDF", extensions=("pdf",), types=("application/pdf", "application/x-pdf")),
    "office": Group(
        words="office documents",
        extensions=(
            *(
                "doc",
                "docx",
                "docm",
                "dot",
                "dotx",
                "rtf",
                "xls",
                "xlsx",
                "xlsm",
                "ppt",
                "pptx",
                "pps",
                "ppsx",
            ),
            *("vsd", "vsdx", "pub", "wpd", "wps", "pages", "numbers", "key"),
        ),
        types=(
            "application/msword",
            "application/rtf",
            "text/rtf",
            "application/vnd.ms-",
            "application/vnd.openxmlformats-",
            "application/vnd.visio",
            "application/vnd.wordperfect",
            "application/vnd.apple.",
        ),
        also=(_OLE, _ZIP),
    ),
    "odf": Group(
        words="OpenDocument files",
        extensions=("odt", "ods", "odp", "odg", "odf", "odb", "ott", "fodt", "fods", "fodp"),
        types=("application/vnd.oasis.",),
        also=(_ZIP, "application/xml"),
    ),
    "epub": Group(
        words="electronic books",
        extensions=("epub", "mobi", "azw", "azw3", "fb2"),
        types=("application/epub+zip", "application/x-mobipocket-ebook", "application/x-fictionbook"),
        also=(_ZIP, "application/xml", "application/octet-stream"),
    ),
    "print": Group(
        words="PostScript, DjVu and XPS",
        extensions=("ps", "eps", "djvu", "djv", "xps", "oxps", "dvi"),
        types=("application/postscript", "image/vnd.djvu", "application/vnd.ms-xpsdocument"),
        also=(_ZIP, "application/gzip", "application/octet-stream"),
    ),
    "zip": Group(
        words="archives",
        extensions=("zip", "tar", "tgz", "gz", "bz2", "xz", "zst", "7z", "rar", "lha", "arj"),
        types=(
            "application/zip",
            "application/x-zip",
            "application/gzip",
            "application/x-gzip",
            "application/x-tar",
            "application/x-bzip2",
            "application/x-xz",
            "application/zstd",
            "application/x-7z-compressed",
            "application/vnd.rar",
            "application/x-rar",
            "application/java-archive",
        ),
        also=("application/",),
    ),
    "csv": Group(
        words="data files",
        extensions=("csv", "tsv", "json", "geojson", "kml", "kmz", "gpx", "parquet", "sqlite", "ics", "bib"),
        types=("text/csv", "text/tab-separated-values", "application/vnd.google-earth.", "text/calendar"),
        also=("text/", "application/"),
    ),
    "text": Group(
        words="plain text",
        extensions=("txt", "md", "tex", "rst", "srt", "vtt"),
        types=("text/plain", "text/markdown", "application/x-tex"),
        also=("text/",),
    ),
    "audio": Group(
        words="audio",
        extensions=("mp3", "m4a", "aac", "ogg", "oga", "opus", "flac", "wav", "aif", "aiff", "mid", "midi"),
        types=("audio/",),
        also=("application/ogg", "video/mp4", "video/quicktime"),
    ),
    "video": Group(
        words="video",
        extensions=("mp4", "m4v", "webm", "ogv", "mov", "avi", "mkv", "mpg", "mpeg", "wmv", "flv", "3gp"),
        types=("video/",),
        also=("application/ogg",),
    ),
    "software": Group(
        words="programs",
        extensions=("exe", "msi", "dmg", "pkg", "deb", "rpm", "apk", "iso", "jar", "whl", "appimage"),
        types=("application/x-msdownload", "application/vnd.android.package-archive"),
        also=("application/",),
    ),
}
ALL_GROUPS = frozenset(GROUPS)
DEFAULT_GROUPS = ("pdf",)
"""What is kept when nothing is asked for."""

_BY_EXTENSION = {extension: name for name, group in GROUPS.items() for extension in group.extensions}


def extension_of(url: str) -> str:
    """Return the extension of an address's path or of a file name, lower-case; empty if it has none."""
    if "." not in url:
        return ""
    if "?" in url or "#" in url:
        url = url.partition("?")[0].partition("#")[0]
    dot = url.rfind(".")
    return url[dot + 1 :].lower() if dot > url.rfind("/") + 1 else ""


def group_by_name(url: str) -> str:
    """Return the group of an address or a file name by its extension; empty if it has none of them."""
    return _BY_EXTENSION.get(extension_of(url), "")


def group_by_type(media_type: str) -> str:
    """Return the group that a declared type announces; empty if it announces none."""
    bare = media_type.strip().lower()
    return next((name for name, group in GROUPS.items() if bare and bare.startswith(group.types)), "")


def suits(group: str, sniffed: str) -> bool:
    """Return whether content of that sniffed type confirms a document of a group; any does for none."""
    known = GROUPS.get(group)
    return known is None or sniffed.startswith((*known.types, *known.also))
