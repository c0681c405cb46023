"""What do the acceptance tests look at? The demo package, and what stands in it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from preserve import export_wacz

if TYPE_CHECKING:
    from pathlib import Path

    from preserve import Package


@pytest.fixture(scope="session")
def bag(demo_package: Package) -> Path:
    """Give the demo package's folder."""
    return demo_package.path


@pytest.fixture(scope="session")
def warcs(bag: Path) -> list[Path]:
    """Give its WARC files."""
    found = sorted((bag / "data" / "archive").iterdir())
    assert found
    return found


@pytest.fixture(scope="session")
def records(bag: Path) -> list[dict[str, str]]:
    """Give the lines of its records.tsv, by column."""
    with (bag / "data" / "manifests" / "records.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="session")
def wacz(demo_package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its export."""
    path = tmp_path_factory.mktemp("export") / "demo.wacz"
    export_wacz(demo_package, path)
    return path
