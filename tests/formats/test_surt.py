"""Tests of preserve.formats.surt."""

from __future__ import annotations

import json
import random
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.formats.surt import surt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# URL and key, the key as surt 0.3.1 (called as cdxj-indexer 1.5 calls it) makes it.
TABLE = (
    ("https://www.Example.org/B/?y=2&x=1#f", "org,example)/b?x=1&y=2"),
    ("http://example.org", "org,example)/"),
    ("http://example.org/", "org,example)/"),
    ("https://example.org:443/a/", "org,example)/a"),
    ("http://example.org:443/", "org,example:443)/"),
    ("http://example.org:8080/a//b/../c/./d/", "org,example:8080)/a/c/d"),
    ("http://user:pw@www2.example.co.uk/", "uk,co,example)/"),
    ("https://xn--mller-kva.de/%C3%84pfel", "de,xn--mller-kva)/%c3%84pfel"),
    ("http://127.0.0.1:8000/Page.HTML", "1,0,0,127:8000)/page.html"),
    ("http://[2001:db8::1]/x", "2001:db8::1)/x"),
    ("http://example.org/%7Ea/%2561%20b?q=%41%26b&A", "org,example)/~a/a%20b?a&b&q=a"),
    ("http://example.org/?b=2&a=1&a=0&B=1", "org,example)/?a=0&a=1&b=1&b=2"),
    ("http://example.org/?", "org,example)/"),
    ("http://example.org/?a", "org,example)/?a"),
    ("http://example.org/a?x=1&sid=0123456789abcdef0123456789abcdef&y=2", "org,example)/a?x=1&y=2"),
    ("http://example.org/?jsessionid=0123456789ABCDEF0123456789ABCDEF", "org,example)/"),
    ("http://example.org/?phpsessid=0123456789abcdef0123456789abcdeg&z=1", "org,example)/?z=1"),
    ("http://example.org/?ASPSESSIONIDabcdefgh=abcdefghijklmnopqrstuvwx&q=1", "org,example)/?q=1"),
    ("http://example.org/?a=1&cfid=9&cftoken=8&b=2", "org,example)/?a=1&b=2"),
    (
        "http://example.org/(a(4hqa0555fwsecu455xqckv45)S(4hqa0555fwsecu455xqckv45))/mileg.aspx?page=1",
        "org,example)/mileg.aspx?page=1",
    ),
    ("http://example.org/(4hqa0555fwsecu455xqckv45)/x/mileg.aspx", "org,example)/x/mileg.aspx"),
    (
        "http://example.org/(4hqa0555fwsecu455xqckv45)/mileg.html",
        "org,example)/(4hqa0555fwsecu455xqckv45)/mileg.html",
    ),
    ("http://example.org/../../a/", "org,example)/a"),
    ("http://example.org/a%zz%", "org,example)/a%25zz%25"),
    ("http://example.org/%FF%fe", "org,example)/%ff%fe"),
    ("http://www.com/", "com)/"),
    ("http://www12.example.org/", "org,example)/"),
    ("http://example.org./", "org,example)/"),
    ("http://3232235777/", "1,1,168,192)/"),
    ("http://0300.0250.1/", "1,0,168,192)/"),
    ("http://http://https://a.example/", "example,a)/"),
    ("https:////www.example.org/a/b", "org,example)/a/b"),
    ("example.org/a", "org,example)/a"),
    ("urn:uuid:1E7B8D2E-0000-4000-8000-000000000000", "urn:uuid:1e7b8d2e-0000-4000-8000-000000000000"),
    ("dns:www.example.org", "dns:www.example.org"),
    ("mailto:A@Example.org", "mailto:a@example.org"),
    ('http://example.org/a b|c"d{e}^`f', 'org,example)/a%20b|c"d{e}^`f'),
    ("http://example.org/é?ü=ß", "org,example)/%c3%a9?%c3%bc=%c3%9f"),
    ("http://example.org:99999/a", "http://example.org:99999/a"),
    ("", "-"),
    ("http://example.org/wiki/A_(b)?title=C%2BD+E", "org,example)/wiki/a_(b)?title=c+d+e"),
    ("ftp://example.org:1/a", "org,example:1)/a"),
    ("http://h.org::/", "org,h)/"),
    ("http://h.org:80:/", "org,h)/"),
    ("http://h.org:65535/", "org,h:65535)/"),
    ("http://h.org:65536/", "http://h.org:65536/"),
    ("http://255.1/", "1,0,0,255)/"),
    ("http://256.1/", "1,256)/"),
    ("http://1.256.3/", "3,256,1)/"),
    ("http://1.2.3.255/", "255,3,2,1)/"),
    ("http://1.2.3.256/", "256,3,2,1)/"),
    ("http://1.2.65535/", "255,255,2,1)/"),
    ("http://1.2.65536/", "65536,2,1)/"),
    ("http://1.16777215/", "255,255,255,1)/"),
    ("http://1.16777216/", "16777216,1)/"),
    ("http://0/", "0,0,0,0)/"),
    ("http://0.1/", "1,0,0,0)/"),
    ("http://010.1/", "1,0,0,8)/"),
    ("http://1.2.3.4.5/", "5,4,3,2,1)/"),
    ("http://08.1/", "1,08)/"),
    ("http://4294967295/", "255,255,255,255)/"),
    ("http://4294967296/", "0,0,0,0)/"),
    ("http://HTTP://a.org/", "http)/a.org"),
    ("dns:WWW.example.org", "dns:www.example.org"),
    ("http://www.www2.example.org/", "org,example,www2)/"),
    ("http:///a/b", "a)/b"),
    ("http://a.b..c./", "c,b,a)/"),
    ("http://a/..", "a)/.."),
    ("http://a/../..", "a)/"),
    ("http://a/b/..", "a)/"),
    ("http://a/b/.", "a)/b"),
    ("http://a//b//", "a)/b"),
    ("http://a?x", "a)/?x"),
    ("urn:a?B", "urn:a?b"),
    ("urn:a/", "urn:a"),
    ("mailto:x?y=1#f", "mailto:x?y=1"),
    ("file:///A/B/", "file:/a/b"),
    ("http://a/?b=2=1&b=2&b", "a)/?b&b=2&b=2=1"),
    ("http://a/?b&a&", "a)/?&a&b"),
    ("http://a/?b=2=1&b=2!", "a)/?b=2!&b=2=1"),
    ("http://a/?&sid=0123456789abcdef0123456789abcdef", "a)/?&"),
    ("http://a/?cfid=1&cftoken=2&cfid=3&cftoken=4", "a)/?&cfid=1&cftoken=2"),
    ("http://a/?cfid=1&cftoken=", "a)/?cfid=1&cftoken="),
    ("http://a/?cfid=&cftoken=2", "a)/?cfid=&cftoken=2"),
    ("http://a/?x=1cfid=1&cftoken=2&y", "a)/?x=1y"),
    ("http://a/(4hqa0555fwsecu455xqckv45)/.aspx", "a)/(4hqa0555fwsecu455xqckv45)/.aspx"),
    ("http://a/(4hqa0555fwsecu455xqckv45)/a%3F/x.aspx", "a)/(4hqa0555fwsecu455xqckv45)/a?/x.aspx"),
    ("http://a/(4hqa0555fwsecu455xqckv45)/%3Fx.aspx", "a)/(4hqa0555fwsecu455xqckv45)/?x.aspx"),
    ("http://a/(4hqa0555fwsecu455xqckv45)/b/.aspx", "a)/b/.aspx"),
    ("http://a/(4hqa0555fwsecu455xqckv45)/(a(4hqa0555fwsecu455xqckv45))/b.aspx", "a)/b.aspx"),
    ("http://a/?cftoken=1&cfid=2&cftoken=3", "a)/?&cftoken=1"),
    ("http://a/?a&cfid=2&cftoken=3&b", "a)/?a&b"),
    ("http://a/?cfid=2&x&cftoken=3", "a)/?cfid=2&cftoken=3&x"),
)

HOSTS = [
    "example.org",
    "WWW.Example.org",
    "www2.a.b.co.uk",
    "127.0.0.1",
    "[::1]",
    "müller.de",
    "xn--mller-kva.de",
    "a..b",
    "example.org.",
    "www.",
    "3232235777",
    "www1.com",
    "ex%41mple.org",
    "user:pw@h.org",
    "h.org:80",
    "h.org:443",
    "h.org:8080",
    "h.org:",
    "h.org:0",
    "wwww.org",
    "www-x.org",
    "h.org:99999",
    "h.org:x",
    "%E2%82%AC.org",
]
SEGMENTS = [
    *[
        "a",
        "B",
        "..",
        ".",
        "%2e%2e",
        "%2E",
        "x.aspx",
        "y.ASPX",
        "é",
        "%C3%A9",
        "%ff",
        "%25",
        "%2525",
        "%2",
        "%zz",
        "a%20b",
        "?",
        "%3F",
        "%23",
        "a;b",
        "a=b&c",
    ],
    *[
        "(a(4hqa0555fwsecu455xqckv45))",
        "(4hqa0555fwsecu455xqckv45)",
        ".aspx",
        "%2F",
        "%0a",
        "|",
        "{}",
        "index.html",
        "a+b",
    ],
    "",
    "a b",
]
PARAMETERS = [
    *[
        "a=1",
        "b=2",
        "B=1",
        "a",
        "a=",
        "cfid=12",
        "cftoken=34",
        "cfid=",
        "xcfid=cfid=9",
        "CFTOKEN=a",
        "q=%26",
        "%3D",
        "é=ü",
        "a%20b=c+d",
        "?",
        "%25",
        "&",
    ],
    "sid=" + "a1" * 16,
    "jsessionid=" + "0aZ" * 10 + "00",
    "PHPSESSID=" + "9" * 32,
    "xsid=" + "f" * 32,
    "ASPSESSIONIDabcdefgh=" + "A" * 24,
    "",
]
ORACLE = """
import json, sys, surt
def key(url):
    try:
        return surt.surt(url)
    except Exception:
        return url.replace(' ', '%20')
json.dump([key(url) for url in json.load(sys.stdin)], sys.stdout)
"""


def made_up(count: int) -> list[str]:
    """Return URLs put together from odd parts, always the same."""
    pick = random.Random(1901)  # noqa: S311 - test data, not a secret

    def one() -> str:
        path = "".join("/" + pick.choice(SEGMENTS) for _ in range(pick.randrange(6)))
        query = "&".join(pick.choice(PARAMETERS) for _ in range(pick.randrange(6)))
        return f"{pick.choice(['http', 'https', 'HTTPS'])}://{pick.choice(HOSTS)}{path}" + (
            f"?{query}" if pick.random() < 0.7 else ""
        )

    return [one() for _ in range(count)]


@pytest.mark.parametrize(("url", "key"), TABLE)
def test_key_is_that_of_the_surt_package(url: str, key: str) -> None:
    """Every URL of the table has the key that the surt package gives it."""
    assert key == surt(url)


def test_keys_of_made_up_urls_agree_with_the_surt_package(oracle: Callable[[str], Path]) -> None:
    """Three thousand URLs of odd parts have the same keys in the surt package and here."""
    urls = made_up(3000)
    done = subprocess.run(
        [oracle("python"), "-W", "ignore", "-c", ORACLE],
        input=json.dumps(urls),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert json.loads(done.stdout) == [surt(url) for url in urls]


def test_text_without_a_key_is_returned_without_white_space() -> None:
    """A URL whose port is no number is its own key, with white space escaped."""
    assert "http://example.org:x/a%20b%0Ac" == surt("http://example.org:x/a b\nc")


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_every_text_has_a_key_that_fits_an_index_line(text: str) -> None:
    """No text raises, and no key holds white space or a control character."""
    assert not [char for char in surt(text) if char <= " " or char == "\x7f"]


@pytest.mark.parametrize(
    "part",
    ["%25", "cfid=", "&sid=", "/(4hqa0555fwsecu455xqckv45)", "/..", "%%32%35", "a&", "http://"],
)
def test_long_urls_have_keys(part: str) -> None:
    """A URL of a quarter of a million characters, made to be slow, has its key."""
    for url in (
        f"http://example.org/?{part * (250_000 // len(part))}",
        f"http://example.org/{part * 9_999}x.aspx",
    ):
        assert surt(url).startswith("org,example)/")
