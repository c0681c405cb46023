"""What does a package say of the way to its servers and of who asked, and what does it never say?"""

from __future__ import annotations

import asyncio
import gzip
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

import preserve
from preserve.engines.wire.plain import PlainEngine
from preserve.errors import UsageError
from preserve.model.credentials import Credentials, GivenCookie
from preserve.workflows.archive import USER_AGENT
from preserve.workflows.identity import entrust, read_credentials
from preserve.workflows.list_plan import make_plan
from tests.engines.wire.conftest import LOOPBACK, Peer, Server
from tests.engines.wire.proxies import SocksProxy
from tests.wire.certificates import Authority

if TYPE_CHECKING:
    import datetime as dt
    import ssl
    from collections.abc import AsyncGenerator, Callable, Iterator
    from pathlib import Path

    from preserve.formats.records import RecordLine
    from preserve.model.capture import CaptureRequest
    from preserve.model.exchange import Exchange, Task, WritableSpool
    from tests.engines.wire.conftest import Script

HTML = b"<!doctype html><title>A post</title><img src='/i.png?sig=1f2e'>"
SECRETS = Credentials(
    headers=(("X-Token", "s3cret-token"),),
    cookies=(GivenCookie(name="sid", value="s3cret-cookie", domain="page.test", host_only=True),),
    auth="anna:s3cret-password",
)


async def answer(peer: Peer) -> None:
    """Answer every request on the connection with a page that sets a cookie."""
    while await peer.request():
        await peer.say(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: visit=1\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(HTML), HTML)
        )


@contextmanager
def serving(*scripts: Script, context: ssl.SSLContext | None = None) -> Iterator[list[Server]]:
    """Run servers in a thread of their own; the first with TLS, if there is a context."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    servers = [Server(script) for script in scripts]
    try:
        for server in servers:
            given = context if server is servers[0] else None
            asyncio.run_coroutine_threadsafe(server.start(given), loop).result(10)
        yield servers
    finally:
        for server in servers:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Give an authority for certificates."""
    return Authority(tmp_path_factory.mktemp("authority"))


def engine() -> PlainEngine:
    """Return an engine for which every name leads to this machine, by two addresses."""
    return PlainEngine(resolver=lambda _: [LOOPBACK, "::1"])


def octets(package: preserve.Package) -> bytes:
    """Return everything in a package, inflated."""
    files = [path for path in package.path.rglob("*") if path.is_file()]
    return b"".join(
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files
    )


def blocks(package: preserve.Package, kind: str) -> list[tuple[RecordLine, dict[str, str], bytes]]:
    """Return the records of one WARC-Type: line, fields and block."""
    found = []
    for line in package.records():
        if line.type == kind:
            with package.open_record(line) as record:
                found.append((line, dict(record.header.fields), b"".join(record.block())))
    return found


@pytest.fixture(scope="module")
def secured(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> tuple[preserve.Package, Server, bytes]:
    """Give a capture over TLS with every secret, and what the server heard."""
    with serving(answer, context=authority.context("page.test")) as (server,):
        package = preserve.archive(
            server.url("/post", host="page.test"),
            tmp_path_factory.mktemp("secured"),
            engine=engine(),
            allow_private_network=True,
            contact="mailto:desk@example.org",
            credentials=Credentials(
                headers=SECRETS.headers,
                cookies=SECRETS.cookies,
                auth=SECRETS.auth,
                ca_file=str(authority.file),
            ),
        )
    return package, server, b"".join(bytes(peer.heard) for peer in server.peers)


def test_package_is_sound(secured: tuple[preserve.Package, Server, bytes]) -> None:
    """A package with resource records passes all checks, and its index and resources list responses only."""
    package, _, _ = secured
    assert preserve.Result.PASS is preserve.verify(package.path).result
    lines = list(package.records())
    assert {"dns:page.test"} < {line.uri for line in lines if line.type == "resource"}
    responses = [line.id for line in lines if line.type == "response"]
    assert responses == [resource.response for resource in package.resources()]
    index = gzip.decompress((package.path / "data" / "indexes" / "index.cdx.gz").read_bytes())
    assert len(responses) == len(index.splitlines())


def test_certificate_is_kept_once(secured: tuple[preserve.Package, Server, bytes]) -> None:
    """The chain stands once, before the first exchange, in PEM, with the protocol and the peer's address."""
    package, server, _ = secured
    name = f"urn:x-preserve:tls:page.test:{server.port}"
    ((line, fields, block),) = [row for row in blocks(package, "resource") if row[0].uri == name]
    assert "application/pem-certificate-chain" == fields["Content-Type"]
    assert ("tls/1.3", LOOPBACK) == (fields["WARC-Protocol"], fields["WARC-IP-Address"])
    assert str(preserve.Digest.of(block)) == fields["WARC-Block-Digest"]
    subject = x509.load_pem_x509_certificates(block)[0].subject.rfc4514_string()
    assert "CN=page.test" == subject
    order = [(row.type, row.uri) for row in package.records()]
    assert order.index(("resource", name)) < order.index(("response", server.url("/post", host="page.test")))
    assert line.offset > 0
    assert {"verified"} == {resource.tls for resource in package.resources()}


def test_answer_of_the_resolver_is_kept(secured: tuple[preserve.Package, Server, bytes]) -> None:
    """The addresses of a name stand in one record, after the second of the answer, without TTL."""
    package, _, _ = secured
    ((_, fields, block),) = [row for row in blocks(package, "resource") if row[0].uri == "dns:page.test"]
    assert "text/dns" == fields["Content-Type"]
    stamp, *rows = block.decode().splitlines()
    assert fields["WARC-Date"].translate(str.maketrans("", "", "-:TZ"))[:14] == stamp
    assert [f"page.test.\tIN\tA\t{LOOPBACK}", "page.test.\tIN\tAAAA\t::1"] == rows
    assert "WARC-IP-Address" not in fields


def test_no_secret_is_kept(secured: tuple[preserve.Package, Server, bytes]) -> None:
    """The server heard every secret; the package has none of them, and says which fields were masked."""
    package, _, heard = secured
    everything = octets(package)
    assert b"s3cret-token" in heard
    assert b"s3cret" not in everything
    assert b"YW5uYTpzM2NyZXQtcGFzc3dvcmQ" in heard
    assert b"YW5uYTpzM2NyZXQtcGFzc3dvcmQ" not in everything
    request = package.capture.request
    assert ("header X-Token", "cookies", "basic authentication") == request.credentials
    for resource in package.resources():
        assert {"X-Token", "Cookie", "Authorization"} == set(resource.redacted)
        assert ("visit",) == resource.set_cookies


def test_requests_are_as_long_as_they_were(secured: tuple[preserve.Package, Server, bytes]) -> None:
    """The stored requests are as long as what the server heard, and differ from it in masked octets only."""
    package, server, heard = secured
    stored = b"".join(block for _, _, block in blocks(package, "request"))
    assert len(heard) == len(stored)
    if 1 == len(server.peers):
        assert {ord("x")} == {ours for ours, theirs in zip(stored, heard, strict=True) if ours != theirs}


def test_who_we_are(secured: tuple[preserve.Package, Server, bytes]) -> None:
    """The contact stands behind the user agent, on the wire and in capture.json."""
    package, _, heard = secured
    agent = f"{USER_AGENT} (+mailto:desk@example.org)"
    assert agent == package.capture.request.user_agent
    assert f"User-Agent: {agent}\r\n".encode() in heard


def test_capture_is_restricted(secured: tuple[preserve.Package, Server, bytes]) -> None:
    """Credentials, cookies and tokens in URLs are named as reasons to look before giving the package away."""
    package, _, _ = secured
    given, cookies, tokens = package.capture.restricted
    assert "header X-Token, cookies, basic authentication" in given
    assert cookies.endswith(" responses set cookies, which are stored: visit.")
    assert "1 URL carries what looks like a token: sig." == tokens
    assert package.capture.restricted == preserve.summarise(package).restricted


def test_public_page_is_not_restricted(tmp_path: Path) -> None:
    """A page without cookies, tokens and credentials has no restriction; an address leaves no dns record."""

    async def plain(peer: Peer) -> None:
        while await peer.request():
            await peer.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n<p")

    with serving(plain) as (server,):
        package = preserve.archive(server.url(), tmp_path, allow_private_network=True)
    assert () == package.capture.restricted
    assert {"warcinfo", "response", "request"} == {line.type for line in package.records()}
    assert {None} == {resource.tls for resource in package.resources()}


@pytest.mark.parametrize("allowed", [False, True])
def test_bad_certificate(authority: Authority, tmp_path: Path, *, allowed: bool) -> None:
    """A bad certificate ends the capture with its reason; allowed, the capture has the reason as verdict."""
    with serving(answer, context=authority.context("page.test", self_signed=True)) as (server,):

        def capture() -> preserve.Package:
            return preserve.archive(
                server.url(host="page.test"),
                tmp_path,
                engine=engine(),
                allow_private_network=True,
                allow_bad_tls=allowed,
            )

        if not allowed:
            with pytest.raises(preserve.CaptureFailed, match="could not be verified: self-signed"):
                capture()
            return
        package = capture()
    assert package.capture.request.allow_bad_tls
    assert preserve.Result.PASS is preserve.verify(package.path).result
    verdicts = {resource.tls for resource in package.resources()}
    assert {"The certificate could not be verified: self-signed certificate."} == verdicts
    assert [True] == [
        str(line.uri).startswith("urn:x-preserve:tls:page.test:")
        for line in package.records()
        if line.type == "resource" and line.uri != "dns:page.test"
    ]


def test_through_a_proxy(tmp_path: Path) -> None:
    """Behind a proxy the capture says that names were not checked, and no record has an address."""
    proxy = SocksProxy(pair="anna:s3cret")
    with serving(answer, proxy.serve) as (server, door):
        package = preserve.archive(
            server.url(host="page.test"),
            tmp_path,
            proxy=f"socks5h://127.0.0.1:{door.port}",
            credentials=Credentials(proxy_auth="anna:s3cret"),
        )
    assert {("page.test", server.port)} == set(proxy.asked)
    assert f"socks5://127.0.0.1:{door.port}" == package.capture.request.proxy
    environment = package.capture.environment
    assert package.capture.request.proxy == environment["proxy"]
    assert "not checked for host names: the proxy looks them up" == environment["address guard"]
    everything = octets(package)
    assert b"WARC-IP-Address" not in everything
    assert b"s3cret" not in everything
    assert {"warcinfo", "response", "request"} == {line.type for line in package.records()}


def test_what_was_masked_survives_a_crash(tmp_path: Path) -> None:
    """A capture that was killed and recovered still says which fields are masked."""

    def stop(progress: preserve.Progress) -> None:
        if progress.step == "warcs.closed":
            raise KeyboardInterrupt

    with serving(answer) as (server,), pytest.raises(KeyboardInterrupt):
        preserve.archive(
            server.url(host="page.test"),
            tmp_path,
            engine=engine(),
            allow_private_network=True,
            credentials=SECRETS,
            on_progress=stop,
        )
    (partial,) = tmp_path.glob("*/*.partial")
    staged = b"".join(
        path.read_bytes() for path in partial.rglob("*") if path.suffix != ".gz" and path.is_file()
    )
    assert b"s3cret" not in staged
    package = preserve.recover(partial)
    assert preserve.Result.PASS is preserve.verify(package.path).result
    assert b"s3cret" not in octets(package)
    for resource in package.resources():
        assert {"X-Token", "Cookie", "Authorization"} == set(resource.redacted)
    assert "header X-Token, cookies" in package.capture.restricted[0]


class Deaf:
    """An engine that takes no credentials."""

    name = "deaf"

    def configure(
        self,
        request: CaptureRequest,
        *,
        spool: Callable[[], WritableSpool],
        clock: Callable[[], dt.datetime],
    ) -> None:
        """Do nothing."""

    async def visit(self, task: Task) -> AsyncGenerator[Exchange, None]:
        """Yield nothing."""
        for _ in (task,) * 0:
            yield _

    async def close(self) -> None:
        """Do nothing."""


def test_engine_without_confidence() -> None:
    """An engine that takes no credentials is not given any, and that is said before anything is asked."""
    entrust(Deaf(), Credentials())
    with pytest.raises(UsageError, match="'deaf' takes no credentials"):
        entrust(Deaf(), SECRETS)


@pytest.mark.parametrize("contact", ["nobody", "a@b (c)", "a@b\r\nHost: x", "mailto:a@b c"])
def test_contact_that_is_none(tmp_path: Path, contact: str) -> None:
    """A contact is a URL or a mail address, and fits into the comment of a header."""
    with pytest.raises(UsageError, match="is no contact"):
        preserve.archive("http://page.test/", tmp_path, contact=contact)
    assert [] == list(tmp_path.iterdir())


def test_credentials_from_files(tmp_path: Path) -> None:
    """Headers, cookies and passwords are read from files, comments and empty lines left out."""
    (tmp_path / "headers").write_text("# mine\nX-Token: a: b\n\nAccept-Language:de\n")
    (tmp_path / "cookies").write_text(".page.test\tTRUE\t/\tFALSE\t0\tsid\t1\n")
    (tmp_path / "pair").write_text("anna:pass:word\nrest\n")
    given = read_credentials(
        headers=["X-First: 1", f"@{tmp_path / 'headers'}"],
        cookies=str(tmp_path / "cookies"),
        auth_file=str(tmp_path / "pair"),
        proxy_auth_file=str(tmp_path / "pair"),
    )
    assert (("X-First", "1"), ("X-Token", "a: b"), ("Accept-Language", "de")) == given.headers
    assert ["page.test"] == [cookie.domain for cookie in given.cookies]
    assert ("anna:pass:word", "anna:pass:word") == (given.auth, given.proxy_auth)


@pytest.mark.parametrize(
    ("data", "word"), [(None, "No such file"), (b"\xff", "not text"), (b"x" * 70_000, "more than")]
)
def test_files_that_cannot_be_used(tmp_path: Path, data: bytes | None, word: str) -> None:
    """A file that is missing, no text or too large is the caller's mistake, by name."""
    path = tmp_path / "pair"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UsageError, match=word) as caught:
        read_credentials(auth_file=str(path))
    assert str(path) in str(caught.value)


def test_lists_of_several_origins(tmp_path: Path) -> None:
    """What is for one origin is refused for a list of several; cookies go where they belong and are not."""
    urls = ["http://a.test/", "http://b.test/"]
    with pytest.raises(UsageError, match="the list has 2"):
        make_plan(urls, tmp_path, {"credentials": SECRETS})
    make_plan(urls[:1], tmp_path, {"credentials": SECRETS})
    make_plan(urls, tmp_path, {"credentials": Credentials(cookies=SECRETS.cookies)})
