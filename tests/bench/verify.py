"""
How fast are packages verified, beside other tools? Run by hand: ``python -m tests.bench.verify``.

A round runs every contender of every case once, and the rounds are interleaved, so that whatever else the
machine does is shared out. Prints a table of medians as Markdown. Packages are made the first time (a minute)
and kept. A contender that is not installed is left out and named. ``--help`` lists the settings.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from preserve.formats.inflate import FASTER
from tests.bench.verify_packages import SHAPES, make_copies, make_demo, make_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HERE = Path(__file__).parent
_OURS = "preserve"


@attrs.frozen(kw_only=True)
class Contender:
    """One way to do the work of a case."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    """Run side by side, ``at_once`` of them."""
    at_once: int = 1
    inside: bool = False
    """Whether it prints its own times: a library, whose imports do not count."""


@attrs.frozen(kw_only=True)
class Case:
    """One piece of work and who does it, the first being ours."""

    name: str
    size_bytes: int
    contenders: tuple[Contender, ...]


@attrs.frozen(kw_only=True)
class Run:
    """One contender's run."""

    wall_s: float
    cpu_s: float | None
    peak_mb: int | None


def cases(folder: Path, oracles: Path | None, copies: int, jobs: int) -> Iterator[Case]:
    """Yield the cases, their packages made."""
    made = {name: make_package(folder, shape) for name, shape in SHAPES.items()}
    four, one, level9, small = (made[name] for name in ("four", "one", "level9", "small"))
    count = str(jobs)

    def library(level: str, package: Path) -> Contender:
        command = _python("verify_run.py", "ours", level, count, str(package))
        return Contender(name=f"{_OURS}.verify(level={level!r})", commands=(command,), inside=True)

    def shell(level: str, package: Path) -> Contender:
        option = () if level == "default" else (f"--{level}",)
        program = str(Path(sys.executable).with_name("preserve"))
        command = (program, "verify", "-q", "--jobs", count, *option, str(package))
        return Contender(name=" ".join(("preserve", "verify", *option)), commands=(command,))

    def each_file(name: str, package: Path, *command: str) -> Contender:
        commands = tuple((*command, str(path)) for path in _warcs(package))
        at_once = min(jobs, len(commands))
        return Contender(name=f"{name}, {at_once} at a time", commands=commands, at_once=at_once)

    def warcio(package: Path) -> tuple[Contender, ...]:
        program = _oracle(oracles, "warcio")
        command = (program, "check", *map(str, _warcs(package)))
        return (Contender(name="warcio check", commands=(command,)),) if program else ()

    def primitives(package: Path) -> Contender:
        command = (sys.executable, "-m", "tests.bench.verify_primitives", str(package), count)
        return Contender(name=f"the primitives alone, {jobs} processes", commands=(command,), inside=True)

    openssl = ("openssl", "dgst", "-sha256")
    for name, package in (("four WARC files of 256 MiB", four), ("one WARC file of 256 MiB", one)):
        yield Case(
            name=f"{name}, default level",
            size_bytes=_size(package),
            contenders=(
                library("default", package),
                shell("default", package),
                each_file("openssl dgst -sha256", package, *openssl),
                *(
                    (each_file("sha256sum", package, "sha256sum"), *warcio(package))
                    if package is four
                    else ()
                ),
            ),
        )
    for name, package in (
        ("four WARC files of 256 MiB", four),
        ("two level-9 WARC files of 256 MiB", level9),
    ):
        yield Case(
            name=f"{name}, --deep",
            size_bytes=_size(package),
            contenders=(
                library("deep", package),
                shell("deep", package),
                primitives(package),
                *warcio(package),
            ),
        )
    yield Case(
        name="200 000 small records",
        size_bytes=_size(small),
        contenders=(
            library("default", small),
            shell("default", small),
            library("deep", small),
            *warcio(small),
        ),
    )
    yield _many(folder, oracles, copies, count)


def _many(folder: Path, oracles: Path | None, copies: int, jobs: str) -> Case:
    demo = make_demo(folder)
    paths = make_copies(folder, demo, copies)
    listing = folder / "copies.txt"
    listing.write_text("\n".join(map(str, paths)))
    ours = _python("verify_run.py", "listed", "default", jobs, str(listing))
    contenders = [Contender(name="preserve.verify_many", commands=(ours,), inside=True)]
    python = _oracle(oracles, "python")
    if python:
        command = (python, str(_HERE / "verify_run.py"), "bagit", str(listing))
        contenders.append(Contender(name="the bagit library", commands=(command,), inside=True))
    return Case(
        name=f"{copies} packages of the size of the demo",
        size_bytes=copies * _size(demo),
        contenders=tuple(contenders),
    )


def _python(script: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, str(_HERE / script), *arguments)


def _oracle(oracles: Path | None, name: str) -> str:
    found = oracles / name if oracles else None
    return str(found) if found is not None and found.exists() else shutil.which(name) or ""


def _warcs(package: Path) -> list[Path]:
    return sorted((package / "data" / "archive").iterdir())


def _size(package: Path) -> int:
    return sum(path.stat().st_size for path in package.rglob("*") if path.is_file())


def run(contender: Contender) -> Run:
    """Run a contender once; a command that fails ends the benchmark."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    waiting, began = list(contender.commands), time.perf_counter()
    running: list[subprocess.Popen[bytes]] = []
    said = b""
    with tempfile.TemporaryFile() as out:
        while waiting or running:
            while waiting and len(running) < contender.at_once:
                running.append(subprocess.Popen(waiting.pop(0), stdout=out, cwd=_HERE.parent.parent))
            first = running.pop(0)
            if first.wait():
                raise SystemExit(f"{contender.name}: {first.args!r} ended with {first.returncode}")
        took = time.perf_counter() - began
        out.seek(0)
        said = out.read()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if contender.inside:
        told = json.loads(said)
        return Run(wall_s=told["wall_s"], cpu_s=told.get("cpu_s"), peak_mb=told.get("peak_mb"))
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(wall_s=took, cpu_s=cpu, peak_mb=None)


def table(case: Case, runs: dict[str, list[Run]]) -> Iterator[str]:
    """Yield a case as Markdown: medians, spread, and how many times as long as ours each takes."""
    yield f"### {case.name} ({case.size_bytes / 1e6:.0f} MB)"
    yield ""
    yield "| | wall, median s | spread s | CPU s | MB/s | times ours | peak MB |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    ours = _median(runs[case.contenders[0].name], lambda one: one.wall_s)
    for contender in case.contenders:
        mine = runs[contender.name]
        wall = _median(mine, lambda one: one.wall_s)
        walls = [one.wall_s for one in mine]
        cpu = "" if mine[0].cpu_s is None else f"{_median(mine, lambda one: one.cpu_s or 0):.2f}"
        peak = "" if mine[0].peak_mb is None else str(max(one.peak_mb or 0 for one in mine))
        yield (
            f"| {contender.name} | {wall:.3f} | {min(walls):.3f} to {max(walls):.3f} | {cpu} | "
            f"{case.size_bytes / 1e6 / wall:.0f} | {wall / ours:.2f} | {peak} |"
        )
    yield ""


def _median(runs: list[Run], of: Callable[[Run], float]) -> float:
    return statistics.median(map(of, runs))


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--packages", type=int, default=2000, help="demo-sized packages (10 000 take long)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, default=Path(".cache/bench/verify"), help="keeps the packages")
    parser.add_argument("--oracles", type=Path, help="bin folder with warcio, and a python with bagit")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    settings = parser.parse_args()
    oracles = settings.oracles or (Path(found) if (found := os.environ.get("PRESERVE_ORACLES")) else None)
    folder = settings.folder.absolute()
    wanted = [
        case
        for case in cases(folder, oracles, settings.packages, settings.jobs)
        if settings.only in case.name
    ]
    runs: dict[str, dict[str, list[Run]]] = {case.name: {} for case in wanted}
    for number in range(settings.rounds):
        for case in wanted:
            for contender in case.contenders:
                done = run(contender)
                runs[case.name].setdefault(contender.name, []).append(done)
                line = f"round {number + 1}: {case.name}: {contender.name}: {done.wall_s:.2f} s"
                print(line, file=sys.stderr)  # noqa: T201 - that is what it is for
    inflater = "ISA-L" if FASTER else "zlib"
    print(f"Medians of {settings.rounds} interleaved rounds, {settings.jobs} jobs, inflater {inflater}.\n")  # noqa: T201 - the same
    for case in wanted:
        print("\n".join(table(case, runs[case.name])))  # noqa: T201 - the same


if __name__ == "__main__":
    main()
