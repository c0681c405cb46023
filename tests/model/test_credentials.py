"""Tests of preserve.model.credentials: what may be given in confidence, and who hears of it."""

from __future__ import annotations

import pytest

from preserve.errors import UsageError
from preserve.model.credentials import NOT_GIVEN, Credentials, GivenCookie
from preserve.model.url import UriR

SECRET = "s3cret"  # noqa: S105 - it opens nothing


def cookie(domain: str = "example.org", *, host_only: bool = False, **given: str) -> GivenCookie:
    """Return a cookie."""
    return GivenCookie(
        name=given.get("name", "sid"), value=given.get("value", SECRET), domain=domain, host_only=host_only
    )


def test_nothing_shows_a_secret() -> None:
    """The representation of credentials has the names of cookies and paths of files, and no secret."""
    given = Credentials(
        headers=(("X-Token", SECRET),),
        cookies=(cookie(),),
        auth=f"anna:{SECRET}",
        proxy_auth=f"anna:{SECRET}",
        client_cert="me.pem",
    )
    assert SECRET not in repr(given)
    assert "me.pem" in repr(given)


def test_names_of_what_is_used() -> None:
    """What is used for a page is listed by name; cookies only if one fits its host."""
    given = Credentials(
        headers=(("x-token", SECRET), ("X-TOKEN", "2")), cookies=(cookie(),), auth="a:b", client_cert="c"
    )
    assert ("header X-Token", "cookies", "basic authentication", "client certificate") == given.names(
        "www.example.org"
    )
    assert ("header X-Token", "basic authentication", "client certificate") == given.names("example.com")
    assert () == Credentials(ca_file="ca.pem", proxy_auth="a:b").names("example.org")


@pytest.mark.parametrize("name", NOT_GIVEN)
def test_headers_that_cannot_be_given(name: str) -> None:
    """Each of these headers is refused with its reason, in any case, and its value is not repeated."""
    with pytest.raises(UsageError, match="cannot be given: ") as caught:
        Credentials(headers=((name.title(), SECRET),))
    assert NOT_GIVEN[name] in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"headers": (("", SECRET),)},
        {"headers": (("X Token", SECRET),)},
        {"headers": (("X-Token", f"{SECRET}\r\nHost: x"),)},
        {"headers": (("X-Token", f"{SECRET}\u20ac"),)},
        {"headers": (("X-Token", ""),)},
        {"auth": SECRET},
        {"auth": f"anna:{SECRET}\n"},
        {"proxy_auth": SECRET},
        {"cookies": (cookie(value=f"{SECRET};a=b"),)},
        {"cookies": (cookie(name="a=b"),)},
        {"cookies": (cookie(name="", value=""),)},
        {"auth": f"anna:{SECRET}", "headers": (("authorization", SECRET),)},
    ],
)
def test_what_could_not_be_sent(given: dict[str, str]) -> None:
    """What would not be one header, one cookie or one password is refused, and not repeated."""
    with pytest.raises(UsageError) as caught:
        Credentials(**given)  # type: ignore[arg-type]  # of the right types
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "host_only", "expected"),
    [
        ("example.org", True, True),
        ("example.org", False, True),
        ("www.example.org", False, True),
        ("www.example.org", True, False),
        ("badexample.org", False, False),
        ("org", False, False),
    ],
)
def test_hosts_of_a_cookie(host: str, *, host_only: bool, expected: bool) -> None:
    """A cookie fits its domain, and hosts below it unless it is for that host only."""
    assert expected is cookie(host_only=host_only).fits(host)


def test_cookies_for_nobody() -> None:
    """Cookies of which none is for the page are a mistake that is said."""
    Credentials().expect_cookies(UriR("http://example.com/"))
    Credentials(cookies=(cookie(),)).expect_cookies(UriR("http://www.example.org/"))
    with pytest.raises(UsageError, match=r"None of the 1 cookies given is for example\.com"):
        Credentials(cookies=(cookie(),)).expect_cookies(UriR("http://example.com/"))
