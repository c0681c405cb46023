"""How is a capture sealed while the event loop goes on, and left when the caller gives up?"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import attrs

from preserve.errors import Interrupted
from preserve.workflows.finish import finish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preserve.model.capture import Outcome
    from preserve.model.progress import Progress
    from preserve.model.rendering import Rendering
    from preserve.package.reader import Package
    from preserve.package.staging import Staging
    from preserve.package.writer import PackageWriter
    from preserve.workflows.context import Context
    from preserve.workflows.intake import Intake

__all__ = ["finish_aside"]

_TOO_LATE = frozenset({"published", "staging.removed"})
"""Steps after which there is nothing left to leave."""


async def finish_aside(
    staging: Staging,
    writer: PackageWriter,
    intake: Intake,
    context: Context,
    *,
    met: Sequence[str],
    rendering: Rendering | None = None,
) -> tuple[Outcome, Package | None]:
    """
    Do what ``finish`` does, in a thread of the loop's executor.

    A thread cannot be cancelled. When we are, it ends at its next named step, which leaves the staging
    folder to ``recover``, and is waited for, so that nobody works in the folder once its lock is gone.
    """
    left = threading.Event()

    def on_progress(progress: Progress) -> None:
        if left.is_set() and progress.step not in _TOO_LATE:
            raise Interrupted("The capture was left before it was sealed.")
        context.on_progress(progress)

    heard = attrs.evolve(context, on_progress=on_progress)
    loop = asyncio.get_running_loop()
    future = loop.run_in_executor(
        None, lambda: finish(staging, writer, intake, heard, met=met, rendering=rendering)
    )
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        left.set()
        await asyncio.wait({future})
        future.exception()  # seen, so that nobody is told of it later
        raise
