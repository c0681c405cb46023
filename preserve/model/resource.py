"""What does the package say about one captured exchange, or about what was made of the page?"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from preserve.model.exchange import AskedBy, Ended, Fidelity
from preserve.model.inspection import Json, Problem
from preserve.model.reference import Role

__all__ = ["Resource"]


@attrs.frozen(kw_only=True)
class Resource:
    """One line of ``manifests/resources.jsonl``: one response record, or one rendition, in file order."""

    url: str
    role: Role
    status: int | None
    """None when the response's head could not be read, and for a rendition."""
    captured_at: str
    """The WARC-Date of its records."""
    ended: Ended
    reason: str = ""
    response: str
    """Record id, ``urn:uuid:...`` without angle brackets; of a rendition that of its resource record."""
    request: str | None = None
    interim: str | None = None
    """Record id of the metadata record that holds the 1xx responses."""
    block_digest: str
    payload_digest: str
    payload_bytes: int
    """Entity body: transfer coding removed, content coding kept."""
    content_digest: str | None = None
    """Entity body with content codings undone; None when they could not be undone within limits."""
    content_bytes: int | None = None
    codings: tuple[str, ...] = ()
    """Content codings as applied, lower-case."""
    declared_type: str | None = None
    """The Content-Type field as sent."""
    sniffed_type: str = "application/octet-stream"
    redirect_to: str | None = None
    file_name: str | None = None
    """What Content-Disposition calls it, as sent; never used as a path unchecked."""
    fidelity: Fidelity = Fidelity.WIRE
    """How near the stored octets are to those of the connection."""
    asked_by: AskedBy = AskedBy.ENGINE
    """Who made the exchange happen."""
    tls: str | None = None
    """``verified``, or why the certificate could not be; None without TLS, or when it is not known."""
    redacted: tuple[str, ...] = ()
    """Names of the fields whose values are masked in the request record: the user gave them in confidence."""
    set_cookies: tuple[str, ...] = ()
    """Names of the cookies that the response sets."""
    facts: Mapping[str, Json] = attrs.field(factory=dict)
    problems: tuple[Problem, ...] = ()
