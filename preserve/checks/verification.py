"""
Is a package still what it was when it was sealed?

First every byte is measured, then judges compare what was measured with what the package declares, those
first on which others rely. A file that a judge finds at fault is no longer relied on by those after it, so
that one cause makes one finding.
"""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.checks.bag import VERSION_LABEL, version_of
from preserve.checks.evidence import Evidence
from preserve.checks.layout import BAG_INFO, CAPTURE, RECORDS, REFERENCES, RESOURCES, is_warc
from preserve.checks.levels import ANY_VERSION, JUDGES, ZIP_JUDGES, Level
from preserve.checks.reading import read_package
from preserve.checks.results import Standing
from preserve.checks.statements import Fault, Piles, Statement, say, shown
from preserve.checks.tree import never_follow, shown_path, survey
from preserve.checks.zipped import open_zip
from preserve.errors import NotAPackage, UsageError
from preserve.model.finding import Finding, Report, Result
from preserve.model.findings import CODES
from preserve.model.package import PACKAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from preserve.checks.levels import Judge
    from preserve.checks.tree import Opener
    from preserve.model.progress import OnProgress, Progress

__all__ = ["examine", "verify"]

_JOBS_MOST = 8
_MARKS = frozenset({CAPTURE, RECORDS, RESOURCES, REFERENCES})
"""Any of these makes a folder a package of ours, so that a damaged one is still judged."""
_HEAD_BYTES = 1 << 16


def _silent(_: Progress) -> None:
    """Take a report of progress that nobody wants."""


def verify(
    path: str | os.PathLike[str],
    *,
    level: str = Level.DEFAULT,
    jobs: int | None = None,
    on_progress: OnProgress | None = None,
    opener: Opener = never_follow,
    placed: bool = True,
) -> Report:
    """
    Say whether a package is what it was when it was sealed; as ``examine``, and give all of it at once.

    Raises:
        NotAPackage, StorageUnavailable, UsageError: As ``examine`` does. A bad package raises nothing.
    """
    run = examine(path, level=level, jobs=jobs, on_progress=on_progress, opener=opener, placed=placed)
    while True:
        try:
            next(run)
        except StopIteration as end:
            report: Report = end.value
            return report


def examine(
    path: str | os.PathLike[str],
    *,
    level: str = Level.DEFAULT,
    jobs: int | None = None,
    on_progress: OnProgress | None = None,
    opener: Opener = never_follow,
    placed: bool = True,
) -> Generator[Finding, None, Report]:
    """
    Yield what is wrong with a package as soon as it is known; the generator returns the whole report.

    A finding is yielded when its cause is first met. What is learnt later of the same cause stands in the
    ``also`` of the report, which therefore has the last word. A damaged package gives findings, never an
    exception. Files whose digest fails are read once more.

    Args:
        path: The package's folder, or a ``.wacz`` file that was exported.
        level: One of ``Level``.
        jobs: Files, or parts of them, worked on at once; by default one for each processor, at most eight.
        on_progress: Told of every file when it has been read (step ``file.measured``) and of what was read
            since (``bytes.measured``), in this thread. What it raises ends the verification.
        opener: How regular files are opened.
        placed: False for a package that is not in its own folder, such as a staged one.

    Raises:
        NotAPackage: If there is no folder at the path, or no package of ours in it.
        StorageUnavailable: If the path cannot be looked at.
        UsageError: If the level is not known, or ``jobs`` is below 1.
    """
    asked = _level(level)
    if jobs is not None and jobs < 1:
        raise UsageError(f"At least 1 file must be read at a time, not {jobs}.", jobs=jobs)
    root = Path(path)
    zipped = open_zip(root)
    if zipped is not None:
        evidence = Evidence(root=root, opener=zipped, tree=zipped.tree, placed=False, zipped=zipped)
    else:
        evidence = Evidence(root=root, opener=opener, tree=survey(root), placed=placed)
    if not _is_ours(evidence):
        what = "holds no package; name a folder such as 20261122T101500Z inside of its page folder"
        if evidence.zipped is not None:
            what = "is a ZIP, but none that preserve exported: it has none of the files a package has"
        raise NotAPackage(f"{shown_path(root)} {what}.", path=str(root))
    read_package(
        evidence, asked, jobs=jobs or min(_JOBS_MOST, os.cpu_count() or 1), on_progress=on_progress or _silent
    )
    judges = JUDGES[asked] if evidence.zipped is None else ZIP_JUDGES[asked]
    if version_of(evidence) != PACKAGE_VERSION:
        judges = ANY_VERSION
    findings = yield from _judge(evidence, judges)
    return Report(
        package=os.fspath(path),
        url=_url(evidence),
        level=asked,
        findings=findings,
        files=len(evidence.tree.files),
        records=evidence.plan.count,
        size_bytes=sum(seen.size_bytes for seen in evidence.seen.values()),
    )


def _level(level: str) -> Level:
    try:
        return Level(level)
    except ValueError:
        words = ", ".join(Level)
        raise UsageError(f"There is no level {shown(level)}; there is: {words}.", level=level) from None


def _is_ours(evidence: Evidence) -> bool:
    """Tell whether the folder bears a mark of a package of ours, be it whole or damaged."""
    tree = evidence.tree
    if evidence.zipped is not None:
        return evidence.zipped.may_be_ours(_MARKS)
    if tree.closed or not _MARKS.isdisjoint({*tree.files, *tree.others}):
        return True
    if BAG_INFO not in tree.files:
        return False
    try:
        with evidence.opener(evidence.root / BAG_INFO) as stream:
            return VERSION_LABEL.encode() in stream.read(_HEAD_BYTES)
    except OSError:
        return True  # nothing is known about it, and the report will say so


def _judge(evidence: Evidence, judges: Iterable[Judge]) -> Generator[Finding, None, tuple[Finding, ...]]:
    """Ask the judges in turn; yield each cause when it is first met, and return all findings folded."""
    piles = Piles()
    asked: dict[str, bool] = {}
    """What may be said: whether a judge who may say it spoke against it."""
    told: set[Fault] = set()
    kinds: set[str] = set()
    if evidence.lists_lost():
        evidence.forget_lists()
    for judge in judges:
        said = _heard(evidence, judge)
        piles.take(said.piles)
        kinds |= said.kinds
        for code in judge.passes:
            asked[code] = asked.get(code, False) or bool(said.kinds)
        for path in said.convicted:
            if evidence.sound(path):
                evidence.standing[path] = Standing.DAMAGED
        yield from piles.fresh(told, _may_have_parts)
    for statement in chain(_second_reads(evidence), _lost(evidence)):
        piles.add(statement)
    cut = {fault.path for fault in told if fault.part >= 0}
    yield from piles.fresh(told, lambda path: path in cut)
    # Another judge may have spoken against what this one found consistent.
    unspoken = [code for code, spoke in asked.items() if not spoke and code.partition(".")[0] not in kinds]
    passed = list(_passes(evidence, unspoken))
    yield from passed
    return (*piles.fold(), *passed)


@attrs.frozen(kw_only=True)
class _Said:
    """What one judge said."""

    piles: Piles = attrs.field(factory=Piles)
    kinds: set[str] = attrs.field(factory=set)
    """The beginnings of the codes."""
    convicted: set[str] = attrs.field(factory=set)
    """The files found at fault."""


def _heard(evidence: Evidence, judge: Judge) -> _Said:
    """
    Ask a judge.

    Where a list could not be read to its end meanwhile, what was said of half of it is dropped: the judge is
    asked again, without that list.
    """
    while True:
        lost = evidence.lists_lost()
        for path in filter(evidence.sound, lost):
            evidence.standing[path] = Standing.UNREADABLE
        upset, mismatched = dict(evidence.upset), list(evidence.mismatched)
        said = _Said()
        for statement in judge.ask(evidence):
            # What is missing because its folder is, say, is laid to the folder.
            above = evidence.upset.get(statement.fault.path)
            said.piles.add(statement if above is None else attrs.evolve(statement, fault=Fault(above)))
            said.kinds.add(statement.finding.code.partition(".")[0])
            if statement.finding.result is Result.FAIL:
                said.convicted.add(statement.fault.path)
        if evidence.lists_lost() == lost:
            return said
        evidence.forget_lists()
        evidence.upset, evidence.mismatched = upset, mismatched


def _may_have_parts(path: str) -> bool:
    """Tell whether a file can have several causes: a WARC file, or a ``.wacz`` as such."""
    return not path or is_warc(path)


def _second_reads(evidence: Evidence) -> Iterator[Statement]:
    """Say which files read differently the second time."""
    for path, again in sorted(evidence.again.items()):
        first = evidence.seen[path]
        if again.digest not in (None, first.digest):
            text = f"{shown(path)} had {first.digest} when read first and {again.digest} when read again."
            yield say("media.unstable", path, text, expected=first.digest, observed=again.digest)


def _lost(evidence: Evidence) -> Iterator[Statement]:
    """What could be read once, and then could not."""
    for path, reason in sorted(evidence.lost.items()):
        text = f"{shown(path)} could be read once and then could not: {reason}."
        yield say("file.not-readable", path, text, observed=reason)


def _passes(evidence: Evidence, codes: Sequence[str]) -> Iterator[Finding]:
    """Yield the findings of questions that nothing spoke against."""
    if not codes:
        return
    files, size = len(evidence.seen), sum(seen.size_bytes for seen in evidence.seen.values())
    lines, resources, _ = evidence.counts
    counted = {
        "structure.holds": f"{files} files",
        "zip.holds": f"{files} files",
        "bag.valid": f"{files} files, {size} bytes",
        "records.consistent": f"{evidence.plan.count} records in {len(evidence.plan.files)} WARC files",
        "contents.hold": f"{evidence.opened} contents",
        "resources.consistent": f"{resources} resources",
        "index.consistent": f"{lines} lines",
    }
    for code in codes:
        title = CODES[code].title
        text = f"{title}: {counted[code]}." if code in counted else f"{title}."
        yield say(code, "", text).finding


def _url(evidence: Evidence) -> str | None:
    """Return the URL the package says it is of."""
    capture = evidence.capture
    return capture.request.url if capture is not None else evidence.label("External-Identifier")
