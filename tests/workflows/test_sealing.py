"""What is left when the caller gives up while a capture is being sealed?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

import preserve
from tests.workflows.sites import Sites

if TYPE_CHECKING:
    from pathlib import Path

    from preserve.model.progress import Progress


def cancelled_at(step: str, url: str, into: Path) -> None:
    """Archive a page, and cancel the task that does it when it reports a step."""

    async def play() -> None:
        loop = asyncio.get_running_loop()

        def on_progress(progress: Progress) -> None:
            if progress.step == step:
                asked = asyncio.run_coroutine_threadsafe(give_up(), loop)
                asked.result(timeout=10)

        async def give_up() -> None:
            task.cancel()
            await asyncio.sleep(0)  # the task has been told when this returns

        task = asyncio.create_task(
            preserve.archive_async(url, into, allow_private_network=True, on_progress=on_progress)
        )
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(play())


def test_sealing_ends_at_the_next_step(tmp_path: Path) -> None:
    """A capture that is given up while it is sealed is not published, and recover publishes it."""
    with Sites(1) as sites:
        cancelled_at("bag.written", sites[0].url(), tmp_path)
    (partial,) = tmp_path.glob("*/*")
    assert partial.name.endswith(".partial")
    package = preserve.recover(partial)
    assert preserve.Verdict.COMPLETE is package.capture.outcome.verdict
    assert [package.path] == list(tmp_path.glob("*/*"))


def test_what_is_published_is_cleared_up(tmp_path: Path) -> None:
    """A capture that is given up after it was published leaves its package, and nothing else."""
    with Sites(1) as sites:
        cancelled_at("published", sites[0].url(), tmp_path)
    (path,) = tmp_path.glob("*/*")
    assert preserve.Result.PASS is preserve.verify(path).result
