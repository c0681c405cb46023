"""How is the demo page written in HTML?"""

from __future__ import annotations

import base64
from html import escape

from preserve.demo import text
from preserve.demo.head import POST_PATH, render_head, warm_up, widths
from preserve.demo.pictures import encode, fill, original, tile

__all__ = [
    "BELL_PATH",
    "DOCUMENT_LINK",
    "MISSING_PICTURE",
    "POST_PATH",
    "TIDES_PATH",
    "file_size_words",
    "render_feed",
    "render_home",
    "render_post",
    "render_tides",
    "shorten",
]

BELL_PATH = "/media/harbour-bell.wav"
TIDES_PATH = "/embed/tides"
DOCUMENT_LINK = "/_files/ugd/8a41d0_5f3c7be2.pdf"
"""Where the file is asked for: it redirects to the file. The file widget links it with a query."""
MISSING_PICTURE = "/media/8a41d0_signature~mv2.png"
"""The picture that the site has lost: 404."""

_NAME_CHARACTERS = 44
"""How much of a file's name the widget shows."""
_NAVIGATION = (("/", "Home"), ("/about", "About"), ("/blog/categories/harbour", "Harbour"))


def file_size_words(size_bytes: int) -> str:
    """Return a size as site builders write it: decimal kilobytes, rounded, e.g. ``717KB``."""
    return f"{(size_bytes + 500) // 1000}KB"


def shorten(name: str) -> str:
    """Return a file name as the widget shows it: its beginning, an ellipsis, and the extension."""
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:_NAME_CHARACTERS].rstrip()}… {dot}{extension}"


def render_post(origin: str, document_bytes: int) -> str:
    """
    Return the post's HTML.

    Args:
        origin: Scheme, host and port: addresses in the head are absolute.
        document_bytes: Size of the PDF, which the file widget states.
    """
    body = "\n".join(_part(part) for part in text.ARTICLE)
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
{render_head(origin)}
</head>
<body>
<header>
{_bar()}
<div class="banner"><p>Harbour, marsh and hearsay, since 2014</p></div>
</header>
<main>
<div class="posted">
<img src="/media/owner.jpg" width="40" height="40" alt="">
<span><a rel="author" href="/about">{escape(text.OWNER)}</a> ·
<time datetime="{text.POSTED}">Nov 2, 2021</time> · 4 min read</span>
</div>
<article>
<h1>{escape(text.HEADLINE)}</h1>
<p class="standfirst">{escape(text.STANDFIRST)}</p>
<div class="source">
<p>By {escape(text.BYLINE)}</p>
<p><em>{escape(text.NEWSPAPER)}</em>, {escape(text.PRINTED)}</p>
</div>
{body}
<p><img class="signature" src="{MISSING_PICTURE}" alt="{escape(text.BYLINE)}"></p>
</article>
<div class="knot" style="background-image: url('/media/knot.png')"></div>
<section class="afterword">
<p>{_typeset(text.AFTERWORD)}</p>
{_file_widget(document_bytes)}
<div class="bell"><p>{_typeset(text.BELL)}</p>
<audio controls preload="none" src="{BELL_PATH}"></audio></div>
<p>Have you a photograph of one of the nine?
Do <a href="mailto:ottilie@saltmarsh-lane.example">write to me</a>.</p>
</section>
{_related()}
<div class="counts"><span>35 views</span> <span>0 comments</span></div>
</main>
<footer>
<svg class="lamp" width="18" height="18" aria-hidden="true"><use href="/icons/lamp.svg#lamp"></use></svg>
© 2021 {escape(text.OWNER)}. <a href="#top">Back to the top</a></footer>
<script type="application/json" id="saltpan-warmup-data">{warm_up(DOCUMENT_LINK)}</script>
</body>
</html>
"""


def render_home(title: str) -> str:
    """Return the HTML of the pages that the post's navigation leads to."""
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>{escape(title)} | {escape(text.BLOG)}</title>
<link rel="stylesheet" href="/css/site.css"></head>
<body><header>
{_bar()}
</header>
<main><h1>{escape(title)}</h1><p><a href="{POST_PATH}">{escape(text.HEADLINE)}</a></p></main></body>
</html>
"""


def render_feed(origin: str) -> str:
    """Return the blog's feed, in RSS 2.0."""
    items = [(POST_PATH, text.HEADLINE), *((one.path, one.title) for one in text.RELATED)]
    entries = "".join(
        f"<item><title>{escape(title)}</title><link>{origin}{path}</link></item>\n" for path, title in items
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>\n'
        f"<title>{escape(text.BLOG)}</title><link>{origin}/</link>\n"
        f"<description>Harbour, marsh and hearsay</description>\n{entries}</channel></rss>\n"
    )


def render_tides() -> str:
    """Return the page that stands in a frame of the post."""
    rows = "".join(f"<tr><th>{name}</th><td>{one}</td><td>{two}</td></tr>" for name, one, two in text.TIDES)
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>Tides</title><link rel="stylesheet" href="/css/theme.css">
<style>
body {{ background: #ffffff; font-size: 15px; margin: 0; }}
td, th {{ padding: 2px 18px 2px 0; text-align: left; }}
</style>
</head>
<body><table>{rows}</table></body>
</html>
"""


def _bar() -> str:
    links = " ".join(f'<a href="{path}">{words}</a>' for path, words in _NAVIGATION)
    return f'<nav class="bar"><a class="name" href="/">{escape(text.BLOG)}</a> {links}</nav>'


def _typeset(words: str) -> str:
    """Return text for HTML, its apostrophes as printers set them."""
    return escape(words, quote=False).replace("'", "&rsquo;")


def _part(part: text.Paragraph | text.Heading | text.Photo | text.Boxed) -> str:
    match part:
        case text.Paragraph(words):
            return f"<p>{_typeset(words)}</p>"
        case text.Heading(words):
            return f"<h2>{_typeset(words)}</h2>"
        case text.Boxed(heading, items):
            lines = "\n".join(f"<li>{_typeset(item)}</li>" for item in items)
            top = _typeset(heading)
            return f'<aside class="boxed">\n<h3>{top}</h3>\n<ul>\n{lines}\n</ul>\n</aside>'
        case text.Photo(name, alt, caption, credit):
            below = f'{_typeset(caption)}\n<span class="credit">{_typeset(credit)}</span>'
            image = _image(name, _typeset(alt))
            return f'<figure id="photo-{name}">\n{image}\n<figcaption>{below}</figcaption>\n</figure>'


def _image(name: str, alt: str) -> str:
    """Return the markup of one photo: each in another of the ways in which pages name pictures."""
    usual = fill(name, 960, 640).path
    large = fill(name, 1440, 960).path
    match name:
        case "quay":  # formats to choose from, and widths
            webp, jpg = widths(name, "webp"), widths(name, "jpg")
            return (
                f'<picture>\n<source type="image/webp" sizes="666px" srcset="{webp}">\n'
                f'<img src="{usual}" sizes="666px" srcset="{jpg}" alt="{alt}">\n</picture>'
            )
        case "ladder":  # put in place by the script; until then a few bytes within the page
            small = base64.b64encode(encode(fill(name, 24, 16, blurred=True), quality=40)).decode()
            return (
                f'<img loading="lazy" src="data:image/jpeg;base64,{small}"\n'
                f' data-src="{usual}" data-srcset="{usual} 1x, {large} 2x" alt="{alt}">\n'
                f'<noscript><img src="{usual}" alt="{alt}"></noscript>'
            )
        case "map":  # put in place by the script; until then a small file
            small = fill(name, 48, 32, "png", blurred=True).path
            whole = fill(name, 1200, 800, "png").path
            return f'<img loading="lazy" src="{small}" data-src="{whole}" alt="{alt}">'
        case "portrait":  # left to the browser
            usual = fill(name, 720, 480).path
            return f'<img loading="lazy" src="{usual}" srcset="{usual} 1x, {large} 2x" alt="{alt}">'
        case _:  # another cut for narrow screens, and a relative address
            narrow = fill(name, 600, 600).path
            return (
                f'<picture>\n<source media="(max-width: 600px)" srcset="{narrow}">\n'
                f'<img loading="lazy" src="..{usual}" data-pin-media="{original(name).path}" alt="{alt}">\n'
                f"</picture>"
            )


def _related() -> str:
    tiles = "\n".join(
        f'<a href="{one.path}"><span class="tile" data-bg="{tile(one.name).path}"></span>\n'
        f"{escape(one.title)}</a>"
        for one in text.RELATED
    )
    return (
        f'<aside class="related">\n<h3>More from the harbour</h3>\n<div class="tiles">\n{tiles}\n</div>\n'
        f'<iframe src="{TIDES_PATH}" title="Tides at Pellwick" width="300" height="70"></iframe>\n</aside>'
    )


def _file_widget(document_bytes: int) -> str:
    return (
        f'<a class="file" href="{DOCUMENT_LINK}?index=true" target="_blank" rel="noopener">\n'
        f'<span class="file-name">{escape(shorten(text.DOCUMENT_NAME))}</span>\n'
        f'<span class="file-facts">Download • {file_size_words(document_bytes)}</span>\n</a>'
    )
