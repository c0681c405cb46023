"""``show`` and ``verify``: how is a package looked at from the command line?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from preserve.cli.terminal import Run, json_option, quiet_option
from preserve.errors import PreserveError

if TYPE_CHECKING:
    from preserve.model.finding import Finding, Report
    from preserve.package.reader import Package
    from preserve.package.receipt import Held

__all__ = ["opened", "show", "verify"]


@click.command(
    short_help="Say what is inside a package.",
    epilog="\b\nExample:\n  preserve show my-archive/example-org-post-1f0c9a3e5b6d7a88",
)
@click.argument("package")
@click.option("--gaps", is_flag=True, help="Only what is missing or absent, all of it.")
@json_option
@quiet_option
def show(
    package: str,
    gaps: bool,  # noqa: FBT001 - click passes options by name
    as_json: bool,  # noqa: FBT001 - the same
    quiet: bool,  # noqa: FBT001 - the same
) -> None:
    """
    Say in words what is inside PACKAGE: the page, who and when by its own words, documents, images, gaps.

    PACKAGE is the folder of a package, anything in it, a page folder, of which the newest package is
    shown, or a .wacz file that was exported. Nothing is verified.
    """
    from preserve.package.summary import summarise  # noqa: PLC0415 - keeps --help light
    from preserve.reports import jsonl  # noqa: PLC0415 - the same
    from preserve.reports.shown import gaps_only, shown  # noqa: PLC0415 - the same

    with Run("show", as_json=as_json, quiet=quiet) as run:
        summary = summarise(opened(run, package))
        run.count(packages=1, gaps=len(summary.gaps), absent=len(summary.absent))
        if gaps:
            missing = (*summary.absent, *summary.gaps)
            run.result(
                gaps_only(summary, every=True),
                (line for one in missing for line in jsonl.gap(one, summary.path)),
            )
        else:
            run.result(shown(summary), jsonl.package(summary))


@click.command(
    short_help="Check every byte of packages.",
    epilog="\b\nExample:\n  preserve verify my-archive/*/20261122T101500Z",
)
@click.argument("packages", nargs=-1, required=True, metavar="PACKAGE...")
@click.option("--quick", "level", flag_value="quick", help="Names and sizes only.")
@click.option("--deep", "level", flag_value="deep", help="Also unpack every record and check its digests.")
@click.option(
    "--contents",
    "level",
    flag_value="contents",
    help="Also open every document, image and page.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    default=None,
    help="Files or packages worked on at once.  [default: by cores]",
)
@click.option(
    "--receipt",
    "receipts",
    metavar="FILE|DIR",
    multiple=True,
    help="A receipt that was kept apart, or a folder of them; several times.",
)
@json_option
@quiet_option
def verify(
    packages: tuple[str, ...],
    level: str | None,
    jobs: int | None,
    receipts: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click passes options by name
    quiet: bool,  # noqa: FBT001 - the same
) -> None:
    """
    Check every byte of each PACKAGE against its manifests, and the manifests against each other.

    Damage is named by file, record and URL. Exit code 0: all hold; 6: damaged; 3: something could not be
    checked. Of a page folder, or a folder of such folders, every package is checked. A .wacz file that was
    exported is checked too, every byte of the ZIP included.

    With --receipt, each package is also compared with what pins it: one that was made again consistently,
    put back to an earlier state or removed fails.
    """
    from preserve.checks.receipts import with_findings  # noqa: PLC0415 - keeps --help light
    from preserve.workflows.verify import verify_many  # noqa: PLC0415 - the same

    with Run("verify", as_json=as_json, quiet=quiet) as run:
        reports: list[Report] = []
        asked = _asked(run, packages, _receipts(run, receipts))
        unopened = asked.unopened
        try:
            with run.progress("verifying") as on_progress:
                verified = verify_many(
                    [package.path for package, _ in asked.packages],
                    level=level or "default",
                    jobs=jobs,
                    on_progress=on_progress,
                )
                for report, (_, pins) in zip(verified, asked.packages, strict=True):
                    if isinstance(report, PreserveError):
                        run.error(report)
                        unopened += 1
                    else:
                        said = with_findings(report, pins)
                        _tell(run, said)
                        reports.append(_counted(said))
        except KeyboardInterrupt:
            left = len(asked.packages) + asked.unopened - len(reports)
            _sum_up(run, reports, left)
            raise
        for report in asked.lost:
            _tell(run, report)
            reports.append(report)
        _sum_up(run, reports, unopened)


class _Asked(NamedTuple):
    """What the arguments stand for."""

    packages: list[tuple[Package, tuple[Finding, ...]]]
    """Each with what the receipts say of it."""
    lost: list[Report]
    """Of packages that receipts know and that are gone."""
    unopened: int
    """How many arguments stand for nothing."""


def _asked(run: Run, given: tuple[str, ...], held: list[Held]) -> _Asked:
    from preserve.package.reader import find_packages  # noqa: PLC0415 - keeps --help light
    from preserve.workflows.pins import compared, lost  # noqa: PLC0415 - the same

    packages: list[tuple[Package, tuple[Finding, ...]]] = []
    gone: list[Report] = []
    unopened = 0
    for one in given:
        found: list[Package] = []
        try:
            found = find_packages(one)
            packages += compared(found, held)
        except PreserveError as exc:
            if not lost(one, found, held):
                run.error(exc)
                unopened += 1
        gone += lost(one, found, held)
    return _Asked(packages, gone, unopened)


def _tell(run: Run, report: Report) -> None:
    from preserve.reports import jsonl  # noqa: PLC0415 - keeps --help light
    from preserve.reports.verified import verified  # noqa: PLC0415 - the same

    run.exits(report.exit_code)
    run.result(verified(report), jsonl.report(report))


def _counted(report: Report) -> Report:
    """Return what of a report is wanted for the sum: of ten thousand packages the rest would fill memory."""
    import attrs  # noqa: PLC0415 - keeps --help light

    worst = tuple(finding for finding in report.findings if finding.result is report.result)[:1]
    return attrs.evolve(report, findings=tuple(attrs.evolve(one, also=()) for one in worst))


def _sum_up(run: Run, reports: list[Report], unopened: int) -> None:
    from preserve.reports.verified import totals  # noqa: PLC0415 - keeps --help light

    run.count(
        packages=len(reports),
        failed=sum(report.result == "fail" for report in reports),
        not_checked=sum(report.result == "not-checked" for report in reports) + unopened,
        files=sum(report.files for report in reports),
        size_bytes=sum(report.size_bytes for report in reports),
    )
    run.result(totals(reports, unopened), ())


def _receipts(run: Run, given: tuple[str, ...]) -> list[Held]:
    """Read the receipts; one that cannot be read is said, and the others are compared with all the same."""
    from preserve.package.receipt import read_receipts  # noqa: PLC0415 - keeps --help light

    held: list[Held] = []
    for path in given:
        found, problems = read_receipts(path)
        held += found
        for problem in problems:
            run.error(problem)
    return held


def opened(run: Run, given: str) -> Package:
    """Open the package at a path, and remark which one was taken when there was a choice."""
    from preserve.package.reader import open_package, packages_in  # noqa: PLC0415 - keeps --help light

    package = open_package(given)
    if Path(given).resolve() == package.path.parent:
        number = len(packages_in(package.path.parent))
        if number > 1:
            run.talk(f"{given} is a page folder with {number} packages; this is the newest, {package.name}.")
    return package
