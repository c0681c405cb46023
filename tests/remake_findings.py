"""
What is made from the table of finding codes, and how is it made again?

Run it after any change of ``preserve/model/findings.py``, and ``tests/remake_manifests.py`` after it::

    python tests/remake_findings.py

It writes ``manifests/registries/finding-codes.json`` and ``docs/findings.md``. ``tests/test_findings.py``
fails until it was run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from preserve.formats.schemas import dump_json, unstructure
from preserve.model.finding import Result
from preserve.model.findings import CODES

__all__ = ["PAGE", "REGISTRY", "main", "page", "registry"]

ROOT = Path(__file__).parent.parent
REGISTRY = ROOT / "manifests" / "registries" / "finding-codes.json"
PAGE = ROOT / "docs" / "findings.md"

_INTRODUCTION = """\
# Findings

What a verification can say about a package. Every finding has a code that never changes its meaning, a
result, the place it is about, what was expected and what was seen, the clause of the standard or
specification, and what to do. This page is made from the table in `preserve/model/findings.py`; machines
read the same table in `manifests/registries/finding-codes.json`.

- **One cause is one finding.** A flipped bit in a WARC file makes four digests fail; the finding is the
  record that was hit, with its id and URL, and the four digests are listed under it (`also` in JSON). Of
  several codes about one file, the one that stands first on this page is the finding.
- **`fail`**: the package is damaged; exit code 6. **`not-checked`**: something could not be read or is
  unknown, and nothing is claimed about it; exit code 3. **`warn`** and **`pass`** leave exit code 0.
- **What a verification cannot see.** Somebody who changes a record and makes every digest above it again,
  those in `records.tsv` and the index included, leaves a package that is consistent in itself. Only what is
  kept apart from it, its receipt, shows that it is not the one that was sealed.
"""


def registry() -> bytes:
    """Return the registry of finding codes."""
    return dump_json(
        {
            "description": (
                "What a verification can say, in the order of causes: of several findings about one file "
                "with one cause, the first here is primary. A code is never used again with another meaning."
            ),
            "codes": unstructure(tuple(CODES.values())),
        }
    )


def page() -> str:
    """Return docs/findings.md."""
    parts = [_INTRODUCTION]
    for result in (Result.FAIL, Result.NOT_CHECKED, Result.WARN, Result.PASS):
        parts.append(f"\n## {result.value}\n")
        for row in CODES.values():
            if row.result is result:
                remedy = row.remedy.replace("{file}", "the file")
                parts += (
                    f"\n### {row.code}\n\n{row.title}. {row.meaning}\n\n",
                    f"- Clause: {row.clause}\n- What to do: {remedy}\n",
                )
    return "".join(parts)


def main() -> None:
    """Write both."""
    REGISTRY.write_bytes(registry())
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{REGISTRY} and {PAGE} are up to date.\n")


if __name__ == "__main__":
    main()
