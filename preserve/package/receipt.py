"""What pins a package from outside? docs/format/package-1.md, section 13."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.disk import storage_errors, write_new
from preserve.errors import PackageDamaged, PreserveError, ReceiptUnreadable, StorageUnavailable, SyntaxFault
from preserve.formats.bagit import parse_bag_info, parse_manifest, parse_oxum
from preserve.formats.schemas import DOCUMENT_BYTES, dump_json, load
from preserve.model.digest import Digest
from preserve.model.package import RECEIPT_SCHEMA, CaptureFile, Previous, Receipt
from preserve.package.reader import Package

if TYPE_CHECKING:
    import os

__all__ = [
    "Held",
    "latest_before",
    "make_receipt",
    "read_receipts",
    "receipt_digest",
    "sealed_capture",
    "write_receipt",
]

_CAPTURE = "data/manifests/capture.json"
_MANIFEST = "manifest-sha256.txt"
_RECEIPT_BYTES = 64 * 1024
_TAGMANIFEST = "tagmanifest-sha256.txt"
_NAME = "[0-9]" * 8 + "T" + "[0-9]" * 6 + "Z"


@attrs.frozen(kw_only=True)
class Held:
    """A receipt that somebody kept."""

    path: Path
    receipt: Receipt


def make_receipt(package: Path) -> Receipt:
    """
    Return the receipt of a published package, a function of the package alone.

    Reads three small files, not the payload: verify the package first.

    Raises:
        PackageDamaged: If one of the three cannot be read.
    """
    try:
        opened = Package(path=package)
        tagmanifest = _small(opened, _TAGMANIFEST)
        info = dict(parse_bag_info(io.BytesIO(_small(opened, "bag-info.txt"))))
        capture = load(CaptureFile, _small(opened, _CAPTURE))
        oxum = parse_oxum(info["Payload-Oxum"])
    except (KeyError, PackageDamaged, StorageUnavailable, SyntaxFault) as exc:
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


def read_receipts(given: str | os.PathLike[str]) -> tuple[list[Held], list[PreserveError]]:
    """
    Return the receipts of a file, or of all ``.json`` files below a folder, and what could not be read.

    In a folder, JSON of other kinds is passed over.

    Raises:
        ReceiptUnreadable: If there is nothing at the path, no receipt in the folder, or the file is none.
    """
    path = Path(given)
    with storage_errors(f"read {path}"):
        folder = path.is_dir()
        files = sorted(found for found in path.rglob("*.json") if found.is_file()) if folder else [path]
    held: list[Held] = []
    problems: list[PreserveError] = []
    for file in files:
        try:
            held.append(Held(path=file, receipt=_read_receipt(file)))
        except ReceiptUnreadable as exc:
            if not folder:
                raise
            if exc.facts.get("receipt"):
                problems.append(exc)
    if not held and not problems:
        raise ReceiptUnreadable(
            f"{path} holds no receipt; name a file that preserve receipt or archive --receipt wrote, or a "
            "folder of such files.",
            path=str(path),
        )
    return held, problems


def _read_receipt(file: Path) -> Receipt:
    """Read one file; the fact ``receipt`` tells whether it claims to be one, by its name or its schema."""
    named = file.name.endswith(".receipt.json")
    claims = named
    try:
        with file.open("rb") as stream:
            data = stream.read(_RECEIPT_BYTES + 1)
        claims = claims or b"preserve/receipt/" in data
        if len(data) > _RECEIPT_BYTES:
            raise ReceiptUnreadable(f"{file} is too large for a receipt.", path=str(file), receipt=named)
        receipt = load(Receipt, data)
        Digest.parse(receipt.tagmanifest)
    except (OSError, SyntaxFault, ValueError) as exc:
        reason = exc.message if isinstance(exc, PreserveError) else str(exc)
        raise ReceiptUnreadable(
            f"{file} cannot be read as a receipt. {reason}", path=str(file), receipt=claims
        ) from exc
    if receipt.schema != RECEIPT_SCHEMA:
        raise ReceiptUnreadable(
            f"{file} is a receipt of schema {receipt.schema!r:.80}; this software reads {RECEIPT_SCHEMA}.",
            path=str(file),
            receipt=True,
        )
    return receipt


def sealed_capture(package: Package, tagmanifests: set[str]) -> CaptureFile:
    """
    Return ``capture.json`` if it is the one that a tag manifest with one of some digests seals.

    Raises:
        PackageDamaged: If it is not, or a file on the way to it cannot be read.
        StorageUnavailable: If the disk refuses.
    """
    try:
        data = _small(package, _TAGMANIFEST)
        if str(Digest.of(data)) not in tagmanifests:
            raise PackageDamaged(f"{package.path} is not the package pinned.", path=str(package.path))
        tags = {line.path: line.digest for line in parse_manifest(io.BytesIO(data), "sha256")}
        manifest, capture = _small(package, _MANIFEST), _small(package, _CAPTURE)
        lines = {line.path: line.digest for line in parse_manifest(io.BytesIO(manifest), "sha256")}
        if (tags.get(_MANIFEST), lines.get(_CAPTURE)) != (Digest.of(manifest), Digest.of(capture)):
            text = f"{package.path} has another capture.json than was sealed."
            raise PackageDamaged(text, path=str(package.path))
        return load(CaptureFile, capture)
    except SyntaxFault as exc:
        raise PackageDamaged(f"{package.path}: {exc.message}", path=str(package.path)) from exc


def _small(package: Package, name: str) -> bytes:
    """Return a file of bounded size, no link followed."""
    with package.open(name) as stream:
        data = stream.read(DOCUMENT_BYTES + 1)
    if len(data) > DOCUMENT_BYTES:
        raise PackageDamaged(f"{package.path / name} is longer than {DOCUMENT_BYTES} bytes.", path=name)
    return data


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
