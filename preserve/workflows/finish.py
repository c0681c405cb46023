"""How does a staged capture become a published package? One way for all: seal, check, flush, publish."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from preserve.checks import verify
from preserve.disk import remove_tree, storage_errors
from preserve.errors import PackageDamaged
from preserve.model.capture import ClockFacts, Verdict
from preserve.model.finding import Result
from preserve.model.progress import Progress
from preserve.model.times import to_iso
from preserve.package.peer import Comparison
from preserve.package.reader import open_package
from preserve.package.seal import Sealing, seal
from preserve.scope import judge_outcome
from preserve.workflows.context import environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preserve.model.capture import Outcome
    from preserve.model.rendering import Rendering
    from preserve.package.reader import Package
    from preserve.package.staging import Staging
    from preserve.package.writer import PackageWriter
    from preserve.workers.pool import Workers
    from preserve.workflows.context import Context
    from preserve.workflows.intake import Intake

__all__ = ["clear_staging", "finish", "publish_checked"]

_AUTO = "auto"


def finish(
    staging: Staging,
    writer: PackageWriter,
    intake: Intake,
    context: Context,
    *,
    met: Sequence[str] = (),
    rendering: Rendering | None = None,
    recovered: str = "",
) -> tuple[Outcome, Package | None]:
    """
    Seal, check and publish what a staging folder holds.

    Args:
        staging: The folder; removed when the package is published.
        writer: Its records and resources; the WARC files are closed.
        intake: Its references and claims; none is open.
        context: Clock and progress.
        met: A sentence for every limit that was met.
        rendering: What became of the page in a browser, if one showed it; its limits count too.
        recovered: What ``recover`` found, if that is who asks.

    Returns:
        The outcome, and the package unless the capture failed: then nothing was sealed.

    Raises:
        PackageDamaged: If the sealed folder does not pass its own checks; it stays as it is.
        StorageUnavailable: If the disk cannot take it.
    """
    references = tuple(intake.table.references(writer.resources))
    request = staging.staged.request
    interrupted = context.cancel.is_set
    met = (*met, *(rendering.met if rendering is not None else ()))
    engine = request.engine
    if engine == _AUTO:
        engine = "browser" if intake.shown else "plain"
    outcome = judge_outcome(references, engine=engine, met=met, interrupted=interrupted)
    if outcome.verdict is Verdict.FAILED:
        return outcome, None
    sealing = Sealing(
        warcs=writer.files,
        lines=writer.lines,
        resources=tuple(writer.resources.values()),
        references=references,
        shown=intake.table.seed_answer,
        claims=intake.claims,
        chosen=intake.chosen,
        outcome=outcome,
        clock=ClockFacts(began_at=staging.staged.began_at, ended_at=to_iso(context.clock())),
        environment=environment(request, shown=intake.shown, shell=intake.shell),
        rendering=rendering,
        recovered=recovered,
    )
    seal(staging, sealing, context.on_progress)
    return outcome, publish_checked(staging, context, intake.workers)


def publish_checked(staging: Staging, context: Context, workers: Workers) -> Package:
    """
    Check the sealed bag as an audit does and as warcio sees it, flush it, publish it, clear up.

    The three that come first go on side by side: they only read. It is published when all have ended well.

    Args:
        staging: The folder; removed when the package is published.
        context: Clock and progress.
        workers: One of them runs warcio.

    Raises:
        PackageDamaged: If a check fails; the folder stays as it is.
        StorageUnavailable: If the disk refuses.
    """
    with ThreadPoolExecutor(1, "preserve-sync") as executor:
        synced = executor.submit(staging.sync)
        _check(staging, context, workers)
        synced.result()
    context.on_progress(Progress(step="synced"))
    target = staging.publish()
    context.on_progress(Progress(step="published", detail=str(target)))
    clear_staging(staging)
    context.on_progress(Progress(step="staging.removed"))
    return open_package(target)


def _check(staging: Staging, context: Context, workers: Workers) -> None:
    comparison = Comparison(staging.bag, workers)
    report = verify(staging.bag, placed=False)
    if report.result is not Result.PASS:
        worst = next(finding for finding in report.findings if finding.result is report.result)
        raise PackageDamaged(
            f"The sealed package in {staging.folder} did not pass its own checks and was not published: "
            f"{worst.message}",
            path=str(staging.folder),
            finding=worst,
        )
    comparison.result()
    context.on_progress(Progress(step="checked", size_bytes=report.size_bytes))


def clear_staging(staging: Staging) -> None:
    """Remove what is left of a staging folder whose bag is published."""
    with storage_errors(f"remove {staging.folder}"):
        remove_tree(staging.folder)
    staging.release()
