"""Do the captured files come back out whole, under safe names, and only those that are whole?"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it has no types

from preserve.errors import CodingUnknown, PackageDamaged, StorageUnavailable, TargetExists
from preserve.model.exchange import Ended
from preserve.model.reference import Kind, Role, State
from preserve.package.extract import extract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from preserve.formats.records import RecordLine
    from preserve.package.reader import Package

    Build = Callable[..., Package]

_SCHEMA = Path(__file__).parents[2] / "manifests" / "1" / "extracted.schema.json"


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "extracted.json"
    }


def _flip(package: Package, line: RecordLine) -> None:
    path = package.path / "data/archive" / line.file
    data = bytearray(path.read_bytes())
    data[line.offset + line.length - 6] ^= 1
    path.write_bytes(data)


def test_everything_finds_its_place(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """Page, documents, images and the rest go into their folders, decoded, under their own names."""
    package = build(
        page_item,
        item(url="https://example.org/a/photo.jpg", body=b"JPEG", sniffed="image/jpeg"),
        item(
            url="https://example.org/f/1",
            body=b"%PDF",
            sniffed="application/pdf",
            kind=Kind.DOCUMENT,
            role=Role.DOCUMENT,
            file_name="The report.pdf",
        ),
        item(
            url="https://example.org/s.css", body=b"a{}", sniffed="text/css", kind=Kind.STYLE, coding="gzip"
        ),
        item(url="https://example.org/frame", body=b"<p>", sniffed="text/html", kind=Kind.FRAME),
        item(url="https://example.org/in.pdf", body=b"%PDF2", sniffed="application/pdf", kind=Kind.FRAME),
    )
    files = extract(package, tmp_path / "out")
    assert {
        "documents/The report.pdf": b"%PDF",
        "documents/in.pdf": b"%PDF2",
        "images/photo.jpg": b"JPEG",
        "other/frame.html": b"<p>",
        "other/s.css": b"a{}",
        "page.html": b"<h1>A post</h1>",
    } == _tree(tmp_path / "out")
    assert ["page.html", "images/photo.jpg", "documents/The report.pdf"] == [file.path for file in files][:3]


def test_the_listing_agrees_with_the_files(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """The listing is valid by its schema and gives URL, role, record, size and digest of every file."""
    package = build(page_item, item(url="https://example.org/a.png", body=b"PNG", sniffed="image/png"))
    extract(package.path, tmp_path / "out")
    listing = json.loads((tmp_path / "out" / "extracted.json").read_bytes())
    Draft202012Validator(json.loads(_SCHEMA.read_bytes())).validate(listing)
    assert ["https://example.org/post", "https://example.org/a.png"] == [
        one["url"] for one in listing["files"]
    ]
    assert str(package.tagmanifest_digest()) == listing["tagmanifest"]
    for one in listing["files"]:
        data = (tmp_path / "out" / one["path"]).read_bytes()
        assert len(data) == one["size_bytes"]
        assert f"sha256:{hashlib.sha256(data).hexdigest()}" == one["digest"]
    assert [resource.response for resource in package.resources()] == [
        one["record"] for one in listing["files"]
    ]


def test_hostile_names_stay_inside(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """Names that climb, hide, control a terminal, repeat or pose as the page stay inside and apart."""
    names = [
        "../../evil",
        "/etc/passwd",
        "..",
        "a\0b",
        "\x1b[2J.png",
        "CON",
        "x" * 500,
        "a.png",
        "A.PNG",
        "page.html",
    ]
    items = [
        item(url=f"https://example.org/{number}", body=name.encode(), sniffed="image/png", file_name=name)
        for number, name in enumerate(names)
    ]
    files = extract(build(page_item, *items), tmp_path / "out")
    assert len(names) + 1 == len({file.path.casefold() for file in files})
    assert {"images", "page.html", "extracted.json"} == {path.name for path in (tmp_path / "out").iterdir()}
    assert len(names) == len(list((tmp_path / "out" / "images").iterdir()))
    assert ["archive", "out"] == sorted(path.name for path in tmp_path.iterdir())
    assert "images/A-2.PNG" in [file.path for file in files]


def test_only_what_was_captured(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """Error pages, truncated answers, unsuitable ones and redirects stay in the package."""
    package = build(
        page_item,
        item(
            url="https://example.org/lost.png",
            body=b"gone",
            sniffed="text/html",
            state=State.ABSENT,
            status=404,
        ),
        item(url="https://example.org/cut.png", body=b"half", sniffed="image/png", ended=Ended.DISCONNECT),
        item(url="https://example.org/in.pdf", body=b"log in", sniffed="text/html", state=State.UNSUITABLE),
    )
    assert ["page.html"] == [file.path for file in extract(package, tmp_path / "out")]


def test_the_newest_of_one_url(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """Of several answers from one URL the newest is taken, in whatever order they stand."""
    answers = [
        item(
            url="https://example.org/a.png",
            body=day.encode(),
            sniffed="image/png",
            captured_at=f"2026-11-{day}T00:00:00.000Z",
        )
        for day in ("02", "03", "01")
    ]
    extract(build(page_item, *answers), tmp_path / "out")
    assert b"03" == (tmp_path / "out/images/a.png").read_bytes()


def test_a_page_that_is_a_file(build: Build, item: Any, tmp_path: Path) -> None:
    """A page that is no HTML is taken out under its own name."""
    pdf = item(
        url="https://example.org/post",
        body=b"%PDF",
        sniffed="application/pdf",
        kind=Kind.PAGE,
        role=Role.PAGE,
    )
    assert ["documents/post.pdf"] == [file.path for file in extract(build(pdf), tmp_path / "out")]


def test_an_empty_folder_is_used(build: Build, tmp_path: Path) -> None:
    """A folder that is there and empty is filled; missing parents are made."""
    (tmp_path / "out").mkdir()
    extract(build(), tmp_path / "out")
    extract(build(name="20271122T101500Z"), tmp_path / "new" / "out")
    assert _tree(tmp_path / "out") == _tree(tmp_path / "new" / "out")


def test_nothing_is_written_over(build: Build, tmp_path: Path) -> None:
    """A folder that holds something, or a file, is refused and left as it is."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    for target in (tmp_path / "full", tmp_path / "full" / "mine"):
        with pytest.raises(TargetExists):
            extract(build(name=f"2026112{target.name == 'mine':d}T101500Z"), target)
    assert ["mine"] == [path.name for path in (tmp_path / "full").iterdir()]


def test_a_damaged_file_stays_inside(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """A file whose digest differs is not taken out and named; all the others are."""
    wrong = "sha256:" + "0" * 64
    package = build(
        page_item,
        item(url="https://example.org/bad.png", body=b"PNG", sniffed="image/png", digest=wrong),
        item(url="https://example.org/worse.png", body=b"PNG", sniffed="image/png", digest="none"),
        item(url="https://example.org/good.png", body=b"PNG", sniffed="image/png"),
    )
    with pytest.raises(PackageDamaged, match=r"2 of 4 files .* https://example\.org/bad\.png") as raised:
        extract(package, tmp_path / "out")
    assert ["images/good.png", "page.html"] == sorted(_tree(tmp_path / "out"))
    assert ["page.html", "", "", "images/good.png"] == [file.path for file in raised.value.facts["extracted"]]  # type: ignore[attr-defined] # facts are objects
    listing = json.loads((tmp_path / "out" / "extracted.json").read_bytes())
    assert [wrong in listing["files"][1]["problem"], ""] == [True, listing["files"][3]["problem"]]


def test_a_flipped_bit_stays_inside(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """A record that no longer reads is named; the page before it is taken out."""
    package = build(page_item, item(url="https://example.org/a.png", body=b"PNG" * 99, sniffed="image/png"))
    *_, (_, line) = package.responses()
    _flip(package, line)
    with pytest.raises(PackageDamaged, match="1 of 2 files"):
        extract(package, tmp_path / "out")
    assert ["page.html"] == sorted(_tree(tmp_path / "out"))


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0]], ids=["newest-last", "newest-first"])
@pytest.mark.parametrize("lost", [1, 2, 3])
def test_an_older_answer_stands_in(
    build: Build, item: Any, page_item: Any, tmp_path: Path, order: list[int], lost: int
) -> None:
    """Where the newest answer is damaged, an older one of the same content is taken out, if one is sound."""
    answers = [
        item(
            url="https://example.org/f",
            body=b"%PDF" * 99,
            sniffed="application/pdf",
            kind=Kind.DOCUMENT,
            role=Role.DOCUMENT,
            captured_at=f"2026-11-0{day}T00:00:00.000Z",
        )
        for day in (1, 2, 3)
    ]
    package = build(page_item, *[answers[at] for at in order])
    documents = [each for each in package.responses() if each[0].role is Role.DOCUMENT]
    documents.sort(key=lambda each: each[0].captured_at, reverse=True)
    for _, line in documents[:lost]:
        _flip(package, line)
    if lost == 3:
        with pytest.raises(PackageDamaged, match="1 of 2 files"):
            extract(package, tmp_path / "out")
        return
    _, file = extract(package, tmp_path / "out")
    assert file.record in [document.response for document, _ in documents[lost:]]
    assert ["documents/f.pdf", ""] == [file.path, file.problem]
    assert b"%PDF" * 99 == (tmp_path / "out" / file.path).read_bytes()


def test_another_content_does_not_stand_in(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """What the URL gave before is not taken for what it gave last."""
    older, newer = (
        item(
            url="https://example.org/a.png",
            body=day.encode() * 99,
            sniffed="image/png",
            captured_at=f"2026-11-{day}T00:00:00.000Z",
        )
        for day in ("02", "03")
    )
    package = build(page_item, older, newer)
    *_, (_, line) = package.responses()
    _flip(package, line)
    with pytest.raises(PackageDamaged, match="1 of 2 files"):
        extract(package, tmp_path / "out")
    assert ["page.html"] == sorted(_tree(tmp_path / "out"))


def test_broken_manifests_leave_nothing(build: Build, tmp_path: Path) -> None:
    """A package whose manifests cannot be read leaves no folder behind."""
    package = build()
    (package.path / "data/manifests/records.tsv").write_text("nonsense\n")
    with pytest.raises(PackageDamaged):
        extract(package, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_full_disk_leaves_nothing(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses, what was written is removed, and an empty folder given is empty again."""

    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "given").mkdir()
    monkeypatch.setattr("preserve.package.extract.fsync_tree", full)
    for target in ("given", "new"):
        with pytest.raises(StorageUnavailable, match="No space left"):
            extract(build(name=f"2026112{target == 'new':d}T101500Z"), tmp_path / target)
    assert [] == list((tmp_path / "given").iterdir())
    assert not (tmp_path / "new").exists()


def test_a_coding_never_undone_is_taken_out_coded(
    build: Build, item: Any, page_item: Any, tmp_path: Path
) -> None:
    """A body whose coding could not be undone when it was captured is taken out as it is, and says so."""
    coded = item(
        url="https://example.org/a.js", body=b"x", sniffed="text/javascript", coding="gzip", undecoded=True
    )
    *_, file = extract(build(page_item, coded), tmp_path / "out")
    assert not file.decoded
    assert b"\x1f\x8b" == (tmp_path / "out" / file.path).read_bytes()[:2]


def test_a_missing_decoder_is_no_damage(
    build: Build, page_item: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no decoder is installed, the coded body is taken out, checked by the payload's digest."""

    def unknown(_chunks: Iterable[bytes], _codings: object, **_: object) -> Iterator[bytes]:
        raise CodingUnknown("No decoder for br is installed.")

    monkeypatch.setattr("preserve.formats.codings.decode", unknown)
    package = build(page_item)
    (file,) = extract(package, tmp_path / "out")
    (resource,) = package.resources()
    assert [False, resource.payload_digest] == [file.decoded, file.digest]


def test_a_bomb_is_stopped(build: Build, item: Any, page_item: Any, tmp_path: Path) -> None:
    """Content that inflates past what the package says of it is stopped, not written to the end."""
    bomb = item(url="https://example.org/a.png", body=bytes(30 << 20), sniffed="image/png", coding="gzip")
    package = build(page_item, bomb)
    with pytest.raises(PackageDamaged, match="1 of 2 files"):
        extract(package, tmp_path / "out")
