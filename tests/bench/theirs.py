"""
The same URLs through libraries that are not ours; run with a Python that has them.

``python theirs.py capture_http|aiohttp URLS WARC CONNECTIONS``. Each writes one gzipped WARC file as its own
documentation shows it.
"""

from __future__ import annotations

import asyncio
import importlib
import io
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def capture_http(urls: list[str], warc: str, connections: int) -> None:
    """Fetch with requests inside of warcio's ``capture_http``, one session a thread."""
    # It patches http.client, so it has to come before requests.
    recording = importlib.import_module("warcio.capture_http").capture_http
    requests = importlib.import_module("requests")

    def fetch(part: list[str]) -> None:
        with requests.Session() as session:
            for url in part:
                _ = session.get(url).content

    with recording(warc):
        if connections == 1:
            fetch(urls)
            return
        with ThreadPoolExecutor(connections) as pool:
            for done in [pool.submit(fetch, urls[start::connections]) for start in range(connections)]:
                done.result()


def with_aiohttp(urls: list[str], warc: str, connections: int) -> None:
    """Fetch with aiohttp, write responses with warcio; requests are not recorded."""
    import aiohttp  # type: ignore[import-not-found]  # noqa: PLC0415 - not installed where ours is
    from warcio.statusandheaders import StatusAndHeaders  # noqa: PLC0415 - the same
    from warcio.warcwriter import WARCWriter  # noqa: PLC0415 - the same

    async def fetch(session: aiohttp.ClientSession, writer: WARCWriter, waiting: list[str]) -> None:
        while waiting:
            url = waiting.pop()
            async with session.get(url) as answer:
                body = io.BytesIO(await answer.read())
                fields = [(name.decode(), value.decode("latin-1")) for name, value in answer.raw_headers]
            head = StatusAndHeaders(f"{answer.status} {answer.reason}", fields, protocol="HTTP/1.1")
            writer.write_record(writer.create_warc_record(url, "response", payload=body, http_headers=head))

    async def run(writer: WARCWriter) -> None:
        waiting = urls[::-1]
        connector = aiohttp.TCPConnector(limit=connections)
        async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
            await asyncio.gather(*(fetch(session, writer, waiting) for _ in range(connections)))

    with Path(warc).open("wb") as out:
        asyncio.run(run(WARCWriter(out, gzip=True)))


if __name__ == "__main__":
    how, listed, target, count = sys.argv[1:]
    {"capture_http": capture_http, "aiohttp": with_aiohttp}[how](
        Path(listed).read_text().split(), target, int(count)
    )
