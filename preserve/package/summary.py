"""What is in a package, as one value that every report is made from?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import attrs

from preserve.model.exchange import Ended
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.summary import Contradiction, Document, Image, Open, Rendered, Rendition, Summary
from preserve.package.names import last_part
from preserve.package.renditions import FACT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from preserve.model.inspection import Claim, Json
    from preserve.model.package import CaptureFile
    from preserve.model.rendering import Rendering
    from preserve.model.resource import Resource
    from preserve.package.reader import Package

__all__ = ["contradictions", "summarise"]

_GAPS = frozenset(
    {
        State.ERROR,
        State.UNSUITABLE,
        State.TRUNCATED,
        State.REFUSED,
        State.FAILED,
        State.NOT_ATTEMPTED,
        State.UNRESOLVED,
    }
)
_WANTED = frozenset({Role.PAGE, Role.REQUISITE, Role.DOCUMENT})
_SINGLE = ("byline", "owner", "published", "printed", "publisher", "licence")
_OWNED = frozenset({"byline", "owner"})
_HOPS = 50
_SAID = 20
"""Claims shown of one disagreement: a page that says more has said enough."""


def summarise(package: Package) -> Summary:
    """
    Return what is in a package. Reads its manifests once each, never a WARC file.

    Nothing is verified: what the manifests say is repeated.

    Raises:
        PackageDamaged: If one of the manifests cannot be read.
    """
    capture = package.capture
    seen = _References()
    for reference in package.references():
        seen.take(reference)
    stored = _Resources(seen)
    for resource in package.resources():
        stored.take(resource)
    chosen = _chosen(capture)
    return Summary(
        path=os.fspath(package.path),
        page=capture.page,
        capture=capture.capture,
        url=capture.request.url,
        shown_url=stored.shown_url,
        title=chosen["title"].value if "title" in chosen else capture.request.url,
        began_at=capture.clock.began_at,
        ended_at=capture.clock.ended_at,
        engine=capture.outcome.engine,
        software=capture.software,
        verdict=capture.outcome.verdict,
        interrupted=capture.outcome.interrupted,
        reasons=capture.outcome.reasons,
        sequence=capture.sequence,
        recovered=capture.recovered,
        restricted=capture.restricted,
        chosen=chosen,
        claims=capture.claims,
        contradictions=contradictions(capture.claims, chosen.values()),
        documents=tuple(stored.documents),
        images=tuple(stored.images),
        rendered=_rendered(capture.rendering, stored),
        renditions=tuple(stored.renditions),
        gaps=tuple(seen.gaps),
        absent=tuple(seen.absent),
        resources=stored.count - stored.redirects - len(stored.renditions),
        redirects=stored.redirects,
        references=capture.counts.references,
        records=capture.counts.records,
        payload_bytes=capture.counts.payload_bytes,
        tagmanifest=package.pin,
    )


def contradictions(claims: Iterable[Claim], chosen: Iterable[Claim] = ()) -> tuple[Contradiction, ...]:
    """
    Return the claims that do not agree with each other, the byline against the owner first.

    Args:
        claims: In the order found.
        chosen: Those chosen for display; of a disagreement they are named first.

    Claims agree when their normal forms, else their texts, are equal but for case and white space, or
    when one holds the other (``By Anna Weaver`` and ``Anna Weaver``; a day and an instant on it).
    """
    return tuple(_disagreeing([*chosen, *claims]))


def _disagreeing(claims: Sequence[Claim]) -> Iterator[Contradiction]:
    authors = _distinct(claim for claim in claims if claim.name in _OWNED)
    if {claim.name for claim in authors} == _OWNED:
        yield Contradiction(about="authorship", claims=tuple(authors))
        singles: tuple[str, ...] = tuple(name for name in _SINGLE if name not in _OWNED)
    else:
        singles = _SINGLE
    for name in singles:
        found = _distinct(claim for claim in claims if claim.name == name)
        if len(found) > 1:
            yield Contradiction(about=name, claims=tuple(found))


def _distinct(claims: Iterator[Claim]) -> list[Claim]:
    """Return the first claim of each value, at most ``_SAID``."""
    kept: list[tuple[str, Claim]] = []
    for claim in claims:
        value = " ".join((claim.normal or claim.value).casefold().split())
        if value and not any(value in other or other in value for other, _ in kept):
            kept.append((value, claim))
        if len(kept) == _SAID:
            break
    return [claim for _, claim in kept]


def _chosen(capture: CaptureFile) -> dict[str, Claim]:
    return {
        name: capture.claims[index]
        for name, index in sorted(capture.chosen.items())
        if 0 <= index < len(capture.claims)
    }


@attrs.define
class _References:
    """What the references say: who answers which, and what is open."""

    seed: str | None = None
    answers: dict[str, tuple[Role, Kind, str]] = attrs.field(factory=dict)
    gaps: list[Open] = attrs.field(factory=list)
    absent: list[Open] = attrs.field(factory=list)

    def take(self, reference: Reference) -> None:
        """Note one reference; the seed is the first of all and has no source."""
        if reference.source is None and self.seed is None:
            self.seed = reference.record
        if reference.state is State.CAPTURED and reference.record is not None:
            rank = (reference.role, reference.kind, reference.text)
            # A file that is both a document and an image of the page is listed as the document.
            if reference.record not in self.answers or reference.role is Role.DOCUMENT:
                self.answers[reference.record] = rank
        if reference.role not in _WANTED or reference.speculative:
            return
        if reference.state in _GAPS:
            self.gaps.append(_open(reference))
        elif reference.state is State.ABSENT:
            self.absent.append(_open(reference))


@attrs.define
class _Resources:
    """What the resources say, seen together with the references they answer."""

    references: _References
    count: int = 0
    redirects: int = 0
    shown_url: str | None = None
    documents: list[Document] = attrs.field(factory=list)
    known: set[tuple[str, str]] = attrs.field(factory=set)
    images: list[Image] = attrs.field(factory=list)
    renditions: list[Rendition] = attrs.field(factory=list)
    held: set[str] = attrs.field(factory=set)
    """URLs of images whose octets are here."""
    leads: dict[str, str] = attrs.field(factory=dict)
    """Redirects: from where to where."""

    def holds(self, url: str) -> bool:
        """Tell whether the image at a URL, redirects followed, is here."""
        for _ in range(_HOPS):
            if url in self.held:
                return True
            url = self.leads.get(url, "")
        return False

    def take(self, resource: Resource) -> None:
        """Note one resource."""
        self.count += 1
        self.redirects += resource.role is Role.REDIRECT
        if resource.redirect_to is not None:
            self.leads[resource.url] = resource.redirect_to
        if resource.role is Role.RENDITION:
            self.renditions.append(_rendition(resource))
        if resource.sniffed_type.startswith("image/") and resource.ended is Ended.WHOLE:
            self.held.add(resource.url)
        if resource.response == self.references.seed:
            self.shown_url = resource.url
        answered = self.references.answers.get(resource.response)
        if answered is None:
            return
        role, _, text = answered
        if role is Role.DOCUMENT:
            found = _document(resource, text)
            # Two addresses of a page can lead to one file, each by a redirect of its own.
            if (found.url, found.digest) not in self.known:
                self.known.add((found.url, found.digest))
                self.documents.append(found)
        elif resource.sniffed_type.startswith("image/"):
            self.images.append(_image(resource))


def _open(reference: Reference) -> Open:
    return Open(
        url=reference.url,
        written=reference.written,
        kind=reference.kind,
        role=reference.role,
        state=reference.state,
        reason=reference.reason,
        source_url=reference.source_url,
        line=reference.line,
        text=reference.text,
    )


def _document(resource: Resource, text: str) -> Document:
    return Document(
        url=resource.url,
        name=resource.file_name or last_part(resource.url) or text or resource.url,
        media_type=resource.sniffed_type,
        size_bytes=_size(resource),
        digest=resource.content_digest or resource.payload_digest,
        pages=_number(resource.facts, "pages"),
        title=_words(resource.facts, "title"),
        author=_words(resource.facts, "author"),
    )


def _rendered(rendering: Rendering | None, stored: _Resources) -> Rendered | None:
    if rendering is None:
        return None
    missing = tuple(url for url in rendering.images if not stored.holds(url))
    return Rendered(
        browser=rendering.browser,
        viewport=rendering.viewport,
        images_seen=len(rendering.images),
        images_held=len(rendering.images) - len(missing),
        images_missing=missing,
        console_count=rendering.console_count,
        dialogues_count=rendering.dialogues_count,
        pop_ups_count=rendering.pop_ups_count,
        crashes=rendering.crashes,
        clicks=len(rendering.clicks),
        by_worker=len(rendering.by_worker),
    )


def _rendition(resource: Resource) -> Rendition:
    kind = resource.facts.get(FACT)
    return Rendition(
        kind=kind if isinstance(kind, str) else "unknown",
        url=resource.url,
        made_at=resource.captured_at,
        media_type=resource.sniffed_type,
        size_bytes=resource.payload_bytes,
        digest=resource.payload_digest,
    )


def _image(resource: Resource) -> Image:
    return Image(
        url=resource.url,
        media_type=resource.sniffed_type,
        size_bytes=_size(resource),
        digest=resource.content_digest or resource.payload_digest,
        width=_number(resource.facts, "width"),
        height=_number(resource.facts, "height"),
    )


def _size(resource: Resource) -> int:
    return resource.payload_bytes if resource.content_bytes is None else resource.content_bytes


def _words(facts: Mapping[str, Json], name: str) -> str:
    """Return what a document's own metadata say, if that is text."""
    stated = facts.get("metadata")
    value = stated.get(name) if isinstance(stated, dict) else facts.get(name)
    return value if isinstance(value, str) else ""


def _number(facts: Mapping[str, Json], name: str) -> int | None:
    value = facts.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
