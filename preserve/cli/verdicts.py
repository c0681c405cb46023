"""How is it said what came of a capture, and how does it end the command?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.cli.require import check_required

if TYPE_CHECKING:
    from pathlib import Path

    from preserve.cli.terminal import Run
    from preserve.model.summary import Summary
    from preserve.package.reader import Package
    from preserve.workflows.context import Cancel

__all__ = ["INCOMPLETE", "INTERRUPTED", "judge", "say", "stop", "warn_restricted"]

INCOMPLETE = 3
INTERRUPTED = 130


def stop(run: Run, cancel: Cancel) -> None:
    """Ask for the end of a capture at the first Ctrl-C."""
    cancel.set()
    run.talk("Interrupted: sealing what there is. Press Ctrl-C again to leave it for preserve recover.")


def say(run: Run, package: Package, path: Path | None = None, *, required: tuple[str, ...] = ()) -> None:
    """Print the verdict of a capture, and what it lacks of what is required; remember its exit code."""
    import attrs  # noqa: PLC0415 - keeps --help light

    from preserve.package.summary import summarise  # noqa: PLC0415 - the same
    from preserve.reports import jsonl  # noqa: PLC0415 - the same
    from preserve.reports.archived import archived  # noqa: PLC0415 - the same

    summary = summarise(package)
    if path is not None:
        summary = attrs.evolve(summary, path=str(path))
    # Nothing can be shown of a file later, so all that is missing is listed now.
    run.result(archived(summary, every=path is not None), jsonl.package(summary))
    judge(run, summary)
    check_required(run, summary, required)


def judge(run: Run, summary: Summary) -> None:
    """Count a package and remember the exit code of its verdict."""
    run.count(packages=1, resources=summary.resources, gaps=len(summary.gaps))
    if summary.verdict != "complete":
        run.exits(INCOMPLETE)
    if summary.interrupted:
        run.exits(INTERRUPTED)


def warn_restricted(run: Run, package: Package) -> None:
    """Say why a file that was made of a package should not be given away without a look."""
    reasons = package.capture.restricted
    if reasons:
        run.warn(f"look before you give it away. {' '.join(reasons)}")
