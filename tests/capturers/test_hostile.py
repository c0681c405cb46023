"""Tests of hostile files: each ends within its limits, in a worker as a capture has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preserve.capturers import read_answer
from preserve.model.capture import Limits
from preserve.workers.pool import Workers
from tests.capturers.hostile_files import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preserve.model.inspection import Json

_LIMITS = Limits()


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Yield one worker with the memory that a capture gives it."""
    with Workers(1, memory_bytes=_LIMITS.inspect_memory_bytes) as made:
        yield made


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_within_its_limits(name: str, workers: Workers, tmp_path: Path) -> None:
    """A hostile file is looked into without killing the worker, and what is wrong with it is recorded."""
    hostile = HOSTILE[name]
    path = tmp_path / "file"
    path.write_bytes(hostile.make())
    assert path.stat().st_size <= _LIMITS.inspect_bytes
    argument: Json = {
        "url": "https://a.example/x",
        "media_type": hostile.declared,
        "size_bytes": path.stat().st_size,
        "pixels": hostile.pixels,
    }
    # Four times what a capture gives: the machine may have much else to do.
    job = workers.submit("preserve.capturers:inspect", argument, timeout_s=4 * _LIMITS.inspect_s, file=path)
    seen = read_answer(job.result()).inspection
    codes = {problem.code for problem in seen.problems}
    assert hostile.problem in codes if hostile.problem else not codes - {"pdf.warning"}
