"""Tests of ``preserve.checks`` on copies: whatever made a faithful one, nothing is found."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from preserve.checks import Level, verify
from preserve.model.finding import Result
from tests.checks.build import NAME, PAGE, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)


def _tar(source: Path, target: Path) -> None:
    target.mkdir()
    _run("tar", "-C", source, "-czf", target.parent / "x.tar.gz", ".")
    _run("tar", "-C", target, "-xzf", target.parent / "x.tar.gz")


def _zip(source: Path, target: Path) -> None:
    target.mkdir()
    _run("zip", "-q", "-r", target.parent / "x.zip", ".", cwd=source)
    _run("unzip", "-q", target.parent / "x.zip", "-d", target)


def _git(source: Path, target: Path) -> None:
    git = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=x")
    shutil.copytree(source, target.parent / "repository")
    for step in (("init", "-q"), ("add", "."), ("commit", "-qm", "x")):
        _run(*git, *step, cwd=target.parent / "repository")
    _run(*git, "clone", "-q", target.parent / "repository", target)
    shutil.rmtree(target / ".git")


def _modes(source: Path, target: Path) -> None:
    """Copy, and give every file and folder other rights."""
    shutil.copytree(source, target)
    for path in target.rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o600)


def _links(source: Path, target: Path) -> None:
    """Make every file a hard link of another one, as software that saves space does."""
    shutil.copytree(source, target)
    twins = target.parent / "twins"
    twins.mkdir()
    for number, path in enumerate(path for path in target.rglob("*") if path.is_file()):
        os.link(path, twins / str(number))


COPIES = {
    "cp -a": lambda source, target: _run("cp", "-a", source, target),
    "cp -al": lambda source, target: _run("cp", "-al", source, target),
    "cp -r": lambda source, target: _run("cp", "-r", source, target),
    "rsync": lambda source, target: _run("rsync", "-rt", f"{source}/", target),
    "tar": _tar,
    "zip": _zip,
    "git": _git,
    "other modes": _modes,
    "hard links": _links,
}
NEEDS = {"cp -a": "cp", "cp -al": "cp", "cp -r": "cp", "other modes": "cp", "hard links": "cp"}


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=pytest.mark.needs(NEEDS.get(way, way))) for way in COPIES]
)
def test_copy_holds(way: str, tmp_path: Path) -> None:
    """A copy gives no finding but passes, at the level that unpacks every record."""
    build().write(tmp_path / "from")
    copy: Callable[[Path, Path], None] = COPIES[way]
    copy(tmp_path / "from" / PAGE, tmp_path / PAGE)
    report = verify(tmp_path / PAGE / NAME, level=Level.DEEP)
    assert {Result.PASS} == {finding.result for finding in report.findings}
    assert 0 == report.exit_code
