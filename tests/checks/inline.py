"""How does what worker processes do run in this one, where changes of it are seen?"""

from __future__ import annotations

import importlib
import io
from concurrent.futures import Future
from typing import TYPE_CHECKING, ClassVar, Self

from preserve.errors import WorkerFailed
from preserve.workers.frames import decode, encode

if TYPE_CHECKING:
    from pathlib import Path

    from preserve.model.inspection import Json

__all__ = ["Inline"]


class Inline:
    """As ``preserve.workers.Workers``, without processes, and so without limits."""

    failures: ClassVar[list[str]] = []
    """What was raised so far."""

    def __init__(self, count: int, *, memory_bytes: int, ahead: bool = False) -> None:  # noqa: ARG002 - as the real one
        assert count > 0
        assert memory_bytes > 0

    def submit(
        self,
        function: str,
        argument: Json,
        *,
        timeout_s: float,
        file: Path | None = None,
        data: bytes | None = None,
    ) -> Future[Json]:
        """Call the function at once and return its answer; what it raises, as a worker would say it."""
        assert timeout_s > 0
        module, _, name = function.partition(":")
        call = getattr(importlib.import_module(module), name)
        made: Future[Json] = Future()
        try:
            with io.BytesIO(data or b"") if file is None else file.open("rb") as stream:
                made.set_result(decode(encode(call(stream, decode(encode(argument))))))
        except Exception as exc:  # noqa: BLE001 - whatever a worker raises, its parent is told so
            self.failures.append(repr(exc))
            made.set_exception(WorkerFailed(str(exc), why="raised", function=function))
        return made

    def close(self) -> None:
        """Do nothing: nothing was started."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
