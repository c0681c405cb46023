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
    try:
        return loop.run_until_complete(journey)
    finally:
        _wind_up(loop)


def _wind_up(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what is left in a loop of ours and close it, as asyncio.run does."""
    try:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
