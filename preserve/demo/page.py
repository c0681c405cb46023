"""How is the demo page written in HTML?"""

from __future__ import annotations

import base64
import json
from html import escape

from preserve.demo import text
from preserve.demo.pictures import CANDIDATES, encode, fill

__all__ = [
    "DOCUMENT_LINK",
    "MISSING_PICTURE",
    "POST_PATH",
    "file_size_words",
    "render_home",
    "render_post",
    "shorten",
]

POST_PATH = "/post/the-lamplighters-of-pellwick-quay"
DOCUMENT_LINK = "/_files/ugd/8a41d0_5f3c7be2.pdf"
"""What the file widget links: it redirects to the file."""
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
        origin: Scheme, host and port: canonical and Open Graph addresses are absolute.
        document_bytes: Size of the PDF, which the file widget states.
    """
    body = "\n".join(_part(part) for part in text.ARTICLE)
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>{escape(text.HEADLINE)} | {escape(text.BLOG)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Saltpan Site Builder">
<meta name="author" content="{escape(text.OWNER)}">
<meta name="description" content="{escape(text.STANDFIRST)}">
<link rel="canonical" href="{origin}{POST_PATH}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="{escape(text.BLOG)}">
<meta property="og:title" content="{escape(text.HEADLINE)}">
<meta property="og:url" content="{origin}{POST_PATH}">
<meta property="og:image" content="{origin}/media/card.jpg">
<meta property="article:author" content="{escape(text.OWNER)}">
<meta property="article:published_time" content="{text.POSTED}">
<link rel="icon" type="image/png" sizes="32x32" href="/icons/lamp-32.png">
<link rel="apple-touch-icon" sizes="180x180" href="/icons/lamp-180.png">
<link rel="shortcut icon" href="/favicon.ico">
<link rel="stylesheet" href="/css/site.css">
<script type="application/ld+json">{_json_ld(origin)}</script>
<script src="/js/site.js" defer></script>
</head>
<body>
<header>
{_bar()}
<div class="banner"><p>Harbour, marsh and hearsay, since 2014</p></div>
</header>
<main>
<div class="posted">
<img src="/media/owner.jpg" width="40" height="40" alt="">
<span>{escape(text.OWNER)} · <time datetime="{text.POSTED}">Nov 2, 2021</time> · 4 min read</span>
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
<section class="afterword">
<p>{_typeset(text.AFTERWORD)}</p>
{_file_widget(document_bytes)}
<p>Have you a photograph of one of the nine?
Do <a href="mailto:ottilie@saltmarsh-lane.example">write to me</a>.</p>
</section>
<div class="counts"><span>35 views</span> <span>0 comments</span></div>
</main>
<footer>© 2021 {escape(text.OWNER)}. <a href="#top">Back to the top</a></footer>
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


def _bar() -> str:
    links = " ".join(f'<a href="{path}">{words}</a>' for path, words in _NAVIGATION)
    return f'<nav class="bar"><a class="name" href="/">{escape(text.BLOG)}</a> {links}</nav>'


def _json_ld(origin: str) -> str:
    """Return what site builders say of a post: the keeper of the blog stands as its author."""
    return json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "headline": text.HEADLINE,
            "author": {"@type": "Person", "name": text.OWNER},
            "publisher": {"@type": "Organization", "name": text.BLOG},
            "datePublished": text.POSTED,
            "dateModified": text.POSTED,
            "mainEntityOfPage": {"@type": "WebPage", "@id": f"{origin}{POST_PATH}"},
        }
    )


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
            webp, jpg = _widths(name, "webp"), _widths(name, "jpg")
            return (
                f'<picture>\n<source type="image/webp" sizes="666px" srcset="{webp}">\n'
                f'<img src="{usual}" sizes="666px" srcset="{jpg}" alt="{alt}">\n</picture>'
            )
        case "ladder":  # put in place by the script; until then a few bytes within the page
            small = base64.b64encode(encode(fill(name, 24, 16, blurred=True), quality=40)).decode()
            return (
                f'<img loading="lazy" src="data:image/jpeg;base64,{small}"\n'
                f' data-src="{usual}" data-srcset="{usual} 1x, {large} 2x" alt="{alt}">'
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
                f'<img loading="lazy" src="..{usual}" alt="{alt}">\n</picture>'
            )


def _widths(name: str, extension: str) -> str:
    return ", ".join(f"{fill(name, width, width * 2 // 3, extension).path} {width}w" for width in CANDIDATES)


def _file_widget(document_bytes: int) -> str:
    return (
        f'<a class="file" href="{DOCUMENT_LINK}?index=true" target="_blank" rel="noopener">\n'
        f'<span class="file-name">{escape(shorten(text.DOCUMENT_NAME))}</span>\n'
        f'<span class="file-facts">Download • {file_size_words(document_bytes)}</span>\n</a>'
    )
