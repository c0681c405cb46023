"""What is left of a capture when the disk takes no more?"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import preserve
from tests.wire.hostile_case import answer
from tests.wire.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 1 << 20
PICTURES = 6
SIZE_BYTES = 300_000

# With a limit on files, as a quota would be, or without.
CODE = """
import json, resource, sys
most, *arguments = json.loads(sys.argv[1])
if most:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
from preserve.cli.main import run
sys.exit(run(arguments))
"""


@pytest.fixture
def origin() -> Iterator[Origin]:
    """Serve a page with more pictures than fit."""
    noise = random.Random(1)  # noqa: S311 - to be incompressible
    page = b"".join(b'<img src="/%d.gif">' % number for number in range(PICTURES))
    pictures = {
        f"/{number}.gif": (answer(b"GIF89a" + noise.randbytes(SIZE_BYTES), b"Content-Type: image/gif\r\n"),)
        for number in range(PICTURES)
    }
    with Origin(scripts={"/": (answer(page),), **pictures}) as running:
        yield running


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of one MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("only root may mount a file system")
    command = [mount, "-t", "tmpfs", "-o", f"size={MOST_BYTES}", "none", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def archive(url: str, into: Path, most_bytes: int) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    argument = json.dumps([most_bytes, "archive", url, "--into", str(into), "--allow-private-network"])
    return subprocess.run(
        [sys.executable, "-c", CODE, argument], capture_output=True, text=True, check=False, timeout=60
    )


def judge(done: subprocess.CompletedProcess[str], folder: Path, elsewhere: Path) -> None:
    """Assert that it said so, and that what was stored whole can be saved where there is room."""
    assert 4 == done.returncode, done.stderr
    assert "Could not" in done.stderr
    assert "preserve recover" in done.stderr
    assert "Traceback" not in done.stderr
    (home,) = folder.iterdir()
    (partial,) = home.iterdir()
    assert ".partial" == partial.suffix
    shutil.copytree(home, elsewhere / home.name)
    package = preserve.recover(elsewhere / home.name / partial.name)
    assert preserve.Result.PASS is preserve.verify(package.path).result
    kept = [resource for resource in package.resources() if resource.sniffed_type == "image/gif"]
    assert True is (1 <= len(kept) < PICTURES)
    assert {SIZE_BYTES + 6} == {resource.payload_bytes for resource in kept}


def test_a_file_may_not_grow(origin: Origin, tmp_path: Path) -> None:
    """A WARC file that may grow no further is said so with exit code 4, and what it took is saved."""
    folder = tmp_path / "archive"
    folder.mkdir()
    judge(archive(f"{origin.url}/", folder, MOST_BYTES), folder, tmp_path)


def test_a_full_disk(origin: Origin, small_disk: Path, tmp_path: Path) -> None:
    """A full disk is said so with exit code 4, and what it took is saved from there."""
    judge(archive(f"{origin.url}/", small_disk, 0), small_disk, tmp_path)
