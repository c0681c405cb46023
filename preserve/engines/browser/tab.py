"""How is one window asked for something, when it may hang, crash or lie?"""

from __future__ import annotations

import asyncio
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from playwright.async_api import BrowserContext, CDPSession, Frame, Page
from playwright.async_api import Error as PlaywrightError

from preserve.engines.browser.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Awaitable


__all__ = ["Tab", "TabLost", "script"]

T = TypeVar("T")

_WORLD = "preserve"
_ANSWER_S = 15.0
_SCRIPTS = files("preserve.engines.browser") / "js"


class TabLost(Exception):  # noqa: N818 - what is so
    """The tab is gone: it crashed, hung or closed itself. The message is a sentence that says which."""


def script(name: str) -> str:
    """Return one of our scripts, with what it needs before it."""
    return (_SCRIPTS / "roots.js").read_text() + (_SCRIPTS / f"{name}.js").read_text()


@attrs.define(eq=False, kw_only=True, slots=False)  # Playwright notes its listeners on whom they belong to
class Tab:
    """
    One window. Our scripts run in a world of their own: the page neither sees nor changes them.

    Args:
        page: Playwright's.
        context: The browser.
        watch: Knows when the tab is lost.
        until: The instant of the loop's clock at which all must be done.
        answer_s: What the tab may take to answer a question: it has hung if it does not.
    """

    page: Page
    context: BrowserContext
    watch: Watch
    until: float
    answer_s: float = _ANSWER_S
    _sessions: dict[Frame, CDPSession] = attrs.field(factory=dict, init=False)
    _main: CDPSession | None = attrs.field(default=None, init=False)

    async def session(self) -> CDPSession:
        """Return the line to the window itself."""
        if self._main is None:
            self._main = await self.bounded(self.context.new_cdp_session(self.page))
            self._main.on("Network.requestWillBeSent", self._initiator)
            self._main.on("Network.responseReceived", self._answered)
            await self.bounded(self._main.send("Network.enable", {"maxTotalBufferSize": 0}))
        return self._main

    async def bounded(self, work: Awaitable[T], seconds: float = 0.0) -> T:
        """
        Wait for an answer, for so many seconds; for as long as a question may take by default.

        Raises:
            TabLost: If none comes in time, or the tab is lost meanwhile.
            PlaywrightError: If the browser refuses.
        """
        seconds = max(0.0, min(seconds or self.answer_s, self.until - asyncio.get_running_loop().time()))
        answer = asyncio.ensure_future(work)
        either: set[asyncio.Future[Any]] = {answer, self.watch.lost}
        try:
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return await answer
        except PlaywrightError as exc:
            if self.page.is_closed() or "crash" in str(exc).lower():
                self.watch.lose("The page closed itself.")
                raise TabLost(self.watch.lost.result()) from exc
            raise
        finally:
            if not answer.done():
                answer.cancel()
                await asyncio.gather(answer, return_exceptions=True)
        if self.watch.lost.done():
            raise TabLost(self.watch.lost.result())
        raise TabLost(f"The tab did not answer within {seconds:.0f} s.")

    async def run(self, source: str, frame: Frame | None = None, seconds: float = 0.0) -> Any:  # noqa: ANN401 - what the script returns
        """
        Run a script in our own world of a frame and return what it gives, as JSON.

        Raises:
            TabLost: If no answer comes in time.
            PlaywrightError: If the frame is gone, or the script has an error.
        """
        frame = frame or self.page.main_frame
        return await self.bounded(self._run(source, frame), seconds)

    async def run_on(self, frame: Frame, name: str, *arguments: float) -> Any:  # noqa: ANN401 - the same
        """
        Call one of our functions on the element that holds a frame, in our own world of what is around it.

        Raises:
            TabLost: If no answer comes in time.
            PlaywrightError: If the frame is gone.
        """
        return await self.bounded(self._run_on(frame, name, arguments))

    async def _run_on(self, frame: Frame, name: str, arguments: tuple[float, ...]) -> Any:  # noqa: ANN401 - the same
        if frame.parent_frame is None:
            raise PlaywrightError("the frame is gone")
        _, number = await self._line(frame)
        session, world = await self._world(frame.parent_frame)
        owner = await session.send("DOM.getFrameOwner", {"frameId": number})
        node = await session.send(
            "DOM.resolveNode", {"backendNodeId": owner["backendNodeId"], "executionContextId": world}
        )
        answer = await session.send(
            "Runtime.callFunctionOn",
            {
                "objectId": node["object"]["objectId"],
                "functionDeclaration": (_SCRIPTS / f"{name}.js").read_text(),
                "arguments": [{"value": argument} for argument in arguments],
                "returnByValue": True,
            },
        )
        return _value(answer)

    async def _run(self, source: str, frame: Frame) -> Any:  # noqa: ANN401 - the same
        session, world = await self._world(frame)
        answer = await session.send(
            "Runtime.evaluate",
            {
                "expression": source,
                "contextId": world,
                "returnByValue": True,
                "awaitPromise": True,
            },
        )
        return _value(answer)

    async def _world(self, frame: Frame) -> tuple[CDPSession, int]:
        """Return the session that a frame is in, and our own world there."""
        session, number = await self._line(frame)
        world = await session.send(
            "Page.createIsolatedWorld", {"frameId": number, "worldName": _WORLD, "grantUniveralAccess": False}
        )
        return session, int(world["executionContextId"])

    async def _line(self, frame: Frame) -> tuple[CDPSession, str]:
        """Return the session that a frame is in, and Chromium's name for the frame."""
        if frame is self.page.main_frame:
            session = await self.session()
        else:
            try:
                session = self._sessions.get(frame) or await self.context.new_cdp_session(frame)
                self._sessions[frame] = session
            except PlaywrightError:
                session = await self.session()  # a frame in the process of the one around it
        tree = await session.send("Page.getFrameTree")
        number = _find(tree["frameTree"], frame)
        if number is None:
            raise PlaywrightError("the frame is gone")
        return session, number

    def _answered(self, event: dict[str, Any]) -> None:
        response = event.get("response", {})
        if response.get("fromServiceWorker") and response.get("serviceWorkerResponseSource") != "network":
            self.watch.made_up.add(str(response.get("url", "")))

    def _initiator(self, event: dict[str, Any]) -> None:
        initiator = event.get("initiator", {})
        calls = initiator.get("stack", {}).get("callFrames", [])
        cause = initiator.get("url") or (calls[0].get("url") if calls else "")
        if cause and len(self.watch.initiators) < self.watch.limits.requests:
            self.watch.initiators[event["request"]["url"]] = cause


def _value(answer: dict[str, Any]) -> Any:  # noqa: ANN401 - what the script returns
    if "exceptionDetails" in answer:
        raise PlaywrightError(str(answer["exceptionDetails"].get("exception", {}).get("description", "")))
    return answer["result"].get("value")


def _find(tree: dict[str, Any], frame: Frame) -> str | None:
    """Return the id of a frame, which Chromium and Playwright know by the way to it from above."""
    way: list[int] = []
    at = frame
    while at.parent_frame is not None:
        way.append(at.parent_frame.child_frames.index(at))
        at = at.parent_frame
    here: dict[str, Any] | None = tree
    for index in reversed(way):
        children = (here or {}).get("childFrames", [])
        here = children[index] if index < len(children) else None
    if here is None or here["frame"]["url"] != frame.url.partition("#")[0]:
        return _by_url(tree, frame.url.partition("#")[0])
    return str(here["frame"]["id"])


def _by_url(tree: dict[str, Any], url: str) -> str | None:
    if tree["frame"]["url"] == url:
        return str(tree["frame"]["id"])
    return next((found for child in tree.get("childFrames", []) if (found := _by_url(child, url))), None)
