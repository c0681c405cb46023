"""Tests of the house itself: who imports whom, what is pure, what an import does; and that linters bite."""

from __future__ import annotations

import ast
import importlib
import json
import os
import pkgutil
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import preserve

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "preserve"
TOOLS = Path(sys.executable).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

PURE_ROOMS = ("model", "formats", "capturers", "scope", "reports")

FORBIDDEN_MODULES = frozenset(
    {
        "asyncio",
        "concurrent",
        "glob",
        "http",
        "locale",
        "multiprocessing",
        "os",
        "random",
        "secrets",
        "select",
        "shutil",
        "signal",
        "socket",
        "socketserver",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib.request",
        "uuid",
    }
)
"""Modules by which a socket, clock, random number, environment, process or file would come in."""

FORBIDDEN_NAMES = frozenset({"breakpoint", "exec", "eval", "input", "open", "print"})
"""Built-in functions that touch the world, or could do so unseen."""

FORBIDDEN_METHODS = frozenset(
    {"now", "utcnow", "today", "read_bytes", "read_text", "write_bytes", "write_text", "getLogger", "urandom"}
)
"""Methods of datetime, date, Path and logging that ask the clock, read or write a file, or log."""


def impurities(source: str) -> list[str]:
    """Return a line for each thing in a pure module's source that touches the world."""
    return [
        f"line {getattr(node, 'lineno', 0)}: {what}"
        for node in ast.walk(ast.parse(source))
        for what in _touches(node)
    ]


def _touches(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (f"import {alias.name}" for alias in names if _is_forbidden(alias.name))
        case ast.ImportFrom(module=str(module), names=names):
            found = [alias.name for alias in names if _is_forbidden(f"{module}.{alias.name}")]
            yield from (f"from {module} import {name}" for name in found)
        case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_NAMES:
            yield f"{name}()"
        case ast.Call(func=ast.Attribute(attr=name)) if name in FORBIDDEN_METHODS:
            yield f".{name}()"


def _is_forbidden(module: str) -> bool:
    parts = module.split(".")
    return any(".".join(parts[:depth]) in FORBIDDEN_MODULES for depth in range(1, len(parts) + 1))


def pure_modules() -> list[Path]:
    """Return the source files of the pure rooms."""
    return sorted(path for room in PURE_ROOMS for path in (HOUSE / room).rglob("*.py"))


@pytest.mark.parametrize("path", pure_modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_pure_rooms_touch_nothing(path: Path) -> None:
    """A module of the pure rooms imports and calls nothing that reaches the world."""
    assert [] == impurities(path.read_text())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os", ["line 1: import os"]),
        ("import os.path as p", ["line 1: import os.path"]),
        ("from os import environ", ["line 1: from os import environ"]),
        ("def f():\n    import time", ["line 2: import time"]),
        ("from urllib import request", ["line 1: from urllib import request"]),
        ("from urllib.request import urlopen", ["line 1: from urllib.request import urlopen"]),
        ("x = open('a')", ["line 1: open()"]),
        ("print(1)", ["line 1: print()"]),
        ("input()", ["line 1: input()"]),
        ("import datetime as dt\nx = dt.datetime.now(dt.UTC)", ["line 2: .now()"]),
        ("x = date.today()", ["line 1: .today()"]),
        ("p.read_text()", ["line 1: .read_text()"]),
        ("from urllib.parse import quote\nimport io, hashlib\nstream.open()", []),
    ],
)
def test_purity_check_bites(source: str, expected: list[str]) -> None:
    """The check of the pure rooms names each violation and its line, and lets sound source pass."""
    assert expected == impurities(source)


STATE = """
import atexit, gc, json, locale, logging, os, signal, socket, sys, threading, warnings
def state():
    return {
        "threads": [thread.name for thread in threading.enumerate()],
        "signals": [str(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
        "environment": dict(os.environ), "folder": os.getcwd(), "path": sys.path,
        "hooks": [str(sys.excepthook), str(threading.excepthook), str(sys.displayhook)],
        "handlers": [str(handler) for handler in logging.root.handlers], "level": logging.root.level,
        "warnings": [str(row) for row in warnings.filters], "timeout": socket.getdefaulttimeout(),
        "recursion": sys.getrecursionlimit(), "gc": gc.get_threshold(), "locale": locale.setlocale(0),
        "umask": [os.umask(0o22), os.umask(0o22)][1], "atexit": atexit._ncallbacks(),
        "streams": [str(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)],
    }
before = state()
"""


def run_python(source: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Return what a fresh interpreter made of a program."""
    return subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        check=False,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=120,
    )


CHANGES = (
    "after = state(); print(json.dumps({k: [before[k], after[k]] for k in before if before[k] != after[k]}))"
)


def test_import_changes_nothing() -> None:
    """``import preserve`` prints nothing, starts no thread, and changes no state of the process."""
    done = run_python(f"{STATE}\nimport preserve\n{CHANGES}")
    assert (0, "", {}) == (done.returncode, done.stderr, json.loads(done.stdout))


def test_every_public_name_changes_nothing() -> None:
    """Neither does the import of all that it offers, but for what libraries leave to be done at exit."""
    done = run_python(
        f"{STATE}\nimport preserve\nfor name in dir(preserve): getattr(preserve, name)\n{CHANGES}"
    )
    changed = json.loads(done.stdout)
    changed.pop("atexit", None)
    assert {} == changed


@pytest.mark.parametrize(
    ("deed", "key"),
    [
        ("threading.Thread(target=threading.Event().wait, name='seeded', daemon=True).start()", "threads"),
        ("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "signals"),
        ("os.environ['SEEDED'] = '1'", "environment"),
        ("logging.basicConfig()", "handlers"),
        ("os.chdir('/')", "folder"),
        ("socket.setdefaulttimeout(3)", "timeout"),
        ("warnings.simplefilter('ignore')", "warnings"),
    ],
)
def test_state_check_bites(deed: str, key: str) -> None:
    """The check of the process's state sees each of these deeds."""
    done = run_python(f"{STATE}\n{deed}\n{CHANGES}")
    assert [key] == list(json.loads(done.stdout))


def replaced(package: ModuleType) -> list[str]:
    """Import every module of a package, and return the public names that have become modules by it."""
    found = [package]
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):
            imported = importlib.import_module(module.name)
            found += [imported] if module.ispkg else []
    return [
        f"{one.__name__}.{name}"
        for one in found
        for name in getattr(one, "__all__", ())
        if isinstance(getattr(one, name), ModuleType)
    ]


def test_no_function_is_called_like_a_subpackage() -> None:
    """No public name is that of a room, and none is replaced when a module of that name is imported."""
    rooms = {module.name for module in pkgutil.iter_modules(preserve.__path__)}
    assert set() == rooms & set(preserve.__all__)
    assert [] == replaced(preserve)


def test_namesake_check_bites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of names sees a function that the module of the same name replaces."""
    (tmp_path / "seeded").mkdir()
    (tmp_path / "seeded" / "__init__.py").write_text('__all__ = ["verify"]\ndef verify(): pass\n')
    (tmp_path / "seeded" / "verify.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert ["seeded.verify"] == replaced(importlib.import_module("seeded"))


HEAVY = (
    "attr",
    "attrs",
    "asyncio",
    "ssl",
    "rich",
    "cattrs",
    "PIL",
    "pypdf",
    "cryptography",
    "selectolax",
    "warcio",
)
"""What ``preserve --help`` does without."""
EXTRAS = {
    "brotli": ("brotli",),
    "backports.zstd": ("backports.zstd", "compression.zstd"),
    "cryptography": ("cryptography",),
    "isal": ("isal",),
    "playwright": ("playwright",),
    "pikepdf": ("pikepdf",),
    "pygfried": ("pygfried",),
    "pypdfium2": ("pypdfium2",),
}
"""The modules that the packages of our extras bring."""


def loaded(*arguments: str) -> set[str]:
    """Return the modules in memory after the command line has run with these arguments."""
    done = run_python(
        f"import sys, json\nsys.argv = {['preserve', *arguments]!r}\nfrom preserve.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "finally:\n    print(json.dumps(sorted(sys.modules)), file=sys.stderr)",
        # A child whose coverage is measured would have modules of the measurement in memory.
        COVERAGE_PROCESS_START="",
        COVERAGE_PROCESS_CONFIG="",
    )
    assert 0 == done.returncode, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_help_is_light() -> None:
    """``preserve --help`` imports neither attrs, asyncio, ssl, rich nor the package of any extra."""
    wanted = [
        requirement.partition(";")[0].partition(">")[0].strip()
        for extra in PROJECT["project"]["optional-dependencies"].values()
        for requirement in extra
    ]
    assert sorted(EXTRAS) == sorted(wanted)
    heavy = {*HEAVY, *(module for name in wanted for module in EXTRAS[name])}
    assert set() == heavy & loaded("--help")


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the house and its contract, to be spoilt."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(HOUSE, folder / "preserve", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("model/url.py", "import preserve.package", "preserve.model.url -> preserve.package"),
        ("scope/__init__.py", "import preserve.capturers", "preserve.scope -> preserve.capturers"),
        ("formats/__init__.py", "import socket", "preserve.formats -> socket"),
    ],
    ids=["upward", "sideways", "impure"],
)
def test_import_contract_bites(copied: Path, module: str, line: str, broken: str) -> None:
    """lint-imports refuses a copy of the house with one seeded import that runs up, sideways or out."""
    path = copied / "preserve" / module
    sound = path.read_text()
    try:
        path.write_text(f"{sound}\n\n{line}\n")
        done = subprocess.run(
            [TOOLS / "lint-imports", "--no-cache"],
            capture_output=True,
            check=False,
            text=True,
            cwd=copied,
            env={**os.environ, "COLUMNS": "200"},
        )
    finally:
        path.write_text(sound)
    assert 1 == done.returncode, done.stdout
    assert broken in done.stdout


@pytest.mark.parametrize(
    ("command", "source", "said"),
    [
        (("ruff", "check", "--no-cache", "--quiet"), '"""What?"""\n\nimport os\n', "F401"),
        (("ruff", "check", "--no-cache", "--quiet"), '"""What?"""\n\nassert 1\n', "S101"),
        (("ruff", "format", "--no-cache", "--check"), "x = {'a' : 1}\n", "reformatted"),
        (("mypy",), "def count(x):\n    return x\n", "[no-untyped-def]"),
    ],
)
def test_linters_bite(tmp_path: Path, command: tuple[str, ...], source: str, said: str) -> None:
    """Ruff and mypy, with the project's settings, refuse a file with one seeded fault and name it."""
    path = tmp_path / "seeded.py"
    path.write_text(source)
    tool, *rest = command
    setting = ("--config-file" if tool == "mypy" else "--config", ROOT / "pyproject.toml")
    done = subprocess.run(
        [TOOLS / tool, *rest, *setting, path], capture_output=True, check=False, text=True, cwd=tmp_path
    )
    assert 1 == done.returncode, done.stderr
    assert said in done.stdout + done.stderr


def test_floor_of_coverage() -> None:
    """The floor of coverage is ninety per cent of lines and branches of everything we ship."""
    assert 90 == PROJECT["tool"]["coverage"]["report"]["fail_under"]
    assert (True, ["preserve"]) == (
        PROJECT["tool"]["coverage"]["run"]["branch"],
        PROJECT["tool"]["coverage"]["run"]["source"],
    )


def test_warnings_are_errors() -> None:
    """No warning is let through, and an expected failure that passes is a failure."""
    options = PROJECT["tool"]["pytest"]["ini_options"]
    assert (["error"], True) == (options["filterwarnings"], options["xfail_strict"])
