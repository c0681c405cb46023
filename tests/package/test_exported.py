"""Is an exported file opened like the package it was made from, and not at all when it is ambiguous?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preserve.errors import PackageDamaged
from preserve.package.export import export_wacz
from preserve.package.exported import ExportedPackage, is_export
from preserve.package.extract import extract
from preserve.package.reader import find_packages, open_package
from preserve.package.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preserve.package.reader import Package

    Build = Callable[..., Package]


@pytest.fixture
def exported(build: Build, tmp_path: Path) -> Path:
    """Export a package."""
    export_wacz(build(), tmp_path / "a.wacz")
    return tmp_path / "a.wacz"


def test_it_is_opened_by_its_content(exported: Path, tmp_path: Path) -> None:
    """An exported file is a package, whatever its suffix; so it is for those who check all of them."""
    renamed = exported.rename(tmp_path / "a.zip")
    assert isinstance(open_package(renamed), ExportedPackage)
    assert [renamed] == [package.path for package in find_packages(renamed)]


def test_it_says_what_the_package_says(build: Build, tmp_path: Path) -> None:
    """Names, resources, records and contents are those of the package."""
    package = build()
    export_wacz(package, tmp_path / "a.wacz")
    exported = open_package(tmp_path / "a.wacz")
    assert (package.page, package.name, package.url) == (exported.page, exported.name, exported.url)
    assert list(package.responses()) == list(exported.responses())
    for resource, line in package.responses():
        assert b"".join(package.content(resource, line)) == b"".join(exported.content(resource, line))


def test_it_is_summed_up_and_taken_out(exported: Path, tmp_path: Path) -> None:
    """What is shown of a package is shown of its export, and its files are taken out."""
    package = open_package(exported)
    assert (package.url, "") == (summarise(package).url, summarise(package).tagmanifest)
    assert extract(package, tmp_path / "out")


def test_an_odd_one_is_not_read(exported: Path) -> None:
    """Nothing is read from a file with a ZIP that is not as specified; verify says what is wrong."""
    exported.write_bytes(exported.read_bytes() + b"x")
    with pytest.raises(PackageDamaged, match="preserve verify"):
        open_package(exported).capture  # noqa: B018 - reading it is the test


def test_what_it_lacks_is_said(exported: Path) -> None:
    """A file of the bag, which an export has not, is missing."""
    with pytest.raises(PackageDamaged, match=r"has no bag-info\.txt"):
        open_package(exported).bag_info()


def test_a_folder_is_no_export(tmp_path: Path) -> None:
    """A folder is none, nor is a path where nothing is."""
    (tmp_path / "a.wacz").mkdir()
    assert not is_export(tmp_path / "a.wacz")
    assert not is_export(tmp_path / "b.wacz")
