"""What is left when the process is killed at any named step of a capture?"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import preserve
from preserve.demo import DemoServer
from preserve.model.progress import ARCHIVE_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE = """
import json, os, signal, sys
import preserve
url, into, step, times, receipt = json.loads(sys.argv[1])
seen = 0
def on_progress(progress):
    global seen
    seen += progress.step == step
    if seen == times and progress.step == step:
        os.kill(os.getpid(), signal.SIGKILL)
preserve.archive(url, into, allow_private_network=True, on_progress=on_progress, receipt=receipt)
"""

# What may be left: nothing new, a folder to recover (with or without enough in it), or the package.
NOTHING, EMPTY, PARTIAL, PUBLISHED = "nothing", "empty", "partial", "published"
LEFT = {
    ("staging.created", 1): EMPTY,
    ("warc.opened", 1): EMPTY,
    ("record.writing", 1): EMPTY,
    ("record.written", 1): EMPTY,
    ("record.writing", 12): PARTIAL,
    ("record.written", 14): PARTIAL,
    ("exchange.recorded", 2): PARTIAL,  # the page and robots.txt, whichever came first
    ("exchange.recorded", 7): PARTIAL,
    ("warcs.closed", 1): PARTIAL,
    ("records.written", 1): PARTIAL,
    ("index.written", 1): PARTIAL,
    ("pages.written", 1): PARTIAL,
    ("resources.written", 1): PARTIAL,
    ("references.written", 1): PARTIAL,
    ("capture.written", 1): PARTIAL,
    ("datapackage.written", 1): PARTIAL,
    ("bag.written", 1): PARTIAL,
    ("checked", 1): PARTIAL,
    ("synced", 1): PARTIAL,
    ("published", 1): PUBLISHED,
    ("staging.removed", 1): PUBLISHED,
    ("receipt.written", 1): PUBLISHED,
}


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """Serve the demo page."""
    with DemoServer() as running:
        yield running


def test_every_step_is_walked() -> None:
    """The steps at which the process is killed are those that a capture reports, all of them."""
    assert set(ARCHIVE_STEPS) == {step for step, _ in LEFT}


@pytest.mark.parametrize(("step", "times"), LEFT, ids=str)
def test_a_killed_capture_can_be_saved(server: DemoServer, tmp_path: Path, step: str, times: int) -> None:
    """After kill -9 there is nothing new, a .partial that recover seals, or the package."""
    argument = json.dumps([server.url, str(tmp_path), step, times, str(tmp_path / "receipt.json")])
    done = subprocess.run(
        [sys.executable, "-c", CODE, argument], capture_output=True, check=False, timeout=120
    )
    assert -signal.SIGKILL == done.returncode, done.stderr.decode()
    (home,) = (path for path in tmp_path.iterdir() if path.is_dir())
    partials = sorted(home.glob("*.partial"))
    published = sorted(home.glob("*Z"))
    expected = LEFT[step, times]
    if expected is PUBLISHED:
        assert 1 == len(published)
    else:
        assert (1, 0) == (len(partials), len(published))
    if expected is EMPTY:
        with pytest.raises(preserve.CaptureFailed, match="held no answer"):
            preserve.recover(partials[0])
        assert not home.exists()
        return
    package = preserve.recover(partials[0]) if partials else preserve.open_package(published[0])
    assert [] == sorted(home.glob("*.partial"))
    assert preserve.Result.PASS is preserve.verify(package.path).result
    assert server.url == package.url
