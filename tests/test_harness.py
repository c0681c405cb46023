"""Tests of ``tests/conftest.py``: each guard of the test run is seen to stop a seeded fault."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.fixture
def run(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Give a folder with our conftest and settings, and an environment, for a run of pytest of its own."""
    (tmp_path / "tests").mkdir()
    for name in ("conftest.py", "allowed-skips.toml"):
        shutil.copy(TESTS / name, tmp_path / "tests")
    shutil.copy(TESTS.parent / "pyproject.toml", tmp_path)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CI", "PRESERVE"))
    }
    return tmp_path, kept


def pytest_on(
    run: tuple[Path, dict[str, str]], source: str, *rest: str, **environment: str
) -> tuple[int, str]:
    """Return exit status and output of pytest on one file."""
    folder, kept = run
    (folder / "tests" / "test_seeded.py").write_text(source)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--basetemp={folder}/scratch", *rest],
        capture_output=True,
        check=False,
        text=True,
        cwd=folder,
        env={**kept, **environment},
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


NEEDS = "import pytest\n@pytest.mark.needs('no-such-program')\ndef test_it(): pass\ndef test_other(): pass\n"


def test_missing_program_is_a_skip_by_name(run: tuple[Path, dict[str, str]]) -> None:
    """Without CI a test that needs an absent program is skipped, and the program is named."""
    status, said = pytest_on(run, NEEDS)
    assert 0 == status, said
    assert "needs no-such-program, which is not installed" in said
    assert "1 passed, 1 skipped" in said.splitlines()[-1]


@pytest.mark.parametrize("rest", [(), ("-n", "1")], ids=["one process", "workers"])
def test_unnamed_skip_fails_in_ci(run: tuple[Path, dict[str, str]], rest: tuple[str, ...]) -> None:
    """With CI=true the same run fails, says which skip it was, and still ends with pytest's own line."""
    status, said = pytest_on(run, NEEDS, *rest, CI="true")
    assert 1 == status, said
    assert "tests/test_seeded.py::test_it: needs no-such-program" in said
    assert "1 passed, 1 skipped" in said.splitlines()[-1]


def test_named_skip_passes_in_ci(run: tuple[Path, dict[str, str]]) -> None:
    """With CI=true a skip that the table allows passes; if the table gives no reason it does not."""
    row = '[[skip]]\ntests = "tests/test_seeded.py::*"\nmessage = "needs no-such-program*"\nreason = "{}"\n'
    table = run[0] / "tests" / "allowed-skips.toml"
    table.write_text(row.format("It does not exist."))
    assert 0 == pytest_on(run, NEEDS, CI="true")[0]
    table.write_text(row.format(""))
    assert 1 == pytest_on(run, NEEDS, CI="true")[0]


def test_skipped_file_fails_in_ci(run: tuple[Path, dict[str, str]]) -> None:
    """With CI=true a whole file that skips itself is a skip like any other."""
    source = "import pytest\npytest.skip('no wish', allow_module_level=True)\n"
    status, said = pytest_on(run, f"{source}", CI="true")
    assert 0 != status
    assert "no wish" in said


def test_absent_samples_are_allowed(run: tuple[Path, dict[str, str]]) -> None:
    """The skip of a test that wants other projects' samples is allowed by the table as it stands."""
    status, said = pytest_on(run, "def test_it(corpora): pass\ndef test_other(): pass\n", CI="true")
    assert 0 == status, said
    assert "needs the samples of corpora/" in said


@pytest.mark.parametrize("fixture", ["program", "oracle"])
def test_missing_tool_is_a_skip(run: tuple[Path, dict[str, str]], fixture: str) -> None:
    """A tool asked for within a test, and absent, skips that test by name."""
    status, said = pytest_on(
        run, f"def test_it({fixture}): {fixture}('no-such-tool')\n", PRESERVE_ORACLES="/nowhere"
    )
    assert 0 == status, said
    assert "needs no-such-tool" in said


def test_oracles_come_first(run: tuple[Path, dict[str, str]]) -> None:
    """A tool of the oracles' environment is preferred to one of the same name on PATH."""
    (run[0] / "bin").mkdir()
    (run[0] / "bin" / "sh").touch()
    source = "def test_it(program, oracle): assert program('sh') == oracle('sh')\n"
    status, said = pytest_on(run, source, PRESERVE_ORACLES=str(run[0] / "bin"))
    assert 0 == status, said


@pytest.mark.parametrize(
    "deed",
    [
        "socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "s.connect(('192.0.2.1', 80))",
        "s.connect_ex(('2001:db8::1', 80, 0, 0))",
    ],
)
def test_network_is_closed(run: tuple[Path, dict[str, str]], deed: str) -> None:
    """A test that connects to another machine fails, even where the error is caught."""
    source = (
        "import socket, contextlib\ndef test_it():\n"
        "    with socket.socket() as s, contextlib.suppress(OSError):\n"
        f"        {deed}\ndef test_other(): pass\n"
    )
    status, said = pytest_on(run, source)
    assert 1 == status, said
    assert "connected to another machine: " in said
    assert "2 passed, 1 error" in said


def test_loopback_is_open(run: tuple[Path, dict[str, str]]) -> None:
    """Loopback addresses of both families and localhost connect; other names do not resolve."""
    source = """
import pytest, socket
def test_it():
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1]), timeout=5).close()
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("example.org", 80)
    with pytest.raises(ConnectionRefusedError):
        with socket.socket(socket.AF_INET6) as s:
            s.connect(("::1", 1))
"""
    status, said = pytest_on(run, source)
    assert 0 == status, said


@pytest.mark.parametrize(
    "source",
    [
        "import warnings\ndef test_it(): warnings.warn('seeded')\n",
        "import socket\ndef test_it(): socket.socket()\n",
        "def test_it(): open(__file__)\n",
    ],
    ids=["warning", "leaked socket", "leaked file"],
)
def test_warnings_and_leaks_fail(run: tuple[Path, dict[str, str]], source: str) -> None:
    """A warning, and a socket or file that nobody closes, make the run fail."""
    status, said = pytest_on(run, source)
    assert 1 == status, said
