"""Tests of ``preserve/checks/measure.py``: one file read once, and large ones side by side."""

from __future__ import annotations

import io
import os
import threading
from typing import TYPE_CHECKING

import pytest

from preserve.checks import measure as measuring
from preserve.checks.measure import Job, Tally, measure, measure_all
from preserve.checks.tree import never_follow

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from preserve.checks.measure import Seen

_SIZES = {"a": 10, "b": 3000, "c": 2000, "d": 4000}


def _write(root: Path) -> list[Job]:
    for name, size in _SIZES.items():
        (root / name).write_bytes(b"x" * size)
    return [Job(path=name, size_bytes=size) for name, size in _SIZES.items()]


def _told(seen: Seen | None) -> str:
    return "" if seen is None else seen.path


@pytest.mark.parametrize(("kept", "content"), [(3, b"abc"), (2, None), (0, None)])
def test_content_up_to_a_size_is_kept(kept: int, content: bytes | None, tmp_path: Path) -> None:
    """The content of a file is kept when it is no longer than was asked for, and else it is not."""
    (tmp_path / "a").write_bytes(b"abc")
    seen = measure(tmp_path, Job(path="a", size_bytes=3, keep_bytes=kept), never_follow)
    assert (content, 3) == (seen.content, seen.size_bytes)


@pytest.mark.parametrize(("size", "reason"), [(9, ""), (10, "It grows while it is read")])
def test_growing_file_is_given_up(
    size: int, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file may have grown by so much since it was listed, and by no byte more."""
    monkeypatch.setattr(measuring, "_GROWTH_BYTES", 5)
    (tmp_path / "a").write_bytes(b"x" * size)
    seen = measure(tmp_path, Job(path="a", size_bytes=4), never_follow)
    assert (reason, not reason) == (seen.unreadable, seen.digest is not None)


def test_bytes_are_counted(tmp_path: Path) -> None:
    """All bytes of all files are counted as they are read."""
    tally = Tally()
    for job in _write(tmp_path):
        measure(tmp_path, job, never_follow, tally)
    assert sum(_SIZES.values()) == tally.size_bytes


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="a system without the call")
@pytest.mark.parametrize("count", [0, 1])
def test_second_read_comes_from_the_disk(count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a second read the system is asked to forget the whole file; before a first one it is not."""
    asked: list[tuple[int, ...]] = []
    monkeypatch.setattr(os, "posix_fadvise", lambda *args: asked.append(args[1:]))
    (tmp_path / "a").write_bytes(b"abc")
    measure(tmp_path, Job(path="a", size_bytes=3, again=bool(count)), never_follow)
    assert [(0, 0, os.POSIX_FADV_DONTNEED)] * count == asked


@pytest.mark.parametrize("aside", [2000, 10_000])
def test_longest_are_read_first_and_aside(
    aside: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files above a size are read in other threads, the longest first, after the others; each is told of."""
    monkeypatch.setattr(measuring, "_ASIDE_BYTES", aside)
    threads: dict[str, threading.Thread] = {}
    pieces: set[int] = set()

    class Noting(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            pieces.add(size or 0)
            return super().read(size)

    def opener(path: Path) -> BinaryIO:
        threads[path.name] = threading.current_thread()
        return Noting(path.read_bytes())

    told: list[str] = []
    found = measure_all(
        tmp_path,
        _write(tmp_path),
        opener,
        threads=1,
        tally=Tally(),
        tell=lambda seen: told.append(_told(seen)),
        meanwhile=lambda: told.append("meanwhile"),
    )
    paths = [seen.path for seen in found]
    large = ["d", "b"] if aside == 2000 else []
    small = [name for name in _SIZES if name not in large]
    assert [*small, *large] == paths
    assert [*small, "meanwhile", *large] == [each for each in told if each]
    assert set(large) == {name for name, thread in threads.items() if thread is not threading.main_thread()}
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("preserve-measure")]
    assert len(pieces) == 1 + bool(large)


def test_what_the_caller_raises_ends_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the caller wants to stop, no file is read any further."""
    monkeypatch.setattr(measuring, "_ASIDE_BYTES", 1000)
    monkeypatch.setattr(measuring, "_EVERY_S", 0.01)
    began = threading.Event()
    tally = Tally()

    class Endless(io.BytesIO):
        def read(self, _: int | None = -1) -> bytes:
            began.set()
            return b"x" if not tally.stop.wait(10) else b""

    def tell(seen: Seen | None) -> None:
        if seen is None and began.wait(10):
            raise KeyboardInterrupt

    jobs = [job for job in _write(tmp_path) if job.size_bytes > 1000]
    with pytest.raises(KeyboardInterrupt):
        list(measure_all(tmp_path, jobs, lambda _: Endless(), threads=2, tally=tally, tell=tell))
    assert tally.stop.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("preserve-measure")]
