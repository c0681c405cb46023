"""
Which small changes of a module do the damage tests not notice?

Run by hand; it takes about a second a change::

    python -m tests.mutate preserve/formats/bagit.py
    python -m tests.mutate preserve/checks/fixity.py --tests tests/checks/test_fixity.py --only read_range

Each change (a comparison turned around, a condition negated, a number one more, a statement left out) is made
to the module in a process of its own. The damages of ``tests/checks`` that run its lines are then asked for
their findings, one of each way through the module at first; then the module's own tests are run; then the
other damages are asked. What none of them notices has survived and is printed, a line each: either a test is
missing, or what was changed makes no difference. What the module's tests noticed and the damages asked
before them did not is printed too, marked ``(tests)``: perhaps a damage is missing. The exit code is the
number of survivors, 100 at most.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import os
import random
import resource
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import HealthCheck, settings

from tests.checks import battery
from tests.mutation.changes import Change, changes
from tests.mutation.loading import exchange, functions, reload
from tests.mutation.reach import Reach, record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
TIMES = 4
"""A change may make an answer slower by this, and take two seconds (tests: twenty); then it was noticed."""
MEMORY_BYTES = 4 << 30
_QUIET = "-x -q -p no:cacheprovider -p no:xdist -W ignore::pytest.PytestAssertRewriteWarning"
LOADING, TESTS, SURVIVED = "loading", "tests", "survived"
_UNREACHED = "reached by no damage"


def own_tests(path: Path) -> list[Path]:
    """Return the test files named after a module, or after its folder, or else those that import it."""
    _, room, *names = path.relative_to(ROOT).with_suffix("").parts
    every = sorted((ROOT / "tests" / room).glob("test_*.py"))
    for name in ("_".join(names), names[0]):
        if named := [test for test in every if test.stem.startswith(f"test_{name}")]:
            return named
    return [test for test in every if ".".join(("preserve", room, *names)) in test.read_text()]


def _limit(seconds: float) -> None:
    """Let this process be ended after so much of the processor's time from now."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _run(tests: Sequence[Path], *more: str) -> bool:
    health = list(HealthCheck)
    settings.register_profile(
        "mutate", derandomize=True, database=None, deadline=None, suppress_health_check=health
    )
    settings.load_profile("mutate")
    return not tests or pytest.main([*_QUIET.split(), *more, *map(str, tests)]) == pytest.ExitCode.OK


@attrs.define(kw_only=True)
class _Module:
    """A module, and what is asked of each of its changes."""

    path: Path
    known: list[battery.Case]
    folders: list[Path]
    """Where the package of each case is."""
    reach: Reach
    tests: list[Path]
    most: int = 10_000
    """How many cases are asked of a change."""
    tests_s: float = 600.0
    """Time of the processor that the module's own tests take."""
    functions: dict[str, FunctionType]
    kills: Counter[tuple[str, int]] = attrs.field(factory=Counter)
    """How many changes of a function each case noticed."""

    def steps(self, change: Change) -> list[int | str]:
        """
        Return what is asked of a change, in this order.

        Of the cases that run it, one of each way through the module; the module's own tests; other cases.
        First come cases that noticed other changes, then the cheapest.
        """

        def rank(case: int) -> tuple[int, int, float]:
            here, anywhere = self.kills[change.function, case], self.kills["", case]
            return (-here, -anywhere, self.reach.seconds[case])

        first, others = self.reach.ways(self.path, sorted(self.reach.cases(self.path, change), key=rank))
        first = sorted(first, key=rank)[: self.most]
        return [*first, TESTS, *others[: self.most - len(first)]]

    def outcome(self, change: Change | None, steps: Sequence[int | str]) -> str:
        """Return what noticed a change: the number of a case, the tests, or nothing."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._ask(change, steps, lambda what: os.write(writing, f"{what}\n".encode()))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read().split()
        _, _, used = os.wait4(child, 0)
        if change is None:
            self.tests_s = used.ru_utime + used.ru_stime
        return said[-1]

    def _make(self, change: Change | None) -> Sequence[battery.Case]:
        """Make a change, and return the cases as they are with it."""
        if change is None:
            return self.known
        function = self.functions.get(change.function)
        if function is not None:
            exchange(self.path, change, function)
            return self.known
        reload(ROOT, self.path, change.number)
        module: ModuleType = importlib.import_module("tests.checks.battery")
        return list(module.cases())

    def _seconds(self, step: int | str) -> float:
        if isinstance(step, str):
            return max(20, TIMES * self.tests_s)
        return max(2, TIMES * self.reach.seconds[step])

    def _ask(
        self, change: Change | None, steps: Sequence[int | str], say: Callable[[object], object]
    ) -> None:
        """Say what is asked before asking it; what ends this process was noticed by what was said last."""
        try:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
            signal.setitimer(signal.ITIMER_REAL, 3600)  # where it waits for something
            silence = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(silence, stream)
            say(LOADING)
            gc.disable()
            _limit(10)
            asked = self._make(change)
            for step in steps:
                say(step)
                _limit(self._seconds(step))
                if not (_run(self.tests) if isinstance(step, str) else asked[step].ask(self.folders[step])):
                    return
            say(SURVIVED)
        except BaseException:  # noqa: BLE001, S110 - whatever it raises, it was noticed by what was said last
            pass
        finally:
            os._exit(0)


def printed(path: Path, change: Change) -> str:
    """Return the line that is printed of a change."""
    return f"{path.relative_to(ROOT)}:{change.line}: {change.function}: {change.what}"


def _without_line(text: str) -> str:
    """Return what was printed of a change without its line, which moves, and without the marks behind it."""
    path, _, change = text.split(":", 2)
    for mark in (f" ({TESTS})", f" ({TESTS}, {_UNREACHED})", f" ({_UNREACHED})"):
        change = change.removesuffix(mark)
    return f"{path}:{change}"


def mutate(module: _Module, tried: Sequence[Change]) -> Counter[str]:
    """Make every change, print those that no damage notices, and count the outcomes."""
    counts: Counter[str] = Counter()
    for change in tried:
        steps = module.steps(change)
        said = module.outcome(change, steps)
        if said.isdigit():
            module.kills[change.function, int(said)] += 1
            module.kills["", int(said)] += 1
        outcome = said if said in (TESTS, SURVIVED) else "damages"
        counts[outcome] += 1
        if outcome != "damages":
            marks = ["tests"] * (outcome == TESTS) + [_UNREACHED] * (len(steps) == 1)
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
    parser.add_argument("--cases", type=int, default=10_000, help="Cases asked of each change at most.")
    parser.add_argument("--again", type=Path, help="Try only changes that were printed into this file.")
    parser.add_argument("--only", default="", help="Try only changes with this in their line as printed.")
    parser.add_argument("--tests", nargs="*", type=Path, help="The module's own tests, if not by name.")
    chosen = parser.parse_args()
    paths = [path.resolve() for path in chosen.modules]
    survivors = 0
    with tempfile.TemporaryDirectory() as into:
        known = list(battery.cases())
        folders = make(known, Path(into))
        reach = record(known, folders, paths)
        for path in paths:
            tests = own_tests(path) if chosen.tests is None else chosen.tests
            with contextlib.redirect_stdout(io.StringIO()):
                _run(tests, "--collect-only")  # so that what they import need not be loaded for every change
            gc.freeze()
            module = _Module(
                path=path,
                known=known,
                folders=folders,
                reach=reach,
                tests=tests,
                most=chosen.cases,
                functions=functions(path),
            )
            if module.outcome(None, [TESTS]) != SURVIVED:
                raise SystemExit(f"{path}: its tests fail without any change: {[*map(str, tests)]}")
            tried = [each for each in changes(path) if chosen.only in printed(path, each)]
            if chosen.again is not None:
                wanted = set(map(_without_line, chosen.again.read_text().splitlines()))
                tried = [each for each in tried if _without_line(printed(path, each)) in wanted]
            tried = random.Random(1).sample(tried, min(chosen.most, len(tried)))  # noqa: S311 - always the same
            counts = mutate(module, sorted(tried, key=lambda each: (not each.function, each.number)))
            sys.stderr.write(f"{path.relative_to(ROOT)}: {len(tried)} changes: {dict(counts)}\n")
            survivors += counts[SURVIVED]
    return min(survivors, 100)


if __name__ == "__main__":
    sys.exit(main())
