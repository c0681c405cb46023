"""
Is a package still what it was when it was sealed?

First every byte is measured, then judges compare what was measured with what the package declares, those
first on which others rely. A file that a judge finds at fault is no longer relied on by those after it, so
that one cause makes one finding.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.checks.bag import VERSION_LABEL, judge_bag_info, judge_declaration, version_of
from preserve.checks.capture import judge_capture, judge_folder
from preserve.checks.datapackage import judge_datapackage
from preserve.checks.evidence import Evidence, Standing
from preserve.checks.fixity import adjudicate
from preserve.checks.index import judge_index
from preserve.checks.layout import BAG_INFO, CAPTURE, FILES, RECORDS, REFERENCES, RESOURCES, is_warc
from preserve.checks.measure import Job, measure, measure_all
from preserve.checks.pages import judge_pages
from preserve.checks.references import judge_references
from preserve.checks.resources import judge_resources
from preserve.checks.statements import Fault, Piles, Statement, say, shown
from preserve.checks.structure import judge_listed, judge_structure
from preserve.checks.tree import never_follow, shown_path, survey
from preserve.checks.warcs import judge_records
from preserve.checks.zip_form import adjudicate_zip, judge_zip
from preserve.checks.zipped import open_zip
from preserve.errors import NotAPackage, UsageError
from preserve.model.finding import Finding, Report, Result
from preserve.model.findings import CODES
from preserve.model.package import PACKAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.checks.tree import Opener
    from preserve.model.progress import OnProgress, Progress

__all__ = ["LEVELS", "Judge", "verify"]

_THREADS_MOST = 8
_MARKS = frozenset({CAPTURE, RECORDS, RESOURCES, REFERENCES})
"""Any of these makes a folder a package of ours, so that a damaged one is still judged."""
_HEAD_BYTES = 1 << 16


@attrs.frozen(kw_only=True)
class Judge:
    """One question asked of the evidence."""

    ask: Callable[[Evidence], Iterable[Statement]]
    passes: tuple[str, ...] = ()
    """What may be said when neither this judge nor another one with the same code had anything to say."""


# In this order: a judge may rely on what those before it found to be right.
_DEFAULT = (
    Judge(ask=adjudicate, passes=("bag.valid",)),
    Judge(ask=judge_structure, passes=("bag.valid", "structure.holds")),
    Judge(ask=judge_declaration, passes=("bag.valid",)),
    Judge(ask=judge_bag_info, passes=("bag.valid",)),
    Judge(ask=judge_records, passes=("records.consistent",)),
    Judge(ask=judge_resources, passes=("resources.consistent",)),
    Judge(ask=judge_index, passes=("index.consistent",)),
    Judge(ask=judge_references, passes=("references.consistent",)),
    Judge(ask=judge_capture, passes=("capture.consistent",)),
    Judge(ask=judge_pages, passes=("pages.consistent",)),
    Judge(ask=judge_datapackage, passes=("datapackage.consistent",)),
    Judge(ask=judge_folder),
)

LEVELS: dict[str, tuple[Judge, ...]] = {"default": _DEFAULT}
"""The judges of each level, in the order in which they are asked."""


# Of a .wacz, which has no bag.
_ZIPPED = (
    Judge(ask=judge_zip, passes=("zip.holds",)),
    Judge(ask=adjudicate_zip, passes=("zip.holds",)),
    *(
        attrs.evolve(judge, passes=tuple(code for code in judge.passes if code != "bag.valid"))
        for judge in _DEFAULT
        if judge.ask not in (adjudicate, judge_declaration, judge_bag_info, judge_folder)
    ),
)


def _unknown_version(evidence: Evidence) -> Iterator[Statement]:
    version = version_of(evidence)
    text = f"The package has version {version}; this software knows version {PACKAGE_VERSION}."
    yield say("package.version-unsupported", BAG_INFO, text, expected=PACKAGE_VERSION, observed=version)


# What can be asked of any bag, whatever the version of the package in it.
_ANY_VERSION = (
    Judge(ask=_unknown_version),
    Judge(ask=adjudicate, passes=("bag.valid",)),
    Judge(ask=judge_listed, passes=("bag.valid",)),
)


def _silent(_: Progress) -> None:
    """Take a report of progress that nobody wants."""


def verify(
    path: str | os.PathLike[str],
    *,
    level: str = "default",
    jobs: int | None = None,
    on_progress: OnProgress | None = None,
    opener: Opener = never_follow,
    placed: bool = True,
) -> Report:
    """
    Read every byte of a package once and say whether it is what it was when it was sealed.

    A damaged package gives findings, never an exception. A file whose digest fails is read once more.

    Args:
        path: The package's folder, or a ``.wacz`` file that was exported.
        level: One of ``LEVELS``.
        jobs: Files read at once; by default one for each processor, at most eight.
        on_progress: Told of every file when it has been read (step ``file.measured``), in this thread.
        opener: How regular files are opened.
        placed: False for a package that is not in its own folder, such as a staged one.

    Raises:
        NotAPackage: If there is no folder at the path, or no package of ours in it.
        StorageUnavailable: If the path cannot be looked at.
        UsageError: If the level is not known, or ``jobs`` is below 1.
    """
    judges = LEVELS.get(level)
    if judges is None:
        raise UsageError(f"There is no level {shown(level)}; there is: {', '.join(LEVELS)}.", level=level)
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
    threads = jobs or min(_THREADS_MOST, os.cpu_count() or 1)
    _measure(evidence, threads, on_progress or _silent)
    if evidence.zipped is not None:
        judges = _ZIPPED
    findings = _judge(evidence, judges if version_of(evidence) == PACKAGE_VERSION else _ANY_VERSION)
    return Report(
        package=os.fspath(path),
        url=_url(evidence),
        level=level,
        findings=tuple(findings),
        files=len(evidence.tree.files),
        records=evidence.plan.count,
        size_bytes=sum(seen.size_bytes for seen in evidence.seen.values()),
    )


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


def _measure(evidence: Evidence, threads: int, on_progress: OnProgress) -> None:
    """Read every file: the lists first, because records.tsv says what to look for in the WARC files."""
    files = sorted(evidence.tree.files)
    lists = [Job(path=path, keep=path in FILES) for path in files if not is_warc(path)]

    def warcs() -> Iterator[Job]:
        for path in filter(is_warc, files):
            extents = evidence.plan.files.get(path.rpartition("/")[2])
            yield Job(path=path, extents=extents if extents is not None and extents.coherent else None)

    done = size = 0

    def tell(progress: Progress) -> None:
        on_progress(
            attrs.evolve(
                progress, done=progress.done + done, total=len(files), size_bytes=progress.size_bytes + size
            )
        )

    for some in (lists, warcs()):
        for seen in measure_all(
            evidence.root, some, evidence.opener, threads=threads, on_progress=tell, total=len(files)
        ):
            evidence.seen[seen.path] = seen
        done, size = len(evidence.seen), sum(seen.size_bytes for seen in evidence.seen.values())


def _judge(evidence: Evidence, judges: Iterable[Judge]) -> list[Finding]:
    piles = Piles()
    spoken: dict[str, int] = {}
    for judge in judges:
        convicted: set[str] = set()
        count = 0
        for count, statement in enumerate(judge.ask(evidence), 1):  # noqa: B007 - the last one counts
            # What is missing because its folder is, say, is laid to the folder.
            upset = evidence.upset.get(statement.fault.path)
            piles.add(statement if upset is None else attrs.evolve(statement, fault=Fault(upset)))
            if statement.finding.result is Result.FAIL:
                convicted.add(statement.fault.path)
        for code in judge.passes:
            spoken[code] = spoken.get(code, 0) + count
        for path in convicted:
            if evidence.sound(path):
                evidence.standing[path] = Standing.DAMAGED
    for statement in chain(_second_reads(evidence), _lost(evidence)):
        piles.add(statement)
    passed = [_pass(evidence, code).finding for code, count in spoken.items() if not count]
    return [*piles.fold(), *passed]


def _second_reads(evidence: Evidence) -> Iterator[Statement]:
    """Read files whose digest failed once more; WARC files whose records were off have been already."""
    for path in evidence.mismatched:
        first = evidence.seen[path]
        if first.off:
            continue
        again = measure(evidence.root, Job(path=path), evidence.opener)
        if again.digest is None:
            evidence.lost[path] = again.unreadable
        elif again.digest != first.digest:
            text = f"{shown(path)} had {first.digest} when read first and {again.digest} when read again."
            yield say("media.unstable", path, text, expected=first.digest, observed=again.digest)


def _lost(evidence: Evidence) -> Iterator[Statement]:
    """What could be read once, and then could not."""
    for path, reason in sorted(evidence.lost.items()):
        text = f"{shown(path)} could be read once and then could not: {reason}."
        yield say("file.not-readable", path, text, observed=reason)


def _pass(evidence: Evidence, code: str) -> Statement:
    """Return the finding of a question that nothing spoke against."""
    size = sum(seen.size_bytes for seen in evidence.seen.values())
    counted = {
        "structure.holds": f"{len(evidence.seen)} files",
        "zip.holds": f"{len(evidence.seen)} files",
        "bag.valid": f"{len(evidence.seen)} files, {size} bytes",
        "records.consistent": f"{evidence.plan.count} records in {len(evidence.plan.files)} WARC files",
        "resources.consistent": f"{len(evidence.resources)} resources",
        "index.consistent": f"{len(evidence.responses)} lines",
    }
    title = CODES[code].title
    return say(code, "", f"{title}: {counted[code]}." if code in counted else f"{title}.")


def _url(evidence: Evidence) -> str | None:
    """Return the URL the package says it is of."""
    capture = evidence.capture
    return capture.request.url if capture is not None else evidence.label("External-Identifier")
