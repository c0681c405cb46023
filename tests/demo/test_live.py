"""Tests of ``preserve.demo.live``: the page that only a browser sees whole."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import pytest
from selectolax.lexbor import LexborHTMLParser

from preserve.demo import DemoServer, expected
from preserve.demo.live import FILE_CALL, GALLERY, LIVE_PATH, OBSERVED, WORKER_PATH
from preserve.demo.live_routes import LIVE_DOCUMENT, LIVE_EXPECTED, live_site
from preserve.model.digest import Digest
from preserve.package.extract import extract
from preserve.package.reader import open_package
from preserve.package.summary import summarise

if TYPE_CHECKING:
    from preserve.package.reader import Package


def test_nothing_of_it_is_known_without_scripts() -> None:
    """The page's HTML names its script alone: neither pictures nor file, counter or worker."""
    html = live_site()[LIVE_PATH].body.decode()
    tree = LexborHTMLParser(html)
    assert [] == tree.css("img, a, iframe")
    assert ["/live/live.js"] == [node.attributes["src"] for node in tree.css("script")]
    for path in (
        *(picture.path for picture in GALLERY),
        OBSERVED.path,
        FILE_CALL,
        LIVE_DOCUMENT,
        WORKER_PATH,
    ):
        assert path not in html
    assert 1 == len(tree.css("[role=button]"))


def test_every_address_has_an_answer() -> None:
    """What a browser's capture should have is what is served; the call on click tells where the file is."""
    answers = live_site()
    assert set(LIVE_EXPECTED) == set(answers)
    assert {"url": LIVE_DOCUMENT} == json.loads(answers[FILE_CALL].body)
    assert expected().document_digest == Digest.of(answers[LIVE_DOCUMENT].body)


def test_the_counter_answers_every_query() -> None:
    """The counter is asked for with another query each time, and answers each; other addresses take none."""
    with DemoServer() as server:
        for query in ("?at=1", "?at=2", ""):
            with urllib.request.urlopen(f"{server.origin}/live/views.json{query}") as answer:  # noqa: S310 - our own
                assert {"views": 35} == json.load(answer)
        with pytest.raises(HTTPError, match="404"):
            urllib.request.urlopen(f"{server.origin}{FILE_CALL}?at=1")  # noqa: S310 - our own


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, Package]:
    """Give exit code and output of ``preserve demo --browser``, and the package that it made."""
    folder = tmp_path_factory.mktemp("demo")
    program = Path(sys.executable).with_name("preserve")
    command = [str(program), "demo", "--browser", "--into", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.returncode, done.stdout, open_package(next(folder.glob("*/*Z")))


@pytest.mark.needs("chromium")
def test_the_browser_has_all_of_it(shown: tuple[int, str, Package]) -> None:
    """Every address that only scripts know is in the package, once, and the file is whole."""
    _, _, package = shown
    found: dict[str, list[str | None]] = {}
    for resource, _ in package.responses():
        path = "/" + resource.url.split("/", 3)[3].partition("?")[0]
        found.setdefault(path, []).append(resource.content_digest)
    # Chromium asks for a worker's script again, once the worker runs, to see whether there is a newer one.
    assert found.pop(WORKER_PATH)
    once = [path for path in LIVE_EXPECTED if path != WORKER_PATH]
    assert dict.fromkeys(once, 1) == {path: len(found.get(path, [])) for path in once}
    assert [str(expected().document_digest)] == found[LIVE_DOCUMENT]


@pytest.mark.needs("chromium")
def test_the_demo_shows_what_a_reader_saw(shown: tuple[int, str, Package]) -> None:
    """The images a reader saw are counted, what can be looked at is listed, and the click is told."""
    _, said, package = shown
    summary = summarise(package)
    assert summary.rendered is not None
    assert (3, 3, (), 1) == (
        summary.rendered.images_seen,
        summary.rendered.images_held,
        summary.rendered.images_missing,
        summary.rendered.clicks,
    )
    assert "3 of the 3 images that the reader saw are in the package" in said
    assert ["thumbnail", "dom", "text", "screenshot", "print"] == [one.kind for one in summary.renditions]
    assert "complete" == summary.verdict


@pytest.mark.needs("chromium")
def test_what_was_made_is_taken_out(shown: tuple[int, str, Package], tmp_path: Path) -> None:
    """Extract gives the pictures, document, text and print of the page in a folder of their own."""
    _, _, package = shown
    taken = {one.path: one.size_bytes for one in extract(package, tmp_path / "out")}
    names = {"page.png", "small.png", "page.html", "page.txt", "page.pdf"}
    assert names == {path.name for path in (tmp_path / "out" / "seen").iterdir()}
    assert {f"seen/{name}" for name in names} < set(taken)
    assert (tmp_path / "out" / "seen" / "page.pdf").read_bytes().startswith(b"%PDF-")
