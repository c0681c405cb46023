"""What does the real program do with a browser: Ctrl-C, a kill, one that is missing, its window?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preserve.engines.browser import caretaker
from preserve.model.finding import Result
from preserve.package.reader import open_package
from preserve.workflows.recover import recover
from preserve.workflows.verify import verify
from tests.engines.browser.showing import own_temp
from tests.engines.browser.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PATIENCE_S = 90.0
PROGRAM = Path(sys.executable).with_name("preserve")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Give pages, served."""
    with Site() as served:
        yield served


@pytest.fixture
def temporary(tmp_path: Path) -> Iterator[Path]:
    """Give a place for temporary folders in which nothing may be left."""
    assert tmp_path.exists()
    with own_temp() as folder:
        yield folder


def begin(arguments: Sequence[str], temporary: Path, **more: str) -> subprocess.Popen[str]:
    """Start the program with its temporary folders in a place of ours."""
    return subprocess.Popen(
        [str(PROGRAM), "archive", "--browser", "--allow-private-network", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary), **more},
        start_new_session=True,
    )


def wait_until(holds: Callable[[], bool]) -> bool:
    """Wait until something holds; tell whether it came to that."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.needs("chromium")
def test_ctrl_c_seals_what_there_is(site: Site, tmp_path: Path, temporary: Path) -> None:
    """Ctrl-C while a page hangs seals it as interrupted; browser and folder are gone when we are."""
    site.asked.clear()
    with begin([site.url("/spin"), "--into", str(tmp_path), "--json"], temporary) as process:
        assert wait_until(lambda: "/spin" in site.asked)
        time.sleep(2)  # its answer is stored meanwhile, and its script runs
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
    package, summary = map(json.loads, out.splitlines())
    assert [130, 130] == [process.returncode, summary["exit_code"]], err
    assert ("partial", True, "browser") == (package["verdict"], package["interrupted"], package["engine"])
    assert "Traceback" not in err
    assert [] == caretaker.users(str(temporary))
    assert Result.PASS is verify(package["path"]).result


@pytest.mark.needs("chromium")
def test_a_kill_leaves_what_recover_seals(site: Site, tmp_path: Path, temporary: Path) -> None:
    """Killed in the middle, the capture leaves a folder that recover seals, and no browser."""
    site.asked.clear()
    with begin([site.url("/endless"), "--into", str(tmp_path)], temporary) as process:
        assert wait_until(lambda: any(path.startswith("/piece/") for path in site.asked))
        time.sleep(3)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_S)
    assert wait_until(lambda: not list(temporary.iterdir()))
    assert wait_until(lambda: not caretaker.users(str(temporary)))
    (partial,) = tmp_path.glob("*/*.partial")
    package = recover(partial)
    assert Result.PASS is verify(package.path).result
    assert "partial" == package.capture.outcome.verdict
    kinds = [one.facts.get("rendition") for one in package.resources() if one.role == "rendition"]
    assert "thumbnail" in kinds


def test_without_a_browser(site: Site, tmp_path: Path, temporary: Path) -> None:
    """Without a Chromium one sentence has the command that mends it; exit code 4, and nothing is left."""
    process = begin(
        [site.url("/plain"), "--into", str(tmp_path / "archive")],
        temporary,
        PATH="/nowhere",
        PLAYWRIGHT_BROWSERS_PATH="/nowhere",
    )
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (4, "") == (process.returncode, out)
    (line,) = [line for line in err.splitlines() if line.startswith("error:")]
    assert "-m playwright install chromium" in line
    assert not list(tmp_path.rglob("*.partial"))


@pytest.mark.needs("chromium")
def test_window_and_language(site: Site, tmp_path: Path, temporary: Path) -> None:
    """Window, language and time zone are the browser's; given cookies and headers go out and are not kept."""
    jar = tmp_path / "cookies.txt"
    jar.write_text("127.0.0.1\tFALSE\t/\tFALSE\t0\ttoken\ts3cretvalue\n")
    wishes = ["--viewport", "640x480", "--locale", "fr-FR", "--timezone", "Europe/Paris"]
    into = tmp_path / "archive"
    secrets = ["--cookies", str(jar), "--header", "X-Token: t0psecret"]
    site.tokens.clear()
    process = begin([site.url("/errors"), "--into", str(into), *wishes, *secrets], temporary)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in {0, 3}, out + err
    package = open_package(next(into.glob("*/*Z")))
    assert package.capture.rendering is not None
    assert ("640x480", "fr-FR", "Europe/Paris") == (
        package.capture.request.viewport,
        package.capture.request.locale,
        package.capture.request.timezone,
    )
    texts = [one for one in package.resources() if one.facts.get("rendition") == "text"]
    assert b"fr-FR Europe/Paris 640 480" in b"".join(package.content(texts[0]))
    assert ("header X-Token", "cookies") == package.capture.request.credentials
    assert {"t0psecret"} == set(site.tokens)
    stored = []
    for line in package.records():
        with package.open_record(line) as record:
            stored.append(b"".join(record.block()))
    assert [] == [block for block in stored if b"s3cretvalue" in block or b"t0psecret" in block]
    assert any(b"Cookie: token=xxxxxxxxxxx" in block for block in stored)
    assert any(b"X-Token: xxxxxxxxx\r\n" in block for block in stored)


@pytest.mark.parametrize(
    ("wish", "value"),
    [
        ("--viewport", "12"),
        ("--viewport", "10x10"),
        ("--locale", "a language"),
        ("--timezone", "Mars/Olympus"),
        ("--profile", "/nowhere"),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, wish: str, value: str) -> None:
    """A window, language, time zone or profile that is none is refused before anything is done."""
    done = subprocess.run(
        [PROGRAM, "archive", "--browser", "http://127.0.0.1:9/", "--into", tmp_path / "a", wish, value],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 2 == done.returncode
    assert "error: " in done.stderr
    assert not (tmp_path / "a").exists()


def test_a_window_is_that_of_a_browser(tmp_path: Path) -> None:
    """Wishes for the browser's window are refused where no browser is to be used."""
    done = subprocess.run(
        [PROGRAM, "archive", "--engine", "plain", "http://127.0.0.1:9/", "--viewport", "640x480"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert 2 == done.returncode
    assert "ask for one too" in done.stderr
