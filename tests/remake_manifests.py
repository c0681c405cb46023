"""
What in ``manifests/`` is made from the code, and how is it made again?

Run it after any change below ``manifests/``::

    python tests/remake_manifests.py

It writes the registries anew from the tables of ``preserve.model``, then ``manifest-sha256.txt`` over
every other file. ``tests/test_manifests.py`` fails until it was run.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from preserve.formats.schemas import dump_json, unstructure
from preserve.model.digest import ALGORITHMS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MANIFEST", "MANIFESTS", "REGISTRIES", "digests", "listing", "main"]

MANIFESTS = Path(__file__).parent.parent / "manifests"
MANIFEST = "manifest-sha256.txt"


def digests() -> bytes:
    """Return the digest registry: the algorithms in order of preference."""
    return dump_json(
        {
            "description": (
                "The algorithms of digests, in order of preference. writes: whether our writer uses it; "
                "readers accept all. A name is never used again for another algorithm."
            ),
            "algorithms": unstructure(tuple(ALGORITHMS.values())),
        }
    )


REGISTRIES: dict[str, Callable[[], bytes]] = {
    "registries/digests.json": digests,
}
"""Files made from tables of the code, relative to ``manifests/``."""


def listing(folder: Path) -> str:
    """Return what ``sha256sum`` prints for every file below a folder but the listing itself, by path."""
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted(files)
        if name != MANIFEST
    )


def main() -> None:
    """Write the registries, then the listing."""
    for name, make in REGISTRIES.items():
        (MANIFESTS / name).write_bytes(make())
    (MANIFESTS / MANIFEST).write_text(listing(MANIFESTS), encoding="utf-8")
    sys.stdout.write(f"{MANIFESTS / MANIFEST} is up to date.\n")


if __name__ == "__main__":
    main()
