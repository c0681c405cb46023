"""
Which attributes hold URLs, and what is each for?

Tables, in the order of the HTML Standard's index of attributes, of SVG 2, and of what browsers and
lazy loaders have added. What scripts read (``data-…``) is a convention: on elements that show something
it counts as a reference, elsewhere as a guess (``speculative``).
"""

from __future__ import annotations

from preserve.model.reference import Kind

__all__ = [
    "BACKGROUND",
    "CONNECTIONS",
    "DULL",
    "LAZY",
    "LAZY_KINDS",
    "METAS",
    "OBJECTS",
    "PAINTED",
    "PARAMS",
    "PRELOADED",
    "RELS",
    "SHOWS",
    "SURE_LAZY",
    "URLS",
]

_HREFS = ("href", "xlink:href")
_CITED = (("cite", Kind.LINK),)
_PICTURE = tuple((name, Kind.IMAGE) for name in _HREFS)

URLS: dict[str, tuple[tuple[str, Kind], ...]] = {
    "amp-anim": (("src", Kind.IMAGE),),
    "amp-audio": (("src", Kind.MEDIA),),
    "amp-iframe": (("src", Kind.FRAME),),
    "amp-img": (("src", Kind.IMAGE),),
    "amp-video": (("src", Kind.MEDIA), ("poster", Kind.IMAGE)),
    "audio": (("src", Kind.MEDIA),),
    "bgsound": (("src", Kind.MEDIA),),
    "blockquote": _CITED,
    "button": (("formaction", Kind.LINK),),
    "command": (("icon", Kind.ICON),),
    "del": _CITED,
    "embed": (("src", Kind.DATA),),
    "feimage": _PICTURE,
    "form": (("action", Kind.LINK),),
    "frame": (("src", Kind.FRAME), ("longdesc", Kind.LINK)),
    "head": (("profile", Kind.LINK),),
    "html": (("manifest", Kind.DATA),),
    "iframe": (("src", Kind.FRAME), ("longdesc", Kind.LINK)),
    "image": _PICTURE,
    "img": (
        ("src", Kind.IMAGE),
        ("lowsrc", Kind.IMAGE),
        ("dynsrc", Kind.MEDIA),
        ("longdesc", Kind.LINK),
    ),
    "ins": _CITED,
    "menuitem": (("icon", Kind.ICON),),
    "mglyph": (("src", Kind.IMAGE),),
    "object": (("data", Kind.DATA),),
    "q": _CITED,
    "script": (("src", Kind.SCRIPT), ("href", Kind.SCRIPT), ("xlink:href", Kind.SCRIPT)),
    "track": (("src", Kind.DATA),),
    "use": _PICTURE,
    "video": (("src", Kind.MEDIA), ("poster", Kind.IMAGE)),
}
# The commonest attributes that are not looked at beyond the tables.
DULL = frozenset(
    """align alt aria-hidden aria-label class colspan content dir height href id lang loading name property
    rel role src tabindex target title type value width""".split()  # noqa: SIM905 - a table of words
)
BACKGROUND = frozenset({"body", "table", "thead", "tbody", "tfoot", "tr", "td", "th"})
# SVG 2, section 13 and CSS Masking: presentation attributes whose value may be a url().
PAINTED = frozenset(
    {
        "clip-path",
        "cursor",
        "fill",
        "filter",
        "marker",
        "marker-end",
        "marker-mid",
        "marker-start",
        "mask",
        "stroke",
    }
)
# Parameters of an <object> or <applet> that hold an address.
PARAMS = {
    "movie": Kind.DATA,
    "src": Kind.DATA,
    "url": Kind.DATA,
    "filename": Kind.DATA,
    "data": Kind.DATA,
    "archive": Kind.DATA,
    "image": Kind.IMAGE,
}

# Lazy loaders' attributes: name, and whether it holds a srcset.
LAZY = {
    "data-src": False,
    "data-srcset": True,
    "data-original": False,
    "data-original-src": False,
    "data-lazy": False,
    "data-lazy-src": False,
    "data-lazy-srcset": True,
    "data-original-set": True,
    "data-bg": False,
    "data-bg-src": False,
    "data-background": False,
    "data-background-image": False,
    "data-bgset": True,
    "data-poster": False,
    "data-hi-res-src": False,
    "data-full-src": False,
    "data-large-file": False,
    "data-orig-file": False,
    "data-pin-media": False,
    "data-image": False,
    "data-image-src": False,
    "data-flickity-lazyload": False,
    "data-splide-lazy": False,
    "data-echo": False,
    "data-lazyload": False,
    "data-thumb": False,
    "data-zoom-image": False,
    "data-large_image": False,
}
SURE_LAZY = frozenset(
    name
    for name in LAZY
    if not any(part in name for part in ("pin", "image", "file", "thumb", "full", "hi-res"))
)
LAZY_KINDS = {
    "audio": Kind.MEDIA,
    "embed": Kind.DATA,
    "iframe": Kind.FRAME,
    "script": Kind.SCRIPT,
    "video": Kind.MEDIA,
}
SHOWS = frozenset({"img", "source", "iframe", "video", "audio", "input"})

# HTML Standard 4.6.7, and the link types that registries and vendors added; the first that is listed decides.
RELS = {
    "stylesheet": Kind.STYLE,
    "icon": Kind.ICON,
    "apple-touch-icon": Kind.ICON,
    "apple-touch-icon-precomposed": Kind.ICON,
    "mask-icon": Kind.ICON,
    "fluid-icon": Kind.ICON,
    "apple-touch-startup-image": Kind.IMAGE,
    "image_src": Kind.IMAGE,
    "modulepreload": Kind.SCRIPT,
    "manifest": Kind.DATA,
    "enclosure": Kind.DOCUMENT,
    "canonical": Kind.ALTERNATE,
    "alternate": Kind.ALTERNATE,
    "amphtml": Kind.ALTERNATE,
    "shortlink": Kind.ALTERNATE,
    "next": Kind.LINK,
    "prev": Kind.LINK,
}
PRELOADED = {
    "image": Kind.IMAGE,
    "style": Kind.STYLE,
    "script": Kind.SCRIPT,
    "font": Kind.FONT,
    "audio": Kind.MEDIA,
    "video": Kind.MEDIA,
    "document": Kind.FRAME,
}
CONNECTIONS = frozenset({"dns-prefetch", "preconnect"})

# ``property``, ``name`` or ``itemprop`` of a <meta>, lower-case.
METAS = {
    "og:image": Kind.IMAGE,
    "og:image:url": Kind.IMAGE,
    "og:image:secure_url": Kind.IMAGE,
    "twitter:image": Kind.IMAGE,
    "twitter:image:src": Kind.IMAGE,
    "twitter:image0": Kind.IMAGE,
    "twitter:image1": Kind.IMAGE,
    "twitter:image2": Kind.IMAGE,
    "twitter:image3": Kind.IMAGE,
    "parsely-image-url": Kind.IMAGE,
    "sailthru.image.full": Kind.IMAGE,
    "sailthru.image.thumb": Kind.IMAGE,
    "msapplication-tileimage": Kind.ICON,
    "msapplication-square70x70logo": Kind.ICON,
    "msapplication-square150x150logo": Kind.ICON,
    "msapplication-square310x310logo": Kind.ICON,
    "msapplication-wide310x150logo": Kind.ICON,
    "msapplication-config": Kind.DATA,
    "msapplication-starturl": Kind.LINK,
    "image": Kind.IMAGE,
    "logo": Kind.IMAGE,
    "thumbnailurl": Kind.IMAGE,
    "thumbnail": Kind.IMAGE,
    "primaryimageofpage": Kind.IMAGE,
    "citation_pdf_url": Kind.DOCUMENT,
    "bepress_citation_pdf_url": Kind.DOCUMENT,
    "eprints.document_url": Kind.DOCUMENT,
    "wkhealth_pdf_url": Kind.DOCUMENT,
    "citation_fulltext_html_url": Kind.LINK,
    "citation_abstract_html_url": Kind.LINK,
    "contenturl": Kind.LINK,
    "embedurl": Kind.LINK,
    "og:url": Kind.ALTERNATE,
    "og:video": Kind.LINK,
    "og:video:url": Kind.LINK,
    "og:video:secure_url": Kind.LINK,
    "og:audio": Kind.LINK,
    "twitter:player": Kind.LINK,
    "twitter:player:stream": Kind.LINK,
}
OBJECTS = (("image/", Kind.IMAGE), ("text/html", Kind.FRAME), ("video/", Kind.MEDIA), ("audio/", Kind.MEDIA))
