"""Which Chromium is there to show pages, and what must be installed if there is none?"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.errors import ProgramMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "INSTALL_CHROMIUM",
    "INSTALL_EXTRA",
    "Chromium",
    "find_chromium",
    "playwright_version",
    "require_browser",
]

INSTALL_EXTRA = f"{Path(sys.executable).name} -m pip install 'preserve[browser]'"
INSTALL_CHROMIUM = f"{Path(sys.executable).name} -m playwright install chromium"

# As Debian, Fedora, Google and Playwright name it; a system's own is kept up to date by the system.
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_PLAYWRIGHT = ("chromium-*/chrome-linux*/chrome", "chromium_headless_shell-*/chrome-*/*headless*shell")
_VERSION = re.compile(r"^(.*?) (\d+(?:\.\d+)+)", re.MULTILINE)
_PATIENCE_S = 30.0


@attrs.frozen(kw_only=True)
class Chromium:
    """A Chromium, or a Chrome, that was found and answers."""

    path: str
    product: str
    """What it calls itself: ``Chromium``, ``Google Chrome``."""
    version: str
    """Of four numbers, e.g. ``156.0.8078.108``."""

    @property
    def major(self) -> int:
        """The first number of its version."""
        return int(self.version.partition(".")[0])

    def __str__(self) -> str:
        return f"{self.product} {self.version}"


def playwright_version() -> str | None:
    """Return the version of Playwright, which drives the browser; None where the extra is not installed."""
    try:
        found = importlib.util.find_spec("playwright.async_api")
    except ModuleNotFoundError:
        return None
    return importlib.metadata.version("playwright") if found else None


def find_chromium() -> Chromium | None:
    """
    Return the first Chromium that answers: one on PATH, else the newest of Playwright's own.

    Starts it once to ask for its version, which takes some tens of milliseconds.
    """
    for path in _candidates():
        version = _ask(path)
        if version is not None:
            product, numbers = version
            return Chromium(path=path, product=product, version=numbers)
    return None


def require_browser() -> Chromium:
    """
    Return the Chromium to use.

    Raises:
        ProgramMissing: If the extra or a Chromium is missing; the sentence has the command that mends it.
    """
    if playwright_version() is None:
        raise ProgramMissing(
            "Pages are shown by Playwright, which is not installed; install it with: " + INSTALL_EXTRA
        )
    if not _has_cryptography():
        raise ProgramMissing(
            "The browser's proxy needs cryptography, which is not installed; install it with: "
            + INSTALL_EXTRA
        )
    found = find_chromium()
    if found is None:
        raise ProgramMissing(
            f"No Chromium or Chrome was found to show pages with; install one with: {INSTALL_CHROMIUM}"
            " (on Debian also: apt-get install chromium)"
        )
    return found


def _has_cryptography() -> bool:
    try:
        return importlib.util.find_spec("cryptography") is not None
    except ModuleNotFoundError:
        return False


def _candidates() -> Iterator[str]:
    for name in _NAMES:
        path = shutil.which(name)
        if path is not None:
            yield path
    home = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    for pattern in _PLAYWRIGHT:
        yield from map(str, sorted(home.glob(pattern), key=_revision, reverse=True))


def _revision(path: Path) -> int:
    """Return the number in the name of a folder of Playwright's: ``chromium-1200``."""
    numbers = [int(found) for part in path.parts for found in re.findall(r"^chromium\w*-(\d+)$", part)]
    return numbers[-1] if numbers else 0


def _ask(path: str) -> tuple[str, str] | None:
    """Return what a program calls itself, and its version; None if it does not answer as a browser does."""
    try:
        done = subprocess.run(  # noqa: S603 - a browser by one of its names
            [path, "--version"], capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(done.stdout)
    return (found[1].strip(), found[2]) if found and done.returncode == 0 else None
