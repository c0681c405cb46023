"""
How is a page archived?

Fetch what the table asks for, store every exchange, open what came, until no row is open or a limit is
met; then seal, check, publish. ARCHITECTURE calls these the named steps; ``on_progress`` tells each.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import attrs

from preserve.errors import CaptureFailed, Interrupted, RunningLoop, TargetExists, UrlRefused, UsageError
from preserve.model.capture import CaptureRequest, Limits
from preserve.model.exchange import Engine
from preserve.model.progress import Progress
from preserve.model.url import FETCHABLE, normalise, parse
from preserve.package.receipt import write_receipt
from preserve.package.staging import Staging
from preserve.package.writer import PackageWriter
from preserve.plugins import load
from preserve.workflows.context import SOFTWARE, Cancel, Context
from preserve.workflows.crawl import Crawl
from preserve.workflows.finish import finish
from preserve.workflows.intake import Intake
from preserve.workflows.loop import is_running, run

if TYPE_CHECKING:
    from preserve.model.progress import OnProgress
    from preserve.package.reader import Package

__all__ = ["USER_AGENT", "ArchiveOptions", "archive", "archive_async", "free_path", "make_request"]

USER_AGENT = f"Mozilla/5.0 (compatible; {SOFTWARE.replace(' ', '/')}; web archiving)"
_TRIES_FOR_A_NAME = 20


class ArchiveOptions(TypedDict, total=False):
    """What ``archive`` and ``archive_async`` take besides the URL and the folder."""

    engine: str
    """Name of the entry point that fetches; ``plain``."""
    user_agent: str
    """What to send as User-Agent; empty for ours."""
    allow_private_network: bool
    """Whether private, loopback and other special addresses may be asked; no."""
    limits: Limits
    """Of size and time."""
    receipt: str | os.PathLike[str] | None
    """A file to write the receipt to; it must not exist."""
    on_progress: OnProgress
    """Called with every named step, in the thread that does it."""
    cancel: Cancel
    """Ends the capture early, sealing what there is as interrupted."""
    context: Context
    """Clock and ids, for tests."""


def archive(url: str, into: str | os.PathLike[str] = ".", **options: Unpack[ArchiveOptions]) -> Package:
    """
    Archive a page and return its sealed package; as ``archive_async``, for callers without an event loop.

    Runs its own event loop and installs no signal handlers: a KeyboardInterrupt leaves a ``.partial``
    folder that ``recover`` seals; a ``Cancel`` seals what there is.

    Raises:
        RunningLoop: If called inside a running event loop: await ``archive_async`` there.
    """
    if is_running():
        raise RunningLoop(
            "archive() was called inside a running event loop; await archive_async() there instead."
        )
    return run(archive_async(url, into, **options))


async def archive_async(
    url: str, into: str | os.PathLike[str] = ".", **options: Unpack[ArchiveOptions]
) -> Package:
    """
    Archive a page and return its sealed package.

    Args:
        url: An http or https URL; a fragment is dropped.
        into: The folder that gets, or has, the page's folder.
        options: See ``ArchiveOptions``.

    Returns:
        The published package; ``package.capture.outcome`` says whether it is complete.

    Raises:
        UrlRefused: If the URL cannot be archived.
        CaptureFailed: If no byte of an answer to the page came; nothing is left.
        StorageUnavailable: If the disk cannot take it; what was stored is left for ``recover``.
        PackageDamaged: If the sealed package does not pass its own checks.
        Interrupted: If it was cancelled before anything was stored.
    """
    context = options.get("context", Context())
    context = attrs.evolve(
        context,
        on_progress=options.get("on_progress", context.on_progress),
        cancel=options.get("cancel", context.cancel),
    )
    request = make_request(
        url,
        engine=options.get("engine", "plain"),
        user_agent=options.get("user_agent", ""),
        allow_private_network=options.get("allow_private_network", False),
        limits=options.get("limits", Limits()),
    )
    receipt = free_path(options.get("receipt"))
    engine = _engine(request.engine)
    staging = await _stage(Path(into), request, context)
    try:
        context.on_progress(Progress(step="staging.created", detail=str(staging.folder)))
        package = await _capture(staging, engine, context)
    finally:
        staging.release()
    if receipt is not None:
        write_receipt(package.path, receipt)
        context.on_progress(Progress(step="receipt.written", detail=str(receipt)))
    return package


def free_path(path: str | os.PathLike[str] | None) -> Path | None:
    """
    Return the path of a file to be written later, checked before the work begins.

    Raises:
        TargetExists: If something stands there.
        UsageError: If its folder does not exist.
    """
    if path is None:
        return None
    target = Path(path)
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent} is no folder; make it first, or name another file.")
    if os.path.lexists(target):
        raise TargetExists(f"{target} exists already; name a file that does not.", path=str(target))
    return target


def make_request(
    url: str, *, engine: str, user_agent: str, allow_private_network: bool, limits: Limits
) -> CaptureRequest:
    """
    Return what is asked for, checked.

    Raises:
        UrlRefused: If the text is no absolute http or https URL, or carries a user name or password.
        UsageError: If the User-Agent has characters that no header can carry.
    """
    try:
        normal = normalise(url)
    except ValueError as exc:
        raise UrlRefused(
            f"{url!r} is not a URL; expected something like https://example.org/post.", url=url
        ) from exc
    parsed = parse(normal)
    if parsed.protocol.rstrip(":") not in FETCHABLE:
        raise UrlRefused(
            f"{url!r} cannot be archived: expected http or https, found {parsed.protocol}", url=url
        )
    if parsed.username or parsed.password:
        raise UrlRefused("The URL carries a user name or password, which would be stored; leave it out.")
    if not user_agent.isprintable() or not user_agent.isascii():
        raise UsageError("The user agent may have printable ASCII characters only.")
    return CaptureRequest(
        url=normal,
        as_given=url,
        engine=engine,
        user_agent=user_agent or USER_AGENT,
        allow_private_network=allow_private_network,
        limits=limits,
    )


def _engine(name: str) -> Engine:
    for engine in load("engines", Engine):  # type: ignore[type-abstract]  # as load wants
        if engine.name == name:
            return engine
    raise UsageError(f"There is no engine called {name!r}.")


async def _stage(into: Path, request: CaptureRequest, context: Context) -> Staging:
    """Make the staging folder; when the second's name is taken, wait for the next second."""
    for _ in range(_TRIES_FOR_A_NAME):
        now = context.clock()
        staging = Staging.create(
            into, request=request, began_at=now, software=SOFTWARE, user_agent=request.user_agent
        )
        if staging is not None:
            return staging
        await asyncio.sleep(1 - now.microsecond / 1e6)
    raise UsageError(f"{into} gets more captures of {request.url} than one a second; try again later.")


async def _capture(staging: Staging, engine: Engine, context: Context) -> Package:
    writer = PackageWriter(staging, new_id=context.new_id, on_step=context.on_progress)
    intake = Intake(staging.staged.request, writer)
    try:
        crawl = Crawl(staging, engine, writer, intake, context)
        met = await crawl.run()
        writer.close()
        context.on_progress(Progress(step="warcs.closed"))
        loop = asyncio.get_running_loop()
        outcome, package = await loop.run_in_executor(
            None, lambda: finish(staging, writer, intake, context, met=met)
        )
    finally:
        writer.release()
        intake.close()
    if package is not None:
        return package
    staging.discard()
    if context.cancel.is_set:
        raise Interrupted("The capture was interrupted before the page answered; nothing was kept.")
    reasons = " ".join(outcome.reasons)
    raise CaptureFailed(f"{staging.staged.request.url} could not be captured. {reasons}", outcome=outcome)
