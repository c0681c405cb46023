"""
What does Chromium ask for, and which addresses are in its tree, when it opens pages with scripts off?

Run in the environment of the oracles, which has Playwright and nothing of ours::

    python browse.py CHROMIUM OUT URL…

``OUT`` gets, for each URL, ``fetched`` and ``named``: absolute addresses without fragment.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PATIENCE_MS = 60_000
SETTLE_MS = 150  # for what is asked for once the page is loaded: prefetches, what preloaded sheets name

# Every property that reflects an address, where its attribute says something.
NAMED = """
() => {
  const found = [];
  const reflect = {
    src: "src", data: "data", poster: "poster", action: "action", cite: "cite", longdesc: "longDesc",
    formaction: "formAction", background: "background", lowsrc: "lowsrc",
  };
  // A text field's src says nothing, and a connection made in advance brings nothing.
  const silent = "input:not([type=image i]), link[rel~=dns-prefetch i], link[rel~=preconnect i]";
  for (const element of document.querySelectorAll(`*:not(${silent})`)) {
    for (const [attribute, property] of Object.entries(reflect)) {
      const written = element.getAttribute(attribute);
      if (!written || !written.trim() || !(property in element)) continue;
      const value = element[property];
      if (typeof value === "string") {
        try { found.push(new URL(value, document.baseURI).href); } catch (error) { /* no address */ }
      }
    }
    const written = element.getAttribute("href") || element.getAttributeNS("http://www.w3.org/1999/xlink", "href");
    if (written && !written.trim().startsWith("#") && element.localName !== "base") {
      try { found.push(new URL(written, document.baseURI).href); } catch (error) { /* no address */ }
    }
    if (element.currentSrc && URL.canParse(element.currentSrc)) found.push(element.currentSrc);
  }
  return found;
}
"""


def browse(browser: Browser, url: str) -> dict[str, list[str]]:
    """Open a page and return what was asked for, and what its tree names."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1200, "height": 4000})
    page = context.new_page()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(url, wait_until="load", timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLE_MS)
    named = page.evaluate(NAMED)
    context.close()
    return {
        "fetched": sorted({bare(each) for each in fetched}),
        "named": sorted({bare(each) for each in named}),
    }


def bare(url: str) -> str:
    """Return an address without its fragment."""
    return url.partition("#")[0]


def main() -> None:
    """Open all pages in one browser."""
    chromium, out, *urls = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        seen = {url: browse(browser, url) for url in urls}
        browser.close()
    Path(out).write_text(json.dumps(seen), encoding="utf-8")


if __name__ == "__main__":
    main()
