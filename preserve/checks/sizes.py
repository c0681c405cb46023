"""
Has every file the size that datapackage.json gives? docs/format/package-1.md, section 11.

Asked where files are not read: of those that are, the digest says more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.checks.bag import measured_oxum, stated_oxum
from preserve.checks.datapackage import compare_digest
from preserve.checks.layout import DATAPACKAGE
from preserve.checks.results import Standing
from preserve.checks.statements import say, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement

__all__ = ["judge_sizes"]


def judge_sizes(evidence: Evidence) -> Iterator[Statement]:
    """
    Say which files are longer or shorter than datapackage.json says.

    It is datapackage.json that is wrong where Payload-Oxum bears out the sum of the files.
    """
    found = evidence.datapackage
    if found is None:
        problem = evidence.datapackage_problem
        yield from compare_digest(evidence, contradicted=bool(problem))
        text = f"The sizes could not be compared with datapackage.json. {problem}".rstrip()
        yield say("datapackage.syntax" if problem else "check.not-done", DATAPACKAGE, text)
        return
    sizes = {f"data/{entry.path}": entry.size_bytes for entry in found.resources}
    # What is missing was said before.
    there = {path: evidence.tree.files[path] for path in sizes if path in evidence.tree.files}
    trusted = evidence.datapackage_agrees and evidence.sound(DATAPACKAGE)
    if sum(there.values()) != sum(sizes[path] for path in there):
        trusted = trusted and stated_oxum(evidence) != measured_oxum(evidence)
    wrong = {path: size for path, size in there.items() if size != sizes[path]}
    yield from compare_digest(evidence, contradicted=bool(wrong) and not trusted)
    for path, size in wrong.items():
        if trusted:
            evidence.standing[path] = Standing.DAMAGED
        fault = path if trusted else DATAPACKAGE
        text = f"{shown(path)} has {size} bytes; datapackage.json says {sizes[path]}."
        yield say("datapackage.resource-differs", fault, text, expected=sizes[path], observed=size)
