"""Tests of the proxy's pure parts: what is asked, by whom, with which secrets, over which frames."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preserve.engines.browser.asked import Asked, read_asked, read_connect
from preserve.engines.browser.frames import Frame, FrameReader
from preserve.engines.browser.secrets import Secrets
from preserve.engines.browser.vendors import refuse_own
from preserve.formats.http1 import Head, MessageReader, ParsedHead
from preserve.model.credentials import Credentials, GivenCookie
from preserve.model.url import UriR

SEED = UriR("https://a.test/post")


def parsed(head: bytes) -> ParsedHead:
    """Return a request's head, read."""
    found = next(event for event in MessageReader("request").feed(head) if isinstance(event, Head))
    assert found.parsed is not None
    return found.parsed


def asked(line: bytes, *fields: bytes, base: str = "") -> Asked | None:
    """Return what a request asks for."""
    return read_asked(parsed(b"\r\n".join((line, *fields)) + b"\r\n\r\n"), base)


@pytest.mark.parametrize(
    ("target", "base", "url", "sent"),
    [
        (b"http://a.test/x?y=1", "", "http://a.test/x?y=1", b"/x?y=1"),
        (b"http://a.test", "", "http://a.test/", b"/"),
        (b"http://a.test?q", "", "http://a.test/?q", b"/?q"),
        (b"http://A.test:80/%7ex", "", "http://a.test/%7ex", b"/%7ex"),
        (b"/x", "https://a.test:443", "https://a.test/x", b"/x"),
        (b"/x//y", "https://a.test:8443", "https://a.test:8443/x//y", b"/x//y"),
        (b"//b.test/x", "https://a.test:443", "https://a.test//b.test/x", b"//b.test/x"),
    ],
)
def test_targets(target: bytes, base: str, url: str, sent: bytes) -> None:
    """The origin gets path and query as the browser spelt them; the URL is normal."""
    found = asked(b"GET %s HTTP/1.1" % target, b"Host: a.test", base=base)
    assert found is not None
    assert (url, sent) == (found.url, found.target)


@pytest.mark.parametrize(
    ("target", "base"),
    [
        (b"/x", ""),
        (b"ftp://a.test/x", ""),
        (b"http://user:secret@a.test/", ""),
        (b"http://", ""),
        (b"*", "https://a.test:443"),
        (b"http://b.test/", "https://a.test:443"),
    ],
)
def test_what_names_no_origin(target: bytes, base: str) -> None:
    """What cannot be asked of the origin of the tunnel, or of any, is nothing."""
    assert None is asked(b"GET %s HTTP/1.1" % target, b"Host: a.test", base=base)


@pytest.mark.parametrize(
    ("target", "place"),
    [
        (b"a.test:443", ("a.test", 443)),
        (b"A.Test:8443", ("a.test", 8443)),
        (b"[::1]:443", ("[::1]", 443)),
        (b"a.test", None),
        (b"a.test:0", None),
        (b"a.test:65536", None),
        (b"a@b.test:443", None),
        (b"http://a.test:443", None),
    ],
)
def test_tunnels(target: bytes, place: tuple[str, int] | None) -> None:
    """A tunnel leads to one host and port."""
    tunnel = read_connect(parsed(b"CONNECT %s HTTP/1.1\r\n\r\n" % target))
    assert place == ((tunnel.host, tunnel.port) if tunnel else None)


@pytest.mark.parametrize(
    ("offered", "kept"),
    [
        (b"gzip, deflate, br, zstd", b"gzip, deflate"),
        (b"gzip;q=1.0,  deflate", b"gzip;q=1.0,  deflate"),
        (b"br;q=0.9, identity", b"identity"),
        (b"BR", None),
    ],
)
def test_codings(offered: bytes, kept: bytes | None) -> None:
    """Br and zstd are taken out; a value without them stays as it is; an empty one goes."""
    found = asked(b"GET http://a.test/ HTTP/1.1", b"aCCept-Encoding: %s" % offered)
    assert found is not None
    assert ([] if kept is None else [(b"aCCept-Encoding", kept)]) == list(found.fields)


def test_connection_takes_its_place_once() -> None:
    """Proxy-Connection becomes Connection where it stands, unless there is one."""
    one = asked(b"GET http://a.test/ HTTP/1.1", b"Proxy-Connection: keep-alive", b"Host: a.test")
    two = asked(b"GET http://a.test/ HTTP/1.1", b"Connection: close", b"Proxy-Connection: keep-alive")
    assert one is not None
    assert two is not None
    assert ((b"Connection", b"keep-alive"), False) == (one.fields[0], one.closes)
    assert (((b"Connection", b"close"),), True) == (two.fields, two.closes)


@pytest.mark.parametrize(
    ("fields", "destination"),
    [
        ((b"Sec-Fetch-Dest: font", b"Accept: */*"), "font"),
        ((b"Upgrade-Insecure-Requests: 1", b"Accept: text/html"), "document"),
        ((b"Accept: image/avif,image/webp",), "image"),
        ((b"Accept: text/css,*/*;q=0.1",), "style"),
        ((b"Accept: */*",), ""),
    ],
)
def test_destinations(fields: tuple[bytes, ...], destination: str) -> None:
    """What a request is for is what the browser says, else what it accepts."""
    found = asked(b"GET http://a.test/ HTTP/1.1", *fields)
    assert found is not None
    assert destination == found.destination


def test_only_vendors_are_refused() -> None:
    """No host but those of the browser's maker is ever refused as its own affair."""
    found = asked(b"GET http://a.test/ HTTP/1.1", b"Sec-Fetch-Site: none")
    assert found is not None
    assert "" == refuse_own(found)


def test_secrets_are_sent_and_masked() -> None:
    """Headers and passwords go to the page's origin; cookies of the user's are masked wherever they go."""
    cookie = GivenCookie(name="session", value="s3cret", domain="a.test", host_only=True)
    secrets = Secrets(Credentials(headers=(("X-Token", "abc"),), cookies=(cookie,), auth="u:p"), SEED)
    fields = ((b"Host", b"a.test"), (b"Cookie", b"a=1; session=s3cret; b=2"), (b"Accept", b"*/*"))
    sent, kept = secrets.dress(SEED, fields)
    assert kept is not None
    assert {(b"X-Token", b"abc"), (b"Authorization", b"Basic dTpw"), fields[1]} <= set(sent)
    assert {(b"X-Token", b"xxx"), (b"Cookie", b"a=1; session=xxxxxx; b=2")} <= set(kept)
    assert [len(value) for _, value in sent] == [len(value) for _, value in kept]
    elsewhere, masked = secrets.dress(UriR("https://b.test/"), fields)
    assert fields == elsewhere
    assert masked is not None
    assert (b"Cookie", b"a=1; session=xxxxxx; b=2") == masked[1]


def test_cookies_of_a_profile_are_masked() -> None:
    """What the browser began with is a secret as what the user gave is; what a server set is none."""
    secrets = Secrets(Credentials(), SEED)
    fields = ((b"Host", b"a.test"), (b"Cookie", b"known=1; fresh=2"))
    assert (fields, None) == secrets.dress(SEED, fields)
    secrets.confide((GivenCookie(name="known", value="1", domain="a.test", host_only=True),))
    _, kept = secrets.dress(SEED, fields)
    assert ((b"Host", b"a.test"), (b"Cookie", b"known=x; fresh=2")) == kept


def framed(payload: bytes, mask: bytes) -> bytes:
    """Return a binary frame."""
    size = len(payload)
    if size < 126:
        length = bytes([size])
    else:
        length = b"\x7e" + size.to_bytes(2) if size < 1 << 16 else b"\x7f" + size.to_bytes(8)
    first = bytes([0x82, length[0] | (0x80 if mask else 0)]) + length[1:]
    body = bytes(octet ^ mask[at % 4] for at, octet in enumerate(payload)) if mask else payload
    return first + mask + body


SIZES = [0, 1, 5, 125, 126, 300, 70_000]


@settings(deadline=None)
@given(
    payloads=st.lists(
        st.tuples(
            st.sampled_from([0, 1, 5, 125, 126, 300, 70_000]), st.sampled_from([b"", b"\x01\x80\xff\x00"])
        ),
        max_size=4,
    ),
    cuts=st.lists(st.integers(2, 1000), min_size=1, max_size=5),
)
def test_frames(payloads: list[tuple[int, bytes]], cuts: list[int]) -> None:
    """Frames are told with length and digest of what was masked, however the octets are cut."""
    bodies = [(bytes(at % 251 for at in range(size)), mask) for size, mask in payloads]
    stream = b"".join(framed(body, mask) for body, mask in bodies)
    reader = FrameReader()
    found: list[Frame] = []
    at = turn = 0
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        found += reader.feed(stream[at : at + step])
        at, turn = at + step, turn + 1
    expected = [(len(body), hashlib.sha256(body).hexdigest()) for body, _ in bodies]
    assert expected == [(frame.payload_bytes, frame.sha256) for frame in found]
    assert False is reader.is_within
