"""
Why should a package not be given away without a look?

Cookies, tokens and what only a known user gets may let others in, or show them what was not for them.
Nothing is hidden: what came is stored. These are hints from names, not a search for secrets.
docs/format/package-1.md, section 10.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preserve.model.capture import CaptureRequest
    from preserve.model.resource import Resource

__all__ = ["TOKENS", "restrictions", "token_names"]

TOKENS: Final = frozenset(
    {
        # General.
        *("token", "auth", "authorization", "key", "apikey", "api_key", "api-key", "secret", "jwt", "otp"),
        *("access_token", "auth_token", "id_token", "refresh_token", "client_secret", "oauth_token"),
        *("password", "passwd", "pwd", "ticket"),
        *("sig", "signature", "hmac", "credential", "security-token"),
        # Sessions: the names that PHP, Java, ASP and ColdFusion give them.
        *("session", "sessionid", "session_id", "sid", "phpsessid", "jsessionid", "aspsessionid", "cftoken"),
        # Signed URLs of stores and delivery networks.
        *("x-amz-signature", "x-amz-credential", "x-amz-security-token", "awsaccesskeyid"),
        *("x-goog-signature", "x-goog-credential", "googleaccessid", "x-oss-signature", "ossaccesskeyid"),
        *("key-pair-id", "policy", "hdnea", "hdnts", "__token__", "__gda__", "wstoken", "se_sig"),
    }
)
"""Names of URL parameters, in lower case, that carry what lets somebody in."""

_ENDINGS = ("_token", "-token", "_sig", "-signature", "_signature", "_secret", "_password", "sessid")
_SHOWN = 5

# Parameters of the query, and of a path as Java writes them (;jsessionid=).
_PARAMETER = re.compile(r"(?:[?&;])([^=&;?#/]{1,100})=[^&;#/]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


def restrictions(request: CaptureRequest, resources: Iterable[Resource], urls: Iterable[str]) -> list[str]:
    """
    Return why a capture is restricted, as sentences without any value; none for most public pages.

    Args:
        request: What was asked for.
        resources: What is stored.
        urls: Every URL that was asked for.
    """
    return list(_reasons(request, resources, urls))


def token_names(url: str) -> set[str]:
    """Return the names of the parameters of a URL that look as if they let somebody in."""
    names = {_ESCAPE.sub(lambda found: chr(int(found[1], 16)), name) for name in _PARAMETER.findall(url)}
    return {name for name in names if name.lower() in TOKENS or name.lower().endswith(_ENDINGS)}


def _reasons(request: CaptureRequest, resources: Iterable[Resource], urls: Iterable[str]) -> Iterator[str]:
    if request.credentials:
        given = ", ".join(request.credentials)
        yield f"It was made with what the user gave in confidence ({given}): others may not get to see this."
    setting = 0
    cookies: set[str] = set()
    for resource in resources:
        setting += bool(resource.set_cookies)
        cookies.update(resource.set_cookies)
    if setting:
        who = _count(setting, "response sets", "responses set")
        yield f"{who} cookies, which are stored: {_list(cookies)}."
    found = {url: names for url in urls if (names := token_names(url))}
    if found:
        who = _count(len(found), "URL carries", "URLs carry")
        yield f"{who} what looks like a token: {_list(set().union(*found.values()))}."


def _count(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number} {many}"


def _list(names: set[str]) -> str:
    listed = sorted(name[:100] for name in names if name.isprintable())
    more = len(names) - len(listed[:_SHOWN])
    return ", ".join(listed[:_SHOWN]) + (f" and {more} more" if more else "")
