"""Tests of preserve.package.restricted and redacted: what only names tell."""

from __future__ import annotations

import pytest

from preserve.formats.http1 import Head, MessageReader
from preserve.formats.warc import RecordHeader
from preserve.model.capture import CaptureRequest
from preserve.model.exchange import Ended, Fidelity
from preserve.model.reference import Role
from preserve.model.resource import Resource
from preserve.model.url import UriR
from preserve.package.redacted import redacted_fields, stored_fidelity, tls_verdict
from preserve.package.restricted import restrictions, token_names

URL = UriR("https://example.org/post")


def asked(**changes: object) -> CaptureRequest:
    """Return a request."""
    return CaptureRequest(url=URL, as_given=URL, **changes)  # type: ignore[arg-type]  # of the right types


def resource(*cookies: str) -> Resource:
    """Return a resource that sets cookies."""
    return Resource(
        url=URL,
        role=Role.PAGE,
        status=200,
        captured_at="2026-11-22T10:15:00.000Z",
        ended=Ended.WHOLE,
        response="urn:uuid:1",
        block_digest="",
        payload_digest="",
        payload_bytes=0,
        set_cookies=cookies,
    )


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://a/?token=1", {"token"}),
        ("https://a/?TOKEN=1&Session=2", {"TOKEN", "Session"}),
        ("https://a/?X-Amz-Signature=1&X-Amz-Date=2", {"X-Amz-Signature"}),
        ("https://a/?x%2Damz%2dsignature=1", {"x-amz-signature"}),
        ("https://a/b;jsessionid=1?c=d", {"jsessionid"}),
        ("https://a/?wp_auth_token=1", {"wp_auth_token"}),
        ("https://a/?token=", set()),
        ("https://a/?token", set()),
        ("https://a/token=1", set()),
        ("https://a/?page=1&keyword=sig", set()),
        ("https://a/#token=1", set()),
        ("data:,?token=1", {"token"}),
    ],
)
def test_names_of_tokens(url: str, names: set[str]) -> None:
    """Parameters that let somebody in are known by name, in any case and spelling, if they have a value."""
    assert names == token_names(url)


def test_no_reason() -> None:
    """A capture without credentials, cookies and tokens has no restriction."""
    assert [] == restrictions(asked(), [resource()], [URL])


def test_reasons_are_counted_and_named() -> None:
    """Each reason is one sentence; long lists are cut and counted, and no value is in them."""
    found = restrictions(
        asked(credentials=("cookies",)),
        [resource(*(f"c{number}" for number in range(8))), resource("c1"), resource()],
        [f"{URL}?sig=s3cret", f"{URL}?sig=s3cret", f"{URL}?key=s3cret"],
    )
    assert [
        "It was made with what the user gave in confidence (cookies): others may not get to see this.",
        "2 responses set cookies, which are stored: c0, c1, c2, c3, c4 and 3 more.",
        "2 URLs carry what looks like a token: key, sig.",
    ] == found


@pytest.mark.parametrize(
    ("url", "lines", "expected"),
    [
        (URL, b"x-token: xxx\r\nAccept: */*\r\n", ("x-token",)),
        (URL, b"Authorization: xxxx\r\nCookie: a=1; sid=xxx; b=2\r\n", ("Authorization", "Cookie")),
        (URL, b"Cookie: a=1; b=xxy\r\n", ()),
        ("https://cdn.example.org/i", b"x-token: xxx\r\nCookie: sid=xxx\r\n", ("Cookie",)),
    ],
)
def test_masked_fields_are_found_again(url: str, lines: bytes, expected: tuple[str, ...]) -> None:
    """From a stored request and the names of what was given it is known which fields are masked."""
    given = asked(credentials=("header X-Token", "cookies", "basic authentication"))
    (head,) = (
        event
        for event in MessageReader("request").feed(b"GET / HTTP/1.1\r\n" + lines + b"\r\n")
        if isinstance(event, Head)
    )
    assert expected == redacted_fields(given, url, head.parsed)
    assert () == redacted_fields(asked(), url, head.parsed)
    assert () == redacted_fields(given, url, None)


@pytest.mark.parametrize(
    ("protocols", "allowed", "expected"),
    [
        (("http/1.1", "tls/1.3"), False, "verified"),
        (("http/1.1", "tls/1.3"), True, None),
        (("http/1.1",), False, None),
    ],
)
def test_verdict_that_can_only_be_one(
    protocols: tuple[str, ...], *, allowed: bool, expected: str | None
) -> None:
    """Where bad certificates were not allowed, a response over TLS has a verified one; else it is unknown."""
    fields = tuple(("WARC-Protocol", protocol) for protocol in protocols)
    header = RecordHeader(version=b"WARC/1.1", fields=fields)
    assert expected == tls_verdict(asked(allow_bad_tls=allowed), header)


@pytest.mark.parametrize(
    ("fields", "fallback", "expected"),
    [
        ((("WARC-Protocol", "h2"), ("WARC-Protocol", "tls/1.3")), "browser", Fidelity.DECODED),
        ((("WARC-Protocol", "tls/1.2"),), "browser", Fidelity.DECODED),
        (
            (("WARC-Protocol", "tls/1.3"), ("WARC-Cipher-Suite", "TLS_AES_128_GCM_SHA256")),
            "browser",
            Fidelity.WIRE,
        ),
        ((("WARC-Protocol", "http/1.1"),), "browser", Fidelity.WIRE),
        ((("WARC-Protocol", "tls/1.2"),), "", Fidelity.WIRE),
    ],
)
def test_fidelity_that_is_certain(
    fields: tuple[tuple[str, str], ...], fallback: str, expected: Fidelity
) -> None:
    """Where a browser may have fetched by itself, only what names its cipher suite is surely of the wire."""
    header = RecordHeader(version=b"WARC/1.1", fields=fields)
    assert expected is stored_fidelity(asked(fallback=fallback), header)
