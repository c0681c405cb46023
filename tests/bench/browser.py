"""
How much longer does a page take in Chromium when all of it goes through the recording proxy?

``python -m tests.bench.browser``: one page with its style sheet, script, 15 photographs and 3 drawings from
nginx on the loopback, shown in turn by Chromium alone, by Chromium behind a proxy that only passes on (a
second nginx: what any proxy costs) and by Chromium behind ours, while every exchange is written into a WARC
file as in a capture: in easy moments, by a thread. The time is the page's own: from the start of the
navigation to the end of its load event. Every run is a new browser, with nothing in its caches; medians of
the rounds. ``--delay-ms`` puts a way between that takes time, as the network does; without it there is none.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright

from preserve.cli.main import COLLECT
from preserve.disk import Spool
from preserve.engines.browser.authority import Authority
from preserve.engines.browser.chromium import require_browser
from preserve.engines.browser.flags import HELD_BACK, agent_for, flags_for
from preserve.engines.browser.proxy import RecordingProxy
from preserve.engines.wire.exchange import Wire
from preserve.model.capture import Limits
from preserve.model.reference import Role
from preserve.package.staging import Staging
from preserve.package.writer import PackageWriter
from preserve.workflows.archive import make_request
from preserve.workflows.backlog import Backlog
from tests.bench.corpus import forward, make_site, serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preserve.model.exchange import Exchange

_TIMING = """() => {
    const entry = performance.getEntriesByType("navigation")[0];
    return [entry.loadEventEnd - entry.startTime, performance.getEntriesByType("resource").length];
}"""


def now() -> dt.datetime:
    """Return the present."""
    return dt.datetime.now(dt.UTC)


class Recording:
    """A staged package that exchanges are written into, by a thread, in easy moments, as a capture does."""

    def __init__(self, url: str, folder: Path) -> None:
        request = make_request(
            url, engine="browser", user_agent="", allow_private_network=True, limits=Limits()
        )
        staging = Staging.create(folder, request=request, began_at=now(), software="bench", user_agent="")
        if staging is None:
            raise SystemExit(f"{folder} has a capture of this second already")
        self.staging = staging
        self.count = 0
        self.proxy: RecordingProxy | None = None
        self._came: asyncio.Queue[Exchange | None] = asyncio.Queue()
        self._backlog = Backlog(at_ease=self._at_ease, ready=_at_once, begin=self._begin)
        self._writer = PackageWriter(staging, new_id=lambda: uuid.uuid4().urn, on_step=lambda _: None)
        self._thread = ThreadPoolExecutor(1)
        self._taking = asyncio.ensure_future(self._take_all())

    def take(self, exchange: Exchange) -> None:
        """Have an exchange written."""
        self.count += 1
        self._came.put_nowait(exchange)

    def _at_ease(self) -> bool:
        return self.proxy is None or self.proxy.at_ease

    async def _take_all(self) -> None:
        while (exchange := await self._came.get()) is not None:
            await self._backlog.add(exchange)
        await self._backlog.finish()

    def _begin(self, exchange: Exchange) -> None:
        self._thread.submit(self._write, exchange)

    def _write(self, exchange: Exchange) -> None:
        self._writer.record(exchange, Role.REQUISITE).close()
        exchange.close()

    async def close(self) -> None:
        """Have the rest written, and give the package up."""
        self._came.put_nowait(None)
        await self._taking
        self._thread.shutdown()
        self._writer.close()
        self.staging.release()


async def _at_once() -> None:
    """Wait for nothing: the thread takes one after the other."""


async def show(url: str, folder: Path, *, recorded: bool, through: str = "") -> float:
    """Show the page in a new browser, behind our proxy or another; return the milliseconds of its loading."""
    chromium = require_browser()
    async with AsyncExitStack() as stack:
        recording = proxy = None
        if recorded:
            recording = Recording(url, folder)
            stack.push_async_callback(recording.close)
            wire = Wire(limits=Limits(), spool=Spool, clock=now, allow_private=True)
            stack.callback(wire.close)
            proxy = await stack.enter_async_context(
                RecordingProxy(
                    wire,
                    clock=now,
                    authority=Authority.make(now),
                    limits=Limits(),
                    on_exchange=recording.take,
                    on_refused=lambda _url, _why: None,
                )
            )
            recording.proxy = proxy
            through = f"http://127.0.0.1:{proxy.port}"
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path=chromium.path,
            args=flags_for(spki=proxy.spki if proxy else None, agent=agent_for("", major=chromium.major)),
            ignore_default_args=list(HELD_BACK),
            proxy={"server": through, "bypass": "<-loopback>"} if through else None,
        )
        stack.push_async_callback(browser.close)
        page = await browser.new_page()
        await page.goto("about:blank")
        await page.goto(url, wait_until="load")
        taken, count = await page.evaluate(_TIMING)
        if recording is not None and recording.count <= count:
            raise SystemExit(
                f"{recording.count} exchanges were recorded, and {count + 1} things were asked for"
            )
        return float(taken)


@contextmanager
def behind(base: str, delay_ms: float) -> Iterator[str]:
    """Give the base URL at which a server is reached by a way that takes time."""
    if not delay_ms:
        yield base
        return
    command = [sys.executable, "-m", "tests.bench.relay", base.rpartition(":")[2], str(delay_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise SystemExit("the relay says nothing")
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the rounds and print medians and their ratio."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "preserve-bench")
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--delay-ms", type=float, default=0.0, help="before the server hears a request")
    settings = asked.parse_args(arguments)
    gc.set_threshold(*COLLECT)  # as the command does
    site = make_site(settings.folder)
    out = settings.folder / "browser"
    found: dict[str, list[float]] = {"Chromium alone": [], "behind nginx": [], "behind the proxy": []}
    with (
        serve(site, settings.folder / "nginx") as near,
        behind(near, settings.delay_ms) as base,
        forward(base, settings.folder / "forward") as passing,
    ):
        for number in range(settings.rounds + 1):
            for name, times in found.items():
                shutil.rmtree(out, ignore_errors=True)
                out.mkdir()
                through = passing if name == "behind nginx" else ""
                recorded = name == "behind the proxy"
                taken = asyncio.run(show(f"{base}/000/index.html", out, recorded=recorded, through=through))
                if number:  # the first round fills the page cache
                    times.append(taken)
                print(f"round {number}: {name}: {taken:.0f} ms", file=sys.stderr, flush=True)  # noqa: T201 - that is what it is for
    shutil.rmtree(out, ignore_errors=True)
    alone = statistics.median(found["Chromium alone"])
    for name, times in found.items():
        taken = statistics.median(times)
        print(f"{name}: {taken:.0f} ms ({min(times):.0f} to {max(times):.0f}), {taken / alone:.2f} times")  # noqa: T201 - the same
    print(f"load {os.getloadavg()}")  # noqa: T201 - the same


if __name__ == "__main__":
    main()
