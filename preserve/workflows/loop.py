"""How does a journey run to its end without an event loop of the caller's?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["is_running", "run"]

T = TypeVar("T")


def is_running() -> bool:
    """Say whether the caller's thread is inside a running event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def run(journey: Coroutine[Any, Any, T]) -> T:
    """
    Run a coroutine in a loop of its own and return its value.

    Not asyncio.run: that installs a handler of SIGINT, and a library must leave signals alone.
    """
    loop = asyncio.new_event_loop()
    task = loop.create_task(journey)
    try:
        return loop.run_until_complete(task)
    finally:
        try:
            # The journey ends what it began, and is asked first and alone: cancelled twice, clean-up is cut.
            _end(loop, {task})
            _end(loop, asyncio.all_tasks(loop))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()


def _end(loop: asyncio.AbstractEventLoop, tasks: set[asyncio.Task[Any]]) -> None:
    """Cancel tasks that are not done and wait until they are."""
    left = {task for task in tasks if not task.done()}
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left))
