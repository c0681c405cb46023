"""How does one Chromium start for one page, and how is nothing of it left behind?"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import attrs
from playwright.async_api import BrowserContext, async_playwright
from playwright.async_api import Error as PlaywrightError

from preserve.disk import storage_errors
from preserve.engines.browser import caretaker
from preserve.engines.browser.flags import HELD_BACK, agent_for, flags_for, parse_viewport
from preserve.engines.browser.profile import copy_profile
from preserve.errors import ProgramMissing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from preserve.engines.browser.chromium import Chromium
    from preserve.model.capture import CaptureRequest

__all__ = ["LOCALE", "TIMEZONE", "Proxied", "Started", "started"]

LOCALE = "en-GB"
TIMEZONE = "UTC"
_START_S = 60.0
_CLOSE_S = 10.0


class Proxied(Protocol):
    """What the browser must know of the proxy that all it asks for goes through."""

    @property
    def port(self) -> int:
        """On 127.0.0.1."""
        ...

    @property
    def spki(self) -> str | None:
        """Base64 of the SHA-256 of its authority's public key; None: it has no certificates."""
        ...


@attrs.frozen(kw_only=True)
class Started:
    """A browser that runs."""

    context: BrowserContext
    folder: Path
    """All that it writes is below it."""
    user_agent: str
    viewport: tuple[int, int]


@asynccontextmanager
async def started(
    chromium: Chromium, proxy: Proxied, request: CaptureRequest, profile: str = ""
) -> AsyncIterator[Started]:
    """
    Start a browser with a fresh profile, or a copy of one; at the end it and its folder are gone.

    Raises:
        ProgramMissing: If it does not start.
        UsageError: If the profile cannot be copied.
    """
    viewport = parse_viewport(request.viewport)
    agent = agent_for(request.user_agent, major=chromium.major)
    async with AsyncExitStack() as stack:
        # Short, because a socket's path within it may have 107 characters; all else goes below it too.
        folder = await stack.enter_async_context(_cared_for())
        for name in ("profile", "tmp", "artefacts", "downloads"):
            (folder / name).mkdir()
        if profile:
            await asyncio.to_thread(copy_profile, Path(profile), folder / "profile")
        try:
            playwright = await async_playwright().start()
            stack.push_async_callback(_bounded, playwright.stop)
            context = await playwright.chromium.launch_persistent_context(
                folder / "profile",
                executable_path=chromium.path,
                headless=True,
                args=flags_for(spki=proxy.spki, agent=agent),
                ignore_default_args=list(HELD_BACK),
                proxy={"server": f"http://127.0.0.1:{proxy.port}", "bypass": "<-loopback>"},
                env={**os.environ, "TMPDIR": str(folder / "tmp")},
                artifacts_dir=folder / "artefacts",
                downloads_path=folder / "downloads",
                viewport={"width": viewport[0], "height": viewport[1]},
                locale=request.locale or LOCALE,
                timezone_id=request.timezone or TIMEZONE,
                accept_downloads=True,
                # Ctrl-C is for us: we close the browser when the capture is sealed.
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=_START_S * 1000,
            )
        except PlaywrightError as exc:
            raise ProgramMissing(
                f"{chromium} in {chromium.path} did not start: {str(exc).splitlines()[0]} "
                "See what is amiss with: preserve doctor",
                path=chromium.path,
            ) from exc
        stack.push_async_callback(_bounded, context.close)
        yield Started(context=context, folder=folder, user_agent=agent, viewport=viewport)


async def _bounded(close: Callable[[], Coroutine[None, None, None]]) -> None:
    """Close something that may not answer; what does not is left to the caretaker."""
    closing = asyncio.ensure_future(close())
    await asyncio.wait({closing}, timeout=_CLOSE_S)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)


@asynccontextmanager
async def _cared_for() -> AsyncIterator[Path]:
    """Give a new folder; at the end, or when this process dies, what uses it is killed and it is removed."""
    with storage_errors("make a folder for the browser"):
        folder = Path(tempfile.mkdtemp(prefix="preserve-"))
    keeper = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program, and it returns at once
        [sys.executable, "-I", caretaker.__file__, os.fspath(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    try:
        yield folder
    finally:
        await asyncio.shield(asyncio.to_thread(_dismiss, keeper))


def _dismiss(keeper: subprocess.Popen[bytes]) -> None:
    """Let the caretaker do its work, and wait for it: ten seconds at most, by its own rules."""
    if keeper.stdin is not None:
        keeper.stdin.close()
    keeper.wait()
