"""How does the command line say how to behave towards servers and networks?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import preserve
from preserve.cli.manners import Manners

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from preserve.demo import DemoServer

PRIVATE = "--allow-private-network"


@pytest.mark.parametrize(
    ("before", "after", "every", "named"),
    [
        ((PRIVATE,), (), True, ()),
        ((), (PRIVATE,), True, ()),
        ((PRIVATE, "127.0.0.0/8"), (), False, ("127.0.0.0/8",)),
        ((), (PRIVATE, "127.0.0.1"), False, ("127.0.0.1/32",)),
        ((f"{PRIVATE}=127.0.0.0/8", PRIVATE, "::1"), (), False, ("127.0.0.0/8", "::1/128")),
        ((PRIVATE, PRIVATE, "169.254.169.254"), (), True, ("169.254.169.254/32",)),
    ],
)
def test_a_network_may_be_named(
    json_cli: Callable[..., tuple[int, list[dict[str, Any]]]],
    server: DemoServer,
    tmp_path: Path,
    before: tuple[str, ...],
    after: tuple[str, ...],
    every: bool,  # noqa: FBT001 - a parameter of the test
    named: tuple[str, ...],
) -> None:
    """The option stands alone, before or after the URL, or with a network, more than once."""
    code, lines = json_cli(
        "archive", *before, server.url, *after, "--into", tmp_path, "--connections-per-host=3"
    )
    assert 0 == code
    request = preserve.open_package(lines[0]["path"]).capture.request
    assert (every, named, 3) == (
        request.allow_private_network,
        request.private_networks,
        request.limits.connections_per_host,
    )


def test_another_network_is_not_reached(
    cli: Callable[..., tuple[int, str, str]], server: DemoServer, tmp_path: Path
) -> None:
    """A server outside the network that was named is refused."""
    code, _, said = cli("archive", server.url, PRIVATE, "10.0.0.0/8", "--into", tmp_path)
    assert (4, True) == (code, "127.0.0.0/8: loopback" in said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((PRIVATE, "10.0.0.1/8"), "'10.0.0.1/8' is no network"),
        ((PRIVATE, "10.0.0.0/many"), "'10.0.0.0/many' is no network"),
        ((f"{PRIVATE}=example.org",), "'example.org' is no network"),
        (("--robots", "maybe"), "--robots"),
        (("--delay", "-1"), "--delay"),
        (("--connections-per-host", "0"), "--connections-per-host"),
        (("--retries", "99"), "--retries"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    cli: Callable[..., tuple[int, str, str]], tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """A wrong value ends the command with 2 and names itself."""
    code, _, error = cli("archive", "http://127.0.0.1:9/", *arguments, "--into", tmp_path / "new")
    assert (2, True, False) == (code, said in error, (tmp_path / "new").exists()), error


def test_options_become_those_of_the_library() -> None:
    """What the options say is what the library is told, limits that were not named left as they are."""
    options = Manners(("all",), "obey", 1.5, None, 0).options()
    assert (("all",), "obey", 1.5) == (
        options["allow_private_network"],
        options["robots"],
        options["delay_s"],
    )
    limits = options["limits"]
    assert (6, 0, 20) == (limits.connections_per_host, limits.retries, limits.redirects)


def test_policy_and_delay_are_recorded(
    json_cli: Callable[..., tuple[int, list[dict[str, Any]]]], server: DemoServer, tmp_path: Path
) -> None:
    """The policy for robots and the delay stand in the package."""
    code, lines = json_cli(
        *(
            "archive",
            server.url,
            PRIVATE,
            "--into",
            tmp_path,
            "--robots",
            "obey",
            "--delay",
            "0.001",
            "--retries",
            "1",
        )
    )
    assert 0 == code
    request = preserve.open_package(lines[0]["path"]).capture.request
    assert ("obey", 0.001, 1) == (request.robots, request.delay_s, request.limits.retries)
