"""
One contender of the verifier's benchmark that is a library, in a process of its own.

``python verify_run.py ours|listed|bagit ARGUMENTS``; prints wall time, CPU time (children included) and
peak memory as JSON. Imports are not counted: whoever calls a library has made them.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def ours(level: str, jobs: str, *packages: str) -> Callable[[], None]:
    """Verify packages; anything but a pass ends with an error."""
    preserve = importlib.import_module("preserve")
    importlib.import_module("preserve.workflows.verify")
    importlib.import_module("preserve.checks.opening")

    def run() -> None:
        for report in preserve.verify_many(packages, level=level, jobs=int(jobs)):
            if report.result.value != "pass":
                raise SystemExit(f"{report.package}: {report.result}")

    return run


def listed(level: str, jobs: str, listing: str) -> Callable[[], None]:
    """Verify the packages that a file lists."""
    with open(listing, encoding="utf-8") as lines:  # noqa: PTH123 - runs where pathlib would be one more import
        return ours(level, jobs, *lines.read().split())


def bagit(listing: str) -> Callable[[], None]:
    """Validate the bags that a file lists with the bagit library."""
    library = importlib.import_module("bagit")
    importlib.import_module("logging").disable(50)
    with open(listing, encoding="utf-8") as lines:  # noqa: PTH123 - the same
        paths = lines.read().split()

    def run() -> None:
        for path in paths:
            library.Bag(path).validate()

    return run


def main() -> None:
    """Run what is asked for, and say what it took."""
    how, *arguments = sys.argv[1:]
    known: dict[str, Callable[..., Callable[[], None]]] = {"ours": ours, "listed": listed, "bagit": bagit}
    run = known[how](*arguments)
    before, began = _cpu(), time.perf_counter()
    run()
    took = time.perf_counter() - began
    print(json.dumps({"wall_s": took, "cpu_s": _cpu() - before, "peak_mb": _peak_mb()}))  # noqa: T201 - its answer


def _peak_mb() -> int:
    """Return the most memory this process had; getrusage would count what its parent had when it forked."""
    with open("/proc/self/status", encoding="utf-8") as lines:  # noqa: PTH123 - the same
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()
