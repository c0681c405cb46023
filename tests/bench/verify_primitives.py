"""
How long do the primitives of ``verify --deep`` take by themselves, on as many cores as it may use?

``python -m tests.bench.verify_primitives PACKAGE PROCESSES [zlib]``: every byte of every WARC file through
one SHA-256 of the file and one of its member, every member unpacked with the inflater that is installed, and
its data through one SHA-256 of the block and one of the payload. Nothing is compared, parsed or listed. The
members are dealt to the processes by size beforehand; prints JSON.
"""

from __future__ import annotations

import csv
import hashlib
import json
import multiprocessing
import sys
import time
import zlib
from pathlib import Path

from preserve.formats.inflate import inflater

_PIECE = 1 << 18


def work(pieces: list[tuple[str, int, int]], plain: bool) -> None:  # noqa: FBT001 - called in one place
    """Do all of it for some members."""
    make = (lambda: zlib.decompressobj(31)) if plain else inflater
    whole = hashlib.sha256()
    for path, offset, length in pieces:
        with Path(path).open("rb", buffering=0) as stream:
            stream.seek(offset)
            member, block, payload, unpacking = hashlib.sha256(), hashlib.sha256(), hashlib.sha256(), make()
            left = length
            while left and (data := stream.read(min(_PIECE, left))):
                left -= len(data)
                whole.update(data)
                member.update(data)
                out = unpacking.decompress(data)
                block.update(out)
                payload.update(out)


def main() -> None:
    """Deal the members out, work, and say how long it took."""
    package, count, *plain = sys.argv[1:]
    root = Path(package)
    with (root / "data" / "manifests" / "records.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        members = [
            (str(root / "data" / "archive" / row["file"]), int(row["offset"]), int(row["length"]))
            for row in rows
        ]
    share = sum(length for _, _, length in members) / int(count)
    dealt: list[list[tuple[str, int, int]]] = [[] for _ in range(int(count))]
    size = 0
    for each in members:
        dealt[min(int(count) - 1, int(size // share))].append(each)
        size += each[2]
    context = multiprocessing.get_context("spawn")
    with context.Pool(int(count)) as pool:
        pool.map(abs, range(int(count)))  # all have started and imported
        began = time.perf_counter()
        pool.starmap(work, [(part, bool(plain)) for part in dealt], chunksize=1)
        took = time.perf_counter() - began
    print(json.dumps({"wall_s": took}))  # noqa: T201 - that is what it is for


if __name__ == "__main__":
    main()
