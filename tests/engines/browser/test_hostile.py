"""What becomes of a browser, and of us, when a page does its worst?"""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preserve.model.rendering import Asked, Crashed, Dialogue, Opened
from tests.engines.browser.showing import LIMITS, Seen, of_kind, own_temp, show
from tests.engines.browser.site import Site

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
def clean() -> Iterator[Path]:
    """Hold every test to leaving neither process nor folder."""
    with own_temp() as folder:
        yield folder


def looked_at(seen: Seen) -> list[str]:
    """Return what there is to look at; a small picture of the first try may stand before it."""
    return seen.kinds[-len(ALL) :]


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("/spin", "The tab did not answer within"),
        ("/spin-on-scroll", "The tab did not answer within"),
        ("/alerts", "The page opened more than 30 dialogues."),
        ("/many", "The page asked for more than 1000 things."),
    ],
)
def test_a_lost_tab_is_shown_again_without_scripts(site: Site, path: str, how: str) -> None:
    """A page that hangs, alerts or asks for ever is left, and looked at once more without its scripts."""
    seen = show(site.url(path))
    (crash,) = of_kind(seen, Crashed)
    assert isinstance(crash, Crashed)
    assert (True, how) == (crash.again, crash.how[: len(how)])
    assert ALL == looked_at(seen)
    assert WORDS in seen.text
    assert not seen.rendering.scripts
    assert f"{crash.how} {AGAIN}" in seen.rendering.met
    assert seen.seconds < LIMITS.render_s * 1.5


def test_a_tab_that_takes_all_memory_is_ended(site: Site) -> None:
    """Scripts that fill the memory lose their tab; the machine's stays."""
    seen = show(
        site.url("/memory"),
    )
    assert 1 == len(of_kind(seen, Crashed))
    assert WORDS in seen.text
    assert not seen.rendering.scripts


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


def test_a_crash_of_the_tab(site: Site) -> None:
    """When the process of the tab dies, the page is shown again; that it died is said."""
    killed: list[int] = []

    def kill(seen: Seen) -> bool:
        if not killed and "thumbnail" in seen.kinds:
            for number in renderers():
                os.kill(number, signal.SIGSEGV)
                killed.append(number)
        return False

    seen = show(site.url("/endless"), until=kill)
    assert killed
    (crash,) = of_kind(seen, Crashed)
    assert isinstance(crash, Crashed)
    assert "The tab crashed." == crash.how
    assert ALL == looked_at(seen)
    assert WORDS in seen.text


def test_endless_scroll_ends(site: Site) -> None:
    """A page that grows as it is scrolled is left at the limit; that and the cut of its picture are said."""
    seen = show(site.url("/endless"))
    scrolled = [one for one in seen.rendering.met if "was scrolled" in one and one.endswith("goes on.")]
    assert 1 == len(scrolled)
    assert any("its picture shows the first 16384." in one for one in seen.rendering.met)
    assert ALL == looked_at(seen)
    assert seen.rendering.scripts


def test_dialogues_are_dismissed(site: Site) -> None:
    """alert, confirm and prompt are dismissed and told; the page goes on, with null for an answer."""
    seen = show(site.url("/three-alerts"))
    told = [(one.kind, one.text) for one in of_kind(seen, Dialogue) if isinstance(one, Dialogue)]
    assert [("alert", "one"), ("confirm", "two"), ("prompt", "three")] == told
    assert ("null", ()) == (seen.rendering.title, seen.rendering.met)


def test_a_storm_of_windows(site: Site) -> None:
    """Windows that nobody clicked for are not opened, and ask for nothing."""
    seen = show(site.url("/windows"))
    assert ("opened", 0) == (seen.rendering.title, seen.rendering.pop_ups_count)
    assert "/plain" not in seen.paths()


@pytest.mark.parametrize("path", ["/unload", "/closing", "/events", "/beacons"])
def test_pages_that_never_rest_are_still(site: Site, path: str) -> None:
    """Questions on leaving, attempts to close, streams of events and beacons keep nobody."""
    seen = show(site.url(path))
    assert ALL == looked_at(seen)
    assert (True, True, ()) == (seen.rendering.settled, seen.rendering.scripts, seen.rendering.met)
    assert seen.seconds < LIMITS.render_s


def test_four_hundred_pictures(site: Site) -> None:
    """Every lazy picture is asked for, and seen."""
    seen = show(site.url("/pictures"))
    assert 400 == len(seen.rendering.images)
    assert {site.url(f"/img/{number}.png") for number in range(400)} == set(seen.rendering.images)
    assert 400 == len({path for path in seen.paths() if path.startswith("/img/")})


def test_a_service_worker_that_rewrites(site: Site) -> None:
    """What a service worker made up is said to be so; it never crossed the wire, the rest did."""
    seen = show(site.url("/rewriting"))
    assert "made by the worker" in seen.text
    assert (site.url("/said.txt"),) == seen.rendering.by_worker
    assert b"made by the worker" == seen.artefact("synthesised")
    assert "/said.txt" not in seen.paths()
    assert {"/rewriting", "/sw.js", "/through.txt"} <= set(seen.paths())


class Listener:
    """Notes what comes to a port of a loopback address, over TCP and UDP."""

    def __init__(self, host: str) -> None:
        self.tcp = socket.create_server((host, 0))
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


def test_no_way_to_private_addresses() -> None:
    """Nothing of a page, neither fetch nor WebSocket nor WebRTC, reaches an address that is not allowed."""
    here, there = Listener("127.0.0.1"), Listener("127.0.0.2")
    try:
        with Site(THERE=there.address, HERE=here.address) as site:
            seen = show(site.url("/reach"), allow=("127.0.0.1/32",))
    finally:
        here.close()
        there.close()
    assert ([], []) == (here.came, there.came)
    assert "candidates: all" in seen.text
    assert 4 == seen.text.count("refused")
    assert "closed" in seen.text
    asked = [one.url for one in of_kind(seen, Asked) if isinstance(one, Asked) and one.failure]
    assert {f"http://{there.address}/", "http://10.0.0.1/"} <= set(asked)


def test_nothing_is_left_when_the_caller_leaves(site: Site) -> None:
    """Whoever stops asking in the middle has neither process nor folder left."""
    seen = show(site.url("/endless"), until=lambda seen: bool(of_kind(seen, Asked)))
    assert 1 == len(of_kind(seen, Opened))
