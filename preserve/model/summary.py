"""What do we tell a person about one package, and about what was taken out of it?"""

from __future__ import annotations

import attrs

from preserve.model.capture import Verdict
from preserve.model.inspection import Claim
from preserve.model.reference import Kind, Role, State

__all__ = [
    "EXTRACTED_SCHEMA",
    "Contradiction",
    "Document",
    "Exported",
    "Extracted",
    "Image",
    "Open",
    "Rendered",
    "Rendition",
    "Summary",
]

EXTRACTED_SCHEMA = "preserve/extracted/1"


@attrs.frozen(kw_only=True)
class Document:
    """A captured file that the page links, such as a PDF."""

    url: str
    name: str
    """What the page or its server calls it; for reading, never a path."""
    media_type: str
    size_bytes: int
    """Of the content, codings undone; of the entity body where they could not be undone."""
    digest: str
    """Of the same octets."""
    pages: int | None = None
    title: str = ""
    """By the document's own metadata."""
    author: str = ""
    """The same."""


@attrs.frozen(kw_only=True)
class Image:
    """A captured image."""

    url: str
    media_type: str
    size_bytes: int
    digest: str
    width: int | None = None
    height: int | None = None


@attrs.frozen(kw_only=True)
class Rendition:
    """Something that was made of the page, to be looked at: a picture, its text, a print."""

    kind: str
    """``screenshot``, ``thumbnail``, ``dom``, ``text``, ``print``, ``download``, ``synthesised``."""
    url: str
    made_at: str
    media_type: str
    size_bytes: int
    digest: str


@attrs.frozen(kw_only=True)
class Rendered:
    """How the page was seen, and how much of that is in the package."""

    browser: str
    viewport: str
    images_seen: int
    """Images that the reader saw."""
    images_held: int
    """Those of them whose octets are in the package."""
    images_missing: tuple[str, ...]
    """URLs of the others."""
    console_count: int
    dialogues_count: int
    pop_ups_count: int
    crashes: tuple[str, ...]
    clicks: int
    """Download widgets that were clicked."""
    by_worker: int
    """Answers that a service worker gave by itself."""


@attrs.frozen(kw_only=True)
class Open:
    """A reference without the octets it asks for: a gap, or something absent at its origin."""

    url: str | None
    written: str
    kind: Kind
    role: Role
    state: State
    reason: str = ""
    source_url: str | None = None
    line: int | None = None
    text: str = ""


@attrs.frozen(kw_only=True)
class Contradiction:
    """Claims of the page about one thing that do not agree."""

    about: str
    """What they are about: ``authorship``, or the name of the claims."""
    claims: tuple[Claim, ...]


@attrs.frozen(kw_only=True)
class Summary:
    """One package in the words of the person who asks what is in it."""

    path: str
    """Where the package was found."""
    page: str
    """Name of the page folder."""
    capture: str
    """Name of the package."""
    url: str
    shown_url: str | None
    """Where the page was found after redirects; None when the package shows no page."""
    title: str
    began_at: str
    ended_at: str
    engine: str
    software: str
    verdict: Verdict
    interrupted: bool
    reasons: tuple[str, ...]
    sequence: int
    recovered: str
    restricted: tuple[str, ...]
    """Sentences: why the package should not be given away without a look."""
    chosen: dict[str, Claim]
    """Claim name to the claim chosen for display."""
    claims: tuple[Claim, ...]
    """Every claim of the page about itself, in the order found."""
    contradictions: tuple[Contradiction, ...]
    documents: tuple[Document, ...]
    images: tuple[Image, ...]
    rendered: Rendered | None
    """None when no browser showed the page."""
    renditions: tuple[Rendition, ...]
    gaps: tuple[Open, ...]
    absent: tuple[Open, ...]
    resources: int
    redirects: int
    references: int
    records: int
    payload_bytes: int
    """Entity bodies together, as transferred."""
    tagmanifest: str
    """Digest of ``tagmanifest-sha256.txt``: it pins every octet of the package. Empty for a ``.wacz``."""


@attrs.frozen(kw_only=True)
class Exported:
    """A file for delivery, made from a package."""

    path: str
    digest: str
    size_bytes: int
    package: str


@attrs.frozen(kw_only=True)
class Made:
    """One file that was made of another after that was taken out, or why it could not be."""

    kind: str
    """``text``, ``attachments``, ``thumbnails``, ``repair-report`` or ``pronom``."""
    path: str = ""
    """Relative to the folder, with ``/``; empty when ``problem`` says what is wrong."""
    name: str = ""
    """Of an attachment: as the document calls it."""
    size_bytes: int = 0
    digest: str = ""
    problem: str = ""


@attrs.frozen(kw_only=True)
class Extracted:
    """One file taken out of a package, or one that was too damaged for it."""

    path: str
    """Relative to the folder it was put into, with ``/``; empty when ``problem`` says why it is not there."""
    url: str
    role: Role
    record: str
    """Record id of the response it was taken from."""
    media_type: str
    size_bytes: int
    digest: str
    decoded: bool = True
    """False when the content coding could not be undone when it was captured: the file is the coded body."""
    problem: str = ""
    made: tuple[Made, ...] = ()
    """What was made of it because it was asked for."""
    pronom: str = ""
    """Its format's identifier in PRONOM, where that was asked for; ``UNKNOWN`` if it has none."""
