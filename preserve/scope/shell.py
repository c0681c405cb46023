"""
Is a page nothing, or not all of it, without a browser?

The rule behind ``--engine auto``. It looks at what the plain engine got: a page with hardly any text and
scripts to make some, images whose address only a script knows, a download widget without an address; or
the challenge of a bot detector, which a browser may pass. It would rather start a browser in vain than
leave something out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve.model.reference import Kind
from preserve.scope.challenge import CHALLENGE_FACT, said_challenge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from preserve.model.inspection import Json
    from preserve.model.reference import Link

__all__ = ["judge_shell"]

# A notice such as "You need to enable JavaScript to run this app" has some 50 characters, the shortest
# pages that people write have some hundreds.
_TEXT_OF_SHELL = 200
_TEXT_OF_NOTHING = 60


def judge_shell(facts: Mapping[str, Json], links: Iterable[Link]) -> tuple[str, ...]:
    """
    Return why a page should be shown in a browser, as sentences; none if it need not be.

    Args:
        facts: Of the page's own answer, as its capturer found them.
        links: What it refers to.
    """
    challenge = said_challenge(facts.get(CHALLENGE_FACT))
    if challenge:
        return (challenge,)
    shell, characters = facts.get("shell"), facts.get("text_chars")
    if not isinstance(shell, dict) or not isinstance(characters, int):
        return ()
    scripts, lazy, roots = shell.get("scripts"), shell.get("lazy"), shell.get("roots")
    listed = tuple(links)
    pictures = [link for link in listed if link.kind is Kind.IMAGE]
    widgets = [link for link in listed if link.kind is Kind.DOCUMENT and link.url is None]
    found: list[str] = []
    if scripts and roots and isinstance(roots, list) and characters < _TEXT_OF_SHELL:
        found.append(
            f"It has {characters} characters of text, and scripts fill the empty element {roots[0]}."
        )
    elif scripts and characters < _TEXT_OF_NOTHING and not pictures:
        found.append(f"It has {characters} characters of text, no images, and scripts.")
    if scripts and isinstance(lazy, int) and lazy:
        images = "1 image has" if lazy == 1 else f"{lazy} images have"
        found.append(f"{images} no address that stands in the page.")
    if widgets:
        found.append("A download widget has no address that stands in the page.")
    return tuple(found)
