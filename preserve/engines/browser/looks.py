"""What does a person want to look at later: which pictures, texts and prints of a page are made?"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error as PlaywrightError

from preserve.engines.browser.tab import script
from preserve.model.exchange import Artefact
from preserve.model.reference import Kind, Link
from preserve.model.rendering import Looked, Met, Refers, Said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from playwright.async_api import Frame

    from preserve.engines.browser.tab import Tab
    from preserve.model.capture import Limits
    from preserve.model.exchange import WritableSpool

__all__ = ["look", "picture", "thumbnail"]

_THUMBNAIL_PX = 320
"""Its width."""
_DRAW_S = 40.0
_PRINT_S = 40.0
_TEXT_MOST = 32 << 20


async def thumbnail(tab: Tab, spool: Callable[[], WritableSpool]) -> Artefact:
    """Return a small picture of what is in the window now: PNG, 320 pixels wide."""
    size = tab.page.viewport_size or {"width": 1280, "height": 800}
    clip = {
        "x": 0.0,
        "y": 0.0,
        "width": size["width"],
        "height": size["height"],
        "scale": _THUMBNAIL_PX / size["width"],
    }
    data = await _draw(tab, clip)
    return _artefact(tab, spool, "thumbnail", "urn:thumbnail:", "image/png", data, {})


async def picture(tab: Tab, limits: Limits, spool: Callable[[], WritableSpool], height: int) -> Artefact:
    """Return a picture of the whole page as far as one can be drawn: PNG, one pixel for a CSS pixel."""
    size = tab.page.viewport_size or {"width": 1280, "height": 800}
    drawn = max(size["height"], min(height, limits.screenshot_px))
    if height > drawn:
        tab.watch.emit(
            Met(sentence=f"The page is {height} pixels high; its picture shows the first {drawn}.")
        )
    data = await _draw(tab, {"x": 0, "y": 0, "width": size["width"], "height": drawn, "scale": 1})
    facts: dict[str, object] = {"width": size["width"], "height": drawn, "page_height": height}
    return _artefact(tab, spool, "screenshot", "urn:fullPage:", "image/png", data, facts)


async def look(
    tab: Tab, limits: Limits, spool: Callable[[], WritableSpool], *, scripts: bool, settled: bool
) -> AsyncIterator[Artefact | Looked | Refers]:
    """
    Yield what the page has become: for each frame its document and references, then text, picture, print.

    Raises:
        TabLost: If the tab is lost meanwhile; what was yielded before stays true.
    """
    main: dict[str, Any] = {}
    images: dict[str, None] = {}
    texts: list[str] = []
    frames = tab.page.frames[: limits.frames]
    if len(tab.page.frames) > limits.frames:
        tab.watch.emit(
            Met(sentence=f"The page has {len(tab.page.frames)} frames; {limits.frames} were read.")
        )
    for frame in frames:
        seen = await _seen(tab, frame)
        if seen is None:
            continue
        if frame is tab.page.main_frame:
            main = seen
        images.update(dict.fromkeys(seen["images"]))
        texts.append(seen["text"])
        facts: dict[str, object] = {"frame": frame is not tab.page.main_frame}
        html = seen["html"][:_TEXT_MOST].encode("utf-8", "replace")
        yield _artefact(
            tab, spool, "dom", "urn:dom:", "text/html; charset=utf-8", html, facts, url=seen["url"]
        )
        yield Refers(frame=seen["url"], links=tuple(_link(each) for each in await _refers(tab, frame)))
    text = "\n\n".join(text for text in texts if text.strip())[:_TEXT_MOST]
    yield _artefact(
        tab, spool, "text", "urn:text:", "text/plain; charset=utf-8", text.encode("utf-8", "replace"), {}
    )
    yield Looked(
        url=tab.page.url,
        title=str(main.get("title", "")),
        width=int(main.get("width", 0)),
        height=int(main.get("height", 0)),
        # A background that is chosen among several is known by having been answered.
        images=tuple(url for url in images if url in tab.watch.loaded),
        frames=tuple(frame.url for frame in frames if frame is not tab.page.main_frame),
        scripts=scripts,
        settled=settled,
    )
    yield await picture(tab, limits, spool, int(main.get("height", 0)))
    printed = await _print(tab)
    if printed is not None:
        yield _artefact(tab, spool, "print", "urn:pdf:", "application/pdf", printed, {})


async def _seen(tab: Tab, frame: Frame) -> dict[str, Any] | None:
    """Return what is in a frame; None when it is gone, or shows nothing of its own."""
    try:
        seen = await tab.run(script("look"), frame)
    except PlaywrightError as exc:
        if frame is tab.page.main_frame:
            tab.watch.emit(Said(text=f"The page could not be read: {exc.message[:200]}", url=frame.url))
        return None
    found: dict[str, Any] = seen
    return found if found["url"].startswith(("http:", "https:")) else None


async def _refers(tab: Tab, frame: Frame) -> list[dict[str, str]]:
    try:
        found: list[dict[str, str]] = await tab.run(script("refers"), frame)
    except PlaywrightError:
        return []
    return found


def _link(found: dict[str, str]) -> Link:
    return Link(
        written=found["written"],
        url=found["url"],
        kind=Kind(found["kind"]),
        element=found["element"],
        attribute=found["attribute"],
        text=found["text"],
    )


async def _draw(tab: Tab, clip: dict[str, float]) -> bytes:
    session = await tab.session()
    drawn = await tab.bounded(
        session.send(
            "Page.captureScreenshot", {"format": "png", "clip": clip, "captureBeyondViewport": True}
        ),
        _DRAW_S,
    )
    return base64.b64decode(drawn["data"])


async def _print(tab: Tab) -> bytes | None:
    """Return the page as it would be printed; None when the browser prints nothing."""
    try:
        return await tab.bounded(tab.page.pdf(print_background=True, prefer_css_page_size=True), _PRINT_S)
    except PlaywrightError as exc:
        tab.watch.emit(Said(text=f"The page could not be printed: {exc.message[:200]}", url=tab.page.url))
        return None


def _artefact(
    tab: Tab,
    spool: Callable[[], WritableSpool],
    kind: str,
    prefix: str,
    media_type: str,
    data: bytes,
    facts: dict[str, object],
    *,
    url: str = "",
) -> Artefact:
    content = spool()
    content.write(data)
    return Artefact(
        url=prefix + (url or tab.page.url).partition("#")[0],
        media_type=media_type,
        made_at=tab.watch.clock(),
        content=content,
        kind=kind,
        facts=facts,
    )
