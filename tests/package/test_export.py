"""Is the delivered file the package's own bytes, the same every time, and never made from a damaged one?"""

from __future__ import annotations

import hashlib
import os
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from preserve.errors import NotAPackage, PackageDamaged, StorageUnavailable, TargetExists
from preserve.package.export import export_wacz

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preserve.package.reader import Package

    Build = Callable[..., Package]


def test_two_exports_are_equal(build: Build, tmp_path: Path) -> None:
    """Two exports are equal octet by octet, and the digest returned is that of the file."""
    package = build()
    digests = [export_wacz(package, tmp_path / name) for name in ("a.wacz", "b.wacz")]
    data = (tmp_path / "a.wacz").read_bytes()
    assert data == (tmp_path / "b.wacz").read_bytes()
    assert [f"sha256:{hashlib.sha256(data).hexdigest()}"] * 2 == [str(digest) for digest in digests]


def test_it_holds_the_payload(build: Build, tmp_path: Path) -> None:
    """The file holds every file under data/, by its name there, stored; and nothing else."""
    package = build()
    export_wacz(package.path, tmp_path / "a.wacz")
    data = package.path / "data"
    expected = {
        file.relative_to(data).as_posix(): file.read_bytes() for file in data.rglob("*") if file.is_file()
    }
    with zipfile.ZipFile(tmp_path / "a.wacz") as made:
        assert made.testzip() is None
        assert expected == {name: made.read(name) for name in made.namelist()}
        assert {zipfile.ZIP_STORED} == {info.compress_type for info in made.infolist()}


def test_the_umask_rules_the_mode(build: Build, tmp_path: Path) -> None:
    """The file has the mode of any new file, not that of a private temporary one."""
    export_wacz(build(), tmp_path / "a.wacz")
    (tmp_path / "plain").touch()
    assert (tmp_path / "plain").stat().st_mode == (tmp_path / "a.wacz").stat().st_mode


@pytest.mark.parametrize("make", ["file", "folder", "link"])
def test_nothing_is_written_over(build: Build, tmp_path: Path, make: str) -> None:
    """Whatever stands under the name is left as it is."""
    target = tmp_path / "a.wacz"
    if make == "file":
        target.write_text("mine")
    elif make == "folder":
        target.mkdir()
    else:
        target.symlink_to("nowhere")
    with pytest.raises(TargetExists):
        export_wacz(build(), target)
    assert not (tmp_path / "nowhere").exists()


def test_a_name_taken_meanwhile_is_kept(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that appears while the export runs is not replaced, and the temporary file is removed."""
    target = tmp_path / "out" / "a.wacz"
    target.parent.mkdir()
    flush = os.fsync

    def and_then(descriptor: int) -> None:
        flush(descriptor)
        target.write_text("mine")

    monkeypatch.setattr("preserve.package.export.os.fsync", and_then)
    with pytest.raises(TargetExists):
        export_wacz(build(), target)
    assert [("a.wacz", "mine")] == [(path.name, path.read_text()) for path in target.parent.iterdir()]


def test_a_missing_folder_is_said(build: Build, tmp_path: Path) -> None:
    """A folder that does not exist is a fault of the surroundings, with the remedy."""
    with pytest.raises(StorageUnavailable, match="Look whether its folder exists"):
        export_wacz(build(), tmp_path / "none" / "a.wacz")


def test_only_packages_are_exported(tmp_path: Path) -> None:
    """A folder that is no package is refused."""
    with pytest.raises(NotAPackage):
        export_wacz(tmp_path, tmp_path / "a.wacz")


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _flip_warc(package: Path) -> None:
    _flip(next((package / "data/archive").iterdir()))


def _cut_warc(package: Path) -> None:
    warc = next((package / "data/archive").iterdir())
    warc.write_bytes(warc.read_bytes()[:-1])


def _lose(package: Path) -> None:
    (package / "data/pages/pages.jsonl").unlink()


def _add(package: Path) -> None:
    (package / "data/pages/extra.jsonl").touch()


def _link(package: Path) -> None:
    (package / "data/pages/extra.jsonl").symlink_to("pages.jsonl")


def _edit_manifest(package: Path) -> None:
    manifest = package / "manifest-sha256.txt"
    manifest.write_bytes(b"".join(manifest.read_bytes().splitlines(keepends=True)[1:]))


def _edit_tagmanifest(package: Path) -> None:
    (package / "tagmanifest-sha256.txt").write_bytes(b"")


def _empty_file(package: Path) -> None:
    (package / "data/pages/pages.jsonl").write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_flip_warc, "sha256 differs from the manifest"),
        (_cut_warc, "sha256 differs from the manifest"),
        (_empty_file, "sha256 differs from the manifest"),
        (_lose, r"pages\.jsonl is missing"),
        (_add, r"extra\.jsonl is in no manifest"),
        (_link, "is a link"),
        (_edit_manifest, r"manifest-sha256\.txt: expected sha256:"),
        (_edit_tagmanifest, "expected a line of"),
    ],
)
def test_a_damaged_package_is_not_exported(
    build: Build, tmp_path: Path, harm: Callable[[Path], None], words: str
) -> None:
    """A file changed, lost, added or linked stops the export, and nothing is left behind."""
    package = build()
    harm(package.path)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(PackageDamaged, match=words):
        export_wacz(package, out / "a.wacz")
    assert [] == list(out.iterdir())


def test_a_name_no_zip_takes_is_damage(
    build: Build, tmp_path: Path, reseal: Callable[[Path], None], page_item: Any
) -> None:
    """A payload file whose name our packages cannot have stops the export, however consistent it is."""
    package = build(page_item)
    (package.path / "data/pages/ü.txt").touch()
    reseal(package.path)
    with pytest.raises(PackageDamaged, match="ASCII"):
        export_wacz(package, tmp_path / "a.wacz")
    (package.path / "data/pages/ü.txt").rename(package.path / "data/pages/a b.txt")
    reseal(package.path)
    with pytest.raises(PackageDamaged, match="cannot be exported"):
        export_wacz(package, tmp_path / "a.wacz")
