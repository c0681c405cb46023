"""What can become of the captures of a page after their receipts were put away, and what must be said?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import attrs

from preserve.formats.schemas import dump_json
from preserve.model.package import Previous
from preserve.package.receipt import make_receipt, receipt_digest, write_receipt
from tests.checks.build import NAME, PAGE, TAGMANIFEST, build

__all__ = ["CAPTURES", "RECEIPT_FAULTS", "Archive", "ReceiptFault", "capture", "make_archive"]

CAPTURES = (NAME, "20261122T101501Z", "20261122T101502Z")
FORGED = b"<!doctype html><title>A post</title><p>Other words."


@attrs.frozen(kw_only=True)
class Archive:
    """A page of three captures, and their receipts elsewhere."""

    root: Path
    receipts: Path

    @property
    def page(self) -> Path:
        """The page folder."""
        return self.root / PAGE

    def package(self, number: int) -> Path:
        """Return the folder of a capture, from 0."""
        return self.page / CAPTURES[number]

    def receipt(self, number: int) -> Path:
        """Return the receipt of a capture, from 0."""
        return self.receipts / f"{PAGE}-{CAPTURES[number]}.receipt.json"


def capture(root: Path, number: int, *, html: bytes | None = None, name: str | None = None) -> Path:
    """Write the next capture of the page, which follows the one before it."""
    previous = None
    if number:
        made = make_receipt(root / PAGE / CAPTURES[number - 1])
        previous = Previous(
            capture=made.capture, tagmanifest=made.tagmanifest, receipt=str(receipt_digest(made))
        )
    words = html or f"<!doctype html><title>A post</title><p>State {number}.".encode()
    sample = build(name=name or CAPTURES[number], html=words, previous=previous, sequence=number + 1)
    return sample.write(root)


def make_archive(root: Path) -> Archive:
    """Write three captures and their receipts."""
    archive = Archive(root=root / "archive", receipts=root / "receipts")
    archive.receipts.mkdir(parents=True)
    for number in range(len(CAPTURES)):
        write_receipt(capture(archive.root, number), archive.receipt(number))
    return archive


@attrs.frozen(kw_only=True)
class ReceiptFault:
    """What was done, and the primary finding it must give when the page folder is verified."""

    name: str
    do: Callable[[Archive], object]
    code: str
    path: str
    capture: int
    """In the report on which capture."""
    receipts: tuple[int, ...] = (0, 1, 2)
    """The receipts that are left."""
    also: tuple[tuple[str, str], ...] = ()
    """What else is said in that report: code and place."""


def _forge(number: int) -> Callable[[Archive], object]:
    """Return what puts a wholly consistent package of other words in the place of a capture."""

    def do(archive: Archive) -> None:
        shutil.rmtree(archive.package(number))
        capture(archive.root, number, html=FORGED)

    return do


def _remove(*numbers: int) -> Callable[[Archive], object]:
    def do(archive: Archive) -> None:
        for number in numbers:
            shutil.rmtree(archive.package(number))

    return do


def _edit_receipt(number: int, **changes: object) -> Callable[[Archive], object]:
    def do(archive: Archive) -> None:
        path = archive.receipt(number)
        path.write_bytes(dump_json(json.loads(path.read_bytes()) | changes))

    return do


def _roll_back(archive: Archive) -> None:
    """Put the page folder back to the state before the last two captures, and capture anew."""
    _remove(1, 2)(archive)
    capture(archive.root, 1, html=FORGED)


def _readme(archive: Archive) -> None:
    """Edit the README of a capture, which no software reads, and make the digest of it again."""
    sample = build(name=CAPTURES[0], html=b"<!doctype html><title>A post</title><p>State 0.")
    sample.files["README.txt"] += b"Send money.\n"
    sample.remake_tags()
    sample.write(archive.root)


RECEIPT_FAULTS = [
    ReceiptFault(
        name="the last capture forged", do=_forge(2), code="receipt.differs", path=TAGMANIFEST, capture=2
    ),
    ReceiptFault(
        name="the first capture forged", do=_forge(0), code="receipt.differs", path=TAGMANIFEST, capture=0
    ),
    ReceiptFault(
        name="an earlier capture forged, its receipt lost",
        do=_forge(0),
        code="receipt.differs",
        path=TAGMANIFEST,
        capture=0,
        receipts=(2,),
    ),
    ReceiptFault(name="the README edited", do=_readme, code="receipt.differs", path=TAGMANIFEST, capture=0),
    ReceiptFault(
        name="a capture between removed",
        do=_remove(1),
        code="receipt.capture-missing",
        path=f"../{CAPTURES[1]}",
        capture=2,
        receipts=(2,),
    ),
    ReceiptFault(
        name="the first capture removed",
        do=_remove(0),
        code="receipt.capture-missing",
        path=f"../{CAPTURES[0]}",
        capture=2,
        receipts=(2,),
    ),
    ReceiptFault(
        name="the last capture removed",
        do=_remove(2),
        code="receipt.capture-missing",
        path=f"../{CAPTURES[2]}",
        capture=1,
    ),
    ReceiptFault(
        name="a roll-back",
        do=_roll_back,
        code="receipt.capture-missing",
        path=f"../{CAPTURES[2]}",
        capture=1,
        receipts=(2,),
        also=(("receipt.none", ""),),
    ),
    ReceiptFault(
        name="counts of a receipt edited",
        do=_edit_receipt(1, records=7),
        code="receipt.differs",
        path=TAGMANIFEST,
        capture=1,
    ),
    ReceiptFault(
        name="no receipt of the page",
        do=_edit_receipt(0, page="x-0123456789abcdef"),
        code="receipt.none",
        path="",
        capture=0,
        receipts=(0,),
    ),
    ReceiptFault(
        name="a later capture without a receipt",
        do=lambda _: None,
        code="receipt.newer",
        path="",
        capture=2,
        receipts=(1,),
    ),
]
"""Every fault with the primary finding it must give."""
