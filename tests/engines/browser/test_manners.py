"""Does a browser behind the proxy keep to what robots.txt, guard and certificates allow?"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

import preserve
from preserve.engines.browser.engine import BrowserEngine
from preserve.errors import CaptureFailed
from preserve.model.reference import Reference, State
from tests.engines.browser.harness import own
from tests.wire.certificates import Authority as Certificates
from tests.wire.origin import End, Origin, Script

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.needs("chromium")

HOST = "manners.test"
WITHIN_S = 200.0


def answer(body: bytes, media_type: bytes = b"text/html") -> tuple[Script, ...]:
    """Return the script of a plain answer."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (media_type, len(body))
    return ((head + body, End.KEEP),)


def archive(url: str, into: Path, ca_file: Path | None = None, **options: Any) -> preserve.Package:
    """Archive a page with a browser; names that end in ``.test`` are of this machine."""

    async def run() -> preserve.Package:
        async with asyncio.timeout(WITHIN_S):
            engine = BrowserEngine(resolver=own, ca_file=ca_file)
            return await preserve.archive_async(url, into, engine=engine, **options)

    return asyncio.run(run())


def by_path(package: preserve.Package) -> dict[str, Reference]:
    """Return the references by path, without guesses at what stands in scripts."""
    return {"/" + (one.url or "").split("/", 3)[-1]: one for one in asked(package)}


def asked(package: preserve.Package) -> list[Reference]:
    """Return the references that are no mere places to go, as what stands in scripts is taken for."""
    return [one for one in package.references() if one.state is not State.NOT_FOLLOWED]


def test_robots_are_obeyed(tmp_path: Path) -> None:
    """Where robots.txt is obeyed, the browser's requests keep to it, and the reference says why."""
    page = b"<!doctype html><title>T</title><p>Text.<script>fetch('/closed/data').catch(() => 0)</script>"
    scripts = {
        "/": answer(page + b"<img src=/closed/a.png>"),
        "/robots.txt": answer(b"User-agent: *\nDisallow: /closed/\n", b"text/plain"),
    }
    with Origin(scripts=scripts, name=HOST) as origin:
        package = archive(f"{origin.url}/", tmp_path, allow_private_network=True, robots="obey")
    found = by_path(package)
    for path in ("/closed/a.png", "/closed/data"):
        assert (State.REFUSED, True) == (found[path].state, "robots.txt" in found[path].reason)
    assert [] == [talk.path for talk in origin.talks if talk.path.startswith("/closed/")]
    assert 1 == len([talk for talk in origin.talks if talk.path == "/robots.txt"])


def test_a_page_that_robots_close(tmp_path: Path) -> None:
    """A page that robots.txt closes is not shown, and the error says why."""
    scripts = {"/robots.txt": answer(b"User-agent: *\nDisallow: /\n", b"text/plain")}
    with Origin(scripts=scripts, name=HOST) as origin, pytest.raises(CaptureFailed, match=r"robots\.txt"):
        archive(f"{origin.url}/", tmp_path, allow_private_network=True, robots="obey")
    assert ["/robots.txt"] == [talk.path for talk in origin.talks]


def test_a_page_asks_its_readers_network_in_vain(tmp_path: Path) -> None:
    """What a page asks of private addresses and of names that lead there is refused, and named."""
    with ExitStack() as stack:
        inner = stack.enter_context(Origin(scripts={"/*": answer(b"secret", b"text/plain")}))
        port = inner.port
        page = (
            "<!doctype html><title>T</title><p id=out>Text.<script>"
            f"for (const host of ['127.0.0.2', '[::1]', 'rebound.test', '2130706434'])"
            f" fetch(`http://${{host}}:{port}/in`, {{mode: 'no-cors'}}).then(() => out.append(host))"
            ".catch(() => 0);</script>"
            f"<img src='http://127.0.0.2:{port}/pixel.png'>"
        ).encode()
        origin = stack.enter_context(Origin(scripts={"/": answer(page)}, name=HOST))
        # Only the very address of the page may be asked; 127.0.0.2 is this machine, too.
        engine = BrowserEngine(resolver=lambda host: ["127.0.0.1" if host == HOST else "127.0.0.2"])

        async def run() -> preserve.Package:
            async with asyncio.timeout(WITHIN_S):
                return await preserve.archive_async(
                    f"{origin.url}/", tmp_path, engine=engine, allow_private_network=["127.0.0.1"]
                )

        package = asyncio.run(run())
        assert [] == inner.talks
    inside = [reference for reference in asked(package) if f":{port}/" in (reference.url or "")]
    assert {State.REFUSED} == {reference.state for reference in inside}
    hosts = {(reference.url or "").split("/")[2].rpartition(":")[0] for reference in inside}
    assert {"127.0.0.2", "[::1]", "rebound.test"} <= hosts


def test_a_bad_certificate_is_an_error_of_the_network(tmp_path: Path) -> None:
    """A page with a bad certificate is not shown, unless that is allowed: then its verdict is told."""
    certificates = Certificates(tmp_path)
    context = certificates.context(HOST, self_signed=True)
    with Origin(scripts={"/": answer(b"<!doctype html><p>Text.")}, context=context, name=HOST) as origin:
        with pytest.raises(CaptureFailed, match="certificate could not be verified"):
            archive(f"{origin.url}/", tmp_path / "not", certificates.file, allow_private_network=True)
        assert [] == origin.talks
        package = archive(
            f"{origin.url}/",
            tmp_path / "allowed",
            certificates.file,
            allow_private_network=True,
            allow_bad_tls=True,
        )
    page = next(resource for resource in package.resources() if resource.url == f"{origin.url}/")
    assert "certificate could not be verified" in str(page.tls)
