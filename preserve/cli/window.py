"""Does a browser show the page of ``archive``, and how does it present itself, as the command line has it?"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve.workflows.archive import ArchiveOptions

__all__ = ["Window", "window_options"]

_OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice(["auto", "plain", "browser"]),
        default=None,
        help="plain: our own client, no scripts. browser: Chromium shows the page. auto: the first, and the "
        "second where the page is nothing without its scripts.  [default: auto]",
    ),
    click.option("--browser", "engine", flag_value="browser", help="The same as --engine browser."),
    click.option(
        "--fallback",
        type=click.Choice(["browser"]),
        default=None,
        help="Where an origin does not speak to our client, let the browser fetch by itself, and say so.",
    ),
    click.option("--viewport", metavar="WxH", default="", help="The browser's window.  [default: 1280x800]"),
    click.option(
        "--locale", metavar="TAG", default="", help="The language it prefers, e.g. de-AT.  [default: en-GB]"
    ),
    click.option(
        "--timezone", metavar="NAME", default="", help="Where it is, e.g. Europe/Vienna.  [default: UTC]"
    ),
)


class Window(NamedTuple):
    """What the options say; not a value of attrs, so that ``--help`` stays light."""

    engine: str | None
    fallback: str | None
    viewport: str
    locale: str
    timezone: str

    def options(self) -> ArchiveOptions:
        """Return them as the library takes them."""
        return {
            "engine": self.engine or "auto",
            "fallback": self.fallback or "",
            "viewport": self.viewport,
            "locale": self.locale,
            "timezone": self.timezone,
        }


def window_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add these options to a command, which gets them as one ``window``."""

    @functools.wraps(command)
    def wrapped(*args: Any, **given: Any) -> None:  # noqa: ANN401 - whatever click passes
        mine = {name: given.pop(name) for name in Window._fields}
        command(*args, window=Window(**mine), **given)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped
