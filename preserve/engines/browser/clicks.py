"""Which files does a page bring only when its download widgets are clicked?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import attrs
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame

from preserve.engines.browser.behaviours import inner_frames, wait_still
from preserve.engines.browser.tab import script
from preserve.model.exchange import Artefact
from preserve.model.rendering import Cause, Clicked, Met

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from playwright.async_api import Download

    from preserve.engines.browser.tab import Tab
    from preserve.model.capture import Limits
    from preserve.model.exchange import WritableSpool

__all__ = ["click_widgets", "saved"]

_BEGIN_S = 1.5
"""What a click may take until it asks for something."""
_CLICK_S = 20.0
"""What it may take in all."""
_ARRIVE_S = 1.0
"""What a click may take to come to a frame."""
_TRIES = 3
_DRAWN_S = 0.15
_GLANCE_S = 0.05
_SAVE_S = 20.0
_PIECE = 1 << 18
_GONE = "The frame that it was in has gone."


@attrs.frozen(kw_only=True)
class _Widget:
    """One widget, and where it is."""

    frame: Frame
    place: str
    """The frame's address when it was found."""
    index: int
    """Among those of the frame."""
    text: str
    element: str


async def click_widgets(tab: Tab, limits: Limits) -> None:
    """
    Click every download widget without an address, one after the other; never what sends a form.

    Those of the page first, then those of the frames in it that a reader sees. What they ask for crosses
    the wire as all else does. A click that leads the page elsewhere is the last; one that leads a frame
    elsewhere the last in it.

    Raises:
        TabLost: If the tab is lost meanwhile.
    """
    tab.watch.cause = Cause.CLICK
    widgets = await _widgets(tab, limits)
    if len(widgets) > limits.clicks:
        tab.watch.emit(
            Met(sentence=f"The page has {len(widgets)} download widgets; {limits.clicks} were clicked.")
        )
    main = tab.page.main_frame
    place = _address(main)
    left: set[Frame] = set()
    for widget in widgets[: limits.clicks]:
        if widget.frame in left:
            continue
        tab.watch.asked.clear()
        tab.watch.keeping = True
        try:
            problem = await _click(tab, limits, widget)
        except PlaywrightError:
            if widget.frame is main:
                raise
            # Its scripts have ended: it is no longer there, or the click leads it elsewhere.
            problem = await _begun(tab, limits) or _GONE
        finally:
            tab.watch.keeping = False
        # The file before what said where it is.
        brought = tuple(dict.fromkeys(url for _, url in sorted(tab.watch.asked, key=lambda one: one[0])))
        if _address(main) != place:
            problem = f"It led the page to {tab.page.url}, so nothing more was clicked."
        elif (away := _away(widget, problem)) is not None:
            left.add(widget.frame)
            problem = away
        elif not brought and not problem:
            problem = "Nothing was asked for because of it."
        tab.watch.emit(Clicked(text=widget.text, element=widget.element, brought=brought, problem=problem))
        if _address(main) != place:
            return


def _away(widget: _Widget, problem: str) -> str | None:
    """Return the problem of a click whose frame is not where it was; None if it is."""
    if widget.frame.is_detached():
        return problem or _GONE
    if _address(widget.frame) == widget.place:
        return None
    led = f"It led its frame to {widget.frame.url}, so nothing more was clicked there."
    return led if problem in ("", _GONE) else problem


async def _widgets(tab: Tab, limits: Limits) -> list[_Widget]:
    """Return the widgets of the page, and of the frames in it that a reader sees."""
    found: list[_Widget] = []
    main = tab.page.main_frame
    for frame in (main, *inner_frames(tab, limits)):
        try:
            told = await tab.run(script("widgets"), frame) if await _is_seen(tab, frame) else []
        except PlaywrightError:
            if frame is main:
                raise
            continue  # it has gone meanwhile
        found += [
            _Widget(frame=frame, place=_address(frame), index=index, text=one["text"], element=one["element"])
            for index, one in enumerate(told)
        ]
    return found


async def _is_seen(tab: Tab, frame: Frame) -> bool:
    """Tell whether a reader sees a frame: its element, and those of the frames around it."""
    while (around := frame.parent_frame) is not None:
        if not await tab.run_on(frame, "seen"):
            return False
        frame = around
    return True


def _address(frame: Frame) -> str:
    return frame.url.partition("#")[0]


async def _aim(tab: Tab, widget: _Widget) -> dict[str, float] | None:
    """Bring a widget into view; return where it is in the window, or None if something lies over it."""
    frame = widget.frame
    aim: dict[str, float] | None = await tab.run(script("aim").replace("INDEX", str(widget.index)), frame)
    while aim is not None and (around := frame.parent_frame) is not None:
        aim = await tab.run_on(frame, "place", aim["x"], aim["y"])
        frame = around
    return aim


async def _click(tab: Tab, limits: Limits, widget: _Widget) -> str:
    """Click one widget, as a mouse does; return why that could not be done."""
    if not await _reach(tab, widget):
        # Something lies over it, such as a question for consent, which is not ours to answer.
        source = f"widgets[{widget.index}].isConnected && widgets[{widget.index}].click()"
        await tab.run(source, widget.frame)
    return await _begun(tab, limits)


async def _begun(tab: Tab, limits: Limits) -> str:
    """Wait until what a click began has ended; return why that could not be waited for."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _BEGIN_S
    while not tab.watch.asked and loop.time() < until:
        await tab.bounded(asyncio.sleep(_GLANCE_S))
    if tab.watch.asked and not await wait_still(tab, limits, _CLICK_S):
        return f"What it began was still going on after {_CLICK_S:g} s."
    return ""


async def _reach(tab: Tab, widget: _Widget) -> bool:
    """Click a widget with the mouse; tell whether that came to it."""
    for _ in range(_TRIES):
        aim = await _aim(tab, widget)
        within = widget.frame.parent_frame is not None
        if aim is not None and within:
            # A frame in another process scrolls those around it late, and is found by where it stood in the
            # last picture of the window: that has to be drawn, and the click may still go astray.
            await tab.bounded(asyncio.sleep(_DRAWN_S))
            aim = await _aim(tab, widget)
        if aim is None:
            return False
        await _press(tab, aim)
        if not within or await _arrived(tab, widget):
            return True
    return False


async def _press(tab: Tab, aim: dict[str, float]) -> None:
    session = await tab.session()
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        await tab.bounded(
            session.send(
                "Input.dispatchMouseEvent",
                {
                    "type": kind,
                    "x": aim["x"],
                    "y": aim["y"],
                    "button": "none" if kind == "mouseMoved" else "left",
                    "clickCount": 0 if kind == "mouseMoved" else 1,
                },
            )
        )


async def _arrived(tab: Tab, widget: _Widget) -> bool:
    """Tell whether the click came to the widget: it says so, or what it began does, or a new document."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _ARRIVE_S
    while loop.time() < until:
        if tab.watch.asked or await tab.run("globalThis.arrived !== false", widget.frame):
            return True
        await tab.bounded(asyncio.sleep(_GLANCE_S))
    return False


async def saved(
    tab: Tab, limits: Limits, spool: Callable[[], WritableSpool], folder: Path
) -> AsyncIterator[Artefact]:
    """Yield the files that only the browser has: those that scripts made (``blob:``, ``data:``)."""
    while tab.watch.downloads:
        download = tab.watch.downloads.pop(0)
        try:
            path = await tab.bounded(download.path(), _SAVE_S)
        except PlaywrightError:
            continue  # the page took it back; that it was offered has been told
        if folder not in path.parents:
            continue
        yield _artefact(tab, limits, download, path, spool)


def _artefact(
    tab: Tab, limits: Limits, download: Download, path: Path, spool: Callable[[], WritableSpool]
) -> Artefact:
    content = spool()
    left = limits.body_bytes
    with path.open("rb") as stream:
        while left and (piece := stream.read(min(_PIECE, left))):
            content.write(piece)
            left -= len(piece)
    if path.stat().st_size > limits.body_bytes:
        tab.watch.emit(Met(sentence=f"A file of {path.stat().st_size} bytes was cut at {limits.body_bytes}."))
    url = download.url
    return Artefact(
        url=url if url.startswith("blob:") else url.partition(",")[0] + ",",
        media_type="application/octet-stream",
        made_at=tab.watch.clock(),
        content=content,
        kind="download",
        facts={"name": download.suggested_filename, "page": tab.page.url},
    )
