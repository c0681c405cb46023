"""Does every command teach itself, import little, and end with the right code?"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import preserve
from preserve.cli.exits import EXIT_CODES
from preserve.cli.main import preserve as group

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Cli = Callable[..., tuple[int, str, str]]
    JsonCli = Callable[..., tuple[int, list[dict[str, Any]]]]

_COMMANDS = sorted(group.commands)
_HEAVY = (
    "PIL",
    "ada_url",
    "asyncio",
    "attr",
    "attrs",
    "cattrs",
    "cryptography",
    "pypdf",
    "rich",
    "selectolax",
    "ssl",
    "warcio",
)


@pytest.mark.parametrize("command", ["", *_COMMANDS])
def test_help_imports_little(command: str) -> None:
    """The help of every command imports neither attrs, asyncio, ssl, rich nor any extra."""
    code = (
        "import sys; from preserve.cli.main import run; "
        f"code = run([*{command!r}.split(), '--help']); "
        f"print('loaded:', *[name for name in {_HEAVY!r} if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "loaded:" == done.stdout.splitlines()[-1].strip()


@pytest.mark.parametrize("command", _COMMANDS)
def test_help_teaches(cli: Cli, command: str) -> None:
    """The help of every command has an example that begins with the command, and offers --json."""
    code, out, _ = cli(command, "--help")
    assert 0 == code
    assert f"  preserve {command} " in out.partition("Example:")[2]
    assert "--json" in out


def test_help_lists_exit_codes(cli: Cli) -> None:
    """The help lists every exit code."""
    _, out, _ = cli("--help")
    assert all(f"  {code:>3}  {meaning}" in out for code, meaning in EXIT_CODES.items())


def test_version(cli: Cli) -> None:
    """--version gives name and version."""
    assert (0, f"preserve {preserve.__version__}\n", "") == cli("--version")


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"],
        ["nonsense"],
        ["show", "--nonsense", "x"],
        ["--color", "pink", "show", "x"],
        ["export", "x"],
        ["verify", "--jobs", "0", "x"],
        ["archive", "http://e.org/", "-o", "a.wacz", "--into", "b"],
        ["archive", "http://e.org/", "-o", "a.zip"],
        ["archive", "file:///etc/passwd"],
        ["archive", "not a url"],
        ["recover", "none.partial"],
    ],
)
def test_wrong_usage_is_2(
    cli: Cli, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be meant is said on standard error with exit code 2, and leaves nothing."""
    monkeypatch.chdir(tmp_path)
    code, out, err = cli(*arguments)
    assert (2, "") == (code, out)
    assert "rror: " in err
    assert "Traceback" not in err
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["show", "none"], ["verify"], ["export", "none"], ["archive", "x:"]])
def test_errors_are_json_too(json_cli: JsonCli, arguments: list[str]) -> None:
    """With --json an error is a line on standard output as well, usage errors of click included."""
    code, lines = json_cli(*arguments)
    assert 2 == code
    assert ["error", "summary"] == [line["type"] for line in lines]
    assert arguments[0] == lines[-1]["command"]


def test_a_broken_pipe_is_quiet() -> None:
    """When whoever reads standard output has gone, nothing is said about it."""
    reading, writing = os.pipe()
    os.close(reading)
    code = "import sys; from preserve.cli.main import run; sys.exit(run(['--help']))"
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (4, "") == (done.returncode, done.stderr)


def test_ctrl_c_is_130(json_cli: JsonCli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends any command with exit code 130 and no traceback."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("preserve.package.reader.open_package", interrupt)
    code, lines = json_cli("show", "anything")
    assert [130, "Interrupted"] == [code, lines[0]["error"]]


def test_an_error_of_the_system_is_4(json_cli: JsonCli, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system that nobody translated is a sentence and exit code 4, no traceback."""

    def refuse(_: object) -> None:
        raise OSError(5, "Input/output error", "disk")

    monkeypatch.setattr("preserve.package.reader.open_package", refuse)
    code, lines = json_cli("show", "anything")
    assert [4, "EnvironmentFailed"] == [code, lines[0]["error"]]


def test_foreign_text_in_errors_is_escaped(cli: Cli) -> None:
    """An error repeats a path given with its controls escaped."""
    code, _, err = cli("show", "\x1b[31mnone")
    assert (2, False) == (code, "\x1b" in err)
