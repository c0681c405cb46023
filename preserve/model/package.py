"""What do ``capture.json`` and a receipt hold?"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from preserve.model.capture import CaptureRequest, ClockFacts, Outcome
from preserve.model.inspection import Claim
from preserve.model.rendering import Rendering

__all__ = [
    "CAPTURE_SCHEMA",
    "PACKAGE_VERSION",
    "RECEIPT_SCHEMA",
    "CaptureFile",
    "Counts",
    "Previous",
    "Receipt",
]

PACKAGE_VERSION = 1
CAPTURE_SCHEMA = "preserve/capture/1"
RECEIPT_SCHEMA = "preserve/receipt/1"


@attrs.frozen(kw_only=True)
class Previous:
    """The latest package of the page folder when this one was sealed."""

    capture: str
    tagmanifest: str
    """Digest of its ``tagmanifest-sha256.txt``."""
    receipt: str
    """Digest of its receipt."""


@attrs.frozen(kw_only=True)
class Counts:
    """How much the package holds."""

    records: int
    resources: int
    references: int
    payload_bytes: int
    """Entity bodies together, as transferred."""


@attrs.frozen(kw_only=True)
class CaptureFile:
    """``manifests/capture.json``, docs/format/package-1.md section 10.1."""

    schema: str = CAPTURE_SCHEMA
    package_version: int = PACKAGE_VERSION
    page: str
    capture: str
    sequence: int
    previous: Previous | None
    request: CaptureRequest
    software: str
    environment: Mapping[str, str]
    """Python, platform and the versions of the libraries that touched bytes."""
    clock: ClockFacts
    claims: tuple[Claim, ...]
    chosen: Mapping[str, int]
    """Claim name to its index in ``claims``: the one chosen for display."""
    outcome: Outcome
    counts: Counts
    rendering: Rendering | None = None
    """What became of the page in a browser; null when none showed it."""
    restricted: tuple[str, ...] = ()
    """Sentences: why the package should not be given away without a look."""
    recovered: str = ""
    """A sentence, when the package was sealed by ``recover``: what was found and what was cut off."""


@attrs.frozen(kw_only=True)
class Receipt:
    """What pins a package, kept apart from it. docs/format/package-1.md section 13."""

    schema: str = RECEIPT_SCHEMA
    url: str
    page: str
    capture: str
    tagmanifest: str
    files: int
    bytes: int
    records: int
    sequence: int
    previous: str | None
