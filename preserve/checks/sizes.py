"""
Has every file the size that datapackage.json gives? docs/format/package-1.md, section 11.

Asked where files are not read: of those that are, the digest says more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.checks.layout import DATAPACKAGE
from preserve.checks.statements import say, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement

__all__ = ["judge_sizes"]


def judge_sizes(evidence: Evidence) -> Iterator[Statement]:
    """Say which files are longer or shorter than datapackage.json says."""
    found = evidence.datapackage
    if found is None:
        problem = evidence.datapackage_problem
        text = f"The sizes could not be compared with datapackage.json. {problem}".rstrip()
        yield say("datapackage.syntax" if problem else "check.not-done", DATAPACKAGE, text)
        return
    for entry in found.resources:
        path = f"data/{entry.path}"
        size = evidence.tree.files.get(path)
        if size is None or size == entry.size_bytes:
            continue  # what is missing was said before
        text = f"{shown(path)} has {size} bytes; datapackage.json says {entry.size_bytes}."
        fault = path if evidence.datapackage_agrees and evidence.sound(DATAPACKAGE) else DATAPACKAGE
        yield say(
            "datapackage.resource-differs", fault, text, path=fault, expected=entry.size_bytes, observed=size
        )
