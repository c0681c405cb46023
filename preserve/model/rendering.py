"""What was seen while a browser showed a page?"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TypeAlias

import attrs

from preserve.model.credentials import GivenCookie
from preserve.model.reference import Link

__all__ = [
    "Asked",
    "Cause",
    "Clicked",
    "Crashed",
    "Dialogue",
    "Downloaded",
    "Looked",
    "Met",
    "Observation",
    "Opened",
    "PopUp",
    "Refers",
    "Rendering",
    "Said",
    "SessionCookies",
]


class Cause(StrEnum):
    """Who made the browser ask for something."""

    PAGE = "page"
    """The page itself, as it loaded."""
    BEHAVIOUR = "behaviour"
    """The page, because it was scrolled, a lazy image forced, or a medium played."""
    CLICK = "click"
    """The page, because a download widget was clicked."""


@attrs.frozen(kw_only=True)
class Asked:
    """One request as the browser tells of it; what crossed the wire is the proxy's to say."""

    url: str
    method: str = "GET"
    kind: str = ""
    """Chromium's resource type: ``document``, ``image``, ``fetch`` …"""
    frame: str = ""
    """URL of the frame that asked."""
    initiator: str = ""
    """URL of the script or document that caused it, when the browser says so."""
    cause: Cause = Cause.PAGE
    at: dt.datetime
    status: int | None = None
    failure: str = ""
    """The browser's word for why nothing came, e.g. ``net::ERR_ABORTED``."""
    by_worker: bool = False
    """A service worker answered, from its store or from nothing: no such answer crossed the wire."""


@attrs.frozen(kw_only=True)
class Said:
    """An error that the page wrote to its console, or did not catch."""

    text: str
    url: str = ""
    line: int | None = None


@attrs.frozen(kw_only=True)
class Dialogue:
    """A dialogue that the page opened; it was dismissed."""

    kind: str
    """``alert``, ``confirm``, ``prompt`` or ``beforeunload``."""
    text: str = ""


@attrs.frozen(kw_only=True)
class PopUp:
    """A window that the page opened; it was closed."""

    url: str
    cause: Cause = Cause.PAGE


@attrs.frozen(kw_only=True)
class Downloaded:
    """A file that the browser was told to save."""

    url: str
    name: str = ""
    """What the page or its server calls it; never used as a path."""
    cause: Cause = Cause.PAGE


@attrs.frozen(kw_only=True)
class Clicked:
    """A download widget that was clicked."""

    text: str
    element: str = ""
    brought: tuple[str, ...] = ()
    """URLs that the browser asked for because of it: files to save, then documents, then all else."""
    problem: str = ""
    """Why the click brought nothing, as a sentence; empty if it did."""


@attrs.frozen(kw_only=True)
class Crashed:
    """The tab was lost: it crashed, hung, or closed itself."""

    how: str
    """A sentence."""
    again: bool = False
    """Whether the page is shown once more, without its scripts."""


@attrs.frozen(kw_only=True)
class Met:
    """A limit that ended something. Makes the capture partial."""

    sentence: str


@attrs.frozen(kw_only=True)
class Refers:
    """What one frame refers to once it is rendered, shadow roots and style rules included."""

    frame: str
    links: tuple[Link, ...]


@attrs.frozen(kw_only=True)
class SessionCookies:
    """The browser's cookies when it was done, for what is fetched in its name afterwards."""

    cookies: tuple[GivenCookie, ...] = attrs.field(repr=False)
    user_agent: str = ""


@attrs.frozen(kw_only=True)
class Opened:
    """Which browser shows the page, and as what."""

    browser: str
    user_agent: str
    viewport: str
    locale: str
    timezone: str


@attrs.frozen(kw_only=True)
class Looked:
    """What the page looked like to a reader."""

    url: str
    """Where the browser ended up."""
    title: str = ""
    width: int = 0
    height: int = 0
    """Of the whole page, in CSS pixels."""
    images: tuple[str, ...] = ()
    """URLs of the images a reader saw, each once: pictures, backgrounds, posters."""
    frames: tuple[str, ...] = ()
    """URLs of the frames within the page."""
    scripts: bool = True
    """Whether its scripts ran."""
    settled: bool = True
    """Whether nothing new was being asked for any more."""


Observation: TypeAlias = (
    Asked
    | Clicked
    | Crashed
    | Dialogue
    | Downloaded
    | Looked
    | Met
    | Opened
    | PopUp
    | Refers
    | Said
    | SessionCookies
)


@attrs.frozen(kw_only=True)
class Rendering:
    """``rendering`` in ``capture.json``: what became of the page in the browser."""

    browser: str
    """Product and version, e.g. ``Chromium 156.0.8078.108``."""
    user_agent: str
    """What it sent as User-Agent."""
    viewport: str
    """Width and height in CSS pixels: ``1280x800``."""
    locale: str = ""
    timezone: str = ""
    url: str = ""
    title: str = ""
    width: int = 0
    height: int = 0
    settled: bool = False
    scripts: bool = True
    images: tuple[str, ...] = ()
    """URLs of the images a reader saw, each once, without those of ``data:`` and ``blob:``."""
    frames: tuple[str, ...] = ()
    requests: int = 0
    """How many the browser told of."""
    by_worker: tuple[str, ...] = ()
    """URLs that a service worker answered by itself; the answers did not cross the wire."""
    console: tuple[str, ...] = ()
    """Errors of the page, the first of them."""
    console_count: int = 0
    dialogues: tuple[str, ...] = ()
    """Kind and text of those that were dismissed, the first of them."""
    dialogues_count: int = 0
    pop_ups: tuple[str, ...] = ()
    """URLs of windows that were closed, the first of them."""
    pop_ups_count: int = 0
    downloads: tuple[str, ...] = ()
    clicks: tuple[Clicked, ...] = ()
    crashes: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    """A sentence for each limit that ended something."""
