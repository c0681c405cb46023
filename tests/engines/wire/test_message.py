"""What do we say to a server?"""

from __future__ import annotations

import pytest

from preserve.engines.wire.message import Message, compose, fields_for, referer_for
from preserve.engines.wire.pool import Origin
from preserve.engines.wire.redirects import location, method_after
from preserve.engines.wire.stop import Stop
from preserve.model.exchange import WireRequest
from preserve.model.url import UriR


def composed(url: str, *, method: str = "GET", target: bytes | None = None, **fields: str) -> Message | Stop:
    """Compose a request with some fields."""
    given = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items())
    return compose(WireRequest(url=UriR(url), method=method, fields=given, target=target))


def test_fields_stand_in_a_fixed_order() -> None:
    """Our own requests have their fields in one order, and those without value are left out."""
    fields = fields_for(
        UriR("https://example.org:8443/a"), user_agent="us", accept="*/*", referer="https://r/", cookie=b"c=1"
    )
    assert (
        (b"Host", b"example.org:8443"),
        (b"User-Agent", b"us"),
        (b"Accept", b"*/*"),
        (b"Accept-Encoding", b"gzip"),
        (b"Referer", b"https://r/"),
        (b"Cookie", b"c=1"),
        (b"Connection", b"keep-alive"),
    ) == fields
    assert [b"Host", b"User-Agent", b"Accept", b"Accept-Encoding", b"Connection"] == [
        name
        for name, _ in fields_for(
            UriR("http://[::1]/"), user_agent="us", accept="*", referer=None, cookie=None
        )
    ]


def test_request_is_composed_as_given() -> None:
    """Request line and fields are written as they were given, octet by octet."""
    message = composed("http://example.org:8080/a%20b?c=d", Host="example.org:8080", x_y="\xff")
    assert isinstance(message, Message)
    assert b"GET /a%20b?c=d HTTP/1.1\r\nHost: example.org:8080\r\nx_y: \xff\r\n\r\n" == message.head
    assert Origin(secure=False, host="example.org", port=8080) == message.origin


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://a", b"/"),
        ("http://a/?", b"/?"),
        ("http://a/x#fragment", b"/x"),
        ("http://a/?q=//b/", b"/?q=//b/"),
        ("http://[::1]:81/x", b"/x"),
    ],
)
def test_target_is_path_and_query(url: str, target: bytes) -> None:
    """The request target is path and query as the URL has them, an empty query included."""
    message = composed(url)
    assert isinstance(message, Message)
    assert b"GET " + target + b" HTTP/1.1\r\n\r\n" == message.head


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"url": "nonsense"}, "is not a URL"),
        ({"url": "ftp://a/"}, "neither http nor https"),
        ({"url": "mailto:a@b"}, "neither http nor https"),
        ({"url": "data:,x"}, "neither http nor https"),
        ({"url": "http://u@a/"}, "user name or password"),
        ({"url": "http://a:25/"}, "Port 25"),
        ({"url": "http://a/", "method": "GET /x HTTP/1.1\r\nX:"}, "request line"),
        ({"url": "http://a/", "target": b"/ HTTP/1.1\r\nX: y"}, "request line"),
        ({"url": "http://a/", "x": "a\r\nb: c"}, "header field"),
        ({"url": "http://a/", "x": "a\x00"}, "header field"),
        ({"url": "http://a/", "x: y\r\nz": "a"}, "header field"),
    ],
)
def test_what_must_not_be_sent(given: dict[str, str], word: str) -> None:
    """A request that is no request, or would be two, is refused with its reason."""
    stop = composed(**given)  # type: ignore[arg-type]  # names are those of composed()
    assert isinstance(stop, Stop)
    assert True is (word in stop.reason), stop.reason


@pytest.mark.parametrize(
    ("url", "source", "expected"),
    [
        ("http://a/x", "http://a/y?z", "http://a/y?z"),
        ("https://a/x", "https://a/y", "https://a/y"),
        ("https://b/x", "https://a/y?z", "https://a/"),
        ("http://b/x", "http://a/y", "http://a/"),
        ("https://a/x", "http://a/y", "http://a/"),
        ("http://a:81/x", "http://a/y", "http://a/"),
        ("http://a/x", "https://a/y", None),
        ("http://b/x", "https://a/y", None),
        ("https://a/x", "https://u:p@a/y#f", "https://a/y"),
        ("https://a/x", "data:,x", None),
        ("https://a/x", "nonsense", None),
        ("https://a/x", None, None),
    ],
)
def test_referer_policy(url: str, source: str | None, expected: str | None) -> None:
    """The Referer is whole within an origin, the origin across, and none from https to http."""
    assert expected == referer_for(UriR(url), UriR(source) if source is not None else None)


@pytest.mark.parametrize(
    ("status", "value", "expected"),
    [
        (301, b"/b", "http://a/b"),
        (302, b"b?c#d", "http://a/x/b?c"),
        (303, b"//other/", "http://other/"),
        (307, b"https://other", "https://other/"),
        (308, b"?q", "http://a/x/y?q"),
        (302, "/é".encode(), "http://a/%C3%A9"),
        (302, b"/\xe9", "http://a/%E9"),
        (302, b"/a b", "http://a/a%20b"),
        (302, b"mailto:x@y", "mailto:x@y"),
        (302, b"http://[", None),
        (302, b"http://\xff/", None),
        (302, b"", "http://a/x/y"),
        (302, None, None),
        (200, b"/b", None),
        (304, b"/b", None),
        (300, b"/b", None),
        (None, b"/b", None),
    ],
)
def test_location(status: int | None, value: bytes | None, expected: str | None) -> None:
    """A redirect leads to its Location, resolved as browsers do; other answers lead nowhere."""
    assert expected == location(status, value, UriR("http://a/x/y"))


@pytest.mark.parametrize(
    ("status", "method", "expected"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "HEAD", "HEAD"),
    ],
)
def test_method_after_a_redirect(status: int, method: str, expected: str) -> None:
    """The next request's method is the Fetch standard's."""
    assert expected == method_after(status, method)


def test_kept_head_goes_where_the_sent_one_was_cut() -> None:
    """Of each piece that was sent the kept octets are told, however the head was cut."""
    request = WireRequest(
        url=UriR("http://a/"),
        fields=((b"Host", b"a"), (b"X-Token", b"s3cret"), (b"X-Token", b"two")),
        kept=((b"Host", b"a"), (b"X-Token", b"xxxxxx"), (b"X-Token", b"two")),
    )
    message = compose(request)
    assert isinstance(message, Message)
    assert ("X-Token",) == message.redacted
    kept: list[bytes] = []
    keep = message.keeper(lambda piece: kept.append(bytes(piece)))
    for start in range(0, len(message.head), 7):
        keep(memoryview(message.head)[start : start + 7])
    assert message.kept == b"".join(kept)
    assert message.head.replace(b"s3cret", b"xxxxxx") == message.kept
    assert b"s3cret" not in repr(message).encode() + repr(request).encode()


@pytest.mark.parametrize("kept", [(), ((b"Host", b"ab"),), ((b"Hast", b"a"),)])
def test_kept_fields_must_be_those_that_are_sent(kept: tuple[tuple[bytes, bytes], ...]) -> None:
    """Fields to be kept that have other names or lengths than those to be sent are refused."""
    stop = compose(WireRequest(url=UriR("http://a/"), fields=((b"Host", b"a"),), kept=kept))
    assert isinstance(stop, Stop)
    assert "not as long" in stop.reason
