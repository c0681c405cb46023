"""
Which cookies go with a request?

The rules of RFC 6265, for one capture: nothing is kept between captures. SameSite and HttpOnly are
read over, because no script runs here and no other site asks. Cookies that the user gave are known
apart from those that servers set, because their values are not kept.
"""

from __future__ import annotations

import datetime as dt
import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

import attrs

from preserve.engines.wire.credentials import mask
from preserve.model.url import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from preserve.model.credentials import GivenCookie
    from preserve.model.url import UriR

__all__ = ["Cookie", "Jar", "parse_cookie_date"]

# RFC 6265, section 6.1, names these as the least that a user agent should hold.
_COOKIE_BYTES = 4096
_PER_HOST = 50
_OVERALL = 3000

_MAX_AGE = re.compile(r"-?[0-9]{1,12}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH_YEAR = 1601
_CENTURY_SPLIT = 70
_FOREVER = dt.datetime.max.replace(tzinfo=dt.UTC)
_PAST = dt.datetime.min.replace(tzinfo=dt.UTC)


@attrs.frozen(kw_only=True)
class Cookie:
    """One cookie as the storage model of RFC 6265, section 5.3, keeps it."""

    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    secure: bool
    expires_at: dt.datetime | None
    """None: to the end of the capture."""
    given: bool = False
    """The user gave it; no server has set it anew."""


@attrs.define
class Jar:
    """The cookies of one capture."""

    _cookies: dict[tuple[str, str, str], Cookie] = attrs.field(factory=dict, init=False)
    """By domain, path and name, in the order of creation."""

    def store(self, url: UriR, values: Iterable[bytes], now: dt.datetime) -> None:
        """Take the Set-Cookie fields of a response from ``url``. What the rules forbid is left out."""
        for value in values:
            cookie = _parse(url, value.decode("latin-1"), now)
            if cookie is not None:
                self._put(cookie, now)

    def give(self, cookies: Iterable[GivenCookie], seed: UriR) -> None:
        """Take the user's cookies, those that fit the host of the page that is archived."""
        host = parse(seed).hostname
        for cookie in cookies:
            if cookie.fits(host):
                self._cookies[cookie.domain, cookie.path, cookie.name] = _given(cookie)

    def adopt(self, cookies: Iterable[GivenCookie], given: Collection[GivenCookie]) -> None:
        """
        Take the cookies of a browser, for whichever host.

        Args:
            cookies: All of them.
            given: Those that the user gave, known by name and value.
        """
        theirs = {(cookie.name, cookie.value) for cookie in given}
        for cookie in cookies:
            mine = attrs.evolve(_given(cookie), given=(cookie.name, cookie.value) in theirs)
            self._cookies[mine.domain, mine.path, mine.name] = mine

    def header(self, url: UriR, now: dt.datetime, *, masked: bool = False) -> bytes | None:
        """
        Return the Cookie field for a request, longest path first; None if no cookie goes with it.

        Args:
            url: Of the request.
            now: What has expired by then does not go.
            masked: As it is to be kept: each octet of a value that the user gave is an ``x``.
        """
        parsed = parse(url)
        secure = parsed.protocol == "https:"
        fitting = [
            cookie
            for cookie in self._cookies.values()
            if (cookie.expires_at is None or now < cookie.expires_at)
            and (secure or not cookie.secure)
            and _path_matches(parsed.pathname, cookie.path)
            and (
                parsed.hostname == cookie.domain
                if cookie.host_only
                else _domain_matches(parsed.hostname, cookie.domain)
            )
        ]
        if not fitting:
            return None
        # Section 5.4: longer paths first, then earlier creation; sorting keeps the order of equals.
        fitting.sort(key=lambda cookie: -len(cookie.path))
        return b"; ".join(_pair(cookie, masked=masked and cookie.given) for cookie in fitting)

    def _put(self, cookie: Cookie, now: dt.datetime) -> None:
        key = (cookie.domain, cookie.path, cookie.name)
        if cookie.expires_at is not None and cookie.expires_at <= now:
            self._cookies.pop(key, None)
            return
        self._cookies[key] = cookie
        of_host = [other for other in self._cookies if other[0] == cookie.domain]
        if len(of_host) > _PER_HOST:
            del self._cookies[of_host[0]]
        if len(self._cookies) > _OVERALL:
            del self._cookies[next(iter(self._cookies))]


def _pair(cookie: Cookie, *, masked: bool) -> bytes:
    name, value = cookie.name.encode("latin-1"), cookie.value.encode("latin-1")
    shown = mask(value) if masked else value
    return b"%s=%s" % (name, shown) if name else shown


def _given(cookie: GivenCookie) -> Cookie:
    """Return a cookie of the user's; octets stand for characters, as in those that servers set."""
    try:
        expires_at = None if cookie.expires_s is None else dt.datetime.fromtimestamp(cookie.expires_s, dt.UTC)
    except (OverflowError, ValueError, OSError):
        expires_at = _FOREVER
    return Cookie(
        name=cookie.name.encode().decode("latin-1"),
        value=cookie.value.encode().decode("latin-1"),
        domain=cookie.domain,
        host_only=cookie.host_only,
        path=cookie.path,
        secure=cookie.secure,
        expires_at=expires_at,
        given=True,
    )


def parse_cookie_date(text: str) -> dt.datetime | None:
    """
    Parse an Expires value the lenient way; None if it is no date.

    Source: RFC 6265, section 5.1.1.
    """
    found: dict[str, tuple[int, ...]] = {}
    for token in re.split(r"[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+", text):
        for part, value in _date_parts(token):
            if part not in found:
                found[part] = value
                break
    if len(found) < len(_DATE_PARTS):
        return None
    year = found["year"][0]
    if year < 100:  # noqa: PLR2004 - two digits
        year += 1900 if year >= _CENTURY_SPLIT else 2000
    try:
        hour, minute, second = found["time"]
        date = dt.date(year, *found["month"], *found["day"])
        at = dt.datetime.combine(date, dt.time(hour, minute, second), tzinfo=dt.UTC)
    except ValueError:
        return None
    return at if year >= _EPOCH_YEAR else None


# In the order in which section 5.1.1 tries them on each token.
_DATE_PARTS = (
    ("time", re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])", re.ASCII)),
    ("day", re.compile(r"([0-9]{1,2})(?![0-9])", re.ASCII)),
    ("month", re.compile("|".join(_MONTHS))),
    ("year", re.compile(r"([0-9]{2,4})(?![0-9])", re.ASCII)),
)


def _date_parts(token: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    for part, pattern in _DATE_PARTS:
        match = pattern.match(token.lower())
        if match is not None:
            numbers = tuple(map(int, match.groups())) or (_MONTHS.index(match[0]) + 1,)
            yield part, numbers


def _parse(url: UriR, text: str, now: dt.datetime) -> Cookie | None:
    """Return what a Set-Cookie field asks to store, or None if it may not. RFC 6265, 5.2 and 5.3."""
    if _CONTROL.search(text):
        return None
    pair, _, rest = text.partition(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", pair
    name, value = name.strip(" \t"), value.strip(" \t")
    if not (name or value) or len(name) + len(value) > _COOKIE_BYTES:
        return None
    given = _attributes(rest)
    page = parse(url)
    reach = _reach(page.hostname, given.get("domain", ""))
    if reach is None:
        return None
    path = given.get("path", "")
    cookie = Cookie(
        name=name,
        value=value,
        domain=reach[0],
        host_only=reach[1],
        path=path if path.startswith("/") else _default_path(page.pathname),
        secure="secure" in given,
        expires_at=_expires_at(given, now),
    )
    allowed = (page.protocol == "https:" or not cookie.secure) and _keeps_prefix(cookie)
    return cookie if allowed else None


def _attributes(text: str) -> dict[str, str]:
    """Return the attributes by lower-case name; of repeated ones the last counts (section 5.3)."""
    attributes = {}
    for part in text.split(";"):
        key, _, value = part.partition("=")
        attributes[key.strip(" \t").lower()] = value.strip(" \t")
    return attributes


def _reach(host: str, given: str) -> tuple[str, bool] | None:
    """Return the cookie's domain and whether it is for that host only; None if the host may not set it."""
    wanted = given.removeprefix(".").lower()
    if not wanted:
        return host, True
    # One label is a public suffix (section 5.3, step 5). Longer public suffixes (co.uk) are not
    # known here; what they would let through stays within the capture.
    if "." not in wanted.strip(".") or _is_address(host):
        return (host, True) if wanted == host else None
    return (wanted, False) if _domain_matches(host, wanted) else None


def _domain_matches(host: str, domain: str) -> bool:
    """Tell whether a host is the domain or below it. RFC 6265, section 5.1.3."""
    return host == domain or (host.endswith(f".{domain}") and not _is_address(host))


def _path_matches(path: str, wanted: str) -> bool:
    """Tell whether a request's path is the cookie's or below it. RFC 6265, section 5.1.4."""
    return path == wanted or (path.startswith(wanted) and (wanted.endswith("/") or path[len(wanted)] == "/"))


def _default_path(path: str) -> str:
    """Return the folder of the path, without its last slash. RFC 6265, section 5.1.4."""
    return path[: path.rfind("/")] or "/"


def _expires_at(given: dict[str, str], now: dt.datetime) -> dt.datetime | None:
    """Return when the cookie ends. Max-Age goes before Expires (section 5.3, step 3)."""
    age = given.get("max-age", "")
    if _MAX_AGE.fullmatch(age):
        seconds = int(age)
        if seconds <= 0:
            return _PAST
        try:
            return now + dt.timedelta(seconds=seconds)
        except OverflowError:
            return _FOREVER
    return parse_cookie_date(given["expires"]) if "expires" in given else None


def _keeps_prefix(cookie: Cookie) -> bool:
    """Tell whether a name with a promise in it keeps the promise. RFC 6265bis, section 4.1.3."""
    lowered = cookie.name.lower()
    if lowered.startswith("__host-"):
        return cookie.secure and cookie.host_only and cookie.path == "/"
    return cookie.secure or not lowered.startswith("__secure-")


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
