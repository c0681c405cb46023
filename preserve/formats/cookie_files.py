"""
Which cookies does a file hold that a browser, or an extension of one, exported?

Two forms are read: the ``cookies.txt`` of Netscape (seven columns, as curl and wget write it), and JSON:
a list of objects, as extensions write it, or an object with such a list under ``cookies``. No message
repeats a value.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from preserve.errors import UsageError
from preserve.model.credentials import GivenCookie
from preserve.model.url import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["MOST_BYTES", "parse_cookies"]

MOST_BYTES = 8 << 20
"""The largest file read. A browser's whole jar takes a few megabytes."""

_COLUMNS = 7
_HTTP_ONLY = "#HttpOnly_"
_TRUTH = {"TRUE": True, "FALSE": False}


def parse_cookies(data: bytes) -> tuple[GivenCookie, ...]:
    """
    Return the cookies of a file, in its order.

    Raises:
        UsageError: If it is neither of the two forms; the message names the line or the place.
    """
    if len(data) > MOST_BYTES:
        raise UsageError(f"A file of cookies may have {MOST_BYTES} bytes; this one has {len(data)}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise UsageError(f"The file of cookies is not UTF-8, at byte {exc.start}.") from None
    found = _from_json(text) if text.lstrip()[:1] in {"[", "{"} else _from_lines(text)
    return tuple(found)


def _from_lines(text: str) -> Iterator[GivenCookie]:
    for number, line in enumerate(text.splitlines(), 1):
        row = line.removeprefix(_HTTP_ONLY)
        if not row.strip() or row.startswith("#"):
            continue
        columns = row.split("\t")
        if len(columns) != _COLUMNS:
            raise UsageError(
                f"Line {number} of the file of cookies has {len(columns)} columns between tabs; expected "
                f"{_COLUMNS}: domain, subdomains, path, secure, expiry, name, value."
            )
        domain, below, path, secure, expiry, name, value = columns
        try:
            expires_s, is_below, is_secure = float(expiry or 0), _TRUTH[below.upper()], _TRUTH[secure.upper()]
        except (KeyError, ValueError):
            raise UsageError(
                f"Line {number} of the file of cookies: expected TRUE or FALSE in the second and fourth "
                "column, and seconds in the fifth."
            ) from None
        yield _cookie(
            f"line {number}",
            name=name,
            value=value,
            domain=domain,
            host_only=not is_below,
            path=path,
            secure=is_secure,
            expires_s=expires_s,
        )


def _from_json(text: str) -> Iterator[GivenCookie]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError("The file of cookies begins like JSON and is none.") from None
    rows = found.get("cookies") if isinstance(found, dict) else found
    if not isinstance(rows, list):
        raise UsageError("The file of cookies is JSON without a list of cookies.")
    for number, row in enumerate(rows, 1):
        place = f"cookie {number}"
        if not isinstance(row, dict):
            raise UsageError(f"The file of cookies: {place} is no object.")
        domain = _text(row, "domain", place) or _host(_text(row, "url", place))
        expires = next((row[key] for key in ("expirationDate", "expires") if row.get(key) is not None), 0)
        if isinstance(expires, bool) or not isinstance(expires, int | float):
            raise UsageError(f"The file of cookies: {place} has an expiry that is no number of seconds.")
        yield _cookie(
            place,
            name=_text(row, "name", place),
            value=_text(row, "value", place),
            domain=domain,
            host_only=row.get("hostOnly", not domain.startswith(".")) is True,
            path=_text(row, "path", place),
            secure=row.get("secure") is True,
            expires_s=float(expires),
        )


def _text(row: Mapping[str, object], key: str, place: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise UsageError(f"The file of cookies: {place} has a {key} that is no text.")
    return value


def _host(url: str) -> str:
    try:
        return parse(url).hostname
    except ValueError:
        return ""


def _cookie(
    place: str,
    *,
    name: str,
    value: str,
    domain: str,
    host_only: bool,
    path: str,
    secure: bool,
    expires_s: float,
) -> GivenCookie:
    if not domain.strip("."):
        raise UsageError(f"The file of cookies: {place} names no domain.")
    return GivenCookie(
        name=name,
        value=value,
        domain=domain.removeprefix(".").lower(),
        host_only=host_only,
        path=path if path.startswith("/") else "/",
        secure=secure,
        # 0 and -1 are how the forms write a cookie that lasts as long as the browser runs.
        expires_s=expires_s if expires_s > 0 else None,
    )
