"""Does ``capture.json`` fit the rest of the package? docs/format/package-1.md, sections 2.3, 10.1 and 12."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from preserve.checks.bag import version_of
from preserve.checks.declared import parsed
from preserve.checks.layout import BAG_INFO, CAPTURE, RECORDS, REFERENCES, RESOURCES, warc_parts
from preserve.checks.statements import say, shown
from preserve.model.capture import Verdict
from preserve.model.package import CAPTURE_SCHEMA
from preserve.model.reference import State
from preserve.model.url import page_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement
    from preserve.model.package import CaptureFile

__all__ = ["judge_capture", "judge_folder"]

_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z")


def judge_capture(evidence: Evidence) -> Iterator[Statement]:
    """Say where capture.json contradicts itself, the lists or the names."""
    capture = evidence.capture
    if capture is None:
        if evidence.capture_problem:
            text = f"capture.json cannot be read: {evidence.capture_problem}"
            yield say("capture.syntax", CAPTURE, text)
        else:
            too_large = evidence.readable(CAPTURE)
            text = "The package could not be compared with capture.json."
            yield say("file.too-large" if too_large else "check.not-done", CAPTURE, text)
        return
    version = version_of(evidence)
    if (capture.schema, capture.package_version) != (CAPTURE_SCHEMA, version):
        text = (
            f"capture.json has schema {shown(capture.schema)} and package version {capture.package_version}; "
            f"expected {CAPTURE_SCHEMA} and {version}."
        )
        yield say("capture.version-differs", evidence.blame(CAPTURE, BAG_INFO), text)
    yield from _chosen(capture)
    yield from _names(evidence, capture)
    yield from _counts(evidence, capture)
    yield from _outcome(evidence, capture)


def judge_folder(evidence: Evidence) -> Iterator[Statement]:
    """Say whether the package lies in the folders that capture.json names."""
    capture = evidence.capture
    if capture is None or not evidence.sound(CAPTURE) or not evidence.placed:
        return
    try:
        root = evidence.root.resolve()
    except OSError:
        return  # the current folder is gone, and with it every name
    wanted, found = f"{capture.page}/{capture.capture}", f"{root.parent.name}/{root.name}"
    if wanted != found:
        text = f"The package is named {shown(wanted)} in capture.json and lies in {shown(found)}."
        yield say("package.folder-name", "", text, expected=wanted, observed=found)


def _names(evidence: Evidence, capture: CaptureFile) -> Iterator[Statement]:
    wanted, problem = parsed(page_folder, capture.request.url)
    stated = evidence.label("External-Identifier")
    if capture.page != wanted and stated in (None, capture.request.url):
        text = (
            f"The page folder in capture.json is {shown(capture.page)}; the URL {shown(capture.request.url)} "
            f"makes it {shown(problem or wanted)}."
        )
        yield say("capture.name-differs", CAPTURE, text, expected=wanted or "", observed=capture.page)
    if _NAME.fullmatch(capture.capture) is None:
        text = f"capture.json names the package {shown(capture.capture)}, which is no instant."
        yield say("capture.name-differs", CAPTURE, text, observed=capture.capture)
    digits = capture.capture.replace("T", "").removesuffix("Z")
    for path in sorted(evidence.tree.files):
        parts = warc_parts(path)
        if parts is not None and parts[:2] != (capture.page, digits):
            text = (
                f"{path} does not bear the names of the package, {shown(capture.page)} and {shown(digits)}."
            )
            named = evidence.label("Internal-Sender-Identifier") == f"{capture.page}/{capture.capture}"
            fault = evidence.upset.get(path) or (path if named else CAPTURE)
            yield say("capture.name-differs", fault, text, expected=f"{capture.page}-{digits}", observed=path)
            return
    yield from _serials(evidence)


def _serials(evidence: Evidence) -> Iterator[Statement]:
    """Say which WARC file has another serial than its place; files told to be missing have theirs."""
    known = {*evidence.tree.files, *evidence.upset}
    serials = sorted((parts[2], path) for path in known if (parts := warc_parts(path)) is not None)
    for place, (serial, path) in enumerate(serials):
        if serial != place:
            text = f"{path} has the serial {serial:05}; that of its place is {place:05}."
            fault = evidence.upset.get(path, path)
            yield say(
                "warc.serial-gap", fault, text, path=path, expected=f"{place:05}", observed=f"{serial:05}"
            )
            return


def _chosen(capture: CaptureFile) -> Iterator[Statement]:
    """Compare the claims chosen for display with those there are."""
    for name, index in sorted(capture.chosen.items()):
        if not 0 <= index < len(capture.claims):
            text = (
                f"capture.json chooses claim {index} as {shown(name)} and has {len(capture.claims)} claims."
            )
            yield say("capture.claims-differ", CAPTURE, text, observed=index)


def _counts(evidence: Evidence, capture: CaptureFile) -> Iterator[Statement]:
    if not all(map(evidence.readable, (RECORDS, RESOURCES, REFERENCES))):
        fault = evidence.blame(RECORDS, RESOURCES, REFERENCES)
        yield say("check.not-done", fault, "The counts in capture.json could not be compared.", path=CAPTURE)
        return
    counts, (_, resources, octets) = capture.counts, evidence.counts
    for name, stated, found, source in (
        ("records", counts.records, evidence.plan.count, RECORDS),
        ("resources", counts.resources, resources, RESOURCES),
        ("references", counts.references, evidence.reference_tally.count, REFERENCES),
        ("payload_bytes", counts.payload_bytes, octets, RESOURCES),
    ):
        if stated != found:
            text = f"capture.json counts {stated} {name}; {source} has {found}."
            fault = evidence.blame(CAPTURE, source)
            yield say("capture.counts-differ", fault, text, path=fault, expected=found, observed=stated)


def _outcome(evidence: Evidence, capture: CaptureFile) -> Iterator[Statement]:
    """Add the references up again: section 12."""
    seed = evidence.seed
    if seed is None or evidence.reference_tally.unread:
        text = "The outcome could not be compared with the references."
        yield say("check.not-done", REFERENCES, text, path=CAPTURE)
        return
    gaps = evidence.reference_tally.gaps
    outcome = capture.outcome
    whole = seed.state is State.CAPTURED and not gaps
    allowed = {Verdict.COMPLETE if whole else Verdict.PARTIAL}
    if outcome.interrupted or outcome.reasons:
        allowed.add(Verdict.PARTIAL)  # a limit of the whole capture was met: no reference shows it
    if outcome.verdict not in allowed or outcome.gaps != gaps:
        wanted, stated = f"{min(allowed)}, {gaps} gaps", f"{outcome.verdict}, {outcome.gaps} gaps"
        text = f"capture.json says {stated}; references.jsonl adds up to {wanted}."
        fault = evidence.blame(CAPTURE, REFERENCES)
        yield say("capture.outcome-differs", fault, text, path=fault, expected=wanted, observed=stated)
