"""What does the demo site answer to each request, and what should become of each reference of its page?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from urllib.parse import quote

import attrs

from preserve.demo import text
from preserve.demo.document import PAGES, booklet
from preserve.demo.extras import LAMP_SVG, bell
from preserve.demo.head import FEED_PATH, MANIFEST, MANIFEST_PATH, PRINT_PATH
from preserve.demo.page import (
    BELL_PATH,
    DOCUMENT_LINK,
    MISSING_PICTURE,
    POST_PATH,
    TIDES_PATH,
    render_feed,
    render_home,
    render_post,
    render_tides,
)
from preserve.demo.pictures import ORIGINALS, PICTURES, encode
from preserve.demo.styles import SCRIPT, SITE_CSS, THEME_CSS
from preserve.model.digest import Digest
from preserve.model.reference import State

__all__ = [
    "DOCUMENT_FILE",
    "EXPECTED_GUESSES",
    "EXPECTED_STATES",
    "NOT_FOUND",
    "Expected",
    "Response",
    "expected",
    "site",
]

DOCUMENT_FILE = "/media-store/8a41d0_5f3c7be2/" + quote(text.DOCUMENT_NAME)
"""Where the PDF is, after the redirect."""


@attrs.frozen(kw_only=True)
class Response:
    """What the server answers to one request target."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    """Without those of the framing, which the server adds."""
    body: bytes = b""
    chunked: bool = False
    """Sent with ``Transfer-Encoding: chunked`` rather than with its length."""

    @property
    def media_type(self) -> str:
        """The Content-Type without parameters."""
        return dict(self.headers)["Content-Type"].partition(";")[0]


def _typed(media_type: str, body: bytes | str, *extra: tuple[str, str], chunked: bool = False) -> Response:
    data = body.encode() if isinstance(body, str) else body
    return Response(headers=(("Content-Type", media_type), *extra), body=data, chunked=chunked)


NOT_FOUND = Response(
    status=404,
    headers=(("Content-Type", "text/html; charset=utf-8"),),
    body=b"<!DOCTYPE html>\n<title>Not found</title>\n<p>There is nothing here. There may have been.</p>\n",
)

_HTML = "text/html; charset=utf-8"

EXPECTED_STATES: Mapping[str, State] = MappingProxyType(
    {
        POST_PATH: State.CAPTURED,
        "/css/site.css": State.CAPTURED,
        "/css/theme.css": State.CAPTURED,
        "/js/site.js": State.CAPTURED,
        "/icons/lamp.svg": State.CAPTURED,
        MANIFEST_PATH: State.CAPTURED,
        TIDES_PATH: State.CAPTURED,
        BELL_PATH: State.CAPTURED,
        f"{DOCUMENT_LINK}?index=true": State.CAPTURED,
        **{picture.path: State.CAPTURED for picture in PICTURES},
        MISSING_PICTURE: State.ABSENT,
        "/robots.txt": State.CAPTURED,
        "/": State.NOT_FOLLOWED,
        "/about": State.NOT_FOLLOWED,
        "/blog/categories/harbour": State.NOT_FOLLOWED,
        FEED_PATH: State.NOT_FOLLOWED,
        PRINT_PATH: State.NOT_FOLLOWED,
        **{post.path: State.NOT_FOLLOWED for post in text.RELATED},
    }
)
"""
Each path that the post or its style sheets refer to, and its state in a complete capture.

The post's own path stands in it as the seed; its canonical link to itself is ``not-followed``.
``/robots.txt`` is the origin's: nothing refers to it.
Beside these there are a ``data:`` picture (inline) and a ``mailto:`` link (not followed).
"""

EXPECTED_GUESSES: Mapping[str, State] = MappingProxyType(
    {
        **{picture.path: State.CAPTURED for picture in ORIGINALS},
        DOCUMENT_LINK: State.CAPTURED,
    }
)
"""
Each path that stands in the data for scripts alone, or within other addresses, and its state.

Such references are speculative: had they not been found, that would be no gap.
"""


@cache
def site(origin: str = "http://127.0.0.1") -> Mapping[str, Response]:
    """
    Return every request target of the site and its answer; what is not in it is 404.

    Args:
        origin: Scheme, host and port, for the absolute addresses in the page's head.
    """
    document = booklet()
    attachment = (
        f"attachment; filename=\"from-the-wick-book.pdf\"; filename*=UTF-8''{quote(text.DOCUMENT_NAME)}"
    )
    moved = Response(
        status=302,
        headers=(("Location", DOCUMENT_FILE), ("Content-Type", "text/plain; charset=utf-8")),
        body=b"Moved.\n",
    )
    answers = {
        POST_PATH: _typed(
            _HTML,
            render_post(origin, len(document)),
            ("Last-Modified", text.CHANGED),
            ("Set-Cookie", "lane=marsh; Path=/; SameSite=Lax"),
        ),
        PRINT_PATH: _typed(_HTML, render_home(text.HEADLINE)),
        **{post.path: _typed(_HTML, render_home(post.title)) for post in text.RELATED},
        FEED_PATH: _typed("application/rss+xml; charset=utf-8", render_feed(origin)),
        TIDES_PATH: _typed(_HTML, render_tides()),
        MANIFEST_PATH: _typed("application/manifest+json", MANIFEST),
        "/icons/lamp.svg": _typed("image/svg+xml", LAMP_SVG),
        BELL_PATH: _typed("audio/wav", bell()),
        "/": _typed(_HTML, render_home("Home")),
        "/about": _typed(_HTML, render_home("About")),
        "/blog/categories/harbour": _typed(_HTML, render_home("Harbour")),
        "/css/site.css": _typed("text/css; charset=utf-8", SITE_CSS),
        "/css/theme.css": _typed("text/css", THEME_CSS, chunked=True),
        "/robots.txt": _typed("text/plain; charset=utf-8", "User-agent: *\nDisallow: /search\n"),
        "/js/site.js": _typed("text/javascript; charset=utf-8", SCRIPT),
        DOCUMENT_LINK: moved,
        f"{DOCUMENT_LINK}?index=true": moved,
        DOCUMENT_FILE: _typed("application/pdf", document, ("Content-Disposition", attachment)),
    }
    for picture in (*PICTURES, *ORIGINALS):
        answers[picture.path] = _typed(picture.media_type, encode(picture))
    return MappingProxyType(answers)


@attrs.frozen(kw_only=True)
class Expected:
    """What a faithful archive of the demo page must be found to hold."""

    title: str = f"{text.HEADLINE} | {text.BLOG}"
    headline: str = text.HEADLINE
    byline: str = text.BYLINE
    owner: str = text.OWNER
    blog: str = text.BLOG
    newspaper: str = text.NEWSPAPER
    printed: str = text.PRINTED
    printed_iso: str = text.PRINTED_ISO
    posted: str = text.POSTED
    pictures: int = len(PICTURES)
    """Picture files that the page names, icons and placeholders among them."""
    document_name: str = text.DOCUMENT_NAME
    document_pages: int = len(PAGES)
    document_images: int = sum(page.scene is not None for page in PAGES)
    document_bytes: int
    document_digest: Digest
    states: Mapping[str, State] = EXPECTED_STATES
    guesses: Mapping[str, State] = EXPECTED_GUESSES
    credits: tuple[str, ...] = tuple(
        dict.fromkeys(part.credit for part in text.ARTICLE if isinstance(part, text.Photo))
    )
    """What the captions say of who made the pictures, in the order of the article."""
    photos: tuple[str, ...] = tuple(text.FIGURES)
    """The scenes of the photos in the article: each ``<figure id="photo-NAME">`` shows one."""


@cache
def expected() -> Expected:
    """Return the facts about the demo page that a test of an archive of it asks for."""
    document = booklet()
    return Expected(document_bytes=len(document), document_digest=Digest.of(document))
