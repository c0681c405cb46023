"""What does the demo page say in its head, where readers do not look, and in its data for scripts?"""

from __future__ import annotations

import json
from html import escape

from preserve.demo import text
from preserve.demo.pictures import CANDIDATES, fill, original

__all__ = [
    "FEED_PATH",
    "MANIFEST",
    "MANIFEST_PATH",
    "POST_PATH",
    "PRINT_PATH",
    "render_head",
    "warm_up",
    "widths",
]

POST_PATH = "/post/the-lamplighters-of-pellwick-quay"
FEED_PATH = "/blog-feed.xml"
PRINT_PATH = f"{POST_PATH}/print"
MANIFEST_PATH = "/site.webmanifest"

MANIFEST = json.dumps(
    {
        "name": text.BLOG,
        "start_url": "/",
        "display": "browser",
        "icons": [
            {"src": "/icons/lamp-32.png", "sizes": "32x32", "type": "image/png"},
            {"src": "icons/lamp-180.png", "sizes": "180x180", "type": "image/png"},
        ],
    },
    indent=1,
)
"""The web app manifest of the site."""


def render_head(origin: str) -> str:
    """
    Return the elements of the head: the keeper of the blog stands in all of them as the author.

    Args:
        origin: Scheme, host and port: canonical, alternate and Open Graph addresses are absolute.
    """
    card = f"{origin}/media/card.jpg"
    return f"""<meta charset="utf-8">
<title>{escape(text.HEADLINE)} | {escape(text.BLOG)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Saltpan Site Builder">
<meta name="author" content="{escape(text.OWNER)}">
<meta name="description" content="{escape(text.STANDFIRST)}">
<meta name="theme-color" content="#2b3a67">
<link rel="canonical" href="{origin}{POST_PATH}">
<link rel="alternate" type="application/rss+xml" title="{escape(text.BLOG)}" href="{FEED_PATH}">
<link rel="alternate" media="print" href="{PRINT_PATH}">
<link rel="manifest" href="{MANIFEST_PATH}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="{escape(text.BLOG)}">
<meta property="og:locale" content="en_GB">
<meta property="og:title" content="{escape(text.HEADLINE)}">
<meta property="og:description" content="{escape(text.STANDFIRST)}">
<meta property="og:url" content="{origin}{POST_PATH}">
<meta property="og:image" content="{card}">
<meta property="article:author" content="{escape(text.OWNER)}">
<meta property="article:section" content="{text.SECTION}">
<meta property="article:published_time" content="{text.POSTED}">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:title" content="{escape(text.HEADLINE)}">
<meta name="twitter:image" content="{card}">
<meta name="msapplication-TileImage" content="/icons/lamp-180.png">
<link rel="icon" type="image/png" sizes="32x32" href="/icons/lamp-32.png">
<link rel="apple-touch-icon" sizes="180x180" href="/icons/lamp-180.png">
<link rel="mask-icon" color="#2b3a67" href="/icons/lamp.svg">
<link rel="shortcut icon" href="/favicon.ico">
<link rel="preload" as="image" imagesizes="666px" imagesrcset="{widths("quay", "webp")}">
<link rel="stylesheet" href="/css/site.css">
<style>
.afterword {{ background: url("/media/rope.png") repeat-x; }}
</style>
<script type="application/ld+json">{_json_ld(origin)}</script>
<script src="/js/site.js" defer></script>"""


def widths(name: str, extension: str) -> str:
    """Return the candidates of a picture that comes in several widths, as a srcset has them."""
    return ", ".join(f"{fill(name, width, width * 2 // 3, extension).path} {width}w" for width in CANDIDATES)


def warm_up(document_link: str) -> str:
    """Return the state that the site's scripts begin with: the pictures as they were put in, and the file."""
    return json.dumps(
        {
            "post": {"slug": POST_PATH.rpartition("/")[2], "owner": text.OWNER, "views": 35},
            "media": [
                {"id": name, "uri": picture.path, "width": picture.width, "height": picture.height}
                for name, picture in ((name, original(name)) for name in text.FIGURES)
            ],
            "files": [{"name": text.DOCUMENT_NAME, "url": document_link}],
        }
    )


def _json_ld(origin: str) -> str:
    """Return what site builders say of a post: the keeper of the blog stands as its author."""
    return json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "headline": text.HEADLINE,
            "author": {"@type": "Person", "name": text.OWNER, "url": f"{origin}/about"},
            "publisher": {
                "@type": "Organization",
                "name": text.BLOG,
                "logo": {"@type": "ImageObject", "url": f"{origin}/icons/lamp-180.png"},
            },
            "image": {
                "@type": "ImageObject",
                "url": f"{origin}/media/card.jpg",
                "width": 1200,
                "height": 630,
            },
            "articleSection": text.SECTION,
            "datePublished": text.POSTED,
            "dateModified": text.POSTED,
            "mainEntityOfPage": {"@type": "WebPage", "@id": f"{origin}{POST_PATH}"},
        }
    )
