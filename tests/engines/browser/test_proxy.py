"""Does the proxy keep connections, uploads, ranges and tunnels in order, within limits and guard?"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import struct
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from preserve.disk import Spool
from preserve.engines.browser.secrets import Secrets
from preserve.errors import StorageUnavailable
from preserve.model.capture import Limits
from preserve.model.credentials import Credentials, GivenCookie
from preserve.model.exchange import Ended
from preserve.model.url import UriR
from tests.engines.browser.harness import (
    LIMITS,
    WITHIN_S,
    drained,
    hang_up,
    head,
    now,
    octets,
    own,
    proxied,
    run,
)
from tests.wire.certificates import Authority as Certificates
from tests.wire.origin import Drip, End, Origin, Pause

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence

HOST = "odd.test"
OK = b"HTTP/1.1 200 OK\r\n"
FIVE = OK + b"Content-Length: 5\r\n\r\nhello"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Make the authority of the origins."""
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def serve(certificates: Certificates) -> Iterator[Callable[..., Origin]]:
    """Return what starts origins, of http or https."""
    with ExitStack() as stack:

        def start(scheme: str = "http", context: ssl.SSLContext | None = None, **scripts: object) -> Origin:
            tls = (context or certificates.context(HOST)) if scheme == "https" else None
            paths = {f"/{name}": answers for name, answers in scripts.items()}
            return stack.enter_context(Origin(scripts=paths, context=tls, name=HOST))  # type: ignore[arg-type]  # ours

        yield start


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_keep_alive_both_sides(serve: Callable[..., Origin], certificates: Certificates, scheme: str) -> None:
    """Requests that follow each other over one connection go to the origin over one, each an exchange."""
    origin = serve(scheme, a=((FIVE, End.KEEP),))

    async def scenario() -> None:
        async with proxied(ca_file=certificates.file) as scene:
            reader, writer = await scene.connect(origin.url)
            for number in range(5):
                writer.write(head(f"{origin.url}/a?{number}"))
                assert FIVE == await reader.readexactly(len(FIVE))
            await hang_up(writer)
            assert [f"{origin.url}/a?{number}" for number in range(5)] == [
                exchange.url for exchange in scene.exchanges
            ]
            assert [talk.heard for talk in origin.talks] == [
                octets(exchange.request) for exchange in scene.exchanges
            ]

    run(scenario)
    assert 1 == origin.connections


def test_pipelined_requests(serve: Callable[..., Origin]) -> None:
    """Requests that come together are answered one after the other."""
    origin = serve(a=((FIVE, End.KEEP),), b=((OK + b"Content-Length: 1\r\n\r\nb", End.KEEP),))

    async def scenario() -> None:
        async with proxied() as scene:
            reader, writer = await scene.connect(origin.url)
            last = head(f"{origin.url}/b", "Connection: close\r\n")
            writer.write(head(f"{origin.url}/a") + last)
            got = await drained(reader)
            await hang_up(writer)
            assert FIVE + OK + b"Content-Length: 1\r\n\r\nb" == got

    run(scenario)


def test_what_is_said_to_a_proxy_stays(serve: Callable[..., Origin]) -> None:
    """The origin hears the fields in their order and case, without those for a proxy, br and zstd."""
    origin = serve(a=((FIVE, End.KEEP),))

    async def scenario() -> None:
        async with proxied() as scene:
            reader, writer = await scene.connect(origin.url)
            fields = (
                "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\nX-oDD: 1\r\n"
                "Accept-Encoding: gzip, deflate, br, zstd\r\nx-odd: 2\r\n"
            )
            writer.write(head(f"{origin.url}/a", fields))
            await reader.readexactly(len(FIVE))
            await hang_up(writer)

    run(scenario)
    expected = (
        f"GET /a HTTP/1.1\r\nHost: {HOST}:{origin.port}\r\nConnection: keep-alive\r\nX-oDD: 1\r\n"
        "Accept-Encoding: gzip, deflate\r\nx-odd: 2\r\n\r\n"
    )
    assert [expected.encode()] == [talk.heard for talk in origin.talks]


@pytest.mark.parametrize("chunked", [False, True])
def test_uploads_stream(chunked: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A body goes on as it comes, framed as it came, and 100 Continue comes back while it is asked for."""
    body = b"x" * 300_000
    framed = b"493e0\r\n" + body + b"\r\n0\r\nTrailer: 1\r\n\r\n" if chunked else body
    fields = "Transfer-Encoding: chunked\r\n" if chunked else f"Content-Length: {len(body)}\r\n"
    heard = bytearray()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        heard.extend(await reader.readexactly(len(framed)))
        writer.write(FIVE)
        await hang_up(writer)

    async def scenario() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}/up"
        async with server, proxied() as scene:
            reader, writer = await scene.connect(url)
            writer.write(head(url, f"{fields}Expect: 100-continue\r\nConnection: close\r\n", "POST"))
            interim = await reader.readuntil(b"\r\n\r\n")
            writer.write(framed)
            assert FIVE == await drained(reader)
            await hang_up(writer)
            exchange = scene.of(url)
            assert interim == octets(exchange.interim)
            assert (bytes(heard), FIVE) == (octets(exchange.request), octets(exchange.response))
            assert framed == bytes(heard)[-len(framed) :]

    run(scenario)


def test_ranges_pass(serve: Callable[..., Origin]) -> None:
    """A request of a range and its 206 pass as they are."""
    part = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 1-2/5\r\nContent-Length: 2\r\n\r\nel"
    origin = serve(a=((part, End.KEEP),))

    async def scenario() -> None:
        async with proxied() as scene:
            assert part == await scene.ask(f"{origin.url}/a", "Range: bytes=1-2\r\n")
            exchange = scene.of(f"{origin.url}/a")
            assert (206, True) == (exchange.status, b"Range: bytes=1-2" in octets(exchange.request))

    run(scenario)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_reads_on_when_the_browser_hangs_up(
    serve: Callable[..., Origin], certificates: Certificates, scheme: str
) -> None:
    """A response that the browser leaves is read to its end, and whole."""
    body = b"y" * 3_000_000
    said = OK + b"Content-Length: %d\r\n\r\n" % len(body)
    origin = serve(scheme, a=((said, body[:1000], Pause(0.2), body[1000:], End.KEEP),))

    async def scenario() -> None:
        async with proxied(ca_file=certificates.file) as scene:
            reader, writer = await scene.connect(origin.url)
            writer.write(head(f"{origin.url}/a"))
            await reader.readexactly(len(said) + 1000)
            writer.transport.abort()
            assert 0 == await scene.proxy.drain(60)
            exchange = scene.of(f"{origin.url}/a")
            assert (Ended.WHOLE, said + body) == (exchange.ended, octets(exchange.response))

    run(scenario)


def test_what_never_ends_is_kept_as_far_as_it_came(serve: Callable[..., Origin]) -> None:
    """A stream that goes on is not waited for; it is told as truncated by time, with what came."""
    said = OK + b"Content-Type: text/event-stream\r\n\r\n"
    origin = serve(a=((said, Drip(b"data: 1\n\n", 0.05)),))

    async def scenario() -> None:
        async with proxied() as scene:
            reader, writer = await scene.connect(origin.url)
            writer.write(head(f"{origin.url}/a"))
            await reader.readuntil(b"data: 1\n\n")
            # It is not waited for: the scenario would take longer than it may.
            assert 1 == await scene.proxy.drain(WITHIN_S)
            await scene.proxy.__aexit__(None, None, None)
            exchange = scene.of(f"{origin.url}/a")
            assert (Ended.TIME, True) == (exchange.ended, exchange.reason.endswith("."))
            kept = octets(exchange.response)
            assert (True, True) == (kept.startswith(said + b"data: 1"), len(kept) > len(said))
            await hang_up(writer)

    run(scenario)


def test_at_ease_when_nothing_is_on_its_way(serve: Callable[..., Origin]) -> None:
    """It is at ease before and after an exchange, not meanwhile; streams without end do not count."""
    stream = OK + b"Content-Type: text/event-stream\r\n\r\n"
    origin = serve(
        a=((FIVE[:-5], Pause(0.5), FIVE[-5:], End.KEEP),), b=((stream, Drip(b"data: 1\n\n", 0.05)),)
    )

    async def scenario() -> None:
        async with proxied() as scene:
            eased = [scene.proxy.at_ease]
            reader, writer = await scene.connect(origin.url)
            writer.write(head(f"{origin.url}/a"))
            await reader.readuntil(b"\r\n\r\n")
            eased.append(scene.proxy.at_ease)
            await reader.readexactly(5)
            # The browser may ask for more at once, because of what it got.
            eased.append(scene.proxy.at_ease)
            writer.write(head(f"{origin.url}/b"))
            await reader.readuntil(b"data: 1\n\n")
            await asyncio.sleep(0.5)
            eased.append(scene.proxy.at_ease)
            assert [True, False, False, True] == eased
            await hang_up(writer)

    run(scenario)


def test_a_race_for_a_kept_connection_is_run_again() -> None:
    """When the origin closes a kept connection as a request leaves, both attempts are told; one answers."""
    connections = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(FIVE)
        if connections == 1:
            await reader.readuntil(b"\r\n\r\n")
            writer.transport.abort()
            return
        await hang_up(writer)

    async def scenario() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
        async with server, proxied() as scene:
            reader, writer = await scene.connect(url)
            writer.write(head(f"{url}/1"))
            await reader.readexactly(len(FIVE))
            writer.write(head(f"{url}/2", "Content-Length: 3\r\n", "POST") + b"abc")
            assert FIVE == await reader.readexactly(len(FIVE))
            await hang_up(writer)
            first, raced, again = scene.exchanges
            assert [Ended.WHOLE, Ended.FAILED, Ended.WHOLE] == [first.ended, raced.ended, again.ended]
            assert octets(raced.request) == octets(again.request)

    run(scenario)


def test_guard_and_rebinding(serve: Callable[..., Origin]) -> None:
    """A private address is refused, whether it stands in the URL or a public name leads to it."""
    origin = serve(a=((FIVE, End.KEEP),))

    def rebinding(host: str) -> Sequence[str]:
        return ["8.8.8.8", "127.0.0.1"] if host == "rebind.test" else own(host)

    places = [
        f"http://127.0.0.1:{origin.port}/a",
        f"http://[::ffff:127.0.0.1]:{origin.port}/a",
        f"http://rebind.test:{origin.port}/a",
        "http://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        f"http://{HOST}:22/a",
    ]

    async def scenario() -> None:
        async with proxied(allow_private=False, resolver=rebinding) as scene:
            for place in places:
                got = await scene.ask(place)
                assert b"HTTP/1.1 502 " == got[:13]
            assert [Ended.REFUSED] * len(places) == [exchange.ended for exchange in scene.exchanges]
            assert [None] * len(places) == [exchange.request for exchange in scene.exchanges]

    run(scenario)
    assert [] == origin.talks


@pytest.mark.parametrize("case", ["other-name", "expired", "self-signed", "unknown-authority"])
def test_a_bad_certificate_fails(serve: Callable[..., Origin], certificates: Certificates, case: str) -> None:
    """Nothing is asked of a server whose certificate is bad; the verdict is told."""
    context = {
        "other-name": lambda: certificates.context("other.test"),
        "expired": lambda: certificates.context(HOST, starts=-30),
        "self-signed": lambda: certificates.context(HOST, self_signed=True),
        "unknown-authority": lambda: certificates.context(HOST),
    }[case]()
    origin = serve("https", context, a=((FIVE, End.KEEP),))

    async def scenario() -> None:
        ca_file = None if case == "unknown-authority" else certificates.file
        async with proxied(ca_file=ca_file) as scene:
            got = await scene.ask(f"{origin.url}/a")
            exchange = scene.of(f"{origin.url}/a")
            assert (b"HTTP/1.1 502 ", Ended.FAILED) == (got[:13], exchange.ended)
            assert exchange.tls is not None
            assert "certificate could not be verified" in exchange.tls.verdict

    run(scenario)
    assert [] == origin.talks


@pytest.mark.parametrize(
    ("url", "fields", "refused"),
    [
        (
            "https://accounts.google.com/ListAccounts",
            "Sec-Fetch-Site: none\r\nSec-Fetch-Dest: empty\r\n",
            True,
        ),
        ("http://clients2.google.com/time/1/current", "", True),
        ("https://accounts.google.com/gsi/client", "Sec-Fetch-Site: cross-site\r\n", False),
        ("https://www.google.com/", "Sec-Fetch-Site: none\r\nSec-Fetch-Dest: document\r\n", False),
        ("http://www.google.com/x.png", "Referer: http://a.test/\r\n", False),
        ("https://update.example.test/", "Sec-Fetch-Site: none\r\n", False),
    ],
)
def test_vendor_hosts(url: str, fields: str, refused: bool) -> None:  # noqa: FBT001 - a parameter
    """What Chromium asks by itself is refused and told; what a page asks of the same hosts is not."""

    async def scenario() -> None:
        async with proxied(resolver=lambda _: [], limits=LIMITS) as scene:
            got = await scene.ask(url, fields)
            assert b"HTTP/1.1 502 " == got[:13]
            told = [place for place, _ in scene.refused]
            assert ([url], 0) if refused else ([], 1) == (told, len(scene.exchanges))

    run(scenario)


@pytest.mark.parametrize(
    "octets_",
    [b"GET / HTTP/1.1\r\n\r\n", b"GET ftp://a.test/ HTTP/1.1\r\n\r\n", b"CONNECT a HTTP/1.1\r\n\r\n"],
)
def test_what_is_no_request_to_a_proxy(octets_: bytes) -> None:
    """What names no origin is answered 400 and makes no exchange."""

    async def scenario() -> None:
        async with proxied() as scene:
            reader, writer = await asyncio.open_connection("127.0.0.1", scene.proxy.port)
            writer.write(octets_)
            assert b"HTTP/1.1 400 " == (await drained(reader))[:13]
            await hang_up(writer)
            assert [] == scene.exchanges

    run(scenario)


def frame(opcode: int, payload: bytes, mask: bytes = b"") -> bytes:
    """Return a frame of a WebSocket, shorter than 64 KiB."""
    size = len(payload)
    length = bytes([size]) if size < 126 else b"\x7e" + struct.pack("!H", size)
    first = bytes([0x80 | opcode, length[0] | (0x80 if mask else 0)]) + length[1:]
    body = bytes(octet ^ mask[at % 4] for at, octet in enumerate(payload)) if mask else payload
    return first + mask + body


@pytest.mark.parametrize("scheme", ["ws", "https"])
def test_websockets_are_tunnelled(certificates: Certificates, scheme: str) -> None:
    """A WebSocket passes; its handshake is an exchange, its frames are listed with their digests."""
    switched = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    heard = bytearray()
    from_page = frame(1, b"from the page", b"\x01\x02\x03\x04")
    from_server = frame(2, b"z" * 1000)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.readuntil(b"\r\n\r\n"))
        writer.write(switched + frame(1, b"at once"))
        assert from_page == await reader.readexactly(len(from_page))
        writer.write(from_server + frame(8, b""))
        await drained(reader)
        await hang_up(writer)

    async def scenario() -> None:
        tls = certificates.context(HOST) if scheme == "https" else None
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
        url = f"{scheme}://{HOST}:{server.sockets[0].getsockname()[1]}/chat"
        async with server, proxied(ca_file=certificates.file) as scene:
            reader, writer = await scene.connect(url)
            writer.write(head(url, "Upgrade: websocket\r\nConnection: Upgrade\r\n"))
            first = frame(1, b"at once")
            assert switched + first == await reader.readexactly(len(switched + first))
            writer.write(from_page)
            last = from_server + frame(8, b"")
            assert last == await reader.readexactly(len(last))
            await hang_up(writer)
            assert 0 == await scene.proxy.drain(20)
            exchange = scene.of(url.replace("ws:", "http:"))
            assert (101, switched) == (exchange.status, octets(exchange.response))
            assert bytes(heard) == octets(exchange.request)
            (artefact,) = scene.artefacts
            lines = [json.loads(line) for line in octets(artefact.content).splitlines()]
            listed = [(line["from"], line["opcode"], line["payload_bytes"]) for line in lines]
            assert [("server", "text", 7), ("page", "text", 13), ("server", "binary", 1000)] == listed[:3]
            assert ("server", "close", 0) == listed[3]

    run(scenario)


def test_limits_of_size_reach_the_browser(serve: Callable[..., Origin]) -> None:
    """A body above the limit ends early on both sides, and says so."""
    said = OK + b"Content-Length: 100000\r\n\r\n"
    origin = serve(a=((said + b"x" * 100_000, End.KEEP),))

    async def scenario() -> None:
        async with proxied(limits=Limits(body_bytes=1000)) as scene:
            got = await scene.ask(f"{origin.url}/a")
            exchange = scene.of(f"{origin.url}/a")
            assert (Ended.LENGTH, said + b"x" * 1000) == (exchange.ended, octets(exchange.response))
            assert said + b"x" * 1000 == got

    run(scenario)


def test_the_authority_is_new_each_time() -> None:
    """No two captures share an authority, and its digest is that of its key."""
    from preserve.engines.browser.authority import Authority  # noqa: PLC0415 - beside its test

    one, other = Authority.make(now), Authority.make(now)
    assert one.spki != other.spki
    assert one.context("a.test") is one.context("A.test")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_secrets_are_sent_and_not_kept(
    serve: Callable[..., Origin], certificates: Certificates, scheme: str
) -> None:
    """The origin gets the user's headers, password and cookies; the exchange has them masked, and says so."""
    origin = serve(scheme, a=((FIVE, End.KEEP),))
    cookie = GivenCookie(name="session", value="s3cret", domain=HOST, host_only=True)
    credentials = Credentials(headers=(("X-Token", "t0ken"),), cookies=(cookie,), auth="u:passw0rd")
    secrets = Secrets(credentials, UriR(f"{origin.url}/a"))

    async def scenario() -> None:
        async with proxied(ca_file=certificates.file, dress=secrets.dress) as scene:
            assert FIVE == await scene.ask(f"{origin.url}/a", "Cookie: b=1; session=s3cret\r\n")
            exchange = scene.of(f"{origin.url}/a")
            kept = octets(exchange.request)
            assert (b"X-Token: xxxxx" in kept, b"Cookie: b=1; session=xxxxxx" in kept) == (True, True)
            assert {"X-Token", "Authorization", "Cookie"} == set(exchange.redacted)
            for secret in (b"t0ken", b"s3cret", base64.b64encode(b"u:passw0rd")):
                assert (True, False) == (secret in origin.talks[0].heard, secret in kept)
            assert len(origin.talks[0].heard) == len(kept)

    run(scenario)


def test_what_is_not_admitted_is_not_sent(serve: Callable[..., Origin]) -> None:
    """A request that must not be made is refused with its reason, and the origin hears nothing."""
    origin = serve(a=((FIVE, End.KEEP),))

    async def admit(url: UriR) -> str:
        return f"{url} is one too many."

    async def scenario() -> None:
        async with proxied(admit=admit) as scene:
            got = await scene.ask(f"{origin.url}/a")
            assert b"HTTP/1.1 502 " == got[:13]
            assert [(f"{origin.url}/a", f"{origin.url}/a is one too many.")] == scene.refused

    run(scenario)
    assert [] == origin.talks


def test_a_full_disk_is_the_end_and_said_once(
    serve: Callable[..., Origin], caplog: pytest.LogCaptureFixture
) -> None:
    """What the disk refuses is raised where the proxy ends, and nothing is printed about a forgotten task."""
    origin = serve(a=((FIVE, End.KEEP),))

    class Full(Spool):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            raise StorageUnavailable(f"No room for {len(data)} bytes.")

    async def scenario() -> None:
        async with proxied(spool=Full) as scene:
            assert b"hello" not in await scene.ask(f"{origin.url}/a")
            with pytest.raises(StorageUnavailable, match="No room"):
                await scene.proxy.drain(5)

    with pytest.raises(StorageUnavailable, match="No room"):
        run(scenario)
    gc.collect()  # what is printed about a task is printed when it is forgotten
    assert [] == [record.getMessage() for record in caplog.records if record.name == "asyncio"]
