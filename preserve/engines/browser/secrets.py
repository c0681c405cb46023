"""
Which secrets of the user's go with a browser's requests, and how are those kept without them?

Headers, passwords and certificates are added to the requests for the page's origin; the browser never
has them. Cookies it has, those that the user gave or that its profile holds: wherever they go, they are
kept as ``x``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.engines.wire.credentials import Confidant, mask

if TYPE_CHECKING:
    from preserve.engines.wire.credentials import Fields
    from preserve.model.credentials import Credentials, GivenCookie
    from preserve.model.url import UriR

__all__ = ["Secrets"]


class Secrets:
    """
    What must not stand in the package.

    Args:
        credentials: What the user gave.
        seed: The page that is shown: its origin gets headers and passwords.
    """

    def __init__(self, credentials: Credentials, seed: UriR) -> None:
        self._confidant = Confidant(credentials, seed)
        self.cookies: frozenset[GivenCookie] = frozenset(credentials.cookies)

    def confide(self, cookies: tuple[GivenCookie, ...]) -> None:
        """Learn which cookies the browser begins with; all of them are the user's."""
        self.cookies |= frozenset(cookies)

    def dress(self, url: UriR, fields: Fields) -> tuple[Fields, Fields | None]:
        """
        Return the fields to send and, if a secret is among them, the fields to keep.

        Args:
            url: What the browser asks for.
            fields: As it asks.
        """
        sent, kept = self._confidant.dress(url, fields, None)
        masked = tuple(self._masked(field) for field in (sent if kept is None else kept))
        return sent, None if masked == sent else masked

    def keep(self, url: UriR, fields: Fields) -> Fields:
        """Return the fields to keep of a request that the browser sent by itself; none was added to it."""
        del url  # cookies are masked wherever they go
        return tuple(self._masked(field) for field in fields)

    def _masked(self, field: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        name, value = field
        if name.lower() != b"cookie" or not self.cookies:
            return field
        secrets = {(cookie.name.encode(), cookie.value.encode()) for cookie in self.cookies}
        return name, b";".join(_without(pair, secrets) for pair in value.split(b";"))


def _without(pair: bytes, secrets: set[tuple[bytes, bytes]]) -> bytes:
    """Return a pair of the Cookie field, its value masked if it is a secret. RFC 6265, section 4.2.1."""
    name, equals, value = pair.partition(b"=")
    if equals:
        return name + equals + mask(value) if (name.strip(), value) in secrets else pair
    return mask(pair) if (b"", pair.strip()) in secrets else pair
