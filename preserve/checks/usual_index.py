"""
What does the index say, when all of it is as we write it?

Lines that follow from records and resources, and the text of a member; anything odd ends it, as in ``usual``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from preserve.checks.usual import OddError
from preserve.formats.gzip_header import HEADER
from preserve.formats.inflate import InflateError, inflater
from preserve.formats.surt import surt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.formats.written import Texts

__all__ = ["block_text", "index_lines", "key_of"]

_BLOCK_MOST = 64 << 20
_DECLARED_MOST = 1000
_MIME = re.compile(r"[ !#-\[\]-~]+")
_SEGMENT = r"[!$&-.0-;=@-Z_a-z~]+"
_USUAL_URL = re.compile(rf"(https?://[a-z0-9.:-]{{1,300}}+)(/(?:{_SEGMENT}(?:/{_SEGMENT})*/?)?)")


def index_lines(listed: list[tuple[str, ...]], fields: list[Texts]) -> Iterator[str]:
    """Yield the lines of the index that follow from records and their lines of resources.jsonl."""
    for (file, offset, length, sha256, kind, date, _, uri), found in zip(listed, fields, strict=True):
        _, _, _, declared, _, _, _, payload, _, _, status, _ = found
        mime = _mime(declared)
        if kind == "response":
            yield (
                f'{key_of(uri)} {_stamp(date)} {{"url": "{uri}", "mime": "{mime}", '
                f'"status": "{"-" if status is None else status}", "digest": "{payload}", '
                f'"length": "{length}", "offset": "{offset}", "filename": "{file}", '
                f'"recordDigest": "sha256:{sha256}"}}'
            )


def _stamp(date: str) -> str:
    """Return the digits of a date; this is faster than taking them one by one."""
    return date[:-1].replace("-", "").replace(":", "").replace("T", "").replace(".", "")


@lru_cache(maxsize=256)
def _mime(declared: str | None) -> str:
    """Return what the index says of a declared type."""
    if len(declared or "") > _DECLARED_MOST:
        raise OddError  # it is not to be remembered
    mime = (declared or "").partition(";")[0].strip().lower() or "unk"
    if _MIME.fullmatch(mime) is None:
        raise OddError
    return mime


def block_text(member: bytes) -> str:
    """Return one gzip member of the index, bounded, without its last LF; code points sort as octets do."""
    unpacking = inflater()
    try:
        data = unpacking.decompress(member, _BLOCK_MOST)
    except InflateError as exc:
        raise OddError from exc
    if not member.startswith(HEADER) or not unpacking.eof or unpacking.unused_data:
        raise OddError
    if not data.endswith(b"\n") or b"\r" in data:
        raise OddError
    return data.decode()[:-1]


@lru_cache(maxsize=1024)
def _origin(origin: str) -> str:
    """Return the part of a key that stands for scheme, host and port; an empty text where it has none."""
    key = surt(f"{origin}/")
    return key[:-1] if key.endswith(")/") else ""


def key_of(url: str) -> str:
    """Return the key of a URL, as ``surt`` does; the paths of most URLs need none of its care."""
    usual = _USUAL_URL.fullmatch(url)
    if usual is None or "/." in url or ".aspx" in url or not (origin := _origin(usual[1])):
        return surt(url)
    path = usual[2].lower()
    return origin + (path[:-1] if path.endswith("/") and len(path) > 1 else path)
