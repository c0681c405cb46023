"""Is all that a real browser and a real page say and hear in the package, octet for octet?"""

from __future__ import annotations

import asyncio
import gzip
import struct
import zlib
from contextlib import ExitStack
from typing import TYPE_CHECKING

import attrs
import pytest

import preserve
from preserve.engines.browser.engine import BrowserEngine
from preserve.model.exchange import AskedBy
from preserve.model.reference import Kind, Reference, State
from preserve.model.resource import Resource
from tests.engines.browser.harness import own
from tests.wire.blocks import Block, read_blocks
from tests.wire.certificates import Authority as Certificates
from tests.wire.origin import LOOPBACK, End, Origin, Script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.xdist_group("browser-exact"),  # one capture of each scheme serves them all
]

HOST = "exact.test"
WITHIN_S = 240.0
SCHEMES = ["http", "https"]
OK = b"HTTP/1.1 200 OK\r\n"
POSTED = b'{"from": "the page"}'

PAGE = b"""<!doctype html><html><head><title>Exact</title>
<meta property="og:image" content="/og.png"><link rel="icon" href="/icon.png">
<link rel="stylesheet" href="/style.css"></head><body>
<h1>Exact</h1><p id="out">waiting</p>
<img src="/early.png" alt=""><img src="/one.png" srcset="/two.png 2x" alt="">
<img src="/moved.png" alt=""><iframe src="/frame"></iframe>
<a href="/leads-to.pdf">A document</a><a id="save" href="/saved.bin" download>Save</a>
<script src="/chunked.js"></script>
</body></html>"""

SCRIPT = b"""
const text = async (url, init) => (await fetch(url, init)).text();
const xhr = url => new Promise(done => {
  const asked = new XMLHttpRequest(); asked.open('PUT', url); asked.setRequestHeader('X-Odd', 'a  b');
  asked.onloadend = done; asked.send('put by XHR');
});
(async () => {
  await text('/posted', {method: 'POST', body: '{"from": "the page"}',
                         headers: {'Content-Type': 'application/json'}});
  await xhr('/xhr'); await text('/range', {headers: {Range: 'bytes=2-4'}});
  await fetch('/head', {method: 'HEAD'}); await text('/zipped'); await text('/nothing');
  await fetch('/cut').then(r => r.text()).catch(() => 0);
  await fetch('/reset').catch(() => 0);
  navigator.sendBeacon('/beacon', 'beacon');
  await navigator.serviceWorker.register('/sw.js'); await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise(done => setTimeout(done, 20));
  await text('/through/1'); await text('/through/1'); await text('/made/by-the-worker');
  document.getElementById('save').click();
  const root = document.createElement('div'); document.body.append(root);
  root.attachShadow({mode: 'open'}).innerHTML = '<img src="/shadow.png" alt="">';
  document.getElementById('out').textContent = 'all was asked for';
})();
"""

WORKER = b"""
self.addEventListener('install', event => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', event => {
  const path = new URL(event.request.url).pathname;
  if (path.startsWith('/made/')) event.respondWith(new Response('made'));
  if (path.startsWith('/through/')) event.respondWith((async () => {
    const kept = await caches.open('kept'), known = await kept.match(event.request);
    if (known) return known;
    const fresh = await fetch(event.request); await kept.put(event.request, fresh.clone()); return fresh;
  })());
});
"""


def png(shade: int) -> bytes:
    """Return a small picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([shade, 100, 50]) * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def sized(body: bytes, media_type: bytes, fields: bytes = b"") -> tuple[Script, ...]:
    """Return the script of a plain answer."""
    head = b"Content-Type: %s\r\n%sContent-Length: %d\r\n\r\n" % (media_type, fields, len(body))
    return ((OK + head + body, End.KEEP),)


def chunked(body: bytes, media_type: bytes, fields: bytes = b"") -> tuple[Script, ...]:
    """Return the script of an answer in chunks of odd sizes, with an extension and a trailer."""
    pieces = [body[:1], body[1:7], body[7:]]
    framed = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece)
    head = OK + b"Content-Type: %s\r\n%sTransfer-Encoding: chunked\r\n\r\n" % (media_type, fields)
    return ((head, framed + b"0\r\nX-Trailer: 1\r\n\r\n", End.KEEP),)


EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n"
ZIPPED = gzip.compress(b"zipped " * 400, mtime=0)

SCRIPTS: dict[str, tuple[Script, ...]] = {
    "/": sized(PAGE, b"text/html", b"Set-Cookie: a=1; HttpOnly\r\nSet-Cookie: b=2\r\nX-Odd :  kept \r\n"),
    "/style.css": sized(b"@media print { body { background: url(/print.png) } }", b"text/css"),
    "/chunked.js": chunked(SCRIPT, b"text/javascript"),
    "/sw.js": sized(WORKER, b"text/javascript"),
    "/early.png": ((EARLY + sized(png(1), b"image/png")[0][0], End.KEEP),),  # type: ignore[operator]  # octets
    "/moved.png": (
        (b"HTTP/1.1 302 Found\r\nLocation: /there.png\r\nContent-Length: 4\r\n\r\nthis", End.KEEP),
    ),
    "/leads-to.pdf": ((b"HTTP/1.1 301 Moved\r\nLocation: /real\r\nContent-Length: 0\r\n\r\n", End.KEEP),),
    "/real": sized(b"%PDF-1.4\nthe linked one\n%%EOF\n", b"application/pdf"),
    **{
        f"/{name}.png": sized(png(20 * at), b"image/png")
        for at, name in enumerate(("one", "two", "there", "shadow", "og", "icon", "print"), start=2)
    },
    "/frame": chunked(b"<!doctype html><title>Frame</title><p>Framed.", b"text/html"),
    "/posted": sized(b"{}", b"application/json", b"Set-Cookie: c=3; Path=/\r\n"),
    "/xhr": ((b"HTTP/1.1 204 No Content\r\n\r\n", End.KEEP),),
    "/range": (
        (
            b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-4/6\r\nContent-Length: 3\r\n\r\ncde",
            End.KEEP,
        ),
        sized(b"abcdef", b"text/plain")[0],
    ),
    "/head": ((OK + b"Content-Length: 4000\r\n\r\n", End.KEEP), sized(b"head", b"text/plain")[0]),
    "/zipped": chunked(ZIPPED, b"text/plain", b"Content-Encoding: gzip\r\n"),
    "/cut": ((OK + b"Content-Length: 100\r\n\r\nhalf", End.CUT),),
    "/reset": ((End.RESET,),),
    "/beacon": ((b"HTTP/1.1 204 No Content\r\n\r\n", End.KEEP),),
    "/through/1": sized(b"through the worker", b"text/plain"),
    "/saved.bin": sized(bytes(range(256)) * 100, b"application/octet-stream"),
}


@attrs.frozen(kw_only=True)
class Scene:
    """One capture, and what the origin knows of it."""

    origin: Origin
    package: preserve.Package
    blocks: list[Block]
    references: list[Reference]
    resources: list[Resource]

    def of(self, kind: str) -> list[bytes]:
        """Return the HTTP blocks of a WARC-Type."""
        return [
            block.block
            for block in self.blocks
            if block.kind == kind and block.fields["Content-Type"].startswith("application/http")
        ]

    def to(self, path: str) -> Reference:
        """Return the first reference to a path."""
        return next(one for one in self.references if one.url == f"{self.origin.url}{path}")


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Scene]]:
    """Return the capture of a scheme, made when first asked for."""
    folder = tmp_path_factory.mktemp("exact")
    certificates = Certificates(folder)
    made: dict[str, Scene] = {}
    with ExitStack() as stack:

        def scene(scheme: str) -> Scene:
            if scheme not in made:
                # Service workers are for secure origins: https, and this machine.
                name, context = (HOST, certificates.context(HOST)) if scheme == "https" else (LOOPBACK, None)
                origin = stack.enter_context(Origin(scripts=SCRIPTS, context=context, name=name))
                made[scheme] = asyncio.run(captured(origin, folder, certificates.file))
            return made[scheme]

        yield scene


async def captured(origin: Origin, into: Path, ca_file: Path) -> Scene:
    """Archive the page with a browser."""
    engine = BrowserEngine(resolver=own, ca_file=ca_file)
    async with asyncio.timeout(WITHIN_S):
        package = await preserve.archive_async(
            f"{origin.url}/", into, engine=engine, allow_private_network=True
        )
    return Scene(
        origin=origin,
        package=package,
        blocks=read_blocks(package.path),
        references=list(package.references()),
        resources=list(package.resources()),
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_request(scenes: Callable[[str], Scene], scheme: str) -> None:
    """Every request that the origin heard is a record, octet for octet; none twice, none missing."""
    scene = scenes(scheme)
    assert sorted(talk.heard for talk in scene.origin.talks) == sorted(scene.of("request"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_response(scenes: Callable[[str], Scene], scheme: str) -> None:
    """Every response is a record, octet for octet, interim responses apart; none twice, none missing."""
    scene = scenes(scheme)
    said = [bytes(talk.said).removeprefix(EARLY) for talk in scene.origin.talks if talk.said]
    assert sorted(said) == sorted(scene.of("response"))
    early = [talk for talk in scene.origin.talks if talk.said.startswith(EARLY)]
    assert [EARLY] * len(early) == scene.of("metadata")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_everything_was_asked_for(scenes: Callable[[str], Scene], scheme: str) -> None:
    """The page's scripts ran to their end; every path of the origin was asked for."""
    scene = scenes(scheme)
    assert set(SCRIPTS) == {talk.path for talk in scene.origin.talks} & set(SCRIPTS)
    dom = next(block for block in scene.blocks if block.uri == f"urn:dom:{scene.origin.url}/")
    assert b"all was asked for" in dom.block
    posted = next(talk for talk in scene.origin.talks if talk.path == "/posted")
    assert True is posted.heard.endswith(b"\r\n\r\n" + POSTED)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("path", "kind", "asked_by"),
    [
        ("/", Kind.PAGE, AskedBy.BROWSER),
        ("/one.png", Kind.IMAGE, AskedBy.BROWSER),
        ("/moved.png", Kind.IMAGE, AskedBy.BROWSER),
        ("/shadow.png", Kind.IMAGE, AskedBy.BROWSER),
        ("/posted", Kind.DATA, AskedBy.BROWSER),
        ("/zipped", Kind.DATA, AskedBy.BROWSER),
        ("/range", Kind.DATA, AskedBy.PASS),
        ("/two.png", Kind.IMAGE, AskedBy.PASS),
        ("/og.png", Kind.IMAGE, AskedBy.PASS),
        ("/leads-to.pdf", Kind.DOCUMENT, AskedBy.PASS),
    ],
)
def test_coverage_says_who_asked(
    scenes: Callable[[str], Scene], scheme: str, path: str, kind: Kind, asked_by: AskedBy
) -> None:
    """A reference is captured, and says whether the browser asked or the linked-resource pass."""
    reference = scenes(scheme).to(path)
    assert (State.CAPTURED, kind, asked_by) == (reference.state, reference.kind, reference.asked_by)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_pass_comes_as_the_browser(scenes: Callable[[str], Scene], scheme: str) -> None:
    """What the pass asks for goes with the browser's cookies and name, and the page as Referer."""
    scene = scenes(scheme)
    by_path = {talk.path: talk.heard for talk in scene.origin.talks}
    page, passed = by_path["/"], by_path["/real"]
    agent = next(line for line in page.split(b"\r\n") if line.startswith(b"User-Agent: "))
    assert True is (agent in passed.split(b"\r\n"))
    assert f"Referer: {scene.origin.url}/".encode() in passed.split(b"\r\n")
    cookie = next(line for line in passed.split(b"\r\n") if line.startswith(b"Cookie: "))
    assert {b"a=1", b"b=2", b"c=3"} == set(cookie.removeprefix(b"Cookie: ").split(b"; "))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_br_and_no_zstd_were_offered(scenes: Callable[[str], Scene], scheme: str) -> None:
    """No request offers what readers of thirty years hence may not decode, and the package says so."""
    scene = scenes(scheme)
    offered = [
        line
        for talk in scene.origin.talks
        for line in talk.heard.lower().split(b"\r\n")
        if line.startswith(b"accept-encoding:")
    ]
    assert True is bool(offered)
    assert [] == [line for line in offered if b"br" in line or b"zstd" in line]
    assert "br and zstd" in scene.package.capture.environment["browser codings"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_package_is_valid(scenes: Callable[[str], Scene], scheme: str) -> None:
    """The package passes every check, every body included."""
    assert "pass" == preserve.verify(scenes(scheme).package.path).result
