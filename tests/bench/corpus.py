"""
What does the benchmark's web server serve?

200 pages with 21 things each: 4 400 URLs and 620 MB, made once from fixed numbers, and an index page that
shows all pages in frames, so that one capture of it is a capture of everything.
"""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL import Image, ImageChops
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["PAGES", "make_site", "serve", "urls"]

PAGES = 200
JPEGS, PNGS = 15, 3
_PICTURES = 24  # pictures of each kind that differ in more than their comment
_PDF_BYTES = 740_000
_VERSION = 2
_WORDS = re.findall(
    r"\w+",
    "the of and to in a legion Russian France that with was for on his at archive from by letter regiment "
    "which photograph document were had be not this volunteer or Mourmelon transport as it an division he "
    "grandfather are Paris camp their into uniform published found museum winter 1917 officer battery is",
)
_CONF = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; keepalive_timeout 600s;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  types {{ text/html html; text/css css; text/javascript js; image/jpeg jpg; image/png png;
           application/pdf pdf; }}
  {servers}
}}
"""
_FILES = "server {{ listen 127.0.0.1:{port}; root {site}; }}"
_FORWARD = """
  upstream origin {{ server {origin}; keepalive 16; }}
  server {{ listen 127.0.0.1:{port}; location / {{
    proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection keep-alive;
    proxy_buffering off;
  }} }}
"""


def urls(base: str) -> list[str]:
    """Return the index page's URL and the 4 400 others, page by page."""
    found = [f"{base}/index.html"]
    for page in range(PAGES):
        found += [f"{base}/{page:03d}/{name}" for name in ("index.html", *_names())]
    return found


def make_site(folder: Path) -> Path:
    """Make the files if they are not there yet, and return their folder; takes a minute the first time."""
    site, mark = folder / "site", folder / "site.json"
    wanted = {"version": _VERSION, "pages": PAGES}
    if mark.exists() and json.loads(mark.read_text()) == wanted:
        return site
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    drawn = [_jpeg(seed) for seed in range(_PICTURES)]
    painted = [_png(seed) for seed in range(_PICTURES)]
    for page in range(PAGES):
        _make_page(site / f"{page:03d}", page, drawn, painted)
    frames = "\n".join(f'<p><iframe src="{page:03d}/index.html"></iframe>' for page in range(PAGES))
    text = f"<!doctype html><html lang=en><title>All pages</title>\n<h1>All pages</h1>\n{frames}\n</html>\n"
    (site / "index.html").write_text(text)
    mark.write_text(json.dumps(wanted))
    return site


@contextmanager
def serve(site: Path, folder: Path) -> Iterator[str]:
    """Serve a folder with nginx on a free port of the loopback while the block runs; give the base URL."""
    with _nginx(folder, _FILES, site=site) as base:
        yield base


@contextmanager
def forward(origin: str, folder: Path) -> Iterator[str]:
    """Have nginx pass on what it is asked for as a proxy, and keep nothing; give the proxy's URL."""
    with _nginx(folder, _FORWARD, origin=origin.partition("://")[2]) as base:
        yield base


@contextmanager
def _nginx(folder: Path, servers: str, **names: object) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    conf = folder / "nginx.conf"
    conf.write_text(_CONF.format(folder=folder, servers=servers.format(port=port, **names)))
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(conf)], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _names() -> tuple[str, ...]:
    pictures = [f"photo-{number:02d}.jpg" for number in range(JPEGS)]
    drawings = [f"map-{number}.png" for number in range(PNGS)]
    return ("style.css", "script.js", *pictures, *drawings, "letters.pdf")


def _make_page(folder: Path, page: int, drawn: list[bytes], painted: list[bytes]) -> None:
    folder.mkdir()
    chance = _chance(page)
    for number in range(JPEGS):
        data = drawn[(page * JPEGS + number) % _PICTURES]
        (folder / f"photo-{number:02d}.jpg").write_bytes(_commented(data, f"{page} {number}"))
    for number in range(PNGS):
        data = painted[(page * PNGS + number) % _PICTURES]
        (folder / f"map-{number}.png").write_bytes(data)
    (folder / "letters.pdf").write_bytes(_pdf(chance))
    (folder / "style.css").write_text(_css(chance))
    (folder / "script.js").write_text(_js(chance))
    (folder / "index.html").write_text(_html(chance, page))


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same pictures every time is the point


def _noise(chance: random.Random, width: int, height: int) -> Image.Image:
    """Return coarse and fine noise on each other: it compresses about as a photograph does."""
    picture = Image.new("RGB", (width, height), (96, 96, 96))
    for step, weight in ((64, 0.5), (16, 0.3), (6, 0.22), (2, 0.10)):
        size = (width // step + 2, height // step + 2)
        grain = Image.frombytes("RGB", size, chance.randbytes(3 * size[0] * size[1]))
        layer = grain.resize((width, height), Image.Resampling.BICUBIC)
        picture = ImageChops.add(picture, layer.point(lambda value, weight=weight: int(value * weight)))
    return picture


def _jpeg(seed: int) -> bytes:
    chance = _chance(1000 + seed)
    width = chance.choice((640, 800, 960, 1200))
    out = io.BytesIO()
    _noise(chance, width, width * 2 // 3).save(out, "JPEG", quality=84, progressive=seed % 4 == 0)
    return out.getvalue()


def _png(seed: int) -> bytes:
    chance = _chance(2000 + seed)
    out = io.BytesIO()
    _noise(chance, 410, 280).save(out, "PNG")
    return out.getvalue()


def _commented(jpeg: bytes, words: str) -> bytes:
    """Return the picture with a comment of its own (ITU T.81, B.2.4.5), so that no two files are equal."""
    text = words.encode()
    return jpeg[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + jpeg[2:]


def _pdf(chance: random.Random) -> bytes:
    writer = PdfWriter()
    for _ in range(8):
        page = writer.add_blank_page(width=595, height=842)
        lines = [f"1 0 0 1 72 {800 - 14 * line} Tm ({_prose(chance, 12)}) Tj" for line in range(50)]
        text = DecodedStreamObject()
        text.set_data(("BT /F1 11 Tf " + "\n".join(lines) + " ET").encode())
        page[NameObject("/Contents")] = writer._add_object(text.flate_encode())  # noqa: SLF001 - the documented way is slow
    writer.add_attachment("scan.bin", chance.randbytes(_PDF_BYTES - 20_000))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _prose(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(_WORDS, k=count))


def _html(chance: random.Random, page: int) -> str:
    body = []
    for name in _names():
        body.append(f"<p>{_prose(chance, 120)}</p>")
        if name.endswith((".jpg", ".png")):
            body.append(f'<figure><img src="{name}" alt="{_prose(chance, 6)}"></figure>')
        elif name.endswith(".pdf"):
            body.append(f'<p><a href="{name}">{_prose(chance, 4)}</a></p>')
    head = (
        f'<title>Page {page}</title><link rel=stylesheet href="style.css"><script src="script.js"></script>'
    )
    return (
        f"<!doctype html>\n<html lang=en><head>{head}</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _css(chance: random.Random) -> str:
    rules = []
    for number in range(220):
        colour = f"#{chance.randrange(1 << 24):06x}"
        rules.append(
            f".{chance.choice(_WORDS)}-{number} {{ color: {colour}; margin: {chance.randrange(40)}px }}"
        )
    return "\n".join(rules) + "\n"


def _js(chance: random.Random) -> str:
    lines = []
    for number in range(500):
        name, other = chance.choice(_WORDS), chance.choice(_WORDS)
        lines.append(
            f"function {name}{number}(a) {{ return a.{other} ? {chance.random():.6f} * a.{name} : null; }}"
        )
    return "\n".join(lines) + "\n"
