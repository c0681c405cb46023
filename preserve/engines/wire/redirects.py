"""Where does a response send us on, and with which method?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.url import join

if TYPE_CHECKING:
    from preserve.model.url import UriR

__all__ = ["REDIRECTS", "location", "method_after"]

# RFC 9110, section 15.4. 300, 304, 305 and 306 send nobody anywhere by themselves.
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_KEPT_BY_303 = frozenset({"GET", "HEAD"})


def location(status: int | None, value: bytes | None, url: UriR) -> UriR | None:
    """
    Return the address a redirect leads to, resolved against ``url``, without fragment.

    Args:
        status: Of the response; other than a redirect gives None.
        value: The Location field as sent. Octets that are no UTF-8 are percent-encoded as they are,
            as browsers do.
        url: The URL that was asked for.
    """
    if status not in REDIRECTS or value is None:
        return None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = "".join(chr(octet) if octet < 0x80 else f"%{octet:02X}" for octet in value)  # noqa: PLR2004 - ASCII
    return join(url, text)


def method_after(status: int, method: str) -> str:
    """Return the method of the next request. Fetch standard, HTTP-redirect fetch, step 12."""
    becomes_get = (status in {301, 302} and method == "POST") or (
        status == 303 and method not in _KEPT_BY_303  # noqa: PLR2004 - See Other
    )
    return "GET" if becomes_get else method
