"""What does a capture make of what a browser brings, and of a browser that is not there?"""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING

import attrs
import pytest

import preserve
from preserve.engines.wire import PlainEngine
from preserve.errors import ProgramMissing
from preserve.model.exchange import Artefact, AskedBy, Engine, Exchange, Fidelity, Task, WritableSpool
from preserve.model.reference import Kind, Reference, Role, State
from preserve.model.rendering import Asked, Cause, Clicked, Observation, Refers, Rendering
from preserve.model.url import UriR
from preserve.workflows.context import Cancel
from tests.scope.test_table import a_link
from tests.wire.origin import End, Origin, Script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preserve.model.capture import CaptureRequest

Item = Exchange | Artefact | Observation
WITHIN_S = 60.0


def answer(body: bytes, media_type: bytes = b"text/html", fields: bytes = b"") -> tuple[Script, ...]:
    """Return the script of a plain answer."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n" % (
        media_type,
        fields,
        len(body),
    )
    return ((head + body, End.KEEP),)


SHELL = b'<!doctype html><title>Shell</title><div id="root"></div><script src="/app.js"></script>'
PAGE = (
    b"<!doctype html><title>Page</title><p>" + b"A page with text enough. " * 20 + b"</p>"
    b'<script src="/app.js"></script><a href="/linked.pdf">PDF</a>'
    b'<div role="button">Download report.pdf 1 kB</div>'
)
PDF = b"%PDF-1.4\n%%EOF\n"
SCRIPTS: dict[str, tuple[Script, ...]] = {
    "/": answer(SHELL),
    "/page": answer(PAGE),
    "/plain": answer(b"<!doctype html><title>Plain</title><p>" + b"Text enough for a page. " * 20),
    "/moved": ((b"HTTP/1.1 302 Found\r\nLocation: /page\r\nContent-Length: 0\r\n\r\n", End.KEEP),),
    "/app.js": answer(b"1", b"text/javascript"),
    "/data.json": answer(b"{}", b"application/json"),
    "/linked.pdf": answer(PDF, b"application/pdf"),
    "/clicked": answer(PDF, b"application/pdf"),
    "/only-rendered.css": answer(b"p { color: red }", b"text/css"),
}


@attrs.define(eq=False)
class Shower:
    """An engine that shows pages in no browser: it yields what it is told."""

    shows: Callable[[Shower, Task], AsyncGenerator[Item, None]]
    always: bool = True
    name: str = "browser"
    rendering: Rendering | None = None
    eased: bool = True
    plain: PlainEngine = attrs.field(factory=PlainEngine)

    def configure(
        self, request: CaptureRequest, *, spool: Callable[[], WritableSpool], clock: Callable[[], dt.datetime]
    ) -> None:
        """Begin a capture."""
        self.plain.configure(request, spool=spool, clock=clock)

    async def visit(self, task: Task) -> AsyncGenerator[Exchange | Artefact, None]:
        """Fetch a task as the plain engine does."""
        async for item in self.plain.visit(task):
            yield item

    def show(self, task: Task) -> AsyncGenerator[Item, None]:
        """Yield what it was told."""
        return self.shows(self, task)

    def at_ease(self) -> bool:
        """Return whether other work may be done."""
        return self.eased

    async def ask(self, url: str, destination: str) -> AsyncGenerator[Exchange, None]:
        """Ask as a browser would."""
        async for item in self.plain.visit(Task(url=UriR(url))):
            if isinstance(item, Exchange):
                yield attrs.evolve(item, asked_by=AskedBy.BROWSER, destination=destination)

    async def close(self) -> None:
        """Close all connections."""
        await self.plain.close()


async def usual(engine: Shower, task: Task) -> AsyncGenerator[Item, None]:
    """Bring the page, its script, some data and a file that a click brought; then say what was seen."""
    here = "/".join(task.url.split("/")[:3])
    for path, destination in (
        (task.url, "document"),
        (f"{here}/app.js", "script"),
        (f"{here}/data.json", "empty"),
        (f"{here}/data.json", "empty"),
        (f"{here}/clicked", "document"),
    ):
        async for exchange in engine.ask(path, destination):
            yield exchange
    yield Asked(url=f"{here}/clicked", cause=Cause.CLICK, at=dt.datetime.now(dt.UTC))
    yield Clicked(text="Download report.pdf 1 kB", brought=(f"{here}/clicked",))
    style = a_link(f"{here}/only-rendered.css", Kind.STYLE)
    yield Refers(frame=task.url, links=(style, a_link(f"{here}/app.js", Kind.SCRIPT)))


@pytest.fixture
def origin() -> Iterator[Origin]:
    """Serve the pages."""
    with Origin(scripts=SCRIPTS) as server:
        yield server


def archive(
    engine: Engine, url: str, into: Path, cancel: Cancel | None = None
) -> tuple[preserve.Package, dict[str, Reference]]:
    """Archive a page; return the package and its references, those to files by their path."""

    async def run() -> preserve.Package:
        async with asyncio.timeout(WITHIN_S):
            return await preserve.archive_async(
                url,
                into,
                engine=engine,
                allow_private_network=True,
                cancel=cancel or Cancel(),
            )

    package = asyncio.run(run())
    assert preserve.Result.PASS is preserve.verify(package.path).result
    found: dict[str, Reference] = {}
    for reference in package.references():
        found.setdefault("/" + (reference.url or "").split("/", 3)[-1], reference)
    return package, found


def test_a_shown_page(origin: Origin, tmp_path: Path) -> None:
    """Everything is stored once, the pass asks for the rest, and each reference says who asked."""
    package, found = archive(Shower(usual), f"{origin.url}/page", tmp_path)
    assert preserve.Verdict.COMPLETE is package.capture.outcome.verdict
    asked = [talk.path for talk in origin.talks]
    assert {"/page": 1, "/app.js": 1, "/data.json": 2, "/clicked": 1, "/linked.pdf": 1} == {
        path: asked.count(path) for path in ("/page", "/app.js", "/data.json", "/clicked", "/linked.pdf")
    }
    assert {
        "/page": (Kind.PAGE, Role.PAGE, AskedBy.BROWSER, State.CAPTURED),
        "/app.js": (Kind.SCRIPT, Role.REQUISITE, AskedBy.BROWSER, State.CAPTURED),
        "/data.json": (Kind.DATA, Role.REQUISITE, AskedBy.BROWSER, State.CAPTURED),
        "/clicked": (Kind.DOCUMENT, Role.DOCUMENT, AskedBy.CLICK, State.CAPTURED),
        "/linked.pdf": (Kind.DOCUMENT, Role.DOCUMENT, AskedBy.ENGINE, State.CAPTURED),
        "/only-rendered.css": (Kind.STYLE, Role.REQUISITE, AskedBy.ENGINE, State.CAPTURED),
    } == {
        path: (reference.kind, reference.role, reference.asked_by, reference.state)
        for path, reference in found.items()
        if path != "/robots.txt"
    }
    assert {Fidelity.WIRE} == {resource.fidelity for resource in package.resources()}
    assert "br and zstd" in package.capture.environment["browser codings"]


def test_a_shown_page_behind_a_redirect(origin: Origin, tmp_path: Path) -> None:
    """The redirects that lead to the page are its own way, and the last answer is the page."""
    package, found = archive(Shower(usual), f"{origin.url}/moved", tmp_path)
    records = {resource.response: resource for resource in package.resources()}
    page = records[str(found["/moved"].record)]
    assert (f"{origin.url}/page", Role.PAGE) == (page.url, page.role)
    assert State.CAPTURED is found["/linked.pdf"].state


@pytest.mark.parametrize(("path", "shown"), [("/", True), ("/page", True), ("/plain", False)])
def test_auto_shows_shells(origin: Origin, tmp_path: Path, path: str, shown: bool) -> None:  # noqa: FBT001 - a parameter
    """With ``auto`` a page that needs a browser is asked for twice, both stored; another is not shown."""
    engine = Shower(usual, always=False, name="auto")
    package, _ = archive(engine, f"{origin.url}{path}", tmp_path)
    outcome, environment = package.capture.outcome, package.capture.environment
    assert ("browser" if shown else "plain") == outcome.engine
    assert shown is ("browser because" in environment)
    pages = [resource for resource in package.resources() if resource.url == f"{origin.url}{path}"]
    expected = [AskedBy.ENGINE, AskedBy.BROWSER] if shown else [AskedBy.ENGINE]
    assert expected == [resource.asked_by for resource in pages]


async def missing(engine: Shower, task: Task) -> AsyncGenerator[Item, None]:
    """Have no browser."""
    del engine, task
    raise ProgramMissing("There is no Chromium; install it with: make it so")
    yield  # type: ignore[unreachable]  # a generator all the same


def test_auto_without_a_browser(origin: Origin, tmp_path: Path) -> None:
    """Where there is no browser the capture goes on, is partial, and says what to install."""
    package, found = archive(Shower(missing, always=False, name="auto"), f"{origin.url}/", tmp_path)
    outcome = package.capture.outcome
    assert (preserve.Verdict.PARTIAL, "plain") == (outcome.verdict, outcome.engine)
    assert "make it so" in " ".join(outcome.reasons)
    assert State.CAPTURED is found["/app.js"].state


WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from preserve.cli.main import run
sys.exit(run(["archive", {url!r}, "--into", {into!r}, "--allow-private-network", "--quiet"]))
"""


@pytest.mark.parametrize("missing", [("playwright",), ("cryptography",), ("playwright", "cryptography")])
def test_the_default_without_the_extra(origin: Origin, tmp_path: Path, missing: tuple[str, ...]) -> None:
    """Without the extra a page that needs a browser is partial, and the reason says what to install."""
    code = WITHOUT.format(missing=missing, url=f"{origin.url}/", into=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (3, "") == (done.returncode, done.stderr)
    (path,) = tmp_path.glob("*/*Z")
    assert "pip install 'preserve[browser]'" in " ".join(preserve.open_package(path).capture.outcome.reasons)


def test_a_page_that_only_a_browser_was_to_show(origin: Origin, tmp_path: Path) -> None:
    """Where the browser was asked for and is missing, nothing is made and the error says so."""
    with pytest.raises(ProgramMissing, match="make it so"):
        archive(Shower(missing), f"{origin.url}/", tmp_path)


def test_interrupted_while_it_is_shown(origin: Origin, tmp_path: Path) -> None:
    """A capture that is interrupted while the page is shown is sealed with what there is."""
    cancel = Cancel()

    async def endless(engine: Shower, task: Task) -> AsyncGenerator[Item, None]:
        async for item in usual(engine, task):
            yield item
        cancel.set()
        await asyncio.Event().wait()

    # A page that is never at ease: what came still waits to be stored.
    package, found = archive(Shower(endless, eased=False), f"{origin.url}/page", tmp_path, cancel)
    assert (preserve.Verdict.PARTIAL, True) == (
        package.capture.outcome.verdict,
        package.capture.outcome.interrupted,
    )
    assert State.CAPTURED is found["/page"].state
    kept = [resource.url for resource in package.resources()]
    assert [1, 2, 1] == [kept.count(f"{origin.url}{path}") for path in ("/app.js", "/data.json", "/clicked")]


def test_limits_end_a_page_that_never_stops_asking(origin: Origin, tmp_path: Path) -> None:
    """When the capture's time is over while the page is shown, it is sealed as partial."""

    async def endless(engine: Shower, task: Task) -> AsyncGenerator[Item, None]:
        async for item in usual(engine, task):
            yield item
        await asyncio.Event().wait()

    async def run() -> preserve.Package:
        return await preserve.archive_async(
            f"{origin.url}/page",
            tmp_path,
            engine=Shower(endless),
            allow_private_network=True,
            limits=preserve.Limits(capture_s=3),
        )

    package = asyncio.run(run())
    assert preserve.Verdict.PARTIAL is package.capture.outcome.verdict
    assert "longer than 3 s" in " ".join(package.capture.outcome.reasons)
    seed = next(iter(package.references()))
    assert State.CAPTURED is seed.state


def test_recovered_after_it_was_shown(origin: Origin, tmp_path: Path) -> None:
    """A capture with a browser that was killed is sealed by ``recover`` with every exchange."""

    class KilledError(Exception):
        """The end."""

    def kill(progress: preserve.Progress) -> None:
        if progress.step == "warcs.closed":
            raise KilledError

    with pytest.raises(KilledError):
        preserve.archive(
            f"{origin.url}/moved",
            tmp_path,
            engine=Shower(usual),
            allow_private_network=True,
            on_progress=kill,
        )
    (partial,) = tmp_path.glob("*/*.partial")
    package = preserve.recover(partial)
    urls = [resource.url for resource in package.resources()]
    assert 2 == urls.count(f"{origin.url}/data.json")
    assert {f"{origin.url}/page", f"{origin.url}/clicked"} <= set(urls)
    assert preserve.Result.PASS is preserve.verify(package.path).result
