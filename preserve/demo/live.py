"""What is on the demo page that only a browser sees whole?"""

from __future__ import annotations

from html import escape

from preserve.demo import text
from preserve.demo.page import file_size_words
from preserve.demo.pictures import Picture

__all__ = [
    "COUNTER_PATH",
    "FILE_CALL",
    "GALLERY",
    "LIVE_PATH",
    "LIVE_SCRIPT",
    "OBSERVED",
    "WORKER",
    "WORKER_PATH",
    "render_live",
]

LIVE_PATH = "/post/the-lamps-by-night"
COUNTER_PATH = "/live/views.json"
"""What the counter is fetched from, with a query that is another each time."""
FILE_CALL = "/live/file.json"
"""What tells, on a click, where the file is."""
WORKER_PATH = "/live-worker.js"

OBSERVED = Picture(path="/live/hall.jpg", scene="hall", width=900, height=600)
"""Put in place when its frame comes into view."""
GALLERY = (
    Picture(path="/live/ladder.jpg", scene="ladder", width=480, height=320),
    Picture(path="/live/portrait.jpg", scene="portrait", width=480, height=320),
)
"""In a shadow root."""

_STYLE = """\
body { margin: 0 auto; max-width: 760px; padding: 30px; font: 18px/1.6 Georgia, serif; color: #2b2a2e; }
figure { margin: 30px 0; }
#observed { min-height: 470px; background: #eee9dc; }
#observed img { display: block; width: 700px; height: 467px; }
.file { border: 1px solid #ddd8cc; border-left: 6px solid #2b3a67; padding: 16px 20px; cursor: pointer; }
.gap { height: 1400px; border-left: 3px solid #c4b260; margin: 30px 0; padding-left: 20px; }
"""


def render_live(document_bytes: int) -> str:
    """
    Return the page's HTML: without scripts it has words, and none of what it shows.

    Args:
        document_bytes: Size of the PDF, which the file widget states.
    """
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>The lamps by night | {escape(text.BLOG)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>
{_STYLE}</style>
<script src="/live/live.js" defer></script>
</head>
<body>
<main>
<h1>The lamps by night</h1>
<p>What the book does not say, the walk does: forty-one lamps, from the quay to the marsh gate.</p>
<p>Read <span id="views">some</span> times.</p>
<night-gallery></night-gallery>
<div class="gap">It is a long way between the last two lamps.</div>
<figure id="observed"></figure>
<div class="file" role="button" tabindex="0" data-hook="file-upload-viewer">
<span class="file-name">{escape(text.DOCUMENT_NAME)}</span>
<span class="file-facts">Download • {file_size_words(document_bytes)}</span>
</div>
</main>
</body>
</html>
"""


_SHOWN = " ".join(f'<img src="{picture.path}" alt="{picture.scene}">' for picture in GALLERY)
LIVE_SCRIPT = f"""\
"use strict";
// A counter, asked for again with every view.
fetch("{COUNTER_PATH}?at=" + Date.now())
  .then((answer) => answer.json())
  .then((told) => {{ document.getElementById("views").textContent = told.views; }});

// A gallery within a tree of its own.
customElements.define("night-gallery", class extends HTMLElement {{
  connectedCallback() {{
    const root = this.attachShadow({{mode: "open"}});
    root.innerHTML = "<style>img {{ width: 340px; height: 227px; margin-right: 10px; }}</style>" +
      '{_SHOWN}';
  }}
}});

// A picture that is asked for when its place comes into view.
new IntersectionObserver((entries, observer) => {{
  for (const entry of entries) {{
    if (!entry.isIntersecting) {{ continue; }}
    observer.unobserve(entry.target);
    const image = document.createElement("img");
    image.src = "{OBSERVED.path}";
    image.alt = "The old lamp hall";
    entry.target.append(image);
  }}
}}).observe(document.getElementById("observed"));

// A file whose address nobody knows before the click.
document.querySelector(".file").addEventListener("click", async () => {{
  const told = await (await fetch("{FILE_CALL}")).json();
  location.href = told.url;
}});

// A service worker, as pages have that want to be read without a network.
navigator.serviceWorker.register("{WORKER_PATH}");
"""

WORKER = """\
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") { event.respondWith(fetch(event.request)); }
});
"""
