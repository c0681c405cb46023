"""In which window, language and time zone does a browser show the page?"""

from __future__ import annotations

import re
import zoneinfo
from typing import TYPE_CHECKING, TypedDict

import attrs

from preserve.engines.browser.flags import parse_viewport
from preserve.errors import UsageError

if TYPE_CHECKING:
    from preserve.model.capture import CaptureRequest
    from preserve.model.credentials import Credentials

__all__ = ["BrowsingOptions", "browsing"]

# BCP 47 (RFC 5646), section 2.1, as far as browsers are told one: language, script, region, variants.
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_PLAIN = "plain"
_FALLBACKS = ("", "browser")


class BrowsingOptions(TypedDict, total=False):
    """What ``archive`` takes about the browser, if one shows the page."""

    fallback: str
    """``browser``: let the browser itself fetch from origins that do not speak to our client; empty."""
    viewport: str
    """Width and height of its window in CSS pixels; ``1280x800``."""
    locale: str
    """What language it prefers; ``en-GB``."""
    timezone: str
    """Where it is, by a name of the time zone database; ``UTC``."""


def browsing(request: CaptureRequest, options: BrowsingOptions, credentials: Credentials) -> CaptureRequest:
    """
    Return a request with what it says of the browser, checked.

    Raises:
        UsageError: If something of it is not what it should be, or no browser is to show the page.
    """
    viewport, locale = options.get("viewport", ""), options.get("locale", "")
    timezone, fallback = options.get("timezone", ""), options.get("fallback", "")
    if request.engine == _PLAIN and (viewport or locale or timezone or fallback or credentials.profile):
        raise UsageError(
            "Window, language, time zone, fallback and profile are those of a browser; ask for one too."
        )
    if fallback not in _FALLBACKS:
        raise UsageError(f"{fallback!r} is no fallback; expected browser.")
    try:
        parse_viewport(viewport)
    except ValueError as exc:
        raise UsageError(f"{exc}.") from exc
    if locale and not _LOCALE.fullmatch(locale):
        raise UsageError(f"{locale!r} is no language; expected something like en-GB or de.")
    if timezone and not _is_zone(timezone):
        raise UsageError(f"{timezone!r} is no time zone; expected something like Europe/Vienna or UTC.")
    return attrs.evolve(request, viewport=viewport, locale=locale, timezone=timezone, fallback=fallback)


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
