"""
What does an origin's robots.txt let us ask for?

Only asked when the user wants it obeyed. RFC 9309, section 2.3.1, says what each answer means; ``protego``
reads the rules, wildcards and all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from protego import Protego

from preserve.errors import CodingError
from preserve.formats.codings import content_codings, decode
from preserve.formats.http1 import Body, Head, MessageReader
from preserve.model.exchange import Ended
from preserve.model.url import origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.model.exchange import Exchange
    from preserve.model.url import UriR

__all__ = ["ACCEPT", "Rules", "read_rules", "robots_url"]

ACCEPT = "text/plain,*/*;q=0.1"

_READ_MOST = 512 * 1024
"""RFC 9309, section 2.5 asks for 500 KiB at least."""
_PIECE = 1 << 16
_DECODED_RATIO = 200
_SUCCESS = range(200, 300)
_UNAVAILABLE = range(300, 500)
"""Section 2.3.1.3; a redirect that was not followed to its end counts as unavailable: 2.3.1.2."""


@attrs.frozen(kw_only=True)
class Rules:
    """What one origin lets us ask for."""

    origin: str
    agent: str
    parsed: Protego | None = attrs.field(default=None, repr=False)
    closed: str = ""
    """Why nothing may be asked at all, as a sentence; else empty."""

    def refuse(self, url: UriR) -> str:
        """Return why a URL may not be asked for, as a sentence; an empty text if it may be."""
        if self.closed:
            return self.closed
        if self.parsed is None or self.parsed.can_fetch(url, self.agent):
            return ""
        return f"The robots.txt of {self.origin} does not allow {self.agent} to ask for {url} (RFC 9309)."

    @property
    def delay_s(self) -> float:
        """The Crawl-delay, in seconds; 0 without one."""
        found = self.parsed.crawl_delay(self.agent) if self.parsed is not None else None
        return max(0.0, float(found or 0.0))


def robots_url(url: str) -> str:
    """Return where the rules for a URL stand. RFC 9309, section 2.3."""
    return f"{origin(url)}/robots.txt"


def read_rules(where: str, agent: str, answer: Exchange) -> Rules:
    """
    Return the rules of an origin from the last exchange of the visit of its robots.txt.

    Args:
        where: The origin that was asked, before any redirect: the rules are for it.
        agent: Our name.
        answer: Read, not closed.
    """
    rules = Rules(origin=where, agent=agent)
    if answer.ended is Ended.REFUSED or answer.status in _UNAVAILABLE:
        return rules
    if answer.response is None or answer.status not in _SUCCESS:
        seen = f"the answer was {answer.status}" if answer.status else answer.reason
        closed = (
            f"The robots.txt of {where} could not be had, so nothing may be asked for there "
            f"(RFC 9309, section 2.3.1.4): {seen}"
        )
        return attrs.evolve(rules, closed=closed if closed.endswith(".") else f"{closed}.")
    text = _content(answer)[:_READ_MOST].decode("utf-8-sig", "replace")
    return attrs.evolve(rules, parsed=Protego.parse(text))


def _content(answer: Exchange) -> bytes:
    """Return the decoded entity body as far as it is read; what cannot be decoded ends it."""
    codings = content_codings([value for name, value in answer.fields if name.lower() == b"content-encoding"])
    got = bytearray()
    try:
        for piece in decode(_entity(answer), codings, max_bytes=_READ_MOST, max_ratio=_DECODED_RATIO):
            got += piece
    except CodingError:
        # Section 2.3.1.1: the parseable rules count; so does what came before the fault.
        return bytes(got)
    return bytes(got)


def _entity(answer: Exchange) -> Iterator[bytes]:
    if answer.response is None:
        return
    reader = MessageReader("response", request_method=answer.method.encode())
    with answer.response.open() as stream:
        while piece := stream.read(_PIECE):
            for event in reader.feed(piece):
                if isinstance(event, Body):
                    yield bytes(event.entity)
                elif isinstance(event, Head) and event.parsed is None:
                    return
