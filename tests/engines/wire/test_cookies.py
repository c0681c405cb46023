"""Which cookies are stored, and which go with a request?"""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.engines.wire.cookies import Jar, parse_cookie_date
from preserve.model.url import UriR

NOW = dt.datetime(2026, 11, 22, 10, 15, tzinfo=dt.UTC)
HOME = "https://www.example.org/blog/post"


def sent(field: str | bytes, url: str, *, home: str = HOME, after_s: float = 0) -> bytes | None:
    """Return the Cookie field of a request after one Set-Cookie field came from home."""
    jar = Jar()
    jar.store(UriR(home), [field if isinstance(field, bytes) else field.encode()], NOW)
    return jar.header(UriR(url), NOW + dt.timedelta(seconds=after_s))


# Set-Cookie from HOME, where to, what goes with it.
CASES = [
    ("a=1", "https://www.example.org/blog/x", b"a=1"),
    ("a=1", "https://www.example.org/blog", b"a=1"),
    ("a=1", "https://www.example.org/blogger", None),
    ("a=1", "https://www.example.org/", None),
    ("a=1; Path=/", "https://www.example.org/", b"a=1"),
    ("a=1; Path=relative", "https://www.example.org/blog/", b"a=1"),
    ("a=1; path=/x/", "https://www.example.org/x/y", b"a=1"),
    ("a=1; path=/x/", "https://www.example.org/x", None),
    ("a=1; Path=/", "https://example.org/", None),
    ("a=1; Path=/", "https://sub.www.example.org/", None),
    ("a=1; Path=/; Domain=example.org", "https://example.org/", b"a=1"),
    ("a=1; Path=/; Domain=.Example.ORG", "https://img.example.org/", b"a=1"),
    ("a=1; Path=/; Domain=example.org", "https://badexample.org/", None),
    ("a=1; Path=/; Domain=", "https://www.example.org/", b"a=1"),
    ("a=1; Path=/; Domain=other.org", "https://www.example.org/", None),
    ("a=1; Path=/; Domain=org", "https://www.example.org/", None),
    ("a=1; Path=/; Domain=.org", "https://www.example.org/", None),
    ("a=1; Path=/; Domain=sub.www.example.org", "https://sub.www.example.org/", None),
    ("a=1; Path=/; Secure", "https://www.example.org/", b"a=1"),
    ("a=1; Path=/; Secure", "http://www.example.org/", None),
    ("a=1; Path=/", "http://www.example.org/", b"a=1"),
    ("a=1; Path=/; Path=/blog", "https://www.example.org/", None),
    (" a = b c ;Path=/", "https://www.example.org/", b"a=b c"),
    ("a=b=c; Path=/", "https://www.example.org/", b"a=b=c"),
    ('a="q"; Path=/', "https://www.example.org/", b'a="q"'),
    ("lonely; Path=/", "https://www.example.org/", b"lonely"),
    ("=; Path=/", "https://www.example.org/", None),
    ("", "https://www.example.org/blog/", None),
    (b"a=\xff; Path=/", "https://www.example.org/", b"a=\xff"),
    ("a=1\r\nX: y; Path=/", "https://www.example.org/", None),
    ("a=\x00; Path=/", "https://www.example.org/", None),
    (f"a={'x' * 5000}; Path=/", "https://www.example.org/", None),
    ("__Host-a=1; Path=/; Secure", "https://www.example.org/", b"__Host-a=1"),
    ("__Host-a=1; Path=/; Secure; Domain=example.org", "https://www.example.org/", None),
    ("__Host-a=1; Path=/blog; Secure", "https://www.example.org/blog", None),
    ("__Secure-a=1; Path=/", "https://www.example.org/", None),
]


@pytest.mark.parametrize(("field", "url", "expected"), CASES)
def test_reach_of_a_cookie(field: str | bytes, url: str, expected: bytes | None) -> None:
    """A cookie goes where its domain, path and Secure attribute allow, and nowhere else."""
    assert expected == sent(field, url)


@pytest.mark.parametrize(
    ("home", "domain", "expected"),
    [
        ("http://127.0.0.1/", "127.0.0.1", b"a=1"),
        ("http://127.0.0.1/", "0.0.1", None),
        ("http://localhost/", "localhost", b"a=1"),
        ("http://[::1]/", "", b"a=1"),
    ],
)
def test_addresses_and_single_labels(home: str, domain: str, expected: bytes | None) -> None:
    """An address or a single label may set cookies for itself only."""
    assert expected == sent(f"a=1; Domain={domain}", home, home=home)


def test_secure_cookie_needs_a_secure_page() -> None:
    """A page of plain HTTP cannot set a Secure cookie."""
    assert None is sent("a=1; Secure; Path=/", HOME, home="http://www.example.org/")


@pytest.mark.parametrize(
    ("attribute", "after_s", "expected"),
    [
        ("Max-Age=10", 9, b"a=1"),
        ("Max-Age=10", 10, None),
        ("Max-Age=0", 0, None),
        ("Max-Age=-5", 0, None),
        ("Max-Age=999999999999", 1e9, b"a=1"),
        ("Max-Age=ten", 1e9, b"a=1"),
        ("Max-Age=10; Expires=Sun, 22 Nov 2037 00:00:00 GMT", 11, None),
        ("Expires=Sun, 22 Nov 2026 10:15:05 GMT", 4, b"a=1"),
        ("Expires=Sun, 22 Nov 2026 10:15:05 GMT", 5, None),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, None),
        ("Expires=never", 1e9, b"a=1"),
    ],
)
def test_end_of_a_cookie(attribute: str, after_s: float, expected: bytes | None) -> None:
    """A cookie ends by Max-Age, else by Expires, else with the capture."""
    assert expected == sent(f"a=1; Path=/; {attribute}", "https://www.example.org/", after_s=after_s)


def test_expired_cookie_removes_the_old_one() -> None:
    """A cookie that has ended already removes the one it replaces."""
    jar = Jar()
    jar.store(UriR(HOME), [b"a=1", b"b=2", b"a=; Max-Age=0"], NOW)
    assert b"b=2" == jar.header(UriR(HOME), NOW)


def test_order_of_cookies() -> None:
    """Cookies of longer paths come first, then older ones; a new value keeps its place."""
    jar = Jar()
    jar.store(UriR(HOME), [b"a=1; Path=/", b"b=2; Path=/blog", b"c=3; Path=/", b"a=4; Path=/"], NOW)
    assert b"b=2; a=4; c=3" == jar.header(UriR(HOME), NOW)


def test_jar_is_bounded() -> None:
    """A host that sets cookies without end pushes out its own oldest ones."""
    jar = Jar()
    jar.store(UriR(HOME), [b"k%d=v" % index for index in range(500)], NOW)
    names = (jar.header(UriR(HOME), NOW) or b"").split(b"; ")
    assert (50, b"k450=v", b"k499=v") == (len(names), names[0], names[-1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", (1994, 11, 6, 8, 49, 37)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", (1994, 11, 6, 8, 49, 37)),
        ("Sun Nov  6 08:49:37 1994", (1994, 11, 6, 8, 49, 37)),
        ("6 november 1994 8:49:37", (1994, 11, 6, 8, 49, 37)),
        ("01-Jan-38 00:00:00", (2038, 1, 1, 0, 0, 0)),
        ("31 Feb 2000 00:00:00", None),
        ("06 Nov 1600 08:49:37", None),
        ("06 Nov 1994 24:00:00", None),
        ("06 Nov 1994", None),
        ("", None),
    ],
)
def test_cookie_dates(text: str, expected: tuple[int, ...] | None) -> None:
    """Dates are read as leniently as RFC 6265, section 5.1.1, asks, and no further."""
    found = parse_cookie_date(text)
    assert expected == (found and (*found.timetuple()[:6],))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=5), st.sampled_from([HOME, "http://[::1]/", "http://a/"]))
def test_no_field_breaks_the_jar(values: list[bytes], home: str) -> None:
    """Whatever a server sets, the Cookie field is one line."""
    jar = Jar()
    jar.store(UriR(home), values, NOW)
    field = jar.header(UriR(home), NOW) or b""
    assert set() == set(field) & set(b"\r\n\x00")
