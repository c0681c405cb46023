"""What does a page refer to, for what purpose, and what became of it?"""

from __future__ import annotations

from enum import StrEnum

import attrs

from preserve.model.exchange import AskedBy

__all__ = ["Kind", "Link", "Reference", "Role", "State"]


class Kind(StrEnum):
    """What a reference is, by where it stands in its source."""

    PAGE = "page"
    """The seed itself."""
    IMAGE = "image"
    ICON = "icon"
    STYLE = "style"
    SCRIPT = "script"
    FONT = "font"
    MEDIA = "media"
    FRAME = "frame"
    DATA = "data"
    """Manifests, preloads of data, objects: needed, of no closer kind."""
    DOCUMENT = "document"
    """A linked file such as a PDF: by extension, type, ``download`` or wording."""
    LINK = "link"
    """A place to go: navigation."""
    ALTERNATE = "alternate"
    """The same in another form: feed, translation, AMP, canonical."""
    ROBOTS = "robots"
    """The robots.txt of an origin: no place names it."""


class Role(StrEnum):
    """What a reference is for the capture. ``scope`` decides it from the kind."""

    PAGE = "page"
    REQUISITE = "requisite"
    """Needed to show the page again."""
    DOCUMENT = "document"
    """Linked from the page and kept with it."""
    REDIRECT = "redirect"
    """A hop on the way to one of the above."""
    NAVIGATION = "navigation"
    """Listed, not followed."""
    ROBOTS = "robots"
    """What an origin asks of robots: kept as a statement, whatever the policy."""
    RENDITION = "rendition"
    """Made of the page when it was captured, to be looked at: no reference asks for it."""


class State(StrEnum):
    """What became of a reference. The table in ``scope`` is the only place that assigns it."""

    PENDING = "pending"
    """Not decided yet; never found in a sealed package."""
    CAPTURED = "captured"
    ABSENT = "absent-at-origin"
    """The origin answered 404 or 410, and the answer is stored."""
    INLINE = "inline"
    """A ``data:`` URL: its bytes are in the source."""
    NOT_FOLLOWED = "not-followed"
    """Out of scope by design: a place to go, a scheme without bytes."""
    ERROR = "error-at-origin"
    """The origin answered with another status than 2xx, 404, 410; the answer is stored."""
    UNSUITABLE = "unsuitable"
    """An answer came and is stored, but it is not what the reference is for (a login page for a PDF)."""
    TRUNCATED = "truncated"
    """An answer is stored in part."""
    REFUSED = "refused"
    """We did not ask: the guard, a rule, or a URL that cannot be asked for."""
    FAILED = "failed"
    """We asked and no byte of an answer came."""
    NOT_ATTEMPTED = "not-attempted"
    """A limit was met or the capture was interrupted first."""
    UNRESOLVED = "unresolved"
    """A download widget without an address that we can see."""


@attrs.frozen(kw_only=True)
class Link:
    """One reference as a capturer found it, before ``scope`` judges it."""

    written: str
    """The reference as it stands in its source."""
    url: str | None
    """Resolved against the source's base URL, without fragment; None if it cannot be resolved."""
    kind: Kind
    element: str = ""
    """The element's tag, ``css`` for style sheets, ``pdf`` for documents."""
    attribute: str = ""
    """The attribute; for CSS the construct: ``url``, ``@import``, ``image-set``."""
    line: int | None = None
    """One-based line of the source where the element or construct starts, when known."""
    text: str = ""
    """What the reader sees of it: link text, alt, at most 200 characters, white space folded."""
    stated_bytes: tuple[int, int] | None = None
    """Least and most size that a download widget's wording allows, e.g. 717KB: (716500, 717499)."""
    speculative: bool = False
    """Found where a URL is not certainly a reference (JSON, lazy attributes of unknown scripts)."""
    group: str = ""
    """For a document what kind it is by its looks, a name of ``model.documents.GROUPS``; empty: not known."""


@attrs.frozen(kw_only=True)
class Reference:
    """One line of ``manifests/references.jsonl``: where a reference stood and what became of it."""

    source: str | None
    """Record id of the response it stands in; None for the seed."""
    source_url: str | None
    url: str | None
    written: str
    kind: Kind
    role: Role
    state: State
    reason: str = ""
    """A sentence when the state is neither ``captured`` nor ``inline``."""
    record: str | None = None
    """Record id of the response that answers it, after redirects."""
    element: str = ""
    attribute: str = ""
    line: int | None = None
    text: str = ""
    speculative: bool = False
    asked_by: AskedBy = AskedBy.ENGINE
    """Who asked for what answers it."""
