"""How are many packages compared with the receipts that somebody kept?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from preserve.checks.receipts import lost_pages, missing, pinned
from preserve.model.finding import Report

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from preserve.model.finding import Finding
    from preserve.package.reader import Package
    from preserve.package.receipt import Held

__all__ = ["compared", "lost"]


def compared(packages: Sequence[Package], held: Sequence[Held]) -> list[tuple[Package, tuple[Finding, ...]]]:
    """
    Return each package with what the receipts say of it; the last one of a page has what they say of others.

    Args:
        packages: In the order of ``find_packages``: those of one page one after the other.
        held: The receipts; none: nothing is said.
    """
    pages: dict[Path, list[Package]] = {}
    for package in packages:
        pages.setdefault(package.path.parent, []).append(package)
    return [
        (package, found.of(package, last=package is of_page[-1]) if found is not None else ())
        for of_page in pages.values()
        for found in (pinned(of_page, held) if held else None,)
        for package in of_page
    ]


def lost(given: str | os.PathLike[str], packages: Iterable[Package], held: Iterable[Held]) -> list[Report]:
    """
    Return a report on every package that a receipt knows and that is gone with all others of its page.

    Args:
        given: What was asked about: a folder of page folders, a page folder, or a package.
        packages: Those that were found there.
        held: The receipts.
    """
    path = Path(given)
    pages = {package.path.parent for package in packages}
    if pages and path.resolve() in {page.parent for page in map(Path.resolve, pages)}:
        gone = lost_pages((page.name for page in pages), held)
    elif pages:
        gone = []  # what the receipts say of its page is in the reports on its packages
    else:
        place = path.absolute()
        gone = [
            one
            for one in held
            if one.receipt.page == place.name
            or (one.receipt.page, one.receipt.capture) == (place.parent.name, place.name)
        ]
    return [
        Report(
            package=str(_place(path, one)), url=one.receipt.url, findings=(missing(one),), files=0, records=0
        )
        for one in gone
    ]


def _place(path: Path, one: Held) -> Path:
    """Return where the package of a receipt would be."""
    if path.name == one.receipt.capture:
        return path
    folder = path if path.name == one.receipt.page else path / one.receipt.page
    return folder / one.receipt.capture
