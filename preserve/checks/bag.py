"""
Do ``bagit.txt`` and ``bag-info.txt`` say what they must?

docs/format/package-1.md, sections 5.1 and 5.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from preserve.checks.declared import parsed
from preserve.checks.layout import BAG_INFO, BAGIT, CAPTURE, is_payload, warc_parts
from preserve.checks.statements import say, shown
from preserve.formats import bagit
from preserve.model.package import PACKAGE_VERSION
from preserve.model.url import page_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement

__all__ = [
    "VERSION_LABEL",
    "judge_bag_info",
    "judge_declaration",
    "measured_oxum",
    "stated_oxum",
    "version_of",
]

VERSION_LABEL = "Preserve-Package-Version"

_FORMS = {
    "Bag-Software-Agent": r"preserve \S+",
    "Bagging-Date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "External-Identifier": r"https?://\S+",
    "Internal-Sender-Identifier": r"[a-z0-9-]+/[0-9]{8}T[0-9]{6}Z",
    "Payload-Oxum": r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)",
    VERSION_LABEL: r"[1-9][0-9]{0,8}",
}


def version_of(evidence: Evidence) -> int:
    """Return the package version that bag-info.txt declares; ours when it declares none that can be read."""
    value = evidence.label(VERSION_LABEL) or ""
    return int(value) if re.fullmatch(_FORMS[VERSION_LABEL], value) else PACKAGE_VERSION


def judge_declaration(evidence: Evidence) -> Iterator[Statement]:
    """Say whether bagit.txt is exactly the declaration of BagIt 1.0."""
    data = evidence.document(BAGIT)
    if evidence.readable(BAGIT) and data != bagit.BAGIT_TXT:
        text = "bagit.txt is not exactly the two lines that declare BagIt 1.0 in UTF-8."
        yield say("bag.declaration", BAGIT, text, expected=bagit.BAGIT_TXT, observed=(data or b"")[:200])


def judge_bag_info(evidence: Evidence) -> Iterator[Statement]:
    """Say what in bag-info.txt is not of its form or not true."""
    if not evidence.readable(BAG_INFO):
        yield say("check.not-done", BAG_INFO, "bag-info.txt could not be compared with the package.")
        return
    data, pairs = evidence.document(BAG_INFO), evidence.bag_info
    if data is None or pairs is None:
        yield say("bag.info-form", BAG_INFO, "bag-info.txt cannot be read as labels and values.")
        return
    yield from _form(data, pairs)
    yield from _oxum(evidence)
    yield from _identity(evidence)


def _form(data: bytes, pairs: tuple[tuple[str, str], ...]) -> Iterator[Statement]:
    labels = tuple(label for label, _ in pairs)
    if labels != bagit.BAG_INFO_LABELS:
        expected, observed = ", ".join(bagit.BAG_INFO_LABELS), ", ".join(labels)
        text = f"bag-info.txt must have the labels {expected}, in this order; it has {shown(observed)}."
        yield say("bag.info-form", BAG_INFO, text, expected=expected, observed=observed)
    for number, (label, value) in enumerate(pairs, 1):
        if label in _FORMS and re.fullmatch(_FORMS[label], value) is None:
            text = f"bag-info.txt: {label} is not of its form: {shown(value)}."
            yield say("bag.info-form", BAG_INFO, text, line=number, observed=value)
    written, _ = parsed(bagit.format_bag_info, pairs)
    if labels == bagit.BAG_INFO_LABELS and written != data:
        yield say(
            "bag.info-form", BAG_INFO, "bag-info.txt is not spelt as specified: label, colon, space, value."
        )


def stated_oxum(evidence: Evidence) -> bagit.Oxum | None:
    """Return the sums of the payload that bag-info.txt states; None if it states none that can be read."""
    stated, _ = parsed(bagit.parse_oxum, evidence.label("Payload-Oxum") or "")
    return stated if isinstance(stated, bagit.Oxum) else None


def measured_oxum(evidence: Evidence) -> bagit.Oxum:
    """Return the sums of the payload that is there."""
    sizes = [size for path, size in evidence.tree.files.items() if is_payload(path)]
    return bagit.Oxum(octets=sum(sizes), files=len(sizes))


def _oxum(evidence: Evidence) -> Iterator[Statement]:
    stated, measured = stated_oxum(evidence), measured_oxum(evidence)
    if stated is None:
        return
    if evidence.tree.closed:
        text = "Payload-Oxum could not be compared, because a folder could not be listed."
        yield say("check.not-done", min(evidence.tree.closed), text, path=BAG_INFO)
        return
    if stated != measured:
        text = (
            f"The payload has {measured.octets} bytes in {measured.files} files; Payload-Oxum in "
            f"bag-info.txt says {stated.octets} in {stated.files}."
        )
        upset = evidence.upset_payload() if evidence.sound(BAG_INFO) else []
        fault = upset[0] if upset else BAG_INFO
        yield say("bag.oxum-differs", fault, text, path=BAG_INFO, expected=measured, observed=stated)


def _identity(evidence: Evidence) -> Iterator[Statement]:
    """Compare the URL and the names with capture.json; page folder and WARC names decide who is wrong."""
    capture = evidence.capture
    if capture is None:
        return
    stated = evidence.label("External-Identifier")
    if stated is not None and stated != capture.request.url:
        witness = parsed(page_folder, capture.request.url)[0] == capture.page
        fault = _who(evidence, capture_right=witness)
        text = (
            f"External-Identifier in bag-info.txt is {shown(stated)}; the URL in capture.json is "
            f"{shown(capture.request.url)}."
        )
        yield _differ(fault, text, stated, capture.request.url)
    stated, named = evidence.label("Internal-Sender-Identifier"), f"{capture.page}/{capture.capture}"
    if stated is not None and stated != named:
        fault = _who(evidence, capture_right=_fits_warcs(evidence, named))
        text = (
            f"Internal-Sender-Identifier in bag-info.txt is {shown(stated)}; capture.json names the package "
            f"{shown(named)}."
        )
        yield _differ(fault, text, stated, named)


def _differ(fault: str, text: str, in_info: str, in_capture: str) -> Statement:
    if fault == BAG_INFO:
        return say("bag.info-differs", fault, text, expected=in_capture, observed=in_info)
    return say("capture.name-differs", fault, text, expected=in_info, observed=in_capture)


def _who(evidence: Evidence, *, capture_right: bool) -> str:
    return evidence.blame(*((BAG_INFO, CAPTURE) if capture_right else (CAPTURE, BAG_INFO)))


def _fits_warcs(evidence: Evidence, named: str) -> bool:
    """Tell whether the WARC files bear the names of a page folder and package."""
    page, _, capture = named.partition("/")
    digits = capture.replace("T", "").removesuffix("Z")
    parts = [found for path in evidence.tree.files if (found := warc_parts(path)) is not None]
    return bool(parts) and all((found[0], found[1]) == (page, digits) for found in parts)
