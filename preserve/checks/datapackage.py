"""Does ``datapackage.json`` describe the files that are there? docs/format/package-1.md, section 11."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.checks.declared import parsed
from preserve.checks.layout import (
    DATAPACKAGE,
    DATAPACKAGE_DIGEST,
    MANIFEST,
    RECORDS,
    REFERENCES,
    RESOURCES,
    is_payload,
)
from preserve.checks.pages import titles
from preserve.checks.results import Standing
from preserve.checks.statements import say, shown
from preserve.formats import wacz
from preserve.formats.schemas import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement
    from preserve.formats.wacz import Datapackage, FileEntry

__all__ = ["compare_digest", "judge_datapackage"]

_NOT_LISTED = frozenset({DATAPACKAGE, DATAPACKAGE_DIGEST})


def judge_datapackage(evidence: Evidence) -> Iterator[Statement]:
    """Say where the data package and the files, its digest, or the captured page do not agree."""
    found = evidence.datapackage
    said = list(_described(evidence, found)) if found is not None else []
    contradicted = bool(evidence.datapackage_problem) or any(one.fault.path == DATAPACKAGE for one in said)
    yield from compare_digest(evidence, contradicted=contradicted)
    yield from said
    if found is None:
        if evidence.datapackage_problem:
            text = f"datapackage.json cannot be read: {evidence.datapackage_problem}"
            yield say("datapackage.syntax", DATAPACKAGE, text)
        else:
            too_large = evidence.readable(DATAPACKAGE)
            text = "The files could not be compared with datapackage.json."
            yield say("file.too-large" if too_large else "check.not-done", DATAPACKAGE, text)


def _described(evidence: Evidence, found: Datapackage) -> Iterator[Statement]:
    if (found.profile, found.wacz_version) != (wacz.PROFILE, wacz.WACZ_VERSION):
        text = (
            f"datapackage.json must have profile {wacz.PROFILE} and wacz_version {wacz.WACZ_VERSION}, not "
            f"{shown(found.profile)} and {shown(found.wacz_version)}."
        )
        yield say("datapackage.syntax", DATAPACKAGE, text)
    yield from _names(evidence)
    yield from _files(evidence, found)
    yield from _main_page(evidence, found)


def compare_digest(evidence: Evidence, *, contradicted: bool) -> Iterator[Statement]:
    """
    Say whether datapackage-digest.json has another digest than datapackage.json.

    Args:
        evidence: Both were measured.
        contradicted: Whether something else shows that it is datapackage.json that is wrong.
    """
    data, measured = evidence.document(DATAPACKAGE_DIGEST), evidence.digest(DATAPACKAGE)
    if data is None or measured is None:
        absent = DATAPACKAGE_DIGEST if data is None else DATAPACKAGE
        too_large = evidence.readable(absent)
        text = "datapackage-digest.json could not be compared with datapackage.json."
        yield say("file.too-large" if too_large else "check.not-done", absent, text)
        return
    stated, problem = parsed(wacz.parse_datapackage_digest, data)
    if problem:
        yield say("datapackage.digest-differs", DATAPACKAGE_DIGEST, f"datapackage-digest.json: {problem}")
    elif str(stated) != f"sha256:{measured}":
        text = f"datapackage.json has sha256:{measured}; datapackage-digest.json says {stated}."
        pair = (DATAPACKAGE_DIGEST, DATAPACKAGE)
        # Around a .wacz there is no bag to tell which: datapackage.json says more, and so may more be wrong.
        fault = evidence.blame(*(pair[::-1] if contradicted or evidence.zipped is not None else pair))
        yield say(
            "datapackage.digest-differs",
            fault,
            text,
            path=DATAPACKAGE_DIGEST,
            expected=f"sha256:{measured}",
            observed=stated,
        )


def _names(evidence: Evidence) -> Iterator[Statement]:
    """Compare each entry's name with its path; what the parser of WACZ leaves aside."""
    root, _ = parsed(parse_json, evidence.document(DATAPACKAGE) or b"")
    entries = root.get("resources") if isinstance(root, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        name, path = (entry.get("name"), entry.get("path")) if isinstance(entry, dict) else (None, None)
        if isinstance(path, str) and name != path.rpartition("/")[2]:
            text = f"datapackage.json gives the name {shown(name)} to {shown(path)}."
            yield say("datapackage.resource-differs", DATAPACKAGE, text, expected=path, observed=name)


def _files(evidence: Evidence, found: Datapackage) -> Iterator[Statement]:
    listed: dict[str, FileEntry] = {}
    last = b""
    for entry in found.resources:
        path = f"data/{entry.path}"
        key = entry.path.encode("utf-8", "surrogatepass")
        if path in listed or key < last:
            text = f"datapackage.json lists {shown(entry.path)} twice or out of order."
            yield say("datapackage.resource-differs", DATAPACKAGE, text)
        last = key
        listed[path] = entry
        yield from _file(evidence, path, entry)
    for path in sorted(set(filter(is_payload, evidence.tree.files)) - listed.keys() - _NOT_LISTED):
        text = f"datapackage.json does not list {shown(path)}."
        yield say(
            "datapackage.resource-differs", evidence.upset.get(path, DATAPACKAGE), text, path=DATAPACKAGE
        )


def _file(evidence: Evidence, path: str, entry: FileEntry) -> Iterator[Statement]:
    seen = evidence.seen.get(path)
    if seen is None and evidence.tree.hidden(path) is not None:
        text = f"datapackage.json could not be compared with {shown(path)}."
        yield say("check.not-done", path, text, path=DATAPACKAGE)
        return
    if seen is None:
        text = f"datapackage.json lists {shown(path)}, which is not there."
        yield say(
            "datapackage.resource-differs", evidence.upset.get(path, DATAPACKAGE), text, path=DATAPACKAGE
        )
        return
    if seen.digest is None or (seen.digest, seen.size_bytes) == (entry.digest, entry.size_bytes):
        return
    text = (
        f"datapackage.json gives {entry.digest} and {entry.size_bytes} bytes for {shown(path)}, which has "
        f"{seen.digest} and {seen.size_bytes} bytes."
    )
    # A manifest that is damaged itself does not vouch for the file, a datapackage.json with its digest does.
    bare = evidence.zipped is None and not evidence.sound(MANIFEST)
    unvouched = bare and evidence.datapackage_agrees
    fault = path if unvouched or (not evidence.sound(path) and evidence.sound(DATAPACKAGE)) else DATAPACKAGE
    if evidence.standing.get(path) is Standing.DAMAGED:
        fault = path
    # Of a file whose digest the manifest contradicts too, that is the finding, and this goes with it.
    about = DATAPACKAGE if path in evidence.mismatched else fault
    pair: tuple[object, object] = (entry.digest, seen.digest)
    if entry.digest == seen.digest:
        pair = (f"{entry.size_bytes} bytes", f"{seen.size_bytes} bytes")
    yield say("datapackage.resource-differs", fault, text, path=about, expected=pair[0], observed=pair[1])


def _main_page(evidence: Evidence, found: Datapackage) -> Iterator[Statement]:
    """Compare with the seed's response; the page list is judged on its own."""
    shown_page = evidence.shown
    if evidence.seed is None or (shown_page is None and evidence.seed.record is not None):
        fault = evidence.blame(REFERENCES, RESOURCES, RECORDS)
        text = "The main page could not be compared with the captured one."
        yield say("check.not-done", fault, text, path=DATAPACKAGE)
        return
    wanted = (shown_page.url, shown_page.captured_at) if shown_page else (None, None)
    if (found.main_page_url, found.main_page_date) != wanted:
        text = (
            f"datapackage.json opens {shown(found.main_page_url)} of {shown(found.main_page_date)}; the "
            f"captured page is {shown(wanted[0])} of {shown(wanted[1])}."
        )
        fault = evidence.blame(DATAPACKAGE, *evidence.sources_of_page)
        yield say(
            "datapackage.main-page-differs", fault, text, expected=wanted[0], observed=found.main_page_url
        )
    allowed = titles(evidence)
    if allowed and found.title not in allowed:
        text = f"The title in datapackage.json is {shown(found.title)}, in capture.json {shown(allowed[0])}."
        fault = evidence.blame(DATAPACKAGE, *evidence.sources_of_page)
        yield say("datapackage.main-page-differs", fault, text, expected=allowed[0], observed=found.title)
