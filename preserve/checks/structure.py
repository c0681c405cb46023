"""Are the files of a package there, and nothing else? docs/format/package-1.md, section 4."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from preserve.checks.fixity import belongs, read_manifest
from preserve.checks.layout import (
    DATAPACKAGE,
    FILES,
    FOLDERS,
    MANIFEST,
    RECORDS,
    TAG_FILES,
    TAGMANIFEST,
    is_payload,
    is_warc,
    warc_path,
)
from preserve.checks.statements import Fault, say, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement

__all__ = ["judge_listed", "judge_structure"]

_FETCH = "fetch.txt"
_MANIFEST = re.compile(r"(tag)?manifest-[^/]*\.txt", re.IGNORECASE)


def judge_structure(evidence: Evidence) -> Iterator[Statement]:
    """
    Say what is missing, added, renamed, no regular file, or could not be read.

    What follows for other comparisons is noted in ``evidence.upset``.
    """
    return _Structure(evidence).judge()


def judge_listed(evidence: Evidence) -> Iterator[Statement]:
    """
    Say which files of any bag are missing or not listed: what RFC 8493, section 3 calls complete.

    For packages of a version whose files we do not know.
    """
    yield from _unreadable(evidence)
    yield from _no_files(evidence)
    listed = set(read_manifest(evidence, MANIFEST).lines) | set(read_manifest(evidence, TAGMANIFEST).lines)
    for path in sorted(listed - evidence.tree.files.keys()):
        yield say("file.missing", evidence.tree.gone(path), f"{shown(path)} is missing.", path=path)
    if not evidence.readable(MANIFEST):
        text = f"There is no {MANIFEST} that could be read: the files could not be compared with it."
        yield say("check.not-done", MANIFEST, text)
        return
    for path in sorted(set(filter(is_payload, evidence.tree.files)) - listed):
        if not belongs(evidence, path):  # of those that do, the manifest has lost the line
            yield say("file.added", path, f"{shown(path)} is not in {MANIFEST}.")


def _unreadable(evidence: Evidence) -> Iterator[Statement]:
    for path, reason in evidence.tree.closed.items():
        text = f"{shown(path) or 'The folder of the package'} could not be listed: {reason}."
        yield say("file.not-readable", path, text, observed=reason)
    for path, seen in sorted(evidence.seen.items()):
        if seen.digest is None:
            text = f"{shown(path)} could not be read: {seen.unreadable}. Nothing is known about its bytes."
            yield say("file.not-readable", path, text, observed=seen.unreadable)


def _no_files(evidence: Evidence) -> Iterator[Statement]:
    for path, kind in sorted(evidence.tree.others.items()):
        text = (
            f"{shown(path)} is {kind}; in a package only regular files and folders may be. It was not opened."
        )
        yield say("file.not-regular", path, text, expected="a regular file", observed=kind)


class _Structure:
    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._tree = evidence.tree
        self._listed = {
            path: digest
            for name in (TAGMANIFEST, MANIFEST)
            for path, (_, digest) in read_manifest(evidence, name).lines.items()
            if is_payload(path) == (name == MANIFEST)
        }
        declared = {path for path in self._listed if is_warc(path) and not self._slipped_in(path)}
        if evidence.sound(DATAPACKAGE) and not (evidence.sound(MANIFEST) and evidence.sound(RECORDS)):
            declared.update(filter(is_warc, evidence.described))
        capture = evidence.capture
        if evidence.sound(RECORDS) and (capture is None or capture.counts.records == evidence.plan.count):
            # Of a file that is gone; lines of records.tsv with a name that was edited are not coherent.
            coherent = (name for name, extents in evidence.plan.files.items() if extents.coherent)
            declared.update(path for path in map(warc_path, coherent) if is_warc(path))
        if evidence.zipped is not None and not (evidence.sound(DATAPACKAGE) or evidence.sound(RECORDS)):
            declared.update(
                filter(is_warc, self._tree.files)
            )  # nothing that could name them can be relied on
        self._files = FILES if evidence.zipped is None else frozenset(filter(is_payload, FILES))
        self._known = self._files | declared
        missing = sorted(self._missing_paths())
        self._added = sorted(path for path in self._tree.files if path not in self._known)
        self._renamed = dict(self._pairs(missing))
        self._laid_to = {new: old for old, new in self._renamed.items()}
        self._plain = {name.casefold(): name for name in sorted(self._known, reverse=True)}
        self._missing = missing

    def judge(self) -> Iterator[Statement]:
        yield from _unreadable(self._evidence)
        yield from _no_files(self._evidence)
        yield from self._absent()
        yield from self._folders()
        for path in self._added:
            yield self._extra(path)

    def _slipped_in(self, path: str) -> bool:
        """Tell whether a manifest, which may have been made again, is all that knows of a WARC file."""
        evidence = self._evidence
        return evidence.sound(RECORDS) and evidence.datapackage_agrees and not belongs(evidence, path)

    def _missing_paths(self) -> Iterator[str]:
        """What must be there and is not; what only a manifest that cannot be relied on names is left out."""
        evidence = self._evidence
        certain = evidence.sound(MANIFEST) or evidence.zipped is not None
        required = {path for path in self._known if path in self._files or certain}
        required.update(path for path in self._known if path in evidence.described)
        required.update(path for path in self._listed if evidence.sound(MANIFEST) and is_payload(path))
        return (path for path in required if path not in self._tree.files)

    def _pairs(self, missing: list[str]) -> Iterator[tuple[str, str]]:
        """Yield missing and added files with the same bytes."""
        evidence = self._evidence
        by_digest = {evidence.digest(path): path for path in reversed(self._added)}
        for path in missing:
            wanted = self._listed.get(path) or evidence.described.get(path)
            found = by_digest.pop(wanted, None) if wanted else None
            if found is not None:
                yield path, found

    def _absent(self) -> Iterator[Statement]:
        for path in self._missing:
            blocked, hidden, new = self._tree.blocked(path), self._tree.hidden(path), self._renamed.get(path)
            above = (self._evidence.upset.get(path), hidden, blocked, self._tree.gone(path))
            fault = path if new is not None else next(each for each in above if each is not None)
            self._evidence.upset[path] = fault
            if new is not None:
                text = f"{shown(path)} is missing; its bytes stand in {shown(new)}."
                yield say("file.renamed", path, text, expected=path, observed=new)
            elif hidden is not None:
                text = f"{shown(path)} could not be looked for, because its folder could not be listed."
                yield say("check.not-done", fault, text, path=path)
            else:
                text = f"{shown(path)} is missing; {self._namer(path)}."
                yield say("file.missing", fault, text, path=path)
        yield from self._only_manifest()

    def _namer(self, path: str) -> str:
        if path in self._listed:
            return f"{MANIFEST if is_payload(path) else TAGMANIFEST} lists it"
        return "every package has it" if path in FILES else "records.tsv or datapackage.json names it"

    def _only_manifest(self) -> Iterator[Statement]:
        """What a damaged manifest names, and nothing else."""
        if self._evidence.sound(MANIFEST) or self._evidence.zipped is not None:
            return
        for path in sorted(
            self._listed.keys() - self._tree.files.keys() - set(self._missing) - set(TAG_FILES)
        ):
            text = f"{MANIFEST} lists {shown(path)}, which is not there and which nothing else names."
            yield say("bag.manifest-differs", MANIFEST, text)

    def _folders(self) -> Iterator[Statement]:
        for path in sorted(self._tree.folders - FOLDERS):
            if path not in self._known:
                text = f"The folder {shown(path)} does not belong to a package."
                yield say("folder.added", self._top(path), text, path=path)

    def _top(self, path: str) -> str:
        """Return the topmost folder on the way to a path that does not belong to a package."""
        parts = path.split("/")
        ways = ("/".join(parts[:count]) for count in range(1, len(parts)))
        return next((way for way in ways if way not in FOLDERS), path)

    def _extra(self, path: str) -> Statement:
        fault = Fault(self._laid_to.get(path) or self._top(path))
        self._evidence.upset[path] = fault.path
        if path == _FETCH:
            return say(
                "bag.fetch-present", fault, "There is a fetch.txt; our packages are whole without one."
            )
        if _MANIFEST.fullmatch(path):
            text = f"{shown(path)} is a manifest beside the two of a package, which are SHA-256."
            replaced = TAGMANIFEST if path.lower().startswith("tag") else MANIFEST
            if replaced in self._missing:
                fault = Fault(replaced)  # one was put in the place of the other
            return say("bag.manifest-foreign", fault, text, path=path)
        twin = self._twin(path)
        if twin is not None and fault.path == path:
            text = f"{shown(path)} was added; its name differs from {twin} only in case or Unicode form."
            return say("file.name-twin", fault, text, expected=twin, observed=ascii(path))
        listed = " though a manifest lists it" if path in self._listed else ""
        text = f"{shown(path)} does not belong to a package{listed} ({self._tree.files[path]} bytes)."
        return say("file.added", fault, text, path=path)

    def _twin(self, path: str) -> str | None:
        """Return the name of the package that some systems cannot tell from a path."""
        return self._plain.get(unicodedata.normalize("NFC", path).casefold())
