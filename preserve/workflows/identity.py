"""
As whom does a capture come to a server: name, contact, credentials, proxy?

What is asked for (``CaptureRequest``) is written down and never holds a secret; ``Credentials`` hold the
secrets and are never written down. This is where the two are made and checked.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import attrs

from preserve.engines.browser.profile import check_profile
from preserve.engines.wire.proxy import parse_proxy
from preserve.errors import UsageError
from preserve.formats.cookie_files import MOST_BYTES, parse_cookies
from preserve.model.credentials import Credentials
from preserve.model.exchange import TakesCredentials
from preserve.model.url import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from preserve.model.capture import CaptureRequest
    from preserve.model.exchange import Engine

__all__ = ["IdentityOptions", "entrust", "identified", "read_credentials"]

# A URL or a mail address, of what may stand in a comment of a header (RFC 9110, section 5.6.5).
_CONTACT = re.compile(r"(https?://|mailto:)?[\x21-\x27\x2a-\x5b\x5d-\x7e]+")
_SECRET_BYTES = 1 << 16
"""The largest file of a password or of headers."""


class IdentityOptions(TypedDict, total=False):
    """What ``archive`` takes about who we are."""

    contact: str
    """A URL or mail address that is added to the User-Agent, for those who wonder who asks."""
    allow_bad_tls: bool
    """Go on where a certificate cannot be verified, and record why; no."""
    proxy: str
    """``http://HOST:PORT`` or ``socks5://HOST:PORT``: all connections go through it; none."""
    credentials: Credentials
    """Headers, cookies, passwords, certificates: sent to the page's origin only, never kept; none."""


def identified(request: CaptureRequest, options: IdentityOptions) -> CaptureRequest:
    """
    Return a request with what it says of us, checked.

    Raises:
        UsageError: If the contact or the proxy is none.
    """
    contact, proxy = options.get("contact", ""), options.get("proxy", "")
    if contact and not (_CONTACT.fullmatch(contact) and ("@" in contact or "//" in contact)):
        raise UsageError(f"{contact!r} is no contact; expected a URL or a mail address.")
    host = parse(request.url).hostname
    return attrs.evolve(
        request,
        user_agent=f"{request.user_agent} (+{contact})" if contact else request.user_agent,
        allow_bad_tls=options.get("allow_bad_tls", False),
        proxy=str(parse_proxy(proxy)) if proxy else "",
        credentials=options.get("credentials", Credentials()).names(host),
    )


def entrust(engine: Engine, credentials: Credentials) -> None:
    """
    Hand an engine what the user gave in confidence.

    Raises:
        UsageError: If it takes none, or a file of certificates cannot be read.
    """
    if isinstance(engine, TakesCredentials):
        engine.entrust(credentials)
    elif credentials != Credentials():
        raise UsageError(f"The engine {engine.name!r} takes no credentials.")


def read_credentials(
    *,
    headers: Iterable[str] = (),
    cookies: str = "",
    auth: str = "",
    auth_file: str = "",
    proxy_auth_file: str = "",
    client_cert: str = "",
    profile: str = "",
    ca_file: str = "",
) -> Credentials:
    """
    Return credentials from what a person types and from files.

    Args:
        headers: ``Name: value``, or ``@FILE`` with one on each line.
        cookies: A ``cookies.txt``, or JSON as extensions of browsers export it.
        auth: User name, colon, password; empty to take those of ``auth_file``.
        auth_file: A file with user name, colon and password on its first line.
        proxy_auth_file: The same, for the proxy.
        client_cert: A PEM file with certificate and key.
        profile: A folder with a Chromium's profile, for an engine that is a browser; it is copied.
        ca_file: A PEM file of certificates to trust.

    Raises:
        UsageError: If a file cannot be read, or something in it is not what it should be.
    """
    if profile:
        check_profile(Path(profile))
    return Credentials(
        headers=tuple(_header(line) for text in headers for line in _lines(text)),
        cookies=parse_cookies(_read(cookies, MOST_BYTES)) if cookies else (),
        auth=auth or (_pair(auth_file) if auth_file else ""),
        proxy_auth=_pair(proxy_auth_file) if proxy_auth_file else "",
        client_cert=client_cert,
        profile=profile,
        ca_file=ca_file,
    )


def _lines(text: str) -> list[str]:
    if not text.startswith("@"):
        return [text]
    lines = _text(text[1:]).splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        # Not repeated: it may be a value that was pasted alone.
        raise UsageError("A header must be given as Name: value; there is no colon.")
    return name.strip(), value.strip()


def _pair(path: str) -> str:
    return (_text(path).splitlines() or [""])[0] or ":"


def _text(path: str) -> str:
    try:
        return _read(path, _SECRET_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text in UTF-8.") from None


def _read(path: str, most: int) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(most + 1)
    except (OSError, ValueError) as exc:
        raise UsageError(f"{path} cannot be read: {getattr(exc, 'strerror', None) or exc}.") from exc
    if len(data) > most:
        raise UsageError(f"{path} has more than the {most} bytes that such a file may have.")
    return data
