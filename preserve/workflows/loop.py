"""How does a journey run to its end without an event loop of the caller's?"""

from __future__ import annotations

import asyncio
import queue
import threading
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine, Generator

__all__ = ["is_running", "iterate", "run"]

T = TypeVar("T")
_HEED_SIGNALS_S = 0.5


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


def iterate(source: AsyncGenerator[T, None]) -> Generator[T, None, None]:
    """
    Yield what an async generator yields, run in a loop of its own.

    In a thread of its own too: while the caller is busy with an item, connections must still be read,
    or their deadlines would pass. The thread is a daemon, so that a program that ends does not wait
    for it. What the source raises is raised here; closing the generator cancels the source, and
    returns when its clean-up is done.
    """
    items: queue.SimpleQueue[_Item[T]] = queue.SimpleQueue()
    begun: queue.SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any] | None]] = queue.SimpleQueue()

    async def drain() -> None:
        begun.put((asyncio.get_running_loop(), asyncio.current_task()))
        async with aclosing(source):
            async for value in source:
                items.put(_Item(value=(value,)))

    def work() -> None:
        error: BaseException | None = None
        try:
            run(drain())
        except BaseException as exc:  # noqa: BLE001 - it is raised in the caller's thread
            error = exc
        finally:
            items.put(_Item(error=error))

    thread = threading.Thread(target=work, name="preserve-loop", daemon=True)
    thread.start()
    loop, task = begun.get()
    try:
        while (item := _next(items)).value:
            yield item.value[0]
        if item.error is not None:
            raise item.error
    finally:
        if task is not None:
            with suppress(RuntimeError):  # the loop is closed: the source has ended
                loop.call_soon_threadsafe(task.cancel)
        thread.join()


@attrs.frozen(kw_only=True)
class _Item(Generic[T]):
    """A value in a tuple of its own; without one, the end, and what was raised."""

    value: tuple[T, ...] = ()
    error: BaseException | None = None


def _next(items: queue.SimpleQueue[_Item[T]]) -> _Item[T]:
    """
    Wait for an item.

    A signal that comes just before a wait does not end it: its handler runs when the wait is over. So
    waits are short, or the second of two Ctrl-C in a row might be heard only with the next item.
    """
    while True:
        with suppress(queue.Empty):
            return items.get(timeout=_HEED_SIGNALS_S)


def _end(loop: asyncio.AbstractEventLoop, tasks: set[asyncio.Task[Any]]) -> None:
    """Cancel tasks that are not done and wait until they are."""
    left = {task for task in tasks if not task.done()}
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left))
