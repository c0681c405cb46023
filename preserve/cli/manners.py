"""How does ``archive`` behave towards servers and networks, as the command line has it?"""

from __future__ import annotations

import functools
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from preserve.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from preserve.workflows.archive import ArchiveOptions

__all__ = ["Manners", "OptionalNetwork", "manners_options"]

_PRIVATE = "--allow-private-network"
_ALL = "all"
_CONNECTIONS_MOST = 32
_RETRIES_MOST = 10

_OPTIONS = (
    click.option(
        _PRIVATE,
        "networks",
        metavar="[CIDR]",
        multiple=True,
        help="Allow addresses of this machine and its own network, or of one network only; repeatable.",
    ),
    click.option(
        "--robots",
        type=click.Choice(["ignore", "obey"]),
        default="ignore",
        show_default=True,
        help="What robots.txt, X-Robots-Tag and meta robots are for us; kept in both cases.",
    ),
    click.option(
        "--delay",
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        default=0.0,
        help="Least time between the starts of two requests to one host.",
    ),
    click.option(
        "--connections-per-host",
        type=click.IntRange(1, _CONNECTIONS_MOST),
        metavar="N",
        default=None,
        help="Connections to one host at once.  [default: 6]",
    ),
    click.option(
        "--retries",
        type=click.IntRange(0, _RETRIES_MOST),
        metavar="N",
        default=None,
        help="Repetitions of a request whose failure may pass.  [default: 2]",
    ),
)


class Manners(NamedTuple):
    """What the options say; not a value of attrs, so that ``--help`` stays light."""

    networks: tuple[str, ...]
    robots: str
    delay: float
    connections_per_host: int | None
    retries: int | None

    def options(self) -> ArchiveOptions:
        """
        Return them as the library takes them.

        Raises:
            UsageError: If a network is none.
        """
        import attrs  # noqa: PLC0415 - keeps --help light

        from preserve.model.capture import Limits  # noqa: PLC0415 - the same

        limits = Limits()
        if self.connections_per_host is not None:
            limits = attrs.evolve(limits, connections_per_host=self.connections_per_host)
        if self.retries is not None:
            limits = attrs.evolve(limits, retries=self.retries)
        return {
            "allow_private_network": self.networks,
            "robots": self.robots,
            "delay_s": self.delay,
            "limits": limits,
        }


class OptionalNetwork(click.Command):
    """
    A command whose ``--allow-private-network`` may stand alone.

    click would take whatever follows for its value, the URL too; here only a network is.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give the option its value, if it has none, before click looks."""
        return super().parse_args(ctx, [*_with_value(args)])


def manners_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add these options to a command, which gets them as one ``manners``."""

    @functools.wraps(command)
    def wrapped(
        *args: Any,  # noqa: ANN401 - whatever click passes
        networks: tuple[str, ...],
        robots: str,
        delay: float,
        connections_per_host: int | None,
        retries: int | None,
        **others: Any,  # noqa: ANN401 - the same
    ) -> None:
        manners = Manners(networks, robots, delay, connections_per_host, retries)
        command(*args, manners=manners, **others)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _with_value(args: Sequence[str]) -> Iterator[str]:
    options = True
    following = iter(range(len(args)))
    for at in following:
        options &= args[at] != "--"
        if not options or args[at] != _PRIVATE:
            yield args[at]
        elif at + 1 < len(args) and _is_network(args[at + 1]):
            yield f"{_PRIVATE}={args[next(following)]}"
        else:
            yield f"{_PRIVATE}={_ALL}"


def _is_network(text: str) -> bool:
    """Tell whether a word is meant as a network, rightly spelt or nearly so."""
    address, slash, prefix = text.partition("/")
    try:
        ip_network(address)
    except ValueError:
        return text == _ALL
    if slash and not prefix.isdigit():
        raise UsageError(f"{text!r} is no network; expected something like 10.0.0.0/8.")
    return True
