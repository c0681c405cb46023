"""How is a page shown in Chromium behind the recording proxy, and what came of it?"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.disk import Spool
from preserve.engines.browser import caretaker
from preserve.engines.browser.account import Account
from preserve.engines.browser.authority import Authority
from preserve.engines.browser.engine import BrowserEngine
from preserve.engines.browser.proxy import RecordingProxy
from preserve.engines.browser.session import render
from preserve.engines.wire.exchange import Wire
from preserve.model.capture import CaptureRequest, Limits
from preserve.model.credentials import GivenCookie
from preserve.model.exchange import Artefact
from preserve.model.finding import Result
from preserve.model.reference import Role
from preserve.model.rendering import Observation, Rendering
from preserve.model.url import UriR
from preserve.package.reader import Package
from preserve.workflows.archive import archive
from preserve.workflows.verify import verify
from tests.engines.browser.harness import now, octets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preserve.model.credentials import Credentials
    from preserve.model.exchange import Exchange
    from preserve.model.resource import Resource

__all__ = ["LIMITS", "PATIENT", "Archived", "Seen", "archived", "of_kind", "own_temp", "show"]

LIMITS = Limits(exchange_s=20, load_s=15, render_s=90, scroll_s=8, scroll_px=20_000, requests=1_000)
"""Short for a page that hangs, long for a busy machine."""
PATIENT = attrs.evolve(LIMITS, load_s=180, render_s=280)
"""For pages that are much work and do not hang: on a busy machine one question may take a minute."""
WITHIN_S = 300.0


@attrs.define(kw_only=True)
class Seen:
    """What came of showing a page."""

    items: list[Observation] = attrs.field(factory=list)
    made: list[tuple[str, str, bytes]] = attrs.field(factory=list)
    """Kind, URL and octets of each artefact."""
    exchanges: list[tuple[str, int | None, bytes]] = attrs.field(factory=list)
    """URL, status and request of each exchange at the proxy."""
    refused: list[tuple[str, str]] = attrs.field(factory=list)
    confided: tuple[GivenCookie, ...] | None = None
    seconds: float = 0.0
    account: Account = attrs.field(factory=Account)

    @property
    def rendering(self) -> Rendering:
        """The sum of what was observed."""
        assert self.account.rendering is not None
        return self.account.rendering

    @property
    def kinds(self) -> list[str]:
        """The kinds of the artefacts, in their order."""
        return [kind for kind, _, _ in self.made]

    def artefact(self, kind: str) -> bytes:
        """Return the octets of the last artefact of a kind."""
        return [data for each, _, data in self.made if each == kind][-1]

    @property
    def text(self) -> str:
        """What the page said."""
        return self.artefact("text").decode()

    def paths(self) -> list[str]:
        """Return the paths that the proxy was asked for, without queries."""
        return ["/" + url.split("/", 3)[3].partition("?")[0] for url, _, _ in self.exchanges]


def of_kind(seen: Seen, kind: type[Observation]) -> list[Observation]:
    """Return the observations of one class."""
    return [item for item in seen.items if isinstance(item, kind)]


@attrs.define(kw_only=True)
class Archived:
    """What the package of a page that was shown says, once it has passed every check."""

    package: Package
    seconds: float

    @property
    def rendering(self) -> Rendering:
        """What became of the page."""
        assert self.package.capture.rendering is not None
        return self.package.capture.rendering

    @property
    def reasons(self) -> str:
        """Why it is partial; empty for a complete one."""
        return " ".join(self.package.capture.outcome.reasons)

    @property
    def kinds(self) -> list[object]:
        """The kinds of the renditions, in their order."""
        return [one.facts.get("rendition") for one in self._renditions()]

    def artefact(self, kind: str) -> bytes:
        """Return the octets of the last rendition of a kind."""
        last = [one for one in self._renditions() if one.facts.get("rendition") == kind][-1]
        return b"".join(self.package.content(last))

    @property
    def text(self) -> str:
        """What the page said."""
        return self.artefact("text").decode()

    def paths(self) -> list[str]:
        """Return the paths of the stored responses, without queries."""
        urls = [resource.url for resource, _ in self.package.responses()]
        return ["/" + url.split("/", 3)[3].partition("?")[0] for url in urls]

    def _renditions(self) -> list[Resource]:
        return [one for one in self.package.resources() if one.role is Role.RENDITION]


def archived(
    url: str,
    into: Path,
    *,
    limits: Limits = LIMITS,
    allow: bool | tuple[str, ...] = True,
    engine: BrowserEngine | None = None,
) -> Archived:
    """Archive a page with the browser, and return what its package says; it has passed every check."""
    began = time.monotonic()
    package = archive(url, into, engine=engine or BrowserEngine(), limits=limits, allow_private_network=allow)
    seconds = time.monotonic() - began
    report = verify(package.path)
    assert Result.PASS is report.result, report.findings
    return Archived(package=package, seconds=seconds)


def show(
    url: str,
    *,
    limits: Limits = LIMITS,
    credentials: Credentials | None = None,
    allow: bool | tuple[str, ...] = True,
    until: Callable[[Seen], bool] | None = None,
    **request: str,
) -> Seen:
    """
    Show a page and return what came of it.

    Args:
        url: The page.
        limits: Of the capture.
        credentials: For the browser.
        allow: Whether private networks may be asked, or which.
        until: Leave when this says so: what came until then is returned.
        request: Viewport, locale and the like.
    """
    return asyncio.run(asyncio.wait_for(_show(url, limits, credentials, allow, until, request), WITHIN_S))


async def _show(
    url: str,
    limits: Limits,
    credentials: Credentials | None,
    allow: bool | tuple[str, ...],  # noqa: FBT001 - as the user gives it
    until: Callable[[Seen], bool] | None,
    request: dict[str, str],
) -> Seen:
    seen = Seen()
    began = time.monotonic()

    def on_exchange(exchange: Exchange) -> None:
        seen.exchanges.append((exchange.url, exchange.status, octets(exchange.request)))
        exchange.close()

    wire = Wire(
        limits=limits,
        spool=Spool,
        clock=now,
        allow_private=allow is True,
        private_networks=() if isinstance(allow, bool) else allow,
    )
    asked = CaptureRequest(url=UriR(url), as_given=url, engine="browser", limits=limits, **request)  # type: ignore[arg-type] # as given
    async with RecordingProxy(
        wire,
        clock=now,
        authority=Authority.make(now),
        limits=limits,
        on_exchange=on_exchange,
        on_refused=lambda refused, why: seen.refused.append((refused, why)),
    ) as proxy:
        rendered = render(
            UriR(url),
            proxy,
            asked,
            limits,
            spool=Spool,
            clock=now,
            credentials=credentials,
            confide=lambda cookies: setattr(seen, "confided", cookies),
        )
        try:
            async for item in rendered:
                if isinstance(item, Artefact):
                    seen.made.append((item.kind, item.url, octets(item.content)))
                    item.close()
                else:
                    seen.items.append(item)
                    seen.account.take(item)
                if until is not None and until(seen):
                    break
        finally:
            await rendered.aclose()
    wire.close()
    seen.seconds = time.monotonic() - began
    return seen


@contextmanager
def own_temp() -> Iterator[Path]:
    """Give the place of temporary folders for a while; at the end nothing and nobody may be left in it."""
    folder = Path(tempfile.mkdtemp(prefix="pv-", dir="/tmp"))
    before = tempfile.tempdir
    tempfile.tempdir = os.fspath(folder)
    try:
        yield folder
        assert [] == sorted(folder.iterdir())
        assert [] == caretaker.users(os.fspath(folder))
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder)
