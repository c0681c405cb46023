"""What may a user hand over in confidence, to be sent and never kept?"""

from __future__ import annotations

import re
import string
from typing import Final

import attrs

from preserve.errors import UsageError
from preserve.model.url import UriR, parse

__all__ = ["NOT_GIVEN", "Credentials", "GivenCookie"]

# RFC 9110, sections 5.6.2 (token) and 5.5 (field value).
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?")
# RFC 6265, section 4.1.1, as far as servers of today keep to it: what ends or splits a cookie.
_COOKIE = re.compile(r"[^;\x00-\x1f\x7f]*")

_FRAMING = "it would change where the message ends"
_WHOLE = "the answer would not be the page as it is"
NOT_GIVEN: Final[dict[str, str]] = {
    "host": "the URL says it",
    "connection": _FRAMING,
    "keep-alive": _FRAMING,
    "content-length": _FRAMING,
    "transfer-encoding": _FRAMING,
    "te": _FRAMING,
    "trailer": _FRAMING,
    "upgrade": _FRAMING,
    "expect": _FRAMING,
    "http2-settings": _FRAMING,
    "range": _WHOLE,
    "if-range": _WHOLE,
    "if-match": _WHOLE,
    "if-none-match": _WHOLE,
    "if-modified-since": _WHOLE,
    "if-unmodified-since": _WHOLE,
    "cookie": "cookies are given as a file",
    "user-agent": "the user agent has an option of its own",
    "referer": "it is made for every request from the page that refers",
    "proxy-authorization": "it would reach the server; a proxy's password has an option of its own",
    "proxy-connection": _FRAMING,
}
"""Header fields that cannot be given, by lower-case name, and why."""


@attrs.frozen(kw_only=True)
class GivenCookie:
    """One cookie of the user's: what a browser's export says of it."""

    name: str
    value: str = attrs.field(repr=False)
    domain: str
    """Lower-case, without leading dot."""
    host_only: bool
    path: str = "/"
    secure: bool = False
    expires_s: float | None = None
    """Seconds since 1970; None: it does not expire."""

    def fits(self, host: str) -> bool:
        """Tell whether the cookie may go to a host at all. RFC 6265, section 5.1.3."""
        below = host.endswith(f".{self.domain}") and not host.replace(".", "").isdigit()
        return host == self.domain or (not self.host_only and below)


def _check_headers(_: Credentials, __: object, headers: tuple[tuple[str, str], ...]) -> None:
    for name, value in headers:
        if not _TOKEN.fullmatch(name):
            raise UsageError("A header must be given as Name: value; the name has letters, digits, hyphens.")
        if name.lower() in NOT_GIVEN:
            raise UsageError(f"The header {name} cannot be given: {NOT_GIVEN[name.lower()]}.")
        if not _VALUE.fullmatch(value):
            raise UsageError(
                f"The value of the header {name} is empty, or has characters that no header has."
            )


def _check_cookies(_: Credentials, __: object, cookies: tuple[GivenCookie, ...]) -> None:
    for cookie in cookies:
        whole = cookie.name + cookie.value
        if not whole or "=" in cookie.name or not _COOKIE.fullmatch(whole):
            raise UsageError(f"A cookie for {cookie.domain} has a name or value that no cookie can have.")


def _check_pair(_: Credentials, attribute: attrs.Attribute[str], pair: str) -> None:
    # RFC 7617, section 2: the first colon ends the user name, and neither part has control characters.
    if pair and (":" not in pair or any(char < " " or char == "\x7f" for char in pair)):
        raise UsageError(f"{attribute.name}: expected a user name, a colon and a password, on one line.")


@attrs.frozen(kw_only=True)
class Credentials:
    """
    What goes to the origin of the page that is archived, and to no other; none of it is kept.

    In the package the values are masked to equal length, and their names are listed.

    Raises:
        UsageError: If a part of it could not be sent as it is. No message repeats a value.
    """

    headers: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False, validator=_check_headers)
    """Names and values, in the order to send them."""
    cookies: tuple[GivenCookie, ...] = attrs.field(default=(), validator=_check_cookies)
    """Those that fit the page's host are used, and go where the rules of cookies let them go."""
    auth: str = attrs.field(default="", repr=False, validator=_check_pair)
    """User name, colon, password, for HTTP's Basic authentication."""
    proxy_auth: str = attrs.field(default="", repr=False, validator=_check_pair)
    """The same, for the proxy alone."""
    client_cert: str = ""
    """A PEM file: the user's certificate and its key, without passphrase."""
    ca_file: str = ""
    """A PEM file: certificates to trust besides the system's. Public, and for all servers."""
    profile: str = ""
    """A folder with a browser's profile, which is copied and never written: its cookies and its storage."""

    def __attrs_post_init__(self) -> None:
        if self.auth and any(name.lower() == "authorization" for name, _ in self.headers):
            raise UsageError("Authorization is given twice: as a header, and as user name and password.")

    def names(self, host: str) -> tuple[str, ...]:
        """Return what is used for a page on a host, by name: all that ``capture.json`` knows of it."""
        present = {
            "cookies": any(cookie.fits(host) for cookie in self.cookies),
            "basic authentication": bool(self.auth),
            "client certificate": bool(self.client_cert),
            "browser profile": bool(self.profile),
        }
        headers = [f"header {string.capwords(name, '-')}" for name, _ in self.headers]
        return tuple(dict.fromkeys((*headers, *(name for name, used in present.items() if used))))

    def expect_cookies(self, url: UriR) -> None:
        """
        Refuse cookies that would not be used.

        Raises:
            UsageError: If there are some, and none fits the page's host.
        """
        host = parse(url).hostname
        if self.cookies and not any(cookie.fits(host) for cookie in self.cookies):
            raise UsageError(f"None of the {len(self.cookies)} cookies given is for {host}.")

    @property
    def for_one_origin(self) -> bool:
        """Whether something in it is for the origin of one page, and for that of no other."""
        return bool(self.headers or self.auth or self.client_cert)
