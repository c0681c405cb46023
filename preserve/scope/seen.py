"""What did a browser add to what the sources of a page say?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from preserve.model.exchange import AskedBy, Ended
from preserve.model.reference import Kind, Link
from preserve.model.resource import Resource
from preserve.model.url import UriR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Beside", "Seen"]


@attrs.frozen(kw_only=True)
class Beside:
    """What came of one request that a browser made by itself."""

    url: UriR
    kind: Kind
    answer: Resource | None
    """The stored response; None when no byte of one came."""
    ended: Ended
    reason: str = ""
    piece: bool = False
    """The answer is a part of what stands there."""
    asked_by: AskedBy = AskedBy.BROWSER


class Seen:
    """The references of rendered pages, and the addresses that clicks brought."""

    def __init__(self) -> None:
        self._links: dict[str, list[Link]] = {}
        """By the record id of their source."""
        self._clicks: list[tuple[str, str]] = []
        """Wording of a widget, folded, and the URL that its click brought first."""

    def add(self, record: str, listed: Sequence[Link], links: Iterable[Link]) -> Iterator[Link]:
        """Yield those links that the source does not list, each address once."""
        known = {link.url for link in (*listed, *self.of(record))}
        known.add(None)  # what has no address stands in the source with its place
        for link in links:
            if link.url not in known:
                known.add(link.url)
                yield link

    def keep(self, record: str, link: Link) -> None:
        """Have a link listed with its source."""
        self._links.setdefault(record, []).append(link)

    def of(self, record: str) -> Sequence[Link]:
        """Return what was kept of a source."""
        return self._links.get(record, ())

    def clicked(self, text: str, brought: Sequence[str]) -> None:
        """Remember what a click brought."""
        if brought:
            self._clicks.append((_folded(text), brought[0]))

    def resolved(self, link: Link) -> Link:
        """Return a download widget with the address that a click on it brought; else the link as it is."""
        if link.url is not None or link.kind is not Kind.DOCUMENT:
            return link
        text = _folded(link.text)
        fitting = [url for said, url in self._clicks if said and text and (said in text or text in said)]
        if fitting:
            return attrs.evolve(link, url=fitting[0])
        return link


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
