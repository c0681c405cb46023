"""What does ``archive`` return when the page, or something required, could not be had?"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from preserve.demo import DemoServer

    Cli = Callable[..., tuple[int, str, str]]
    JsonCli = Callable[..., tuple[int, list[dict[str, Any]]]]

# What the plain engine makes of them: a browser may get past a challenge.
PLAIN = ("--allow-private-network", "--engine", "plain")
_PDF = b"%PDF-1.4\n%%EOF\n"
_CLOUDFLARE = b"<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
ANSWERS: dict[str, tuple[int, tuple[tuple[str, str], ...], bytes]] = {
    "/good": (200, (), b"<h1>A page</h1><a href=/a.pdf>a.pdf</a>"),
    "/a.pdf": (200, (("Content-Type", "application/pdf"),), _PDF),
    "/lost-document": (200, (), b"<h1>A page</h1><a href=/gone.pdf>gone.pdf</a>"),
    "/kept-document": (200, (), b"<h1>A page</h1><a href=/challenged.pdf>a.pdf</a><img src=/gone.png>"),
    "/challenged.pdf": (403, (("cf-mitigated", "challenge"),), _CLOUDFLARE),
    "/no-image": (200, (), b"<h1>A page</h1><img src=/refused.png>"),
    "/refused.png": (403, (), b"no"),
    "/widget": (200, (), b"<div class=file role=button>report.pdf<br>Download \xe2\x80\xa2 717KB</div>"),
    "/signed": (200, (), b"<h1>A page</h1><a href='/a.pdf?sig=xyz'>a.pdf</a>"),
    "/a.pdf?sig=xyz": (200, (("Content-Type", "application/pdf"),), _PDF),
    "/error": (500, (), b"<h1>Oh</h1>"),
    "/refused": (403, (), b"<h1>No</h1>"),
    "/challenge-403": (403, (), _CLOUDFLARE),
    "/challenge-503": (503, (("Retry-After", "9999"),), _CLOUDFLARE),
    "/challenge-429": (429, (("Retry-After", "9999"), ("x-kpsdk-ct", "a")), b"<p>wait"),
    "/challenge-202": (202, (("x-amzn-waf-action", "challenge"),), b"<p>wait"),
    "/challenge-200": (200, (), b'<script id="anubis_challenge" type="application/json">{}</script>'),
    "/challenge-404": (404, (("cf-mitigated", "challenge"),), _CLOUDFLARE),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, fields, body = ANSWERS.get(self.path, (404, (), b"<p>Nothing here"))
        self.send_response(status)
        for name, value in (*fields, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        if not any(name == "Content-Type" for name, _ in fields):
            self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Serve the answers; give scheme, host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "verdict", "reason"),
    [
        ("/good", "complete", ""),
        ("/gone", "partial", "The origin answered 404."),
        ("/error", "partial", "The origin answered 500."),
        ("/refused", "partial", "The origin answered 403."),
        ("/challenge-403", "partial", "a challenge of Cloudflare"),
        ("/challenge-503", "partial", "a challenge of Cloudflare"),
        ("/challenge-429", "partial", "a challenge of Kasada"),
        ("/challenge-202", "partial", "a challenge of AWS WAF"),
        ("/challenge-200", "partial", "a challenge of Anubis"),
        ("/challenge-404", "partial", "a challenge of Cloudflare"),
    ],
)
def test_only_a_page_of_2xx_is_complete(
    json_cli: JsonCli, origin: str, tmp_path: Path, path: str, verdict: str, reason: str
) -> None:
    """A page of another status, and every challenge, is captured, verified, said, and exits with 3."""
    code, lines = json_cli("archive", origin + path, "--into", tmp_path, *PLAIN, "--retries", "0")
    assert [0 if verdict == "complete" else 3, verdict] == [code, lines[0]["verdict"]]
    assert reason in " ".join(lines[0]["reasons"])
    assert 0 == json_cli("verify", lines[0]["path"])[0]


def test_a_challenge_in_the_place_of_a_document_is_a_gap(
    cli: Cli, json_cli: JsonCli, origin: str, tmp_path: Path
) -> None:
    """The document is listed as missing, with the product's name, by ``show --gaps`` too."""
    code, out, _ = cli("archive", origin + "/kept-document", "--into", tmp_path, *PLAIN)
    assert 3 == code
    assert "a challenge of Cloudflare" in out
    (package,) = tmp_path.glob("*/*Z")
    _, lines = json_cli("show", package, "--gaps")
    assert [("image", "absent-at-origin"), ("document", "error-at-origin")] == [
        (line["kind"], line["state"]) for line in lines[:-1]
    ]
    assert "Cloudflare" in lines[1]["reason"]


@pytest.mark.parametrize(
    ("path", "required", "code", "named"),
    [
        ("/good", "documents,images", 0, None),
        ("/lost-document", "", 0, None),
        ("/lost-document", "images", 0, None),
        ("/lost-document", "documents", 3, "/gone.pdf (absent-at-origin)"),
        ("/kept-document", "documents, images", 3, "/challenged.pdf (error-at-origin)"),
        ("/widget", "documents", 3, "report.pdf"),
        ("/no-image", "documents", 3, None),
        ("/no-image", "images", 3, "/refused.png (error-at-origin)"),
    ],
)
def test_what_is_required(
    json_cli: JsonCli, origin: str, tmp_path: Path, path: str, required: str, code: int, named: str | None
) -> None:
    """What is required and missing is an error that names it; what is not required is none."""
    wish = ("--require", required) if required else ()
    seen, lines = json_cli("archive", origin + path, "--into", tmp_path, *PLAIN, *wish)
    errors = [line for line in lines if line["type"] == "error"]
    assert [code, "package", bool(named)] == [seen, lines[0]["type"], bool(errors)]
    if named:
        assert "RequiredMissing" == errors[0]["error"]
        assert named in errors[0]["message"]
    assert 0 == json_cli("verify", lines[0]["path"])[0]


def test_a_page_that_is_an_error_is_cited_as_such(cli: Cli, origin: str, tmp_path: Path) -> None:
    """Whoever cites a page that answered with an error reads it in the citation."""
    cli("archive", origin + "/gone", "--into", tmp_path, *PLAIN)
    (package,) = tmp_path.glob("*/*Z")
    assert "The capture is partial. The page itself: The origin answered 404." in cli("cite", package)[1]


def test_a_token_in_an_address_is_warned_of(cli: Cli, origin: str, tmp_path: Path) -> None:
    """An address that may let others in is cited as it is, with a warning on standard error."""
    cli("archive", origin + "/signed", "--into", tmp_path, *PLAIN)
    (package,) = tmp_path.glob("*/*Z")
    code, out, err = cli("cite", package)
    assert (0, True) == (code, "/a.pdf?sig=xyz>" in out)
    assert "warning: look before you publish it: an address carries what looks like a token (sig)." in err


def test_the_demo_lacks_an_image(cli: Cli, server: DemoServer, tmp_path: Path) -> None:
    """The one picture that the demo site has lost is an error when images are required, said on stderr."""
    code, out, err = cli("archive", server.url, "-o", tmp_path / "a.wacz", *PLAIN, "--require", "images")
    assert (3, True) == (code, (tmp_path / "a.wacz").exists())
    assert out.startswith("complete  ")
    assert "error: 1 reference to what is required (images) has nothing in" in err


def test_pages_of_a_list(cli: Cli, origin: str, tmp_path: Path) -> None:
    """What is required is required of every page of a list, of those that were archived before too."""
    (tmp_path / "list").write_text(f"{origin}/good\n{origin}/lost-document\n")
    wishes = ("-i", tmp_path / "list", "--into", tmp_path / "a", *PLAIN)
    first = cli("archive", *wishes, "--require", "documents")
    assert (3, 1) == (first[0], first[2].count("error: 1 reference"))
    assert 0 == cli("archive", *wishes)[0]
    assert 3 == cli("archive", *wishes, "--require", "documents")[0]


def test_what_cannot_be_required(cli: Cli) -> None:
    """A kind that there is not is wrong usage, before anything is fetched."""
    code, _, err = cli("archive", "http://127.0.0.1:1/", "--require", "documents,smells")
    assert 2 == code
    assert "'smells' cannot be required" in err
