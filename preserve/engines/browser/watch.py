"""What does the browser tell of itself while it shows a page? It is only listened to."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs
from playwright.async_api import (
    Download,
    Page,
    Request,
    Response,
)
from playwright.async_api import Error as PlaywrightError

from preserve.engines.browser.stillness import Stillness
from preserve.model.capture import Limits
from preserve.model.rendering import Asked, Cause, Dialogue, Downloaded, Met, Observation, PopUp, Said

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from playwright.async_api import (
        BrowserContext,
        ConsoleMessage,
        Dialog,
        WebError,
    )


__all__ = ["Watch"]

_TEXT = 500
"""Characters kept of what a page says."""
_SAID = 1000
"""Errors of the console that are passed on; a page that has more says the same again."""
_FILE, _PAGE, _REST = range(3)
_MOMENT_S = 0.3
_POP_UP_S = 3.0
"""What a window that the page opened by itself may take to say where it leads."""


@attrs.define(eq=False, kw_only=True)
class _Under:
    """A request under way."""

    asked: Asked
    status: int | None = None
    worker: Response | None = None
    """What a service worker gave for an answer."""


@attrs.define(eq=False, kw_only=True, slots=False)  # Playwright notes its listeners on whom they belong to
class Watch:
    """
    Listens to all windows of one browser.

    Args:
        emit: Takes each observation.
        clock: Gives an aware UTC datetime.
        limits: Of the capture.
    """

    emit: Callable[[Observation], None]
    clock: Callable[[], dt.datetime]
    limits: Limits
    cause: Cause = Cause.PAGE
    """Who is the cause of what is asked for now."""
    stillness: Stillness = attrs.field(factory=Stillness, init=False)
    downloads: list[Download] = attrs.field(factory=list, init=False)
    """Those whose octets only the browser has (``blob:``), to be fetched from it."""
    initiators: dict[str, str] = attrs.field(factory=dict, init=False)
    """URL to the script or document that caused it, as DevTools tells it."""
    asked: list[tuple[int, str]] = attrs.field(factory=list, init=False)
    """URLs in the order of asking, while ``keeping``, and how likely each is what a click is for: 0 most."""
    keeping: bool = attrs.field(default=False, init=False)
    main: Page | None = attrs.field(default=None, init=False)
    """The page's own window; others are pop-ups."""
    gone: bool = attrs.field(default=False, init=False)
    """Whether the browser itself has ended."""
    full: bool = attrs.field(default=False, init=False)
    """Whether all requests are made that one capture may make: nothing more will come."""
    lost: asyncio.Future[str] = attrs.field(init=False)
    """Why the main window is gone, once it is."""
    made_up: set[str] = attrs.field(factory=set, init=False)
    """URLs that a service worker answered out of itself or its store."""
    keep: Callable[[str, str, bytes], None] | None = None
    """Takes URL, type and octets of such an answer."""
    loaded: set[str] = attrs.field(factory=set, init=False)
    """URLs that were answered with 2xx."""
    _under: dict[Request, _Under] = attrs.field(factory=dict, init=False)
    _tasks: set[asyncio.Task[None]] = attrs.field(factory=set, init=False)
    _count: int = attrs.field(default=0, init=False)
    _said: int = attrs.field(default=0, init=False)
    _dialogues: int = attrs.field(default=0, init=False)
    _pop_ups: int = attrs.field(default=0, init=False)

    def listen(self, context: BrowserContext) -> None:
        """Begin to listen."""
        self.lost = asyncio.get_running_loop().create_future()
        context.on("request", self._began)
        context.on("response", self._answered)
        context.on("requestfinished", self._ended)
        context.on("requestfailed", self._ended)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", lambda dialog: self._spawn(self._dismiss(dialog)))
        context.on("page", lambda page: self._spawn(self._close_pop_up(page)))
        context.on("close", lambda _: self._end())

    def attend(self, page: Page) -> None:
        """Take a window for the page's own."""
        self.main = page
        self.lost = asyncio.get_running_loop().create_future()
        self._dialogues = self._pop_ups = 0
        self.stillness.reset(_now())
        page.on("crash", lambda gone: self._main_gone(gone, "The tab crashed."))
        page.on("close", lambda gone: self._main_gone(gone, "The page closed itself."))
        page.on("download", self._downloaded)

    async def leave(self, page: Page) -> None:
        """Close a window without a word to it; one that does not answer goes with the browser."""
        if not page.is_closed() and not self.gone:
            closing = asyncio.ensure_future(_closed(page))
            await asyncio.wait({closing}, timeout=_POP_UP_S)
            closing.cancel()

    def _main_gone(self, page: Page, why: str) -> None:
        """Take the loss of a window: of one that was left before, late news is none."""
        if page is self.main:
            self.lose(why)

    def _end(self) -> None:
        self.gone = True
        self.lose("The browser itself ended.")

    def lose(self, why: str) -> None:
        """Say that the main window is gone; the first reason stays."""
        if not self.lost.done():
            self.lost.set_result(why)

    async def finish(self) -> None:
        """Tell of what is still under way, and stop."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for under in self._under.values():
            self.emit(
                attrs.evolve(under.asked, status=under.status, failure="under way when the page was left")
            )
        self._under.clear()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _began(self, request: Request) -> None:
        url = request.url
        if not url.startswith(("http:", "https:")):
            return
        self._count += 1
        if self._count == self.limits.requests:
            self.emit(
                Met(sentence=f"The browser asked for {self.limits.requests} things, which is the limit.")
            )
            self.full = True
        if self._count > self.limits.requests:
            return
        kind = request.resource_type
        try:
            frame = request.frame.url
        except PlaywrightError:
            frame = ""  # a service worker's, or that of a window that is being opened
        self._under[request] = _Under(
            asked=Asked(
                url=url, method=request.method, kind=kind, frame=frame, cause=self.cause, at=self.clock()
            )
        )
        self.stillness.began(request, url, kind, _now())
        if self.keeping:
            self.asked.append((_PAGE if kind == "document" else _REST, url))

    def _answered(self, response: Response) -> None:
        under = self._under.get(response.request)
        if under is not None:
            under.status = response.status
            under.worker = response if response.from_service_worker else None
            if response.ok:
                self.loaded.add(under.asked.url)

    def _ended(self, request: Request) -> None:
        under = self._under.pop(request, None)
        self.stillness.ended(request, _now())
        if under is None:
            return
        told = attrs.evolve(
            under.asked,
            status=under.status,
            failure=request.failure or "",
            initiator=self.initiators.pop(under.asked.url, ""),
        )
        if under.worker is None:
            self.emit(told)
        else:
            self._spawn(self._by_worker(told, under.worker))

    async def _by_worker(self, told: Asked, response: Response) -> None:
        """Tell of an answer of a service worker, and keep it where it did not cross the wire."""
        await asyncio.sleep(_MOMENT_S)  # until DevTools have said on our own line where it came from
        made_up = told.url in self.made_up
        self.emit(attrs.evolve(told, by_worker=made_up))
        if made_up and self.keep is not None:
            try:
                body = await asyncio.wait_for(response.body(), _POP_UP_S)
            except (PlaywrightError, TimeoutError):
                return  # it is gone; that it was made up has been told
            headers = await response.all_headers()
            self.keep(told.url, headers.get("content-type", "application/octet-stream"), body)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"}:
            place = message.location
            self._say(message.text, str(place.get("url", "")), int(place.get("lineNumber", 0)) + 1)

    def _error(self, error: WebError) -> None:
        self._say(str(error.error), error.page.url if error.page else "", None)

    def _say(self, text: str, url: str, line: int | None) -> None:
        self._said += 1
        if self._said <= _SAID:
            self.emit(Said(text=text[:_TEXT], url=url, line=line))

    async def _dismiss(self, dialog: Dialog) -> None:
        self._dialogues += 1
        if self._dialogues <= self.limits.dialogues:
            self.emit(Dialogue(kind=dialog.type, text=dialog.message[:_TEXT]))
        else:
            self.lose(f"The page opened more than {self.limits.dialogues} dialogues.")
        try:
            await dialog.dismiss()
        except PlaywrightError:
            return  # its window is gone

    async def _close_pop_up(self, page: Page) -> None:
        """Let a window say where it leads, and close it; one opened by a click may load first."""
        if page is self.main or self.main is None:
            return
        cause = self.cause
        self._pop_ups += 1
        page.on("download", self._downloaded)
        many = self._pop_ups > self.limits.pop_ups
        try:
            if not many:
                await self._settle(page, cause)
                self.emit(PopUp(url=page.url, cause=cause))
        except PlaywrightError:
            self.emit(PopUp(url=page.url, cause=cause))
        finally:
            if not page.is_closed():
                await asyncio.wait({asyncio.ensure_future(_closed(page))}, timeout=_POP_UP_S)
        if many:
            self.lose(f"The page opened more than {self.limits.pop_ups} windows.")

    async def _settle(self, page: Page, cause: Cause) -> None:
        """Wait until a window has an address; one that a click opened until it has loaded."""
        seconds = self.limits.load_s / 3 if cause is Cause.CLICK else _POP_UP_S
        until = _now() + seconds
        while page.url in {"", "about:blank"} and _now() < until and not page.is_closed():  # noqa: ASYNC110 - Playwright has no event for it
            await asyncio.sleep(0.05)
        if cause is Cause.CLICK and not page.is_closed() and until > _now():
            await page.wait_for_load_state("load", timeout=(until - _now()) * 1000)

    def _downloaded(self, download: Download) -> None:
        self.emit(Downloaded(url=download.url, name=download.suggested_filename, cause=self.cause))
        if self.keeping:
            self.asked.append((_FILE, download.url))
        if download.url.startswith(("blob:", "data:")):
            self.downloads.append(download)
        else:
            # It crosses the wire at the proxy, which reads on; a second copy on our disk is of no use.
            self._spawn(_cancel(download))


async def _cancel(download: Download) -> None:
    try:
        await download.cancel()
    except PlaywrightError:
        return  # it had ended


async def _closed(page: Page) -> None:
    try:
        await page.close(run_before_unload=False)
    except PlaywrightError:
        return  # it had closed itself


def _now() -> float:
    return asyncio.get_running_loop().time()
