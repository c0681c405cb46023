"""As whom does ``archive`` come to a server, as the command line has it?"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from preserve.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from preserve.workflows.archive import ArchiveOptions

__all__ = ["Identity", "identity_options"]

_PASSWORD = "PRESERVE_PASSWORD"  # noqa: S105 - the name of a variable

_OPTIONS = (
    click.option("--user-agent", metavar="TEXT", default="", help="Send this instead of our own User-Agent."),
    click.option(
        "--contact", metavar="URL|MAIL", default="", help="Add this to the User-Agent: whom to ask about us."
    ),
    click.option(
        "--header",
        "headers",
        metavar="'NAME: VALUE'",
        multiple=True,
        help="Send this header to the page's origin; @FILE reads one a line. Repeatable.",
    ),
    click.option(
        "--cookies",
        metavar="FILE",
        default="",
        help="Send the cookies of a cookies.txt or a browser's JSON export.",
    ),
    click.option(
        "--auth",
        metavar="USER",
        default="",
        help=f"Log in to the page's origin; the password is in {_PASSWORD}, or see --password-env.",
    ),
    click.option(
        "--password-env",
        metavar="NAME",
        default="",
        help=f"With --auth: the environment variable that holds the password.  [default: {_PASSWORD}]",
    ),
    click.option(
        "--auth-file", metavar="FILE", default="", help="Log in with the USER:PASSWORD on its first line."
    ),
    click.option(
        "--profile",
        metavar="DIR",
        default="",
        help="Copy this Chromium profile for the browser: its cookies and its storage.",
    ),
    click.option(
        "--client-cert", metavar="FILE", default="", help="PEM certificate and key to show the page's origin."
    ),
    click.option(
        "--ca-file", metavar="FILE", default="", help="PEM certificates to trust besides the system's."
    ),
    click.option(
        "--allow-bad-tls", is_flag=True, help="Go on where a certificate cannot be verified; it is recorded."
    ),
    click.option(
        "--proxy",
        metavar="URL",
        default="",
        help="Go through http://HOST:PORT or socks5://HOST:PORT; addresses are then not checked.",
    ),
    click.option(
        "--proxy-auth-file",
        metavar="FILE",
        default="",
        help="Log in to the proxy with the USER:PASSWORD on its first line.",
    ),
)


class Identity(NamedTuple):
    """What the options say; not a value of attrs, so that ``--help`` stays light."""

    user_agent: str
    contact: str
    headers: tuple[str, ...]
    cookies: str
    auth: str
    password_env: str
    auth_file: str
    profile: str
    client_cert: str
    ca_file: str
    allow_bad_tls: bool
    proxy: str
    proxy_auth_file: str

    def options(self, url: str | None) -> ArchiveOptions:
        """
        Return them as the library takes them.

        Args:
            url: The page; None for a list.

        Raises:
            UsageError: If they contradict each other, a file cannot be read, or no cookie is for the page.
        """
        from preserve.workflows.archive import archivable  # noqa: PLC0415 - keeps --help light
        from preserve.workflows.identity import read_credentials  # noqa: PLC0415 - the same

        if self.proxy_auth_file and not self.proxy:
            raise UsageError("--proxy-auth-file goes with --proxy.")
        credentials = read_credentials(
            headers=self.headers,
            cookies=self.cookies,
            auth=self._pair(),
            auth_file=self.auth_file,
            proxy_auth_file=self.proxy_auth_file,
            client_cert=self.client_cert,
            profile=self.profile,
            ca_file=self.ca_file,
        )
        if self.cookies and url is not None:
            credentials.expect_cookies(archivable(url))
        return {
            "user_agent": self.user_agent,
            "contact": self.contact,
            "allow_bad_tls": self.allow_bad_tls,
            "proxy": self.proxy,
            "credentials": credentials,
        }

    def _pair(self) -> str:
        """Return user name, colon, password where the password is in the environment."""
        if not self.auth:
            if self.password_env:
                raise UsageError("--password-env goes with --auth.")
            return ""
        if self.auth_file:
            raise UsageError("--auth and --auth-file both name a user; give one of them.")
        if ":" in self.auth:
            raise UsageError("--auth takes a user name without a colon; a password never stands there.")
        name = self.password_env or _PASSWORD
        if name not in os.environ:
            raise UsageError(f"--auth: the environment has no {name} with the password.")
        return f"{self.auth}:{os.environ[name]}"


def identity_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add these options to a command, which gets them as one ``identity``."""

    @functools.wraps(command)
    def wrapped(*args: Any, **given: Any) -> None:  # noqa: ANN401 - whatever click passes
        mine = {name: given.pop(name) for name in Identity._fields}
        command(*args, identity=Identity(**mine), **given)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped
