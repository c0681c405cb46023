"""What is said of a rendering in the package, once all is seen?"""

from __future__ import annotations

import attrs

from preserve.model.rendering import (
    Asked,
    Clicked,
    Crashed,
    Dialogue,
    Downloaded,
    Looked,
    Met,
    Observation,
    Opened,
    PopUp,
    Rendering,
    Said,
)

__all__ = ["Account"]

_MOST = 50
"""Of each list: what was said fifty times is known; the counts go on."""
_IMAGES = 20_000


@attrs.define(eq=False, kw_only=True)
class Account:
    """Takes observations in any order, and sums them up."""

    rendering: Rendering | None = attrs.field(default=None, init=False)
    """None until a browser was opened."""

    def take(self, seen: Observation) -> None:
        """Take one observation."""
        if isinstance(seen, Opened):
            self.rendering = Rendering(
                browser=seen.browser,
                user_agent=seen.user_agent,
                viewport=seen.viewport,
                locale=seen.locale,
                timezone=seen.timezone,
            )
        elif self.rendering is not None:
            self.rendering = _with(self.rendering, seen)


def _with(known: Rendering, seen: Observation) -> Rendering:  # noqa: PLR0911 - one for each kind
    match seen:
        case Asked():
            workers = _more(known.by_worker, seen.url) if seen.by_worker else known.by_worker
            return attrs.evolve(known, requests=known.requests + 1, by_worker=workers)
        case Said():
            where = f" ({seen.url}{f':{seen.line}' if seen.line else ''})" if seen.url else ""
            said = _more(known.console, seen.text + where)
            return attrs.evolve(known, console=said, console_count=known.console_count + 1)
        case Dialogue():
            told = _more(known.dialogues, f"{seen.kind}: {seen.text}")
            return attrs.evolve(known, dialogues=told, dialogues_count=known.dialogues_count + 1)
        case PopUp():
            urls = _more(known.pop_ups, seen.url)
            return attrs.evolve(known, pop_ups=urls, pop_ups_count=known.pop_ups_count + 1)
        case Downloaded():
            return attrs.evolve(known, downloads=_more(known.downloads, seen.url.partition(",")[0]))
        case Clicked():
            return attrs.evolve(known, clicks=(*known.clicks, seen))
        case Crashed():
            again = " It was shown once more, without its scripts." if seen.again else ""
            crashes, met = _more(known.crashes, seen.how), _more(known.met, seen.how + again)
            return attrs.evolve(known, crashes=crashes, met=met)
        case Met():
            return attrs.evolve(known, met=_more(known.met, seen.sentence))
        case Looked():
            return attrs.evolve(
                known,
                url=seen.url,
                title=seen.title[:1000],
                width=seen.width,
                height=seen.height,
                images=seen.images[:_IMAGES],
                frames=seen.frames,
                scripts=seen.scripts,
                settled=seen.settled,
            )
        case _:
            return known


def _more(known: tuple[str, ...], text: str) -> tuple[str, ...]:
    return (*known, text) if len(known) < _MOST and text not in known else known
