"""
Are the files those that were sealed?

Every digest is compared with the manifests. Where one differs, either the file or the line is wrong.
It is the line when both digests differ in a few digits only (a changed file changes about sixty of the
sixty-four), or when the rest of the package vouches for the file; else it is the file.

RFC 8493, section 3; docs/format/package-1.md, sections 4 and 5.2.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import attrs

from preserve.checks.bag import version_of
from preserve.checks.declared import Row, parsed, rows, split_lines
from preserve.checks.layout import (
    BAGIT,
    DATAPACKAGE,
    DATAPACKAGE_DIGEST,
    FILES,
    MANIFEST,
    RECORDS,
    TAG_FILES,
    TAGMANIFEST,
    is_payload,
    is_warc,
)
from preserve.checks.results import Standing
from preserve.checks.statements import say, shown
from preserve.errors import BagSyntaxError
from preserve.formats import bagit, wacz
from preserve.model.digest import Digest
from preserve.model.package import PACKAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.evidence import Evidence
    from preserve.checks.statements import Statement

__all__ = ["Manifest", "adjudicate", "belongs", "holds", "near", "read_manifest"]

_NEAR_MOST = 16
"""Of 64 digits. Two unrelated digests agree in 48 or more places once in about 10^43 pairs."""
_LINES_SPARE = 1000
_USUAL_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9-]*+(?:[/.][A-Za-z0-9][A-Za-z0-9-]*+)*+)")
"""A line as we write it, its path a safe one."""
_DIGEST_AND_PATH = re.compile(r"[0-9A-Fa-f]{64}[ \t]+(.+)", re.DOTALL)


@attrs.frozen(kw_only=True)
class Manifest:
    """One manifest as it was read."""

    path: str
    lines: dict[str, tuple[int, str]]
    """Path to line number and digest, the first line of each path."""
    problems: tuple[tuple[str, int, str], ...]
    """Code, line number, sentence."""
    present: bool


def near(one: str | None, other: str | None) -> bool:
    """Tell whether two hexadecimal digests are one digest with some digits changed."""
    if one is None or other is None or len(one) != len(other) or one == other:
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) <= _NEAR_MOST


def holds(evidence: Evidence, path: str) -> bool:
    """Tell whether the manifest lists a file with the digest that it has."""
    manifest = MANIFEST if is_payload(path) else TAGMANIFEST
    _, listed = read_manifest(evidence, manifest).lines.get(path, (0, ""))
    return bool(listed) and evidence.digest(path) == listed


def belongs(evidence: Evidence, path: str) -> bool:
    """Tell whether a payload file is one of the package, by its name or by what another list says."""
    listed = path in evidence.described or path.rpartition("/")[2] in evidence.plan.files
    return path in FILES or (is_warc(path) and listed)


def read_manifest(evidence: Evidence, path: str) -> Manifest:
    """Return a manifest of the package with everything that is wrong with its form; read once."""
    found = evidence.taken_apart.get(path)
    if not isinstance(found, Manifest):
        found = evidence.taken_apart[path] = _read_manifest(evidence, path)
    return found


def _read_manifest(evidence: Evidence, path: str) -> Manifest:
    lines: dict[str, tuple[int, str]] = {}
    problems: list[tuple[str, int, str]] = []
    most = len(evidence.tree.files) + _LINES_SPARE
    last = b""
    for row in _manifest_rows(evidence, path):
        if row.number > most or len(problems) > most:
            problems.append(("bag.manifest-form", row.number, "There are more lines than files."))
            break
        if row.value is None:
            code = "bag.path-unsafe" if _leads_out(row.text) else "bag.manifest-form"
            problems.append((code, row.number, row.problem))
            continue
        name = row.value.path
        key = name.encode("utf-8", "surrogatepass")
        if not _USUAL_LINE.fullmatch(row.text) and _spelt(row.value) != f"{row.text}\n":
            problems.append(("bag.manifest-form", row.number, "It is not spelt as specified."))
        if name in lines:
            problems.append(("bag.manifest-form", row.number, f"It lists {shown(name)} a second time."))
        elif key < last:
            problems.append(("bag.manifest-form", row.number, "It is out of order."))
        last = key
        lines.setdefault(name, (row.number, row.value.digest.value))
    return Manifest(path=path, lines=lines, problems=tuple(problems), present=evidence.readable(path))


def _manifest_rows(evidence: Evidence, path: str) -> Iterator[Row[bagit.ManifestLine]]:
    stream = evidence.open(path)
    if stream is None:
        return
    with stream:
        try:
            yield from rows(split_lines(stream, 1 << 16), _manifest_line)
        except OSError as exc:
            evidence.lost[path] = exc.strerror or str(exc)


def _manifest_line(text: str) -> bagit.ManifestLine:
    usual = _USUAL_LINE.fullmatch(text)
    if usual is not None:
        return bagit.ManifestLine(digest=Digest("sha256", usual[1]), path=usual[2])
    what = "It"
    try:
        found = list(bagit.parse_manifest(io.BytesIO(text.encode()), "sha256", what=what))
    except BagSyntaxError as exc:
        # Its number in the manifest is told by who asks.
        raise BagSyntaxError(exc.message.removeprefix(f"{what} line 1: ")) from exc
    if len(found) != 1:
        raise BagSyntaxError("It is empty.")
    return found[0]


def _spelt(line: bagit.ManifestLine) -> str:
    return b"".join(bagit.format_manifest([line])).decode()


def _leads_out(text: str) -> bool:
    """Tell whether a line that cannot be read is a digest and a path that must not be opened."""
    found = _DIGEST_AND_PATH.fullmatch(text)
    return found is not None and bool(parsed(bagit.safe_path, found[1])[1])


def adjudicate(evidence: Evidence) -> Iterator[Statement]:
    """
    Give every file its standing, and say which digests do not hold.

    Missing and added files are for the structure to say.
    """
    return _Fixity(evidence).judge()


class _Fixity:
    """The manifests, and how far each can be relied on."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._tags = read_manifest(evidence, TAGMANIFEST)
        self._payload = read_manifest(evidence, MANIFEST)
        self._known = version_of(evidence) == PACKAGE_VERSION
        self._vouched = False
        """Whether the payload manifest is the one that was sealed."""

    def judge(self) -> Iterator[Statement]:
        evidence = self._evidence
        for path, seen in evidence.seen.items():
            evidence.standing[path] = Standing.UNREADABLE if seen.digest is None else Standing.SOUND
            if seen.digest is None:
                yield say("check.not-done", path, f"The digest of {shown(path)} could not be compared.")
        for manifest in (self._tags, self._payload):
            for code, number, problem in manifest.problems:
                text = f"{manifest.path} line {number} is not as it must be. {problem}"
                yield say(code, manifest.path, text, line=number)
        yield from self._judge_manifest()
        yield from self._judge_tag_files()
        yield from self._judge_payload()

    def _judge_manifest(self) -> Iterator[Statement]:
        measured, (number, listed) = self._evidence.digest(MANIFEST), self._tags.lines.get(MANIFEST, (0, ""))
        self._vouched = measured is not None and measured == listed
        if measured is None or not listed or self._vouched:
            return
        if near(measured, listed) or self._proven():
            self._vouched = True
            yield self._line_wrong(self._tags, MANIFEST, number, listed)
        else:
            self._evidence.standing[MANIFEST] = Standing.DAMAGED
            yield self._mismatch(self._tags, MANIFEST, number, listed)

    def _judge_tag_files(self) -> Iterator[Statement]:
        if not self._tags.present:
            return
        for path in sorted({*TAG_FILES, *self._tags.lines}):
            number, listed = self._tags.lines.get(path, (0, ""))
            measured = self._evidence.digest(path)
            if path not in TAG_FILES and self._known:
                if path in self._evidence.tree.files:
                    continue  # it was added, which the structure says
                text = f"{TAGMANIFEST} line {number} lists {shown(path)}, which is no tag file of a package."
                yield say("bag.manifest-differs", TAGMANIFEST, text, line=number)
            elif not listed and self._known:
                text = f"{TAGMANIFEST} has no line for {path}."
                yield say("bag.manifest-differs", TAGMANIFEST, text)
            elif path == MANIFEST or not listed or measured in (None, listed):
                continue
            elif near(measured, listed) or self._exact_declaration(path):
                yield self._line_wrong(self._tags, path, number, listed)
            else:
                self._evidence.standing[path] = Standing.DAMAGED
                yield self._mismatch(self._tags, path, number, listed)

    def _judge_payload(self) -> Iterator[Statement]:
        evidence = self._evidence
        # WARC files last: records.tsv may speak for them, when it is sound itself.
        for path in sorted(filter(is_payload, evidence.seen), key=lambda path: (is_warc(path), path)):
            number, listed = self._payload.lines.get(path, (0, ""))
            measured = evidence.digest(path)
            if measured is None or measured == listed:
                continue
            if not listed:
                yield from self._unlisted(path)
            elif near(measured, listed) or self._witnessed(path, measured):
                yield self._line_wrong(self._payload, path, number, listed)
            else:
                evidence.standing[path] = Standing.DAMAGED
                yield self._mismatch(self._payload, path, number, listed)
        for path in sorted(evidence.tree.files.keys() - evidence.seen.keys() - self._payload.lines.keys()):
            yield from self._unlisted(path)  # with --quick, which reads few files

    def _unlisted(self, path: str) -> Iterator[Statement]:
        """A payload file without a line: added, or its line was lost."""
        if self._payload.present and belongs(self._evidence, path):
            text = f"{MANIFEST} has no line for {shown(path)}, which is a file of the package."
            yield say("bag.manifest-differs", MANIFEST, text)

    def _proven(self) -> bool:
        """Whether the payload manifest lists exactly the payload, and datapackage.json says the same."""
        evidence = self._evidence
        payload = {path: evidence.digest(path) for path in evidence.seen if is_payload(path)}
        listed = {path: value for path, (_, value) in self._payload.lines.items()}
        described = evidence.described | {
            path: evidence.digest(path) for path in (DATAPACKAGE, DATAPACKAGE_DIGEST)
        }
        exact = not self._payload.problems and payload == listed
        return exact and payload == described and evidence.datapackage_agrees

    def _witnessed(self, path: str, measured: str) -> bool:
        """Whether another part of the package, itself sound, says that the file is right."""
        evidence = self._evidence
        if path == DATAPACKAGE:
            return evidence.datapackage_agrees and self._usable(DATAPACKAGE_DIGEST)
        if path == DATAPACKAGE_DIGEST:
            data = evidence.document(DATAPACKAGE)
            right = data is not None and wacz.format_datapackage_digest(data)
            return right == evidence.document(path) and self._usable(DATAPACKAGE)
        if evidence.described.get(path) == measured and self._usable(DATAPACKAGE):
            return True
        return is_warc(path) and evidence.covered(path) and self._usable(RECORDS)

    def _usable(self, path: str) -> bool:
        """Whether a file may speak for others: the manifest vouches for it, or cannot be relied on."""
        if not self._vouched:
            return True
        _, listed = self._payload.lines.get(path, (0, ""))
        return self._evidence.digest(path) == listed

    def _exact_declaration(self, path: str) -> bool:
        return path == BAGIT and self._evidence.document(path) == bagit.BAGIT_TXT

    def _mismatch(self, manifest: Manifest, path: str, number: int, listed: str) -> Statement:
        self._evidence.mismatched.append(path)
        measured = self._evidence.digest(path)
        size = self._evidence.seen[path].size_bytes
        text = (
            f"{shown(path)}: sha256 differs from {manifest.path} line {number}: expected {listed}, "
            f"read {measured} ({size} bytes)."
        )
        return say("bag.digest-mismatch", path, text, expected=listed, observed=measured)

    def _line_wrong(self, manifest: Manifest, path: str, number: int, listed: str) -> Statement:
        measured = self._evidence.digest(path)
        text = (
            f"{manifest.path} line {number} gives sha256 {listed} for {shown(path)}, which has {measured} "
            "and is right by the rest of the package: the line has changed."
        )
        return say(
            "bag.manifest-differs", manifest.path, text, line=number, expected=measured, observed=listed
        )
