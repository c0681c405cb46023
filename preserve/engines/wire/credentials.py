"""
Which of the user's secrets go with a request, and how is it kept without them?

What a user gives in confidence goes to the seed's origin (scheme, host and port) and to no other, not
even where that origin redirects to. Cookies go where the rules of cookies let them go, if they fit the
seed's host. What is kept of a request has ``x`` for each octet of a secret, so lengths stay true.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from preserve.model.url import origin

if TYPE_CHECKING:
    from preserve.model.credentials import Credentials
    from preserve.model.url import UriR

__all__ = ["Confidant", "Fields", "basic", "mask"]

Fields = tuple[tuple[bytes, bytes], ...]


def mask(value: bytes) -> bytes:
    """Return as many ``x`` as there are octets."""
    return b"x" * len(value)


def basic(pair: str) -> bytes:
    """Return the value of a field for Basic authentication. RFC 7617, section 2, with UTF-8."""
    return b"Basic " + base64.b64encode(pair.encode())


class Confidant:
    """
    Adds what the user gave to the requests it is meant for.

    Args:
        credentials: What the user gave.
        seed: The page that is archived: its origin gets them.
    """

    def __init__(self, credentials: Credentials, seed: UriR) -> None:
        self._origin = origin(seed)
        given = [(name.encode("ascii"), value.encode("latin-1")) for name, value in credentials.headers]
        if credentials.auth:
            given.append((b"Authorization", basic(credentials.auth)))
        self._given: Fields = tuple(given)

    def knows(self, url: UriR) -> bool:
        """Tell whether a URL is of the origin that the secrets are for."""
        return origin(url) == self._origin

    def dress(self, url: UriR, fields: Fields, cookie: bytes | None) -> tuple[Fields, Fields | None]:
        """
        Return the fields to send and, if a secret is among them, the fields to keep.

        A field that was given replaces ours of that name; all of them stand before Connection, which is
        our last.

        Args:
            url: What is asked for.
            fields: Ours.
            cookie: The Cookie field as it is to be kept.
        """
        given = self._given if self.knows(url) else ()
        replaced = {name.lower() for name, _ in given}
        ours = tuple(field for field in fields if field[0].lower() not in replaced)
        kept = tuple((name, cookie if name == b"Cookie" and cookie else value) for name, value in ours)
        masked = tuple((name, mask(value)) for name, value in given)
        sent = (*ours[:-1], *given, *ours[-1:])
        keeps = (*kept[:-1], *masked, *kept[-1:])
        return sent, None if keeps == sent else keeps
