"""Tests of preserve.workflows.archive and of what it leaves to the rooms below."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

import preserve
from preserve.demo import DemoServer, expected
from preserve.formats.schemas import load
from preserve.model.package import Receipt
from preserve.workflows.archive import USER_AGENT
from preserve.workflows.context import Cancel, Context

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preserve.model.progress import Progress


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """Serve the demo page."""
    with DemoServer() as running:
        yield running


def states(package: preserve.Package) -> dict[str, set[str]]:
    """Return the states of the references to each path of the demo server."""
    found: dict[str, set[str]] = {}
    for reference in package.references():
        if reference.url and reference.url.startswith("http://127."):
            path = "/" + reference.url.split("/", 3)[3]
            found.setdefault(path, set()).add(reference.state)
    return found


def test_the_demo_is_complete(demo_package: preserve.Package) -> None:
    """Everything the demo page refers to is captured, but the one image that its origin does not have."""
    assert preserve.Verdict.COMPLETE is demo_package.capture.outcome.verdict
    assert demo_package.capture.outcome.reasons == ()


def test_claims_of_text_and_metadata_are_kept_apart(demo_package: preserve.Package) -> None:
    """The reporter's byline and the print date are found beside the blog's owner."""
    facts = expected()
    capture = demo_package.capture
    byline = capture.claims[capture.chosen["byline"]]
    assert (facts.byline, "text") == (byline.value, byline.source)
    assert facts.owner in {
        claim.value for claim in capture.claims if claim.source in {"json-ld", "meta", "og"}
    }
    printed = capture.claims[capture.chosen["printed"]]
    assert facts.printed_iso == printed.normal


def test_a_receipt_pins_the_package(server: DemoServer, tmp_path: Path) -> None:
    """The receipt holds the digest of the tag manifest; the next capture names this one."""
    file = tmp_path / "receipt.json"
    first = preserve.archive(server.url, tmp_path, allow_private_network=True, receipt=file)
    receipt = load(Receipt, file.read_bytes())
    assert str(first.tagmanifest_digest()) == receipt.tagmanifest
    assert (1, None) == (receipt.sequence, receipt.previous)
    second = preserve.archive(server.url, tmp_path, allow_private_network=True)
    previous = second.capture.previous
    assert previous is not None
    assert (2, first.name) == (second.capture.sequence, previous.capture)
    assert str(preserve.Digest.of(file.read_bytes())) == previous.receipt
    assert receipt == preserve.make_receipt(first.path)
    with pytest.raises(preserve.TargetExists, match="exists already"):
        preserve.archive(server.url, tmp_path, allow_private_network=True, receipt=file)


def test_a_receipt_needs_a_folder(tmp_path: Path) -> None:
    """A receipt that could not be written is said before anything is fetched."""
    with pytest.raises(preserve.UsageError, match="is no folder"):
        preserve.archive("https://example.org/", tmp_path, receipt=tmp_path / "none" / "receipt.json")
    assert [] == list(tmp_path.iterdir())


def test_a_taken_second_is_waited_out(server: DemoServer, tmp_path: Path) -> None:
    """Two captures that begin in one second get two names without suffix."""
    now = dt.datetime(2026, 11, 22, 10, 15, 0, 900_000, tzinfo=dt.UTC)
    ticks = iter([now, now, now + dt.timedelta(seconds=1)])
    last = now + dt.timedelta(seconds=2)
    context = Context(clock=lambda: next(ticks, last))
    first = preserve.archive(
        server.url, tmp_path, allow_private_network=True, context=Context(clock=lambda: now)
    )
    second = preserve.archive(server.url, tmp_path, allow_private_network=True, context=context)
    assert ("20261122T101500Z", "20261122T101501Z") == (first.name, second.name)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("example.org/post", "is not a URL"),
        ("ftp://example.org/", "expected http or https"),
        ("file:///etc/passwd", "expected http or https"),
        ("https://user:secret@example.org/", "user name or password"),
    ],
)
def test_what_cannot_be_archived_is_refused_in_words(tmp_path: Path, url: str, words: str) -> None:
    """A URL that cannot be archived is a usage error, nothing is written, no password repeated."""
    with pytest.raises(preserve.UrlRefused, match=words) as caught:
        preserve.archive(url, tmp_path)
    assert "secret" not in str(caught.value)
    assert [] == list(tmp_path.iterdir())


def test_private_addresses_are_refused_by_default(server: DemoServer, tmp_path: Path) -> None:
    """Without leave a page on this machine is not fetched, and nothing is left on disk."""
    with pytest.raises(preserve.CaptureFailed, match=r"127\.0\.0\.1"):
        preserve.archive(server.url, tmp_path)
    assert [] == list(tmp_path.iterdir())


def test_nobody_listening_leaves_nothing(tmp_path: Path) -> None:
    """A page that cannot be reached is an error with the reason, and nothing is left on disk."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(preserve.CaptureFailed, match="could not be captured"):
            preserve.archive(url, tmp_path, allow_private_network=True)
    assert [] == list(tmp_path.iterdir())


def test_a_missing_page_is_kept_and_partial(server: DemoServer, tmp_path: Path) -> None:
    """A page that answers 404 is archived as what it is, and never called complete."""
    package = preserve.archive(server.url + "-gone", tmp_path, allow_private_network=True)
    outcome = package.capture.outcome
    assert preserve.Verdict.PARTIAL is outcome.verdict
    assert "The page itself: The origin answered 404." in outcome.reasons
    assert preserve.Result.PASS is preserve.verify(package.path).result


def test_inside_a_running_loop_archive_names_the_other(tmp_path: Path) -> None:
    """archive() inside an event loop says what to call instead."""

    async def inside() -> None:
        preserve.archive("https://example.org/", tmp_path)

    with pytest.raises(preserve.RunningLoop, match="archive_async"):
        asyncio.run(inside())


def test_archive_async_works_inside_a_loop(server: DemoServer, tmp_path: Path) -> None:
    """archive_async gives the same package to callers with an event loop."""
    package = asyncio.run(preserve.archive_async(server.url, tmp_path, allow_private_network=True))
    assert preserve.Verdict.COMPLETE is package.capture.outcome.verdict


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (preserve.Limits(requests=5), "limit of 5 requests"),
        (preserve.Limits(capture_bytes=20_000), "limit of 20000 bytes"),
        (preserve.Limits(references=10), "references are above the limit"),
    ],
)
def test_limits_make_a_capture_partial(
    server: DemoServer, tmp_path: Path, limits: preserve.Limits, words: str
) -> None:
    """A limit that is met ends the capture in a valid package that says so."""
    package = preserve.archive(server.url, tmp_path, allow_private_network=True, limits=limits)
    outcome = package.capture.outcome
    assert preserve.Verdict.PARTIAL is outcome.verdict
    assert words in " ".join(outcome.reasons)
    assert preserve.Result.PASS is preserve.verify(package.path).result


def test_a_body_above_its_limit_is_truncated_and_named(server: DemoServer, tmp_path: Path) -> None:
    """What arrived of a body above the limit is kept, and its reference is a gap."""
    limits = preserve.Limits(body_bytes=100_000)
    package = preserve.archive(server.url, tmp_path, allow_private_network=True, limits=limits)
    assert "truncated" in {state for found in states(package).values() for state in found}
    assert preserve.Verdict.PARTIAL is package.capture.outcome.verdict
    assert preserve.Result.PASS is preserve.verify(package.path).result


def test_cancelling_seals_what_there_is(server: DemoServer, tmp_path: Path) -> None:
    """A cancelled capture becomes a valid package that says it was interrupted."""
    cancel = Cancel()

    def on_progress(progress: Progress) -> None:
        if progress.step == "exchange.recorded" and progress.done >= 3:
            cancel.set()

    package = preserve.archive(
        server.url, tmp_path, allow_private_network=True, on_progress=on_progress, cancel=cancel
    )
    assert package.capture.outcome.interrupted
    assert "not-attempted" in {state for found in states(package).values() for state in found}
    assert preserve.Result.PASS is preserve.verify(package.path).result


def test_cancelling_before_anything_came_leaves_nothing(server: DemoServer, tmp_path: Path) -> None:
    """A capture that is cancelled at once raises and leaves nothing."""
    cancel = Cancel()
    cancel.set()
    with pytest.raises(preserve.Interrupted, match="nothing was kept"):
        preserve.archive(server.url, tmp_path, allow_private_network=True, cancel=cancel)
    assert [] == list(tmp_path.iterdir())


def test_the_library_is_quiet_and_leaves_the_process_alone(server: DemoServer, tmp_path: Path) -> None:
    """Archiving and verifying print nothing, install no signal handlers and change no global state."""
    code = """
import json, locale, logging, os, signal, socket, sys, threading, warnings
import preserve
url, into = json.loads(sys.argv[1])
def state():
    return {
        "signals": [signal.getsignal(number) for number in sorted(signal.valid_signals())],
        "cwd": os.getcwd(), "environ": dict(os.environ), "umask": os.umask(0o22) or os.umask(0o22),
        "handlers": list(logging.root.handlers), "level": logging.root.level,
        "timeout": socket.getdefaulttimeout(),
        "filters": list(warnings.filters), "locale": locale.setlocale(locale.LC_ALL), "hook": sys.excepthook,
        "path": list(sys.path), "threads": threading.active_count(), "recursion": sys.getrecursionlimit(),
    }
os.umask(0o22)
preserve.archive, preserve.verify  # what importing does is another matter
import http.client
connect = http.client.HTTPConnection.connect, socket.socket.connect
before = state()
package = preserve.archive(url, into, allow_private_network=True)
preserve.verify(package.path)
after = state()
changed = {name for name in before if before[name] != after[name]}
assert not changed, (changed, before, after)
assert connect == (http.client.HTTPConnection.connect, socket.socket.connect)
"""
    argument = json.dumps([server.url, str(tmp_path)])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, argument],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_keyboard_interrupt_leaves_a_folder_to_recover(server: DemoServer, tmp_path: Path) -> None:
    """Without a handler Ctrl-C ends the library's loop, and recover seals what was stored."""
    code = """
import json, os, signal, sys
import preserve
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
url, into = json.loads(sys.argv[1])
def on_progress(progress):
    if progress.step == "exchange.recorded" and progress.done == 4:
        os.kill(os.getpid(), signal.SIGINT)
try:
    preserve.archive(url, into, allow_private_network=True, on_progress=on_progress)
except KeyboardInterrupt:
    print("interrupted")
"""
    argument = json.dumps([server.url, str(tmp_path)])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, argument],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (0, "interrupted\n", "") == (done.returncode, done.stdout, done.stderr)
    (partial,) = tmp_path.glob("*/*.partial")
    package = preserve.recover(partial)
    assert preserve.Verdict.PARTIAL is package.capture.outcome.verdict
    assert "Sealed by recover" in package.capture.recovered
    assert preserve.Result.PASS is preserve.verify(package.path).result


def test_a_full_disk_is_one_sentence_and_loses_nothing(server: DemoServer, tmp_path: Path) -> None:
    """When the disk takes no more there is one sentence, exit code 4, and what was stored is recovered."""
    code = """
import resource, sys
from preserve.cli.main import run
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
sys.exit(run(sys.argv[1:]))
"""
    arguments = ["archive", server.url, "--allow-private-network", "--into", str(tmp_path), "-q"]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    (partial,) = tmp_path.glob("*/*.partial")
    assert (4, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines())), done.stderr
    assert done.stderr.startswith("error: Could not write to ")
    assert f"preserve recover {partial}" in done.stderr
    package = preserve.recover(partial)
    assert 1 < sum(1 for _ in package.resources())
    assert preserve.Result.PASS is preserve.verify(package.path).result


def test_a_busy_staging_folder_is_not_recovered(server: DemoServer, tmp_path: Path) -> None:
    """While a capture is at work its folder cannot be recovered from under it."""
    seen: list[type[BaseException]] = []

    def on_progress(progress: Progress) -> None:
        if progress.step == "warcs.closed":
            code = "import sys, preserve\npreserve.recover(sys.argv[1])"
            (partial,) = tmp_path.glob("*/*.partial")
            done = subprocess.run(
                [sys.executable, "-c", code, str(partial)], capture_output=True, text=True, check=False
            )
            assert "in use by another process" in done.stderr
            seen.append(preserve.Locked)

    preserve.archive(server.url, tmp_path, allow_private_network=True, on_progress=on_progress)
    assert [preserve.Locked] == seen


def test_what_is_no_staging_folder_is_refused(tmp_path: Path) -> None:
    """Recovering something else is a usage error."""
    with pytest.raises(preserve.NotAPackage, match="no staging folder"):
        preserve.recover(tmp_path)


def test_another_page_in_the_folder_is_refused(server: DemoServer, tmp_path: Path) -> None:
    """A page folder that keeps another URL's captures gets no more of this one's."""
    package = preserve.archive(server.url, tmp_path, allow_private_network=True)
    info = package.path / "bag-info.txt"
    info.write_text(
        info.read_text().replace(f"External-Identifier: {server.url}", "External-Identifier: http://other/")
    )
    with pytest.raises(preserve.UsageError, match="keeps captures of http://other/"):
        preserve.archive(server.url, tmp_path, allow_private_network=True)


def test_several_captures_run_at_once(server: DemoServer, tmp_path: Path) -> None:
    """Threads of one program may archive at the same time."""
    done: list[preserve.Package] = []
    threads = [
        threading.Thread(
            target=lambda n=n: done.append(
                preserve.archive(server.url, tmp_path / str(n), allow_private_network=True)
            )
        )
        for n in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [preserve.Verdict.COMPLETE] * 2 == [package.capture.outcome.verdict for package in done]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(server: DemoServer, tmp_path: Path) -> None:
    """An archive folder without leave to write is an environment error with a remedy."""
    tmp_path.chmod(0o500)
    with pytest.raises(preserve.StorageUnavailable, match="--into"):
        preserve.archive(server.url, tmp_path / "sub", allow_private_network=True)


def test_we_say_who_we_are(demo_package: preserve.Package) -> None:
    """The user agent names this software, in the request records and in capture.json."""
    assert USER_AGENT == demo_package.capture.request.user_agent
    line = next(line for line in demo_package.records() if line.type == "request")
    with demo_package.open_record(line) as record:
        block = b"".join(record.block())
    assert f"User-Agent: {USER_AGENT}\r\n".encode() in block
