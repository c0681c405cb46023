"""
Does ReplayWeb.page show an archived page, and what does it look like?

Run in the environment of the oracles, which has Playwright and nothing of ours::

    python replay.py WACZ URL PLAYER OUT

``PLAYER`` is the folder with ReplayWeb.page's ``ui.js`` and ``sw.js``; ``OUT`` an empty folder that gets one
PNG for each ``figure``, the banner and the tiles of the page, and ``seen.json``: what a reader of it
would see.
"""

from __future__ import annotations

import json
import mimetypes
import re
import shutil
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import Frame, Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    # Names resolve to nothing, so that whatever is shown came out of the package. The archived page's own
    # address is a loopback address: its server has ended by now.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PATIENCE_MS = 40_000
GLANCE_MS = 250
TRIES = 4

SHELL = """<!DOCTYPE html>
<html><head><title>replay</title><script src="/replay/ui.js"></script><style>
html, body {{ margin: 0; height: 100%; }}
replay-web-page {{ display: block; height: 100%; }}
</style></head>
<body><replay-web-page source="/package.wacz" url="{url}" replayBase="/replay/" embed="replayonly">
</replay-web-page></body></html>
"""

DIGEST = """
async (element) => {
  const answer = await fetch(element.href);
  const body = await answer.arrayBuffer();
  const digest = await crypto.subtle.digest("SHA-256", body);
  const hex = Array.from(new Uint8Array(digest), (octet) => octet.toString(16).padStart(2, "0"));
  const type = answer.headers.get("content-type");
  return {status: answer.status, type: type, size: body.byteLength, sha256: hex.join("")};
}
"""

SOUND = """
(element) => new Promise((resolve) => {
  element.addEventListener("loadedmetadata", () => resolve(element.duration));
  element.addEventListener("error", () => resolve(null));
  element.preload = "metadata";
  element.load();
})
"""

IMAGES = """
(images) => images.map((image) => ({
  shown: image.currentSrc, width: image.naturalWidth, complete: image.complete, alt: image.alt,
}))
"""


def serve(answers: dict[str, tuple[str, bytes]]) -> ThreadingHTTPServer:
    """Return a server on a free loopback port that knows byte ranges, suffixes too. RFC 9110, 14.1.2."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def answer(self, *, with_body: bool) -> None:
            media_type, body = answers.get(urlsplit(self.path).path, ("", b""))
            start, stop, status = 0, len(body), 200 if media_type else 404
            asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
            if asked and media_type and any(asked.groups()):
                first, last = asked.groups()
                start = int(first) if first else max(0, len(body) - int(last))
                stop = min(len(body), int(last) + 1) if first and last else len(body)
                status = 206
            self.send_response(status)
            self.send_header("Content-Type", media_type or "text/plain")
            self.send_header("Accept-Ranges", "bytes")
            if status == 206:
                self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(body)}")
            self.send_header("Content-Length", str(stop - start))
            self.end_headers()
            if with_body:
                self.wfile.write(body[start:stop])

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@contextmanager
def serving(answers: dict[str, tuple[str, bytes]]) -> Iterator[str]:
    """Serve until the end of the block; give the origin."""
    with serve(answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def open_replayed(page: Page, shell: str, url: str) -> Frame:
    """
    Open the player, and return the frame in which the archived page is shown, loaded.

    On a busy machine the player's page can be there before its service worker, and then waits for ever;
    as a reader would, we load it again.
    """
    for _ in range(TRIES):
        page.goto(shell)
        for _ in range(PATIENCE_MS // GLANCE_MS):
            for frame in page.frames:
                if frame.url.endswith(f"mp_/{url}"):
                    frame.wait_for_load_state("load", timeout=PATIENCE_MS)
                    return frame
            page.wait_for_timeout(GLANCE_MS)
    raise TimeoutError(f"the player did not show {url}: {[frame.url for frame in page.frames]}")


def look(frame: Frame, out: Path) -> dict[str, object]:
    """Photograph each figure of a replayed page, and return what is seen."""
    figures = []
    for figure in frame.locator("figure[id]").all():
        name = figure.get_attribute("id") or ""
        image = figure.locator("img")
        image.scroll_into_view_if_needed(timeout=PATIENCE_MS)
        image.evaluate("(element) => element.decode()")
        image.screenshot(path=out / f"{name}.png", timeout=PATIENCE_MS)
        figures.append(name)
    frame.locator(".banner").screenshot(path=out / "banner.png", timeout=PATIENCE_MS)
    tiles = frame.locator(".tile").all()
    for number, tile in enumerate(tiles):
        tile.scroll_into_view_if_needed(timeout=PATIENCE_MS)
        tile.screenshot(path=out / f"tile-{number}.png", timeout=PATIENCE_MS)
    tides = frame.frame_locator(".related iframe").locator("body")
    return {
        "title": frame.title(),
        "text": frame.locator("body").inner_text(),
        "figures": figures,
        "images": frame.locator("img").evaluate_all(IMAGES),
        "ink": frame.locator("body").evaluate("(element) => getComputedStyle(element).color"),
        "tides": tides.inner_text(timeout=PATIENCE_MS),
        "bell": frame.locator(".bell audio").evaluate(SOUND),
        "document": frame.locator("a.file").evaluate(DIGEST),
    }


def main(wacz: Path, url: str, player: Path, out: Path) -> None:
    """Serve player and package, drive the browser, write what was seen."""
    script = mimetypes.types_map[".js"]
    answers = {
        "/": ("text/html", SHELL.format(url=url).encode()),
        "/package.wacz": ("application/wacz+zip", wacz.read_bytes()),
        **{f"/replay/{name}": (script, (player / name).read_bytes()) for name in ("ui.js", "sw.js")},
    }
    with serving(answers) as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        try:
            seen = look(open_replayed(page, f"{origin}/", url), out)
        finally:
            page.screenshot(path=out / "page.png")
            (out / "console.txt").write_text("\n".join(said))
            browser.close()
    (out / "seen.json").write_text(json.dumps(seen, indent=2))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
