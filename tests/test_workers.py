"""Tests of ``preserve.workers``: real children, ended in every way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import wait
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import preserve
from preserve.errors import WorkerFailed
from preserve.workers.child import KeptLog, run
from preserve.workers.frames import ANSWER_BYTES, TooLongError, decode, receive, send
from preserve.workers.pool import DATA_BYTES, Workers
from preserve.workers.timed import TimedPipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preserve.model.inspection import Json

_JOBS = """
import logging, os, sys, time, warnings

def echo(stream, argument):
    print("noise", flush=True)
    os.write(1, b"more noise")
    return {"read": stream.read().decode(), "argument": argument, "pid": os.getpid()}

def fail(stream, argument):
    raise KeyError("nothing there")

def spin(stream, argument):
    if argument:
        open(argument, "w").write(str(os.getpid()))
    while True:
        pass

def hoard(stream, argument):
    return len(bytes(4 << 30))

def vanish(stream, argument):
    os._exit(3)

def leave(stream, argument):
    sys.exit(4)

def ramble(stream, argument):
    return "x" * argument

def say(stream, argument):
    for word in argument:
        logging.getLogger("pypdf.reader").warning("odd: %s", word)
    warnings.warn("a warning")
    warnings.warn("an old name", DeprecationWarning)
    return {}

def wait(stream, argument):
    while argument and not os.path.exists(argument):
        time.sleep(0.01)
    return "waited"

def whence(stream, argument):
    import preserve
    return [preserve.__file__, os.getcwd()]

def ungainly(stream, argument):
    return {1, 2}
"""


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder on the path that holds the module ``some_jobs``."""
    folder = tmp_path / "jobs"
    folder.mkdir()
    (folder / "some_jobs.py").write_text(_JOBS)
    monkeypatch.syspath_prepend(folder)
    return folder


@pytest.fixture
def workers(jobs: Path) -> Iterator[Workers]:
    """Yield one worker with half a GiB."""
    assert jobs.is_dir()
    with Workers(1, memory_bytes=512 << 20) as made:
        yield made


def _why(workers: Workers, name: str, argument: Json = None, timeout_s: float = 30) -> str:
    with pytest.raises(WorkerFailed) as caught:
        workers.submit(f"some_jobs:{name}", argument, timeout_s=timeout_s).result()
    assert caught.value.message.startswith(f"some_jobs:{name} ")
    assert caught.value.message.endswith(".")
    return str(caught.value.facts["why"])


def test_data_is_the_stream_and_prints_break_nothing(workers: Workers) -> None:
    """A job reads the bytes it was given, and what it prints does not reach the frames."""
    answer = workers.submit("some_jobs:echo", {"a": ["ü\ud800", 1]}, timeout_s=30, data=b"abc").result()
    assert isinstance(answer, dict)
    assert ["abc", {"a": ["ü\ud800", 1]}] == [answer["read"], answer["argument"]]


def test_file_is_opened_by_the_child(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path given relative to the parent's folder is the stream."""
    (tmp_path / "x.txt").write_text("from a file")
    monkeypatch.chdir(tmp_path)
    answer = workers.submit("some_jobs:echo", None, timeout_s=30, file=Path("x.txt")).result()
    assert isinstance(answer, dict)
    assert answer["read"] == "from a file"


def test_a_child_is_used_again(workers: Workers) -> None:
    """Two jobs one after the other run in one process."""
    answers = [workers.submit("some_jobs:echo", None, timeout_s=30).result() for _ in range(2)]
    assert len({answer["pid"] for answer in answers if isinstance(answer, dict)}) == 1


def test_a_slow_job_is_killed(workers: Workers) -> None:
    """A job past its time fails as ``timeout``, and the next one gets a new child."""
    assert _why(workers, "spin", timeout_s=0.2) == "timeout"
    assert workers.submit("some_jobs:ramble", 1, timeout_s=30).result() == "x"


@pytest.mark.parametrize(
    ("name", "argument", "why"),
    [
        ("fail", None, "raised"),
        ("ungainly", None, "raised"),
        ("missing", None, "raised"),
        ("vanish", None, "died"),
        ("leave", None, "died"),
        ("ramble", ANSWER_BYTES, "output"),
    ],
)
def test_every_end_of_a_job_has_its_name(workers: Workers, name: str, argument: Json, why: str) -> None:
    """A job that does not answer fails with the reason, and the next one is answered."""
    assert _why(workers, name, argument) == why
    assert workers.submit("some_jobs:ramble", 2, timeout_s=30).result() == "xx"


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS is only certain on Linux")
def test_memory_is_limited(workers: Workers) -> None:
    """A job that asks for more memory than the limit fails as ``memory``."""
    assert _why(workers, "hoard") == "memory"


def test_a_file_that_is_gone_is_an_error_of_the_job(workers: Workers, tmp_path: Path) -> None:
    """A path that cannot be opened fails as ``raised``, with the system's words."""
    with pytest.raises(WorkerFailed, match="FileNotFoundError"):
        workers.submit("some_jobs:echo", None, timeout_s=30, file=tmp_path / "none").result()


def test_what_libraries_say_comes_with_the_answer(workers: Workers) -> None:
    """Logged warnings and issued warnings are added to an answer once each; deprecations are not."""
    answer = workers.submit("some_jobs:say", ["a", "a", "b"], timeout_s=30).result()
    assert isinstance(answer, dict)
    assert answer["log"] == [
        {"logger": "pypdf.reader", "message": "odd: a"},
        {"logger": "pypdf.reader", "message": "odd: b"},
        {"logger": "py.warnings", "message": "a warning"},
    ]
    assert workers.submit("some_jobs:say", [], timeout_s=30).result() == {
        "log": [{"logger": "py.warnings", "message": "a warning"}]
    }


def test_the_child_imports_the_same_preserve(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another ``preserve`` in the working folder is not picked up."""
    for name in ("preserve", "json"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert workers.submit("some_jobs:whence", None, timeout_s=30).result() == [preserve.__file__, os.sep]


def test_jobs_run_side_by_side(jobs: Path) -> None:
    """With two workers a job that hangs does not hold up another."""
    assert jobs.is_dir()
    with Workers(2, memory_bytes=512 << 20) as two:
        hung = two.submit("some_jobs:spin", None, timeout_s=60)
        assert two.submit("some_jobs:ramble", 3, timeout_s=30).result() == "xxx"
        assert not hung.done()


@pytest.fixture
def eager(jobs: Path) -> Iterator[Workers]:
    """Yield one worker that is handed its next job while it does one."""
    assert jobs.is_dir()
    with Workers(1, memory_bytes=512 << 20, ahead=True) as made:
        yield made


def test_the_next_job_is_handed_over_ahead(eager: Workers, jobs: Path) -> None:
    """While a job runs, the one behind it can no longer be cancelled, and the one after that can."""
    gate = jobs / "gate"
    first, second, third = (
        eager.submit("some_jobs:wait", str(gate) if not number else "", timeout_s=30) for number in range(3)
    )
    while not second.running():
        assert not wait([first], timeout=0.01).done
    assert [False, True] == [second.cancel(), third.cancel()]
    gate.touch()
    assert "waited" == first.result() == second.result()
    assert eager.submit("some_jobs:ramble", 2, timeout_s=30).result() == "xx"


@pytest.mark.parametrize(
    ("name", "argument", "why"),
    [
        ("fail", None, "raised"),
        ("vanish", None, "died"),
        ("ramble", ANSWER_BYTES, "output"),
        ("spin", None, "timeout"),
    ],
)
def test_a_job_handed_over_ahead_outlives_the_one_before(
    eager: Workers, name: str, argument: Json, why: str
) -> None:
    """Whatever became of one job, each of those behind it is answered, in order."""
    bad = eager.submit(f"some_jobs:{name}", argument, timeout_s=1)
    others = [eager.submit("some_jobs:echo", number, timeout_s=30, data=b"abc") for number in range(4)]
    with pytest.raises(WorkerFailed) as caught:
        bad.result(timeout=30)
    assert why == caught.value.facts["why"]
    answers = [other.result(timeout=30) for other in others]
    assert [["abc", number] for number in range(4)] == [
        [answer["read"], answer["argument"]] for answer in answers if isinstance(answer, dict)
    ]


def test_close_ends_a_job_handed_over_ahead(jobs: Path) -> None:
    """Closing ends both jobs that a worker has, and cancels the others."""
    marker = jobs / "pid"
    with Workers(1, memory_bytes=512 << 20, ahead=True) as workers:
        given = [workers.submit("some_jobs:spin", str(marker), timeout_s=60) for _ in range(3)]
        while not (marker.exists() and marker.read_text() and given[1].running()):
            assert not wait(given, timeout=0.01).done
    assert [True, True, True] == [each.done() for each in given]
    for each in given[:2]:
        with pytest.raises(WorkerFailed) as caught:
            each.result()
        assert caught.value.facts["why"] == "died"
    assert given[2].cancelled()


def test_close_cancels_and_kills(jobs: Path) -> None:
    """Closing cancels what waits, kills what runs, and refuses what comes."""
    marker = jobs / "pid"
    workers = Workers(1, memory_bytes=512 << 20)
    running = workers.submit("some_jobs:spin", str(marker), timeout_s=60)
    waiting = workers.submit("some_jobs:spin", None, timeout_s=60)
    while not (marker.exists() and marker.read_text()):
        assert not wait([running], timeout=0.01).done
    workers.close()
    workers.close()
    assert waiting.cancelled()
    with pytest.raises(WorkerFailed) as caught:
        running.result(timeout=10)
    assert caught.value.facts["why"] == "died"
    with pytest.raises(ValueError, match="closed"):
        workers.submit("some_jobs:spin", None, timeout_s=60)
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)


def test_wrong_use_is_refused(workers: Workers, tmp_path: Path) -> None:
    """File and data together, too much data, and no worker at all are refused."""
    with pytest.raises(ValueError, match="not both"):
        workers.submit("a:b", None, timeout_s=1, file=tmp_path, data=b"")
    with pytest.raises(ValueError, match="as a file"):
        workers.submit("a:b", None, timeout_s=1, data=bytes(DATA_BYTES + 1))
    with pytest.raises(ValueError, match="at least 1"):
        Workers(0, memory_bytes=1)


def test_an_interpreter_that_cannot_start_is_a_failure(jobs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no Python can be started the job fails as ``died``."""
    assert jobs.is_dir()
    monkeypatch.setattr(sys, "executable", str(jobs / "no-python"))
    with Workers(1, memory_bytes=512 << 20) as workers:
        assert _why(workers, "echo") == "died"


_SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
from preserve.workers.pool import Workers
print("once", flush=True)
workers = Workers(2, memory_bytes=512 << 20)
assert workers.submit("some_jobs:ramble", 1, timeout_s=30).result() == "x"
hung = workers.submit("some_jobs:spin", {marker!r}, timeout_s=60)
{then}
"""


def _script(jobs: Path, then: str) -> subprocess.Popen[str]:
    code = _SCRIPT.format(folder=str(jobs), marker=str(jobs / "pid"), then=textwrap.dedent(then))
    script = jobs / "script.py"
    script.write_text(code)
    root = Path(preserve.__file__).parent.parent
    return subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )


def test_an_unguarded_script_runs_once_and_ends(jobs: Path) -> None:
    """A script without a main guard is not run again in children, and a hung job does not hold up its end."""
    with _script(jobs, "") as process:
        said, _ = process.communicate(timeout=30)
    assert ["once\n", 0] == [said, process.returncode]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_children_die_with_their_parent(jobs: Path) -> None:
    """When the parent is killed, a child in an endless loop ends by itself."""
    marker = jobs / "pid"
    with _script(jobs, "hung.result()") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "once\n"
        while not (marker.exists() and marker.read_text()):
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        # The pipe ends when nobody holds it any more; the child never held it.
        process.communicate(timeout=30)
    child = Path(f"/proc/{marker.read_text()}/stat")
    for _ in range(2_000_000):
        if not child.exists() or child.read_text().rpartition(")")[2].split()[0] == "Z":
            break
    else:
        pytest.fail("the child outlived its parent")


def test_run_answers_in_process() -> None:
    """A request frame is answered with a frame; an answer that is too long with the reason."""
    request: dict[str, Json] = {
        "function": "tests_answer:run",
        "argument": [1],
        "timeout_s": 60,
        "file": None,
        "data": True,
    }
    module = type(sys)("tests_answer")
    module.run = lambda stream, argument: {"read": len(stream.read()), "argument": argument}  # type: ignore[attr-defined]  # made here
    sys.modules["tests_answer"] = module
    kept = KeptLog()
    assert decode(run(request, b"abc", kept)) == {"answer": {"read": 3, "argument": [1]}}
    module.run = lambda _, argument: "x" * (ANSWER_BYTES if argument else 0)  # type: ignore[attr-defined]  # made here
    assert decode(run(request, None, kept))["why"] == "output"
    del sys.modules["tests_answer"]


def test_frames_refuse_what_is_too_long_or_cut() -> None:
    """A frame that states too much is refused before it is read, one that ends early is EOF."""
    pipe = BytesIO()
    send(pipe, b"abc")
    assert receive(BytesIO(pipe.getvalue())) == b"abc"
    with pytest.raises(EOFError):
        receive(BytesIO(pipe.getvalue()[:-1]))
    with pytest.raises(TooLongError):
        receive(BytesIO(b"\xff\xff\xff\xff"))


def test_a_pipe_that_does_not_move_is_given_up() -> None:
    """Reading what nobody writes and writing what nobody reads end at the deadline; a closed end is none."""
    into, out = os.pipe()
    with os.fdopen(into, "rb", buffering=0) as reader, os.fdopen(out, "wb", buffering=0) as writer:
        read, write = TimedPipe(reader), TimedPipe(writer)
        read.deadline = write.deadline = time.monotonic() + 0.05
        with pytest.raises(TimeoutError):
            receive(read)
        with pytest.raises(TimeoutError):
            send(write, bytes(1 << 21))
        assert time.monotonic() >= read.deadline
        write.deadline = read.deadline = time.monotonic() + 30
        while len(read.read(1 << 20)) == 1 << 20:
            pass
        writer.close()
        with pytest.raises(EOFError):
            receive(read)
