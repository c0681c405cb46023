"""
How is a page archived?

Fetch what the table asks for, store every exchange, open what came, until no row is open or a limit is
met; then seal, check, publish. ARCHITECTURE calls these the named steps; ``on_progress`` tells each.
"""

from __future__ import annotations

import asyncio
import math
import os
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import attrs

from preserve.errors import CaptureFailed, Interrupted, RunningLoop, TargetExists, UrlRefused, UsageError
from preserve.model.capture import CaptureRequest, Limits, RobotsPolicy
from preserve.model.credentials import Credentials
from preserve.model.documents import ALL_GROUPS, DEFAULT_GROUPS, GROUPS
from preserve.model.exchange import Engine, SawPage
from preserve.model.progress import Progress
from preserve.model.url import FETCHABLE, normalise, parse
from preserve.package.receipt import write_receipt
from preserve.package.staging import Staging
from preserve.package.writer import PackageWriter
from preserve.plugins import load
from preserve.workflows.browsing import BrowsingOptions, browsing
from preserve.workflows.context import SOFTWARE, Cancel, Context
from preserve.workflows.crawl import Crawl
from preserve.workflows.identity import IdentityOptions, entrust, identified
from preserve.workflows.intake import Intake
from preserve.workflows.loop import is_running, run
from preserve.workflows.sealing import finish_aside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preserve.model.progress import OnProgress
    from preserve.model.url import UriR
    from preserve.package.reader import Package

__all__ = [
    "USER_AGENT",
    "ArchiveOptions",
    "archivable",
    "archive",
    "archive_async",
    "free_path",
    "make_request",
    "request_from",
]

USER_AGENT = f"Mozilla/5.0 (compatible; {SOFTWARE.replace(' ', '/')}; web archiving)"
_ENGINE = "auto"
_TRIES_FOR_A_NAME = 20
_ALL = "all"
"""Among named networks: every private one; among kinds of documents: every kind."""


class ArchiveOptions(IdentityOptions, BrowsingOptions, total=False):
    """What ``archive`` and ``archive_async`` take besides the URL and the folder."""

    engine: str | Engine
    """Name of the entry point that fetches, ``auto``, ``plain`` or ``browser``; or an engine of one's own."""
    user_agent: str
    """What to send as User-Agent; empty for ours."""
    allow_private_network: bool | Sequence[str]
    """Whether private, loopback and other special addresses may be asked, or which networks, as CIDR; no."""
    robots: str
    """``obey``: ask for nothing that robots.txt forbids; else what it says is kept only, ``ignore``."""
    documents: str | Sequence[str]
    """Which kinds of linked documents are kept besides PDF: names as in ``office,epub``, or ``all``; none."""
    delay_s: float
    """The least time between the starts of two requests to one host; none."""
    pixels: bool
    """Whether every pixel of every picture is decoded, and perceptual digests made; no."""
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
    request = request_from(url, options)
    receipt = free_path(options.get("receipt"))
    engine = _engine(options.get("engine", request.engine))
    entrust(engine, options.get("credentials", Credentials()))
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


def request_from(url: str, options: ArchiveOptions) -> CaptureRequest:
    """Return what is asked for with these options, checked; raises as ``make_request`` does."""
    engine = options.get("engine", _ENGINE)
    every, named = _networks(options.get("allow_private_network", False))
    request = make_request(
        url,
        engine=engine if isinstance(engine, str) else engine.name,
        user_agent=options.get("user_agent", ""),
        allow_private_network=every,
        limits=options.get("limits", Limits()),
    )
    delay_s = options.get("delay_s", 0.0)
    if not 0 <= delay_s < math.inf:
        raise UsageError(f"A delay of {delay_s} s cannot be kept; expected a number of seconds.")
    return attrs.evolve(
        browsing(identified(request, options), options, options.get("credentials", Credentials())),
        private_networks=named,
        pixels=options.get("pixels", False),
        robots=_robots(options.get("robots", RobotsPolicy.IGNORE)),
        delay_s=delay_s,
        documents=_documents(options.get("documents", ())),
    )


def make_request(
    url: str, *, engine: str, user_agent: str, allow_private_network: bool, limits: Limits
) -> CaptureRequest:
    """
    Return what is asked for, checked.

    Raises:
        UrlRefused: If the text is no absolute http or https URL, or carries a user name or password.
        UsageError: If the User-Agent has characters that no header can carry.
    """
    normal = archivable(url)
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


def _networks(allowed: bool | Sequence[str]) -> tuple[bool, tuple[str, ...]]:  # noqa: FBT001 - as the user gave it
    """
    Return whether all private networks are allowed, and those that are named.

    Raises:
        UsageError: If one of them is no network.
    """
    if isinstance(allowed, bool):
        return allowed, ()
    texts = (allowed,) if isinstance(allowed, str) else tuple(allowed)
    named = []
    for text in texts:
        if text != _ALL:
            try:
                named.append(str(ip_network(text)))
            except ValueError as exc:
                raise UsageError(
                    f"{text!r} is no network; expected something like 10.0.0.0/8 or 192.168.1.7: {exc}."
                ) from exc
    return _ALL in texts, tuple(named)


def _documents(wanted: str | Sequence[str]) -> tuple[str, ...]:
    """
    Return the groups of documents to keep, sorted; PDF is always among them.

    Raises:
        UsageError: If one of them is no group.
    """
    texts = [wanted] if isinstance(wanted, str) else wanted
    names = {name.strip() for text in texts for name in text.split(",") if name.strip()}
    unknown = sorted(names - ALL_GROUPS - {_ALL})
    if unknown:
        known = ", ".join(GROUPS)
        raise UsageError(f"{unknown[0]!r} is no kind of document; expected all, or of these: {known}.")
    return tuple(sorted(ALL_GROUPS if _ALL in names else names.union(DEFAULT_GROUPS)))


def _robots(policy: str) -> RobotsPolicy:
    try:
        return RobotsPolicy(policy)
    except ValueError as exc:
        raise UsageError(f"{policy!r} is no policy for robots; expected ignore or obey.") from exc


def archivable(url: str) -> UriR:
    """
    Return the normalised form of a URL that can be archived.

    Raises:
        UrlRefused: If the text is no absolute http or https URL, or carries a user name or password.
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
    return normal


def _engine(wanted: str | Engine) -> Engine:
    if not isinstance(wanted, str):
        return wanted
    for engine in load("engines", Engine):  # type: ignore[type-abstract]  # as load wants
        if engine.name == wanted:
            return engine
    raise UsageError(f"There is no engine called {wanted!r}.")


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
    intake = Intake(staging.staged.request, writer, context.workers)
    try:
        crawl = Crawl(staging, engine, writer, intake, context)
        met = await crawl.run()
        writer.close()
        context.on_progress(Progress(step="warcs.closed"))
        rendering = engine.rendering if isinstance(engine, SawPage) else None
        outcome, package = await finish_aside(staging, writer, intake, context, met=met, rendering=rendering)
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
