"""
How much processor time do the references of a page and of a style sheet take?

``python -m tests.bench.references``; run it with lxml installed too (``pip install lxml``), which is no
dependency of ours. Prints milliseconds of CPU time, the best of many runs, for pages of 1.5 MB and sheets of
300 kB of two shapes each:

- a site builder's page: inline styles, scripts and data make nine tenths of it, the rest is text with
  320 anchors and 40 pictures;
- a forum's page: 4 200 entries with three links each;
- a site builder's sheet, mostly numbers and colours; a framework's, with comments, escapes and strings.

Ours does everything that the capturer does for references: decoding, the tree, places and lines, judging
every anchor and widget, styles, data and scripts; in brackets stands what a capture reads of a page in all,
its claims (title, byline, dates) and facts too. lxml and tinycss2 only parse; lxml is also asked to
walk the links that it knows, without place or judgement.
"""

from __future__ import annotations

import importlib
import io
import json
import random
import re
import time
from typing import TYPE_CHECKING

import tinycss2  # type: ignore[import-untyped]  # it has no types

from preserve.capturers.css import CssCapturer
from preserve.capturers.html_page import read_page, read_references
from preserve.model.inspection import Content

if TYPE_CHECKING:
    from collections.abc import Callable

_URL = "https://www.example.org/post/a"
_PAGE_BYTES = 1_500_000
_SHEET_BYTES = 300_000
_WORDS = re.findall(
    r"\w+", "the of and to in a legion Russian France that with was for on his at archive from by letter"
)


def builder_page() -> str:
    """Return a page as site builders make them."""
    chance = random.Random(4)  # noqa: S311 - the same page every time is the point
    entries: list[object] = [
        {
            "id": f"comp-{number}",
            "uri": f"11062b_{number:032x}~mv2.jpg",
            "url": f"https://static.example/media/{number}.jpg" if number % 20 == 0 else "x",
            "props": _prose(chance, 12),
        }
        for number in range(2600)
    ]
    island = json.dumps({"platform": entries})
    script = "".join(
        f"function f{number}(a,b){{return a<b&&b>{number}?'<div>'+a+\"</div>\":g(a/b)}}\n"
        for number in range(5000)
    )
    page = (
        f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>x</title>"
        f"<style>{builder_sheet()}</style><script>{script}</script></head><body>"
        + "".join(_block(chance, number) for number in range(320))
        + f'<script type="application/json" id="wix-warmup-data">{island}</script>'
    )
    return page + f"<script>{'var a=1;' * ((_PAGE_BYTES - len(page)) // 8)}</script></body></html>"


def forum_page() -> str:
    """Return a page that is nearly all links."""
    chance = random.Random(5)  # noqa: S311 - the same page every time is the point
    made: list[str] = []
    size = 0
    while size < _PAGE_BYTES:
        number = len(made)
        made.append(
            f'<li class="item item-{number}" data-id="{number}">'
            f'<a href="/thread/{number}?page=2&amp;sort=new" class="t">{_prose(chance, 6)}</a> '
            f'<span class="by">by <a href="/u/{number % 500}">x</a></span>'
            f'<p class="sum">{_prose(chance, 18)}</p><img src="/avatars/{number % 900}.png" alt=""></li>\n'
        )
        size += len(made[-1])
    return "<!doctype html><meta charset=utf-8><title>forum</title><ul>" + "".join(made)


def builder_sheet() -> str:
    """Return a sheet of a site builder."""
    return "".join(
        f".comp-{number:05x}{{--a:{number}px;color:rgb({number % 255},2,3);background-image:var(--b)}}"
        + (f"#c{number}{{background:url(/m/{number}.png)}}" if number % 97 == 0 else "")
        for number in range(4200)
    )[:_SHEET_BYTES]


def framework_sheet() -> str:
    """Return a sheet of a framework."""
    return "".join(
        f"/* {number} */\n.btn-{number}:not(:disabled):hover, .a\\:b-{number} > p::after {{\n"
        f'  color: rgba({number % 255}, 3, 4, .5);\n  content: "\\201C x{number}";\n'
        f"  margin: calc(1px + var(--x{number}));\n"
        + (f'  background: url("img/{number}.png") no-repeat;\n' if number % 12 == 0 else "")
        + f"}}\n@media (min-width: {number}px) {{ .q{number} {{ transition: all .2s }} }}\n"
        for number in range(1300)
    )[:_SHEET_BYTES]


def least_ms(work: Callable[[], object], runs: int) -> float:
    """Return the least CPU time of several runs."""
    least = float("inf")
    for _ in range(runs):
        began = time.process_time()
        work()
        least = min(least, time.process_time() - began)
    return least * 1000


def main() -> None:
    """Measure, and print a line for each."""
    for name, page in (("site builder's page", builder_page()), ("forum's page", forum_page())):
        data = page.encode()
        found = len(read_references(_content(data, "text/html")).links.links)
        ours = least_ms(lambda data=data: read_references(_content(data, "text/html")), 20)  # type: ignore[misc]
        whole = least_ms(lambda data=data: read_page(_content(data, "text/html")), 10)  # type: ignore[misc]
        print(  # noqa: T201
            f"{name}, {len(data)} bytes, {found} links: ours {ours:.1f} ms"
            f" ({whole:.1f} with claims and facts){_lxml(data)}"
        )
    capturer = CssCapturer()
    for name, sheet in (("site builder's sheet", builder_sheet()), ("framework's sheet", framework_sheet())):
        data = sheet.encode()
        found = len(capturer.inspect(_content(data, "text/css")).links)
        ours = least_ms(lambda data=data: capturer.inspect(_content(data, "text/css")), 20)  # type: ignore[misc]
        theirs = least_ms(lambda data=data: tinycss2.parse_stylesheet_bytes(data), 3)  # type: ignore[misc]
        print(f"{name}, {len(data)} bytes, {found} URLs: ours {ours:.1f} ms, tinycss2 {theirs:.0f} ms")  # noqa: T201


def _lxml(data: bytes) -> str:
    try:
        lxml = importlib.import_module("lxml.html")
    except ImportError:
        return ""
    parse = least_ms(lambda: lxml.document_fromstring(data), 10)
    walk = least_ms(lambda: list(lxml.document_fromstring(data).iterlinks()), 5)
    return f", lxml {parse:.1f} ms, with its links {walk:.1f} ms"


def _content(data: bytes, media_type: str) -> Content:
    return Content(
        url=_URL, media_type=media_type, charset="utf-8", size_bytes=len(data), stream=io.BytesIO(data)
    )


def _block(chance: random.Random, number: int) -> str:
    text = (
        f'<div id="comp-{number:05x}" class="comp-{number:05x} rich-text" data-testid="richTextElement">'
        f'<p class="font_8 rich-text__text" style="line-height:1.5em"><span style="font-size:16px">'
        f'{_prose(chance, 25)} <a href="https://www.example.org/post/{number}-x" target="_self">'
        f"{_prose(chance, 4)}</a></span></p></div>"
    )
    image = f"https://static.example/media/{number:032x}~mv2.jpg/v1/fill"
    picture = (
        f'<img src="{image}/w_600,h_400/x.jpg" srcset="{image}/w_300,h_200/x.jpg 300w, '
        f'{image}/w_600,h_400/x.jpg 600w" alt="x">'
    )
    return text + (picture if number % 8 == 0 else "")


def _prose(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(count))


if __name__ == "__main__":
    main()
