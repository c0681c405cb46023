"""
Where does a page send its reader after a while?

By a ``meta`` element, or by the field Refresh, which no standard but the HTML one knows. A page that
does so at once is not seen without the page that it sends to: within one origin that one is fetched
with it, as a frame is. What comes later, or leads elsewhere, is a place to go.
"""

from __future__ import annotations

import re

from preserve.model.reference import Kind, Link
from preserve.model.url import join, origin

__all__ = ["REFRESH_FACT", "kind_of", "refresh_link", "written_in"]

REFRESH_FACT = "refresh"
"""The fact that holds the field as sent."""

# HTML Standard, 4.2.5.3, shared declarative refresh steps; browsers take a number with a fraction.
_REFRESH = re.compile(
    r"\s*+(?P<delay>[\d.]*+)\s*+[;,]?\s*+url\s*+=\s*+(?:\"([^\"]*)|'([^']*)|(.*))", re.IGNORECASE | re.DOTALL
)


def written_in(value: str) -> str:
    """Return the address in a value such as ``5; url=/later``; empty if there is none."""
    found = _REFRESH.match(value)
    return next((group for group in found.groups()[1:] if group), "").strip() if found else ""


def kind_of(value: str, base: str) -> Kind:
    """Return what the address in a value is for a page at ``base``."""
    found = _REFRESH.match(value)
    url = join(base, written_in(value))
    at_once = found is not None and not found["delay"].strip("0.")
    return (
        Kind.FRAME
        if at_once and url is not None and url != base and origin(url) == origin(base)
        else Kind.LINK
    )


def refresh_link(value: object, url: str) -> Link | None:
    """Return the link that a Refresh field makes, if the fact holds one; ``url`` is the response's."""
    written = written_in(value) if isinstance(value, str) else ""
    if not isinstance(value, str) or not written:
        return None
    return Link(written=written[:2000], url=join(url, written), kind=kind_of(value, url), attribute="refresh")
