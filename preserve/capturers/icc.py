"""Which colour profile is in a picture? ICC.1:2022, sections 7.2, 7.3 and 9.2.41."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.digest import Digest

if TYPE_CHECKING:
    from preserve.model.inspection import Json

__all__ = ["read_icc"]

_TAGS_MOST = 100


def read_icc(profile: bytes) -> dict[str, Json]:
    """Return ``name``, ``colour_space``, ``size_bytes`` and ``sha256`` of a profile."""
    return {
        "name": _description(profile),
        "colour_space": profile[16:20].decode("latin-1").strip(),
        "size_bytes": len(profile),
        "sha256": Digest.of(profile).value,
    }


def _description(profile: bytes) -> str:
    for at in range(132, 132 + 12 * min(int.from_bytes(profile[128:132], "big"), _TAGS_MOST), 12):
        if profile[at : at + 4] == b"desc":
            start, size = (int.from_bytes(profile[at + by : at + by + 4], "big") for by in (4, 8))
            tag = profile[start : start + size]
            break
    else:
        return ""
    if tag[:4] == b"desc":  # version 2: textDescriptionType
        text = tag[12 : 12 + int.from_bytes(tag[8:12], "big")].partition(b"\0")[0].decode("latin-1")
    else:  # version 4: multiLocalizedUnicodeType, its first text
        size, start = (int.from_bytes(tag[by : by + 4], "big") for by in (20, 24))
        text = tag[start : start + size].decode("utf-16-be", "replace")
    return " ".join(text.replace("\0", " ").split())[:200]
