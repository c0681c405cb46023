"""What of a browser's profile is copied, so that the page is seen as its user sees it?"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from preserve.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_profile", "copy_profile"]

_STATE = "Local State"
_ONE = "Default"
# What a copy must not bring: locks of the browser that runs, and stores from which it would answer
# instead of asking, so that the answer would not cross the wire.
_LEFT = frozenset(
    {
        "BrowserMetrics",
        "Cache",
        "Code Cache",
        "Crash Reports",
        "Crashpad",
        "DawnCache",
        "DawnGraphiteCache",
        "DawnWebGPUCache",
        "DevToolsActivePort",
        "GPUCache",
        "GrShaderCache",
        "GraphiteDawnCache",
        "Sessions",
        "ShaderCache",
        "Service Worker",
        "component_crx_cache",
        "extensions_crx_cache",
    }
)
_LOCKS = ("Singleton", "lockfile", "LOCK")


def check_profile(profile: Path) -> None:
    """
    Refuse a folder that is no profile.

    Raises:
        UsageError: If it has neither ``Local State`` nor ``Preferences``.
    """
    if not ((profile / _STATE).is_file() or (profile / "Preferences").is_file()):
        raise UsageError(
            f"{profile} is no profile of a Chromium: it has neither {_STATE!r} nor 'Preferences' in it."
        )


def copy_profile(profile: Path, to: Path) -> None:
    """
    Copy a profile, or a whole folder of profiles, into an empty folder; nothing is written to the original.

    Args:
        profile: Chromium's folder of user data, or one profile in it, such as ``Default``.
        to: An empty folder of user data.

    Raises:
        UsageError: If it is no profile, or cannot be read.
    """
    check_profile(profile)
    target = to if (profile / _STATE).is_file() else to / _ONE
    try:
        shutil.copytree(profile, target, symlinks=True, ignore=_ignored, dirs_exist_ok=True)
    except (OSError, shutil.Error) as exc:
        raise UsageError(f"{profile} could not be copied: {exc}.") from exc


def _ignored(folder: str, names: list[str]) -> set[str]:
    """Return what is left out of one folder; links, sockets and devices among it."""
    return {
        name
        for name in names
        if name in _LEFT or name.startswith(_LOCKS) or not _is_plain(os.path.join(folder, name))  # noqa: PTH118 - as copytree gives them
    }


def _is_plain(path: str) -> bool:
    return not os.path.islink(path) and (os.path.isdir(path) or os.path.isfile(path))  # noqa: PTH112, PTH113, PTH114 - the same
