"""What must the sentence of a finding say, beside its code and place?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.checks.build import DATAPACKAGE, IDX, INDEX, REFERENCES, WARC
from tests.checks.damages import Damage, add, document, index, index_field, keep_index, remove, value

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.checks.build import Sample

__all__ = ["WORDED"]

_URL = "https://example.org/x"


def _respelled(lines: list[str]) -> list[str]:
    return [lines[0].replace('": "', '":  "'), *lines[1:]]


_ROWS: tuple[tuple[Callable[[Sample], object], str, str, str, str], ...] = (
    (remove(IDX), "file.missing", IDX, "", "is missing; manifest-sha256.txt lists it."),
    (remove("README.txt"), "file.missing", "README.txt", "", "; tagmanifest-sha256.txt lists it."),
    (remove(IDX), "file.missing", IDX, "all", "is missing; every package has it."),
    (remove(WARC), "file.missing", WARC, "all", "; records.tsv or datapackage.json names it."),
    (add("data/extra"), "file.added", "data/extra", "", "does not belong to a package (4 bytes)."),
    (
        add("data/extra"),
        "file.added",
        "data/extra",
        "all",
        "does not belong to a package though a manifest lists it (4 bytes).",
    ),
    (keep_index(index(_respelled)), "index.line-differs", INDEX, "", "jsonl line 1 in its spelling."),
    (
        keep_index(index_field(1, "url", _URL)),
        "index.line-differs",
        INDEX,
        "",
        "differs from records.tsv line 9 and resources.jsonl line 4 in url.",
    ),
    (
        value(REFERENCES, 3, state="absent-at-origin"),
        "references.state-differs",
        REFERENCES,
        "",
        "it has status 200, whole.",
    ),
    (
        value(REFERENCES, 3, record=None),
        "references.state-differs",
        REFERENCES,
        "",
        "it has no stored response.",
    ),
    (
        value(REFERENCES, 3, state="failed"),
        "references.state-differs",
        REFERENCES,
        "",
        "Its state is failed, yet its response is stored whole with status 200.",
    ),
    (
        document(DATAPACKAGE, "mainPageUrl", to=_URL),
        "datapackage.main-page-differs",
        DATAPACKAGE,
        "",
        "the captured page is https://example.org/blog/a-post of 2026-11-22T10:15:00.123Z.",
    ),
)

WORDED = [
    Damage(name=f"said: {says}", do=do, code=code, path=path, above=above, says=says)
    for do, code, path, above, says in _ROWS
]
"""Each with what it must say."""
