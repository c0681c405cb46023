"""Is a package read without trusting its names, links and sizes, and is each wrong path explained?"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preserve.errors import NotAPackage, PackageDamaged, StorageUnavailable
from preserve.model.digest import Digest
from preserve.package.reader import Package, find_packages, is_package, open_package, packages_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Build = Callable[..., Package]


def test_declarations_are_read(build: Build, page_item: Any) -> None:
    """Capture, records, resources, references, manifests and bag-info are read as they stand."""
    package = build(page_item)
    assert ["https://example.org/post", package.path.name] == [package.url, package.capture.capture]
    assert ["warcinfo", "response"] == [line.type for line in package.records()]
    assert ["https://example.org/post"] == [resource.url for resource in package.resources()]
    assert [None] == [reference.source for reference in package.references()]
    assert "data/manifests/capture.json" in [line.path for line in package.manifest()]
    assert 4 == len(list(package.tagmanifest()))
    assert "1" == dict(package.bag_info())["Preserve-Package-Version"]
    tagmanifest = (package.path / "tagmanifest-sha256.txt").read_bytes()
    assert Digest.of(tagmanifest) == package.tagmanifest_digest()


def test_capture_is_read_once(build: Build) -> None:
    """The capture is kept after the first reading."""
    package = build()
    assert package.capture is package.capture


def test_names_are_those_of_the_folders(build: Build) -> None:
    """Name and page are the names of the two folders."""
    package = build()
    assert [package.path.name, package.path.parent.name] == [package.name, package.page]


def test_content_and_payload(build: Build, page_item: Any) -> None:
    """The payload keeps its content coding, the content has it undone; with and without the record's line."""
    package = build(page_item)
    ((resource, line),) = package.responses()
    payload = b"".join(package.payload(resource))
    assert b"\x1f\x8b" == payload[:2]
    assert resource.payload_digest == str(Digest.of(payload))
    assert page_item.body == b"".join(package.content(resource))
    assert page_item.body == b"".join(package.content(resource, line))


def test_a_record_is_opened_by_id(build: Build) -> None:
    """A record is opened by its id as well as by its line."""
    package = build()
    *_, line = package.records()
    with package.open_record(line.id) as record:
        assert line.id == record.header.record_id
    with (
        pytest.raises(PackageDamaged, match=r"no record urn:uuid:none"),
        package.open_record("urn:uuid:none"),
    ):
        pass


@pytest.mark.parametrize("inside", ["", "data", "data/manifests/capture.json", "README.txt"])
def test_anything_in_a_package_opens_it(build: Build, inside: str) -> None:
    """The package's folder, a folder in it or any of its files opens it."""
    package = build()
    assert package.path.resolve() == open_package(package.path / inside).path


def test_a_page_folder_opens_its_newest(build: Build) -> None:
    """Of a page folder the newest package is opened, and all are listed oldest first."""
    newest = build(name="20271122T101500Z")
    oldest = build(name="20261122T101500Z")
    (newest.path.parent / "20281122T101500Z.partial").mkdir()
    (newest.path.parent / "20291122T101500Z").mkdir()
    assert newest.path.resolve() == open_package(newest.path.parent).path
    assert [oldest.path, newest.path] == packages_in(newest.path.parent)


def test_folders_stand_for_all_their_packages(build: Build, tmp_path: Path) -> None:
    """A page folder and a folder of such give every package, also one that was emptied; a package itself."""
    first = build(name="20261122T101500Z")
    second = build(name="20271122T101500Z")
    emptied = first.path.parent / "20281122T101500Z"
    emptied.mkdir()
    expected = [first.path, second.path, emptied]
    assert expected == [package.path for package in find_packages(first.path.parent)]
    assert expected == [package.path for package in find_packages(first.path.parent.parent)]
    assert [first.path.resolve()] == [package.path for package in find_packages(first.path)]
    with pytest.raises(NotAPackage):
        find_packages(tmp_path / "none")


def test_a_link_given_by_the_caller_is_followed(build: Build, tmp_path: Path) -> None:
    """The path itself may be a link: whoever typed it knows what it is."""
    package = build()
    (tmp_path / "link").symlink_to(package.path)
    assert package.path.resolve() == open_package(tmp_path / "link").path


def _nothing(_: Package, tmp_path: Path) -> Path:
    return tmp_path / "none"


def _nul(_: Package, __: Path) -> Path:
    return Path("a\0b")


def _empty(_: Package, tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def _file(_: Package, tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("a")
    return tmp_path / "a.txt"


def _bag(_: Package, tmp_path: Path) -> Path:
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    (tmp_path / "bag" / "bag-info.txt").write_text("Contact-Name: someone\n")
    return tmp_path / "bag"


def _staging(package: Package, _: Path) -> Path:
    folder = package.path.with_name("20301122T101500Z.partial")
    (folder / "bag" / "data").mkdir(parents=True)
    return folder


def _collection(package: Package, _: Path) -> Path:
    return package.path.parent.parent


def _loop(_: Package, tmp_path: Path) -> Path:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    return tmp_path / "loop"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_nothing, "does not exist"),
        (_nul, "does not exist"),
        (_empty, "holds no package"),
        (_file, "a file outside of any package"),
        (_bag, "a BagIt bag, but none that preserve made"),
        (_staging, "seal it with: preserve recover"),
        (_collection, "holds the packages of 1 pages; name one of them: example-org-post-"),
        (_loop, "does not exist"),
    ],
)
def test_what_is_no_package_is_explained(
    build: Build, tmp_path: Path, make: Callable[[Package, Path], Path], words: str
) -> None:
    """A path without a package is refused with a sentence about what is there instead."""
    path = make(build(), tmp_path)
    with pytest.raises(NotAPackage, match=words):
        open_package(path)


@pytest.mark.parametrize(
    "lost",
    ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "data/manifests/records.tsv"],
)
def test_a_damaged_package_still_opens(build: Build, lost: str) -> None:
    """A package that lacks one of its files is opened all the same, so that it can be judged."""
    package = build()
    (package.path / lost).unlink()
    assert package.path.resolve() == open_package(package.path).path
    assert is_package(package.path)


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc/passwd",
        "data/../../x",
        "~/x",
        "C:/x",
        "a\0b",
        "half\ud800",
        "data//x",
        "data/" + "x" * 5000,
        "data",
        "data/pages",
    ],
)
def test_unsafe_names_are_refused(build: Build, name: str) -> None:
    """A name that leads out of the package, or to no file, is damage of the package, never a read."""
    package = build()
    with pytest.raises(PackageDamaged):
        package.open(name)


def test_links_are_never_followed(build: Build, tmp_path: Path) -> None:
    """A file or folder replaced by a link is refused, even if its target is the very file."""
    package = build()
    secret = tmp_path / "secret"
    for name in ("README.txt", "data/manifests"):
        path = package.path / name
        shutil.move(path, secret / path.name if secret.is_dir() else secret)
        path.symlink_to(secret)
        with pytest.raises(PackageDamaged, match="links are never followed"):
            package.open(name if path.suffix else f"{name}/capture.json")
        path.unlink()
        if secret.is_dir():
            shutil.rmtree(secret)
        else:
            secret.unlink()


def test_a_pipe_does_not_hang(build: Build) -> None:
    """A named pipe in the place of a file is refused at once."""
    package = build()
    path = package.path / "bag-info.txt"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(PackageDamaged, match="not a plain file"):
        package.bag_info()


def test_a_newer_package_is_opened_but_not_interpreted(build: Build) -> None:
    """A package of a later version can be opened for its bytes; what it says is not guessed at."""
    package = open_package(build().path)
    (package.path / "bag-info.txt").write_text("Preserve-Package-Version: 2\n")
    assert package.path == open_package(package.path).path
    with pytest.raises(NotAPackage, match="package of version 2; this software reads version 1"):
        package.capture  # noqa: B018 - reading it is the test


def test_a_lost_tag_file_does_not_hide_the_capture(build: Build) -> None:
    """Without bag-info.txt the capture can still be read."""
    package = build()
    (package.path / "bag-info.txt").unlink()
    assert "https://example.org/post" == package.url


def test_a_missing_file_is_damage(build: Build) -> None:
    """A missing file is named with its path."""
    package = build()
    (package.path / "data/manifests/capture.json").unlink()
    with pytest.raises(PackageDamaged, match=r"capture\.json is missing"):
        package.capture  # noqa: B018 - reading it is the test


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("data/manifests/capture.json", "{", lambda package: package.capture),
        ("data/manifests/resources.jsonl", "[]\n", lambda package: list(package.resources())),
        ("data/manifests/references.jsonl", "{}\n", lambda package: list(package.references())),
        ("data/manifests/records.tsv", "a\tb\n", lambda package: list(package.records())),
        ("manifest-sha256.txt", "00  ../x\n", lambda package: list(package.manifest())),
    ],
)
def test_what_cannot_be_parsed_is_damage(
    build: Build, name: str, text: str, read: Callable[[Package], object]
) -> None:
    """A file that is not in its format is damage and named."""
    package = build()
    (package.path / name).write_text(text)
    with pytest.raises(PackageDamaged, match=Path(name).name):
        read(package)


def test_a_flipped_record_is_damage(build: Build) -> None:
    """A flipped bit in a record is damage when its payload is read, naming file and record."""
    package = build()
    (resource, line), *_ = package.responses()
    path = package.path / "data/archive" / line.file
    data = bytearray(path.read_bytes())
    data[line.offset + line.length // 2] ^= 0x10
    path.write_bytes(data)
    with pytest.raises(PackageDamaged, match=f"{line.file}, record {line.id}"):
        list(package.payload(resource, line))


def test_a_file_name_in_records_cannot_lead_out(build: Build, tmp_path: Path) -> None:
    """A WARC file named in records.tsv is looked for in the package only."""
    package = build()
    (tmp_path / "outside.warc.gz").write_bytes(b"x" * 10_000)
    table = package.path / "data/manifests/records.tsv"
    *_, line = package.records()
    table.write_text(table.read_text().replace(line.file, "../../../../../outside.warc.gz"))
    with pytest.raises(PackageDamaged):
        list(package.payload(next(package.resources())))


def test_resources_and_records_must_agree(build: Build, page_item: Any) -> None:
    """Resources that are not the responses of records.tsv, in its order, are damage."""
    package = build(page_item, page_item)
    path = package.path / "data/manifests/resources.jsonl"
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(PackageDamaged, match=r"resources\.jsonl names response"):
        list(package.responses())


def test_an_unreadable_file_is_no_damage(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the disk refuses is no statement about the package."""
    package = build()

    def refuse(path: Path, _: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("preserve.package.reader.os.open", refuse)
    with pytest.raises(StorageUnavailable, match="Permission denied"):
        package.bag_info()
