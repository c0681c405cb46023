"""Is what a hostile page says of itself kept, and printed without doing anything?"""

from __future__ import annotations

import html
import json
import threading
import unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

import preserve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Cli = Callable[..., tuple[int, str, str]]

EVIL = "\x1b]8;;http://evil\x07\u202eevil\u2066\x9b31m\u2028}{\\"
_HTML = html.escape(EVIL)
_LD = {
    "@type": "NewsArticle",
    "headline": EVIL * 2000,
    "author": [EVIL, 5, None, {"name": ["x"]}, {"name": EVIL}],
    "publisher": {"name": "\ud800" + EVIL},
    "datePublished": {"a": EVIL},
    "license": [[EVIL]],
    "image": {"creditText": EVIL},
}
_PAGE = (
    f"<title>{_HTML}</title><meta name=author content='{_HTML}'>"
    f"<meta property=og:site_name content='{_HTML}'>"
    f"<script type=application/ld+json>{json.dumps(_LD)}</script>"
    f"<h1>{_HTML}</h1><p>By Jane Roe {_HTML}</p><p>The Thornby Courier, {_HTML} 14 March 1987</p>"
    f"<figcaption>Photo: {_HTML}</figcaption><a rel=license href='/{_HTML}'>{_HTML}</a>"
    f"<img alt='{_HTML}' src=/gone>"
).encode()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = _PAGE if self.path == "/" else b"gone"
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "\x1b[2J")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[preserve.Package]:
    """Archive a page whose every claim tries to control a terminal."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/"
    yield preserve.archive(
        url, into=tmp_path_factory.mktemp("hostile"), engine="plain", allow_private_network=True
    )
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("show", "--gaps"),
        ("cite",),
        ("cite", "--format", "bibtex"),
        ("cite", "--format", "ris"),
        ("cite", "--format", "csl"),
    ],
    ids=" ".join,
)
def test_nothing_is_printed_raw(cli: Cli, hostile: preserve.Package, arguments: tuple[str, ...]) -> None:
    """No command prints a control character, a mark that reorders text, or more than some kilobytes."""
    command, *options = arguments
    code, out, err = cli(command, hostile.path, *options)
    assert (0, "") == (code, err)
    unsafe = {letter for letter in out if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert unsafe <= {"\n", "\r"}
    assert len(out) < 20_000


@pytest.mark.parametrize("command", ["show", "cite"])
def test_json_is_escaped(cli: Cli, hostile: preserve.Package, command: str) -> None:
    """Each line of JSON is one, and what could control a terminal stands in none of them raw."""
    _, out, _ = cli(command, hostile.path, "--json")
    assert {"\n"} == {one for one in out if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    lines = [json.loads(line) for line in out.removesuffix("\n").split("\n")]
    assert ["summary"] == [line["type"] for line in lines[1:]]
    if command == "show":
        assert any("\x9b" in claim["value"] for claim in lines[0]["claims"])


def test_the_claims_are_kept_and_bounded(hostile: preserve.Package, tmp_path: Path) -> None:
    """What the page says is kept, each claim at most a thousand characters; the package is sound."""
    claims = hostile.capture.claims
    assert 5 < len(claims) <= 500
    assert any("\x1b" in claim.value for claim in claims)
    assert all(len(claim.value) <= 1000 for claim in claims)
    assert preserve.Result.PASS is preserve.verify(hostile.path).result
    preserve.export_wacz(hostile, tmp_path / "a.wacz")
