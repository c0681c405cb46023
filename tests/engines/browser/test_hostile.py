"""What becomes of a browser, and of us, when a page does its worst?"""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from preserve.engines.browser.engine import BrowserEngine
from preserve.errors import CaptureFailed
from preserve.model.rendering import Asked, Crashed, Opened
from tests.engines.browser.showing import LIMITS, PATIENT, Archived, Seen, archived, of_kind, own_temp, show
from tests.engines.browser.site import Site
from tests.wire.certificates import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.needs("chromium")

ALL = ["thumbnail", "dom", "text", "screenshot", "print"]
WORDS = "Words of the page"
AGAIN = "It was shown once more, without its scripts."


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Give the hostile pages, served."""
    with Site() as served:
        yield served


@pytest.fixture(autouse=True)
def clean(tmp_path: Path) -> Iterator[Path]:
    """Hold every test to leaving neither process nor folder; its own place is elsewhere."""
    assert tmp_path.exists()
    with own_temp() as folder:
        yield folder


def looked_at(seen: Seen | Archived) -> list[object]:
    """Return what there is to look at; a small picture of the first try may stand before it."""
    return [*seen.kinds][-len(ALL) :]


def verdict(seen: Archived) -> tuple[str, bool]:
    """Return the verdict of a capture, and whether the engine was the browser."""
    outcome = seen.package.capture.outcome
    return outcome.verdict.value, outcome.engine == "browser"


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("/spin", "The tab did not answer within"),
        ("/spin-on-scroll", "The tab did not answer within"),
        ("/alerts", "The page opened more than 30 dialogues."),
    ],
)
def test_a_lost_tab_is_shown_again_without_scripts(site: Site, path: str, how: str, tmp_path: Path) -> None:
    """A page that hangs or alerts for ever is left, and looked at once more without its scripts."""
    seen = archived(site.url(path), tmp_path)
    (crash,) = seen.rendering.crashes
    assert how == crash[: len(how)]
    assert ALL == looked_at(seen)
    assert WORDS in seen.text
    assert not seen.rendering.scripts
    assert f"{crash} {AGAIN}" in seen.rendering.met
    assert f"{crash} {AGAIN}" in seen.reasons
    assert ("partial", True) == verdict(seen)
    assert seen.seconds < LIMITS.render_s * 1.5


def test_ten_thousand_requests(site: Site, tmp_path: Path) -> None:
    """A page that asks for ever is looked at when all is asked for that a capture may; that is said."""
    seen = archived(site.url("/many"), tmp_path, limits=PATIENT)
    assert "The browser asked for 1000 things, which is the limit." in seen.reasons
    assert ALL == seen.kinds
    assert (("partial", True), True) == (verdict(seen), seen.rendering.scripts)
    assert 900 < len(seen.paths()) <= 1000
    assert () == seen.rendering.crashes
    assert seen.seconds < LIMITS.render_s * 2


def test_a_tab_lost_at_the_limit_is_not_shown_again(site: Site, tmp_path: Path) -> None:
    """When all is asked for that a capture may, a lost page cannot be asked for once more: it is left."""
    limits = attrs.evolve(LIMITS, requests=100, render_s=20)
    seen = archived(site.url("/many-and-spin"), tmp_path, limits=limits)
    (crash,) = seen.rendering.crashes
    assert crash.startswith(("The tab did not answer within", "The page was not done within"))
    assert ("The browser asked for 100 things, which is the limit.", crash) == seen.rendering.met
    assert ("partial", True) == verdict(seen)
    assert 1 == seen.paths().count("/many-and-spin")


def test_a_tab_that_takes_all_memory_is_ended(site: Site, tmp_path: Path) -> None:
    """Scripts that fill the memory lose their tab; the machine's stays."""
    seen = archived(site.url("/memory"), tmp_path)
    assert 1 == len(seen.rendering.crashes)
    assert WORDS in seen.text
    assert (("partial", True), False) == (verdict(seen), seen.rendering.scripts)


def renderers() -> list[int]:
    """Return the processes below this one that draw pages."""
    parents: dict[int, int] = {}
    drawing = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if b"--type=renderer" in b" ".join(words):
            drawing.append(int(entry.name))

    def ours(number: int) -> bool:
        while number > 1:
            if number == os.getpid():
                return True
            number = parents.get(number, 0)
        return False

    return [number for number in drawing if ours(number)]


def memory(number: int) -> int:
    """Return how many pages of memory a process has for itself: resident, without what it shares."""
    _, resident, shared, *_ = (Path("/proc") / str(number) / "statm").read_text().split()
    return int(resident) - int(shared)


def test_a_crash_of_the_tab(site: Site) -> None:
    """When the process of the tab dies, the page is shown again; that it died is said."""
    killed: list[int] = []

    def kill(seen: Seen) -> bool:
        if not killed and "thumbnail" in seen.kinds:
            killed.append(max(renderers(), key=memory))
            os.kill(killed[0], signal.SIGSEGV)
        return False

    seen = show(site.url("/heavy"), limits=PATIENT, until=kill)
    assert killed
    crashes = [(one.how, one.again) for one in of_kind(seen, Crashed) if isinstance(one, Crashed)]
    assert [("The tab crashed.", True)] == crashes
    assert ALL == looked_at(seen)
    assert WORDS in seen.text


def test_endless_scroll_ends(site: Site, tmp_path: Path) -> None:
    """A page that grows as it is scrolled is left at the limit; that and the cut of its picture are said."""
    seen = archived(site.url("/endless"), tmp_path)
    scrolled = [one for one in seen.rendering.met if "was scrolled" in one and one.endswith("goes on.")]
    assert 1 == len(scrolled)
    assert any("its picture shows the first 16384." in one for one in seen.rendering.met)
    assert ALL == looked_at(seen)
    assert seen.rendering.scripts


def test_dialogues_are_dismissed(site: Site, tmp_path: Path) -> None:
    """alert, confirm and prompt are dismissed and told; the page goes on, with null for an answer."""
    seen = archived(site.url("/three-alerts"), tmp_path)
    assert ("alert: one", "confirm: two", "prompt: three") == seen.rendering.dialogues
    assert ("complete", True) == verdict(seen)
    assert ("null", ()) == (seen.rendering.title, seen.rendering.met)


def test_a_storm_of_windows(site: Site, tmp_path: Path) -> None:
    """Windows that nobody clicked for are not opened, and ask for nothing."""
    seen = archived(site.url("/windows"), tmp_path)
    assert ("opened", 0) == (seen.rendering.title, seen.rendering.pop_ups_count)
    assert "/plain" not in seen.paths()


@pytest.mark.parametrize("path", ["/unload", "/closing", "/events", "/beacons"])
def test_pages_that_never_rest_are_still(site: Site, path: str, tmp_path: Path) -> None:
    """Questions on leaving, attempts to close, streams of events and beacons keep nobody."""
    seen = archived(site.url(path), tmp_path)
    assert ALL == looked_at(seen)
    assert (True, True, ()) == (seen.rendering.settled, seen.rendering.scripts, seen.rendering.met)
    assert seen.seconds < LIMITS.render_s


def test_four_hundred_pictures(site: Site, tmp_path: Path) -> None:
    """Every lazy picture is asked for, and seen."""
    seen = archived(site.url("/pictures"), tmp_path)
    assert 400 == len(seen.rendering.images)
    assert {site.url(f"/img/{number}.png") for number in range(400)} == set(seen.rendering.images)
    assert 400 == len({path for path in seen.paths() if path.startswith("/img/")})


def test_a_service_worker_that_rewrites(site: Site, tmp_path: Path) -> None:
    """What a service worker made up is said to be so; it never crossed the wire, the rest did."""
    seen = archived(site.url("/rewriting"), tmp_path)
    assert "made by the worker" in seen.text
    assert (site.url("/said.txt"),) == seen.rendering.by_worker
    assert b"made by the worker" == seen.artefact("synthesised")
    assert "/said.txt" not in seen.paths()
    assert {"/rewriting", "/sw.js", "/through.txt"} <= set(seen.paths())


class Listener:
    """Notes what comes to a port of a loopback address, over TCP and UDP."""

    def __init__(self, host: str, port: int = 0) -> None:
        self.tcp = socket.create_server((host, port))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((host, self.port))
        self.address = f"{host}:{self.port}"
        self.came: list[bytes] = []
        for listen in (self._accept, self._receive):
            threading.Thread(target=listen, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.tcp.accept()
            except OSError:
                return
            self.came.append(b"tcp")
            connection.close()

    def _receive(self) -> None:
        while datagram := self.udp.recv(2000):  # empty once it is shut down
            self.came.append(datagram)

    def close(self) -> None:
        """Stop."""
        for one in (self.tcp, self.udp):
            with suppress(OSError):  # nobody is connected to a socket of UDP
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def test_no_way_to_private_addresses(tmp_path: Path) -> None:
    """Nothing of a page, neither fetch nor WebSocket nor WebRTC, reaches an address that is not allowed."""
    here, there = Listener("127.0.0.1"), Listener("127.0.0.2")
    try:
        with Site(THERE=there.address, HERE=here.address) as site:
            seen = archived(site.url("/reach"), tmp_path, allow=("127.0.0.1/32",))
    finally:
        here.close()
        there.close()
    assert ([], []) == (here.came, there.came)
    assert "candidates: all" in seen.text
    assert 4 == seen.text.count("refused")
    assert "closed" in seen.text
    assert {"/reach"} == set(seen.paths()) - {"/favicon.ico", "/robots.txt"}


def test_a_name_that_changes_its_address(site: Site, tmp_path: Path) -> None:
    """A name that leads elsewhere later (DNS rebinding) leads nowhere that is not allowed."""
    asked: list[str] = []

    def resolver(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    there = Listener("127.0.0.2", site.port)
    try:
        seen = archived(
            f"http://rebinding.test:{site.port}/rebinding",
            tmp_path,
            allow=("127.0.0.1/32",),
            engine=BrowserEngine(resolver=resolver),
        )
    finally:
        there.close()
    assert [] == there.came
    assert WORDS in seen.text
    addresses = [line for line in seen.package.records() if (line.uri or "").startswith("dns:")]
    assert addresses


def test_a_bad_certificate_fails_the_page(tmp_path: Path) -> None:
    """A certificate that nobody vouches for fails the page, as a browser would; nothing is left."""
    certificates = Authority(tmp_path)
    with Site(context=certificates.context("127.0.0.1")) as secure, pytest.raises(CaptureFailed) as caught:
        archived(secure.url("/plain").replace("http:", "https:"), tmp_path / "archive")
    assert "certificate" in caught.value.message
    assert "/plain" not in secure.asked
    assert not list(tmp_path.rglob("*.partial"))


def test_nothing_is_left_when_the_caller_leaves(site: Site) -> None:
    """Whoever stops asking in the middle has neither process nor folder left."""
    seen = show(site.url("/endless"), until=lambda seen: bool(of_kind(seen, Asked)))
    assert 1 == len(of_kind(seen, Opened))
