"""What pins a package from outside? docs/format/package-1.md, section 13."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.disk import storage_errors, write_new
from preserve.errors import PackageDamaged, SyntaxFault
from preserve.formats.bagit import parse_bag_info, parse_oxum
from preserve.formats.schemas import dump_json, load
from preserve.model.digest import Digest
from preserve.model.package import CaptureFile, Previous, Receipt

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["latest_before", "make_receipt", "receipt_digest", "write_receipt"]

_NAME = "[0-9]" * 8 + "T" + "[0-9]" * 6 + "Z"


def make_receipt(package: Path) -> Receipt:
    """
    Return the receipt of a published package, a function of the package alone.

    Reads three small files, not the payload: verify the package first.

    Raises:
        PackageDamaged: If one of the three cannot be read.
    """
    try:
        tagmanifest = (package / "tagmanifest-sha256.txt").read_bytes()
        with (package / "bag-info.txt").open("rb") as stream:
            info = dict(parse_bag_info(stream))
        capture = load(CaptureFile, (package / "data" / "manifests" / "capture.json").read_bytes())
        oxum = parse_oxum(info["Payload-Oxum"])
    except (OSError, KeyError, SyntaxFault) as exc:
        raise PackageDamaged(f"No receipt can be made of {package}: {exc}", path=str(package)) from exc
    return Receipt(
        url=capture.request.url,
        page=capture.page,
        capture=capture.capture,
        tagmanifest=str(Digest.of(tagmanifest)),
        files=oxum.files,
        bytes=oxum.octets,
        records=capture.counts.records,
        sequence=capture.sequence,
        previous=capture.previous.receipt if capture.previous else None,
    )


def receipt_digest(receipt: Receipt) -> Digest:
    """Return the digest of a receipt's file."""
    return Digest.of(dump_json(receipt))


def write_receipt(package: Path, target: Path) -> Receipt:
    """
    Write the receipt of a package to a file that must not exist yet.

    Raises:
        TargetExists: If something stands there.
    """
    receipt = make_receipt(package)
    write_new(target, dump_json(receipt))
    return receipt


def latest_before(home: Path, name: str) -> tuple[int, Previous | None]:
    """
    Return the sequence number of the capture ``name`` in a page folder, and what it follows.

    A previous package that is damaged is not followed: the number then counts the folders.
    """
    with storage_errors(f"read {home}"):
        earlier = sorted(path for path in home.glob(_NAME) if path.name < name and path.is_dir())
    if not earlier:
        return 1, None
    try:
        receipt = make_receipt(earlier[-1])
    except PackageDamaged:
        return len(earlier) + 1, None
    return receipt.sequence + 1, Previous(
        capture=receipt.capture, tagmanifest=receipt.tagmanifest, receipt=str(receipt_digest(receipt))
    )
