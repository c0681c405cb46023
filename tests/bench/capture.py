"""
How fast are pages archived, beside other tools? Run by hand: ``python -m tests.bench.capture``.

Every contender fetches the same 4 401 URLs from nginx on the loopback into one WARC; a round runs each once,
and the rounds are interleaved, so that whatever else the machine does is shared out. Prints medians, spread
and ratios to ours. A contender that is not installed is left out and named. ``--help`` lists the settings.
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

from tests.bench.corpus import make_site, serve, urls

if TYPE_CHECKING:
    from collections.abc import Sequence

_HERE = Path(__file__).parent
_OURS = "preserve"


@attrs.frozen(kw_only=True)
class Contender:
    """One way to fetch everything."""

    name: str
    command: tuple[str, ...]
    """``{urls}``: a file of URLs; ``{index}``: the page of pages; ``{out}``: an empty folder."""


@attrs.frozen(kw_only=True)
class Run:
    """One contender's run."""

    wall_s: float
    cpu_s: float
    size_bytes: int
    said: str


def contenders(connections: int, oracles: Path | None) -> tuple[list[Contender], list[str]]:
    """Return who can run here, and the names of those who cannot."""
    count = str(connections)
    ours = (sys.executable, "-m", "tests.bench.ours", "{index}", "{out}", count)
    wget = ("wget", "-q", "-i", "{urls}", "-O", "/dev/null", "--warc-file={out}/all")
    curl = ("curl", "-s", "-S", "-K", "{curl}")
    parallel = ("--parallel", "--parallel-max", count) if connections > 1 else ()
    script = (str(oracles / "python") if oracles else "", str(_HERE / "theirs.py"))
    told = ("{urls}", "{out}/all.warc.gz", count)
    listed = [
        Contender(name=_OURS, command=ours),
        Contender(name="preserve, nothing above 64 kB opened", command=(*ours, "65536")),
        Contender(name="wget --warc-file", command=wget),
        Contender(name="wget --warc-file --no-warc-compression", command=(*wget, "--no-warc-compression")),
        Contender(
            name="capture_http + requests",
            command=(*script, "capture_http", *told),
        ),
        Contender(name="aiohttp + warcio", command=(*script, "aiohttp", *told)),
        Contender(name="curl to disk", command=(*curl, *parallel)),
    ]
    able = [each for each in listed if shutil.which(each.command[0])]
    return able, [each.name for each in listed if each not in able]


def run_once(contender: Contender, places: dict[str, str], out: Path) -> Run:
    """Run a contender in an empty folder and return what it took."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    os.sync()  # what the one before left unwritten is not for this one to pay
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        [part.format(out=out, **places) for part in contender.command],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(_HERE.parent.parent)},
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{contender.name} ended with {done.returncode}: {done.stderr[-2000:]}")
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    cpu = sum(getattr(after, name) - getattr(before, name) for name in ("ru_utime", "ru_stime"))
    return Run(wall_s=wall, cpu_s=cpu, size_bytes=size, said=done.stdout.strip())


def table(runs: dict[str, list[Run]]) -> str:
    """Return medians, spread and ratios, as Markdown."""
    ours = [run.wall_s for run in runs[_OURS]]
    lines = [
        "| Contender | seconds, median (least to most) | CPU seconds | MB | times ours |",
        "|---|---|---|---|---|",
    ]
    for name, found in runs.items():
        walls = [run.wall_s for run in found]
        ratio = statistics.median(wall / own for wall, own in zip(walls, ours, strict=True))
        took = f"{statistics.median(walls):.1f} ({min(walls):.1f} to {max(walls):.1f})"
        cpu = statistics.median(run.cpu_s for run in found)
        lines.append(f"| {name} | {took} | {cpu:.1f} | {found[-1].size_bytes / 1e6:.0f} | {ratio:.2f} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the rounds and print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "preserve-bench")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--connections", type=int, default=1, help="wget has one whatever is said here")
    asked.add_argument(
        "--oracles", type=Path, help="folder of a Python that has warcio, requests and aiohttp"
    )
    asked.add_argument("--only", action="append", default=[], help="a contender's name; may be repeated")
    settings = asked.parse_args(arguments)
    site = make_site(settings.folder)
    able, unable = contenders(settings.connections, settings.oracles)
    able = [each for each in able if not settings.only or each.name in (*settings.only, _OURS)]
    runs: dict[str, list[Run]] = {each.name: [] for each in able}
    out = settings.folder / "out"
    with serve(site, settings.folder / "nginx") as base:
        places = _places(settings.folder, base, out)
        for number in range(settings.rounds):
            for contender in able:
                run = run_once(contender, places, out)
                runs[contender.name].append(run)
                took = f"{run.wall_s:.1f} s, {run.cpu_s:.1f} s CPU {run.said}"
                note = f"round {number + 1}: {contender.name}: {took}"
                print(note, file=sys.stderr, flush=True)  # noqa: T201 - that is what it is for
    shutil.rmtree(out, ignore_errors=True)
    facts = {
        "connections": settings.connections,
        "cpus": os.cpu_count(),
        "load": os.getloadavg(),
        "absent": unable,
    }
    print(table(runs), json.dumps(facts), sep="\n\n")  # noqa: T201 - the same


def _places(folder: Path, base: str, out: Path) -> dict[str, str]:
    """Write the lists of URLs and return where they are."""
    listed = urls(base)
    (folder / "urls.txt").write_text("\n".join(listed) + "\n")
    named = (f'url = "{url}"\noutput = "{out}/{number}"\n' for number, url in enumerate(listed))
    (folder / "curl.txt").write_text("".join(named))
    return {"urls": str(folder / "urls.txt"), "curl": str(folder / "curl.txt"), "index": f"{base}/index.html"}


if __name__ == "__main__":
    main()
