"""
What in ``manifests/`` is made from the code, and how is it made again?

Run it after any change below ``manifests/``::

    python tests/remake_manifests.py

It writes the registries anew from the tables of ``preserve.model``; gives the JSON of the golden package
the keys that the model has gained, with their defaults, and seals it again; then ``manifest-sha256.txt``
over every other file. ``tests/test_manifests.py`` fails until it was run.
"""

from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.formats import bagit, wacz
from preserve.formats.schemas import dump_json, dump_line, load, read_lines, unstructure
from preserve.model.digest import ALGORITHMS, Digest
from preserve.model.package import CaptureFile, Receipt
from preserve.model.reference import Reference
from preserve.model.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MANIFEST", "MANIFESTS", "REGISTRIES", "digests", "listing", "main", "reseal"]

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


def reseal(golden: Path) -> None:
    """Write the JSON of a golden package again, then what pins it. Binary files stay as listed."""
    package = golden / "package"
    data, manifests = package / "data", package / "data" / "manifests"
    capture = manifests / "capture.json"
    capture.write_bytes(dump_json(load(CaptureFile, capture.read_bytes())))
    for name, cls in (("resources", Resource), ("references", Reference)):
        path = manifests / f"{name}.jsonl"
        path.write_bytes(b"".join(map(dump_line, read_lines(cls, io.BytesIO(path.read_bytes())))))
    found = wacz.parse_datapackage((data / "datapackage.json").read_bytes())
    entries = [_again(entry, data) for entry in found.resources]
    described = wacz.format_datapackage(
        title=found.title,
        software=found.software,
        created=found.created,
        main_page_url=found.main_page_url,
        main_page_date=found.main_page_date,
        files=entries,
    )
    digest = wacz.format_datapackage_digest(described)
    (data / "datapackage.json").write_bytes(described)
    (data / "datapackage-digest.json").write_bytes(digest)
    octets = sum(entry.size_bytes for entry in entries) + len(described) + len(digest)
    _pin(package, octets, len(entries) + 2)
    pinned = str(Digest.of((package / "tagmanifest-sha256.txt").read_bytes()))
    receipt = load(Receipt, (golden / "receipt.json").read_bytes())
    (golden / "receipt.json").write_bytes(
        dump_json(attrs.evolve(receipt, tagmanifest=pinned, bytes=octets, files=len(entries) + 2))
    )


def _again(entry: wacz.FileEntry, data: Path) -> wacz.FileEntry:
    """Return the entry of a file as it is now; of a binary file, which is not there, as it was."""
    path = data / entry.path
    if not path.exists():
        return entry
    octets = path.read_bytes()
    return wacz.FileEntry(path=entry.path, digest=Digest.of(octets), size_bytes=len(octets))


def _pin(package: Path, octets: int, files: int) -> None:
    """Write the Oxum and both manifests of a bag again."""
    info = bagit.parse_bag_info(io.BytesIO((package / "bag-info.txt").read_bytes()))
    oxum = f"{octets}.{files}"
    (package / "bag-info.txt").write_bytes(
        bagit.format_bag_info([(key, oxum if key == "Payload-Oxum" else value) for key, value in info])
    )
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        path = package / name
        lines = [
            attrs.evolve(line, digest=Digest.of((package / line.path).read_bytes()))
            if (package / line.path).exists()
            else line
            for line in bagit.parse_manifest(io.BytesIO(path.read_bytes()), "sha256")
        ]
        path.write_bytes(b"".join(bagit.format_manifest(lines)))


def main() -> None:
    """Write the registries, then the golden package, then the listing."""
    for name, make in REGISTRIES.items():
        (MANIFESTS / name).write_bytes(make())
    for golden in sorted(MANIFESTS.glob("*/golden")):
        reseal(golden)
    (MANIFESTS / MANIFEST).write_text(listing(MANIFESTS), encoding="utf-8")
    sys.stdout.write(f"{MANIFESTS / MANIFEST} is up to date.\n")


if __name__ == "__main__":
    main()
