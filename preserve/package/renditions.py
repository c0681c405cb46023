"""What does the package say of something that was made of the page, to be looked at?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.exchange import Ended, Fidelity
from preserve.model.reference import Role
from preserve.model.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preserve.model.digest import Digest
    from preserve.model.inspection import Json

__all__ = ["FACT", "KINDS", "kind_of", "make_rendition", "seen_as"]

_FILES: Mapping[str, str] = {
    "screenshot": "page.png",
    "thumbnail": "small.png",
    "dom": "page.html",
    "text": "page.txt",
    "print": "page.pdf",
}

FACT = "rendition"
"""The fact that says which kind of rendition a resource is."""

KINDS: Mapping[str, str] = {
    "urn:fullPage:": "screenshot",
    "urn:thumbnail:": "thumbnail",
    "urn:dom:": "dom",
    "urn:text:": "text",
    "urn:pdf:": "print",
    "blob:": "download",
    "data:": "download",
    "http:": "synthesised",
    "https:": "synthesised",
}
"""How the URI of a resource record begins, and what it is then. docs/format/package-1.md, section 10.2."""


def kind_of(url: str) -> str | None:
    """Return which kind of rendition a resource record with that URI is; None: it is none of ours."""
    return next((kind for prefix, kind in KINDS.items() if url.startswith(prefix)), None)


def seen_as(resource: Resource) -> str | None:
    """Return the name of the file that a rendition is taken out as; None: that of a download."""
    kind = resource.facts.get(FACT)
    return _FILES.get(kind) if isinstance(kind, str) else None


def make_rendition(
    *,
    url: str,
    record: str,
    at: str,
    media_type: str,
    block: Digest,
    size_bytes: int,
    facts: Mapping[str, Json] | None = None,
) -> Resource:
    """
    Return the line of ``resources.jsonl`` for a rendition.

    Args:
        url: The WARC-Target-URI.
        record: The id of its resource record.
        at: The WARC-Date: when it was made.
        media_type: Its Content-Type.
        block: Digest of its octets.
        size_bytes: How many they are.
        facts: What else is known of it.
    """
    known = dict(facts or {})
    name = known.pop("name", None)
    kind = kind_of(url)
    return Resource(
        url=url,
        role=Role.RENDITION,
        status=None,
        captured_at=at,
        ended=Ended.WHOLE,
        response=record,
        block_digest=str(block),
        payload_digest=str(block),
        payload_bytes=size_bytes,
        content_digest=str(block),
        content_bytes=size_bytes,
        declared_type=media_type,
        sniffed_type=media_type.partition(";")[0],
        file_name=name if isinstance(name, str) else None,
        fidelity=Fidelity.SYNTHESISED,
        facts={**known, **({FACT: kind} if kind else {})},
    )
