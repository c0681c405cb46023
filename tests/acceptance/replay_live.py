"""
Does the page that only a browser sees whole look in ReplayWeb.page as it looked alive?

Run in the environment of the oracles, beside ``replay.py``::

    python replay_live.py WACZ URL PLAYER DOCUMENT OUT    the archived page, in the player
    python replay_live.py alive URL - DOCUMENT OUT        the page itself, from its server

``DOCUMENT`` is the address of the file that a click brings; ``OUT`` an empty folder that gets a PNG of each
of ``REGIONS``, and ``seen.json``.
"""

from __future__ import annotations

import json
import mimetypes
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright
from replay import (  # type: ignore[import-not-found]  # beside the script that is run
    FLAGS,
    PATIENCE_MS,
    SHELL,
    open_replayed,
    serving,
)

if TYPE_CHECKING:
    from playwright.sync_api import Frame

REGIONS = {
    "heading": "h1",
    "gallery-0": "night-gallery img >> nth=0",
    "gallery-1": "night-gallery img >> nth=1",
    "observed": "#observed img",
    "file": ".file",
}
"""What is photographed: selectors, which reach into open shadow roots."""

DIGEST = """
async (address) => {
  const answer = await fetch(address);
  const body = await answer.arrayBuffer();
  const digest = await crypto.subtle.digest("SHA-256", body);
  return Array.from(new Uint8Array(digest), (octet) => octet.toString(16).padStart(2, "0")).join("");
}
"""


def look(frame: Frame, document: str, out: Path) -> dict[str, object]:
    """Photograph each region, scrolling to it as a reader would, and return what is seen."""
    frame.locator("#observed").scroll_into_view_if_needed(timeout=PATIENCE_MS)
    sizes = {}
    for name, selector in REGIONS.items():
        found = frame.locator(selector)
        found.wait_for(timeout=PATIENCE_MS)
        found.scroll_into_view_if_needed(timeout=PATIENCE_MS)
        if selector.startswith("h1") or selector == ".file":
            sizes[name] = 0
        else:
            found.evaluate("(element) => element.decode()")
            sizes[name] = found.evaluate("(element) => element.naturalWidth")
        found.screenshot(path=out / f"{name}.png", timeout=PATIENCE_MS)
    views = frame.locator("#views").inner_text()
    return {"views": views, "widths": sizes, "document": frame.evaluate(DIGEST, document)}


def main(wacz: str, url: str, player: Path, document: str, out: Path) -> None:
    """Show the page, alive or in the player, and write what was seen."""
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        stack.callback(browser.close)
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        if wacz == "alive":
            page.goto(url)
            frame = page.main_frame
        else:
            script = mimetypes.types_map[".js"]
            answers = {
                "/": ("text/html", SHELL.format(url=url).encode()),
                "/package.wacz": ("application/wacz+zip", Path(wacz).read_bytes()),
                **{f"/replay/{name}": (script, (player / name).read_bytes()) for name in ("ui.js", "sw.js")},
            }
            frame = open_replayed(page, f"{stack.enter_context(serving(answers))}/", url)
        seen = look(frame, document, out)
    (out / "seen.json").write_text(json.dumps(seen, indent=2))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
