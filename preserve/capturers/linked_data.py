"""Which pictures, files and pages does a page's JSON-LD name?"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import attrs

from preserve.capturers.documents import is_document_url
from preserve.capturers.islands import is_picture
from preserve.model.documents import group_by_type
from preserve.model.reference import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.model.inspection import Json

__all__ = ["DataLink", "content_kind", "read_linked_data"]

_TEXT_MOST = 1 << 20
_NODES_MOST = 5_000
_PATH_MOST = 120
_LIKE_URL = re.compile(r"(?:https?:)?[^\s{}<>\"'|\\^`:]+(?::\d+/[^\s{}<>\"|\\^`]*|[^\s{}<>\"|\\^`]*)\Z")

# Properties of schema.org that hold a picture, an ImageObject, or a list of them.
_PICTURES = frozenset(
    {"image", "logo", "photo", "thumbnail", "thumbnailUrl", "primaryImageOfPage", "screenshot"}
)
# Those that hold a file, or a MediaObject.
_FILES = frozenset(
    {"contentUrl", "encoding", "associatedMedia", "encodings", "audio", "video", "distribution"}
)
_PAGES = frozenset({"url", "embedUrl", "sameAs", "discussionUrl", "license", "isBasedOn", "mainEntityOfPage"})
_WITHIN = frozenset({"url", "contentUrl"})


@attrs.frozen
class DataLink:
    """One reference in JSON-LD."""

    written: str
    kind: Kind
    path: str
    """Where: ``$.author.image[0]``."""


def read_linked_data(text: str) -> list[DataLink]:
    """Return the references of a JSON-LD island, outer ones first; of one that is not JSON, none."""
    if len(text) > _TEXT_MOST:
        return []
    try:
        document: Json = json.loads(text.strip().removesuffix(";"), strict=False)
    except (ValueError, RecursionError):
        return []
    return [*_walk(document)]


def content_kind(url: str, type_: str = "") -> Kind:
    """Return what a file is by its stated type and its name: video and sound are listed, not fetched."""
    if is_document_url(url) or (type_ and group_by_type(type_) not in {"", "audio", "video"}):
        return Kind.LINK if type_.startswith(("audio/", "video/")) else Kind.DOCUMENT
    return Kind.IMAGE if type_.startswith("image/") or is_picture(url) else Kind.LINK


def _walk(document: Json) -> Iterator[DataLink]:
    waiting: list[tuple[Json, str, str, str]] = [(document, "", "$", "")]
    for value, key, path, type_ in waiting:
        if len(waiting) > _NODES_MOST:
            return
        if isinstance(value, str):
            yield from _said(value, key, path, type_)
        elif isinstance(value, list):
            waiting += [(each, key, f"{path}[{index}]", type_) for index, each in enumerate(value)]
        elif isinstance(value, dict):
            stated = value.get("encodingFormat") or value.get("fileFormat")
            inner = stated.lower() if isinstance(stated, str) else ""
            waiting += [
                (each, _meaning(key, name), f"{path}.{name}", inner)
                for name, each in value.items()
                if name[:1] != "@" or name == "@graph"
            ]


def _meaning(outer: str, name: str) -> str:
    """Return what a property means: the address of an ImageObject is the picture that it is for."""
    if name in _WITHIN and outer in _PICTURES:
        return outer
    return "contentUrl" if name == "url" and outer in _FILES else name


def _said(value: str, key: str, path: str, type_: str) -> Iterator[DataLink]:
    written = value.strip()
    if not written or not _LIKE_URL.match(written):
        return
    kind = None
    if key in _PICTURES:
        kind = Kind.IMAGE
    elif key in _FILES:
        kind = content_kind(written, type_)
    elif key in _PAGES:
        kind = Kind.LINK
    if kind is not None:
        # JSON can spell half a surrogate pair, which no text can hold.
        sound = written.encode("utf-8", "replace").decode()
        yield DataLink(sound, kind, path.encode("utf-8", "replace").decode()[:_PATH_MOST])
