"""
Which requests does Chromium make by itself, not for the page?

It looks for updates, accounts and field trials, whatever its flags say (observed with Chromium 156). They
are no part of any page and are not sent. A page may ask the same hosts for a part of itself: what the
browser says of the request tells the two apart (Fetch Metadata, sections 2.1 and 2.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.url import parse

if TYPE_CHECKING:
    from preserve.engines.browser.asked import Asked

__all__ = ["VENDOR_HOSTS", "refuse_own"]

VENDOR_HOSTS = frozenset(
    {
        "accounts.google.com",
        "android.clients.google.com",
        "chromewebstore.googleapis.com",
        "clients.l.google.com",
        "clients1.google.com",
        "clients2.google.com",
        "clients2.googleusercontent.com",
        "clients3.google.com",
        "clients4.google.com",
        "clients6.google.com",
        "clientservices.googleapis.com",
        "content-autofill.googleapis.com",
        "dl.google.com",
        "edgedl.me.gvt1.com",
        "mtalk.google.com",
        "optimizationguide-pa.googleapis.com",
        "passwordsleakcheck-pa.googleapis.com",
        "redirector.gvt1.com",
        "safebrowsing.googleapis.com",
        "safebrowsingohttpgateway.googleapis.com",
        "sb-ssl.google.com",
        "tools.google.com",
        "translate.googleapis.com",
        "update.googleapis.com",
        "www.google.com",
        "www.googleapis.com",
    }
)

_NAVIGATIONS = frozenset({"document", "iframe", "frame"})


def refuse_own(asked: Asked) -> str:
    """Return why a request is Chromium's own affair, as a sentence; an empty text if the page made it."""
    host = parse(asked.url).hostname
    if host not in VENDOR_HOSTS or asked.field(b"referer"):
        return ""
    # A page's requests come from a site; those of a user's (and ours) are navigations.
    site, destination = asked.field(b"sec-fetch-site"), asked.field(b"sec-fetch-dest")
    if site not in {"", "none"} or destination in _NAVIGATIONS or asked.field(b"upgrade-insecure-requests"):
        return ""
    return f"Chromium asks {host} by itself, not for the page; that is not sent."
