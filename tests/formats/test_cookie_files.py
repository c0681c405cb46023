"""Tests of preserve.formats.cookie_files: cookies.txt, and JSON as browsers' extensions export it."""

from __future__ import annotations

import json

import pytest

from preserve.errors import UsageError
from preserve.formats.cookie_files import MOST_BYTES, parse_cookies
from preserve.model.credentials import GivenCookie

NETSCAPE = """# Netscape HTTP Cookie File

.example.org\tTRUE\t/\tTRUE\t1900000000\tsid\ta=b c
#HttpOnly_example.org\tFALSE\t/post\tFALSE\t0\tname\t
"""


def test_netscape() -> None:
    """The seven columns are read, HttpOnly lines too; comments and empty lines are not."""
    assert (
        GivenCookie(
            name="sid",
            value="a=b c",
            domain="example.org",
            host_only=False,
            path="/",
            secure=True,
            expires_s=1900000000,
        ),
        GivenCookie(name="name", value="", domain="example.org", host_only=True, path="/post"),
    ) == parse_cookies(NETSCAPE.encode())


@pytest.mark.parametrize(
    "wrap", [lambda rows: rows, lambda rows: {"cookies": rows, "origins": []}], ids=["list", "object"]
)
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {
                "domain": ".Example.org",
                "hostOnly": False,
                "path": "/",
                "secure": True,
                "expirationDate": 1900000000.5,
                "name": "a",
                "value": "b",
            },
            GivenCookie(
                name="a",
                value="b",
                domain="example.org",
                host_only=False,
                secure=True,
                expires_s=1900000000.5,
            ),
        ),
        (
            {"domain": "example.org", "name": "a", "value": "b", "expires": -1},
            GivenCookie(name="a", value="b", domain="example.org", host_only=True),
        ),
        (
            {"url": "https://example.org/x", "name": "a", "value": "b"},
            GivenCookie(name="a", value="b", domain="example.org", host_only=True),
        ),
    ],
    ids=["extension", "state", "url"],
)
def test_json(wrap: object, row: dict[str, object], expected: GivenCookie) -> None:
    """A list of objects is read, and one under ``cookies``; a domain without dot is for that host only."""
    assert callable(wrap)
    assert (expected,) == parse_cookies(json.dumps(wrap([row])).encode())


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"sid=s3cret", "Line 1 of the file of cookies has 1 columns"),
        (b"# x\n.a\tTRUE\t/\tMAYBE\t0\tn\ts3cret", "Line 2"),
        (b".a\tTRUE\t/\tTRUE\tsoon\tn\ts3cret", "Line 1"),
        (b"a\t\t\t\t\t\t", "Line 1"),
        (b".\tTRUE\t/\tTRUE\t0\tn\ts3cret", "line 1 names no domain"),
        (b"[{", "is none"),
        (b"[" * 100_000, "is none"),
        (b"{}", "without a list"),
        (b"[1]", "cookie 1 is no object"),
        (b'[{"name": 1}]', "cookie 1"),
        (b'[{"domain": "a", "name": "n", "value": "s3cret", "expires": "soon"}]', "cookie 1"),
        (b'[{"url": "nowhere", "name": "n", "value": "s3cret"}]', "cookie 1 names no domain"),
        (b"\xff\xfe", "not UTF-8"),
        (b" " * (MOST_BYTES + 1), "may have"),
    ],
)
def test_what_is_no_file_of_cookies(data: bytes, word: str) -> None:
    """Anything else is the caller's mistake; the message says where, and repeats no value."""
    with pytest.raises(UsageError, match=word) as caught:
        parse_cookies(data)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("expiry", "expires_s"), [("", None), ("0", None), ("-1", None), ("1", 1.0), ("0.5", 0.5)]
)
def test_expiry(expiry: str, expires_s: float | None) -> None:
    """A cookie without an expiry, or with 0 or less, lasts as long as the browser runs."""
    (found,) = parse_cookies(f"example.org\tFALSE\t/\tFALSE\t{expiry}\tname\tvalue\n".encode())
    assert expires_s == found.expires_s


def test_the_largest_file() -> None:
    """A file as large as is allowed is read."""
    assert () == parse_cookies(b"#" * MOST_BYTES)
