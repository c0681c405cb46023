"""What is inside a package, in words?"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from preserve.model.capture import Verdict
from preserve.reports.archived import open_lines, verdict_tone
from preserve.reports.words import Line, Tone, count, number, printable, short, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.model.inspection import Claim
    from preserve.model.summary import Contradiction, Summary

__all__ = ["LISTED", "gaps_only", "shown"]

LISTED = 60
"""Images and documents listed in text; ``--json`` lists all. More than the founding page has."""

_LABEL = 12

# The claims a reader looks for first, in this order; the others follow by name.
_FIRST = ("byline", "owner", "publisher", "site", "printed", "published", "modified")
_ABOUT = {
    "authorship": "The page does not agree with itself about who wrote it:",
    "byline": "The page names more than one author:",
    "owner": "The page names more than one owner:",
    "published": "The page gives more than one date of publication:",
    "printed": "The page gives more than one day of print:",
    "publisher": "The page names more than one publisher:",
    "licence": "The page names more than one licence:",
}


def shown(summary: Summary) -> Iterator[Line]:
    """Yield the whole description of a package: page, claims, documents, images, gaps, integrity."""
    yield Line(short(summary.title, 160), Tone.HEAD)
    yield from _capture(summary)
    yield from _claims(summary)
    yield from _documents(summary)
    yield from _images(summary)
    yield from _rendered(summary)
    yield from gaps_only(summary)
    yield from _integrity(summary)


def gaps_only(summary: Summary, *, every: bool = False) -> Iterator[Line]:
    """
    Yield what is absent at its origin and what is missing.

    Args:
        summary: The package.
        every: List all, where otherwise a long list is cut and says so.
    """
    most = None if every else LISTED
    if summary.absent:
        yield Line(f"Absent at their origin, which said so ({number(len(summary.absent))})", Tone.HEAD)
        yield from open_lines(summary.absent, "absent", Tone.PLAIN, summary.path, most)
    yield Line(f"Gaps ({number(len(summary.gaps))})", Tone.HEAD)
    if not summary.gaps:
        yield Line(f"  none, as seen by the engine “{printable(summary.engine)}”")
    yield from open_lines(summary.gaps, "gap", Tone.WARN, summary.path, most)


def _field(label: str, value: str, tone: Tone = Tone.PLAIN) -> Line:
    return Line(f"  {label:<{_LABEL}}{value}", tone)


def _capture(summary: Summary) -> Iterator[Line]:
    yield _field("page", printable(summary.url))
    if summary.shown_url is None:
        yield _field("shown", "no readable answer for the page itself was stored", Tone.WARN)
    elif summary.shown_url != summary.url:
        yield _field("shown", printable(summary.shown_url))
    yield _field("captured", f"{printable(summary.began_at)} to {printable(summary.ended_at)}")
    yield _field("by", f"{printable(summary.software)}, engine “{printable(summary.engine)}”")
    verdict = summary.verdict.value + (", interrupted" if summary.interrupted else "")
    if summary.verdict is Verdict.COMPLETE:
        verdict += ": nothing the page asks for, as far as this engine sees, is missing"
    yield _field("outcome", verdict, verdict_tone(summary.verdict))
    for reason in summary.reasons:
        yield _field("", printable(reason))
    for index, reason in enumerate(summary.restricted):
        yield _field("" if index else "restricted", printable(reason), Tone.WARN)
    if summary.recovered:
        yield _field("recovered", printable(summary.recovered), Tone.WARN)
    yield _field("capture", f"number {number(summary.sequence)} of this page")
    yield _field(
        "holds",
        f"{count(summary.resources, 'resource')} and {count(summary.redirects, 'redirect')} in "
        f"{count(summary.records, 'record')}, {size(summary.payload_bytes)}; "
        f"{count(summary.references, 'reference')} listed",
    )
    yield _field("path", printable(summary.path))


def _claims(summary: Summary) -> Iterator[Line]:
    others = sorted(set(summary.chosen) - set(_FIRST) - {"title"})
    rows = [(name, summary.chosen[name]) for name in (*_FIRST, *others) if name in summary.chosen]
    if rows:
        yield Line("What the page says about itself (claims, not facts)", Tone.HEAD)
    for name, claim in rows:
        yield _field(printable(name), _claim(claim))
        if name == "credit":
            yield from _further(summary, claim)
    for contradiction in summary.contradictions:
        yield from _disagreement(contradiction)


def _further(summary: Summary, first: Claim) -> Iterator[Line]:
    """Yield the other makers of pictures: a page has as many as it has."""
    others = dict.fromkeys(claim.value for claim in summary.claims if claim.name == first.name)
    others.pop(first.value, None)
    for value in [*others][: LISTED - 1]:
        yield _field("", short(value, 160))
    yield from _left(len(others) + 1)


def _claim(claim: Claim) -> str:
    place = f" {short(claim.place, 60)}" if claim.place else ""
    normal = f" = {printable(claim.normal)}" if claim.normal and claim.normal != claim.value else ""
    return f"{short(claim.value, 160)}{normal}  [{printable(claim.source)}{place}]"


def _disagreement(contradiction: Contradiction) -> Iterator[Line]:
    about = contradiction.about
    said = _ABOUT.get(about, f"The page says more than one thing about “{printable(about)}”:")
    yield Line(f"  {said}", Tone.WARN)
    for claim in contradiction.claims:
        yield Line(f"    {printable(claim.name)}: {_claim(claim)}", Tone.WARN)


def _documents(summary: Summary) -> Iterator[Line]:
    if not summary.documents:
        return
    yield Line(f"Documents ({number(len(summary.documents))})", Tone.HEAD)
    for document in summary.documents[:LISTED]:
        facts = [printable(document.media_type)]
        if document.pages is not None:
            facts.append(count(document.pages, "page"))
        facts.append(f"{size(document.size_bytes)} ({number(document.size_bytes)} bytes)")
        yield Line(f"  {short(document.name, 120)}: {', '.join(facts)}")
        yield Line(f"    {printable(document.url)}")
        yield Line(f"    {printable(document.digest)}", Tone.FAINT)
    yield from _left(len(summary.documents))


def _images(summary: Summary) -> Iterator[Line]:
    if not summary.images:
        return
    total = sum(image.size_bytes for image in summary.images)
    yield Line(f"Images ({number(len(summary.images))}, {size(total)})", Tone.HEAD)
    for image in summary.images[:LISTED]:
        extent = f"{image.width} \u00d7 {image.height}" if image.width and image.height else "size unknown"
        yield Line(
            f"  {extent:>12}  {printable(image.media_type)}  {size(image.size_bytes)}  {printable(image.url)}"
        )
    yield from _left(len(summary.images))


_NAMES = {
    "dom": "document as rendered",
    "download": "file that a script made",
    "print": "as printed",
    "screenshot": "picture of the page",
    "synthesised": "made by a service worker",
    "text": "text",
    "thumbnail": "small picture",
}


def _rendered(summary: Summary) -> Iterator[Line]:
    """Yield how a reader saw the page, what was made of it to look at, and what was odd about it."""
    seen = summary.rendered
    if seen is None:
        return
    yield Line("As a reader saw it", Tone.HEAD)
    yield _field("in", f"{printable(seen.browser)}, a window of {printable(seen.viewport)}")
    tone = Tone.PLAIN if not seen.images_missing else Tone.WARN
    held = f"{number(seen.images_held)} of the {count(seen.images_seen, 'image')} that the reader saw"
    yield _field("images", f"{held} {'is' if seen.images_held == 1 else 'are'} in the package", tone)
    for url in seen.images_missing[:LISTED]:
        yield _field("", f"missing: {printable(url)}", Tone.WARN)
    yield from _left(len(seen.images_missing))
    for made in summary.renditions[:LISTED]:
        name = _NAMES.get(made.kind, printable(made.kind))
        yield _field("made", f"{name}: {printable(made.media_type)}, {size(made.size_bytes)}, {made.made_at}")
    yield from _left(len(summary.renditions))
    for crash in seen.crashes:
        yield _field("lost", printable(crash), Tone.WARN)
    odd = (
        (seen.clicks, "download widget clicked", "download widgets clicked"),
        (seen.console_count, "error in the console", "errors in the console"),
        (seen.dialogues_count, "dialogue dismissed", "dialogues dismissed"),
        (seen.pop_ups_count, "window closed", "windows closed"),
        (seen.by_worker, "answer of a service worker", "answers of a service worker"),
    )
    told = ", ".join(count(many, one, more) for many, one, more in odd if many)
    if told:
        yield _field("besides", told)


def _left(total: int) -> Iterator[Line]:
    if total > LISTED:
        yield Line(f"  {count(total - LISTED, 'more is', 'more are')} listed with --json", Tone.FAINT)


def _integrity(summary: Summary) -> Iterator[Line]:
    path = shlex.quote(printable(summary.path))
    yield Line("Integrity (nothing was checked just now)", Tone.HEAD)
    if not summary.tagmanifest:
        yield Line("  An exported file: the tag files of its package, which pin every byte, are not in it")
        yield Line(f"  Check it:       preserve verify {path}")
        return
    yield Line(f"  {printable(summary.tagmanifest)} of tagmanifest-sha256.txt pins every byte")
    yield Line(f"  Check it:       preserve verify {path}")
    yield Line(
        f"  or without us:  cd {path} && sha256sum -c --quiet tagmanifest-sha256.txt manifest-sha256.txt"
    )
