"""Which cookies does the browser begin with, and which has it at the end?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preserve.model.credentials import GivenCookie
from preserve.model.url import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.async_api import BrowserContext

    from preserve.model.url import UriR

__all__ = ["give_cookies", "taken_cookies"]


async def give_cookies(context: BrowserContext, cookies: Iterable[GivenCookie], url: UriR) -> None:
    """Give the browser those of the user's cookies that are for the host of a page."""
    host = parse(url).hostname
    fitting = [cookie for cookie in cookies if cookie.fits(host)]
    if not fitting:
        return
    session = await context.new_cdp_session(context.pages[0])
    for cookie in fitting:
        given: dict[str, Any] = {
            "name": cookie.name,
            "value": cookie.value,
            # Without a domain it is for the host of the URL alone.
            "url": f"http{'s' * cookie.secure}://{cookie.domain}/",
            "path": cookie.path,
            "secure": cookie.secure,
        }
        if not cookie.host_only:
            given["domain"] = f".{cookie.domain}"
        if cookie.expires_s is not None:
            given["expires"] = cookie.expires_s
        await session.send("Network.setCookie", given)
    await session.detach()


async def taken_cookies(context: BrowserContext) -> tuple[GivenCookie, ...]:
    """Return all cookies of a browser."""
    return tuple(
        GivenCookie(
            name=cookie["name"],
            value=cookie["value"],
            domain=cookie["domain"].lstrip(".").lower(),
            host_only=not cookie["domain"].startswith("."),
            path=cookie["path"],
            secure=cookie["secure"],
            expires_s=cookie["expires"] if cookie["expires"] >= 0 else None,
        )
        for cookie in await context.cookies()
    )
