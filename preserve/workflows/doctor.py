"""Is everything there that a capture may need, and does the browser really start?"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import importlib.util
import platform
from typing import TYPE_CHECKING

from preserve.engines.browser.chromium import (
    INSTALL_CHROMIUM,
    INSTALL_EXTRA,
    find_chromium,
    playwright_version,
)
from preserve.errors import PreserveError
from preserve.model.capture import CaptureRequest
from preserve.model.diagnosis import Diagnosis
from preserve.model.url import UriR
from preserve.workflows.context import SOFTWARE
from preserve.workflows.loop import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.engines.browser.chromium import Chromium

__all__ = ["diagnose"]

_CODINGS = ("brotli", "backports.zstd")
_INSTALL_CODINGS = INSTALL_EXTRA.replace("browser", "codings")


def diagnose() -> Iterator[Diagnosis]:
    """Yield what is there and what is not, each as soon as it is known; the browser is started and ended."""
    python = f"{SOFTWARE}, Python {platform.python_version()}"
    yield Diagnosis(name="preserve", ok=True, found=python)
    yield _codings()
    version = playwright_version()
    if version is None or importlib.util.find_spec("cryptography") is None:
        found = "The extra “browser” is not installed; pages can be fetched, but not shown in a browser."
        yield Diagnosis(name="extra “browser”", ok=False, found=found, remedy=INSTALL_EXTRA)
    else:
        yield Diagnosis(name="extra “browser”", ok=True, found=f"Playwright {version}")
    chromium = find_chromium()
    if chromium is None:
        missing = "No Chromium or Chrome was found, neither on PATH nor Playwright's own."
        yield Diagnosis(name="browser", ok=False, found=missing, remedy=INSTALL_CHROMIUM)
        return
    yield Diagnosis(name="browser", ok=True, found=f"{chromium} in {chromium.path}")
    if version is not None:
        yield _trial(chromium)


def _codings() -> Diagnosis:
    there = [name for name in _CODINGS if importlib.util.find_spec(name.partition(".")[0]) is not None]
    if len(there) < len(_CODINGS):
        found = "Not all decoders are installed; bodies in br or zstd are kept, but not looked into."
        return Diagnosis(name="extra “codings”", ok=True, found=found, remedy=_INSTALL_CODINGS)
    return Diagnosis(
        name="extra “codings”",
        ok=True,
        found=", ".join(f"{name} {importlib.metadata.version(name)}" for name in there),
    )


def _trial(chromium: Chromium) -> Diagnosis:
    began = dt.datetime.now(dt.UTC)
    try:
        title = run(_start(chromium))
    except PreserveError as exc:
        return Diagnosis(name="starting it", ok=False, found=exc.message, remedy=INSTALL_CHROMIUM)
    seconds = (dt.datetime.now(dt.UTC) - began).total_seconds()
    ok = title == "It works"
    found = f"it shows a page, {seconds:.1f} s from start to end" if ok else "It started and showed nothing."
    return Diagnosis(name="starting it", ok=ok, found=found, remedy="" if ok else INSTALL_CHROMIUM)


class _Nowhere:
    """A proxy that nobody runs: nothing is asked for."""

    port = 9
    spki = None


async def _start(chromium: Chromium) -> str:
    from preserve.engines.browser.launch import started  # noqa: PLC0415 - needs the extra

    nothing = CaptureRequest(url=UriR("about:blank"), as_given="about:blank")
    async with started(chromium, _Nowhere(), nothing) as browser:
        page = browser.context.pages[0]
        await page.set_content("<title>It works</title>", timeout=20_000)
        return await page.title()
