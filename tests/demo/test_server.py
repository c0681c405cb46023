"""Tests of ``preserve.demo.server``."""

from __future__ import annotations

import gzip
import http.client
import socket
import struct
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from preserve.demo import DemoServer, site
from preserve.demo.page import MISSING_PICTURE, POST_PATH

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """Give a running server."""
    with DemoServer() as running:
        yield running


@pytest.fixture
def client(server: DemoServer) -> Iterator[http.client.HTTPConnection]:
    """Give one connection to it."""
    host = server.origin.removeprefix("http://")
    with closing(http.client.HTTPConnection(host, timeout=10)) as connection:
        yield connection


def ask(
    client: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Return status, headers and body (transfer coding removed) of one request."""
    client.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    with client.getresponse() as answer:
        return answer.status, answer.headers, answer.read()


def test_all_of_the_site_on_one_connection(server: DemoServer, client: http.client.HTTPConnection) -> None:
    """Every answer of the site comes as it is, on one connection that stays open."""
    client.connect()
    kept = client.sock
    for path, wanted in site(server.origin).items():
        status, headers, body = ask(client, path)
        assert (wanted.status, wanted.body) == (status, body), path
        assert dict(wanted.headers)["Content-Type"] == headers["Content-Type"]
        assert kept is client.sock


def test_both_framings(client: http.client.HTTPConnection) -> None:
    """One style sheet comes in chunks, the other with its length."""
    _, chunked, _ = ask(client, "/css/theme.css")
    _, plain, body = ask(client, "/css/site.css")
    assert ("chunked", None) == (chunked["Transfer-Encoding"], chunked["Content-Length"])
    assert (None, str(len(body))) == (plain["Transfer-Encoding"], plain["Content-Length"])


@pytest.mark.parametrize("path", [POST_PATH, "/css/theme.css"])
def test_gzip_where_offered(server: DemoServer, client: http.client.HTTPConnection, path: str) -> None:
    """Text is gzipped for a client that offers it, chunked or not."""
    _, headers, body = ask(client, path, Accept_Encoding="br, gzip;q=0.8")
    assert "gzip" == headers["Content-Encoding"]
    assert site(server.origin)[path].body == gzip.decompress(body)


@pytest.mark.parametrize("offered", ["identity", "br", "gzip;q=0", "gzip; q=0.000", ""])
def test_no_gzip_where_refused(client: http.client.HTTPConnection, offered: str) -> None:
    """A client that does not offer gzip, or gives it no weight, gets text as it is."""
    _, headers, _ = ask(client, POST_PATH, Accept_Encoding=offered)
    assert None is headers["Content-Encoding"]


def test_pictures_are_not_gzipped(client: http.client.HTTPConnection) -> None:
    """A picture is sent as it is, whatever the client offers."""
    _, headers, _ = ask(client, "/media/card.jpg", Accept_Encoding="gzip")
    assert None is headers["Content-Encoding"]


def test_missing_is_404(client: http.client.HTTPConnection) -> None:
    """The lost picture and whatever else is not there are 404, with a body."""
    assert 404 == ask(client, MISSING_PICTURE)[0]
    status, headers, body = ask(client, "/nowhere")
    assert (404, "text/html; charset=utf-8") == (status, headers["Content-Type"])
    assert body


def test_head_has_no_body(server: DemoServer, client: http.client.HTTPConnection) -> None:
    """HEAD gets the headers of GET and nothing more."""
    status, headers, body = ask(client, POST_PATH, method="HEAD")
    assert (200, b"") == (status, body)
    assert str(len(site(server.origin)[POST_PATH].body)) == headers["Content-Length"]


def test_remembers_what_was_asked() -> None:
    """The server tells what it was asked, in order."""
    with DemoServer() as server:
        host = server.origin.removeprefix("http://")
        with closing(http.client.HTTPConnection(host, timeout=10)) as client:
            ask(client, "/about")
            ask(client, "/none", method="HEAD")
        assert (("GET", "/about"), ("HEAD", "/none")) == server.asked


def test_ends_with_connections_open() -> None:
    """Leaving the block ends every thread and closes the port, although a client holds its connection."""
    before = set(threading.enumerate())
    with DemoServer() as server:
        host = server.origin.removeprefix("http://")
        client = http.client.HTTPConnection(host, timeout=10)
        ask(client, "/about")
    with closing(client):
        assert before == set(threading.enumerate())
        with pytest.raises((http.client.HTTPException, OSError)):
            ask(client, "/about")
    with (
        pytest.raises(OSError, match="refused"),
        closing(http.client.HTTPConnection(host, timeout=10)) as late,
    ):
        late.connect()


def test_a_client_that_breaks_off(capfd: pytest.CaptureFixture[str]) -> None:
    """A client that resets its connection, idle or within an answer, costs nobody else anything."""
    with DemoServer() as server:
        host, port = "127.0.0.1", int(server.origin.rpartition(":")[2])
        for sent in (b"", f"GET /media/card.jpg HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * 40):
            with socket.create_connection((host, port), timeout=10) as client:
                client.sendall(sent)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with closing(http.client.HTTPConnection(host, port, timeout=10)) as other:
            assert 200 == ask(other, "/about")[0]
    assert ("", "") == capfd.readouterr()


def test_no_address_before_it_runs() -> None:
    """A server that does not run has no address to give, and was asked nothing."""
    server = DemoServer()
    with pytest.raises(RuntimeError, match="between enter and exit"):
        _ = server.url
    assert () == server.asked
    server.__exit__(None, None, None)


def test_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Serving writes nothing to the standard streams."""
    with DemoServer() as server:
        host = server.origin.removeprefix("http://")
        with closing(http.client.HTTPConnection(host, timeout=10)) as client:
            ask(client, "/none")
    assert ("", "") == capfd.readouterr()
