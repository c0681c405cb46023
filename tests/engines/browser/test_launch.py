"""Is a browser found, and is nothing of it left, however we end?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preserve.engines.browser import caretaker
from preserve.engines.browser.chromium import find_chromium, require_browser
from preserve.errors import ProgramMissing
from tests.engines.browser.showing import own_temp
from tests.engines.browser.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
GONE_S = 60.0

SHOWS = """
import os, sys, tempfile
sys.path.insert(0, {root!r})
tempfile.tempdir = {folder!r}
from tests.engines.browser.showing import show
def until(seen):
    if "thumbnail" in seen.kinds:
        print("shown", flush=True)
    return False
show({url!r}, until=until)
"""


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Give a place for temporary folders in which nothing may be left."""
    with own_temp() as folder:
        yield folder


def wait_until(holds: Callable[[], bool]) -> bool:
    """Wait until something holds; tell whether it came to that."""
    until = time.monotonic() + GONE_S
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(
    ("how", "whom"),
    [
        (signal.SIGKILL, "the process"),
        (signal.SIGKILL, "its group"),
        (signal.SIGTERM, "the process"),
        (signal.SIGINT, "its group"),
    ],
)
def test_nothing_is_left_after_a_kill(temporary: Path, whom: str, how: signal.Signals) -> None:
    """Killed alone or with all of its process group, in whatever way, we leave neither process nor folder."""
    with Site() as site:
        code = SHOWS.format(root=str(ROOT), folder=str(temporary), url=site.url("/endless"))
        with subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        ) as shower:
            assert shower.stdout is not None
            assert "shown\n" == shower.stdout.readline()
            assert caretaker.users(str(temporary))
            (os.kill if whom == "the process" else os.killpg)(shower.pid, how)
            shower.wait(GONE_S)
    assert wait_until(lambda: not list(temporary.iterdir()))
    assert wait_until(lambda: not caretaker.users(str(temporary)))


def test_the_caretaker_kills_who_does_not_go(temporary: Path) -> None:
    """Who uses the folder and does not end by itself is killed, and the folder removed."""
    folder = temporary / "preserve-x"
    folder.mkdir()
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", deaf, f"--data={folder}/profile"]) as user:
        assert wait_until(lambda: user.pid in caretaker.users(str(folder)))
        caretaker.clear(str(folder))
        assert -signal.SIGKILL == user.wait(GONE_S)
    assert not folder.exists()


@pytest.mark.needs("chromium")
def test_an_installed_chromium_is_found(program: Callable[[str], Path]) -> None:
    """A Chromium on PATH is found, and says its version."""
    found = require_browser()
    assert Path(found.path).name in {program("chromium").name, "chromium"}
    assert found.major > 100
    assert str(found).endswith(found.version)


def test_a_chromium_of_playwrights_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one on PATH the newest that Playwright has installed is taken; others are passed over."""
    for revision, code in (
        (90, "echo Chromium 90.0.1.2"),
        (1100, "echo Chromium 140.0.1.2"),
        (1200, "exit 1"),
    ):
        path = tmp_path / f"chromium-{revision}" / "chrome-linux" / "chrome"
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\n{code}\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    found = find_chromium()
    assert found is not None
    assert ("140.0.1.2", str(tmp_path / "chromium-1100" / "chrome-linux" / "chrome")) == (
        found.version,
        found.path,
    )


def test_without_a_chromium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any, one sentence has the command that installs one; the exit code is 4."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(ProgramMissing) as caught:
        require_browser()
    assert "install one with: " in caught.value.message
    assert "-m playwright install chromium" in caught.value.message
    assert 4 == caught.value.exit_code


WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "playwright":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from preserve.cli.main import run
sys.exit(run(["doctor"]))
"""


def test_without_the_extra() -> None:
    """Where Playwright is not installed, doctor says so, with the command that installs it; exit code 4."""
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert 4 == done.returncode
    assert "pip install 'preserve[browser]'" in done.stdout
    assert "starting it" not in done.stdout


@pytest.mark.needs("chromium")
def test_doctor_starts_it(temporary: Path) -> None:
    """Doctor names the browser that is used, starts it, and leaves nothing."""
    environment = {**os.environ, "TMPDIR": str(temporary)}
    done = subprocess.run(
        [sys.executable, "-c", DOCTOR],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "it shows a page" in done.stdout
    assert "Chromium" in done.stdout


DOCTOR = "import sys; from preserve.cli.main import run; sys.exit(run(['doctor']))"
