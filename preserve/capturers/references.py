"""How does a URL that was found become a link?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from preserve.capturers.originals import original_of
from preserve.model.inspection import Json, Problem
from preserve.model.reference import Kind, Link
from preserve.model.url import join, origin, plain_join

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LinkList", "fold", "link_counts"]

_LINKS_MOST = 100_000  # model.capture.Limits.references: more are never judged
_CHARACTERS_MOST = 12 << 20  # together they fit an answer of workers.ANSWER_BYTES, escapes included
_URL_MOST = 32_768  # past what any server answers; the longest seen in the wild hold a few thousand
_TEXT_MOST = 200
_DATA_SHOWN = 64


def fold(text: str | None, most: int = _TEXT_MOST) -> str:
    """Return text with its white space folded, cut to a number of characters."""
    return " ".join(text.split())[:most].rstrip() if text else ""


def _with_query(bare: str, codec: str) -> str:
    """Return an address whose query is percent-encoded in an encoding of its page."""
    address, sign, fragment = bare.partition("#")
    path, mark, query = address.partition("?")
    return path + mark + "".join(_octets(character, codec) for character in query) + sign + fragment


def _octets(character: str, codec: str) -> str:
    if character.isascii():
        return character
    try:
        return "".join(f"%{octet:02X}" for octet in character.encode(codec))
    except UnicodeEncodeError:
        return f"%26%23{ord(character)}%3B"


def link_counts(links: Iterable[Link]) -> dict[str, Json]:
    """Return how many links there are of each kind."""
    return dict(sorted(Counter(link.kind.value for link in links).items()))


class LinkList:
    """
    The links of one payload, in order, within bounds.

    A ``data:`` URL is kept without its data, which stands in the source: ``url`` ends at its comma and
    ``written`` is cut with an ellipsis. A longer URL than any server answers is kept cut, with ``url``
    None and a problem. That there are more than 100 000 links is a problem. The original of a picture
    that a site builder has scaled is added beside it, once, as a guess.

    Args:
        base: What references are resolved against.
        codec: Python's name of the encoding that queries are made octets in: the page's.
    """

    def __init__(self, base: str, codec: str = "utf-8") -> None:
        self.base = base
        self._origin = origin(base) if base.startswith(("http://", "https://")) else ""
        self._codec = "" if codec.startswith("utf") else codec
        self.links: list[Link] = []
        self.guessing = False
        """Whether what is added now stands where it may never be used: all of it is speculative."""
        self.overflowed = False
        """Whether a link did not fit: there is no use in looking for more."""
        self._resolved: dict[str, str | None] = {}
        self._scaled: set[str] = set()
        self._originals: set[str] = set()
        self._characters = 0
        self._too_long = 0

    @property
    def problems(self) -> list[Problem]:
        """What did not fit."""
        found = []
        if self.overflowed:
            message = (
                f"There are more links than the {len(self.links)} that are listed; the rest is not known."
            )
            found.append(Problem(code="links.too-many", message=message))
        if self._too_long:
            message = (
                f"{self._too_long} links are longer than {_URL_MOST} characters and cannot be asked for."
            )
            found.append(Problem(code="links.too-long", message=message))
        return found

    def add(  # noqa: PLR0913 - the fields of a link
        self,
        written: str,
        kind: Kind,
        *,
        element: str,
        attribute: str,
        line: int | None = None,
        text: str = "",
        stated_bytes: tuple[int, int] | None = None,
        speculative: bool = False,
        resolvable: bool = True,
        group: str = "",
        against: str | None = None,
    ) -> None:
        """Add one link; ``resolvable`` False is for a place without an address, ``against`` another base."""
        if len(self.links) >= _LINKS_MOST or self._characters > _CHARACTERS_MOST:
            self.overflowed = True
            return
        plain = resolvable and against is None
        url = self._resolved.get(written, "") if plain else ""
        if url == "":
            bare = written.strip("\t\n\f\r ")
            if bare[:5].lower() == "data:":
                url = bare[:_URL_MOST].partition(",")[0] + ","
                written = bare if len(bare) <= _DATA_SHOWN else f"{bare[:_DATA_SHOWN]}…"
            elif len(bare) > _URL_MOST:
                self._too_long += 1
                url = None
                written = f"{bare[:_TEXT_MOST]}…"
            elif plain:
                url = self._resolved[written] = self._resolve(bare)
            else:
                url = join(against, bare) if resolvable and against is not None else None
        self._characters += len(written) + len(url or "") + len(text)
        link = Link(
            written=written,
            url=url,
            kind=kind,
            element=element,
            attribute=attribute,
            line=line,
            text=text,
            stated_bytes=stated_bytes,
            speculative=speculative or self.guessing,
            group=group,
        )
        self.links.append(link)
        if kind is Kind.IMAGE and url is not None and url not in self._scaled:
            self._scaled.add(url)
            self._add_original(link, url)

    def _resolve(self, bare: str) -> str | None:
        url = plain_join(self._origin, bare)
        if url is not None:
            return url
        return join(self.base, bare if not self._codec or bare.isascii() else _with_query(bare, self._codec))

    def _add_original(self, scaled: Link, scaled_url: str) -> None:
        original = original_of(scaled_url)
        url = join(scaled_url, original) if original else None
        if url is not None and url not in self._originals:
            self._originals.add(url)
            self._characters += len(scaled.written) + len(url)
            self.links.append(
                Link(
                    written=scaled.written,
                    url=url,
                    kind=scaled.kind,
                    element=scaled.element,
                    attribute=scaled.attribute,
                    line=scaled.line,
                    text=scaled.text,
                    stated_bytes=scaled.stated_bytes,
                    speculative=True,
                    group=scaled.group,
                )
            )
