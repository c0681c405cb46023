"""
How is one page shown in Chromium, behaved towards, looked at and left?

``render`` is the whole of it. All that the browser asks for goes through the proxy that is handed in and
is kept there; what is yielded here was made or seen, never received. It ends in bounded time, whatever
the page does, and leaves neither process nor folder.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Callable
from typing import TypeAlias

import attrs
from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from preserve.engines.browser.behaviours import behave, wait_still
from preserve.engines.browser.chromium import Chromium, require_browser
from preserve.engines.browser.clicks import click_widgets, saved
from preserve.engines.browser.cookies import give_cookies, taken_cookies
from preserve.engines.browser.launch import LOCALE, TIMEZONE, Proxied, Started, started
from preserve.engines.browser.looks import look, thumbnail
from preserve.engines.browser.tab import Tab, TabLost
from preserve.engines.browser.watch import Watch
from preserve.model.capture import CaptureRequest, Limits
from preserve.model.credentials import Credentials, GivenCookie
from preserve.model.exchange import Artefact, WritableSpool
from preserve.model.rendering import Cause, Crashed, Met, Observation, Opened, SessionCookies
from preserve.model.url import UriR

__all__ = ["render"]

Item: TypeAlias = Artefact | Observation
_QUESTIONS = 3
"""A tab may take a third of the time for loading to answer a question: 15 s."""
_COOKIES_S = 5.0
_SECOND = 3
"""The second try, without scripts, gets a third of the time besides."""


async def render(  # noqa: PLR0913 - all that one rendering is made of
    url: UriR,
    proxy: Proxied,
    request: CaptureRequest,
    limits: Limits,
    *,
    spool: Callable[[], WritableSpool],
    clock: Callable[[], dt.datetime],
    credentials: Credentials | None = None,
    confide: Callable[[tuple[GivenCookie, ...]], None] | None = None,
    attend: Callable[[BrowserContext], None] | None = None,
) -> AsyncGenerator[Item, None]:
    """
    Show a page and yield what is seen and made, while it goes on. Artefacts belong to the caller.

    Args:
        url: The page.
        proxy: Where everything goes that the browser asks for.
        request: Window, language, time zone, user agent.
        limits: Of the capture.
        spool: Makes a place for bytes.
        clock: Gives an aware UTC datetime.
        credentials: Cookies and profile for the browser; headers and passwords are the proxy's to send.
        confide: Told, before the page is asked for, every cookie that the browser begins with.
        attend: Given the browser before the page is asked for, to listen to it.

    Raises:
        ProgramMissing: If the extra or a Chromium is missing, or it does not start.
        UsageError: If the profile cannot be copied.
    """
    chromium = await asyncio.to_thread(require_browser)
    items: asyncio.Queue[Item | None] = asyncio.Queue()
    showing = _Showing(
        url=url,
        request=request,
        limits=limits,
        spool=spool,
        clock=clock,
        credentials=credentials or Credentials(),
        confide=confide,
        attend=attend,
        put=items.put_nowait,
    )
    work = asyncio.ensure_future(showing.run(chromium, proxy))
    work.add_done_callback(lambda _: items.put_nowait(None))
    try:
        while (item := await items.get()) is not None:
            yield item
        await work
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        while not items.empty():
            if isinstance(left := items.get_nowait(), Artefact):
                left.close()


@attrs.define(eq=False, kw_only=True)
class _Showing:
    """One page, shown once with its scripts and, if the tab is lost by that, once without."""

    url: UriR
    request: CaptureRequest
    limits: Limits
    spool: Callable[[], WritableSpool]
    clock: Callable[[], dt.datetime]
    credentials: Credentials
    confide: Callable[[tuple[GivenCookie, ...]], None] | None
    attend: Callable[[BrowserContext], None] | None
    put: Callable[[Item], None]
    _cookies: tuple[GivenCookie, ...] = attrs.field(default=(), init=False)

    async def run(self, chromium: Chromium, proxy: Proxied) -> None:
        """Do all of it; ``put`` takes what comes."""
        watch = Watch(emit=self.put, clock=self.clock, limits=self.limits, keep=self._keep)
        async with started(chromium, proxy, self.request, self.credentials.profile) as browser:
            self.put(
                Opened(
                    browser=str(chromium),
                    user_agent=browser.user_agent,
                    viewport=f"{browser.viewport[0]}x{browser.viewport[1]}",
                    locale=self.request.locale or LOCALE,
                    timezone=self.request.timezone or TIMEZONE,
                )
            )
            await give_cookies(browser.context, self.credentials.cookies, self.url)
            if self.confide is not None:
                self.confide(await taken_cookies(browser.context))
            watch.listen(browser.context)
            if self.attend is not None:
                self.attend(browser.context)
            why = await self._try(browser, watch, self.limits.render_s, scripts=True)
            if why:
                again = not (watch.gone or watch.full)  # no request is left to ask for it again
                self.put(Crashed(how=why, again=again))
                if again:
                    last = await self._try(browser, watch, self.limits.render_s / _SECOND, scripts=False)
                    if last:
                        self.put(Crashed(how=last))
            await watch.finish()
            self.put(SessionCookies(cookies=self._cookies, user_agent=browser.user_agent))

    async def _try(self, browser: Started, watch: Watch, seconds: float, *, scripts: bool) -> str:
        """Show the page once; return why the tab was lost, or an empty text."""
        until = asyncio.get_running_loop().time() + seconds
        watch.cause = Cause.PAGE
        page: Page | None = None
        try:
            async with asyncio.timeout_at(until):
                page = browser.context.pages[0] if scripts else await self._anew(browser, watch)
                watch.attend(page)
                tab = Tab(
                    page=page,
                    context=browser.context,
                    watch=watch,
                    until=until,
                    answer_s=self.limits.load_s / _QUESTIONS,
                )
                await self._show(tab, browser, scripts=scripts)
        except TabLost as exc:
            return str(exc)
        except TimeoutError:
            return f"The page was not done within {seconds:g} s."
        except PlaywrightError as exc:
            return watch.lost.result() if watch.lost.done() else f"The browser gave up: {exc.message[:200]}"
        finally:
            if page is not None:
                await self._remember(browser, watch)
        return ""

    @staticmethod
    async def _anew(browser: Started, watch: Watch) -> Page:
        """Return a fresh window; the lost one is closed after it, because a browser ends with its last."""
        lost, watch.main = watch.main, None
        page = await browser.context.new_page()
        if lost is not None:
            await watch.leave(lost)
        return page

    def _keep(self, url: str, media_type: str, body: bytes) -> None:
        """Take an answer that a service worker made up."""
        content = self.spool()
        content.write(body[: self.limits.body_bytes])
        made = Artefact(
            url=url, media_type=media_type, made_at=self.clock(), content=content, kind="synthesised"
        )
        self.put(made)

    async def _remember(self, browser: Started, watch: Watch) -> None:
        """Note the browser's cookies; those of before stay where it does not answer."""
        if watch.gone:
            return
        asking = asyncio.ensure_future(taken_cookies(browser.context))
        await asyncio.wait({asking}, timeout=_COOKIES_S)
        if asking.done() and asking.exception() is None:
            self._cookies = asking.result()
        asking.cancel()

    async def _show(self, tab: Tab, browser: Started, *, scripts: bool) -> None:
        session = await tab.session()
        if not scripts:
            await tab.bounded(session.send("Emulation.setScriptExecutionDisabled", {"value": True}))
        if not await self._go(tab):
            return
        settled = await wait_still(tab, self.limits, self.limits.load_s)
        self.put(await thumbnail(tab, self.spool))
        if scripts and not tab.watch.full:
            await behave(tab, self.limits)
            settled = await wait_still(tab, self.limits, self.limits.quiet_s * 2)
        if not settled and not tab.watch.full:
            self.put(
                Met(sentence=f"The page was still asking for new things after {self.limits.load_s:g} s.")
            )
        async for item in look(tab, self.limits, self.spool, scripts=scripts, settled=settled):
            self.put(item)
        if scripts and not tab.watch.full:
            await click_widgets(tab, self.limits)
            async for item in saved(tab, self.limits, self.spool, browser.folder):
                self.put(item)

    async def _go(self, tab: Tab) -> bool:
        """Go to the page; tell whether there is one to look at."""
        try:
            await tab.bounded(tab.page.goto(self.url, wait_until="load", timeout=0), self.limits.load_s)
        except TabLost:
            # It has not loaded; what there is may still be looked at, if the tab answers.
            if tab.watch.lost.done():
                raise
            await tab.run("1", seconds=self.limits.load_s / 4)
            self.put(Met(sentence=f"The page had not loaded after {self.limits.load_s:g} s."))
        except PlaywrightError as exc:
            if "ERR_ABORTED" in exc.message or "Download is starting" in exc.message:
                return False  # it is a file, or nothing; the proxy has it, and the download is told
            self.put(
                Met(sentence=f"The browser could not show the page: {exc.message.splitlines()[0][:200]}")
            )
            return tab.page.url.startswith(("http:", "https:"))
        return True
