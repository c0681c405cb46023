"""How is a package verified?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preserve import checks

if TYPE_CHECKING:
    import os

    from preserve.model.finding import Report
    from preserve.model.progress import OnProgress

__all__ = ["verify"]


def verify(
    path: str | os.PathLike[str], *, jobs: int | None = None, on_progress: OnProgress | None = None
) -> Report:
    """
    Read every byte of a package once and judge it against every manifest and index in it.

    Args:
        path: The package's folder, or a ``.wacz`` file that was exported.
        jobs: Files read at a time; None for one a processor.
        on_progress: Called for every file.

    Returns:
        All findings; ``report.result`` and ``report.exit_code`` sum them up.

    Raises:
        NotAPackage: If there is no package at the path. A bad package raises nothing.
    """
    return checks.verify(path, jobs=jobs, on_progress=on_progress)
