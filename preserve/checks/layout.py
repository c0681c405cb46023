"""Which files make up a package? docs/format/package-1.md, section 4."""

from __future__ import annotations

import re

__all__ = [
    "BAGIT",
    "BAG_INFO",
    "CAPTURE",
    "DATAPACKAGE",
    "DATAPACKAGE_DIGEST",
    "FILES",
    "FOLDERS",
    "IDX",
    "INDEX",
    "MANIFEST",
    "PAGES",
    "README",
    "RECORDS",
    "REFERENCES",
    "RESOURCES",
    "TAGMANIFEST",
    "TAG_FILES",
    "is_payload",
    "is_warc",
    "warc_parts",
    "warc_path",
]

README = "README.txt"
BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAGMANIFEST = "tagmanifest-sha256.txt"
INDEX = "data/indexes/index.cdx.gz"
IDX = "data/indexes/index.idx"
PAGES = "data/pages/pages.jsonl"
CAPTURE = "data/manifests/capture.json"
RECORDS = "data/manifests/records.tsv"
REFERENCES = "data/manifests/references.jsonl"
RESOURCES = "data/manifests/resources.jsonl"
DATAPACKAGE = "data/datapackage.json"
DATAPACKAGE_DIGEST = "data/datapackage-digest.json"

TAG_FILES = (README, BAG_INFO, BAGIT, MANIFEST)
"""What the tag manifest lists."""

FILES = frozenset(
    {
        *TAG_FILES,
        TAGMANIFEST,
        INDEX,
        IDX,
        PAGES,
        CAPTURE,
        RECORDS,
        REFERENCES,
        RESOURCES,
        DATAPACKAGE,
        DATAPACKAGE_DIGEST,
    }
)
"""Every file but the WARC files; each stands in every package."""

FOLDERS = frozenset({"data", "data/archive", "data/indexes", "data/pages", "data/manifests"})

_ARCHIVE = "data/archive/"
_WARC = re.compile(r"([a-z0-9](?:[a-z0-9-]*[a-z0-9])?-[0-9a-f]{16})-([0-9]{14})-([0-9]{5})\.warc\.gz")


def is_payload(path: str) -> bool:
    """Tell whether a path lies in the payload folder of the bag."""
    return path.startswith("data/")


def is_warc(path: str) -> bool:
    """Tell whether a path is one that a WARC file of a package can have."""
    return warc_parts(path) is not None


def warc_parts(path: str) -> tuple[str, str, int] | None:
    """Return page folder, 14 digits and serial from the path of a WARC file; None if it is none."""
    found = _WARC.fullmatch(path[len(_ARCHIVE) :]) if path.startswith(_ARCHIVE) else None
    return None if found is None else (found[1], found[2], int(found[3]))


def warc_path(name: str) -> str:
    """Return the path of a WARC file from its name."""
    return _ARCHIVE + name
