"""
Which small changes of a module do the damage tests not notice?

Run by hand; it takes about a second a change::

    python -m tests.mutate preserve/formats/bagit.py
    python -m tests.mutate preserve/checks/fixity.py --tests tests/checks/test_fixity.py --only read_range

Each change (a comparison turned around, a condition negated, a number one more, a statement left out) is made
to the module in a process of its own. The damages of ``tests/checks`` that run its lines are then asked for
their findings, and if all answers are still right, the module's own tests are run. What survives is printed,
a line each: either a test is missing, or what was changed makes no difference. What only the module's own
tests notice is printed too, marked ``(tests only)``: perhaps a damage is missing. The exit code is the number
of survivors, 100 at most.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import os
import random
import resource
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import HealthCheck, settings

from tests.checks import battery
from tests.mutation.changes import Change, changed, changes
from tests.mutation.reach import Reach, record

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
TIMES = 4
"""A change may make an answer slower by this, and take two seconds (tests: twenty); then it was noticed."""
MEMORY_BYTES = 4 << 30
LOADING, TESTS, SURVIVED = "loading", "tests", "survived"


class _Loader(importlib.abc.SourceLoader):
    def __init__(self, path: str, tree: ast.Module) -> None:
        self._path = path
        self._tree = tree

    def get_filename(self, fullname: str) -> str:
        """Return the module's own path, whatever its name."""
        del fullname
        return self._path

    def get_data(self, path: str) -> bytes:
        """Return nothing: the tree is compiled as it is."""
        del path
        return b""

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed module."""
        exec(compile(self._tree, self._path, "exec"), module.__dict__)  # noqa: S102 - our own source, changed


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, loader: _Loader) -> None:
        self._name = name
        self._loader = loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Give the changed module in place of its own."""
        del path, target
        return importlib.machinery.ModuleSpec(fullname, self._loader) if fullname == self._name else None


def own_tests(path: Path) -> list[Path]:
    """Return the test files named after a module, or else those that import it."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    found = [*(ROOT / "tests" / parts[1]).glob(f"test_{parts[-1]}*.py")]
    every = (ROOT / "tests" / parts[1]).glob("test_*.py")
    return sorted(found or (test for test in every if ".".join(parts) in test.read_text()))


def _limit(seconds: float) -> None:
    """Let this process be ended after so much of the processor's time from now."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _load(path: Path, number: int) -> list[battery.Case]:
    """Load everything anew, with one module changed, and return the cases."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("preserve", "tests")]:
        del sys.modules[name]
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    sys.meta_path.insert(0, _Finder(name, _Loader(str(path), changed(path, number))))
    module: ModuleType = importlib.import_module("tests.checks.battery")
    return list(module.cases())


def _run(tests: Sequence[Path]) -> bool:
    health = list(HealthCheck)
    settings.register_profile(
        "mutate", derandomize=True, database=None, deadline=None, suppress_health_check=health
    )
    settings.load_profile("mutate")
    quiet = [
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ]
    return not tests or pytest.main([*quiet, *map(str, tests)]) == pytest.ExitCode.OK


@attrs.define(kw_only=True)
class _Module:
    """A module, and what is asked of each of its changes."""

    path: Path
    folders: list[Path]
    """Where the package of each case is."""
    reach: Reach
    tests: list[Path]
    tests_s: float = 600.0
    """Time of the processor that the module's own tests take."""
    kills: Counter[tuple[str, int]] = attrs.field(factory=Counter)
    """How many changes of a function each case noticed."""

    def cases(self, change: Change) -> list[int]:
        """Return the cases that run a change: first those that noticed others, then the cheapest."""

        def rank(case: int) -> tuple[int, int, float]:
            here, anywhere = self.kills[change.function, case], self.kills["", case]
            return (-here, -anywhere, self.reach.seconds[case])

        return sorted(self.reach.cases(self.path, change), key=rank)

    def outcome(self, number: int, cases: Sequence[int]) -> str:
        """Return what noticed a change: the number of a case, tests only, or nothing."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._ask(number, cases, lambda what: os.write(writing, f"{what}\n".encode()))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            steps = pipe.read().split()
        _, _, used = os.wait4(child, 0)
        if number < 0:
            self.tests_s = used.ru_utime + used.ru_stime
        return steps[-1]

    def _ask(self, number: int, cases: Sequence[int], say: Callable[[object], object]) -> None:
        """Say what is asked before asking it; what ends this process was noticed by what was said last."""
        try:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
            signal.setitimer(signal.ITIMER_REAL, 900)
            silence = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(silence, stream)
            say(LOADING)
            _limit(10)
            loaded = _load(self.path, number)
            for case in cases:
                say(case)
                _limit(max(2, TIMES * self.reach.seconds[case]))
                if not loaded[case].ask(self.folders[case]):
                    return
            say(TESTS)
            _limit(max(20, TIMES * self.tests_s))
            if _run(self.tests):
                say(SURVIVED)
        except BaseException:  # noqa: BLE001, S110 - whatever it raises, it was noticed by what was said last
            pass
        finally:
            os._exit(0)


def printed(path: Path, change: Change) -> str:
    """Return the line that is printed of a change."""
    return f"{path.relative_to(ROOT)}:{change.line}: {change.function}: {change.what}"


def mutate(module: _Module, tried: Sequence[Change]) -> Counter[str]:
    """Make every change, print those that no damage notices, and count the outcomes."""
    counts: Counter[str] = Counter()
    for change in tried:
        cases = module.cases(change)
        said = module.outcome(change.number, cases)
        if said.isdigit():
            module.kills[change.function, int(said)] += 1
            module.kills["", int(said)] += 1
        outcome = said if said in (TESTS, SURVIVED) else "damages"
        counts[outcome] += 1
        if outcome != "damages":
            marks = ["tests only"] * (outcome == TESTS) + ["reached by no damage"] * (not cases)
            mark = f" ({', '.join(marks)})" if marks else ""
            sys.stdout.write(f"{printed(module.path, change)}{mark}\n")
            sys.stdout.flush()
    return counts


def make(cases: Sequence[battery.Case], into: Path) -> list[Path]:
    """Make the package of every case and return their folders."""
    folders = [into / str(number) for number in range(len(cases))]
    for case, folder in zip(cases, folders, strict=True):
        folder.mkdir()
        case.make(folder)
    return folders


def main() -> int:
    """Print what survives."""
    parser = argparse.ArgumentParser(description="Change modules and see whether a damage test notices.")
    parser.add_argument("modules", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=10_000, help="Changes tried of each module, by lot.")
    parser.add_argument("--only", default="", help="Try only changes with this in their line as printed.")
    parser.add_argument("--tests", nargs="*", type=Path, help="The module's own tests, if not by name.")
    chosen = parser.parse_args()
    paths = [path.resolve() for path in chosen.modules]
    survivors = 0
    with tempfile.TemporaryDirectory() as into:
        cases = list(battery.cases())
        folders = make(cases, Path(into))
        reach = record(cases, folders, paths)
        for path in paths:
            tests = own_tests(path) if chosen.tests is None else chosen.tests
            module = _Module(path=path, folders=folders, reach=reach, tests=tests)
            if module.outcome(-1, ()) != SURVIVED:
                raise SystemExit(f"{path}: its tests fail without any change: {[*map(str, tests)]}")
            tried = [each for each in changes(path) if chosen.only in printed(path, each)]
            tried = random.Random(1).sample(tried, min(chosen.most, len(tried)))  # noqa: S311 - always the same
            counts = mutate(module, sorted(tried, key=lambda each: each.number))
            sys.stderr.write(f"{path.relative_to(ROOT)}: {len(tried)} changes: {dict(counts)}\n")
            survivors += counts[SURVIVED]
    return min(survivors, 100)


if __name__ == "__main__":
    sys.exit(main())
