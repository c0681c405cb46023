"""What does a patient reader do with a page, so that it asks for all it has?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError

from preserve.engines.browser.tab import script
from preserve.model.rendering import Cause, Met

if TYPE_CHECKING:
    from playwright.async_api import Frame

    from preserve.engines.browser.tab import Tab
    from preserve.model.capture import Limits

__all__ = ["behave", "inner_frames", "wait_still"]

_STEP_S = 0.08
"""Between two steps of scrolling: a few pictures of the screen, so that observers see what came into view."""
_GLANCE_S = 0.05
_BOTTOM_S = 2.0
"""How long a page may take to grow once its end is in view."""
_PLAY_S = 1.5
_PLAY_MOST_S = 6.0
"""How long is waited for sound and video that are slow to begin."""
_WITHIN = 60
"""Steps in one box within the page."""


async def wait_still(tab: Tab, limits: Limits, most_s: float) -> bool:
    """
    Wait until nothing new is asked for; tell whether that came within the time.

    Raises:
        TabLost: If the tab is lost meanwhile.
    """
    loop = asyncio.get_running_loop()
    until = min(loop.time() + most_s, tab.until)
    while not tab.watch.stillness.is_still(loop.time(), limits.quiet_s):
        if loop.time() >= until or tab.watch.full:
            return False
        await tab.bounded(asyncio.sleep(_GLANCE_S))
    return True


async def behave(tab: Tab, limits: Limits) -> None:
    """
    Scroll the page and the boxes in it, force lazy images, open ``details``, play media a little.

    Overlays that ask for consent are left as they are. The page is at its top again at the end.

    Raises:
        TabLost: If the tab is lost meanwhile.
    """
    tab.watch.cause = Cause.BEHAVIOUR
    await _in_frames(tab, limits, "preserve.force(); preserve.open()")
    playing = await tab.run("preserve.play()")
    await _scroll(tab, limits)
    await _scroll_boxes(tab, limits)
    await wait_still(tab, limits, limits.load_s / 2)
    if playing:
        await _listen(tab)
    await _in_frames(tab, limits, "preserve.restore()")
    await tab.run("preserve.back()")
    await wait_still(tab, limits, limits.load_s / 4)


async def _listen(tab: Tab) -> None:
    """Let what plays play for a moment, from when the last of it has begun, and pause it."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _PLAY_MOST_S
    while not await tab.run("preserve.plays()") and loop.time() < until:
        await tab.bounded(asyncio.sleep(_GLANCE_S))
    await tab.bounded(asyncio.sleep(_PLAY_S))
    await tab.run("preserve.pause()")


async def _in_frames(tab: Tab, limits: Limits, call: str) -> None:
    """Call something of ours in every frame; one that goes meanwhile has gone."""
    source = script("behave") + f"\n;{call}"
    await tab.run(source)
    for frame in inner_frames(tab, limits):
        try:
            await tab.run(source, frame)
        except PlaywrightError:
            continue


def inner_frames(tab: Tab, limits: Limits) -> list[Frame]:
    """Return the frames within the page that are looked into."""
    return [frame for frame in tab.page.frames if frame is not tab.page.main_frame][: limits.frames]


async def _scroll(tab: Tab, limits: Limits) -> None:
    """Scroll down step by step, until the page neither moves nor grows."""
    loop = asyncio.get_running_loop()
    until = loop.time() + limits.scroll_s
    before = -1
    while True:
        place = await tab.run("preserve.step()")
        await tab.bounded(asyncio.sleep(_STEP_S))
        if tab.watch.full:
            return
        if place["y"] >= limits.scroll_px:
            tab.watch.emit(Met(sentence=f"The page was scrolled {limits.scroll_px} pixels down and goes on."))
            return
        if loop.time() >= until:
            tab.watch.emit(Met(sentence=f"The page was scrolled for {limits.scroll_s:g} s and goes on."))
            return
        at_end = place["y"] + place["view"] >= place["height"] - 2
        if place["y"] == before or at_end:
            await wait_still(tab, limits, _BOTTOM_S)
            after = await tab.run("preserve.step()")
            if after["height"] <= place["height"] and after["y"] <= place["y"]:
                return
        before = place["y"]


async def _scroll_boxes(tab: Tab, limits: Limits) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + limits.scroll_s / 2
    for index in range(int(await tab.run("preserve.boxes()"))):
        for _ in range(_WITHIN):
            if not await tab.run(f"preserve.within({index})") or loop.time() >= until:
                break
            await tab.bounded(asyncio.sleep(_STEP_S))
        await tab.run(f"preserve.home({index})")
