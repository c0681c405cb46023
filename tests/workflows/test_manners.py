"""How does a capture behave towards servers, and what does its package say of it?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, TypeAlias

import attrs
import pytest

import preserve
from preserve.model.capture import RobotsPolicy
from preserve.model.reference import Role
from preserve.workflows.archive import request_from

if TYPE_CHECKING:
    from pathlib import Path

PAGE = b"<!doctype html><title>T</title><img src=/a.png><img src=/private/b.png>"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xdcD\x9f\x0c\x00\x00\x00\x00IEND\xaeB`\x82"
)
RULES = b"User-agent: *\nDisallow: /private/\n"


@attrs.frozen(kw_only=True)
class Answer:
    """What the server says of a path."""

    body: bytes = b""
    status: int = 200
    fields: Mapping[str, str] = attrs.field(factory=dict)
    cut: bool = False
    """Promise more than there is."""


Site: TypeAlias = Mapping[str, list[Answer]]
"""Answers by path, one after the other, the last one again and again."""
Serve: TypeAlias = Callable[[Site], str]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.site: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        answers = self.server.site.get(self.path, [Answer(status=404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body) + 10 * answer.cut))
        for name, value in answer.fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[_Server]:
    """Serve from enter to exit."""
    running = _Server()
    thread = threading.Thread(target=running.serve_forever, args=(0.05,))
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def site(**changes: list[Answer]) -> dict[str, list[Answer]]:
    """Return a page with two images, one of them in a folder that robots.txt closes."""
    base = {
        "/": [Answer(body=PAGE, fields={"Content-Type": "text/html"})],
        "/a.png": [Answer(body=PNG)],
        "/private/b.png": [Answer(body=PNG)],
        "/robots.txt": [Answer(body=RULES)],
    }
    return base | {
        ("/" + name.replace("_", ".")).replace("/page", "/"): said for name, said in changes.items()
    }


def archive(server: _Server, into: Path, **options: object) -> preserve.Package:
    """Archive its page."""
    url = f"http://127.0.0.1:{server.server_port}/"
    wishes = {"allow_private_network": True, "limits": preserve.Limits(retry_s=0.01), **options}
    return preserve.archive(url, into, **wishes)  # type: ignore[arg-type]  # as the tests give them


def paths(package: preserve.Package) -> dict[str, preserve.Reference]:
    """Return the references by their paths."""
    return {"/" + str(one.url).split("/", 3)[3]: one for one in package.references()}


def warcinfo(package: preserve.Package) -> bytes:
    """Return the block of the record that says which policy was in force."""
    record = next(line for line in package.records() if line.type == "warcinfo")
    with package.open_record(record.id) as opened:
        return b"".join(opened.block())


def test_robots_txt_is_kept_and_ignored(server: _Server, tmp_path: Path) -> None:
    """By default robots.txt is kept as a resource of its own and changes nothing."""
    server.site = site()
    package = archive(server, tmp_path)
    assert preserve.Verdict.COMPLETE is package.capture.outcome.verdict
    assert preserve.State.CAPTURED is paths(package)["/private/b.png"].state
    robots = paths(package)["/robots.txt"]
    (resource,) = [one for one in package.resources() if one.role is preserve.Role.ROBOTS]
    assert (preserve.Kind.ROBOTS, resource.response) == (robots.kind, robots.record)
    assert RULES == b"".join(package.payload(resource))
    assert RobotsPolicy.IGNORE is package.capture.request.robots
    assert True is (b"\r\nrobots: ignore\r\n" in warcinfo(package))


def test_missing_robots_txt_is_no_gap(server: _Server, tmp_path: Path) -> None:
    """A site without robots.txt is complete without it."""
    server.site = site(robots_txt=[Answer(status=404)])
    package = archive(server, tmp_path)
    assert (preserve.Verdict.COMPLETE, 0) == (package.capture.outcome.verdict, package.capture.outcome.gaps)
    assert preserve.State.ABSENT is paths(package)["/robots.txt"].state


def test_robots_txt_is_obeyed(server: _Server, tmp_path: Path) -> None:
    """Where robots.txt is obeyed, what it closes is not asked for, and is a gap with its reason."""
    server.site = site()
    package = archive(server, tmp_path, robots="obey")
    assert "/robots.txt" == server.asked[0]
    assert ["/", "/a.png", "/robots.txt"] == sorted(server.asked)
    closed = paths(package)["/private/b.png"]
    assert (preserve.State.REFUSED, None) == (closed.state, closed.record)
    assert True is closed.reason.startswith(
        f"The robots.txt of http://127.0.0.1:{server.server_port} does not"
    )
    assert (preserve.Verdict.PARTIAL, 1) == (package.capture.outcome.verdict, package.capture.outcome.gaps)
    assert preserve.State.CAPTURED is paths(package)["/robots.txt"].state
    assert True is (b"\r\nrobots: obey\r\n" in warcinfo(package))


def test_closed_page_fails(server: _Server, tmp_path: Path) -> None:
    """A page that robots.txt closes is not captured when it is obeyed; nothing is left."""
    server.site = site(robots_txt=[Answer(body=b"User-agent: *\nDisallow: /\n")])
    with pytest.raises(preserve.CaptureFailed, match=r"The robots\.txt of .* does not allow preserve"):
        archive(server, tmp_path, robots="obey")
    assert (["/robots.txt"], []) == (server.asked, list(tmp_path.iterdir()))


def test_statements_to_robots_are_facts(server: _Server, tmp_path: Path) -> None:
    """X-Robots-Tag fields and meta elements stand in the facts of their resource, whoever they are for."""
    tagged = Answer(
        body=b"<!doctype html><meta name=robots content='NoIndex'><meta name=GoogleBot content=none>",
        fields={"Content-Type": "text/html", "X-Robots-Tag": "otherbot: noarchive"},
    )
    server.site = site(page=[tagged])
    resource = next(row for row in archive(server, tmp_path).resources() if row.role is Role.PAGE)
    assert [
        {"agent": "otherbot", "rules": ["noarchive"], "source": "header"},
        {"agent": "", "rules": ["noindex"], "source": "meta"},
        {"agent": "GoogleBot", "rules": ["none"], "source": "meta"},
    ] == resource.facts["robots"]


@pytest.mark.parametrize(
    "tagged",
    [
        Answer(body=PAGE, fields={"Content-Type": "text/html", "X-Robots-Tag": "noarchive"}),
        Answer(body=PAGE + b"<meta name=robots content=noarchive>", fields={"Content-Type": "text/html"}),
        Answer(body=b"\x00\x01", fields={"X-Robots-Tag": "preserve: none"}),
    ],
    ids=["field", "meta", "not HTML"],
)
def test_noarchive_is_obeyed(server: _Server, tmp_path: Path, tagged: Answer) -> None:
    """A page that asks not to be kept is kept by default, and with obedience not; nothing is left then."""
    server.site = site(page=[tagged])
    package = archive(server, tmp_path / "ignore")
    assert preserve.Verdict.COMPLETE is package.capture.outcome.verdict
    server.asked.clear()
    with pytest.raises(preserve.CaptureFailed, match="noarchive"):
        archive(server, tmp_path / "obey", robots="obey")
    assert ["/robots.txt", "/"] == server.asked
    assert [] == list((tmp_path / "obey").iterdir())


def test_every_attempt_is_a_record(server: _Server, tmp_path: Path) -> None:
    """A page that answers at the third attempt is complete; the attempts before it are kept, with reasons."""
    busy = Answer(body=b"busy", status=503)
    server.site = site(page=[busy, busy, Answer(body=PAGE, fields={"Content-Type": "text/html"})])
    package = archive(server, tmp_path)
    assert preserve.Verdict.COMPLETE is package.capture.outcome.verdict
    attempts = [one for one in package.resources() if one.url.endswith(f":{server.server_port}/")]
    assert [503, 503, 200] == [one.status for one in attempts]
    assert {preserve.Role.PAGE} == {one.role for one in attempts}
    assert [True, True, False] == [one.reason.startswith("It was asked for again") for one in attempts]
    assert attempts[-1].response == paths(package)["/"].record
    assert preserve.Result.PASS is preserve.verify(package.path).result


def test_a_server_that_stays_busy_is_a_gap(server: _Server, tmp_path: Path) -> None:
    """What every attempt left unanswered is a gap whose reason counts them."""
    server.site = site(a_png=[Answer(body=b"busy", status=503)])
    package = archive(server, tmp_path)
    reference = paths(package)["/a.png"]
    assert (preserve.State.ERROR, 3) == (reference.state, server.asked.count("/a.png"))
    assert "The origin answered 503. It was asked for 3 times." == reference.reason
    assert 1 == package.capture.outcome.gaps


def test_reasons_reach_the_manifests(server: _Server, tmp_path: Path) -> None:
    """Why an answer is not whole stands in resources.jsonl and in references.jsonl."""
    server.site = site(a_png=[Answer(body=PNG, cut=True)])
    package = archive(server, tmp_path)
    reference = paths(package)["/a.png"]
    (resource,) = [one for one in package.resources() if one.url.endswith("/a.png")]
    assert (preserve.State.TRUNCATED, resource.reason) == (reference.state, reference.reason)
    expected = f"The server ended the connection. {len(PNG)} of {len(PNG) + 10} bytes of the body came."
    assert expected == resource.reason


@pytest.mark.parametrize(
    ("given", "every", "named"),
    [
        (True, True, ()),
        (False, False, ()),
        ((), False, ()),
        ("10.0.0.0/8", False, ("10.0.0.0/8",)),
        (["10.0.0.0/8", "fd00::/8"], False, ("10.0.0.0/8", "fd00::/8")),
        (("169.254.169.254", "all"), True, ("169.254.169.254/32",)),
    ],
)
def test_networks_are_named(given: bool | str | list[str], every: bool, named: tuple[str, ...]) -> None:  # noqa: FBT001 - parameters of the test
    """Private networks are allowed all together, by name, or not at all; the request says which."""
    request = request_from("https://example.org/", {"allow_private_network": given})
    assert (every, named) == (request.allow_private_network, request.private_networks)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("allow_private_network", ["10.0.0.1/8"], "'10.0.0.1/8' is no network"),
        ("allow_private_network", "example.org", "'example.org' is no network"),
        ("robots", "maybe", "'maybe' is no policy for robots"),
        ("delay_s", -1.0, "A delay of -1.0 s"),
        ("delay_s", float("nan"), "A delay of nan s"),
    ],
)
def test_wrong_manners_are_refused(option: str, value: object, said: str) -> None:
    """What cannot be meant is said before anything is asked."""
    with pytest.raises(preserve.UsageError, match=said):
        request_from("https://example.org/", {option: value})  # type: ignore[misc]  # the tests name any option


def test_a_delay_is_part_of_the_request(server: _Server, tmp_path: Path) -> None:
    """The delay that was asked for stands in capture.json."""
    server.site = site()
    assert 0.01 == archive(server, tmp_path, delay_s=0.01).capture.request.delay_s
