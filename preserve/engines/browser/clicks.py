"""Which files does a page bring only when its download widgets are clicked?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError

from preserve.engines.browser.behaviours import wait_still
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
_SAVE_S = 20.0
_PIECE = 1 << 18


async def click_widgets(tab: Tab, limits: Limits) -> None:
    """
    Click every download widget without an address, one after the other; never what sends a form.

    What they ask for crosses the wire as all else does. A click that leads the page elsewhere is the last.

    Raises:
        TabLost: If the tab is lost meanwhile.
    """
    tab.watch.cause = Cause.CLICK
    widgets = await tab.run(script("widgets"))
    if len(widgets) > limits.clicks:
        tab.watch.emit(
            Met(sentence=f"The page has {len(widgets)} download widgets; {limits.clicks} were clicked.")
        )
    place = tab.page.url.partition("#")[0]
    for index, widget in enumerate(widgets[: limits.clicks]):
        tab.watch.asked.clear()
        tab.watch.keeping = True
        try:
            problem = await _click(tab, limits, index)
        finally:
            tab.watch.keeping = False
        away = tab.page.url.partition("#")[0] != place
        # The file before what said where it is.
        brought = tuple(dict.fromkeys(url for _, url in sorted(tab.watch.asked, key=lambda one: one[0])))
        if away:
            problem = f"It led the page to {tab.page.url}, so nothing more was clicked."
        elif not brought and not problem:
            problem = "Nothing was asked for because of it."
        tab.watch.emit(
            Clicked(text=widget["text"], element=widget["element"], brought=brought, problem=problem)
        )
        if away:
            return


async def _click(tab: Tab, limits: Limits, index: int) -> str:
    """Click one widget, as a mouse does; return why that could not be done."""
    loop = asyncio.get_running_loop()
    aim = await tab.run(script("aim").replace("INDEX", str(index)))
    if aim is None:
        # Something lies over it, such as a question for consent, which is not ours to answer.
        await tab.run(f"widgets[{index}].isConnected && widgets[{index}].click()")
    else:
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
    until = loop.time() + _BEGIN_S
    while not tab.watch.asked and loop.time() < until:
        await tab.bounded(asyncio.sleep(0.05))
    if tab.watch.asked and not await wait_still(tab, limits, _CLICK_S):
        return f"What it began was still going on after {_CLICK_S:g} s."
    return ""


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
