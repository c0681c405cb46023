"""
What does a worker process do?

Started by ``preserve.workers.pool`` and by nothing else. It changes the process it runs in (descriptors,
logging, warnings, limits), which is why it has one of its own.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import select
import signal
import sys
import threading
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from preserve.workers.frames import ANSWER_BYTES, decode, encode, receive, send

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preserve.model.inspection import Json

__all__ = ["KeptLog", "run", "serve"]

_GRACE_S = 5.0  # the kernel's alarm stays behind the parent's own timer
_GC_THRESHOLD = 20_000, 20, 20  # most of what a job makes is no cycle
_LOG_MOST = 50
_LOG_CHARS = 500
_NO_MEMORY = b'{"why":"memory"}'  # made in advance: there is no memory to make it in
_SOFTWARE = 70  # EX_SOFTWARE of sysexits.h


def serve(memory_bytes: int) -> None:
    """
    Answer requests on stdin until it ends. The whole life of a child; never returns.

    Whatever a job prints goes nowhere: the pipes are moved away from descriptors 0 and 1 first. An error
    that a job raises ends the process, after the parent has been told.
    """
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    _limit(memory_bytes)
    gc.set_threshold(*_GC_THRESHOLD)
    kept = KeptLog()
    kept.install()
    sys.excepthook = lambda kind, value, _trace: _last_words(answers, kind, value)
    threading.Thread(target=_leave_with_parent, args=(requests,), daemon=True).start()
    send(answers, encode({"ready": True}))
    while True:
        try:
            asked = decode(receive(requests))
            data = receive(requests) if asked["data"] else None
        except EOFError:
            os._exit(0)
        send(answers, run(asked, data, kept))


def run(asked: Mapping[str, Any], data: bytes | None, kept: KeptLog) -> bytes:
    """Return the frame that answers one request. What the job raises is raised."""
    module, _, name = asked["function"].partition(":")
    function: Callable[[BinaryIO, Json], Json] = getattr(importlib.import_module(module), name)
    kept.messages.clear()
    _alarm(asked["timeout_s"] + _GRACE_S)
    try:
        with Path(asked["file"]).open("rb") if asked["file"] else BytesIO(data or b"") as stream:
            answer = function(stream, asked["argument"])
    finally:
        _alarm(0)
    if kept.messages and isinstance(answer, dict):
        answer = answer | {"log": [*kept.messages]}
    frame = encode({"answer": answer})
    if len(frame) > ANSWER_BYTES:
        return encode({"why": "output", "detail": f"{len(frame)} bytes"})
    return frame


class KeptLog(logging.Handler):
    """
    Keeps what libraries log as a warning or worse, and the warnings they issue, for the answer.

    pypdf speaks of damage only through its logger, Pillow through ``warnings``. Installing it changes
    the process's logging and warnings, which is why it is done in a child of our own and nowhere else.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[Json] = []

    def install(self) -> None:
        """Send all logging and warnings here and nowhere else."""
        logging.getLogger().handlers[:] = [self]
        logging.captureWarnings(capture=True)
        warnings.simplefilter("ignore")
        for category in (UserWarning, RuntimeWarning):
            warnings.simplefilter("always", category)
        warnings.formatwarning = lambda message, *_, **__: str(message)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message once, cut, and only the first few."""
        message = record.getMessage().strip()[:_LOG_CHARS]
        entry: Json = {"logger": record.name, "message": message}
        if len(self.messages) < _LOG_MOST and entry not in self.messages:
            self.messages.append(entry)


def _leave_with_parent(requests: IO[bytes]) -> None:
    """Leave at once, whatever a job does, when the parent has closed the pipe or is gone."""
    ended = select.poll()
    ended.register(requests.fileno(), 0)  # nothing but the end, of which poll always tells
    ended.poll()
    os._exit(0)


def _limit(memory_bytes: int) -> None:
    """Limit the address space, and write no core files."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - POSIX only

    for what, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS: there only the time is limited
            resource.setrlimit(what, (least, least))


def _alarm(after_s: float) -> None:
    """Have the kernel end this process later; 0 takes it back."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, after_s)


def _last_words(answers: IO[bytes], kind: type[BaseException], value: BaseException) -> None:
    """Tell the parent what was raised, and end."""
    try:
        if issubclass(kind, MemoryError):
            send(answers, _NO_MEMORY)
        else:
            words = f"{kind.__name__}: {value}"[:_LOG_CHARS]
            send(answers, encode({"why": "raised", "detail": words}))
    finally:
        os._exit(_SOFTWARE)
