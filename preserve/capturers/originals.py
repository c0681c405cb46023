"""
Where is the original of a picture that a site builder has scaled?

The address of a scaled picture holds that of the original. The table knows how; what it gives is a
guess (``speculative``): a site may keep its originals to itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["original_of"]

_EXTENSION = r"\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?)"


def _cut(found: re.Match[str]) -> str:
    """Return what stands before the match."""
    return found.string[: found.start()]


def _without(found: re.Match[str]) -> str:
    """Return the address without what was matched."""
    return found.string[: found.start()] + found.string[found.end() :]


def _first(found: re.Match[str]) -> str:
    """Return the address that stands in the address, its percent-encoding undone."""
    return unquote(found[1])


def _replaced(text: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found.string[: found.start()] + text + found.string[found.end() :]


def _expanded(template: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found.string[: found.start()] + found.expand(template) + found.string[found.end() :]


# What a transform looks like in an address, and how the original's is made of it. The first that fits counts.
_TRANSFORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    # Wix: /media/ID~mv2.jpg/v1/fill/w_600,h_400,al_c,q_80/name.jpg
    (re.compile(r"(?<=[\w~])/v1/(?:fill|fit|crop)/.*", re.DOTALL), _cut),
    # Next.js, Nuxt, Gatsby, Cloudflare, Netlify, Substack: the address is in the address
    (re.compile(r".*/_next/image/?\?(?:.*&)?url=([^&#]+).*", re.DOTALL), _first),
    (re.compile(r".*/\.netlify/images/?\?(?:.*&)?url=([^&#]+).*", re.DOTALL), _first),
    (re.compile(r".*/cdn-cgi/image/[^/]+/(.+)", re.DOTALL), lambda found: _rooted(found[1])),
    (
        re.compile(r".*/image/fetch/(?:[^/]*,[^/]*/|[$\w]+_[^/]*/)*(https?(?:://|%3A%2F%2F).+)", re.DOTALL),
        _first,
    ),
    # Cloudinary: /image/upload/w_300,c_fill/v1/name.jpg
    (re.compile(r"(?<=/image/upload/)(?:[a-z]{1,3}_[^/]+/)+"), _without),
    # WordPress: name-300x200.jpg; its CDN: i0.wp.com/site/name.jpg?resize=300%2C200
    (
        re.compile(r"(?<=\w)-\d{2,4}x\d{2,4}(?=\.(?:jpe?g|png|gif|webp|avif)(?:\?|\Z))", re.IGNORECASE),
        _without,
    ),
    (re.compile(r"(?<=://i[0-3]\.wp\.com/)([^?]+)\?.*", re.DOTALL), _expanded(r"\1")),
    (
        re.compile(rf"(?<=\w)({_EXTENSION})\?(?:w|h|fit|resize|quality|ssl|strip)=.*", re.IGNORECASE),
        _expanded(r"\1"),
    ),
    # Squarespace: ?format=750w
    (re.compile(r"(?<=[?&]format=)\d{2,4}w\b"), _replaced("original")),
    # Shopify: name_300x300.jpg?v=1
    (
        re.compile(r"_(?:\d{1,4}x\d{0,4}|x\d{1,4})(?:_crop_\w+)?(?:@[23]x)?(?=\.(?:jpe?g|png|gif|webp)\?v=)"),
        _without,
    ),
    # MediaWiki: /thumb/a/ab/Name.jpg/220px-Name.jpg
    (re.compile(r"/thumb(/[0-9a-f]/[0-9a-f]{2}/[^/]+)/\d+px-[^/]+\Z"), _expanded(r"\1")),
    # Blogger and Google: /s320/name.jpg and =w400-h300
    (re.compile(r"(?<=/)(?:s|w)\d{2,4}(?:-[a-z0-9-]+)?(?=/[^/]+\Z)"), _replaced("s0")),
    (re.compile(r"(?<=[\w-])=(?:[swh]\d{1,4}(?:-[a-z0-9]+)*)\Z"), _replaced("=s0")),
)
# What one of them has in it: most addresses have none, and are told by that.
_HINTS = (
    "/v1/",
    "/_next/image",
    "/.netlify/images",
    "/image/",
    ".wp.com/",
    "/thumb/",
    "=",
    "blogspot",
    "blogger.",
)
_SCALED = re.compile(r"\dx|_x\d")
_GOOGLE = re.compile(r"://[^/]*(?:googleusercontent\.com|bp\.blogspot\.com|blogger\.[a-z.]+)/")


@lru_cache(maxsize=512)
def original_of(url: str) -> str | None:
    """Return the address of the original of a scaled picture, to be resolved; None if none is known."""
    for hint in _HINTS:
        if hint in url:
            break
    else:
        if "x" not in url or _SCALED.search(url) is None:
            return None
    transforms = _TRANSFORMS if _GOOGLE.search(url) else _TRANSFORMS[:-2]
    for pattern, make in transforms:
        found = pattern.search(url)
        if found is not None:
            made = make(found)
            return made if made and made != url else None
    return None


def _rooted(path: str) -> str:
    """Return an address in an address: absolute as it is, else from the root."""
    return path if re.match(r"https?:", path) else f"/{path.lstrip('/')}"
