"""Tests of preserve.disk."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from preserve.disk import (
    Entry,
    Spool,
    fsync_tree,
    lock,
    publish,
    remove_tree,
    storage_errors,
    walk_files,
    write_new,
)
from preserve.errors import Locked, StorageUnavailable, TargetExists
from preserve.model.exchange import Stored, WritableSpool

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("memory_bytes", [1 << 20, 4, 0])
def test_spool_gives_back_what_was_written(tmp_path: Path, memory_bytes: int) -> None:
    """A spool returns its bytes whether they stayed in memory or moved to a file."""
    spool = Spool(tmp_path, memory_bytes=memory_bytes)
    for piece in (b"abc", bytearray(b"defg"), memoryview(b"hi")):
        spool.write(piece)
    with spool.open() as first, spool.open() as second:
        assert b"abcd" == first.read(4)
        assert b"abcdefghi" == second.read()
        assert b"efghi" == first.read()
    assert 9 == spool.size_bytes
    spool.close()
    spool.close()


def test_spool_reader_seeks(tmp_path: Path) -> None:
    """A reader of a spool file can be put anywhere, as parsers of PDF need."""
    spool = Spool(tmp_path, memory_bytes=0)
    spool.write(bytes(range(256)))
    with spool.open() as stream:
        stream.seek(-2, os.SEEK_END)
        assert b"\xfe\xff" == stream.read()
        stream.seek(10)
        assert (b"\x0a", 11) == (stream.read(1), stream.tell())
    spool.close()


@pytest.mark.parametrize("memory_bytes", [1 << 20, 0])
def test_spool_gives_its_pieces(tmp_path: Path, memory_bytes: int) -> None:
    """Small and large pieces come back in order, as often as asked for, and large ones are not copied."""
    spool = Spool(tmp_path, memory_bytes=memory_bytes)
    large = bytes(range(256)) * 64
    for piece in (b"a", b"b", large, b"c"):
        spool.write(piece)
    assert b"ab" + large + b"c" == b"".join(spool.pieces()) == b"".join(spool.pieces())
    assert any(piece is large for piece in spool.pieces()) is bool(memory_bytes)
    spool.write(b"d")
    assert b"cd" == b"".join(spool.pieces())[-2:]
    spool.close()
    with pytest.raises(ValueError, match="closed"):
        next(spool.pieces())


def test_crumbs_take_no_more_memory_than_they_are(tmp_path: Path) -> None:
    """A body that drips in octet by octet costs what it weighs, not a Python object an octet."""
    spool = Spool(tmp_path, memory_bytes=1 << 20)
    tracemalloc.start()
    for _ in range(100_000):
        spool.write(b"x")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 400_000
    spool.close()


def test_spool_satisfies_the_protocols() -> None:
    """A spool is what engines write to and exchanges own."""
    spool = Spool()
    assert isinstance(spool, Stored)
    assert isinstance(spool, WritableSpool)
    spool.close()


def test_named_spool_has_a_path_until_closed(tmp_path: Path) -> None:
    """A spool with a name can be opened by another process, and leaves nothing when closed."""
    spool = Spool(tmp_path, memory_bytes=2, name="body")
    spool.write(b"a")
    before = spool.path
    spool.write(b"bc")
    assert (None, tmp_path / "body") == (before, spool.path)
    assert b"abc" == (tmp_path / "body").read_bytes()
    spool.close()
    assert [] == list(tmp_path.iterdir())


def test_closed_spool_refuses(tmp_path: Path) -> None:
    """A closed spool neither takes nor gives bytes."""
    spool = Spool(tmp_path)
    spool.close()
    with pytest.raises(ValueError, match="closed"):
        spool.write(b"x")
    with pytest.raises(ValueError, match="closed"):
        spool.open()


def test_spool_in_a_missing_folder_is_storage_unavailable(tmp_path: Path) -> None:
    """A spool folder that cannot take a file is an error with a sentence, not an OSError."""
    with pytest.raises(StorageUnavailable, match="keep a body"):
        Spool(tmp_path / "gone", memory_bytes=0).write(b"x")


def test_full_disk_is_storage_unavailable() -> None:
    """An OSError of the disk names what was being done and what to do."""
    sentence = r"Could not write to it: No space left on device\. Free some\."
    with pytest.raises(StorageUnavailable, match=sentence), storage_errors("write to it", "Free some."):
        raise OSError(28, "No space left on device")


def test_publish_never_replaces_an_empty_folder(tmp_path: Path) -> None:
    """Publishing refuses a name that is taken, even by an empty folder, and leaves both as they were."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "file").write_text("kept")
    target.mkdir()
    with pytest.raises(TargetExists, match="target exists already"):
        publish(source, target)
    assert "kept" == (source / "file").read_text()
    assert [] == list(target.iterdir())


def test_publish_without_renameat2_never_replaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no RENAME_NOREPLACE, a taken name is still refused and a free one taken."""
    monkeypatch.setattr(sys, "platform", "other")
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.symlink_to("nowhere")
    with pytest.raises(TargetExists):
        publish(source, target)
    target.unlink()
    publish(source, target)
    assert target.is_dir()


def test_publish_reports_the_systems_refusal(tmp_path: Path) -> None:
    """A rename that the system refuses is StorageUnavailable."""
    with pytest.raises(StorageUnavailable, match="publish"):
        publish(tmp_path / "absent", tmp_path / "target")


def test_walk_does_not_follow_links(tmp_path: Path) -> None:
    """The walk names links, sockets and files for what they are, sorted by bytes, and enters no link."""
    tree = tmp_path / "t"
    (tree / "b" / "c").mkdir(parents=True)
    (tree / "b" / "c" / "file").write_bytes(b"12345")
    (tree / "a").symlink_to(tree / "b")
    (tree / "Z").write_bytes(b"")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tree / "s"))
        seen = list(walk_files(tree))
    assert [
        ("Z", "file"),
        ("a", "link"),
        ("b", "folder"),
        ("s", "other"),
        ("b/c", "folder"),
        ("b/c/file", "file"),
    ] == [(entry.path, entry.kind) for entry in seen]
    assert Entry(path="b/c/file", kind="file", size_bytes=5, links=1) == seen[-1]


def test_walk_is_not_bounded_by_the_stack(tmp_path: Path) -> None:
    """Folders a thousand deep are walked, and removed."""
    deep = tmp_path
    for _ in range(1000):
        deep = deep / "d"
        deep.mkdir()
    assert 1000 == sum(1 for _ in walk_files(tmp_path))
    remove_tree(tmp_path / "d")
    assert [] == list(tmp_path.iterdir())


def test_remove_tree_leaves_what_links_point_to(tmp_path: Path) -> None:
    """Removing a folder removes its links, not their targets."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("")
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "sub" / "link").symlink_to(outside)
    (tree / "sub" / "file").write_text("")
    remove_tree(tree)
    assert not tree.exists()
    assert (outside / "kept").exists()


def test_write_new_refuses_a_file_that_exists(tmp_path: Path) -> None:
    """A file is never written over."""
    target = tmp_path / "receipt.json"
    write_new(target, b"first")
    with pytest.raises(TargetExists, match="exists already"):
        write_new(target, b"second")
    assert b"first" == target.read_bytes()
    with pytest.raises(StorageUnavailable):
        write_new(tmp_path / "absent" / "file", b"")


def test_fsync_tree_takes_every_file(tmp_path: Path) -> None:
    """Flushing a tree opens files and folders and leaves them unchanged."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "file").write_bytes(b"x")
    fsync_tree(tmp_path)
    assert b"x" == (tmp_path / "sub" / "file").read_bytes()


def test_lock_is_exclusive_between_processes(tmp_path: Path) -> None:
    """While one process holds the lock another is told so; a dead holder leaves it free."""
    path = tmp_path / "lock"
    code = (
        "import sys, pathlib; from preserve.disk import lock\n"
        "with lock(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert b"held\n" == holder.stdout.readline()
        with pytest.raises(Locked, match="in use by another process"), lock(path):
            pass
        holder.kill()
    with lock(path):
        pass
