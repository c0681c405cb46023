"""
How is code that may hang, crash or eat memory run without harming us?

In a child process that we start ourselves: ``python -P -c <boot>``. Not ``multiprocessing``, which
imports the user's script again (a script without a guard would run twice) or forks our threads' locks.

The two sides speak in frames over the child's stdin and stdout: four octets of length, big-endian, then
JSON (after a request with ``data``, a second frame of plain octets). The child asks for nothing; it does
one job at a time, and where that is wanted the next one waits in its pipe meanwhile. A job that raises,
hangs or takes too much costs its child, and the next job gets a new one: after a failure nothing is known
about a process's state.

Three things end a child whose parent is gone: its stdin ends (a thread of its own waits for that), its
answer cannot be written, and an alarm of the kernel a little after the job's time.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

import attrs

import preserve
from preserve.errors import WorkerFailed
from preserve.model.inspection import Json
from preserve.workers.frames import ANSWER_BYTES, TooLongError, decode, encode, receive, send
from preserve.workers.timed import TimedPipe

if sys.platform == "linux":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

__all__ = ["DATA_BYTES", "Workers"]

DATA_BYTES = 1 << 20
"""The most that is sent through the pipe rather than as a path: what a spool keeps in memory."""

_START_S = 60.0  # measured: 0.07 s; the rest is for a loaded machine with a cold disk
_EXIT_S = 1.0  # from a closed pipe to the end of the process

# The parent's own path, so that the child finds the same plug-ins; `preserve` itself comes from the very
# folder that the parent's came from, whatever else stands on the path. -P keeps the child's working
# folder off the path before this runs.
_BOOT = (
    "import sys, json; root, path = json.loads(sys.argv[1]); sys.path[:] = [root, *path]; "
    "import preserve; del sys.path[0]; from preserve.workers.child import serve; serve(int(sys.argv[2]))"
)

_SENTENCES = {
    "timeout": "took longer than {timeout_s:g} s and was stopped",
    "died": "ended its worker process without an answer ({detail})",
    "memory": "needed more than the {memory_bytes} bytes of memory it may use",
    "output": "answered with more than {answer_bytes} bytes",
    "raised": "raised an error: {detail}",
}


@attrs.frozen(kw_only=True)
class _Job:
    function: str
    timeout_s: float
    request: bytes
    data: bytes | None
    future: Future[Json] = attrs.field(factory=Future)


class _Pool:
    """What the threads share. It holds no reference to ``Workers``, which may so be collected."""

    def __init__(self, memory_bytes: int, *, ahead: bool) -> None:
        self.memory_bytes = memory_bytes
        self.ahead = ahead
        self.jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.children: set[_Child] = set()
        self.threads: list[threading.Thread] = []
        self.closed = False

    def take(self, *, wait: bool) -> _Job | None:
        """Return the next job that nobody cancelled; None when there is none, for now or for ever."""
        while True:
            try:
                job = self.jobs.get(block=wait)
            except queue.Empty:
                return None
            if job is None:
                self.jobs.put(None)  # whoever asks next is to know it too
                return None
            if job.future.set_running_or_notify_cancel():
                return job

    def end(self) -> None:
        """Cancel what waits, kill what runs, let the threads go."""
        with self.lock:
            self.closed = True
            children = tuple(self.children)
        with suppress(queue.Empty):
            while True:
                job = self.jobs.get_nowait()
                if job is not None:
                    job.future.cancel()
        self.jobs.put(None)
        for child in children:
            child.kill()


class Workers:
    """
    At most ``count`` worker processes, each with its own limit of memory.

    Nothing is started before the first job. Threads are daemons and children are killed at
    interpreter exit, so a forgotten ``Workers`` never holds up anything. ``submit`` and ``close`` may
    be called from any thread.

    Args:
        count: Most processes at a time.
        memory_bytes: RLIMIT_AS of each (address space); not applied where the system has no such limit.
        ahead: Whether a worker is handed its next job while it does one, so that it need not wait for us in
            between: for many jobs of which none is expected to hang. Such a job cannot be cancelled any more.
    """

    def __init__(self, count: int, *, memory_bytes: int, ahead: bool = False) -> None:
        if count < 1:
            raise ValueError("count must be at least 1")
        self._count = count
        self._pool = _Pool(memory_bytes, ahead=ahead)
        self._finalizer = weakref.finalize(self, self._pool.end)

    def submit(
        self,
        function: str,
        argument: Json,
        *,
        timeout_s: float,
        file: Path | None = None,
        data: bytes | None = None,
    ) -> Future[Json]:
        """
        Queue ``function(stream, argument)`` and return the future of its answer.

        Args:
            function: ``module:name``, importable in the child. It gets a seekable binary stream and
                returns a value that JSON can carry. What was logged as a warning meanwhile is added to
                an answer that is an object, under ``log``: ``{"logger", "message"}`` each.
            argument: Handed over as JSON.
            timeout_s: From the moment a worker begins the job; waiting is not counted.
            file: The stream is this file, opened by the child.
            data: The stream is these bytes, at most ``DATA_BYTES``. Neither: an empty stream.

        Raises:
            ValueError: If both ``file`` and ``data`` are given, ``data`` is too long, or we are closed.

        The future raises WorkerFailed with ``why``: ``timeout``, ``died``, ``memory``, ``output`` (the
        answer is too long) or ``raised``; and ``function``, ``detail``.
        """
        if file is not None and data is not None:
            raise ValueError("give file or data, not both")
        if data is not None and len(data) > DATA_BYTES:
            raise ValueError(f"data of more than {DATA_BYTES} bytes is given as a file")
        request: Json = {
            "function": function,
            "argument": argument,
            "timeout_s": timeout_s,
            "file": None if file is None else str(Path(file).absolute()),
            "data": data is not None,
        }
        job = _Job(function=function, timeout_s=timeout_s, request=encode(request), data=data)
        pool = self._pool
        with pool.lock:
            if pool.closed:
                raise ValueError("these workers are closed")
            if len(pool.threads) < self._count:
                thread = threading.Thread(target=_run_jobs, args=(pool,), name="preserve-worker", daemon=True)
                pool.threads.append(thread)
                thread.start()
            pool.jobs.put(job)
        return job.future

    def close(self) -> None:
        """Cancel the jobs that wait, kill those that run (they fail as ``died``), and end. Idempotent."""
        self._finalizer()
        for thread in self._pool.threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _run_jobs(pool: _Pool) -> None:
    """Take jobs until told to end; a child is made for the first and again after each failure."""
    child: _Child | None = None
    job = pool.take(wait=True)
    while job is not None:
        following: _Job | None = None
        try:
            if child is None:
                child = _Child(pool, job)
                child.greet(job)
            child.hand(job, during=job)
            if pool.ahead and (following := pool.take(wait=False)) is not None:
                child.hand(following, during=job)
            answer = child.answer(job)
        except WorkerFailed as exc:
            job.future.set_exception(exc)
        else:
            job.future.set_result(answer)
        if child is not None and not child.usable:
            child.discard()
            child = None
        job = following or pool.take(wait=True)
    if child is not None:
        child.discard()


class _Child:
    """One worker process, seen from the parent. Used by one thread; ``kill`` by any."""

    def __init__(self, pool: _Pool, job: _Job) -> None:
        self._pool = pool
        self._handed: _Job | None = None
        """The last job that it was given."""
        self.usable = False
        root = str(Path(preserve.__file__).resolve().parent.parent)
        path = [os.path.abspath(entry) for entry in sys.path if entry]  # noqa: PTH100 - may be an archive
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
                [sys.executable, "-P", "-c", _BOOT, json.dumps([root, path]), str(pool.memory_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd=os.sep,
                process_group=0,  # Ctrl-C at the terminal is for the parent, which seals what it has
            )
        except (OSError, RuntimeError) as exc:  # RuntimeError: the interpreter is about to exit
            raise _failure("died", job, pool, f"it could not be started: {exc}") from exc
        _widen(_present(self._process.stdin))
        self._requests = TimedPipe(_present(self._process.stdin))
        self._answers = TimedPipe(_present(self._process.stdout))
        with pool.lock:
            pool.children.add(self)
            closed = pool.closed
        if closed:
            self.kill()

    def greet(self, job: _Job) -> None:
        """Wait until the child is ready."""
        with self._speaking(job, _START_S):
            receive(self._answers)

    def hand(self, job: _Job, *, during: _Job) -> None:
        """Give it a job, unless that was done. Raise WorkerFailed for the one that it works on meanwhile."""
        if job is self._handed:
            return
        self.usable = False
        with self._speaking(during, during.timeout_s):
            send(self._requests, *((job.request,) if job.data is None else (job.request, job.data)))
        self._handed = job

    def answer(self, job: _Job) -> Json:
        """Return the child's answer to the job it works on, or raise WorkerFailed."""
        self.usable = False
        with self._speaking(job, job.timeout_s):
            answer: Json = decode(receive(self._answers))
        if isinstance(answer, dict) and "answer" in answer:
            self.usable = True
            return answer["answer"]
        if isinstance(answer, dict) and answer.get("why") in _SENTENCES:
            why = str(answer["why"])
            self.usable = why == "output"
            raise _failure(why, job, self._pool, str(answer.get("detail", "")))
        raise _failure("died", job, self._pool, "it answered in words that are not ours")

    @contextmanager
    def _speaking(self, job: _Job, timeout_s: float) -> Iterator[None]:
        """Give what is said here its time, past which the child is killed."""
        self._requests.deadline = self._answers.deadline = time.monotonic() + timeout_s
        try:
            yield
        except TooLongError as exc:
            raise _failure("output", job, self._pool, str(exc)) from exc
        except ValueError as exc:
            raise _failure("died", job, self._pool, "it answered in words that are not ours") from exc
        except TimeoutError as exc:
            self.kill()
            raise _failure("timeout", job, self._pool, f"stopped after {timeout_s:g} s") from exc
        except (OSError, EOFError, RecursionError) as exc:
            raise self._ended(job) from exc

    def _ended(self, job: _Job) -> WorkerFailed:
        """Return the error for a child that closed its pipe."""
        # It is about to exit by itself: its own status says more than that of our signal.
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=_EXIT_S)
        self.kill()
        status = self._process.returncode
        return _failure("died", job, self._pool, f"signal {-status}" if status < 0 else f"status {status}")

    def kill(self) -> None:
        """End the process and forget it. Idempotent; from any thread."""
        with self._pool.lock:
            self._pool.children.discard(self)
        self._process.kill()
        self._process.wait()

    def discard(self) -> None:
        """Kill it and close our ends of its pipes; only by the thread that uses it."""
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            _present(pipe).close()


def _failure(why: str, job: _Job, pool: _Pool, detail: str) -> WorkerFailed:
    facts = {"timeout_s": job.timeout_s, "memory_bytes": pool.memory_bytes, "answer_bytes": ANSWER_BYTES}
    sentence = _SENTENCES[why].format(detail=detail, **facts)
    return WorkerFailed(f"{job.function} {sentence}.", why=why, function=job.function, detail=detail, **facts)


def _widen(pipe: IO[bytes]) -> None:
    """Make room in a pipe for a whole payload, so that we need not wait while the child wakes up to read."""
    if sys.platform == "linux":
        with suppress(OSError):  # the user has many pipes already: the kernel's size works, too
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, DATA_BYTES)


def _present(pipe: IO[bytes] | None) -> IO[bytes]:
    """Return a pipe that was asked for, for the type checker."""
    if pipe is None:  # pragma: no cover - Popen was told to make it
        raise OSError("no pipe")
    return pipe
